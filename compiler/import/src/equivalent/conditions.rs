//! Conditions by what they decide, not by how they are named or written.
//!
//! In: the Conditions section. Out: for every condition one text, the same for formulas that decide the same. Always: formulas of up
//! to [`ATOMS`] tests are compared by their truth tables, larger ones by their shape.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::value::{Lower, text_of};

/// Tests up to which a truth table is made: 2^10 rows.
const ATOMS: usize = 10;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Formula {
    /// Decided already.
    Constant(bool),
    /// A test of its own.
    Atom(String),
    /// Not so.
    Not(Box<Formula>),
    /// All of them.
    And(Vec<Formula>),
    /// Any of them.
    Or(Vec<Formula>),
}

/// The formula of a condition as it is written. `depth` keeps circles finite.
pub fn formula(lower: &Lower<'_>, json: &Json, depth: usize) -> Formula {
    let unknown = || Formula::Atom(lower.value(json, None).to_string());
    if depth > 64 {
        return unknown();
    }
    let Some((name, argument)) = json.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next()) else {
        return match json {
            Json::Bool(value) => Formula::Constant(*value),
            Json::String(text) if text == "true" || text == "false" => Formula::Constant(text == "true"),
            _ => unknown(),
        };
    };
    let parts = || argument.as_array().map(|parts| parts.iter().map(|part| formula(lower, part, depth + 1)).collect::<Vec<_>>());
    match (name.as_str(), argument) {
        ("Condition", Json::String(name)) => named(lower, name, depth + 1),
        ("Fn::And", Json::Array(_)) => Formula::And(parts().unwrap_or_default()),
        ("Fn::Or", Json::Array(_)) => Formula::Or(parts().unwrap_or_default()),
        ("Fn::Not", Json::Array(inner)) if inner.len() == 1 => Formula::Not(Box::new(formula(lower, &inner[0], depth + 1))),
        ("Fn::Equals", Json::Array(sides)) if sides.len() == 2 => equals(lower, &sides[0], &sides[1]),
        ("Fn::Contains", Json::Array(sides)) if sides.len() == 2 => contains(lower, &sides[0], &sides[1]).unwrap_or_else(unknown),
        _ => unknown(),
    }
}

/// The formula of a condition with a name.
pub fn named(lower: &Lower<'_>, name: &str, depth: usize) -> Formula {
    match lower.conditions.get(name) {
        Some(json) => formula(lower, json, depth),
        None => Formula::Atom(format!("condition {name}")),
    }
}

/// Both sides are compared as text, and it does not matter which comes first.
fn equals(lower: &Lower<'_>, left: &Json, right: &Json) -> Formula {
    let side = |json: &Json| {
        let value = lower.value(json, None);
        text_of(&value).map_or_else(|| value.clone(), Json::String)
    };
    let (left, right) = (side(left), side(right));
    if let (Json::String(left), Json::String(right)) = (&left, &right) {
        return Formula::Constant(left == right);
    }
    if left == right {
        return Formula::Constant(true);
    }
    // Of a parameter that is true or false, one of the two is the other's opposite.
    for (one, other) in [(&left, &right), (&right, &left)] {
        if let Some(id) = one.get("Ref").and_then(Json::as_str)
            && other == "false"
            && is_truth(lower, id)
        {
            return Formula::Not(Box::new(equals(lower, one, &json!("true"))));
        }
    }
    let (a, b) = (left.to_string(), right.to_string());
    Formula::Atom(if a < b { format!("{a} = {b}") } else { format!("{b} = {a}") })
}

/// Whether a parameter takes `true` and `false` and nothing else.
fn is_truth(lower: &Lower<'_>, id: &str) -> bool {
    let allowed = lower.parameters.get(id).and_then(|parameter| parameter.get("AllowedValues")).and_then(Json::as_array);
    let mut words: Vec<String> = allowed.into_iter().flatten().filter_map(text_of).collect();
    words.sort();
    words == ["false", "true"]
}

/// An element of a list that is written out: equal to one of them.
fn contains(lower: &Lower<'_>, list: &Json, item: &Json) -> Option<Formula> {
    let items = list.as_array()?;
    items
        .iter()
        .all(|item| text_of(item).is_some())
        .then(|| Formula::Or(items.iter().map(|one| equals(lower, one, item)).collect()))
}

/// One text for all formulas that decide the same.
pub fn canonical(formula: &Formula) -> Json {
    let mut atoms = Vec::new();
    collect(formula, &mut atoms);
    atoms.sort();
    atoms.dedup();
    if atoms.len() > ATOMS {
        return json!(shape(formula, false));
    }
    let table = |atoms: &[String]| -> Vec<bool> {
        let row = |row: usize| {
            let values: BTreeMap<&str, bool> =
                atoms.iter().enumerate().map(|(at, atom)| (atom.as_str(), row >> at & 1 == 1)).collect();
            holds(formula, &values)
        };
        (0..1usize << atoms.len()).map(row).collect()
    };
    let rows = table(&atoms);
    // A test that changes nothing is none.
    let matters = |at: usize| (0..rows.len()).any(|row| rows[row] != rows[row ^ (1 << at)]);
    let essential: Vec<String> = (0..atoms.len()).filter(|at| matters(*at)).map(|at| atoms[at].clone()).collect();
    let table: String = table(&essential).into_iter().map(|holds| if holds { '1' } else { '0' }).collect();
    json!({ "tests": essential, "table": table })
}

/// Whether it is decided, and how.
pub fn constant(formula: &Formula) -> Option<bool> {
    match canonical(formula).get("table").and_then(Json::as_str) {
        Some("0") => Some(false),
        Some("1") => Some(true),
        _ => None,
    }
}

fn collect(formula: &Formula, atoms: &mut Vec<String>) {
    match formula {
        Formula::Constant(_) => {}
        Formula::Atom(atom) => atoms.push(atom.clone()),
        Formula::Not(inner) => collect(inner, atoms),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| collect(part, atoms)),
    }
}

fn holds(formula: &Formula, values: &BTreeMap<&str, bool>) -> bool {
    match formula {
        Formula::Constant(value) => *value,
        Formula::Atom(atom) => values.get(atom.as_str()).copied().unwrap_or(false),
        Formula::Not(inner) => !holds(inner, values),
        Formula::And(parts) => parts.iter().all(|part| holds(part, values)),
        Formula::Or(parts) => parts.iter().any(|part| holds(part, values)),
    }
}

/// Too many tests for a table: negations at the tests, parts sorted, each once.
fn shape(formula: &Formula, negated: bool) -> String {
    let join = |parts: &[Formula], and: bool| {
        let mut flat = Vec::new();
        flatten(parts, and, negated, &mut flat);
        flat.sort();
        flat.dedup();
        format!("({})", flat.join(if and != negated { " and " } else { " or " }))
    };
    match formula {
        Formula::Constant(value) => (*value != negated).to_string(),
        Formula::Atom(atom) if negated => format!("not {atom}"),
        Formula::Atom(atom) => atom.clone(),
        Formula::Not(inner) => shape(inner, !negated),
        Formula::And(parts) => join(parts, true),
        Formula::Or(parts) => join(parts, false),
    }
}

fn flatten(parts: &[Formula], and: bool, negated: bool, flat: &mut Vec<String>) {
    for part in parts {
        match part {
            Formula::And(inner) if and => flatten(inner, and, negated, flat),
            Formula::Or(inner) if !and => flatten(inner, and, negated, flat),
            _ => flat.push(shape(part, negated)),
        }
    }
}
