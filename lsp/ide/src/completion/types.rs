//! Types: CloudFormation's, components, aliases, what is built in, and their parts behind a dot.
//!
//! All of some 1,900 names are looked at for every answer, without allocating: what does not fit is gone after a few comparisons.

use cloudc_hir::{Decl, DeclKind, Name, Namespace, Owner, Resolution};
use cloudc_schema::{Access, Type};
use cloudc_types::{Kind, ask};

use super::context::{Context, Wanted, WantedType};
use super::habits;
use super::imports;
use super::item::{About, Item, ItemKind};
use super::names::{is_deprecated, kind_of};
use super::popular::popularity;
use super::rank::{by_words, humps, starts_with_ignoring_case};
use super::snippets;

/// Built-in types with what they are.
pub(crate) const BUILT_IN: [(&str, &str); 17] = [
    ("String", "Text. `String(r\"^[a-z]+$\", 1..=40)` has a pattern and a length."),
    ("Int", "A whole number. `Int(1..=6)` has bounds."),
    ("Bool", "`true` or `false`."),
    ("Float", "A number."),
    ("Cidr", "A block of addresses: `10.0.0.0/16`."),
    ("Arn", "An ARN of whatever."),
    ("Duration", "A span of time: `30s`, `5m`, `12h`, `7d`."),
    ("Size", "An amount of bytes: `512MiB`, `20GB`; both are 1024-based."),
    ("Json", "Any value that JSON knows."),
    ("Map", "A map from text: `Map<Int>`, or from a union of texts: `Map<K, Int>`."),
    ("Secret", "A value that is never shown: a parameter with NoEcho, a secret of Secrets Manager."),
    ("Ssm", "A parameter whose value is read from Systems Manager when the deployment starts."),
    ("Statement", "A statement of a policy: what `allow(…)` and `deny(…)` give."),
    ("Asset", "A file or folder that is uploaded at deployment."),
    ("Image", "A container image that is built from a folder and uploaded at deployment."),
    ("Template", "The template of another stack, uploaded at deployment."),
    ("AWS", "CloudFormation's types: `AWS::Service::Name`."),
];

/// What can be written as a type here.
pub(crate) fn types(ctx: &Context, wanted: &Wanted) -> Vec<Item> {
    if let Some(base) = &wanted.base {
        return members(ctx, base);
    }
    let mut items = Vec::new();
    aws(ctx, wanted, &mut items);
    if wanted.what == WantedType::Any && !ctx.typed.starts_with("AWS") {
        // An annotation mostly names what is built in or declared.
        items.iter_mut().for_each(|item| item.cost += 40);
    }
    if wanted.what != WantedType::Identity {
        named(ctx, wanted, &mut items);
    }
    if wanted.what == WantedType::Any {
        for (at, (name, about)) in BUILT_IN.into_iter().enumerate() {
            let Some(cost) = ctx.quality(name).filter(|_| name != "AWS") else { continue };
            let item = ctx.item(name, ItemKind::Type, cost);
            let item = Item { about: About::Text(about.to_owned()), order: at as u32, ..item };
            items.push(if matches!(name, "Map" | "Secret" | "Ssm") { ctx.snippet(item, &format!("{name}<$0>")) } else { item });
        }
    }
    if wanted.what == WantedType::Defaults
        && let Some(cost) = ctx.quality("AWS::*")
    {
        items.push(Item { detail: "tags of every resource".to_owned(), ..ctx.item("AWS::*", ItemKind::Type, cost) });
    }
    items
}

