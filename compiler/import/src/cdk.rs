//! What the CDK writes into templates for itself.
//!
//! In: a tree. Out: the tree without it, and what it says of names. Always: only metadata goes, which CloudFormation reads nothing from.

use rustc_hash::FxHashMap;

use crate::tree::{Entry, Node, Value};

/// Names for resources as their constructs are called: the path in the CDK's tree without the stack and without what only says
/// that a construct is one resource.
pub fn paths(root: &Node) -> FxHashMap<String, String> {
    let resources = root.get("Resources").and_then(Node::map).unwrap_or_default();
    let path = |entry: &Entry| {
        let path = entry.value.get("Metadata")?.get("aws:cdk:path")?.text()?;
        let words: Vec<&str> = path.split('/').skip(1).filter(|word| !["Resource", "Default"].contains(word)).collect();
        (!words.is_empty()).then(|| (entry.key.clone(), words.join("_")))
    };
    resources.iter().filter_map(path).collect()
}

/// An id without the digits that the CDK puts behind it: eight of its path, of an API's deployment also 32 of its content.
pub fn without_hash(id: &str) -> &str {
    let cut = |id: &'_ str, count: usize, digit: fn(char) -> bool| {
        let at = id.len().checked_sub(count)?;
        let (rest, hash) = (id.get(..at)?, id.get(at..)?);
        let fits = hash.chars().all(digit)
            && hash.contains(|c: char| c.is_ascii_digit())
            && hash.contains(|c: char| c.is_ascii_alphabetic());
        (fits && rest.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(at)
    };
    let upper = |c: char| c.is_ascii_digit() || ('A'..='F').contains(&c);
    let lower = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let end = cut(id, 32, lower).unwrap_or(id.len());
    let shorter = id.get(..end).unwrap_or(id);
    cut(shorter, 8, upper).and_then(|at| id.get(..at)).unwrap_or(id)
}

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

#[cfg(test)]
mod tests {
    use super::without_hash;

    #[test]
    fn hashes_are_no_words() {
        assert_eq!(without_hash("WorkerQueueCAC098BE"), "WorkerQueue");
        assert_eq!(without_hash("ApiDeploymentFB9688F5fb9a1a72439389c4d385b8e23725ff77"), "ApiDeployment");
        assert_eq!(without_hash("Bucket"), "Bucket");
        assert_eq!(without_hash("CAC098BE"), "CAC098BE");
        assert_eq!(without_hash("Report20261121"), "Report20261121");
    }
}
