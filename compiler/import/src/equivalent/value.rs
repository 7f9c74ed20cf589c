//! Values in one form, whichever of CloudFormation's ways says them.
//!
//! In: JSON of a template, what the schema says of its place. Out: JSON in which text with holes is one `concat`, choices carry
//! their condition, look-ups carry their table. Always: keys that are no function are kept.

use std::cell::{Cell, RefCell};

use cloudc_schema::{Node, Schema, Shape};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json, json};

use super::conditions::{self, Formula};

/// What values refer to.
pub struct Lower<'a> {
    /// What properties are.
    pub schema: &'a Schema,
    /// The Conditions section.
    pub conditions: Map<String, Json>,
    /// The Mappings section.
    pub mappings: Map<String, Json>,
    /// The Parameters section.
    pub parameters: Map<String, Json>,
    /// The Resources section.
    pub resources: Map<String, Json>,
    /// How many properties are being read back.
    reading: Cell<usize>,
    known: RefCell<FxHashMap<String, (Json, Option<bool>)>>,
}

/// A text with holes, in its one form.
const CONCAT: &str = "concat";

impl<'a> Lower<'a> {
    /// Of a template.
    pub fn new(schema: &'a Schema, template: &Json) -> Self {
        let section = |name: &str| template.get(name).and_then(Json::as_object).cloned().unwrap_or_default();
        let (conditions, mappings, parameters) = (section("Conditions"), section("Mappings"), section("Parameters"));
        let (resources, known, reading) = (section("Resources"), RefCell::default(), Cell::default());
        Lower { schema, conditions, mappings, parameters, resources, known, reading }
    }

    /// The one form of a value.
    pub fn value(&self, json: &Json, place: Option<Node>) -> Json {
        match json {
            Json::Array(items) => {
                let element = place.and_then(list_element);
                Json::Array(items.iter().map(|item| self.value(item, element)).filter(|item| !is_no_value(item)).collect())
            }
            Json::Object(map) => match map.iter().next() {
                Some((name, argument)) if map.len() == 1 => match self.function(name, argument, place) {
                    // What a function comes to is converted like what is written out.
                    Some(value @ (Json::String(_) | Json::Number(_) | Json::Bool(_))) => {
                        place.map_or_else(|| value.clone(), |place| converted(&value, place))
                    }
                    Some(value) => value,
                    None => self.object(map, place),
                },
                _ => self.object(map, place),
            },
            scalar => place.map_or_else(|| scalar.clone(), |place| converted(scalar, place)),
        }
    }

    /// Entries without those that are not there.
    fn object(&self, map: &Map<String, Json>, place: Option<Node>) -> Json {
        let entry = |(key, value): (&String, &Json)| {
            let inner = place.and_then(|place| entry_place(place, key));
            let value = self.value(value, inner);
            (!is_no_value(&value)).then(|| (key.clone(), value))
        };
        Json::Object(map.iter().filter_map(entry).collect())
    }

