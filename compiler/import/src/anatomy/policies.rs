//! Documents of policies that are no documents: one statement, or a list of them.
//!
//! In: a tree. Out: findings. Always: only what is written out is told. A program may write the statements alone and the compiler
//! adds what is around them; a template may not.

use super::{Look, generated, is_plain_map, place, told};
use crate::tree::{Entry, Node, Value};

/// Properties of IAM's types that hold a document: IAM user guide, "JSON policy elements".
const DOCUMENTS: [&str; 2] = ["AssumeRolePolicyDocument", "PolicyDocument"];
/// What a document has, which a statement has not.
const STATEMENT: &str = "Statement";

impl Look {
    /// All documents of IAM's resources.
    pub(super) fn policies(&mut self, root: &Node) {
        for resource in root.get("Resources").and_then(Node::map).unwrap_or_default() {
            let is_iam = resource.value.get("Type").and_then(Node::text).is_some_and(|ty| ty.starts_with("AWS::IAM::"));
            if let Some(properties) = resource.value.get("Properties").filter(|_| is_iam) {
                self.documents(properties);
            }
        }
    }

    fn documents(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.documents(item)),
            Value::Map(entries) => {
                for entry in entries {
                    if DOCUMENTS.contains(&entry.key.as_str()) {
                        self.document(entry);
                    } else {
                        self.documents(&entry.value);
                    }
                }
            }
            _ => {}
        }
    }

    fn document(&mut self, entry: &Entry) {
        let keys = entry.value.map().filter(|_| is_plain_map(&entry.value)).unwrap_or_default();
        let is_statement = !keys.is_empty() && !keys.iter().any(|key| key.key == STATEMENT || generated(&key.key));
        if is_statement || entry.value.list().is_some() {
            self.wrong.push(entry.value.span);
            let mut finding = told(
                cloudc_types::codes::BAD_POLICY,
                place(&entry.value, entry.span),
                format!("a policy document needs `{STATEMENT}`"),
            );
            finding.help = Some(format!("put what is here into the list `{STATEMENT}` of a map"));
            self.found.push(finding);
        }
    }
}
