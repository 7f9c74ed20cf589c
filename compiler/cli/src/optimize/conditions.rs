//! Conditions that never change, that are there twice, and chains of them that are a mapping.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Subject, Suggestion, entry_bytes, function, walk};

/// How deep conditions name each other before it is taken for a circle.
const DEPTH: usize = 64;
/// Choices from which a mapping is simpler.
const MANY: usize = 3;

/// Finds them.
pub fn look(subject: &Subject<'_>, found: &mut Vec<Suggestion>) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for (name, value) in subject.section("Conditions") {
        let at = ("Conditions", name.clone());
        let bytes = entry_bytes(name, value);
        let suggest = |kind, message, help: &str| Suggestion {
            kind,
            at: at.clone(),
            pointer: String::new(),
            message,
            help: help.to_owned(),
            bytes,
            resources: 0,
        };
        if let Some(constant) = holds(subject, value, DEPTH) {
            let word = if constant { "always" } else { "never" };
            let help = if constant { "remove it, and keep what it lets through" } else { "remove it with what it lets through" };
            found.push(suggest("constant-condition", format!("the condition `{name}` {word} holds"), help));
        } else if let Some(first) = known.get(&value.to_string()) {
            found.push(suggest("same-condition", format!("the condition `{name}` is the same as `{first}`"), "use one of them"));
        } else {
            known.insert(value.to_string(), name);
        }
    }
    for (id, value) in subject.section("Resources").filter(|_| !subject.is_program()) {
        walk(value, "", &mut |inner, pointer| {
            let Some((parameter, count)) = chain(subject, inner) else { return true };
            found.push(Suggestion {
                kind: "mapping",
                at: ("Resources", id.clone()),
                pointer: pointer.to_owned(),
                message: format!("{count} conditions choose a value by the parameter `{parameter}`"),
                help: format!("a mapping by `{parameter}` says the same in one `Fn::FindInMap`; in a program, a `match`"),
                bytes: 0,
                resources: 0,
            });
            false
        });
    }
}

/// Whether a condition holds, when that is known whatever is deployed.
fn holds(subject: &Subject<'_>, value: &Json, depth: usize) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    let (name, argument) = function(value)?;
    let all = |wanted: bool| {
        let parts: Vec<Option<bool>> = argument.as_array()?.iter().map(|part| holds(subject, part, depth)).collect();
        if parts.contains(&Some(!wanted)) {
            Some(!wanted)
        } else {
            parts.iter().all(|part| *part == Some(wanted)).then_some(wanted)
        }
    };
    match name {
        "Condition" => holds(subject, subject.template.get("Conditions")?.get(argument.as_str()?)?, depth),
        "Fn::Not" => holds(subject, argument.get(0)?, depth).map(|held| !held),
        "Fn::And" => all(true),
        "Fn::Or" => all(false),
        "Fn::Equals" => {
            let (one, other) = (argument.get(0)?, argument.get(1)?);
            match (scalar(one), scalar(other)) {
                (Some(one), Some(other)) => Some(one == other),
                (None, None) => (one == other).then_some(true),
                (Some(text), None) => choice(subject, other, &text),
                (None, Some(text)) => choice(subject, one, &text),
            }
        }
        _ => None,
    }
}

/// Whether a parameter that takes certain values is this one.
fn choice(subject: &Subject<'_>, value: &Json, text: &str) -> Option<bool> {
    let name = function(value).filter(|(name, _)| *name == "Ref")?.1.as_str()?;
    let allowed = subject.template.get("Parameters")?.get(name)?.get("AllowedValues")?.as_array()?;
    let values: Vec<String> = allowed.iter().filter_map(scalar).collect();
    match values.iter().any(|value| value == text) {
        false => Some(false),
        true => (values.len() == 1).then_some(true),
    }
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// The parameter of a chain of `Fn::If` that compares nothing else with constants, and how long it is.
fn chain<'a>(subject: &'a Subject<'_>, value: &'a Json) -> Option<(&'a str, usize)> {
    let mut parameter: Option<&str> = None;
    let (mut at, mut count) = (value, 0);
    while let Some(("Fn::If", Json::Array(parts))) = function(at) {
        let [Json::String(name), then, otherwise] = parts.as_slice() else { return None };
        scalar(then)?;
        let condition = subject.template.get("Conditions")?.get(name)?;
        let (_, arguments) = function(condition).filter(|(name, _)| *name == "Fn::Equals")?;
        let compared =
            arguments.as_array()?.iter().find_map(|one| function(one).filter(|(name, _)| *name == "Ref"))?.1.as_str()?;
        arguments.as_array()?.iter().find_map(scalar)?;
        if *parameter.get_or_insert(compared) != compared {
            return None;
        }
        count += 1;
        at = otherwise;
    }
    parameter.filter(|_| count >= MANY && scalar(at).is_some()).map(|parameter| (parameter, count))
}