/// How a type's name fits what is typed, popular ones cheaper; none when it does not.
pub(crate) fn type_cost(name: &str, typed: &str) -> Option<u32> {
    let popular = popularity(name);
    // Among equals an unpopular type of few words is likelier.
    let usual = popular.map_or(160 + (name.len() / 4) as u32, |at| at);
    let rest = name.strip_prefix("AWS::").unwrap_or(name);
    let lower = typed.strip_prefix("AWS::").or_else(|| typed.strip_prefix("aws::")).unwrap_or(typed);
    if lower.is_empty() || "AWS::".starts_with(lower) && lower.len() > 1 {
        return Some(usual);
    }
    if lower == "A" {
        // The beginning of a type's own name, or of all of them.
        let own = rest.split("::").any(|part| part.starts_with('A'));
        return Some(usual + if own { 20 } else { 300 });
    }
    let (service, short) = rest.split_once("::").unwrap_or(("", rest));
    if let Some((wanted, part)) = lower.split_once("::") {
        let exact = service.eq_ignore_ascii_case(wanted);
        if !exact && !starts_with_ignoring_case(service, wanted) {
            return None;
        }
        let part = part.trim_end_matches(':');
        return Some(usual + word_cost(short, part)? + if exact { 0 } else { 100 });
    }
    if short.eq_ignore_ascii_case(lower) {
        return Some(usual / 2);
    }
    let short_cost = word_cost(short, lower);
    let service_cost = starts_with_ignoring_case(service, lower).then_some(110);
    let both = || by_words(rest, &humps(rest), lower).then_some(200);
    let best = [short_cost, service_cost].into_iter().flatten().min().or_else(both)?;
    Some(usual + best)
}

/// The cost of a type's own name for a word.
fn word_cost(short: &str, word: &str) -> Option<u32> {
    if word.is_empty() {
        return Some(0);
    }
    if starts_with_ignoring_case(short, word) {
        return Some(if short.len() == word.len() { 0 } else { 20 });
    }
    let starts = humps(short);
    if starts.iter().skip(1).any(|at| starts_with_ignoring_case(&short[*at..], word)) {
        return Some(150);
    }
    by_words(short, &starts, word).then_some(200)
}

