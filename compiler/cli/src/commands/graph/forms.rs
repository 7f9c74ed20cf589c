//! A graph as text, for Graphviz, Mermaid and scripts, and as a picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::collect::{Edge, Graph};
use crate::report::escaped;

/// What is used below what uses it.
pub fn text(graph: &Graph) -> String {
    let mut out = String::new();
    for (name, node) in &graph.nodes {
        let _ = writeln!(out, "{name}: {}", node.ty);
        for (_, used, kind) in graph.edges.iter().filter(|(user, _, kind)| user == name && *kind != Edge::Contains) {
            let _ = writeln!(out, "  -> {used}{}", said(*kind));
        }
    }
    out
}

fn said(kind: Edge) -> &'static str {
    match kind {
        Edge::CommunicatesWith => " (communicates with)",
        Edge::LogsTo => " (logs to)",
        Edge::Contains => " (contains)",
        Edge::DependsOn => "",
    }
}

/// What is made at the same time, in order.
pub fn waves(graph: &Graph) -> String {
    let mut stacks: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (name, node) in graph.nodes.iter().filter(|(_, node)| node.kind == "stack") {
        stacks.entry(node.wave).or_default().push(name);
    }
    let mut out = String::new();
    for (wave, names) in &stacks {
        let _ = writeln!(out, "{}: {}", wave + 1, names.join(", "));
        for name in names {
            let mut inner: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
            for (full, node) in &graph.nodes {
                if let Some(id) = full.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) {
                    inner.entry(node.wave).or_default().push(id);
                }
            }
            for (step, ids) in inner {
                let _ = writeln!(out, "   {name} {}.{}: {}", wave + 1, step + 1, ids.join(", "));
            }
        }
    }
    out
}

/// For Graphviz.
pub fn dot(graph: &Graph) -> String {
    let mut out = String::from("digraph cloudc {\n  rankdir=LR;\n  node [shape=box];\n");
    for (name, node) in &graph.nodes {
        let shape = if node.kind == "stack" { ", shape=folder" } else { "" };
        let _ = writeln!(out, "  {name:?} [label={:?}{shape}];", format!("{name}\n{}", node.ty));
    }
    for (user, used, kind) in edges(graph) {
        let look = match kind {
            Edge::DependsOn => String::new(),
            _ => format!(" [label={:?}, style={}]", kind.name(), if *kind == Edge::Contains { "dotted" } else { "bold" }),
        };
        let _ = writeln!(out, "  {user:?} -> {used:?}{look};");
    }
    out.push_str("}\n");
    out
}

/// What a picture shows: that a stack contains its resources is in their names.
fn edges(graph: &Graph) -> impl Iterator<Item = &(String, String, Edge)> {
    graph.edges.iter().filter(|(user, used, kind)| {
        let own = used.strip_prefix(user.as_str()).is_some_and(|rest| rest.starts_with('.'));
        *kind != Edge::Contains || !own
    })
}

/// For Markdown.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("graph LR\n");
    let names: Vec<&String> = graph.nodes.keys().collect();
    let of = |name: &String| names.binary_search(&name).map_or_else(|_| "x".to_owned(), |at| format!("n{at}"));
    for (name, node) in &graph.nodes {
        let _ = writeln!(out, "  {}[\"{name}<br/>{}\"]", of(name), node.ty);
    }
    for (user, used, kind) in edges(graph) {
        let arrow = match kind {
            Edge::DependsOn => "-->".to_owned(),
            Edge::Contains => "-.contains.->".to_owned(),
            other => format!("--{}-->", said(*other).trim_matches([' ', '(', ')'])),
        };
        let _ = writeln!(out, "  {} {arrow} {}", of(user), of(used));
    }
    out
}

/// For machines.
pub fn json(graph: &Graph) -> Json {
    let nodes =
        graph.nodes.iter().map(|(name, node)| json!({ "name": name, "type": node.ty, "kind": node.kind, "wave": node.wave }));
    let edges = graph.edges.iter().map(|(user, used, kind)| json!({ "from": user, "to": used, "kind": kind.name() }));
    json!({ "version": 1, "nodes": nodes.collect::<Vec<_>>(), "edges": edges.collect::<Vec<_>>() })
}

