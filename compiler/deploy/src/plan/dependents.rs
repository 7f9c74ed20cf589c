//! What uses a resource: others in its template, and stacks that import what is exported of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::unit::section;

/// For each resource of a template, who names it: logical ids, sorted.
pub fn dependents(template: &Json) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, resource) in section(template, "Resources").into_iter().flatten() {
        for used in references(resource) {
            if used != *id {
                all.entry(used).or_default().push(id.clone());
            }
        }
    }
    for users in all.values_mut() {
        users.sort();
    }
    all
}

/// Names that the outputs which tell something of a resource are exported under, where they are plain text.
pub fn exports_of(template: &Json, id: &str) -> Vec<String> {
    let outputs = section(template, "Outputs").into_iter().flatten();
    let about = outputs.filter(|(_, output)| output.get("Value").is_some_and(|value| references(value).contains(id)));
    about.filter_map(|(_, output)| Some(output.get("Export")?.get("Name")?.as_str()?.to_owned())).collect()
}

/// Every logical id that a value names.
pub fn references(value: &Json) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("Ref" | "DependsOn", Json::String(id)) => {
                        found.insert(id.clone());
                    }
                    ("DependsOn", Json::Array(ids)) => found.extend(ids.iter().filter_map(Json::as_str).map(str::to_owned)),
                    ("Fn::GetAtt", Json::Array(parts)) => found.extend(parts.first().and_then(Json::as_str).map(str::to_owned)),
                    ("Fn::GetAtt", Json::String(text)) => found.extend(text.split('.').next().map(str::to_owned)),
                    ("Fn::Sub", Json::String(text)) => names_in(text, found),
                    ("Fn::Sub", Json::Array(parts)) => {
                        if let Some(Json::String(text)) = parts.first() {
                            names_in(text, found);
                        }
                        parts.iter().skip(1).for_each(|part| collect(part, found));
                    }
                    _ => collect(value, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// Names inside `${…}`, up to a dot; `${!…}` is text.
fn names_in(text: &str, found: &mut BTreeSet<String>) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { return };
        if !name.starts_with('!') {
            found.extend(name.split('.').next().map(|name| name.trim().to_owned()));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{dependents, exports_of};

    #[test]
    fn every_way_to_name_a_resource_counts() {
        let template = json!({
            "Resources": {
                "A": { "Type": "X" },
                "B": { "Type": "X", "Properties": { "P": { "Ref": "A" } } },
                "C": { "Type": "X", "DependsOn": ["A"] },
                "D": { "Type": "X", "Properties": { "P": { "Fn::Sub": "x-${A.Arn}-${!A}" } } },
                "E": { "Type": "X", "Properties": { "P": { "Fn::GetAtt": ["A", "Arn"] } } },
                "F": { "Type": "X", "Properties": { "P": { "Fn::Sub": "${!A}" } } }
            },
            "Outputs": { "O": { "Value": { "Ref": "A" }, "Export": { "Name": "a" } } }
        });
        assert_eq!(dependents(&template)["A"], ["B", "C", "D", "E"]);
        assert_eq!(exports_of(&template, "A"), ["a"]);
    }
}