fn aws(ctx: &Context, wanted: &Wanted, items: &mut Vec<Item>) {
    let schema = ctx.scene.schema();
    let services = habits::services(ctx);
    let mut found: Vec<(u32, &'static str)> =
        schema.names().into_iter().filter_map(|name| type_cost(name, &ctx.typed).map(|cost| (cost, name))).collect();
    // What people call things beside their names: `alb`, `cron`, `database`.
    if ctx.typed.len() >= 2 && !ctx.typed.contains(':') {
        // Below that a hit only has the letters somewhere.
        let hits = schema.search(&ctx.typed, 6).into_iter().filter(|hit| hit.score >= 400);
        for (at, hit) in hits.enumerate() {
            if !found.iter().any(|(_, name)| *name == hit.name) {
                found.push((120 + 5 * at as u32, hit.name));
            }
        }
    }
    for (cost, name) in &mut found {
        // A program keeps to a few services.
        if name.split("::").nth(1).is_some_and(|service| services.contains(service)) {
            *cost -= (*cost).min(40);
        }
    }
    found.sort_unstable();
    found.truncate(super::MOST);
    for (at, (cost, name)) in found.into_iter().enumerate() {
        let Some(ty) = schema.ty(name) else { continue };
        items.push(resource_type(ctx, wanted, ty, cost, at < WITH_PROPERTIES));
    }
}

/// How many types of a list bring their required properties: to know them, the service of each has to be decoded.
const WITH_PROPERTIES: usize = 40;

fn resource_type(ctx: &Context, wanted: &Wanted, ty: Type, cost: u32, with_properties: bool) -> Item {
    let name = ty.name();
    let item = Item {
        // Editors compare with what is typed: what a person calls a type is not in its name.
        filter: if ctx.typed.is_empty() || name.starts_with(&ctx.typed) {
            name.to_owned()
        } else {
            format!("{} {name}", ctx.typed)
        },
        deprecated: ty.deprecated(),
        about: About::Type(ty),
        ..ctx.item(name, ItemKind::Type, cost)
    };
    match wanted.what {
        WantedType::Identity => Item { again: true, commit: &['.'], insert: format!("{name}."), ..item },
        WantedType::Resource if !wanted.has_body => {
            let required = if with_properties { snippets::required_properties(ty.body(), &[]) } else { Vec::new() };
            let lines = snippets::property_lines(&required, 1);
            ctx.snippet(item, &format!("{name} {}", snippets::body(&lines)))
        }
        _ => item,
    }
}

/// Components and aliases in scope, modules, and those that could be imported.
fn named(ctx: &Context, wanted: &Wanted, items: &mut Vec<Item>) {
    let scene = &ctx.scene;
    for name in cloudc_hir::visible_names(scene.db, scene.owner, Namespace::Type) {
        let Some(quality) = ctx.quality(&name) else { continue };
        match cloudc_hir::resolve(scene.db, scene.owner, Namespace::Type, name.clone()) {
            Some(Resolution::Decl { decl, .. }) if fits(ctx, wanted, decl) => {
                items.push(declared(ctx, wanted, decl, &name, quality))
            }
            Some(Resolution::Module { .. }) => {
                let item = ctx.item(name.to_string(), ItemKind::Module, quality + 8);
                items.push(Item { commit: &['.'], again: true, ..item });
            }
            _ => {}
        }
    }
    for found in imports::importable(ctx, Namespace::Type) {
        if let Some(quality) = ctx.quality(&found.name).filter(|_| fits(ctx, wanted, found.decl)) {
            let item = declared(ctx, wanted, found.decl, &found.name, quality + 40);
            items.push(imports::with_import(ctx, item, &found));
        }
    }
}

fn fits(ctx: &Context, wanted: &Wanted, decl: Decl) -> bool {
    let component = decl.kind(ctx.scene.db) == DeclKind::Component;
    match wanted.what {
        // A component sees itself and must not make itself.
        WantedType::Resource => component && !inside(ctx, decl),
        WantedType::Any => true,
        WantedType::Handle => false,
        WantedType::Defaults => component,
        WantedType::Identity => false,
    }
}

fn inside(ctx: &Context, component: Decl) -> bool {
    let mut owner = ctx.scene.owner;
    while let Owner::Decl(decl, _) = owner {
        if decl == component {
            return true;
        }
        owner = decl.owner(ctx.scene.db);
    }
    false
}

fn declared(ctx: &Context, wanted: &Wanted, decl: Decl, name: &Name, cost: u32) -> Item {
    let item = ctx.item(name.to_string(), kind_of(&ctx.scene, decl), cost);
    let item = Item { about: About::Decl(decl), deprecated: is_deprecated(ctx.scene.db, decl), ..item };
    if wanted.what != WantedType::Resource || wanted.has_body {
        return item;
    }
    let lines = snippets::input_lines(&snippets::required_inputs(&ctx.scene, decl, &[]), 1);
    ctx.snippet(item, &format!("{name} {}", snippets::body(&lines)))
}

/// Behind a dot: identifiers, attributes and definitions of a type; what a module offers.
fn members(ctx: &Context, base: &str) -> Vec<Item> {
    let scene = &ctx.scene;
    let mut items = Vec::new();
    if let Some(ty) = scene.schema().ty(base) {
        for (at, (access, ident)) in ty.provides().iter().enumerate() {
            let Some(quality) = ctx.quality(ident.attr) else { continue };
            let detail = if *access == Access::Ref { "what `.ref` gives" } else { "attribute" };
            items.push(Item {
                detail: detail.to_owned(),
                ..ctx.item(ident.attr, ItemKind::Attribute, quality + at.min(9) as u32)
            });
        }
        for definition in ty.definitions() {
            let Some((name, quality)) = definition.name().and_then(|name| Some((name, ctx.quality(name)?))) else { continue };
            items.push(Item { detail: "definition".to_owned(), ..ctx.item(name, ItemKind::Type, quality + 14) });
        }
        return items;
    }
    // Not types of resources, but types of their identifiers: `AWS::EC2::Image.Id`.
    for attr in ["Id", "Name"] {
        if scene.schema().ident(base, attr).is_some()
            && let Some(quality) = ctx.quality(attr)
        {
            items.push(ctx.item(attr, ItemKind::Attribute, quality));
        }
    }
    if let Some(Resolution::Module { file, .. }) = cloudc_hir::resolve(scene.db, scene.owner, Namespace::Type, base.into()) {
        for name in cloudc_hir::resolve::module_names(scene.db, file, Namespace::Type) {
            let (Some(quality), Some(decl)) =
                (ctx.quality(&name), cloudc_hir::module_item(scene.db, file, Namespace::Type, name.clone()))
            else {
                continue;
            };
            items.push(Item { about: About::Decl(decl), ..ctx.item(name.to_string(), kind_of(scene, decl), quality) });
        }
    } else if let Kind::Handle(ty) = ask::named_type(scene.db, scene.owner, base, &[]).kind {
        for (_, ident) in ty.provides() {
            if let Some(quality) = ctx.quality(ident.attr) {
                items.push(ctx.item(ident.attr, ItemKind::Attribute, quality));
            }
        }
    }
    items
}
