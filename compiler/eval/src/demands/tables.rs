//! Tables of DynamoDB.
//!
//! In: a table. Out: problems. Facts: `AttributeDefinitions` of `AWS::DynamoDB::Table` in the CloudFormation reference: every
//! attribute of a key is defined, and DynamoDB refuses definitions of others.

use std::collections::BTreeMap;

use cloudc_hir::Problem;

use super::{At, UNFIT_TOGETHER, property};
use crate::values::Node;

/// Attributes of keys that are not defined, and definitions that no key uses.
pub fn attributes(table: &Node, problems: &mut Vec<Problem>) {
    let (Some(used), Some(defined)) = (keys(table), names(property(table, "AttributeDefinitions"))) else { return };
    let shown = |name: &str| format!("`{name:?}`");
    for (name, node) in used.iter().filter(|(name, _)| !defined.contains_key(*name)) {
        let message = format!("the key's attribute {} is not in `AttributeDefinitions`", shown(name));
        problems.push(Problem::error(UNFIT_TOGETHER, node.src.anchor(), message).note("DynamoDB has to know its type"));
    }
    for (name, node) in defined.iter().filter(|(name, _)| !used.contains_key(*name)) {
        let message = format!("no key of the table or of its indexes uses the attribute {}", shown(name));
        let problem = Problem::error(UNFIT_TOGETHER, node.src.anchor(), message);
        problems.push(problem.note("only attributes of keys are defined; DynamoDB refuses others").help("remove the definition"));
    }
}

type Names<'a> = BTreeMap<&'a str, &'a Node>;

/// Attributes of all keys; nothing when not all are known.
fn keys(table: &Node) -> Option<Names<'_>> {
    let mut all = names(property(table, "KeySchema"))?;
    for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        let indexes = match property(table, indexes) {
            At::Absent => continue,
            at => at.elements()?,
        };
        for index in indexes {
            for (name, node) in names(property(index, "KeySchema"))? {
                all.entry(name).or_insert(node);
            }
        }
    }
    Some(all)
}

/// The `AttributeName`s of a list, by name; nothing when not all are known.
fn names(at: At<'_>) -> Option<Names<'_>> {
    if matches!(at, At::Absent) {
        return Some(Names::new());
    }
    let mut all = Names::new();
    for element in at.elements()? {
        let At::There(node) = property(element, "AttributeName") else { return None };
        all.entry(node.value.as_str()?).or_insert(node);
    }
    Some(all)
}
