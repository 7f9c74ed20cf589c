//! What transforms make: ids that a template refers to and does not declare.
//!
//! In: the template. Out: those ids that are known by their names, and their types. Always: only what SAM documents;
//! other ids are none of these.
//! Source: "Generated CloudFormation resources" and "Referencing resource properties" in the SAM developer guide.

use std::collections::BTreeSet;

use cloudc_schema::serverless::{self, Made, Maker};

use super::names::section_of;
use crate::sub::{Piece, pieces};
use crate::tree::{Entry, Node, Value};

/// What a template refers to and SAM makes: ids and types, by id.
pub(super) fn made(root: &Node) -> Vec<(String, &'static str)> {
    let resources = section_of(root, "Resources");
    let makers = makers(resources);
    if makers.is_empty() {
        return Vec::new();
    }
    let mut named = BTreeSet::new();
    for section in ["Resources", "Outputs", "Globals"] {
        root.get(section).into_iter().for_each(|node| references(node, &mut named));
    }
    for node in resources.iter().filter_map(|entry| entry.value.get("DependsOn")) {
        named.extend(node.list().unwrap_or(std::slice::from_ref(node)).iter().filter_map(Node::text).map(str::to_owned));
    }
    let mut found = BTreeSet::new();
    for name in &named {
        let first = name.split('.').next().unwrap_or_default();
        let declared = |id: &str| resources.iter().any(|entry| entry.key == id);
        let second = name.split('.').nth(1).filter(|_| declared(first)).map(|part| format!("{first}.{part}"));
        let id = second.unwrap_or_else(|| first.to_owned());
        if !declared(&id)
            && section_of(root, "Parameters").iter().all(|entry| entry.key != id)
            && let Made::Type(ty) = serverless::made(&makers, &id)
        {
            found.insert((id, ty));
        }
    }
    found.into_iter().collect()
}

/// The part of a name that SAM calls a resource of its own, and the attribute behind it: `Api.Stage`, `Function.Version` and `Arn`.
pub(super) fn split(is_made: impl Fn(&str) -> bool, name: &str) -> (&str, Option<&str>) {
    let dots = name.match_indices('.').map(|(at, _)| at);
    for at in dots.skip(1).chain([name.len()]) {
        let id = name.get(..at).unwrap_or(name);
        if id.contains('.') && is_made(id) {
            return (id, name.get(at + 1..));
        }
    }
    name.split_once('.').map_or((name, None), |(id, attribute)| (id, Some(attribute)))
}

/// SAM's type of a resource, without what all of them begin with.
fn ty(node: &Node) -> Option<&str> {
    node.get("Type").and_then(Node::text)?.strip_prefix("AWS::Serverless::")
}

/// The resources of which SAM makes others.
fn makers(resources: &[Entry]) -> Vec<Maker> {
    let maker = |entry: &Entry| {
        let events = entry.value.get("Properties").and_then(|all| all.get("Events")).and_then(Node::map).unwrap_or_default();
        let event = |event: &Entry| Some((event.key.clone(), event.value.get("Type").and_then(Node::text)?.to_owned()));
        let events = events.iter().filter_map(event).collect();
        Some(Maker { id: entry.key.clone(), kind: ty(&entry.value)?.to_owned(), events, ..Maker::default() })
    };
    resources.iter().filter_map(maker).collect()
}

/// Everything a value refers to, with attributes behind dots.
pub(super) fn references(node: &Node, found: &mut BTreeSet<String>) {
    match (node.function(), &node.value) {
        (Some(("Ref", argument)), _) => found.extend(argument.text().map(str::to_owned)),
        (Some(("Fn::GetAtt", argument)), _) => {
            if let Some((id, attribute)) = super::functions::attribute_of(argument) {
                found.insert(format!("{id}.{attribute}"));
            }
        }
        (Some(("Fn::Sub", argument)), _) => {
            let text = argument.text().or_else(|| argument.list()?.first()?.text()).unwrap_or_default();
            found.extend(pieces(text).into_iter().filter_map(|piece| match piece {
                Piece::Hole(name) => Some(name),
                Piece::Text(_) => None,
            }));
            argument.list().into_iter().flatten().for_each(|item| references(item, found));
        }
        (_, Value::List(items)) => items.iter().for_each(|item| references(item, found)),
        (_, Value::Map(entries)) => entries.iter().for_each(|entry| references(&entry.value, found)),
        _ => {}
    }
}
