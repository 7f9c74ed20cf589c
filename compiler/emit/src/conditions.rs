//! The Conditions section: a name for every condition that is used, once.
//!
//! In: conditions as they are met. Out: names, and in the end their definitions. Always: equal conditions have one name; a
//! definition refers to others by name where it can, never in a circle.

use cloudc_eval::{Cond, Expr, Node, Test, Value};
use cloudc_hir::Name;
use cloudc_types::formula::{Formula, Lit};
use rustc_hash::FxHashSet;
use serde_json::{Map, Value as Json, json};

use crate::expr::Lower;

/// Names of conditions.
#[derive(Debug, Default)]
pub struct Conditions {
    /// Conditions the program names, in order.
    candidates: Vec<(Cond, Name)>,
    /// Those in use, in order.
    used: Vec<(Cond, Name)>,
    names: FxHashSet<Name>,
    /// Instead of naming: what was asked for, with the hints.
    asked: Option<Vec<(Cond, Name)>>,
}

impl Conditions {
    /// With the names the program gives.
    pub fn new(candidates: Vec<(Cond, Name)>) -> Self {
        let names = candidates.iter().map(|(_, name)| name.clone()).collect();
        Conditions { candidates, used: Vec::new(), names, asked: None }
    }

    /// Gives empty names and remembers what was asked for.
    pub fn asking() -> Self {
        Conditions { asked: Some(Vec::new()), ..Conditions::default() }
    }

    /// What was asked for instead of being named, in order.
    pub fn asked(self) -> Vec<(Cond, Name)> {
        self.asked.unwrap_or_default()
    }

    /// The name of a condition; a new one is made from `hint`.
    pub fn name(&mut self, cond: &Cond, hint: &str) -> Name {
        if let Some(asked) = &mut self.asked {
            asked.push((cond.clone(), hint.into()));
            return Name::default();
        }
        if let Some(name) = self.known(cond) {
            return name;
        }
        let negated = cond.not();
        let base = match self.find(&negated) {
            Some(name) => format!("Not{name}"),
            None => format!("{hint}Condition"),
        };
        let mut name = Name::from(base.as_str());
        let mut count = 2;
        while !self.names.insert(name.clone()) {
            name = Name::from(format!("{base}{count}"));
            count += 1;
        }
        self.used.push((cond.clone(), name.clone()));
        name
    }

    /// The name of a condition that has one; it is in use from now on.
    fn known(&mut self, cond: &Cond) -> Option<Name> {
        if let Some((_, name)) = self.used.iter().find(|(known, _)| known == cond) {
            return Some(name.clone());
        }
        let (cond, name) = self.candidates.iter().find(|(known, _)| known == cond)?.clone();
        self.used.push((cond, name.clone()));
        Some(name)
    }

    fn find(&self, cond: &Cond) -> Option<&Name> {
        self.used.iter().chain(&self.candidates).find(|(known, _)| known == cond).map(|(_, name)| name)
    }

    /// Program-given names come first, in their order; then order of use.
    fn rank(&self, cond: &Cond) -> (usize, usize) {
        let place = |list: &[(Cond, Name)]| list.iter().position(|(known, _)| known == cond).unwrap_or(usize::MAX);
        (place(&self.candidates), place(&self.used))
    }
}

/// The section, in order of the program's names and then of use.
pub fn section(lower: &mut Lower<'_>) -> Map<String, Json> {
    let mut defined: Vec<((usize, usize), Name, Json)> = Vec::new();
    let mut at = 0;
    // Defining one may bring others into use.
    while let Some((cond, name)) = lower.conditions.used.get(at).cloned() {
        let json = definition(lower, &cond);
        defined.push((lower.conditions.rank(&cond), name, json));
        at += 1;
    }
    defined.sort_by_key(|(rank, ..)| *rank);
    defined.into_iter().map(|(_, name, json)| (name.to_string(), json)).collect()
}

/// What a condition is, by the conditions it is made of.
fn definition(lower: &mut Lower<'_>, cond: &Cond) -> Json {
    let negated = cond.not();
    // Only what ranks before it may be negated, or two would define each other.
    if lower.conditions.find(&negated).is_some()
        && lower.conditions.rank(&negated) < lower.conditions.rank(cond)
        && let Some(name) = lower.conditions.known(&negated)
    {
        return json!({ "Fn::Not": [{ "Condition": name }] });
    }
    match cond {
        Formula::And(parts) => joined("Fn::And", parts.iter().map(|part| part_of(lower, part)).collect()),
        Formula::Or(parts) => joined("Fn::Or", parts.iter().map(|part| part_of(lower, part)).collect()),
        other => test(lower, other, true),
    }
}

