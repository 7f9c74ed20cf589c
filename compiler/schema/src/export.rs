//! Resource types for others: as JSON Schema, and as pages.
//!
//! In: types. Out: JSON Schema (draft 2020-12) that accepts the properties of a resource, or a whole template; Markdown. Always: what
//! is only known in part (values that are not all there are, patterns over text that ignores case) is told as an example and refuses
//! nothing; with [`Form::Template`] an intrinsic function may stand wherever CloudFormation takes one.

mod markdown;
mod rules;

use serde_json::{Map, Value as Json, json};

use crate::handles::{Node, Object, Property, Shape, Type};
use crate::model::{Constraints, Scalar, Text, Update};

pub use markdown::{index, markdown};

/// The dialect that is written.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What the properties are written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Values as services take them.
    Plain,
    /// As a template says them: intrinsic functions anywhere, numbers and truth values as text.
    Template,
}

/// The name of a type's file, without its ending: `AWS-S3-Bucket`.
pub fn file_stem(name: &str) -> String {
    name.replace("::", "-")
}

/// The properties of a type.
pub fn json_schema(ty: Type, form: Form) -> Json {
    let mut export = Export { form, definitions: Map::new(), named: Vec::new(), waiting: Vec::new() };
    let mut whole =
        json!({ "$schema": DIALECT, "title": ty.name(), "description": ty.doc().map_or_else(|| ty.docs_url(), str::to_owned) });
    if ty.doc().is_some() {
        whole["$comment"] = ty.docs_url().into();
    }
    if ty.deprecated() {
        whole["deprecated"] = true.into();
    }
    append(&mut whole, export.object(ty.body()));
    let attributes = ty.attributes().map(|attribute| (attribute.name().to_owned(), export.node(attribute.node())));
    let attributes: Map<String, Json> = attributes.collect();
    while let Some(object) = export.waiting.pop() {
        let schema = export.object(object);
        let name = export.name_of(object);
        export.definitions.insert(name, schema);
    }
    export.definitions.sort_keys();
    if form == Form::Template {
        helpers(&mut export.definitions);
    }
    if !export.definitions.is_empty() {
        whole["$defs"] = Json::Object(export.definitions);
    }
    whole["x-ref"] = ty.ref_ident().to_string().into();
    whole["x-attributes"] = Json::Object(attributes);
    whole["x-regions"] = ty.regions().into();
    whole["x-keeps-data"] = ty.is_stateful().into();
    whole
}

/// A template whose resources are of these types; other types are accepted as they are. Each type's own schema is in a file beside it.
pub fn template_schema(types: &[Type]) -> Json {
    let rules: Vec<Json> = types
        .iter()
        .map(|ty| {
            let file = format!("{}.schema.json", file_stem(ty.name()));
            let required: &[&str] = if ty.required().next().is_some() { &["Properties"] } else { &[] };
            json!({
                "if": { "properties": { "Type": { "const": ty.name() } }, "required": ["Type"] },
                "then": { "properties": { "Properties": { "$ref": file } }, "required": required },
            })
        })
        .collect();
    let mut resource = json!({
        "type": "object",
        "required": ["Type"],
        "properties": { "Type": { "type": "string" }, "Properties": { "type": "object" } },
    });
    if !rules.is_empty() {
        resource["allOf"] = rules.into();
    }
    json!({
        "$schema": DIALECT,
        "title": "CloudFormation template",
        "type": "object",
        "required": ["Resources"],
        "properties": {
            "AWSTemplateFormatVersion": { "const": "2010-09-09" },
            "Description": { "type": "string", "maxLength": 1024 },
            "Resources": {
                "type": "object",
                "maxProperties": 500,
                "patternProperties": { "^[A-Za-z0-9]+$": resource, "^Fn::": true },
                "additionalProperties": false,
            },
        },
    })
}

/// What a template's values refer to.
fn helpers(definitions: &mut Map<String, Json>) {
    let names = "^(Ref|Condition|Fn::[A-Za-z0-9:]+)$";
    definitions.insert(
        "intrinsic".to_owned(),
        json!({
            "anyOf": [
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "patternProperties": { names: true },
                    "additionalProperties": false,
                },
                // What a deployment reads from a secret or parameter.
                { "type": "string", "pattern": "\\{\\{resolve:" },
            ],
        }),
    );
    // Of these it is not known whether they are anything.
    definitions.insert(
        "decided".to_owned(),
        json!({ "not": { "anyOf": [{ "type": "object", "required": ["Fn::If"] }, { "const": { "Ref": "AWS::NoValue" } }] } }),
    );
}

