//! The version of a template's format, its transforms, and how the console lays its parameters out.

use cloudc_base::suggest::nearest;

use super::{Look, MISSING_KEY, UNKNOWN_KEY, UNKNOWN_NAME, WRONG_FORM, place, told};
use crate::check::Finding;
use crate::tree::{Entry, Node, Value};

/// The only version there is: CloudFormation user guide, "Format version".
const VERSION: &str = "2010-09-09";

/// Transforms that AWS hosts: CloudFormation template reference, "Transforms". The blue-green one is written in both ways.
const TRANSFORMS: [&str; 8] = [
    "AWS::CodeDeploy::BlueGreen",
    "AWS::CodeDeployBlueGreen",
    "AWS::Include",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::Serverless-2016-10-31",
    "AWS::ServiceCatalog",
];

/// What is wrong with the version and the transforms: it can be seen whatever macros make of the rest.
pub(crate) fn header(root: &Node) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(entry) = root.entry("AWSTemplateFormatVersion").filter(|entry| entry.value.text() != Some(VERSION)) {
        let mut finding =
            told(WRONG_FORM, place(&entry.value, entry.span), "there is no such version of CloudFormation's format".to_owned());
        finding.help = Some(format!("the only one is \"{VERSION}\""));
        found.push(finding);
    }
    let Some(entry) = root.entry("Transform") else { return found };
    let one = std::slice::from_ref(&entry.value);
    entry.value.list().unwrap_or(one).iter().for_each(|node| transform(node, entry, &mut found));
    found
}

fn transform(node: &Node, entry: &Entry, found: &mut Vec<Finding>) {
    match &node.value {
        Value::Text(name) => unknown_transform(name, node, entry, found),
        Value::Map(keys) => {
            for key in keys.iter().filter(|key| key.key != "Name" && key.key != "Parameters") {
                let mut finding = told(UNKNOWN_KEY, key.span, format!("a transform has no `{}`", key.key));
                finding.help = Some("it has Name, Parameters".to_owned());
                found.push(finding);
            }
            // In `Fn::Transform` the name is one level deeper.
            if keys.iter().all(|key| key.key != "Name" && key.key != "Fn::Transform") {
                found.push(told(MISSING_KEY, entry.span, "`Transform` has no `Name`".to_owned()));
            }
            if let Some((node, name)) = node.get("Name").and_then(|node| Some((node, node.text()?))) {
                unknown_transform(name, node, entry, found);
            }
        }
        _ => found.push(told(WRONG_FORM, place(node, entry.span), "a transform is a name, or a map with `Name`".to_owned())),
    }
}

/// Names that begin with `AWS::` are AWS's own; any other may be a macro of the account.
fn unknown_transform(name: &str, node: &Node, entry: &Entry, found: &mut Vec<Finding>) {
    if !name.starts_with("AWS::") || TRANSFORMS.contains(&name) {
        return;
    }
    let mut finding = told(UNKNOWN_NAME, place(node, entry.span), format!("AWS has no transform `{name}`"));
    finding.help = Some(match nearest(name, TRANSFORMS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", TRANSFORMS.join(", ")),
    });
    found.push(finding);
}

impl Look {
    /// The layout of parameters in the console: CloudFormation template reference, "AWS::CloudFormation::Interface".
    pub(super) fn interface(&mut self, root: &Node) {
        const KEYS: [&str; 2] = ["ParameterGroups", "ParameterLabels"];
        let metadata = root.get("Metadata").and_then(|node| node.get("AWS::CloudFormation::Interface"));
        for key in metadata.and_then(Node::map).unwrap_or_default() {
            if !KEYS.contains(&key.key.as_str()) && !super::generated(&key.key) {
                self.unknown_key(key, "`AWS::CloudFormation::Interface`", &KEYS);
            }
        }
        let part = |name: &str| metadata.and_then(|node| node.get(name));
        let groups = part("ParameterGroups").and_then(Node::list).unwrap_or_default();
        let labels = part("ParameterLabels").and_then(Node::map).unwrap_or_default();
        let of_groups = groups.iter().filter_map(|group| group.get("Label"));
        for label in labels.iter().map(|entry| &entry.value).chain(of_groups) {
            self.only(label, "a label", &["default"]);
        }
        groups.iter().for_each(|group| self.only(group, "a group of parameters", &["Label", "Parameters"]));
    }

    fn only(&mut self, node: &Node, what: &str, keys: &[&str]) {
        for key in node.map().unwrap_or_default() {
            if !keys.contains(&key.key.as_str()) && !super::generated(&key.key) {
                self.unknown_key(key, what, keys);
            }
        }
    }
}