/// A part of a definition: by name where it has one.
fn part_of(lower: &mut Lower<'_>, part: &Cond) -> Json {
    if let Some(name) = lower.conditions.known(part) {
        return json!({ "Condition": name });
    }
    if let Some(name) = lower.conditions.known(&part.not()) {
        return json!({ "Fn::Not": [{ "Condition": name }] });
    }
    match part {
        Formula::And(parts) => joined("Fn::And", parts.iter().map(|part| part_of(lower, part)).collect()),
        Formula::Or(parts) => joined("Fn::Or", parts.iter().map(|part| part_of(lower, part)).collect()),
        other => test(lower, other, true),
    }
}

/// A condition written out, without names: for rules.
pub fn written(lower: &mut Lower<'_>, cond: &Cond) -> Json {
    match cond {
        Formula::And(parts) => joined("Fn::And", parts.iter().map(|part| written(lower, part)).collect()),
        Formula::Or(parts) => joined("Fn::Or", parts.iter().map(|part| written(lower, part)).collect()),
        other => test(lower, other, false),
    }
}

/// `Fn::And` and `Fn::Or` take two to ten parts.
fn joined(function: &str, mut parts: Vec<Json>) -> Json {
    while parts.len() > 10 {
        let groups = parts.chunks(10).map(|group| match group {
            [only] => only.clone(),
            group => json!({ function: group }),
        });
        parts = groups.collect();
    }
    json!({ function: parts })
}

/// A single test, or a constant.
fn test(lower: &mut Lower<'_>, cond: &Cond, in_conditions: bool) -> Json {
    let Formula::Is { place, lit, negated, .. } = cond else {
        let holds = if cond.is_true() { "true" } else { "false" };
        return json!({ "Fn::Equals": [holds, "true"] });
    };
    let json = match &place.test {
        Test::Operand(value) => {
            let operand = operand(lower, value);
            json!({ "Fn::Equals": [operand, literal(lit)] })
        }
        Test::Same(a, b) => {
            let (a, b) = (operand(lower, a), operand(lower, b));
            json!({ "Fn::Equals": [a, b] })
        }
        Test::Contains(list, item) if !in_conditions => {
            let (list, item) = (operand(lower, list), operand(lower, item));
            json!({ "Fn::Contains": [list, item] })
        }
        Test::EveryIn(list, others) if !in_conditions => {
            let (list, others) = (operand(lower, list), operand(lower, others));
            json!({ "Fn::EachMemberIn": [list, others] })
        }
        Test::Contains(list, _) | Test::EveryIn(list, _) => {
            lower.problems.push(crate::limits::list_in_condition(lower, list));
            json!({ "Fn::Equals": ["true", "false"] })
        }
    };
    if *negated { json!({ "Fn::Not": [json] }) } else { json }
}

fn operand(lower: &mut Lower<'_>, value: &Value) -> Json {
    // Positions are irrelevant here: conditions are no part of the source map's values.
    match value {
        Value::Deploy(expr) => match &**expr {
            Expr::Concat(parts) | Expr::Call(_, parts) => match parts.first() {
                Some(Node { src, .. }) => lower.value(&src.node(value.clone())),
                None => Json::Null,
            },
            Expr::Find(find) => lower.value(&find.map.src.node(value.clone())),
            Expr::If(_, then, _) => lower.value(&then.src.node(value.clone())),
            Expr::Json(inner) => lower.value(&inner.src.node(value.clone())),
            Expr::Ref(site) | Expr::Param(site) => json!({ "Ref": cloudc_eval::naming::logical_id(lower.db, *site) }),
            Expr::Attr(site, name) => json!({ "Fn::GetAtt": [cloudc_eval::naming::logical_id(lower.db, *site), name] }),
            Expr::Pseudo(pseudo) => json!({ "Ref": crate::expr::pseudo_name(*pseudo) }),
            Expr::Truth(cond) => written(lower, cond),
            // Known too late to be compared, as the type checker sees it.
            Expr::Asset(..) => Json::Null,
        },
        Value::List(items) => Json::Array(items.iter().map(|item| operand(lower, &item.value)).collect()),
        constant => json!(cloudc_eval::evaluate::plain(constant).unwrap_or_default()),
    }
}

/// Parameters are texts when they are compared.
fn literal(lit: &Lit) -> Json {
    match lit {
        Lit::Bool(value) => json!(value.to_string()),
        Lit::Int(value) => json!(value.to_string()),
        Lit::Str(text) => json!(text),
    }
}
