//! What the CDK writes into templates for itself.
//!
//! In: a tree. Out: the tree without it. Always: only metadata goes, which CloudFormation reads nothing from.

use crate::tree::{Node, Value};

/// Takes `aws:cdk:…` and `aws:asset:…` out of the metadata of resources. How many there were.
pub fn strip(root: &mut Node) -> usize {
    let Value::Map(sections) = &mut root.value else { return 0 };
    let Some(resources) = sections.iter_mut().find(|entry| entry.key == "Resources") else { return 0 };
    let Value::Map(resources) = &mut resources.value.value else { return 0 };
    let mut dropped = 0;
    for resource in resources {
        let Value::Map(attributes) = &mut resource.value.value else { continue };
        if let Some(metadata) = attributes.iter_mut().find(|entry| entry.key == "Metadata")
            && let Value::Map(entries) = &mut metadata.value.value
        {
            let before = entries.len();
            entries.retain(|entry| !entry.key.starts_with("aws:cdk:") && !entry.key.starts_with("aws:asset:"));
            dropped += before - entries.len();
            if before > 0 && entries.is_empty() {
                attributes.retain(|entry| entry.key != "Metadata");
            }
        }
    }
    dropped
}
