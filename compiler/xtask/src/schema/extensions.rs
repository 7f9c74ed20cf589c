//! cfn-lint's `extensions/`: enumerations that vary by region, and rules over several properties.

use std::collections::BTreeSet;

use cloudc_schema::draft::{DraftScalar, DraftType};
use cloudc_schema::read_groups;
use serde_json::Value;

use super::overlay::{Mode, Overlay, split};
use super::sources::Sources;

/// Puts each extension where the overlay says it belongs.
pub fn apply(types: &mut [DraftType], sources: &Sources, overlay: &Overlay, notes: &mut Vec<String>) -> Result<(), String> {
    for row in &overlay.extensions {
        let content = sources.extensions.get(&row.file).ok_or_else(|| format!("extensions.toml: no file {}", row.file))?;
        for at in &row.at {
            let (name, path) = split(at);
            let Some(ty) = types.iter_mut().find(|ty| ty.name == name) else {
                notes.push(format!("extension {}: no type {name}", row.file));
                continue;
            };
            let done = match row.mode {
                Mode::Enum => enumeration(ty, &path, content, true),
                // In any case, as services take them.
                Mode::Closed => enumeration(ty, &path, content, false),
                Mode::Rules => rules(ty, &path, content),
            };
            if !done {
                notes.push(format!("extension {}: nothing at {at}", row.file));
            }
        }
    }
    Ok(())
}

/// The union of the values over all regions; `open`: what is known, not all there is.
fn enumeration(ty: &mut DraftType, path: &[&str], content: &Value, open: bool) -> bool {
    let Some(place) = ty.find(path) else { return false };
    let mut values = BTreeSet::new();
    collect(content, path.last().copied().unwrap_or(""), false, &mut values);
    let leaf = ty.leaf(ty.node_of(place));
    // The node may be shared with other positions; this one gets its own.
    let mut node = ty.nodes[leaf as usize].clone();
    if node.constraints.open {
        // A definition used in several places has them already.
        return true;
    }
    if values.is_empty() || !node.constraints.allowed.is_empty() {
        return false;
    }
    node.constraints.allowed = values.into_iter().map(DraftScalar::Str).collect();
    node.constraints.open = open;
    node.constraints.ignore_case = !open;
    ty.nodes.push(node);
    let own = ty.nodes.len() as u32 - 1;
    ty.objects[place.object as usize].properties[place.property].node = own;
    true
}

/// Values of every `enum` that stands for the property: below its name, or not below any property.
fn collect(content: &Value, name: &str, below: bool, out: &mut BTreeSet<String>) {
    match content {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("enum", Value::Array(values)) if below || !map.contains_key("properties") => {
                        out.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("properties", Value::Object(all)) => {
                        all.get(name).into_iter().for_each(|inner| collect(inner, name, true, out));
                    }
                    ("if" | "not", _) => {}
                    _ => collect(value, name, below, out),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|inner| collect(inner, name, below, out)),
        _ => {}
    }
}

/// The rules of an object schema.
fn rules(ty: &mut DraftType, path: &[&str], content: &Value) -> bool {
    let objects = match path {
        [] => vec![0],
        _ => ty.find(path).map(|place| ty.objects_under(ty.node_of(place), 0)).unwrap_or_default(),
    };
    let groups = content.as_object().map(read_groups::groups).unwrap_or_default();
    for object in &objects {
        let object = &mut ty.objects[*object as usize];
        for group in &groups {
            if !object.groups.contains(group) {
                object.groups.push(group.clone());
            }
        }
    }
    !objects.is_empty() && !groups.is_empty()
}
