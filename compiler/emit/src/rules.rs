//! The Rules section: assertions over parameters.

use cloudc_eval::assemble::StackMember;
use cloudc_eval::{Stack, assertion};
use cloudc_hir::Anchor;
use serde_json::{Map, Value as Json, json};

use crate::conditions::written;
use crate::expr::Lower;

/// The section.
pub fn section(lower: &mut Lower<'_>, stack: &Stack) -> Map<String, Json> {
    let mut rules = Map::new();
    for member in &stack.assertions {
        if let Some(rule) = rule(lower, member) {
            rules.insert(member.id.to_string(), rule);
        }
    }
    rules
}

fn rule(lower: &mut Lower<'_>, member: &StackMember) -> Option<Json> {
    let assertion = assertion(lower.db, member.site);
    if assertion.cond.is_true() {
        return None;
    }
    lower.notes.whole("Rules", &member.id, Anchor::name(member.site.decl(lower.db)));
    let mut rule = Map::new();
    if !member.cond.is_true() {
        rule.insert("RuleCondition".into(), written(lower, &member.cond));
    }
    let assert = written(lower, &assertion.cond);
    rule.insert("Assertions".into(), json!([{ "Assert": assert, "AssertDescription": assertion.message }]));
    Some(Json::Object(rule))
}