/// Definitions while they are found.
struct Export {
    form: Form,
    definitions: Map<String, Json>,
    /// Definitions met so far, and what they are called.
    named: Vec<(Object, String)>,
    waiting: Vec<Object>,
}

impl Export {
    /// The name of a definition, which is written later if it is new.
    fn name_of(&mut self, object: Object) -> String {
        if let Some((_, name)) = self.named.iter().find(|(known, _)| *known == object) {
            return name.clone();
        }
        let base = object.name().unwrap_or("Object");
        let taken = |name: &str| ["intrinsic", "decided"].contains(&name) || self.named.iter().any(|(_, known)| known == name);
        let name = (1..).map(|at| if at == 1 { base.to_owned() } else { format!("{base}{at}") }).find(|name| !taken(name));
        let name = name.unwrap_or_default();
        self.named.push((object, name.clone()));
        self.waiting.push(object);
        name
    }

    fn object(&mut self, object: Object) -> Json {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for property in object.properties().filter(|property| !property.read_only()) {
            properties.insert(property.name().to_owned(), self.property(property));
            if property.required() {
                required.push(property.name());
            }
        }
        let mut out = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            out["required"] = required.into();
        }
        if !object.is_open() {
            if self.form == Form::Template {
                out["patternProperties"] = json!({ "^Fn::": true });
            }
            out["additionalProperties"] = false.into();
        }
        let rules: Vec<Json> = object.groups().iter().map(|group| rules::group(group, self.form)).collect();
        if !rules.is_empty() {
            out["allOf"] = rules.into();
        }
        out
    }

    fn property(&mut self, property: Property) -> Json {
        let mut out = self.node(property.node());
        // Beside `$ref` and `anyOf` annotations may stand too.
        let mut note = |key: &str, value: Json| {
            if out.is_object() {
                out[key] = value;
            }
        };
        if let Some(doc) = property.doc() {
            note("description", doc.into());
        }
        if property.write_only() {
            note("writeOnly", true.into());
        }
        if property.deprecated() {
            note("deprecated", true.into());
        }
        match property.update() {
            Update::InPlace => {}
            Update::Replace => note("x-update", "replaces".into()),
            Update::Conditional => note("x-update", "may replace".into()),
        }
        out
    }

    fn node(&mut self, node: Node) -> Json {
        let inner = self.shape(node);
        let constraints = node.constraints();
        let mut out = match self.form {
            Form::Template => json!({ "anyOf": [{ "$ref": "#/$defs/intrinsic" }, inner] }),
            Form::Plain => inner,
        };
        if let Some(default) = constraints.default {
            out["default"] = scalar(default);
        }
        if let Some(unit) = node.unit() {
            out["x-unit"] = unit.name().into();
        }
        if let Some(text) = text_name(node.text()) {
            out["x-text"] = text.into();
        }
        if !node.expects().is_empty() {
            out["x-expects"] = node.expects().iter().map(|ident| Json::from(ident.to_string())).collect();
        }
        out
    }

    /// The value itself, with its limits.
    fn shape(&mut self, node: Node) -> Json {
        let template = self.form == Form::Template;
        let mut out = match node.shape() {
            Shape::String if template => json!({ "type": ["string", "number", "boolean"] }),
            Shape::String => json!({ "type": "string" }),
            Shape::Integer if template => json!({ "type": ["integer", "string"] }),
            Shape::Integer => json!({ "type": "integer" }),
            Shape::Number if template => json!({ "type": ["number", "string"] }),
            Shape::Number => json!({ "type": "number" }),
            Shape::Boolean if template => json!({ "enum": [true, false, "true", "false", "True", "False"] }),
            Shape::Boolean => json!({ "type": "boolean" }),
            Shape::Json => json!({}),
            Shape::List(inner) => json!({ "type": "array", "items": self.node(inner) }),
            Shape::Map { key, value } => {
                let mut map = json!({ "type": "object", "additionalProperties": self.node(value) });
                if let Some(key) = key {
                    let names = json!({ "pattern": key });
                    map["propertyNames"] = if template { json!({ "anyOf": [names, { "pattern": "^Fn::" }] }) } else { names };
                }
                map
            }
            Shape::Object(object) => json!({ "$ref": format!("#/$defs/{}", self.name_of(object)) }),
            Shape::OneOf(all) => {
                json!({ if template { "anyOf" } else { "oneOf" }: all.iter().map(|one| self.node(one)).collect::<Vec<_>>() })
            }
            Shape::AnyOf(all) => json!({ "anyOf": all.iter().map(|one| self.node(one)).collect::<Vec<_>>() }),
        };
        self.limits(&mut out, node.constraints());
        out
    }

    fn limits(&self, out: &mut Json, c: &Constraints) {
        let template = self.form == Form::Template;
        if !c.allowed.is_empty() {
            let mut values: Vec<Json> = c.allowed.iter().map(|value| scalar(*value)).collect();
            if c.open || c.ignore_case {
                out["examples"] = values.into();
            } else {
                if template {
                    let texts = c.allowed.iter().filter(|value| !matches!(value, Scalar::Str(_)));
                    values.extend(texts.map(|value| Json::from(value.to_string())));
                    let numbers = c.allowed.iter().filter_map(|value| match value {
                        Scalar::Str(text) => {
                            serde_json::from_str::<Json>(text).ok().filter(|value| value.is_number() || value.is_boolean())
                        }
                        _ => None,
                    });
                    values.extend(numbers);
                }
                out["enum"] = values.into();
            }
        }
        if let Some(value) = c.constant.filter(|_| !template) {
            out["const"] = scalar(value);
        }
        let mut number = |key: &str, value: Option<f64>| {
            if let Some(value) = value {
                out[key] = whole_number(value);
            }
        };
        number("minimum", c.min);
        number(if c.exclusive_max { "exclusiveMaximum" } else { "maximum" }, c.max);
        number("multipleOf", c.multiple_of);
        let counts = [
            ("minLength", c.min_len),
            ("maxLength", c.max_len),
            ("minItems", c.min_items),
            // A list's elements may each come to nothing.
            ("maxItems", c.max_items.filter(|_| !template)),
            ("minProperties", c.min_props),
            ("maxProperties", c.max_props.filter(|_| !template)),
        ];
        for (key, count) in counts {
            if let Some(count) = count {
                out[key] = count.into();
            }
        }
        if c.unique {
            out["uniqueItems"] = true.into();
        }
        if let Some(pattern) = c.pattern {
            out[if is_ecma(pattern) { "pattern" } else { "x-pattern" }] = pattern.into();
        }
        if let Some(format) = c.format {
            out["format"] = format.into();
        }
    }
}

