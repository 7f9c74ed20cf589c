//! Judges CloudFormation templates (JSON) by the embedded schema: `judge FILE…`. For finding slips in the data.
#![allow(clippy::print_stdout)]

use cloudc_schema::*;
use serde_json::{Map, Value};

fn main() {
    let schema = Schema::embedded();
    for path in std::env::args().skip(1) {
        let Some(template) = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()) else {
            println!("{path}: unreadable");
            continue;
        };
        let Some(resources) = template.get("Resources").and_then(Value::as_object) else { continue };
        for (id, resource) in resources {
            let Some(name) = resource.get("Type").and_then(Value::as_str) else { continue };
            let Some(ty) = schema.ty(name) else {
                println!("{name}: no such type");
                continue;
            };
            let empty = Map::new();
            let properties = resource.get("Properties").and_then(Value::as_object).unwrap_or(&empty);
            let mut judge = Judge { schema: &schema, resources, name, id };
            judge.object(ty.body(), properties, "");
        }
    }
}

struct Judge<'a> {
    schema: &'a Schema,
    resources: &'a Map<String, Value>,
    name: &'a str,
    id: &'a str,
}

impl Judge<'_> {
    fn say(&self, at: &str, text: &str) {
        println!("{}{at}: {text} ({})", self.name, self.id);
    }

    fn object(&mut self, object: Object, value: &Map<String, Value>, at: &str) {
        if value.keys().any(|key| key.starts_with("Fn::")) {
            return;
        }
        for (key, inner) in value {
            match object.property(key) {
                Some(property) if property.read_only() => self.say(at, &format!("`{key}` is read-only")),
                Some(property) => self.node(property.node(), inner, &format!("{at}.{key}")),
                None if object.is_open() => {}
                None => self.say(at, &format!("no property `{key}`")),
            }
        }
        for property in object.required() {
            if !value.contains_key(property.name()) {
                self.say(at, &format!("`{}` is missing", property.name()));
            }
        }
        for group in object.groups() {
            let mut look = |path: &[&str]| see(value, path);
            if let Verdict::Broken(text) = group.check(&mut look) {
                self.say(at, &text);
            }
        }
    }

    fn node(&mut self, node: Node, value: &Value, at: &str) {
        if let Some(map) = value.as_object().filter(|map| map.len() == 1) {
            let (key, argument) = map.iter().next().map(|(k, v)| (k.as_str(), v)).unwrap_or(("", &Value::Null));
            if key == "Ref" || key.starts_with("Fn::") {
                return self.reference(node, key, argument, at);
            }
        }
        match (node.shape(), value) {
            (Shape::Json, _) => {}
            (Shape::List(inner), Value::Array(all)) => all.iter().for_each(|value| self.node(inner, value, at)),
            (Shape::Map { value: inner, .. }, Value::Object(map)) => map.values().for_each(|value| self.node(inner, value, at)),
            (Shape::Object(object), Value::Object(map)) => self.object(object, map, at),
            (Shape::OneOf(_) | Shape::AnyOf(_), _) => {}
            (Shape::String, Value::String(_) | Value::Number(_) | Value::Bool(_)) => self.allowed(node, value, at),
            (Shape::Integer | Shape::Number, Value::String(_) | Value::Number(_)) => self.allowed(node, value, at),
            (Shape::Boolean, Value::String(_) | Value::Bool(_)) => {}
            (shape, value) => {
                self.say(at, &format!("expected {shape:?}, found {}", &value.to_string().chars().take(60).collect::<String>()))
            }
        }
    }

    fn allowed(&self, node: Node, value: &Value, at: &str) {
        let c = node.constraints();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let same = |scalar: &Scalar| {
            let known = match scalar {
                Scalar::Str(known) => (*known).to_owned(),
                other => other.to_string(),
            };
            known == text || (c.ignore_case && known.eq_ignore_ascii_case(&text))
        };
        if !c.allowed.is_empty() && !c.allowed.iter().any(same) {
            self.say(at, &format!("`{text}` is not among the {}{}", c.allowed.len(), if c.open { " known" } else { "" }));
        }
        if let Ok(number) = text.parse::<f64>()
            && (c.min.is_some_and(|min| number < min) || c.max.is_some_and(|max| number > max))
        {
            self.say(at, &format!("{number} is out of range {:?}..{:?}", c.min, c.max));
        }
    }

    fn reference(&self, node: Node, key: &str, argument: &Value, at: &str) {
        let (target, access) = match (key, argument) {
            ("Ref", Value::String(id)) => (id.as_str(), Access::Ref),
            ("Fn::GetAtt", Value::Array(parts)) => {
                match (parts.first().and_then(Value::as_str), parts.get(1).and_then(Value::as_str)) {
                    (Some(id), Some(attr)) => (id, Access::Attr(attr.to_owned().leak())),
                    _ => return,
                }
            }
            _ => return,
        };
        let Some(ty) =
            self.resources.get(target).and_then(|r| r.get("Type")).and_then(Value::as_str).and_then(|n| self.schema.ty(n))
        else {
            return;
        };
        if let Access::Attr(name) = access {
            let Some(attribute) = ty.attribute(name) else {
                return self.say(at, &format!("{} has no attribute {name}", ty.name()));
            };
            let fits = node.expects().is_empty()
                || node.expects_others()
                || attribute.idents().iter().any(|i| node.expects().contains(i));
            if !fits && attribute.shape() == Shape::String {
                self.say(
                    at,
                    &format!(
                        "{}.{name} is none of {:?}",
                        ty.name(),
                        node.expects().iter().map(ToString::to_string).collect::<Vec<_>>()
                    ),
                );
            }
        } else if !node.expects().is_empty() && !node.expects_others() && !node.expects().contains(&ty.ref_ident()) {
            self.say(
                at,
                &format!(
                    "Ref of {} is none of {:?}",
                    ty.name(),
                    node.expects().iter().map(ToString::to_string).collect::<Vec<_>>()
                ),
            );
        }
    }
}

fn see(value: &Map<String, Value>, path: &[&str]) -> Seen {
    let mut at: Option<&Value> = None;
    let mut map = value;
    for (nth, part) in path.iter().enumerate() {
        match map.get(*part) {
            None => return Seen::Absent,
            Some(found) => {
                at = Some(found);
                match found.as_object() {
                    Some(inner) if inner.keys().any(|key| key == "Ref" || key.starts_with("Fn::")) => return Seen::Unknown,
                    Some(inner) => map = inner,
                    None if nth + 1 < path.len() => return Seen::Unknown,
                    None => {}
                }
            }
        }
    }
    match at {
        Some(Value::String(text)) => Seen::Str(text.clone()),
        Some(Value::Bool(value)) => Seen::Bool(*value),
        Some(Value::Number(number)) => number.as_i64().map_or(Seen::Float(number.as_f64().unwrap_or(0.0)), Seen::Int),
        Some(_) => Seen::Present,
        None => Seen::Present,
    }
}
