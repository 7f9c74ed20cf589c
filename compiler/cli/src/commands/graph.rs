//! `cloudc graph` and `cloudc impact`: what needs what, in stacks and between them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::ValueEnum;
use cloudc_deploy::Unit;
use cloudc_deploy::plan::dependents;

use crate::args::Global;
use crate::aws::units::{self, UnitArgs};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `graph`.
#[derive(Debug, clap::Args)]
#[command(after_help = "An arrow goes from what uses to what is used. Nothing is asked of AWS.

Examples:
  cloudc graph                           as text
  cloudc graph --format dot | dot -Tsvg > graph.svg
  cloudc graph --format mermaid --target api
  cloudc graph --stacks                  only stacks, without what is in them")]
pub struct GraphArgs {
    #[command(flatten)]
    units: UnitArgs,
    /// Form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Only stacks
    #[arg(long)]
    stacks: bool,
}

/// Form of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
    /// For machines.
    Json,
}

/// Options of `impact`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc impact Orders                   what breaks when this resource does
  cloudc impact api.Orders --json        of the stack `api`
  cloudc impact network                  of a whole stack")]
pub struct ImpactArgs {
    /// A logical id, `STACK.ID`, or a stack
    #[arg(value_name = "WHAT")]
    what: String,
    #[command(flatten)]
    units: UnitArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What there is, and what uses what.
#[derive(Debug, Default)]
struct Graph {
    /// `stack` or `stack.Id`, with the type of a resource.
    nodes: BTreeMap<String, String>,
    /// From what uses to what is used.
    edges: BTreeSet<(String, String)>,
}

/// Prints the graph.
pub fn graph(args: &GraphArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let graph = collect(&units.units, !args.stacks);
    let text = match args.format {
        Format::Text => text(&graph),
        Format::Dot => dot(&graph),
        Format::Mermaid => mermaid(&graph),
        Format::Json => format!("{:#}\n", json(&graph)),
    };
    output::print(text.as_bytes())?;
    units.leave();
    Ok(Exit::Fine)
}

/// Prints everything that uses something, directly or through others.
pub fn impact(args: &ImpactArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let graph = collect(&units.units, true);
    let wanted: Vec<&String> = graph
        .nodes
        .keys()
        .filter(|name| **name == args.what || name.split_once('.').is_some_and(|(_, id)| id == args.what))
        .collect();
    if wanted.is_empty() {
        let names = graph.nodes.keys().flat_map(|name| [name.as_str(), name.rsplit('.').next().unwrap_or_default()]);
        let failure = Failure::usage(format!("there is nothing called `{}` here", args.what));
        return Err(match cloudc_base::suggest::nearest(&args.what, names) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure,
        });
    }
    let mut all = serde_json::Map::new();
    for name in wanted {
        let reached = reached(&graph, name);
        if args.json {
            let list: Vec<_> =
                reached.iter().map(|(name, depth)| serde_json::json!({ "name": name, "distance": depth })).collect();
            all.insert(name.clone(), list.into());
            continue;
        }
        let mut out = format!("{name}: {} use{} it\n", reached.len(), if reached.len() == 1 { "s" } else { "" });
        for (other, depth) in &reached {
            let ty = graph.nodes.get(other).map_or("", String::as_str);
            let _ = writeln!(out, "{}{other}  {ty}", "  ".repeat(*depth));
        }
        output::print(out.as_bytes())?;
    }
    if args.json {
        output::print(format!("{:#}\n", serde_json::Value::Object(all)).as_bytes())?;
    }
    units.leave();
    Ok(Exit::Fine)
}

/// Nodes and edges of stacks, and of what is in them.
fn collect(units: &[Unit], resources: bool) -> Graph {
    let mut graph = Graph::default();
    for unit in units {
        graph.nodes.insert(unit.name().to_owned(), "stack".to_owned());
        for before in &unit.manifest().after {
            graph.edges.insert((unit.name().to_owned(), before.stack_name.clone()));
        }
        if !resources {
            continue;
        }
        for (id, _) in unit.section("Resources").into_iter().flatten() {
            graph.nodes.insert(format!("{}.{id}", unit.name()), unit.type_of(id).unwrap_or_default().to_owned());
        }
        for (used, users) in dependents(&unit.artifact.template) {
            if unit.type_of(&used).is_some() {
                graph
                    .edges
                    .extend(users.into_iter().map(|user| (format!("{}.{user}", unit.name()), format!("{}.{used}", unit.name()))));
            }
        }
    }
    // A stack outside of the run is still a node.
    for (_, used) in graph.edges.clone() {
        graph.nodes.entry(used).or_insert_with(|| "stack".to_owned());
    }
    graph
}

