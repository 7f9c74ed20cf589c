//! Dynamic references: text that CloudFormation replaces by what is stored, when it makes the resource.
//!
//! Source: "Get values stored in other services using dynamic references" in the CloudFormation user guide.

use cloudc_types::typed::{Builtin, Id};

use super::{Cx, Out};
use crate::values::{Node, Src, Value};

impl Cx<'_> {
    /// `secret(…)`, `ssm_secure(…)`, `ssm(…)`. The value stays text, so it can stand inside other text.
    pub(super) fn dynamic(&mut self, builtin: Builtin, args: &[Id], src: Src) -> Out {
        let mut given = Vec::new();
        for id in args {
            given.push(self.need(*id)?);
        }
        let Some((name, details)) = given.split_first() else { return Err(self.misfit(src)) };
        let text = |text: &str| src.node(Value::text(text));
        let service = match builtin {
            Builtin::Secret => "{{resolve:secretsmanager:",
            Builtin::SsmSecure => "{{resolve:ssm-secure:",
            _ => "{{resolve:ssm:",
        };
        let mut parts = vec![text(service), name.clone()];
        let used = details.iter().rposition(|node| node.value != Value::None).map_or(&[][..], |last| &details[..=last]);
        if builtin == Builtin::Secret && !used.is_empty() {
            parts.push(text(":SecretString"));
        }
        for node in used {
            parts.push(text(":"));
            parts.extend(Some(node).filter(|node: &&Node| node.value != Value::None).cloned());
        }
        parts.push(text("}}"));
        self.concat(parts, src)
    }
}
