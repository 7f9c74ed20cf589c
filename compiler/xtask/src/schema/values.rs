//! Units of numbers and kinds of text, from the overlay and from patterns.

use cloudc_schema::draft::{DraftNode, DraftObject, DraftProperty, DraftShape, DraftType};
use cloudc_schema::{Text, Unit};

use super::overlay::{MissingRow, Overlay, split};

/// Marks nodes.
pub fn apply(types: &mut [DraftType], overlay: &Overlay, notes: &mut Vec<String>) {
    for at in &overlay.values.writable.at {
        if !writable(types, at) {
            notes.push(format!("values.toml: nothing read-only at {at}"));
        }
    }
    for row in &overlay.values.missing {
        if !missing(types, row) {
            notes.push(format!("values.toml: nothing of {} holds {} alone", row.ty, row.beside));
        }
    }
    for row in &overlay.values.unit {
        let Some(unit) = Unit::parse(&row.unit) else {
            notes.push(format!("values.toml: no unit {}", row.unit));
            continue;
        };
        for at in &row.path {
            if !mark(types, at, |node| node.unit = Some(unit)) {
                notes.push(format!("values.toml: nothing at {at}"));
            }
        }
        for ty in types.iter_mut() {
            by_ending(ty, &row.ends, unit);
        }
    }
    for row in &overlay.values.text {
        let Some(text) = Text::parse(&row.text) else {
            notes.push(format!("values.toml: no kind of text {}", row.text));
            continue;
        };
        for at in &row.path {
            let policy = matches!(text, Text::Policy | Text::TrustPolicy | Text::EventPattern);
            let done = mark(types, at, |node| {
                if policy && matches!(node.shape, DraftShape::AnyOf(_) | DraftShape::OneOf(_)) {
                    node.shape = DraftShape::Json;
                }
                node.text = text;
            });
            if !done {
                notes.push(format!("values.toml: nothing at {at}"));
            }
        }
    }
    for at in overlay.values.map_of_text.iter().flat_map(|row| &row.path) {
        if !map_of_text(types, at) {
            notes.push(format!("values.toml: no map at {at}"));
        }
    }
    for at in overlay.values.first_choice.iter().flat_map(|row| &row.path) {
        if !first_choice(types, at) {
            notes.push(format!("values.toml: no choice at {at}"));
        }
    }
    for node in types.iter_mut().flat_map(|ty| &mut ty.nodes) {
        if node.text == Text::Plain && node.shape == DraftShape::String {
            node.text = by_pattern(node.constraints.pattern.as_deref().unwrap_or(""));
        }
    }
}

/// Makes the first alternative the only one.
fn first_choice(types: &mut [DraftType], at: &str) -> bool {
    let (name, path) = split(at);
    let Some(ty) = types.iter_mut().find(|ty| ty.name == name) else { return false };
    let Some(place) = ty.find(&path) else { return false };
    match &ty.nodes[ty.node_of(place) as usize].shape {
        DraftShape::OneOf(all) | DraftShape::AnyOf(all) if !all.is_empty() => {
            ty.objects[place.object as usize].properties[place.property].node = all[0];
            true
        }
        _ => false,
    }
}

/// Makes the values of a map text.
fn map_of_text(types: &mut [DraftType], at: &str) -> bool {
    let (name, path) = split(at);
    let Some(ty) = types.iter_mut().find(|ty| ty.name == name) else { return false };
    let Some(place) = ty.find(&path) else { return false };
    let text = ty.nodes.len() as u32;
    let map = ty.node_of(place) as usize;
    let DraftShape::Map { value, .. } = &mut ty.nodes[map].shape else { return false };
    *value = text;
    ty.nodes.push(DraftNode { shape: DraftShape::String, ..DraftNode::default() });
    true
}

/// Lets templates write what is there.
fn writable(types: &mut [DraftType], at: &str) -> bool {
    let (name, path) = split(at);
    let Some(ty) = types.iter_mut().find(|ty| ty.name == name) else { return false };
    let Some(place) = ty.find(&path) else { return false };
    std::mem::take(&mut ty.objects[place.object as usize].properties[place.property].read_only)
}

/// Adds a text that may be given.
fn missing(types: &mut [DraftType], row: &MissingRow) -> bool {
    let Some(ty) = types.iter_mut().find(|ty| ty.name == row.ty) else { return false };
    let node = ty.nodes.len() as u32;
    let alone = |object: &&mut DraftObject| matches!(&object.properties[..], [only] if only.name == row.beside);
    let mut found = false;
    for object in ty.objects.iter_mut().filter(alone) {
        object.properties.push(DraftProperty { name: row.name.clone(), node, ..DraftProperty::default() });
        found = true;
    }
    ty.nodes.push(DraftNode { shape: DraftShape::String, ..DraftNode::default() });
    found
}

/// Gives the property at a path a node of its own, changed.
fn mark(types: &mut [DraftType], at: &str, change: impl Fn(&mut DraftNode)) -> bool {
    let (name, path) = split(at);
    let Some(ty) = types.iter_mut().find(|ty| ty.name == name) else { return false };
    let Some(place) = ty.find(&path) else { return false };
    let mut node = ty.nodes[ty.node_of(place) as usize].clone();
    change(&mut node);
    ty.nodes.push(node);
    ty.objects[place.object as usize].properties[place.property].node = ty.nodes.len() as u32 - 1;
    true
}

/// Numbers whose name ends in a unit. Earlier rows win, so this leaves marked ones alone.
fn by_ending(ty: &mut DraftType, ends: &[String], unit: Unit) {
    for object in 0..ty.objects.len() {
        for property in 0..ty.objects[object].properties.len() {
            let entry = &ty.objects[object].properties[property];
            let fits = ends.iter().any(|end| entry.name.ends_with(end.as_str()) || entry.name == end.trim_start_matches("In"));
            let node = &ty.nodes[entry.node as usize];
            let number = matches!(node.shape, DraftShape::Integer | DraftShape::Number);
            if !fits || !number || node.unit.is_some() {
                continue;
            }
            let mut node = node.clone();
            node.unit = Some(unit);
            ty.nodes.push(node);
            ty.objects[object].properties[property].node = ty.nodes.len() as u32 - 1;
        }
    }
}

/// ISO 8601 durations and ARNs have patterns of their own.
fn by_pattern(pattern: &str) -> Text {
    let body = pattern.trim_start_matches('^').trim_start_matches('(');
    if (body.starts_with('P') && (body.contains("T(") || body.contains("(T") || body.contains("PT"))) || body.starts_with("PT") {
        Text::Duration
    } else if body.starts_with("arn:") || body.starts_with("arn(") {
        Text::Arn
    } else {
        Text::Plain
    }
}
