//! Values: those an expected type lists, names of the right type first, paths that reach it, functions, words.

use cloudc_hir::{DeclKind, Namespace, Owner};
use cloudc_schema::{Ident, Node, Scalar, Shape, Text, Unit};
use cloudc_types::ty::Lit;
use cloudc_types::{Kind, Ty, ask, signature};

use super::Doc;
use super::context::{Context, ValueSpot};
use super::expected::Expected;
use super::fit::{self, fit};
use super::imports;
use super::item::{About, Item, ItemKind};
use super::names::{Visible, What, is_deprecated, kind_of, visible};
use super::popular::{region_rank, stem_rank};
use super::{documents, habits, keys, snippets};

/// What can be written as a value here.
pub(crate) fn values(ctx: &Context, spot: &ValueSpot) -> Vec<Item> {
    let mut items = Vec::new();
    literals(ctx, spot, &mut items);
    if spot.quoted {
        return items;
    }
    for parameter in &spot.named {
        let Some(cost) = ctx.quality(&parameter.name) else { continue };
        let cost = cost + if parameter.required { 2 } else { 8 };
        let item = Item {
            detail: parameter.ty.clone(),
            again: true,
            ..ctx.item(format!("{}:", parameter.name), ItemKind::Property, cost)
        };
        items.push(Item { insert: format!("{}: ", parameter.name), filter: parameter.name.to_string(), ..item });
    }
    if spot.branch {
        // The braces of a branch may become the record that is expected.
        items.extend(keys::in_branch(ctx, &spot.expected));
    }
    names(ctx, spot, &mut items);
    functions(ctx, spot, &mut items);
    openings(ctx, spot, &mut items);
    words(ctx, spot, &mut items);
    items
}

/// The literals of an expected type, in the order it lists them.
pub(crate) fn listed(expected: &Expected) -> Vec<Lit> {
    match expected {
        Expected::Doc(Doc::Text(texts)) => texts.iter().map(|text| Lit::Str((*text).into())).collect(),
        Expected::Doc(Doc::Bool) => vec![Lit::Bool(true), Lit::Bool(false)],
        Expected::Doc(Doc::List(inner)) => listed(&Expected::Doc(inner)),
        Expected::Ty(ty) => of_kind(&ty.present().kind),
        _ => Vec::new(),
    }
}

fn of_kind(kind: &Kind) -> Vec<Lit> {
    match kind {
        Kind::Bool => vec![Lit::Bool(true), Lit::Bool(false)],
        Kind::Node(node) => of_node(*node),
        Kind::List(inner) | Kind::Secret(inner) => of_kind(&inner.kind),
        kind => kind.literals().unwrap_or_default(),
    }
}

fn of_node(node: Node) -> Vec<Lit> {
    let constraints = node.constraints();
    let scalars = constraints.constant.iter().chain(constraints.allowed).filter_map(|scalar| match scalar {
        Scalar::Str(text) => Some(Lit::Str((*text).into())),
        Scalar::Int(value) => Some(Lit::Int(*value)),
        Scalar::Bool(value) => Some(Lit::Bool(*value)),
        Scalar::Float(_) => None,
    });
    let mut all: Vec<Lit> = scalars.collect();
    match node.shape() {
        Shape::Boolean if all.is_empty() => all.extend([Lit::Bool(true), Lit::Bool(false)]),
        Shape::List(element) if !matches!(element.shape(), Shape::Object(_)) => all.extend(of_node(element)),
        Shape::OneOf(alternatives) | Shape::AnyOf(alternatives) => all.extend(alternatives.iter().flat_map(of_node)),
        _ => {}
    }
    all
}

