//! What emission would find wrong, and how large the template would be, without making the template.
//!
//! In: a target without errors. Out: the problems that emitting it would give. Always: each resource is lowered by a query of its
//! own, which knows no names of conditions and mappings: those depend on the whole stack and are filled in when all are added up.

use cloudc_eval::assemble::{StackMember, setting};
use cloudc_eval::{Cond, Db, Node, Site, Target, codes};
use cloudc_graph::Order;
use cloudc_hir::{Name, Problem};
use serde_json::{Map, Value as Json};

use crate::assets::Upload;
use crate::conditions::Conditions;
use crate::expr::Lower;
use crate::limits::{self, Weighed};
use crate::mappings::Mappings;
use crate::source_map::Notes;
use crate::{resources, template};

/// What one resource adds to a template.
#[derive(Debug, Clone, PartialEq)]
struct Weight {
    /// Bytes of its JSON, with empty names for conditions and mappings.
    bytes: usize,
    /// Conditions it names, each with a hint, in order.
    conditions: Vec<(Cond, Name)>,
    /// Maps it looks up, in order.
    mappings: Vec<Node>,
    extensions: bool,
    assets: Vec<Upload>,
    problems: Vec<Problem>,
}

/// Adds what emitting a target finds wrong.
pub fn problems(db: &dyn Db, target: Target, problems: &mut Vec<Problem>) {
    let stack = cloudc_eval::stack(db, target);
    // Both can change any part of the template.
    if setting(db, target, "raw").is_some() || crate::nested::any(db, stack) {
        let built = template::build(db, target, &[]);
        problems.extend(built.problems);
        let count = built.template.get("Resources").and_then(Json::as_object).map_or(0, |section| section.len());
        let weighed = Weighed { template: &built.template, resources: count, bytes: bytes(&built.template) };
        return limits::check(db, target, &weighed, problems);
    }
    let order = cloudc_graph::order(db, target);
    let mut lower = Lower::new(db, target, Conditions::new(stack.conditions.clone()));
    lower.notes = Notes::silent();
    let mut section = Section::default();
    for member in &stack.resources {
        let split = order.splits.iter().any(|split| split.group == member.site);
        if split || order.depends_on.contains_key(&member.site) {
            for (id, json) in resources::with_splits(&mut lower, member, order) {
                section.add(&id, bytes(&json));
            }
        } else {
            let bytes = named(&mut lower, member, weight(db, member.site));
            section.add(&member.id, bytes);
        }
    }
    let template = template::around(&mut lower, stack, Map::new());
    problems.append(&mut lower.problems);
    let weighed = Weighed { template: &template, resources: section.count, bytes: bytes(&template) + section.bytes() };
    limits::check(db, target, &weighed, problems);
}

/// The section as far as its size goes.
#[derive(Default)]
struct Section {
    count: usize,
    entries: usize,
}

impl Section {
    fn add(&mut self, id: &str, bytes: usize) {
        self.count += 1;
        // `"Id":…,`
        self.entries += id.len() + 4 + bytes;
    }

    fn bytes(&self) -> usize {
        // `"Resources":{…},`, with one comma less inside.
        if self.count == 0 { 0 } else { self.entries + 14 }
    }
}

/// What one resource adds; conditions and mappings have no names yet.
#[salsa::tracked(returns(ref))]
fn weight(db: &dyn Db, site: Site) -> Weight {
    let mut lower = Lower::new(db, site.frame(db).target(db), Conditions::asking());
    lower.mappings = Mappings::asking();
    lower.notes = Notes::silent();
    let id = cloudc_eval::naming::logical_id(db, site);
    let cond = cloudc_eval::member::existence(db, site);
    let member = StackMember { site, id, ty: Name::default(), cond };
    let json = resources::lower(&mut lower, &member, &Order::default());
    Weight {
        bytes: bytes(&json),
        conditions: lower.conditions.asked(),
        mappings: lower.mappings.asked(),
        extensions: lower.extensions,
        assets: lower.assets,
        problems: lower.problems,
    }
}

/// The size with names, which are in use from now on.
fn named(lower: &mut Lower<'_>, member: &StackMember, weight: &Weight) -> usize {
    let conditions = weight.conditions.iter().map(|(cond, hint)| lower.conditions.name(cond, hint).len());
    let conditions: usize = conditions.sum();
    let mappings = weight.mappings.iter().map(|map| lower.mappings.name(lower.db, map, &member.id).len());
    let mappings: usize = mappings.sum();
    lower.extensions |= weight.extensions;
    for upload in &weight.assets {
        if !lower.assets.contains(upload) {
            lower.assets.push(upload.clone());
        }
    }
    for problem in &weight.problems {
        // Told once for the whole stack.
        let told = problem.code.0 == codes::INTERNAL && lower.problems.iter().any(|known| known.code == problem.code);
        if !told {
            lower.problems.push(problem.clone());
        }
    }
    weight.bytes + conditions + mappings
}

/// How many bytes a value has as JSON without white space: what a deployment sends.
pub fn bytes(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(true) => 4,
        Json::Bool(false) => 5,
        Json::Number(number) => number.to_string().len(),
        Json::String(text) => text_bytes(text),
        Json::Array(items) => around(items.len(), items.iter().map(bytes).sum()),
        Json::Object(map) => around(map.len(), map.iter().map(|(key, value)| text_bytes(key) + 1 + bytes(value)).sum()),
    }
}

/// Brackets and commas around entries.
fn around(count: usize, entries: usize) -> usize {
    2 + count.saturating_sub(1) + entries
}

fn text_bytes(text: &str) -> usize {
    let escapes = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
        0..0x20 => 5,
        _ => 0,
    });
    2 + text.len() + escapes.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn sizes_are_those_of_the_text() {
        let value = json!({ "a\"b": [1, -2.5, true, false, null, [], {}], "é\u{1}\n": "\\\u{8}\u{c}\r\t\u{7f}" });
        assert_eq!(super::bytes(&value), value.to_string().len());
        assert_eq!(super::bytes(&json!({})), 2);
    }
}
