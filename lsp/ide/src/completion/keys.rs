//! Keys of records: properties, inputs, settings, fields; and the names that `with` patches.

use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_schema::{Group, Node, Object, Property, Shape, Update};
use cloudc_types::ty::Lit;
use cloudc_types::{Kind, Ty};

use super::Doc;
use super::context::{Context, KeySpot, Within};
use super::expected::{Expected, objects};
use super::item::{About, Item, ItemKind};
use super::names::{is_deprecated, kind_of, show};
use super::{habits, keywords, snippets, usual, values};

/// What a key that is there already costs more.
const WRITTEN: u32 = 400;

/// What can be written as a key here.
pub(crate) fn keys(ctx: &Context, key: &KeySpot) -> Vec<Item> {
    let mut items = Vec::new();
    match &key.expected {
        Expected::Doc(doc) => document(ctx, key, doc, &mut items),
        Expected::Inputs(component) => inputs(ctx, key, *component, &mut items),
        Expected::Ty(ty) => of_type(ctx, key, ty.present(), &mut items),
        Expected::Any | Expected::Resources => {}
    }
    if items.is_empty() && !key.quoted && !key.colon {
        // Free keys: a name alone stands for an entry of that name.
        items.extend(values::shorthands(ctx));
    }
    if key.column_zero && !key.colon && !ctx.typed.is_empty() {
        items.extend(keywords::statements(ctx, &Within { container: None, nested: false, public: false }));
    }
    items
}

/// The keys of a record that is expected where no key is written yet.
pub(crate) fn in_branch(ctx: &Context, expected: &Expected) -> Vec<Item> {
    let takes_keys = match expected {
        Expected::Doc(doc) => !doc.entries().is_empty(),
        Expected::Inputs(_) => true,
        Expected::Ty(ty) => match &ty.present().kind {
            Kind::Node(node) => !objects(*node).is_empty(),
            Kind::Object(_) | Kind::Record(_) => true,
            _ => false,
        },
        Expected::Any | Expected::Resources => false,
    };
    if !takes_keys {
        return Vec::new();
    }
    let key =
        KeySpot { expected: expected.clone(), written: Vec::new(), colon: false, quoted: false, column_zero: false, habit: None };
    keys(ctx, &key)
}

fn of_type(ctx: &Context, key: &KeySpot, ty: &Ty, items: &mut Vec<Item>) {
    match &ty.kind {
        Kind::Node(node) => of_node(ctx, key, *node, items),
        Kind::Object(object) => properties(ctx, key, &[*object], items),
        Kind::Record(fields) => {
            for (at, field) in fields.iter().enumerate() {
                let required = !matches!(field.ty.kind, Kind::Optional(_));
                let (value, again) = snippets::type_value(&field.ty, "$0");
                let entry = Entry { name: &field.name, required, value, again, detail: show(&ctx.scene, field.ty.present()) };
                items.extend(entry.item(ctx, key).map(|item| Item { order: at as u32, ..item }));
            }
        }
        Kind::Map(keys, value) => {
            for lit in keys.literals().unwrap_or_default() {
                let Lit::Str(name) = lit else { continue };
                let (text, again) = snippets::type_value(value, "$0");
                let entry = Entry { name: &name, required: true, value: text, again, detail: show(&ctx.scene, value) };
                items.extend(entry.item(ctx, key));
            }
        }
        _ => {}
    }
}

fn of_node(ctx: &Context, key: &KeySpot, node: Node, items: &mut Vec<Item>) {
    let objects = objects(node);
    if !objects.is_empty() {
        return properties(ctx, key, &objects, items);
    }
    if let Shape::List(element) = node.shape()
        && node.key_value_names().is_none()
    {
        // One record stands for a list of one.
        of_node(ctx, key, element, items);
    }
}

/// One key with what is written behind it.
struct Entry<'a> {
    name: &'a str,
    required: bool,
    value: String,
    again: bool,
    detail: String,
}

