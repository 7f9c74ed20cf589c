//! What stands at the cursor in a template.

use cloudc_driver::Database;
use cloudc_import::tree::{Node, Span};
use cloudc_schema::{Schema, Type};

use super::place::{self, Holder, Spot, Step};
use crate::FilePosition;
use crate::hover::{Hover, attribute_text, property_text, type_text};

/// What stands at a place of a template.
pub fn template_hover(db: &Database, at: FilePosition) -> Option<Hover> {
    let text = at.file.text(db);
    if !super::is_template(text) {
        return None;
    }
    let schema = super::schema(db);
    let root = cloudc_import::read::read(text).root?;
    let offset = u32::from(at.offset);
    let spot = place::find(&root, &|_, span: Span| span.start <= offset && offset <= span.end && span.end > span.start)?;
    let markdown = told(db, &schema, &root, &spot)?;
    Some(Hover { range: super::range(text, spot.span), markdown })
}

fn told(db: &Database, schema: &Schema, root: &Node, spot: &Spot<'_>) -> Option<String> {
    if let Some(text) = reference(db, schema, root, spot) {
        return Some(text);
    }
    let (resource, rest) = place::resource(root, &spot.path)?;
    let ty = place::type_of(schema, resource)?;
    match rest {
        [] | [Step::Key("Type")] => Some(type_text(ty)),
        [Step::Key("Properties"), inner @ .., Step::Key(name)] => {
            let property = place::holder(ty, inner)?.property(name)?;
            Some(property_text(db, Some(ty), property))
        }
        _ => None,
    }
}

/// What a reference refers to.
fn reference(db: &Database, schema: &Schema, root: &Node, spot: &Spot<'_>) -> Option<String> {
    if spot.is_key {
        return None;
    }
    let path: Vec<Step<'_>> = spot.path.iter().rev().take(2).copied().collect();
    match path[..] {
        [Step::Key("Ref" | "DependsOn"), ..] | [Step::Element, Step::Key("DependsOn")] => named(schema, root, spot.text),
        [Step::Key("Fn::GetAtt"), ..] => {
            let (id, attribute) = spot.text.split_once('.')?;
            attribute_of(db, schema, root, id, attribute)
        }
        [Step::Element, Step::Key("Fn::GetAtt")] => match place::list_with(root, spot.span)? {
            [first, ..] if first.span == spot.span => named(schema, root, spot.text),
            [first, ..] => attribute_of(db, schema, root, first.text()?, spot.text),
            [] => None,
        },
        [Step::Key("Condition"), ..] => {
            let known = root.get("Conditions")?.get(spot.text)?;
            Some(format!("Condition `{}`\n\n```json\n{}\n```", spot.text, known.to_json()))
        }
        _ => None,
    }
}

fn resource_type(schema: &Schema, root: &Node, id: &str) -> Option<Type> {
    place::type_of(schema, root.get("Resources")?.entry(id)?)
}

/// A parameter or resource.
fn named(schema: &Schema, root: &Node, id: &str) -> Option<String> {
    if let Some(parameter) = root.get("Parameters").and_then(|all| all.get(id)) {
        let ty = parameter.get("Type").and_then(Node::text).unwrap_or("String");
        let mut parts = vec![format!("Parameter `{id}`: `{ty}`")];
        parts.extend(parameter.get("Description").and_then(Node::text).map(str::to_owned));
        parts.extend(parameter.get("Default").and_then(Node::scalar).map(|text| format!("Default: `{text}`")));
        return Some(parts.join("\n\n"));
    }
    let ty = resource_type(schema, root, id)?;
    Some(format!("Resource `{id}`\n\n{}", type_text(ty)))
}

fn attribute_of(db: &Database, schema: &Schema, root: &Node, id: &str, name: &str) -> Option<String> {
    let ty = resource_type(schema, root, id)?;
    let attribute = ty.attribute(name)?;
    Some(attribute_text(db, ty, attribute))
}

/// What the schema says of the place of a value.
pub(super) fn value_place(schema: &Schema, root: &Node, spot: &Spot<'_>) -> Option<cloudc_schema::Node> {
    let (resource, rest) = place::resource(root, &spot.path)?;
    let [Step::Key("Properties"), inner @ ..] = rest else { return None };
    match place::holder(place::type_of(schema, resource)?, inner)? {
        Holder::Node(node) => Some(node),
        Holder::Type(_) => None,
    }
}
