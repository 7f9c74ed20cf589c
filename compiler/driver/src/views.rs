//! What was built, as text: templates, source maps, manifests.
//!
//! Always: the same artifact gives the same bytes; paths are those inside the project, never of this machine.

use std::fmt::Write as _;

use cloudc_emit::{Artifact, Entry, Place};
use cloudc_eval::Target;
use serde_json::{Value, json};

use crate::Database;

/// The template as JSON.
pub fn template_json(artifact: &Artifact) -> String {
    cloudc_emit::to_json(&artifact.template)
}

/// The template as YAML with CloudFormation's short forms.
pub fn template_yaml(artifact: &Artifact) -> String {
    cloudc_emit::to_yaml(&artifact.template)
}

/// What a deployment has to know besides the template.
pub fn manifest_json(artifact: &Artifact) -> String {
    let manifest = serde_json::to_value(&artifact.manifest).unwrap_or_default();
    format!("{manifest:#}\n")
}

/// How many resources the template makes.
pub fn resource_count(artifact: &Artifact) -> usize {
    artifact.template.get("Resources").and_then(Value::as_object).map_or(0, serde_json::Map::len)
}

/// The source map as JSON: `{ "version": 1, "files": [path…], "entries": [{ "at": pointer, "written": place, "born": place? }…] }`,
/// where a place is `[file, start, end, line, column]`: an index into `files`, byte offsets, line and column (in bytes) from one.
pub fn source_map_json(artifact: &Artifact) -> String {
    let entries = &artifact.source_map.entries;
    let places = entries.iter().flat_map(|entry| std::iter::once(&entry.site).chain(&entry.src));
    let mut files: Vec<&str> = places.map(|place| &*place.file).collect();
    files.sort_unstable();
    files.dedup();
    let place = |out: &mut String, place: &Place| {
        let file = files.binary_search(&&*place.file).unwrap_or_default();
        let _ = write!(out, "[{file},{},{},{},{}]", place.start, place.end, place.line, place.col);
    };
    let names: Vec<&str> = files.iter().map(|file| file.trim_start_matches('/')).collect();
    let mut out = format!("{{\n  \"version\": 1,\n  \"files\": {},\n  \"entries\": [", json!(names));
    // One entry a line keeps both the file and a diff of it readable. Thousands of them are worth writing without a tree.
    for (at, entry) in entries.iter().enumerate() {
        let _ = write!(out, "{}\n    {{\"at\":{}", if at > 0 { "," } else { "" }, Value::String(pointer(entry)));
        out.push_str(",\"written\":");
        place(&mut out, &entry.site);
        if let Some(src) = &entry.src {
            out.push_str(",\"born\":");
            place(&mut out, src);
        }
        out.push('}');
    }
    out.push_str("\n  ]\n}\n");
    out
}

/// The JSON pointer of an entry from the template's root.
pub fn pointer(entry: &Entry) -> String {
    format!("/{}/{}{}", entry.section, entry.id, entry.pointer)
}

/// What each resource needs, one line each: `From -> To (property)`; dependencies nobody wrote are marked with `+`.
pub fn graph_text(db: &Database, target: Target) -> String {
    let view = cloudc_graph::view(db, target);
    let mut out = String::new();
    for (index, node) in view.nodes.iter().enumerate() {
        let condition = if node.conditional { " (conditional)" } else { "" };
        out.push_str(&format!("{}: {}{condition}\n", node.id, node.ty));
        for edge in view.edges.iter().filter(|edge| edge.from == index) {
            let arrow = if edge.written { "->" } else { "+>" };
            let to = view.nodes.get(edge.to).map_or("?", |node| node.id.as_str());
            out.push_str(&format!("  {arrow} {to} ({})\n", edge.label));
        }
    }
    out
}
