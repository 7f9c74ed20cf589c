//! A type as a person reads it: `cloudc schema show`.
//!
//! In: a type or one of its definitions. Out: plain text within a width, required properties first, every nested
//! definition expanded once.

use std::collections::HashSet;

use crate::handles::{Node, Object, Property, Shape, Type};
use crate::model::{Access, Constraints, Ident, TagStyle, Text, Update};

/// How to show.
#[derive(Clone, Copy, Debug)]
pub struct ShowOptions<'a> {
    /// Columns; text is folded to fit, names never are.
    pub width: usize,
    /// Levels of nested definitions to expand: 0 shows the type's own properties only.
    pub depth: usize,
    /// Show this nested definition instead of the type.
    pub definition: Option<&'a str>,
}

impl Default for ShowOptions<'_> {
    fn default() -> Self {
        ShowOptions { width: 100, depth: 1, definition: None }
    }
}

/// The text; `None` when the type has no such definition. Ends with a new line.
pub fn show(ty: Type, options: &ShowOptions<'_>) -> Option<String> {
    let mut page = Page { text: String::new(), width: options.width.max(40), shown: HashSet::new() };
    let object = match options.definition {
        Some(name) => {
            let object = ty.definition(name)?;
            page.line(0, &format!("{}.{name}", ty.name()));
            object
        }
        None => {
            header(&mut page, ty);
            ty.body()
        }
    };
    page.object(object, 2, options.depth);
    Some(page.text)
}

fn header(page: &mut Page, ty: Type) {
    page.line(0, ty.name());
    page.line(0, &ty.docs_url());
    page.text.push('\n');
    if ty.deprecated() {
        page.pair("Status", "deprecated by AWS");
    }
    let reference = ty.ref_ident();
    page.pair("Ref", if reference.attr == "Ref" { "its identifier" } else { reference.attr });
    let attributes: Vec<&str> = ty.attributes().map(|attribute| attribute.name()).collect();
    if !attributes.is_empty() {
        page.pair("Attributes", &attributes.join(", "));
    }
    match ty.tag_style() {
        TagStyle::None => {}
        TagStyle::List | TagStyle::Propagating => page.pair("Tags", "a list of Key and Value, or a map"),
        TagStyle::Map => page.pair("Tags", "a map"),
    }
    page.pair("Regions", &regions(ty));
    if ty.is_stateful() {
        page.pair("Keeps data", "yes: deleting it destroys what it holds");
    }
    page.text.push('\n');
}

/// "all 33", "all but …", or the list, whichever is short.
pub(crate) fn regions(ty: Type) -> String {
    let known: Vec<&str> = ty.store.regions.to_vec();
    let has = ty.regions();
    let lacks: Vec<&str> = known.iter().filter(|region| !has.contains(region)).copied().collect();
    match (has.len(), lacks.len()) {
        _ if known.is_empty() => "not known".to_owned(),
        (count, 0) => format!("all {count}"),
        (count, 1..=4) => format!("{count}, all but {}", lacks.join(", ")),
        (count, _) if count <= 6 => has.join(", "),
        (count, _) => format!("{count} of {}", known.len()),
    }
}

struct Page {
    text: String,
    width: usize,
    shown: HashSet<Object>,
}

