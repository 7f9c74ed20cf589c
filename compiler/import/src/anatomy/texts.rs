//! Texts that CloudFormation reads in another way than they are meant: variables that nothing replaces, and secure strings where none
//! are taken.

use cloudc_schema::takes_secure_strings;

use super::{Look, NOT_REPLACED, SECURE_STRING, told};
use crate::tree::{Entry, Node, Value};

/// Pseudo parameters that text can hold: CloudFormation template reference, "Pseudo parameters".
const PSEUDO: [&str; 7] = [
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// Where a text stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The type of the resource around; empty in outputs.
    ty: &'a str,
    /// The property around, innermost; functions are not properties.
    property: &'a str,
    /// Names that the service replaces in its own definition.
    own: Option<&'a Node>,
    in_definition: bool,
    in_sub: bool,
}

impl Look {
    /// All texts of properties and outputs.
    pub(super) fn texts(&mut self, root: &Node) {
        let section = |name: &str| root.get(name).and_then(Node::map).unwrap_or_default();
        for resource in section("Resources") {
            let ty = resource.value.get("Type").and_then(Node::text).unwrap_or_default();
            let properties = resource.value.get("Properties");
            let own = properties.and_then(|node| node.get("DefinitionSubstitutions"));
            let place = Place { ty, property: "", own, in_definition: false, in_sub: false };
            properties.into_iter().for_each(|node| self.text(node, place));
        }
        for output in section("Outputs") {
            let place = Place { ty: "", property: "", own: None, in_definition: false, in_sub: false };
            output.value.get("Value").into_iter().for_each(|node| self.text(node, place));
        }
    }

    fn text(&mut self, node: &Node, place: Place<'_>) {
        match &node.value {
            Value::Text(text) => {
                if !place.in_sub && place.property != "TemplateBody" {
                    self.not_replaced(text, node, place);
                }
                if text.contains("{{resolve:ssm-secure:")
                    && !place.ty.is_empty()
                    && !takes_secure_strings(place.ty, place.property)
                {
                    let message = format!("`{}` takes no secure string of Parameter Store", place.property);
                    let mut finding = told(SECURE_STRING, node.span, message);
                    finding.help =
                        Some("keep the secret in Secrets Manager, and write `{{resolve:secretsmanager:…}}`".to_owned());
                    self.found.push(finding);
                }
            }
            Value::List(items) => items.iter().for_each(|item| self.text(item, place)),
            Value::Map(entries) => entries.iter().for_each(|entry| self.text(&entry.value, within(entry, place))),
            _ => {}
        }
    }

    /// A variable of this template in a text that stays as it is.
    fn not_replaced(&mut self, text: &str, node: &Node, place: Place<'_>) {
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            rest = &rest[at + 2..];
            let Some(end) = rest.find('}') else { return };
            let name = &rest[..end];
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')) {
                continue;
            }
            let first = name.split('.').next().unwrap_or_default();
            let is_own = place.own.is_some_and(|own| own.entry(name).is_some());
            let is_known = PSEUDO.contains(&name) || self.known.has(first);
            if !is_own && (is_known || place.in_definition) {
                let mut finding = told(NOT_REPLACED, node.span, format!("`${{{name}}}` stays as it is in this text"));
                finding.notes.push("only `Fn::Sub` replaces variables".to_owned());
                finding.help = Some("put `Fn::Sub` around the text".to_owned());
                return self.found.push(finding);
            }
        }
    }
}

fn within<'a>(entry: &'a Entry, place: Place<'a>) -> Place<'a> {
    let is_function = entry.key.starts_with("Fn::") || entry.key == "Ref" || entry.key == "Condition";
    Place {
        property: if is_function { place.property } else { &entry.key },
        in_definition: place.in_definition || entry.key == "DefinitionString",
        in_sub: place.in_sub || entry.key == "Fn::Sub",
        ..place
    }
}