impl Entry<'_> {
    fn item(&self, ctx: &Context, key: &KeySpot) -> Option<Item> {
        let mut cost = ctx.quality(self.name)? + 2;
        if !self.required {
            cost += 10;
        }
        if key.written.iter().any(|name| name == self.name) {
            cost += WRITTEN;
        }
        let item = Item { detail: self.detail.clone(), again: self.again, ..ctx.item(self.name, ItemKind::Property, cost) };
        Some(complete(ctx, key, item, &self.value))
    }
}

/// The item with its value behind it, unless there is one.
fn complete(ctx: &Context, key: &KeySpot, item: Item, value: &str) -> Item {
    let plain = item.label.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !item.label.starts_with(|c: char| c.is_ascii_digit());
    let name = if plain || key.quoted { item.label.clone() } else { format!("\"{}\"", item.label) };
    if key.colon || key.quoted {
        return Item { insert: name, again: false, ..item };
    }
    let text = format!("{}: {value}", snippets::escape(&name));
    ctx.snippet(item, &text)
}

fn properties(ctx: &Context, key: &KeySpot, objects: &[Object], items: &mut Vec<Item>) {
    if let [object] = objects {
        let missing = snippets::required_properties(*object, &key.written);
        let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
        items.extend(fill(ctx, key, &names, &snippets::property_lines(&missing, 1)));
    }
    let habits = key.habit.as_ref().map(|spot| habits::keys(ctx, spot)).unwrap_or_default();
    let mut seen: Vec<&str> = Vec::new();
    for property in objects.iter().flat_map(|object| object.properties()) {
        if property.read_only() || objects.len() > 1 && seen.contains(&property.name()) {
            continue;
        }
        seen.push(property.name());
        let Some(item) = property_item(ctx, key, property) else { continue };
        let ty = key.habit.as_ref().map(|spot| spot.ty.as_str()).unwrap_or_default();
        let usual = usual::rank(ty, property.owner().name(), property.name());
        // What its like write elsewhere is likelier than what most people write, and that than what nothing asks for.
        let likelier = if property.required() {
            0
        } else if habits.contains_key(property.name()) {
            9
        } else if usual.is_some() {
            7
        } else if in_choice(property.owner(), &key.written, property.name()) {
            6
        } else {
            0
        };
        items.push(Item { cost: item.cost - likelier, order: usual.unwrap_or(99), ..item });
    }
}

/// Whether the property is one of several of which one must be written, and none is.
fn in_choice(object: Object, written: &[Name], name: &str) -> bool {
    object.groups().iter().any(|group| match group {
        Group::ExactlyOne(sets) | Group::AtLeastOne(sets) => {
            let open = !sets.iter().any(|set| set.iter().all(|one| written.iter().any(|name| name == one)));
            open && sets.iter().any(|set| set.contains(&name))
        }
        // What something written asks for is as good as required.
        Group::Requires { when, all } => all.contains(&name) && written.iter().any(|name| name == when),
        _ => false,
    })
}

fn property_item(ctx: &Context, key: &KeySpot, property: Property) -> Option<Item> {
    let name = property.name();
    let mut cost = ctx.quality(name)? + 2;
    if !property.required() {
        cost += 10;
    }
    if property.deprecated() {
        cost += 60;
    }
    if key.written.iter().any(|written| written == name) {
        cost += WRITTEN;
    }
    let mut detail = show(&ctx.scene, &Ty::constant(Kind::Node(property.node())));
    if property.required() {
        detail.push_str(", required");
    }
    if property.update() == Update::Replace {
        detail.push_str(", replaces");
    }
    let of = key.habit.as_ref().and_then(|spot| ctx.scene.schema().ty(&spot.ty));
    let (value, again) = snippets::node_value(property.node(), "$0");
    let item = Item {
        detail,
        again,
        deprecated: property.deprecated(),
        about: About::Property(of, property),
        ..ctx.item(name, ItemKind::Property, cost)
    };
    Some(complete(ctx, key, item, &value))
}