    fn function(&self, name: &str, argument: &Json, place: Option<Node>) -> Option<Json> {
        let args = argument.as_array().map(Vec::as_slice);
        Some(match (name, args) {
            ("Fn::GetAtt", None) => match argument.as_str()?.split_once('.') {
                Some((resource, attribute)) => self.attribute(resource, attribute),
                None => json!({ name: argument }),
            },
            ("Fn::GetAtt", Some(parts)) if parts.len() > 1 && parts.iter().all(Json::is_string) => {
                // SAM calls what belongs to a resource by that one and a dot, so the first part may have one.
                let texts: Vec<&str> = parts.iter().filter_map(Json::as_str).collect();
                let whole = texts.join(".");
                let (resource, attribute) = whole.split_once('.')?;
                self.attribute(resource, attribute)
            }
            ("Fn::Sub", _) => self.sub(argument)?,
            ("Fn::Join", Some([delimiter, list])) => self.join(delimiter, list),
            ("Fn::If", Some([condition, then, otherwise])) => self.choice(condition.as_str()?, then, otherwise, place),
            ("Fn::FindInMap", Some(args)) => self.find(args),
            ("Fn::Base64", _) => {
                let inner = self.value(argument, None);
                match text_of(&inner) {
                    Some(text) => json!(cloudc_eval::evaluate::base64(text.as_bytes())),
                    None => json!({ name: inner }),
                }
            }
            ("Fn::Select", Some([index, list])) => self.select(index, list),
            ("Fn::Split", Some([delimiter, text])) => {
                let text = self.value(text, None);
                match (delimiter.as_str(), text.as_str()) {
                    (Some(delimiter), Some(text)) if !delimiter.is_empty() => json!(text.split(delimiter).collect::<Vec<_>>()),
                    _ => json!({ name: [delimiter, text] }),
                }
            }
            ("Fn::GetAZs", _) => match self.value(argument, None) {
                Json::Null => json!({ name: "" }),
                Json::Object(map) if map.get("Ref") == Some(&json!("AWS::Region")) => json!({ name: "" }),
                other => json!({ name: other }),
            },
            // Numbers among its arguments are often written as text.
            ("Fn::Cidr", Some(args)) => {
                let plain = |arg: &Json| match self.value(arg, None) {
                    Json::Number(number) => json!(number.to_string()),
                    other => other,
                };
                let args: Vec<Json> = args.iter().map(plain).collect();
                blocks(&args).unwrap_or_else(|| json!({ name: args }))
            }
            // `Api.Stage` is what SAM makes; in text it looks like an attribute.
            ("Fn::Transform", Some([only])) => json!({ name: self.value(only, None) }),
            ("Fn::ToJsonString", _) => match self.value(argument, None) {
                constant if is_constant(&constant) => json!(constant.to_string()),
                other => json!({ name: other }),
            },
            ("Ref", _) => match argument.as_str().and_then(|id| id.split_once('.')) {
                Some((resource, made)) => self.attribute(resource, made),
                None => json!({ name: argument }),
            },
            _ if name.starts_with("Fn::") => json!({ name: self.value(argument, None) }),
            _ => return None,
        })
    }

    /// An attribute that is a property which the template writes has what is written there.
    fn attribute(&self, resource: &str, attribute: &str) -> Json {
        let made = json!({ "Fn::GetAtt": [resource, attribute] });
        let Some(found) = self.resources.get(resource) else { return made };
        let ty = found.get("Type").and_then(Json::as_str).and_then(|ty| self.schema.ty(ty));
        let place = ty.and_then(|ty| ty.property(attribute)).map(|property| property.node());
        let written = found.get("Properties").and_then(|all| all.get(attribute));
        match (place, written) {
            (Some(place), Some(written)) if self.reading.get() < 8 => {
                self.reading.set(self.reading.get() + 1);
                let value = self.value(written, Some(place));
                self.reading.set(self.reading.get() - 1);
                if may_be_absent(&value) || is_no_value(&value) { made } else { value }
            }
            _ => made,
        }
    }

    /// `Fn::Sub` is text with holes.
    fn sub(&self, argument: &Json) -> Option<Json> {
        let (text, values) = match argument {
            Json::String(text) => (text.as_str(), None),
            Json::Array(parts) => (parts.first()?.as_str()?, parts.get(1).and_then(Json::as_object)),
            _ => return None,
        };
        let mut parts = Vec::new();
        for piece in crate::sub::pieces(text) {
            parts.push(match piece {
                crate::sub::Piece::Text(text) => json!(text),
                crate::sub::Piece::Hole(name) => match values.and_then(|values| values.get(&name)) {
                    Some(value) => self.value(value, None),
                    None => match name.split_once('.') {
                        Some((resource, attribute)) => self.attribute(resource, attribute),
                        None => json!({ "Ref": name }),
                    },
                },
            });
        }
        Some(concat(parts))
    }