fn literals(ctx: &Context, spot: &ValueSpot, items: &mut Vec<Item>) {
    if spot.interpolated {
        return;
    }
    let default = match spot.expected.kind() {
        Some(Kind::Node(node)) => node.constraints().default,
        _ => None,
    };
    let mut listed = listed(&spot.expected);
    if matches!(spot.expected.kind(), Some(Kind::Node(_))) {
        by_use(&mut listed);
    }
    let known = spot.habit.as_ref().filter(|_| listed.len() > 1).map(|spot| habits::values(ctx, spot)).unwrap_or_default();
    for (at, lit) in listed.iter().enumerate() {
        // `false` is what most switches are without being written.
        let usual = default.is_some_and(|default| fit::same(&default, lit));
        let cost = if known.contains(lit) { 0 } else { 1 + (at as u32).min(40) / 8 + u32::from(usual) * 2 };
        // A condition that always holds is seldom meant.
        let cost = cost + if spot.condition { 20 } else { 0 };
        let before = items.len();
        literal(ctx, spot, lit, cost, items);
        items[before..].iter_mut().for_each(|item| item.order = at as u32);
    }
    if let Expected::Doc(Doc::Action | Doc::List(Doc::Action)) = spot.expected {
        actions(ctx, spot, items);
    }
    if let Expected::Doc(Doc::Region | Doc::List(Doc::Region) | Doc::Regions(_)) = spot.expected {
        for (at, region) in cloudc_schema::regions::all().iter().enumerate() {
            let lit = Lit::Str(region.code.into());
            let before = items.len();
            literal(ctx, spot, &lit, 2 + u32::from(region.partition != "aws") * 40, items);
            for item in &mut items[before..] {
                item.order = region_rank(region.code) * 100 + at as u32;
                item.detail = region.name.to_owned();
                item.about = About::Region(region.code.into());
            }
        }
    }
    if matches!(spot.expected.kind(), Some(Kind::Ident(_)))
        || matches!(spot.expected.kind(), Some(Kind::Node(node)) if !node.expects().is_empty())
    {
        managed(ctx, spot, items);
    }
}

