//! What waits for what.
//!
//! In: templates. Out: a difference for every `DependsOn` that the other one neither has nor implies. Always: a reference is a
//! reason to wait, as "DependsOn attribute" in CloudFormation's user guide says, also through other resources.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::compare::Difference;
use super::sections::Canonical;

/// What a resource waits for.
#[derive(Debug, Default)]
pub struct Links {
    /// What it says.
    pub written: BTreeSet<String>,
    /// What its references imply.
    pub implied: BTreeSet<String>,
}

/// The links of every resource.
pub fn links(template: &Json) -> BTreeMap<String, Links> {
    let Some(resources) = template.get("Resources").and_then(Json::as_object) else { return BTreeMap::new() };
    let link = |(id, json): (&String, &Json)| {
        let written = match json.get("DependsOn") {
            Some(Json::String(one)) => BTreeSet::from([one.clone()]),
            Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            _ => BTreeSet::new(),
        };
        let mut implied = BTreeSet::new();
        references(json, &mut implied);
        (id.clone(), Links { written, implied })
    };
    resources.iter().map(link).collect()
}

/// Everything `json` refers to.
fn references(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        Json::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("Ref", Json::String(id)) => {
                        found.insert(id.clone());
                    }
                    ("Fn::GetAtt", Json::String(text)) => {
                        found.insert(text.split('.').next().unwrap_or_default().to_owned());
                    }
                    ("Fn::GetAtt", Json::Array(parts)) => found.extend(parts.first().and_then(Json::as_str).map(str::to_owned)),
                    ("Fn::Sub", value) => {
                        let text = value.as_str().or_else(|| value.get(0).and_then(Json::as_str)).unwrap_or_default();
                        for piece in crate::sub::pieces(text) {
                            if let crate::sub::Piece::Hole(name) = piece {
                                found.insert(name.split('.').next().unwrap_or_default().to_owned());
                            }
                        }
                        references(value, found);
                    }
                    _ => references(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Every order that `left` asks for and `right` does not keep.
pub fn compare(left: &Canonical, right: &Canonical, found: &mut Vec<Difference>) {
    for (id, links) in &left.links {
        if links.written.is_empty() {
            continue;
        }
        let kept = reachable(&right.links, id);
        for target in links.written.iter().filter(|target| !kept.contains(*target)) {
            found.push(Difference { path: format!("/Resources/{id}/DependsOn"), left: target.clone(), right: String::new() });
        }
    }
}

fn reachable(links: &BTreeMap<String, Links>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(id) = next.pop() {
        let Some(links) = links.get(&id) else { continue };
        for target in links.written.iter().chain(&links.implied) {
            if seen.insert(target.clone()) {
                next.push(target.clone());
            }
        }
    }
    seen
}