const WIDTH: usize = 260;
const HEIGHT: usize = 44;
const GAP: (usize, usize) = (90, 16);

/// A picture: what needs nothing on the right, what uses it left of it.
pub fn svg(graph: &Graph) -> String {
    let columns = columns(graph);
    let last = columns.values().copied().max().unwrap_or(0);
    let mut filled = vec![0_usize; last + 1];
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, column) in &columns {
        let x = GAP.1 + (last - column) * (WIDTH + GAP.0);
        places.insert(name, (x, GAP.1 + filled[*column] * (HEIGHT + GAP.1)));
        filled[*column] += 1;
    }
    let width = GAP.1 * 2 + (last + 1) * WIDTH + last * GAP.0;
    let height = GAP.1 + filled.iter().copied().max().unwrap_or(0) * (HEIGHT + GAP.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\">\n"
    );
    out.push_str("  <defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#555\"/></marker></defs>\n");
    for (user, used, kind) in edges(graph) {
        let (Some(from), Some(to)) = (places.get(user.as_str()), places.get(used.as_str())) else { continue };
        let middle = HEIGHT / 2;
        // What lies in the same column, or left of it, is reached from the side it is on.
        let (start, end) = if from.0 < to.0 { (from.0 + WIDTH, to.0) } else { (from.0, to.0 + WIDTH) };
        let (y, z) = (from.1 + middle, to.1 + middle);
        let bend = (start + end) / 2;
        let look = match kind {
            Edge::DependsOn => "#555\"",
            Edge::CommunicatesWith => "#1667c0\" stroke-width=\"2\"",
            Edge::LogsTo => "#2a8a4a\"",
            Edge::Contains => "#999\" stroke-dasharray=\"4 3\"",
        };
        let _ = writeln!(
            out,
            "  <path d=\"M{start} {y}C{bend} {y} {bend} {z} {end} {z}\" fill=\"none\" marker-end=\"url(#end)\" stroke=\"{look}><title>{}: {} to {}</title></path>",
            kind.name(),
            escaped(user),
            escaped(used)
        );
    }
    for (name, (x, y)) in &places {
        let node = &graph.nodes[*name];
        let _ = writeln!(
            out,
            "  <g transform=\"translate({x} {y})\"><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\" fill=\"{}\" stroke=\"#555\"/><text x=\"10\" y=\"19\" font-size=\"13\">{}</text><text x=\"10\" y=\"35\" font-size=\"11\" fill=\"#555\">{}</text></g>",
            colour(node.kind),
            escaped(&short(name)),
            escaped(&short(&node.ty))
        );
    }
    out.push_str("</svg>\n");
    out
}

/// Text that fits into a box.
fn short(text: &str) -> String {
    let count = text.chars().count();
    if count <= 36 { text.to_owned() } else { format!("…{}", text.chars().skip(count - 35).collect::<String>()) }
}

fn colour(kind: &str) -> &'static str {
    match kind {
        "stack" => "#eeeeee",
        "network" => "#e8defa",
        "compute" => "#fde8d3",
        "storage" => "#e0f2d8",
        "database" => "#dde8fb",
        "messaging" => "#fbdde8",
        "security" => "#fbdcdc",
        "observability" => "#fff5cc",
        "api" => "#d8f3f3",
        _ => "#ffffff",
    }
}

/// The column of each node: right of everything that uses it.
fn columns(graph: &Graph) -> BTreeMap<&str, usize> {
    let mut columns: BTreeMap<&str, usize> = graph.nodes.keys().map(|name| (name.as_str(), 0)).collect();
    let uses: Vec<(&str, &str)> = graph
        .edges
        .iter()
        .filter(|(.., kind)| *kind != Edge::Contains)
        .map(|(user, used, _)| (user.as_str(), used.as_str()))
        .collect();
    // A circle would never come to an end; no way is longer than there are nodes.
    for _ in 0..graph.nodes.len() {
        let mut moved = false;
        for (user, used) in &uses {
            let least = columns.get(used).copied().unwrap_or(0) + 1;
            if let Some(column) = columns.get_mut(user).filter(|column| **column < least && least < graph.nodes.len()) {
                *column = least;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    columns
}