/// What IAM can allow: common actions, and behind `service:` those that CloudFormation's own handlers of the service need.
fn actions(ctx: &Context, spot: &ValueSpot, items: &mut Vec<Item>) {
    for (at, action) in documents::COMMON_ACTIONS.iter().enumerate() {
        let before = items.len();
        literal(ctx, spot, &Lit::Str((*action).into()), 2 + at as u32 / 8, items);
        items[before..].iter_mut().for_each(|item| item.order = at as u32);
    }
    let typed = ctx.typed.trim_start_matches('"');
    let Some((prefix, _)) = typed.split_once(':') else { return };
    let service = documents::ACTION_PREFIXES.iter().find(|(known, _)| *known == prefix).map_or(prefix, |(_, service)| service);
    let mut found: Vec<&'static str> = Vec::new();
    let schema = ctx.scene.schema();
    for name in schema.names() {
        let own = name.split("::").nth(1).is_some_and(|own| own.eq_ignore_ascii_case(service));
        let Some(ty) = schema.ty(name).filter(|_| own) else { continue };
        let needed = ty.permissions();
        for action in [needed.create, needed.read, needed.update, needed.delete, needed.list].into_iter().flatten() {
            let known = documents::COMMON_ACTIONS.contains(action);
            if !known && action.split_once(':').is_some_and(|(own, _)| own == prefix) {
                found.push(action);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    for action in found {
        literal(ctx, spot, &Lit::Str(action.into()), 14, items);
    }
}

/// Puts the values of the schema into an order of use: its own is mostly the alphabet's. Newer versions come before older ones, plain
/// words before compounds; what AWS has retired comes last.
fn by_use(listed: &mut [Lit]) {
    let text = |lit: &Lit| match lit {
        Lit::Str(text) => Some(text.clone()),
        _ => None,
    };
    if listed.len() < 2 || listed.iter().any(|lit| text(lit).is_none()) {
        return;
    }
    let versions = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(|part| part.parse().unwrap_or(0)).collect()
    };
    let retired = |text: &str| cloudc_schema::lambda_runtimes().iter().any(|one| one.name == text && is_retired(one));
    listed.sort_by_cached_key(|lit| {
        let text = text(lit).unwrap_or_default();
        let stem = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        let newest: Vec<std::cmp::Reverse<u64>> = versions(&text).into_iter().map(std::cmp::Reverse).collect();
        (retired(&text), stem_rank(&text), stem, text[..stem].to_owned(), newest, text.len())
    });
}

/// Whether AWS makes no new functions with a runtime, or has put that date; or its patches have ended when this list was made.
fn is_retired(runtime: &cloudc_schema::Runtime) -> bool {
    let newest = cloudc_schema::lambda_runtimes().iter().filter_map(|one| one.deprecated).max().unwrap_or_default();
    // The newest runtimes live about three years: what ends more than two and a half years before them is old today.
    let year = |date: &str| date.get(..4).and_then(|year| year.parse::<u32>().ok()).unwrap_or(0);
    runtime.deprecated.is_some_and(|date| year(date) + 3 <= year(newest))
}

fn literal(ctx: &Context, spot: &ValueSpot, lit: &Lit, cost: u32, items: &mut Vec<Item>) {
    match lit {
        Lit::Str(text) => {
            let Some(quality) = ctx.quality(text) else { return };
            let item = ctx.item(text.to_string(), ItemKind::EnumValue, cost + quality);
            items.push(if spot.quoted { item } else { Item { insert: format!("{text:?}"), label: format!("{text:?}"), ..item } });
        }
        Lit::Bool(_) | Lit::Int(_) if spot.quoted => {}
        lit => {
            let text = lit.to_string();
            if let Some(quality) = ctx.quality(&text) {
                items.push(ctx.item(text, ItemKind::EnumValue, cost + quality));
            }
        }
    }
}

/// The names AWS gives out for what an identifier may also be: zones.
fn managed(ctx: &Context, spot: &ValueSpot, items: &mut Vec<Item>) {
    if !spot.quoted {
        return;
    }
    let zones = identities(&spot.expected).iter().any(|ident| ident.ty == "AWS::EC2::AvailabilityZone");
    if !zones {
        return;
    }
    for region in cloudc_schema::regions::all() {
        for zone in region.zone_names() {
            literal(ctx, spot, &Lit::Str(zone.into()), 20, items);
        }
    }
}

/// The identities that are expected, of a list those of its elements.
fn identities(expected: &Expected) -> Vec<Ident> {
    fn of_node(node: Node) -> Vec<Ident> {
        match node.shape() {
            Shape::List(element) if node.expects().is_empty() => of_node(element),
            Shape::OneOf(all) | Shape::AnyOf(all) if node.expects().is_empty() => all.iter().flat_map(of_node).collect(),
            _ => node.expects().to_vec(),
        }
    }
    match expected.kind() {
        Some(Kind::Node(node)) => of_node(*node),
        Some(Kind::Ident(idents)) => idents.to_vec(),
        Some(Kind::List(inner)) => match &inner.kind {
            Kind::Ident(idents) => idents.to_vec(),
            Kind::Node(node) => of_node(*node),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn names(ctx: &Context, spot: &ValueSpot, items: &mut Vec<Item>) {
    let idents = identities(&spot.expected);
    if idents.iter().any(|ident| ident.ty == "AWS::EC2::AvailabilityZone")
        && let Some(quality) = ctx.quality("aws.zones")
    {
        let several = matches!(spot.expected.kind(), Some(Kind::Node(node)) if matches!(node.shape(), Shape::List(_)));
        let label = if several { "aws.zones" } else { "aws.zones[0]" };
        items.push(ctx.item(label, ItemKind::Attribute, quality + fit::GOOD));
    }
    let arn = wants_arn(&spot.expected);
    // A path may fit by what stands behind its dot, so all names are looked at.
    let filter = if idents.is_empty() && !arn { ctx.typed.as_str() } else { "" };
    for found in visible(&ctx.scene, filter) {
        let quality = ctx.quality(&found.name);
        if let Some(quality) = quality {
            items.extend(name(ctx, spot, &found, quality));
        }
        if !idents.is_empty() || arn {
            paths(ctx, spot, &found, &idents, arn, items);
        }
    }
    for (space, about) in SPACES {
        if let Some(quality) = ctx.quality(space) {
            let cost = quality + fit::UNKNOWN + 6;
            items.push(Item {
                about: About::Text((*about).to_owned()),
                commit: &['.'],
                ..ctx.item(*space, ItemKind::Module, cost)
            });
        }
    }
}

/// What stands before a dot without being declared.
pub(crate) const SPACES: &[(&str, &str)] = &[
    ("aws", "What AWS tells of the deployment: `aws.region`, `aws.account_id`, `aws.zones` …"),
    ("stack", "The stack's own settings: `stack.name`, `stack.region`."),
    ("project", "`project.env` is the name of the environment."),
];

fn name(ctx: &Context, spot: &ValueSpot, found: &Visible, quality: u32) -> Option<Item> {
    let scene = &ctx.scene;
    let function = matches!(found.what, What::Decl(decl) if decl.kind(scene.db) == DeclKind::Fn);
    let mut cost = fit(scene, &found.ty, &spot.expected);
    if cost >= fit::MISFIT && leads_on(&found.ty) {
        // Of no use as it is, but a path may begin with it.
        cost = fit::NEAR + 14;
    }
    if matches!(found.what, What::Module(_)) {
        cost = fit::NEAR;
    }
    if matches!(spot.expected, Expected::Any) && matches!(found.what, What::Local) {
        cost = fit::GOOD;
    }
    let kind = match found.what {
        What::Decl(decl) => kind_of(scene, decl),
        What::Local => ItemKind::Value,
        What::Module(_) => ItemKind::Module,
    };
    let (about, deprecated) = match found.what {
        What::Decl(decl) => (About::Decl(decl), is_deprecated(scene.db, decl)),
        _ => (About::Nothing, false),
    };
    let cost = if deprecated { cost + 30 } else { cost };
    let item = ctx.item(found.name.to_string(), kind, cost + quality + found.distance);
    let item = Item { ty: Some(found.ty.clone()), about, deprecated, commit: if function { &[] } else { &['.'] }, ..item };
    Some(if function { call(ctx, item, &found.name) } else { item })
}

/// Whether a path through a value of the type is likely.
fn leads_on(ty: &Ty) -> bool {
    matches!(
        ty.present().kind,
        Kind::Handle(_) | Kind::Instance(..) | Kind::Record(_) | Kind::Map(..) | Kind::List(_) | Kind::Custom(_)
    )
}

fn call(ctx: &Context, item: Item, name: &str) -> Item {
    ctx.snippet(Item { commit: &[], ..item }, &format!("{name}($0)"))
}

fn wants_arn(expected: &Expected) -> bool {
    match expected.kind() {
        Some(Kind::Arn) => true,
        Some(Kind::Node(node)) => {
            node.text() == Text::Arn || matches!(node.shape(), Shape::List(element) if element.text() == Text::Arn)
        }
        _ => false,
    }
}

/// Attributes and outputs of a name that are what is expected: `network.private_subnets`, `instance.VpcId`.
fn paths(ctx: &Context, spot: &ValueSpot, found: &Visible, idents: &[Ident], arn: bool, items: &mut Vec<Item>) {
    let dot = if matches!(found.ty.kind, Kind::Optional(_)) { "?." } else { "." };
    let mut offer = |member: &str, ty: &Ty, least: u32| {
        let label = format!("{}{dot}{member}", found.name);
        let (Some(quality), cost) = (ctx.quality(&label), fit(&ctx.scene, ty, &spot.expected)) else { return };
        if cost > fit::PERHAPS {
            return;
        }
        let cost = cost + quality + found.distance + least;
        items.push(Item { ty: Some(ty.clone()), ..ctx.item(label, ItemKind::Attribute, cost) });
    };
    match &found.ty.present().kind {
        Kind::Handle(ty) => {
            // The handle itself says it shorter where it fits.
            let fits = ty.access_for(idents).is_some();
            for attribute in ty.attributes() {
                let wanted = attribute.idents().iter().any(|ident| idents.contains(ident));
                if wanted && !fits || arn && attribute.name() == "Arn" {
                    offer(attribute.name(), &ask::attribute_type(attribute), 8);
                }
            }
        }
        Kind::Instance(component, _) => {
            for (output, _, ty) in cloudc_types::outputs_of(ctx.scene.db, *component) {
                offer(output, ty, 2);
            }
        }
        _ => {}
    }
}

/// Built-in functions by use.
const USE: [&str; 6] = ["range", "file", "to_json", "rate", "cron", "from_json"];

fn functions(ctx: &Context, spot: &ValueSpot, items: &mut Vec<Item>) {
    for built_in in ask::functions(ctx.scene.db) {
        let Some(quality) = ctx.quality(built_in.name) else { continue };
        let suits = suits(&spot.expected, built_in.name);
        let cost = quality + if suits { fit::GOOD + 4 } else { fit::NEAR };
        let args: Vec<String> = built_in.args.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let item = Item {
            detail: format!("({}): {}", args.join(", "), built_in.gives),
            about: About::BuiltIn(built_in.name.into()),
            order: USE.iter().position(|name| *name == built_in.name).unwrap_or(USE.len()) as u32,
            ..ctx.item(built_in.name, ItemKind::Function, cost)
        };
        items.push(if built_in.name == "file" { ctx.snippet(item, "file(\"$0\")") } else { call(ctx, item, built_in.name) });
    }
    if in_check(ctx) {
        for (name, text, detail) in CHECKS {
            let Some(quality) = ctx.quality(name) else { continue };
            let item = Item { detail: (*detail).to_owned(), ..ctx.item(*name, ItemKind::Function, quality + fit::GOOD) };
            items.push(ctx.snippet(item, text));
        }
    }
    for found in imports::importable(ctx, Namespace::Value) {
        let Some(quality) = ctx.quality(&found.name).filter(|_| !ctx.typed.is_empty()) else { continue };
        let ty = &signature(ctx.scene.db, found.decl).ty;
        let cost = fit(&ctx.scene, ty, &spot.expected).min(40) + quality + 20;
        let kind = kind_of(&ctx.scene, found.decl);
        let item = Item { about: About::Decl(found.decl), ..ctx.item(found.name.to_string(), kind, cost) };
        let item = if kind == ItemKind::Function { call(ctx, item, &found.name) } else { item };
        items.push(imports::with_import(ctx, item, &found));
    }
}

/// What policies and tests ask with.
const CHECKS: &[(&str, &str, &str)] = &[
    ("resources", "resources($0)", "the resources of a type"),
    ("build", "build(\"$0\")", "the stack of a file"),
    ("fails", "fails($0)", "whether building fails"),
];

/// Whether the place is inside a policy or a test.
fn in_check(ctx: &Context) -> bool {
    let mut owner = ctx.scene.owner;
    while let Owner::Decl(decl, _) = owner {
        if matches!(decl.kind(ctx.scene.db), DeclKind::Policy | DeclKind::Test) {
            return true;
        }
        owner = decl.owner(ctx.scene.db);
    }
    false
}

/// Whether a built-in function is made for what is expected.
fn suits(expected: &Expected, function: &str) -> bool {
    let several = matches!(expected.kind(), Some(Kind::List(_)));
    match (function, expected.kind()) {
        ("range", _) => several,
        ("cron" | "rate", Some(Kind::Node(node))) => node.text() == Text::Schedule,
        ("to_json", Some(Kind::Node(node))) => node.text() == Text::Json,
        ("file", Some(Kind::Node(node))) => is_long_text(*node),
        ("min" | "max", Some(Kind::Int(_))) => true,
        ("import_value", _) => !identities(expected).is_empty(),
        _ => false,
    }
}

/// Whether a text may be as long as a file.
fn is_long_text(node: Node) -> bool {
    let limits = node.constraints();
    let free = node.expects().is_empty() && limits.allowed.is_empty() && limits.pattern.is_none() && node.unit().is_none();
    matches!(node.shape(), Shape::String)
        && free
        && node.text() != Text::Schedule
        && limits.max_len.is_none_or(|most| most > 1_000)
}

/// Braces and brackets that begin what is expected.
fn openings(ctx: &Context, spot: &ValueSpot, items: &mut Vec<Item>) {
    if !ctx.typed.is_empty() || spot.interpolated {
        return;
    }
    let Some(kind) = spot.expected.kind() else { return };
    let (object, value) = match kind {
        Kind::Node(node) => match node.shape() {
            Shape::Object(object) => (Some(object), String::new()),
            Shape::List(_) | Shape::Map { .. } | Shape::Json => (None, snippets::node_value(*node, "$0").0),
            _ => return,
        },
        Kind::List(_) | Kind::Map(..) | Kind::Record(_) => (None, snippets::type_value(&Ty::constant(kind.clone()), "$0").0),
        _ => return,
    };
    let value = match object {
        Some(object) => snippets::body(&snippets::property_lines(&snippets::required_properties(object, &[]), 1)),
        None => value,
    };
    let label = if value.starts_with('[') { "[ … ]" } else { "{ … }" };
    let item = Item { filter: String::new(), again: true, ..ctx.item(label, ItemKind::Snippet, 4) };
    items.push(ctx.snippet(item, &value));
}

fn words(ctx: &Context, spot: &ValueSpot, items: &mut Vec<Item>) {
    let optional = matches!(&spot.expected, Expected::Ty(ty) if matches!(ty.kind, Kind::Optional(_)));
    let free = matches!(spot.expected, Expected::Any);
    let has_literals = !listed(&spot.expected).is_empty();
    let mut word = |word: &str, text: &str, cost: u32| {
        if let Some(quality) = ctx.quality(word) {
            let item = Item { about: About::Keyword(word.into()), ..ctx.item(word, ItemKind::Keyword, cost + quality) };
            items.push(if text == word { item } else { ctx.snippet(item, text) });
        }
    };
    word("if", "if ${1:condition} { $2 } else { $0 }", 20);
    word("match", "match ${1:value} {\n  $0\n}", 24);
    word("none", "none", if optional { 8 } else { 50 });
    if free && !has_literals {
        word("true", "true", 24);
        word("false", "false", 24);
    }
    if spot.element {
        word("for", "for ${1:x} in ${2:list}: $0", 16);
    }
}

/// Names that can stand alone as entries of a free record.
pub(crate) fn shorthands(ctx: &Context) -> Vec<Item> {
    let found = visible(&ctx.scene, &ctx.typed).into_iter();
    let values = found.filter(|found| !matches!(found.what, What::Module(_)));
    let items = values.filter_map(|found| {
        let quality = ctx.quality(&found.name)?;
        let spot = ValueSpot {
            expected: Expected::Any,
            quoted: false,
            element: false,
            branch: false,
            named: Vec::new(),
            interpolated: false,
            condition: false,
            habit: None,
        };
        name(ctx, &spot, &found, quality)
    });
    items.filter(|item| item.kind != ItemKind::Function).collect()
}

/// A number with each unit it can have.
pub(crate) fn numbers(ctx: &Context, digits: &str, unit: Option<Unit>) -> Vec<Item> {
    let units: &[(&str, &str)] = match unit {
        Some(unit) if unit.is_time() => {
            &[("s", "seconds"), ("m", "minutes"), ("h", "hours"), ("d", "days"), ("ms", "milliseconds")]
        }
        Some(_) => &[("MiB", "mebibytes"), ("GiB", "gibibytes"), ("KiB", "kibibytes"), ("TiB", "tebibytes"), ("B", "bytes")],
        None => &[],
    };
    let wanted = unit.map(|unit| unit.name()).unwrap_or_default();
    let items = units.iter().enumerate().map(|(at, (unit, name))| {
        let own = u32::from(*name != wanted && *unit != wanted);
        let item = ctx.item(format!("{digits}{unit}"), ItemKind::EnumValue, 10 * own + at as u32);
        Item { detail: (*name).to_owned(), ..item }
    });
    items.collect()
}
