//! Rules over several properties, as JSON Schema.

use serde_json::{Value as Json, json};

use super::{Form, scalar, whole_number};
use crate::groups::{Group, Test};

/// What an object has to keep. In a template the rule speaks of what is decided there only.
pub fn group(group: &Group, form: Form) -> Json {
    let (rule, about) = written(group, form);
    if form == Form::Plain {
        return rule;
    }
    let decided: serde_json::Map<String, Json> =
        about.iter().map(|name| ((*name).to_owned(), json!({ "$ref": "#/$defs/decided" }))).collect();
    json!({ "if": { "properties": decided }, "then": rule })
}

/// The rule, and the properties that it is about.
fn written(group: &Group, form: Form) -> (Json, Vec<&'static str>) {
    let needs = |set: &&[&str]| json!({ "required": set });
    match group {
        Group::ExactlyOne(sets) => {
            let all: Vec<Json> = sets.iter().map(needs).collect();
            (json!({ "oneOf": all }), sets.iter().flat_map(|set| set.iter().copied()).collect())
        }
        Group::AtLeastOne(sets) => {
            let all: Vec<Json> = sets.iter().map(needs).collect();
            (json!({ "anyOf": all }), sets.iter().flat_map(|set| set.iter().copied()).collect())
        }
        Group::Requires { when, all } => {
            let about = all.iter().copied().chain([*when]).collect();
            (json!({ "dependentRequired": { (*when): all } }), about)
        }
        Group::Excludes { when, any } => {
            let others: Vec<Json> = any.iter().map(|name| json!({ "required": [name] })).collect();
            let about = any.iter().copied().chain([*when]).collect();
            (json!({ "if": { "required": [when] }, "then": { "not": { "anyOf": others } } }), about)
        }
        Group::When { test, then } => {
            let mut about = Vec::new();
            names(test, &mut about);
            names(then, &mut about);
            (json!({ "if": said(test, form, false), "then": said(then, form, true) }), about)
        }
    }
}

fn names(test: &Test, found: &mut Vec<&'static str>) {
    match test {
        Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| names(test, found)),
        Test::Not(inner) => names(inner, found),
        Test::Present(path) | Test::In(path, _) | Test::Within(path, ..) | Test::Matches(path, _) => {
            found.extend(path.first().copied());
        }
    }
}

/// A statement. `lenient`: what a template leaves open fulfils it.
fn said(test: &Test, form: Form, lenient: bool) -> Json {
    let all = |tests: &[Test]| tests.iter().map(|test| said(test, form, lenient)).collect::<Vec<_>>();
    let open = |path: &[&str], at_end: Json, needed: bool| nested(path, at_end, needed, form == Form::Template && lenient);
    // Bounds and patterns say nothing about what is no number or text, and so not about a function either.
    let strict = form == Form::Template && !lenient;
    match test {
        Test::All([]) => json!(true),
        Test::All(tests) => json!({ "allOf": all(tests) }),
        Test::Any([]) => json!(false),
        Test::Any(tests) => json!({ "anyOf": all(tests) }),
        Test::Not(inner) => json!({ "not": said(inner, form, !lenient) }),
        Test::Present(path) => open(path, json!(true), true),
        Test::In(path, values) => {
            let texts = values.iter().filter(|value| !matches!(value, crate::Scalar::Str(_)));
            let texts: Vec<Json> = texts.map(|value| Json::from(value.to_string())).collect();
            let values: Vec<Json> = values.iter().map(|value| scalar(*value)).chain(texts).collect();
            open(path, json!({ "enum": values }), false)
        }
        Test::Within(path, min, max) => {
            let mut bounds = if strict { json!({ "type": "number" }) } else { json!({}) };
            for (key, bound) in [("minimum", min), ("maximum", max)] {
                if let Some(bound) = bound {
                    bounds[key] = whole_number(*bound);
                }
            }
            open(path, bounds, false)
        }
        Test::Matches(path, pattern) if strict => open(path, json!({ "type": "string", "pattern": pattern }), false),
        Test::Matches(path, pattern) => open(path, json!({ "pattern": pattern }), false),
    }
}

/// A statement about what is at a path.
fn nested(path: &[&str], at_end: Json, needed: bool, or_open: bool) -> Json {
    let Some((name, rest)) = path.split_first() else {
        return if or_open { json!({ "anyOf": [{ "$ref": "#/$defs/intrinsic" }, at_end] }) } else { at_end };
    };
    let mut out = json!({ "properties": { (*name): nested(rest, at_end, needed, or_open) } });
    if needed {
        out["required"] = json!([name]);
    }
    if or_open && !rest.is_empty() { json!({ "anyOf": [{ "$ref": "#/$defs/intrinsic" }, out] }) } else { out }
}
