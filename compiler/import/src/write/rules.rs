//! Rules: every assertion is an `assert`, inside `if` when the rule has a condition.

use super::Writer;
use super::conditions::Around;
use super::names::section_of;
use super::text::quoted;
use crate::tree::{Entry, Node};

impl Writer<'_> {
    /// The Rules section.
    pub(super) fn rules(&mut self) {
        self.section("Rules");
        for entry in section_of(self.root, "Rules") {
            if !self.rule(entry) {
                self.leftovers.push((vec!["Rules".to_owned(), entry.key.clone()], &entry.value));
            }
        }
    }

    /// One rule; false when the language has no words for it.
    fn rule(&mut self, entry: &Entry) -> bool {
        let assertions = entry.value.get("Assertions").and_then(Node::list).unwrap_or_default();
        let sayable = assertions.iter().all(|one| one.get("Assert").is_some_and(is_formula));
        let when = entry.value.get("RuleCondition");
        if !sayable || assertions.is_empty() || when.is_some_and(|when| !is_formula(when)) || self.form(&entry.value) > 0 {
            return false;
        }
        self.comments(&entry.value);
        let start = self.out.open();
        if let Some(when) = when {
            self.out.push("if ");
            self.formula(when, Around::Nothing);
            self.out.push(" {\n");
            self.out.depth += 1;
        }
        for assertion in assertions {
            let Some(test) = assertion.get("Assert") else { continue };
            self.out.push("assert ");
            self.formula(test, Around::Nothing);
            let message = assertion.get("AssertDescription").and_then(Node::text).unwrap_or_default();
            self.out.push(&format!(", {}\n", quoted(message)));
        }
        self.out.depth -= usize::from(when.is_some());
        self.out.push(if when.is_some() { "}\n\n" } else { "\n" });
        self.out.close(start, entry.value.id);
        true
    }
}

/// Whether a rule's formula is made of what conditions are made of.
fn is_formula(node: &Node) -> bool {
    match node.function() {
        Some(("Fn::And" | "Fn::Or" | "Fn::Not", parts)) => parts.list().is_some_and(|parts| parts.iter().all(is_formula)),
        Some(("Fn::Equals" | "Fn::Contains" | "Fn::EachMemberIn", sides)) => {
            sides.list().is_some_and(|sides| sides.iter().all(is_operand))
        }
        Some(("Condition", _)) => false,
        _ => false,
    }
}

fn is_operand(node: &Node) -> bool {
    match node.function() {
        Some((name, _)) => name == "Ref",
        None => node.scalar().is_some() || node.list().is_some_and(|items| items.iter().all(is_operand)),
    }
}
