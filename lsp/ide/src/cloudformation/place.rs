//! Where in a template something stands, and what the schema says of that place.

use cloudc_import::tree::{Entry, Node, Span, Value};
use cloudc_schema::{Node as Shaped, Property, Schema, Shape, Type};

/// A step from a node to what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Element,
}

/// A key or scalar, and the way to it. Of a key the last step is the key itself.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    pub path: Vec<Step<'a>>,
    pub is_key: bool,
    pub text: &'a str,
    pub span: Span,
    /// The map that the key is in.
    pub map: Option<&'a Node>,
}

/// The first key or scalar that is wanted.
pub(super) fn find<'a>(root: &'a Node, wanted: &dyn Fn(&str, Span) -> bool) -> Option<Spot<'a>> {
    let mut path = Vec::new();
    walk(root, wanted, &mut path)
}

fn walk<'a>(node: &'a Node, wanted: &dyn Fn(&str, Span) -> bool, path: &mut Vec<Step<'a>>) -> Option<Spot<'a>> {
    match &node.value {
        Value::Map(entries) => entries.iter().find_map(|entry| {
            path.push(Step::Key(&entry.key));
            // Short forms have their key where their value is.
            let found = match walk(&entry.value, wanted, path) {
                None if wanted(&entry.key, entry.span) => {
                    let path = path.clone();
                    Some(Spot { path, is_key: true, text: &entry.key, span: entry.span, map: Some(node) })
                }
                found => found,
            };
            path.pop();
            found
        }),
        Value::List(items) => items.iter().find_map(|item| {
            path.push(Step::Element);
            let found = walk(item, wanted, path);
            path.pop();
            found
        }),
        Value::Text(text) if wanted(text, node.span) => {
            Some(Spot { path: path.clone(), is_key: false, text, span: node.span, map: None })
        }
        _ => None,
    }
}

/// The resource that a path is in, and the rest of the path.
pub(super) fn resource<'a, 'p>(root: &'a Node, path: &'p [Step<'a>]) -> Option<(&'a Entry, &'p [Step<'a>])> {
    let [Step::Key("Resources"), Step::Key(id), rest @ ..] = path else { return None };
    Some((root.get("Resources")?.entry(id)?, rest))
}

/// The type of a resource.
pub(super) fn type_of(schema: &Schema, resource: &Entry) -> Option<Type> {
    schema.ty(resource.value.get("Type")?.text()?)
}

/// What holds the properties at the end of a path below `Properties`.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    Type(Type),
    Node(Shaped),
}

impl Holder {
    /// One of its properties.
    pub fn property(self, name: &str) -> Option<Property> {
        match self {
            Holder::Type(ty) => ty.property(name),
            Holder::Node(node) => property_of(node, name),
        }
    }

    /// All of its properties.
    pub fn properties(self) -> Vec<Property> {
        match self {
            Holder::Type(ty) => ty.properties().collect(),
            Holder::Node(node) => {
                let mut all: Vec<Property> = Vec::new();
                properties_of(node, &mut all);
                all
            }
        }
    }
}

/// What the schema says of the value at the end of a path below `Properties`; branches of `Fn::If` are where the choice is.
pub(super) fn holder(ty: Type, path: &[Step<'_>]) -> Option<Holder> {
    let mut at = Holder::Type(ty);
    let mut steps = path.iter();
    while let Some(step) = steps.next() {
        at = match step {
            Step::Key("Fn::If") => {
                steps.next();
                at
            }
            Step::Key(name) => match (at, at.property(name)) {
                (_, Some(property)) => Holder::Node(property.node()),
                (Holder::Node(node), None) => Holder::Node(map_value(node)?),
                _ => return None,
            },
            Step::Element => match at {
                Holder::Node(node) => Holder::Node(element_of(node)?),
                Holder::Type(_) => return None,
            },
        };
    }
    Some(at)
}

fn choices(node: Shaped) -> Vec<Shaped> {
    match node.shape() {
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().flat_map(choices).collect(),
        _ => vec![node],
    }
}

fn property_of(node: Shaped, name: &str) -> Option<Property> {
    choices(node).into_iter().find_map(|one| match one.shape() {
        Shape::Object(object) => object.property(name),
        _ => None,
    })
}

fn properties_of(node: Shaped, all: &mut Vec<Property>) {
    for one in choices(node) {
        if let Shape::Object(object) = one.shape() {
            for property in object.properties() {
                if all.iter().all(|known| known.name() != property.name()) {
                    all.push(property);
                }
            }
        }
    }
}

fn element_of(node: Shaped) -> Option<Shaped> {
    choices(node).into_iter().find_map(|one| match one.shape() {
        Shape::List(element) => Some(element),
        _ => None,
    })
}

fn map_value(node: Shaped) -> Option<Shaped> {
    choices(node).into_iter().find_map(|one| match one.shape() {
        Shape::Map { value, .. } => Some(value),
        _ => None,
    })
}

/// Every scalar that may be written at a node.
pub(super) fn values(node: Shaped) -> Vec<String> {
    let mut all = Vec::new();
    for one in choices(node) {
        let constraints = one.constraints();
        let listed = constraints.allowed.iter().chain(&constraints.constant).map(|scalar| match scalar {
            cloudc_schema::Scalar::Str(text) => (*text).to_owned(),
            other => other.to_string(),
        });
        all.extend(listed);
        if matches!(one.shape(), Shape::Boolean) {
            all.extend(["true".to_owned(), "false".to_owned()]);
        }
    }
    all.dedup();
    all
}

/// The logical ids of a section.
pub(super) fn ids<'a>(root: &'a Node, section: &str) -> Vec<&'a Entry> {
    let entries = root.get(section).and_then(Node::map).unwrap_or_default();
    entries.iter().filter(|entry| !entry.key.starts_with("Fn::")).collect()
}

/// The list one of whose elements stands there.
pub(super) fn list_with(node: &Node, span: Span) -> Option<&[Node]> {
    if let Some(items) = node.list() {
        if items.iter().any(|item| item.span == span && item.text().is_some()) {
            return Some(items);
        }
        return items.iter().find_map(|item| list_with(item, span));
    }
    node.map()?.iter().find_map(|entry| list_with(&entry.value, span))
}
