//! Reads rules over several properties: `oneOf` of `required`, `dependentRequired`, `if`/`then` and cfn-lint's own
//! `requiredXor`, `requiredOr`, `dependentExcluded`.
//!
//! In: an object schema. Out: groups. A rule that cannot be said as a [`DraftGroup`] is left out: the service still
//! checks it, and a wrong rule would refuse good programs.

use serde_json::{Map, Value};

use crate::draft::{DraftGroup, DraftScalar, DraftTest};
use crate::read::scalar;

/// The rules a schema writes.
pub fn groups(map: &Map<String, Value>) -> Vec<DraftGroup> {
    let mut out = Vec::new();
    for (key, exactly) in [("oneOf", true), ("anyOf", false)] {
        if let Some(sets) = required_sets(map.get(key)) {
            out.push(if exactly { DraftGroup::ExactlyOne(sets) } else { DraftGroup::AtLeastOne(sets) });
        }
    }
    for (key, exactly) in [("requiredXor", true), ("requiredOr", false)] {
        let sets: Vec<Vec<String>> = names(map.get(key)).into_iter().map(|name| vec![name]).collect();
        if !sets.is_empty() {
            out.push(if exactly { DraftGroup::ExactlyOne(sets) } else { DraftGroup::AtLeastOne(sets) });
        }
    }
    for key in ["dependentRequired", "dependencies"] {
        for (when, all) in map.get(key).and_then(Value::as_object).into_iter().flatten() {
            let all = names(Some(all));
            if !all.is_empty() {
                out.push(DraftGroup::Requires { when: when.clone(), all });
            }
        }
    }
    for (when, any) in map.get("dependentExcluded").and_then(Value::as_object).into_iter().flatten() {
        let any = names(Some(any));
        if !any.is_empty() {
            out.push(DraftGroup::Excludes { when: when.clone(), any });
        }
    }
    out.extend(conditional(map));
    for part in map.get("allOf").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        out.extend(groups(part));
    }
    out
}

/// `[{ required: [a] }, { required: [b, c] }]`.
fn required_sets(value: Option<&Value>) -> Option<Vec<Vec<String>>> {
    let parts = value?.as_array()?;
    let sets: Vec<Vec<String>> = parts.iter().map(|part| names(part.get("required"))).collect();
    (sets.len() > 1 && sets.iter().all(|set| !set.is_empty())).then_some(sets)
}

fn names(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// `if`/`then`/`else`.
fn conditional(map: &Map<String, Value>) -> Vec<DraftGroup> {
    let Some(test) = map.get("if").and_then(|test| exact(test, &[])) else { return Vec::new() };
    let mut out = Vec::new();
    if let Some(then) = map.get("then").and_then(|then| implied(then, &[])) {
        out.push(DraftGroup::When { test: test.clone(), then });
    }
    if let Some(then) = map.get("else").and_then(|then| implied(then, &[])) {
        out.push(DraftGroup::When { test: DraftTest::Not(Box::new(test)), then });
    }
    out
}

/// A condition must be understood as a whole: a part left out would make it hold too often.
fn exact(schema: &Value, path: &[String]) -> Option<DraftTest> {
    statement(schema, path, true)
}

/// A demand may lose a part: it then asks for less.
fn implied(schema: &Value, path: &[String]) -> Option<DraftTest> {
    statement(schema, path, false).filter(|test| !matches!(test, DraftTest::All(tests) if tests.is_empty()))
}

fn statement(schema: &Value, path: &[String], whole: bool) -> Option<DraftTest> {
    let map = match schema {
        Value::Bool(true) => return Some(DraftTest::All(Vec::new())),
        Value::Bool(false) => return Some(DraftTest::Not(Box::new(DraftTest::Present(path.to_vec())))),
        Value::Object(map) => map,
        _ => return None,
    };
    let mut all = Vec::new();
    for (key, value) in map {
        match keyword(map, key, value, path, whole) {
            Some(test) => all.extend(test),
            None if whole => return None,
            None => {}
        }
    }
    Some(match all.len() {
        1 => all.remove(0),
        _ => DraftTest::All(all),
    })
}

/// The statements of one keyword; `None` when it cannot be said.
fn keyword(map: &Map<String, Value>, key: &str, value: &Value, path: &[String], whole: bool) -> Option<Vec<DraftTest>> {
    let child = |name: &str| {
        let mut inner = path.to_vec();
        inner.push(name.to_owned());
        inner
    };
    let parts =
        |value: &Value| -> Option<Vec<DraftTest>> { value.as_array()?.iter().map(|part| statement(part, path, true)).collect() };
    Some(match key {
        "description" | "title" | "type" | "additionalProperties" | "$comment" | "else" | "then" => Vec::new(),
        "if" if whole => return None,
        "if" => {
            // Nested in a demand: "not the condition, or what follows".
            let test = statement(value, path, true)?;
            let not = DraftTest::Not(Box::new(test.clone()));
            let mut all = Vec::new();
            for (branch, unless) in [("then", not), ("else", test)] {
                if let Some(then) = map.get(branch).and_then(|then| implied(then, path)) {
                    all.push(DraftTest::Any(vec![unless, then]));
                }
            }
            all
        }
        "properties" => {
            let mut all = Vec::new();
            for (name, inner) in value.as_object()? {
                // A known slip in a source: `required` written among the properties.
                if name == "required" && !inner.is_object() {
                    continue;
                }
                match statement(inner, &child(name), whole) {
                    Some(DraftTest::All(tests)) if tests.is_empty() => {}
                    Some(test) => all.push(test),
                    None if whole => return None,
                    None => {}
                }
            }
            all
        }
        "required" => names(Some(value)).iter().map(|name| DraftTest::Present(child(name))).collect(),
        "dependentExcluded" => {
            let mut all = Vec::new();
            for (when, any) in value.as_object()? {
                for name in names(Some(any)) {
                    all.push(DraftTest::Any(vec![
                        DraftTest::Not(Box::new(DraftTest::Present(child(when)))),
                        DraftTest::Not(Box::new(DraftTest::Present(child(&name)))),
                    ]));
                }
            }
            all
        }
        "const" => vec![DraftTest::In(path.to_vec(), vec![scalar(value)?])],
        "enum" => {
            let values: Vec<DraftScalar> = value.as_array()?.iter().filter_map(scalar).collect();
            vec![DraftTest::In(path.to_vec(), values)]
        }
        "minimum" => vec![DraftTest::Within(path.to_vec(), value.as_f64(), map.get("maximum").and_then(Value::as_f64))],
        "maximum" if map.contains_key("minimum") => Vec::new(),
        "maximum" => vec![DraftTest::Within(path.to_vec(), None, value.as_f64())],
        "pattern" => vec![DraftTest::Matches(path.to_vec(), value.as_str()?.to_owned())],
        "not" => {
            let not = DraftTest::Not(Box::new(statement(value, path, true)?));
            // What is said of a value says nothing where there is none.
            match path.is_empty() {
                true => vec![not],
                false => vec![DraftTest::Any(vec![DraftTest::Not(Box::new(DraftTest::Present(path.to_vec()))), not])],
            }
        }
        "allOf" if whole => parts(value)?,
        "allOf" => value.as_array()?.iter().filter_map(|part| implied(part, path)).collect(),
        "anyOf" => vec![DraftTest::Any(parts(value)?)],
        _ => return None,
    })
}
