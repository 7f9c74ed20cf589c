//! What a value may be, and when.
//!
//! In: a value. Out: choices. Always: at least one; their conditions exclude each other.

use cloudc_eval::{Cond, Expr, Node, Value};

/// A value that a property may have, and when.
pub struct Choice {
    /// What has to hold.
    pub cond: Cond,
    /// What it is then.
    pub node: Node,
}

/// What a value may be: one choice for each way through its conditions.
pub fn choices(node: &Node) -> Vec<Choice> {
    fn walk(node: &Node, cond: Cond, out: &mut Vec<Choice>) {
        match &node.value {
            Value::Deploy(expr) => match &**expr {
                Expr::If(test, then, otherwise) => {
                    walk(then, Cond::and([cond.clone(), test.clone()]), out);
                    walk(otherwise, Cond::and([cond, test.not()]), out);
                }
                _ => out.push(Choice { cond, node: node.clone() }),
            },
            _ => out.push(Choice { cond, node: node.clone() }),
        }
    }
    let mut out = Vec::new();
    walk(node, Cond::True, &mut out);
    out
}
