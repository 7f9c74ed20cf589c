//! Values and resources that are written several times.
//!
//! Of a program only what its source repeats counts: what one `let`, loop or component makes is written once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::{Subject, Suggestion, walk};

/// Bytes from which a value is worth a name.
const LONG: usize = 160;
/// Resources of one shape from which a loop or component is worth it.
const MANY: usize = 3;

/// A place of a value: which resource, where in it.
type Place = (String, String);

/// Finds them.
pub fn look(subject: &Subject<'_>, found: &mut Vec<Suggestion>) {
    values(subject, found);
    resources(subject, found);
}

fn values(subject: &Subject<'_>, found: &mut Vec<Suggestion>) {
    let mut all: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for (id, resource) in subject.section("Resources") {
        let Some(properties) = resource.get("Properties") else { continue };
        walk(properties, "/Properties", &mut |value, pointer| {
            let compound = value.is_object() || value.is_array();
            let text = if compound { value.to_string() } else { String::new() };
            let long = text.len() >= LONG;
            if long && pointer != "/Properties" {
                all.entry(text).or_default().push((id.clone(), pointer.to_owned()));
            }
            compound && (long || pointer == "/Properties")
        });
    }
    let mut repeated: Vec<(String, Vec<Place>)> = all.into_iter().filter(|(_, places)| places.len() > 1).collect();
    repeated.sort_by(|a, b| (b.0.len(), &a.1).cmp(&(a.0.len(), &b.1)));
    let mut told: Vec<Place> = Vec::new();
    for (text, places) in repeated {
        let inside = |place: &Place| told.iter().any(|(id, outer)| *id == place.0 && place.1.starts_with(&format!("{outer}/")));
        // What only repeats because something around it does was told with that.
        if places.iter().all(inside) || !written_apart(subject, &places) {
            continue;
        }
        let count = places.len();
        let Some((id, pointer)) = places.first().cloned() else { continue };
        let others: BTreeSet<&str> = places.iter().map(|(id, _)| id.as_str()).collect();
        let others = some(others.into_iter().map(|id| format!("`{id}`")).collect());
        found.push(Suggestion {
            kind: "repeated-value",
            at: ("Resources", id),
            pointer,
            message: format!("the same {} bytes are written {count} times, in {others}", text.len()),
            help: "say it once: a `let`, `defaults`, or a managed policy where it is a policy".to_owned(),
            bytes: 0,
            resources: 0,
        });
        told.extend(places);
    }
}

/// Whether places of a template are written at different places of the source.
fn written_apart(subject: &Subject<'_>, places: &[Place]) -> bool {
    let written = |(id, pointer): &Place| subject.place(&("Resources", id.clone()), pointer);
    let lines: BTreeSet<_> = places.iter().map(written).collect();
    lines.len() > 1
}

fn resources(subject: &Subject<'_>, found: &mut Vec<Suggestion>) {
    let mut shapes: BTreeMap<(String, String), Vec<(&String, usize)>> = BTreeMap::new();
    for (id, resource) in subject.section("Resources") {
        let ty = resource.get("Type").and_then(Json::as_str).unwrap_or_default().to_owned();
        let size = resource.to_string().len();
        shapes.entry((ty, shape(resource).to_string())).or_default().push((id, size));
    }
    for ((ty, _), members) in shapes {
        let total: usize = members.iter().map(|(_, size)| size).sum();
        let places: Vec<Place> = members.iter().map(|(id, _)| ((*id).clone(), String::new())).collect();
        let lines: BTreeSet<_> = places.iter().map(|(id, pointer)| subject.place(&("Resources", id.clone()), pointer)).collect();
        if lines.len() < MANY || total < LONG * MANY {
            continue;
        }
        let Some((first, _)) = members.first() else { continue };
        found.push(Suggestion {
            kind: "repeated-resource",
            at: ("Resources", (*first).clone()),
            pointer: String::new(),
            message: format!(
                "{} resources of the type {ty} have the same shape: {}",
                members.len(),
                some(members.iter().map(|(id, _)| format!("`{id}`")).collect())
            ),
            help: if subject.is_program() {
                "write one with `for`, or a component".to_owned()
            } else {
                "`cloudc import` writes such resources as one loop or component where their names allow it".to_owned()
            },
            bytes: 0,
            resources: 0,
        });
    }
}

/// The first few of many.
fn some(all: Vec<String>) -> String {
    let rest = all.len().saturating_sub(5);
    let shown = all.into_iter().take(5).collect::<Vec<_>>().join(", ");
    if rest == 0 { shown } else { format!("{shown} and {rest} more") }
}

/// A value without what differs between resources of one kind: its texts and numbers.
fn shape(value: &Json) -> Json {
    match value {
        Json::Object(map) if map.len() == 1 && map.keys().all(|key| key == "Ref" || key.starts_with("Fn::")) => Json::Null,
        Json::Object(map) => {
            let mut entries: Vec<(String, Json)> = map.iter().map(|(key, value)| (key.clone(), shape(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        Json::Array(items) => items.iter().map(shape).collect(),
        _ => Json::Null,
    }
}
