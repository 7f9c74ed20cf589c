//! A template section by section in one form.
//!
//! In: JSON of a template. Out: [`Canonical`]. Always: every key of every section is there, unless a rule says that it means nothing.

use std::collections::BTreeMap;

use cloudc_schema::Schema;
use serde_json::{Map, Value as Json, json};

use super::conditions;
use super::order::{self, Links};
use super::value::{Lower, text_of};

/// A template in one form.
pub struct Canonical {
    /// Everything but what waits for what.
    pub rest: Json,
    /// What waits for what.
    pub links: BTreeMap<String, Links>,
}

/// The one form of a template.
pub fn canonical(schema: &Schema, template: &Json) -> Canonical {
    let lower = Lower::new(schema, template);
    let mut rest = Map::new();
    for (name, section) in template.as_object().into_iter().flatten() {
        let value = match name.as_str() {
            // It is the only version there is, and what holds without one. Conditions and mappings are where they are used.
            "AWSTemplateFormatVersion" | "Conditions" | "Mappings" => continue,
            "Description" => folded(section),
            "Transform" => match section {
                Json::Array(all) => json!(all),
                one => json!([one]),
            },
            "Parameters" => entries(section, parameter),
            "Rules" => rules(&lower, section),
            "Resources" => entries(section, |json| resource(&lower, json)),
            "Outputs" => entries(section, |json| output(&lower, json)),
            _ => lower.value(section, None),
        };
        let empty = value.as_object().is_some_and(Map::is_empty) || value == json!("") || value == json!([]);
        if !empty {
            rest.insert(name.clone(), value);
        }
    }
    // Resources of SAM mean nothing without its transform, so a fragment without it means the same as with it.
    let serverless =
        |resource: &Json| resource.get("Type").and_then(Json::as_str).is_some_and(|ty| ty.starts_with("AWS::Serverless::"));
    let resources = template.get("Resources").and_then(Json::as_object);
    if resources.is_some_and(|all| all.values().any(serverless)) && !rest.contains_key("Transform") {
        rest.insert("Transform".into(), json!(["AWS::Serverless-2016-10-31"]));
    }
    Canonical { rest: Json::Object(rest), links: order::links(template) }
}

fn entries(section: &Json, one: impl Fn(&Json) -> Option<Json>) -> Json {
    let entry = |(name, json): (&String, &Json)| one(json).map(|json| (name.clone(), json));
    Json::Object(section.as_object().into_iter().flatten().filter_map(entry).collect())
}