/// Whether a pattern is one of ECMA's, as JSON Schema wants them. Some of AWS's are Java's: `\\p{Graph}`, `(?i)`, `\\Q…\\E`.
fn is_ecma(pattern: &str) -> bool {
    let classes = pattern.split("\\p{").skip(1).filter_map(|rest| rest.split('}').next());
    let java = ["(?i)", "(?s)", "(?m)", "\\Q", "\\A", "\\Z", "\\z", "\\h", "*+", "++", "[:"];
    classes.into_iter().all(|name| name.len() <= 2) && !java.iter().any(|part| pattern.contains(part))
}

/// A number without a fraction is written without one.
fn whole_number(value: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT { Json::from(value as i64) } else { Json::from(value) }
}

fn scalar(value: Scalar) -> Json {
    match value {
        Scalar::Str(text) => text.into(),
        Scalar::Int(value) => value.into(),
        Scalar::Float(value) => value.into(),
        Scalar::Bool(value) => value.into(),
    }
}

fn text_name(text: Text) -> Option<&'static str> {
    Some(match text {
        Text::Plain => return None,
        Text::Json => "json",
        Text::Base64 => "base64",
        Text::Duration => "duration",
        Text::Policy => "policy",
        Text::TrustPolicy => "trust-policy",
        Text::EventPattern => "event-pattern",
        Text::Schedule => "schedule",
        Text::Cidr => "cidr",
        Text::Arn => "arn",
    })
}

/// Adds the entries of an object.
fn append(whole: &mut Json, more: Json) {
    if let (Some(whole), Json::Object(more)) = (whole.as_object_mut(), more) {
        whole.extend(more);
    }
}
