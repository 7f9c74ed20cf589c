//! Secure strings of Parameter Store, which CloudFormation puts into few properties.
//!
//! In: the properties of a resource. Out: a problem at every such reference in another property.

use cloudc_hir::Problem;
use cloudc_schema::takes_secure_strings;

use super::SECURE_STRING;
use crate::values::{Node, Value};

/// How a reference to one begins: CloudFormation user guide, "Get a secure string value from Systems Manager Parameter Store".
const START: &str = "{{resolve:ssm-secure:";

/// Looks everywhere; `property` is the innermost one around.
pub fn strings(ty: &str, property: &str, node: &Node, problems: &mut Vec<Problem>) {
    match &node.value {
        Value::Str(text) if text.contains(START) && !takes_secure_strings(ty, property) => {
            let message = format!("`{property}` takes no secure string of Parameter Store");
            let problem = Problem::error(SECURE_STRING, node.src.anchor(), message)
                .note("CloudFormation puts secure strings into a few passwords only");
            problems.push(problem.help("keep it in Secrets Manager, and write `secret(…)`"));
        }
        Value::List(items) => items.iter().for_each(|item| strings(ty, property, item, problems)),
        Value::Record(fields) => fields.iter().for_each(|field| strings(ty, &field.name, &field.node, problems)),
        Value::Deploy(expr) => expr.children().into_iter().for_each(|inner| strings(ty, property, inner, problems)),
        _ => {}
    }
}