impl Page {
    fn line(&mut self, indent: usize, text: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn pair(&mut self, label: &str, value: &str) {
        self.columns(2, label, 12, value);
    }

    /// A label, then text folded in the columns right of it.
    fn columns(&mut self, indent: usize, label: &str, label_width: usize, text: &str) {
        let start = indent + label_width.max(label.chars().count()) + 2;
        let room = self.width.saturating_sub(start).max(24);
        let mut line = format!("{label:<label_width$}  ");
        for (at, part) in fold(text, room).iter().enumerate() {
            if at == 0 {
                line.push_str(part);
                self.line(indent, &line);
            } else {
                self.line(start, part);
            }
        }
    }

    fn object(&mut self, object: Object, indent: usize, depth: usize) {
        self.shown.insert(object);
        let mut properties: Vec<Property> = object.properties().filter(|property| !property.read_only()).collect();
        properties.sort_by_key(|property| !property.required());
        let width = properties.iter().map(|property| property.name().len() + 1).max().unwrap_or(0).min(36);
        for property in properties {
            let label = format!("{}{}", property.name(), if property.required() { "*" } else { "" });
            self.columns(indent, &label, width, &describe(property));
            let Some(inner) = nested(property.node(), 0) else { continue };
            if depth > 0 && !self.shown.contains(&inner) && inner.properties().len() > 0 {
                self.object(inner, indent + 4, depth - 1);
            }
        }
        if object.is_open() {
            self.line(indent, "… and any other key");
        }
        for group in object.groups() {
            self.columns(indent, "rule:", 5, &group.describe());
        }
    }
}

/// The object inside a position.
pub(crate) fn nested(node: Node, depth: u32) -> Option<Object> {
    match node.shape() {
        Shape::Object(object) => Some(object),
        Shape::List(inner) | Shape::Map { value: inner, .. } if depth < 4 => nested(inner, depth + 1),
        _ => None,
    }
}

/// Type, limits, relationship and notes of a property, in one line.
pub(crate) fn describe(property: Property) -> String {
    let node = property.node();
    let mut parts = vec![type_text(node)];
    let inner = leaf(node);
    parts.extend(limits(node.constraints(), false));
    if inner != node {
        parts.extend(limits(inner.constraints(), true));
    }
    if let Some(unit) = node.unit() {
        parts.push(format!("in {}", unit.name()));
    }
    parts.extend(text_note(inner.text()).map(str::to_owned));
    match property.update() {
        Update::InPlace => {}
        Update::Replace => parts.push("replaces when changed".to_owned()),
        Update::Conditional => parts.push("may replace when changed".to_owned()),
    }
    if property.write_only() {
        parts.push("never read back".to_owned());
    }
    if property.deprecated() {
        parts.push("deprecated".to_owned());
    }
    let mut out = parts.join(" · ");
    let expects = inner.expects();
    if !expects.is_empty() {
        let shown: Vec<String> = expects.iter().take(3).map(Ident::to_string).collect();
        out.push_str(&format!(" → {}", shown.join(" or ")));
        if expects.len() > 3 {
            out.push_str(&format!(" or {} more", expects.len() - 3));
        }
    }
    out
}

/// The element of (nested) lists and maps.
fn leaf(node: Node) -> Node {
    node.element().map_or(node, leaf)
}

/// The type as the language writes it.
pub(crate) fn type_text(node: Node) -> String {
    match node.shape() {
        Shape::String => "String".to_owned(),
        Shape::Integer => "Int".to_owned(),
        Shape::Number => "Float".to_owned(),
        Shape::Boolean => "Bool".to_owned(),
        Shape::Json => "Json".to_owned(),
        Shape::List(inner) => format!("[{}]", type_text(inner)),
        Shape::Map { value, .. } => format!("Map<{}>", type_text(value)),
        Shape::Object(object) => object.name().unwrap_or("{ … }").to_owned(),
        Shape::OneOf(all) | Shape::AnyOf(all) => {
            let mut parts: Vec<String> = Vec::new();
            for inner in all.iter() {
                let text = type_text(inner);
                if !parts.contains(&text) {
                    parts.push(text);
                }
            }
            parts.join(" | ")
        }
    }
}

fn limits(c: &Constraints, each: bool) -> Vec<String> {
    let mut out = Vec::new();
    if !c.allowed.is_empty() {
        let shown: Vec<String> = c.allowed.iter().take(8).map(|value| value.to_string()).collect();
        let more = if c.allowed.len() > 8 { format!(" and {} more", c.allowed.len() - 8) } else { String::new() };
        out.push(format!("{}{more}", shown.join(" | ")));
    }
    let each = if each { " each" } else { "" };
    out.extend(range(c.min, c.max, ""));
    out.extend(range(c.min_len.map(f64::from), c.max_len.map(f64::from), "chars").map(|text| text + each));
    out.extend(range(c.min_items.map(f64::from), c.max_items.map(f64::from), "items"));
    if c.unique {
        out.push("no item twice".to_owned());
    }
    if let Some(pattern) = c.pattern.filter(|pattern| pattern.chars().count() <= 40) {
        out.push(format!("matches {pattern}"));
    }
    if let Some(default) = c.default {
        out.push(format!("default {default}"));
    }
    out
}

fn range(min: Option<f64>, max: Option<f64>, what: &str) -> Option<String> {
    let text = match (min, max) {
        (Some(min), Some(max)) if min == max => format!("{min} {what}"),
        (Some(min), Some(max)) => format!("{min}..{max} {what}"),
        (Some(min), None) => format!("at least {min} {what}"),
        (None, Some(max)) => format!("at most {max} {what}"),
        (None, None) => return None,
    };
    Some(text.trim_end().to_owned())
}

fn text_note(text: Text) -> Option<&'static str> {
    Some(match text {
        Text::Plain | Text::Arn => return None,
        Text::Json => "JSON text",
        Text::Base64 => "Base64",
        Text::Duration => "ISO 8601 duration",
        Text::Policy => "policy document",
        Text::TrustPolicy => "policy document with principals",
        Text::EventPattern => "event pattern",
        Text::Schedule => "cron, rate or at expression",
        Text::Cidr => "CIDR block",
    })
}

/// Breaks text at spaces; a word longer than the room stands alone.
fn fold(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let len = word.chars().count();
        if used > 0 && used + 1 + len > room {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += len;
        }
    }
    lines
}

/// How a template writes an access to a logical id, for messages.
pub fn access_text(access: Access) -> String {
    match access {
        Access::Ref => "Ref".to_owned(),
        Access::Attr(name) => format!("Fn::GetAtt {name}"),
    }
}