/// Text for people: white space is how it is laid out.
fn folded(json: &Json) -> Json {
    match json.as_str() {
        Some(text) => json!(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        None => json.clone(),
    }
}

/// What stands in a parameter is text, also where it looks like a number.
fn parameter(json: &Json) -> Option<Json> {
    let mut made = Map::new();
    for (name, value) in json.as_object()? {
        let value = match name.as_str() {
            "Description" | "ConstraintDescription" => folded(value),
            // Both are what a comma-delimited list is called behind a stored parameter.
            "Type" if value == "AWS::SSM::Parameter::Value<List<String>>" => {
                json!("AWS::SSM::Parameter::Value<CommaDelimitedList>")
            }
            "Type" if value == "List<String>" => json!("CommaDelimitedList"),
            "AllowedValues" => {
                let mut all: Vec<String> = value.as_array().into_iter().flatten().filter_map(number_text).collect();
                // The two truth values have no order.
                if all == ["false", "true"] {
                    all.reverse();
                }
                json!(all)
            }
            "NoEcho" if text_of(value).is_some_and(|text| text.eq_ignore_ascii_case("false")) => continue,
            "Default" => match value {
                Json::Array(_) => value.clone(),
                _ => number_text(value).map_or_else(|| value.clone(), Json::String),
            },
            _ => number_text(value).map_or_else(|| value.clone(), Json::String),
        };
        if value != json!("") || name == "Default" {
            made.insert(name.clone(), value);
        }
    }
    // CloudFormation takes blanks around the elements of a list away.
    let is_list = made.get("Type").and_then(Json::as_str).is_some_and(|ty| ty.starts_with("List<") || ty == "CommaDelimitedList");
    if let (true, Some(Json::String(text))) = (is_list, made.get("Default")) {
        let trimmed: Vec<&str> = text.split(',').map(str::trim).collect();
        made.insert("Default".into(), json!(trimmed.join(",")));
    }
    Some(Json::Object(made))
}

/// Truth values are written small in templates.
fn number_text(json: &Json) -> Option<String> {
    text_of(json)
}

fn resource(lower: &Lower<'_>, json: &Json) -> Option<Json> {
    let map = json.as_object()?;
    let ty = map.get("Type").and_then(Json::as_str).unwrap_or_default();
    let schema = lower.schema.ty(ty);
    let mut made = Map::new();
    for (name, value) in map {
        let value = match name.as_str() {
            // Told by the order.
            "DependsOn" => continue,
            // There is one version of custom resources.
            "Version" if ty.starts_with("Custom::") || ty == "AWS::CloudFormation::CustomResource" => continue,
            "Condition" => match condition(lower, value) {
                Kept::Always => continue,
                Kept::Never => return None,
                Kept::If(condition) => condition,
            },
            "Properties" => match value.as_object() {
                Some(properties) if !properties.contains_key("Fn::If") && !properties.contains_key("Fn::Transform") => {
                    let entry = |(name, value): (&String, &Json)| {
                        let place = schema.and_then(|ty| ty.property(name)).map(|property| property.node());
                        let value = lower.value(value, place);
                        (value != json!({ "Ref": "AWS::NoValue" })).then(|| (name.clone(), value))
                    };
                    Json::Object(properties.iter().filter_map(entry).collect())
                }
                _ => lower.value(value, None),
            },
            // Text for people that nothing shows.
            "Description" => continue,
            _ => lower.value(value, None),
        };
        // A resource without properties may say so or not.
        if name == "Properties" && value == json!({}) {
            continue;
        }
        made.insert(name.clone(), value);
    }
    Some(Json::Object(made))
}

enum Kept {
    Always,
    Never,
    If(Json),
}

fn condition(lower: &Lower<'_>, json: &Json) -> Kept {
    let Some(name) = json.as_str() else { return Kept::If(json.clone()) };
    let decides = lower.decides(name);
    match decides.get("table").and_then(Json::as_str) {
        Some("0") => Kept::Never,
        Some("1") => Kept::Always,
        _ => Kept::If(decides),
    }
}

/// The value of an output is text.
fn output(lower: &Lower<'_>, json: &Json) -> Option<Json> {
    let mut made = Map::new();
    for (name, value) in json.as_object()? {
        let value = match name.as_str() {
            "Description" => folded(value),
            "Condition" => match condition(lower, value) {
                Kept::Always => continue,
                Kept::Never => return None,
                Kept::If(condition) => condition,
            },
            "Value" => {
                let value = lower.value(value, None);
                text_of(&value).map_or(value, Json::String)
            }
            _ => lower.value(value, None),
        };
        if value != json!("") || name == "Value" {
            made.insert(name.clone(), value);
        }
    }
    Some(Json::Object(made))
}

/// Rules by what they assert, when, and with which words; their names and how they are grouped decide nothing.
fn rules(lower: &Lower<'_>, section: &Json) -> Json {
    let mut all = Vec::new();
    for rule in section.as_object().into_iter().flatten().map(|(_, rule)| rule) {
        let when = rule.get("RuleCondition").map(|json| conditions::canonical(&lower.formula(json)));
        for assertion in rule.get("Assertions").and_then(Json::as_array).into_iter().flatten() {
            let holds = assertion.get("Assert").map(|json| conditions::canonical(&lower.formula(json)));
            let message = assertion.get("AssertDescription").map(folded).unwrap_or_else(|| json!(""));
            all.push(json!({ "when": when, "holds": holds, "message": message }));
        }
    }
    all.sort_by_key(Json::to_string);
    Json::Array(all)
}
