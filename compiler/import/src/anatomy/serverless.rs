//! What SAM reads besides CloudFormation: its types, `Globals`, `IgnoreGlobals`.
//!
//! In: a tree and the schema. Out: findings. Always: a key is told only when no property of the type has its name, because which of
//! them `Globals` takes grows with every version of SAM. Facts: AWS SAM developer guide, "Globals section of the AWS SAM template".

use cloudc_base::suggest::nearest;
use cloudc_schema::{Schema, Type};

use super::{Look, NEEDS_TRANSFORM, UNKNOWN_KEY, generated, place, told};
use crate::check::Finding;
use crate::tree::{Entry, Node, Span};

/// How the names of SAM's types begin.
const OWN: &str = "AWS::Serverless::";
/// All that `Globals` says, in `IgnoreGlobals`.
const ALL: &str = "*";

impl Look {
    /// SAM's types exist where SAM is asked for.
    pub(super) fn serverless_type(&mut self, entry: &Entry) {
        if let Some(ty) = entry.value.text().filter(|ty| ty.starts_with(OWN) && !self.serverless) {
            self.not_asked(place(&entry.value, entry.span), format!("`{ty}` is a type of SAM"));
        }
    }

    fn not_asked(&mut self, span: Span, what: String) {
        let mut finding = told(NEEDS_TRANSFORM, span, format!("{what}, which is not asked for"));
        finding.help = Some("add `Transform: AWS::Serverless-2016-10-31` to the template".to_owned());
        self.found.push(finding);
    }

    /// What SAM gives to every function, API or table.
    pub(super) fn globals(&mut self, schema: &Schema, root: &Node) {
        let Some(section) = root.entry("Globals") else { return };
        if !self.serverless {
            return self.not_asked(section.span, "`Globals` is a section of SAM".to_owned());
        }
        let Some(groups) = section.value.map() else {
            return self.wrong(
                &section.value,
                section.span,
                "`Globals` is a map: what every function, API or table has".to_owned(),
            );
        };
        for group in groups.iter().filter(|group| !generated(&group.key)) {
            let Some(ty) = schema.ty(&format!("{OWN}{}", group.key)) else {
                let known = kinds(schema);
                self.unknown_key(group, "`Globals`", &known);
                continue;
            };
            let Some(properties) = group.value.map() else {
                self.wrong(&group.value, group.span, format!("`{}` in `Globals` is a map of properties", group.key));
                continue;
            };
            for key in properties.iter().filter(|key| ty.property(&key.key).is_none() && !generated(&key.key)) {
                self.found.push(unknown(&key.key, key.span, ty));
            }
            self.runtime(properties);
        }
    }

    /// A runtime that AWS has ended.
    fn runtime(&mut self, properties: &[Entry]) {
        let runtime = properties.iter().find(|key| key.key == "Runtime").map(|key| &key.value);
        let Some((node, name)) = runtime.and_then(|node| Some((node, node.text()?))) else { return };
        if let Some(violation) = cloudc_types::checks::runtime_violation(name) {
            let mut finding = told(violation.code, node.span, violation.message);
            finding.help = violation.help;
            self.found.push(finding);
        }
    }

    /// What a resource takes nothing of from `Globals`: names of its properties.
    pub(super) fn ignored_globals(&mut self, schema: &Schema, root: &Node) {
        for resource in root.get("Resources").and_then(Node::map).unwrap_or_default() {
            let ty = resource.value.get("Type").and_then(Node::text).filter(|ty| ty.starts_with(OWN));
            let Some(ty) = ty.and_then(|ty| schema.ty(ty)) else { continue };
            for name in resource.value.get("IgnoreGlobals").and_then(Node::list).unwrap_or_default() {
                if let Some(text) = name.text().filter(|text| *text != ALL && ty.property(text).is_none()) {
                    self.found.push(unknown(text, name.span, ty));
                }
            }
        }
    }
}

/// What `Globals` has sections for.
fn kinds(schema: &Schema) -> Vec<&'static str> {
    schema.names().into_iter().filter_map(|name| name.strip_prefix(OWN)).collect()
}

fn unknown(name: &str, span: Span, ty: Type) -> Finding {
    let mut finding = told(UNKNOWN_KEY, span, format!("`{}` has no property `{name}`", ty.name()));
    let near = nearest(name, ty.properties().map(|property| property.name()));
    finding.help = near.map(|near| format!("did you mean `{near}`?"));
    finding
}