    /// `Fn::Join` of a list that is written out is text with holes.
    fn join(&self, delimiter: &Json, list: &Json) -> Json {
        let list = self.value(list, None);
        let (Some(glue), Some(items)) = (delimiter.as_str(), list.as_array()) else {
            return json!({ "Fn::Join": [delimiter, list] });
        };
        if items.iter().any(may_be_absent) {
            return json!({ "Fn::Join": [delimiter, list] });
        }
        let mut parts = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                parts.push(json!(glue));
            }
            parts.push(item.clone());
        }
        concat(parts)
    }

    /// A choice by what its condition decides; the same on both sides is no choice.
    fn choice(&self, condition: &str, then: &Json, otherwise: &Json, place: Option<Node>) -> Json {
        let (then, otherwise) = (self.value(then, place), self.value(otherwise, place));
        let (canonical, constant) = self.condition(condition);
        match constant {
            Some(true) => return then,
            Some(false) => return otherwise,
            None if then == otherwise => return then,
            None => {}
        }
        pick(&canonical, then, otherwise)
    }

    fn condition(&self, name: &str) -> (Json, Option<bool>) {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let formula = conditions::named(self, name, 0);
        let made = (conditions::canonical(&formula), conditions::constant(&formula));
        self.known.borrow_mut().insert(name.to_owned(), made.clone());
        made
    }

    /// What a condition with a name decides.
    pub fn decides(&self, name: &str) -> Json {
        self.condition(name).0
    }

    /// The formula of a condition that is written out.
    pub fn formula(&self, json: &Json) -> Formula {
        conditions::formula(self, json, 0)
    }

    /// A look-up carries what it looks into, narrowed by the keys that are known; with all known it is the value.
    fn find(&self, args: &[Json]) -> Json {
        let rest: Vec<Json> = args.iter().map(|arg| self.value(arg, None)).collect();
        let table = rest.first().and_then(Json::as_str).and_then(|name| self.mappings.get(name));
        let (Some(table), [_, first, second, more @ ..]) = (table.and_then(Json::as_object), &rest[..]) else {
            return json!({ "Fn::FindInMap": rest });
        };
        let (first_text, second_text) = (text_of(first), text_of(second));
        let default = |made: Json| if more.is_empty() { made } else { json!({ "find": made, "default": more }) };
        match (&first_text, &second_text) {
            (Some(first), Some(second)) => match table.get(first).and_then(|row| row.get(second)) {
                Some(value) => scalar_text(value),
                None => match more.first().and_then(|more| more.get("DefaultValue")) {
                    Some(default) => default.clone(),
                    None => json!({ "Fn::FindInMap": [table, first, second] }),
                },
            },
            (Some(first), None) => {
                let row = table.get(first).and_then(Json::as_object).cloned().unwrap_or_default();
                let row: Map<String, Json> = row.iter().map(|(key, value)| (key.clone(), scalar_text(value))).collect();
                default(json!({ "look up": [row, second] }))
            }
            (None, Some(second)) => {
                let cell = |(key, row): (&String, &Json)| row.get(second).map(|value| (key.clone(), scalar_text(value)));
                let column: Map<String, Json> = table.iter().filter_map(cell).collect();
                default(json!({ "look up": [column, first] }))
            }
            (None, None) => {
                let row = |(key, row): (&String, &Json)| {
                    let row = row.as_object().cloned().unwrap_or_default();
                    let row: Map<String, Json> = row.iter().map(|(key, value)| (key.clone(), scalar_text(value))).collect();
                    (key.clone(), Json::Object(row))
                };
                let table: Map<String, Json> = table.iter().map(row).collect();
                default(json!({ "look up": [table, first, second] }))
            }
        }
    }

    /// An element of a list that is written out is that element.
    fn select(&self, index: &Json, list: &Json) -> Json {
        let (index, list) = (self.value(index, None), self.value(list, None));
        let at = text_of(&index).and_then(|text| text.parse::<usize>().ok());
        match (at, &list) {
            (Some(at), Json::Array(items)) if !items.iter().any(may_be_absent) && at < items.len() => items[at].clone(),
            (Some(at), _) => json!({ "Fn::Select": [at, list] }),
            _ => json!({ "Fn::Select": [index, list] }),
        }
    }
}

/// Blocks of addresses that are known already: `count` of them, each of 2^bits addresses, from the start of the block.
fn blocks(args: &[Json]) -> Option<Json> {
    let [block, count, bits] = args else { return None };
    let (address, _) = block.as_str()?.split_once('/')?;
    let start = u32::from(address.parse::<std::net::Ipv4Addr>().ok()?);
    let (count, bits): (u32, u32) = (count.as_str()?.parse().ok()?, bits.as_str()?.parse().ok()?);
    let size = 1u32.checked_shl(bits).filter(|_| count <= 256)?;
    let block = |at: u32| Some(format!("{}/{}", std::net::Ipv4Addr::from(start.checked_add(at.checked_mul(size)?)?), 32 - bits));
    let all: Option<Vec<String>> = (0..count).map(block).collect();
    all.map(|all| json!(all))
}