/// What uses a node, with how many steps lie between, in the order of a tree's lines.
fn reached(graph: &Graph, from: &str) -> Vec<(String, usize)> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut found = Vec::new();
    // A stack is what is in it.
    let inside = graph.nodes.keys().filter(|name| name.strip_prefix(from).is_some_and(|rest| rest.starts_with('.')));
    seen.extend(inside.cloned());
    let mut waiting: Vec<(String, usize)> = users(graph, from, 1);
    waiting.reverse();
    while let Some((name, depth)) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let mut next = users(graph, &name, depth + 1);
        next.reverse();
        waiting.extend(next);
        found.push((name, depth));
    }
    found
}

fn users(graph: &Graph, name: &str, depth: usize) -> Vec<(String, usize)> {
    graph.edges.iter().filter(|(_, used)| used == name).map(|(user, _)| (user.clone(), depth)).collect()
}

fn text(graph: &Graph) -> String {
    let mut out = String::new();
    for (name, ty) in &graph.nodes {
        let _ = writeln!(out, "{name}: {ty}");
        for (_, used) in graph.edges.iter().filter(|(user, _)| user == name) {
            let _ = writeln!(out, "  -> {used}");
        }
    }
    out
}

fn dot(graph: &Graph) -> String {
    let mut out = String::from("digraph cloudc {\n  rankdir=LR;\n  node [shape=box];\n");
    for (name, ty) in &graph.nodes {
        let shape = if ty == "stack" { ", shape=folder" } else { "" };
        let _ = writeln!(out, "  {name:?} [label={:?}{shape}];", format!("{name}\n{ty}"));
    }
    for (user, used) in &graph.edges {
        let _ = writeln!(out, "  {user:?} -> {used:?};");
    }
    out.push_str("}\n");
    out
}

fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("graph LR\n");
    let names: Vec<&String> = graph.nodes.keys().collect();
    let node = |name: &String| names.binary_search(&name).map_or_else(|_| "x".to_owned(), |at| format!("n{at}"));
    for (name, ty) in &graph.nodes {
        let _ = writeln!(out, "  {}[\"{name}<br/>{ty}\"]", node(name));
    }
    for (user, used) in &graph.edges {
        let _ = writeln!(out, "  {} --> {}", node(user), node(used));
    }
    out
}

fn json(graph: &Graph) -> serde_json::Value {
    let nodes: Vec<_> = graph.nodes.iter().map(|(name, ty)| serde_json::json!({ "name": name, "type": ty })).collect();
    let edges: Vec<_> = graph.edges.iter().map(|(user, used)| serde_json::json!({ "from": user, "to": used })).collect();
    serde_json::json!({ "version": 1, "nodes": nodes, "edges": edges })
}

#[cfg(test)]
mod tests {
    use super::{Graph, dot, mermaid, reached};

    fn graph() -> Graph {
        let names = ["a", "a.X", "a.Y", "a.Z", "b"];
        let edges = [("a.Y", "a.X"), ("a.Z", "a.Y"), ("b", "a")];
        Graph {
            nodes: names.iter().map(|name| ((*name).to_owned(), "T".to_owned())).collect(),
            edges: edges.iter().map(|(user, used)| ((*user).to_owned(), (*used).to_owned())).collect(),
        }
    }

    #[test]
    fn users_of_users_are_reached_once() {
        assert_eq!(reached(&graph(), "a.X"), [("a.Y".to_owned(), 1), ("a.Z".to_owned(), 2)]);
        assert_eq!(reached(&graph(), "a"), [("b".to_owned(), 1)]);
    }

    #[test]
    fn forms_name_every_node_and_edge() {
        assert!(dot(&graph()).contains("\"a.Y\" -> \"a.X\";"));
        assert!(mermaid(&graph()).contains("n2 --> n1"));
    }
}