/// Everything that must be written, at once.
fn fill(ctx: &Context, key: &KeySpot, names: &[&str], lines: &str) -> Option<Item> {
    let fits = ctx.typed.is_empty() || names.iter().any(|name| ctx.quality(name).is_some_and(|cost| cost < 10));
    if names.len() < 2 || key.colon || key.quoted || !ctx.options.snippets || !fits {
        return None;
    }
    // In an empty block this is what people come for; elsewhere they look for one property.
    let cost = if key.written.is_empty() && ctx.typed.is_empty() { 0 } else { 24 };
    let item = Item {
        detail: super::names::shorten(names.join(", "), 60),
        filter: if ctx.typed.is_empty() { names.join(" ") } else { ctx.typed.clone() },
        about: About::Text(format!("Writes everything that must be there:\n\n```cloud\n{}\n```", snippets::plain(lines))),
        ..ctx.item(format!("all {} required", names.len()), ItemKind::Snippet, cost)
    };
    Some(ctx.snippet(item, lines))
}

fn inputs(ctx: &Context, key: &KeySpot, component: Decl, items: &mut Vec<Item>) {
    let missing = snippets::required_inputs(&ctx.scene, component, &key.written);
    let names: Vec<&str> = missing.iter().map(|input| input.name.as_str()).collect();
    items.extend(fill(ctx, key, &names, &snippets::input_lines(&missing, 1)));
    for (at, input) in cloudc_types::component_inputs(ctx.scene.db, component).iter().enumerate() {
        let required = !input.has_default && !matches!(input.ty.kind, Kind::Optional(_));
        let (value, again) = snippets::type_value(&input.ty, "$0");
        let mut detail = show(&ctx.scene, &input.ty);
        if required {
            detail.push_str(", required");
        }
        let entry = Entry { name: &input.name, required, value, again, detail };
        let deprecated = is_deprecated(ctx.scene.db, input.decl);
        items.extend(entry.item(ctx, key).map(|item| Item {
            about: About::Decl(input.decl),
            order: at as u32,
            deprecated,
            cost: item.cost + if deprecated { 60 } else { 0 },
            ..item
        }));
    }
}

fn document(ctx: &Context, key: &KeySpot, doc: &'static Doc, items: &mut Vec<Item>) {
    for (at, entry) in doc.entries().iter().enumerate() {
        let (value, again) = doc_value(entry.holds);
        let shown = Entry { name: entry.name, required: entry.required, value, again, detail: String::new() };
        // These lists are short and stand in the order of use.
        let item = shown.item(ctx, key).map(|item| Item { cost: item.cost + at.min(9) as u32, ..item });
        items.extend(item.map(|item| Item { about: About::Text(entry.about.to_owned()), ..item }));
    }
}

fn doc_value(doc: &Doc) -> (String, bool) {
    match doc {
        Doc::Text(_) | Doc::Bool | Doc::Any | Doc::Action => ("$0".to_owned(), true),
        Doc::Region | Doc::Path => ("\"$0\"".to_owned(), true),
        Doc::Object(_) => ("{\n  $0\n}".to_owned(), true),
        Doc::Map(_) => ("{ $0 }".to_owned(), false),
        Doc::List(Doc::Object(_)) => ("[{\n  $0\n}]".to_owned(), true),
        Doc::List(_) | Doc::Regions(_) => ("$0".to_owned(), true),
    }
}

/// The inner declarations that `with` can patch.
pub(crate) fn patches(ctx: &Context, component: Decl, written: &[Name]) -> Vec<Item> {
    let scene = &ctx.scene;
    let owner = cloudc_hir::Owner::Decl(component, cloudc_hir::Branch::Then);
    let mut items = Vec::new();
    for (name, decl, _) in cloudc_hir::resources(scene.db, owner) {
        let Some(mut cost) = ctx.quality(name) else { continue };
        if decl.kind(scene.db) != DeclKind::Resource {
            continue;
        }
        if written.contains(name) {
            cost += WRITTEN;
        }
        let detail = show(scene, &cloudc_types::signature(scene.db, *decl).ty);
        let item =
            Item { detail, about: About::Decl(*decl), again: true, ..ctx.item(name.to_string(), kind_of(scene, *decl), cost) };
        items.push(ctx.snippet(item, &format!("{name}: {{\n  $0\n}}")));
    }
    items
}