/// A choice; which side comes first does not matter.
fn pick(condition: &Json, then: Json, otherwise: Json) -> Json {
    let table = condition.get("table").and_then(Json::as_str);
    // Of a condition and its opposite, the one that does not hold when all tests fail stands for both.
    match table {
        Some(table) if table.starts_with('1') => {
            let flipped: String = table.chars().map(|c| if c == '1' { '0' } else { '1' }).collect();
            json!({ "if": [{ "tests": condition["tests"], "table": flipped }, otherwise, then] })
        }
        _ => json!({ "if": [condition, then, otherwise] }),
    }
}

/// Whether nothing in it waits for a deployment.
fn is_constant(json: &Json) -> bool {
    match json {
        Json::Array(items) => items.iter().all(is_constant),
        Json::Object(map) => map.iter().all(|(key, value)| {
            let function =
                key == "Ref" || key == CONCAT || key == "if" || key == "look up" || key == "find" || key.starts_with("Fn::");
            !(function && map.len() == 1) && is_constant(value)
        }),
        _ => true,
    }
}

/// Whether in a list it may be no element at all.
fn may_be_absent(json: &Json) -> bool {
    match json.get("if").and_then(Json::as_array) {
        Some(parts) => parts.iter().skip(1).any(|part| is_no_value(part) || may_be_absent(part)),
        None => false,
    }
}

fn is_no_value(json: &Json) -> bool {
    json.get("Ref").and_then(Json::as_str) == Some("AWS::NoValue")
}

/// Text with holes: pieces of text joined, nothing empty, one piece alone is itself.
fn concat(parts: Vec<Json>) -> Json {
    let mut joined: Vec<Json> = Vec::new();
    let inner = |part: Json| match part.get(CONCAT).and_then(Json::as_array) {
        Some(parts) => parts.clone(),
        None => vec![part],
    };
    for part in parts.into_iter().flat_map(inner) {
        let text = text_of(&part);
        match (joined.last_mut(), text) {
            (_, Some(text)) if text.is_empty() => {}
            (Some(Json::String(before)), Some(text)) => before.push_str(&text),
            (_, Some(text)) => joined.push(Json::String(text)),
            (_, None) => joined.push(part),
        }
    }
    match joined.len() {
        0 => json!(""),
        1 => joined.swap_remove(0),
        _ => json!({ CONCAT: joined }),
    }
}

/// A scalar as text.
pub fn text_of(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(match number.as_f64() {
            // `1.0` and `1` are the same number.
            Some(value) if !number.is_i64() && !number.is_u64() => value.to_string(),
            _ => number.to_string(),
        }),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// What a mapping holds is text, or lists of text.
fn scalar_text(json: &Json) -> Json {
    match json {
        Json::Array(items) => Json::Array(items.iter().map(scalar_text).collect()),
        other => text_of(other).map_or_else(|| other.clone(), Json::String),
    }
}

/// What CloudFormation converts when the schema asks for another kind of scalar.
fn converted(scalar: &Json, place: Node) -> Json {
    let text = || text_of(scalar);
    let made = match place.shape() {
        Shape::String => text().map(Json::String),
        Shape::Integer | Shape::Number => text().and_then(|text| text.trim().parse::<f64>().ok()).map(|number| match number {
            whole if whole.fract() == 0.0 && whole.abs() < 9e15 => json!(whole as i64),
            number => json!(number),
        }),
        Shape::Boolean => text().and_then(|text| match text.to_ascii_lowercase().as_str() {
            "true" => Some(json!(true)),
            "false" => Some(json!(false)),
            _ => None,
        }),
        Shape::OneOf(all) | Shape::AnyOf(all) => {
            let mut made = all.iter().filter(|one| !matches!(one.shape(), Shape::Json)).map(|one| converted(scalar, one));
            made.next()
        }
        _ => None,
    };
    made.unwrap_or_else(|| scalar.clone())
}

/// A single value where a list is wanted is a list of one in the schema's eyes only; its place is the element's.
fn list_element(place: Node) -> Option<Node> {
    match place.shape() {
        Shape::List(element) => Some(element),
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(list_element),
        _ => None,
    }
}

fn entry_place(place: Node, key: &str) -> Option<Node> {
    match place.shape() {
        Shape::Object(object) => object.property(key).map(|property| property.node()),
        Shape::Map { value, .. } => Some(value),
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(|one| entry_place(one, key)),
        _ => None,
    }
}
