//! `cloudc graph` and `cloudc impact`: what needs what, in stacks and between them.

mod changes;
mod collect;
mod forms;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::ValueEnum;

use crate::args::Global;
use crate::aws::access::AccessArgs;
use crate::aws::units::{self, UnitArgs};
use crate::commands::deploy::ValueArgs;
use crate::exit::{Exit, Failure};
use crate::output;
use collect::{Edge, Graph, collect};

/// Options of `graph`.
#[derive(Debug, clap::Args)]
#[command(after_help = "An arrow goes from what uses to what is used: DEPENDS_ON, or COMMUNICATES_WITH and LOGS_TO
where the property says so; CONTAINS goes from a stack, network or cluster to what is in it.
Nothing is asked of AWS.

Examples:
  cloudc graph                           as text
  cloudc graph --format dot | dot -Tsvg > graph.svg
  cloudc graph --format mermaid --target api
  cloudc graph --format svg > graph.svg
  cloudc graph --waves                   what is made at the same time, in order
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
    /// In the order in which things are made
    #[arg(long, conflicts_with = "format")]
    waves: bool,
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
    /// A picture.
    Svg,
}

/// Options of `impact`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc impact Orders                   what breaks when this resource does
  cloudc impact api.Orders --json        of the stack `api`
  cloudc impact network                  of a whole stack
  cloudc impact --plan                   of everything that a deployment would change
  cloudc impact Orders --plan --offline  of one change, against the last deployment from here")]
pub struct ImpactArgs {
    /// A logical id, `STACK.ID`, or a stack
    #[arg(value_name = "WHAT", required_unless_present = "plan")]
    what: Option<String>,
    #[command(flatten)]
    units: UnitArgs,
    /// What a deployment would change, with all that is touched by it
    #[arg(long)]
    plan: bool,
    /// With `--plan`: compare with the last deployment that was seen from here, without credentials
    #[arg(long, requires = "plan")]
    offline: bool,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the graph.
pub fn graph(args: &GraphArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let graph = collect(&units.units, !args.stacks);
    let text = match args.format {
        _ if args.waves => forms::waves(&graph),
        Format::Text => forms::text(&graph),
        Format::Dot => forms::dot(&graph),
        Format::Mermaid => forms::mermaid(&graph),
        Format::Svg => forms::svg(&graph),
        Format::Json => format!("{:#}\n", forms::json(&graph)),
    };
    output::print(text.as_bytes())?;
    units.leave();
    Ok(Exit::Fine)
}

/// Prints everything that uses something, directly or through others.
pub fn impact(args: &ImpactArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let graph = collect(&units.units, true);
    if args.plan {
        let question = changes::Question {
            what: args.what.as_deref(),
            offline: args.offline,
            json: args.json,
            values: &args.values,
            access: &args.access,
        };
        let exit = changes::print(&question, &units, graph, global)?;
        units.leave();
        return Ok(exit);
    }
    let wanted = named(&graph, args.what.as_deref().unwrap_or_default())?;
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
            let ty = graph.nodes.get(other).map_or("", |node| node.ty.as_str());
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

/// The nodes that somebody means by a name.
fn named<'a>(graph: &'a Graph, what: &str) -> Result<Vec<&'a String>, Failure> {
    let means = |name: &&String| **name == what || name.split_once('.').is_some_and(|(_, id)| id == what);
    let mut wanted: Vec<&String> = graph.nodes.keys().filter(means).collect();
    if wanted.is_empty() {
        // As the program says it: `dead_letters`, `network.vpc`.
        let meant = plain(what);
        let means = |name: &&String| name.split_once('.').is_some_and(|(_, id)| plain(id) == meant);
        wanted = graph.nodes.keys().filter(means).collect();
    }
    if !wanted.is_empty() {
        return Ok(wanted);
    }
    let names = graph.nodes.keys().flat_map(|name| [name.as_str(), name.rsplit('.').next().unwrap_or_default()]);
    let failure = Failure::usage(format!("there is nothing called `{what}` here"));
    Err(match cloudc_base::suggest::nearest(what, names) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure,
    })
}

/// A name without what programs and logical ids write differently.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
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
    let uses = graph.edges.iter().filter(|(_, used, kind)| used == name && *kind != Edge::Contains);
    let mut users: Vec<(String, usize)> = uses.map(|(user, ..)| (user.clone(), depth)).collect();
    users.dedup();
    users
}

#[cfg(test)]
mod tests {
    use super::collect::{Edge, Graph, Node};
    use super::{forms, reached};

    fn graph() -> Graph {
        let names = ["a", "a.X", "a.Y", "a.Z", "b"];
        let edges = [
            ("a.Y", "a.X", Edge::DependsOn),
            ("a.Z", "a.Y", Edge::LogsTo),
            ("b", "a", Edge::DependsOn),
            ("a", "a.X", Edge::Contains),
        ];
        let node = || Node { ty: "T".to_owned(), kind: "other", wave: 0 };
        Graph {
            nodes: names.iter().map(|name| ((*name).to_owned(), node())).collect(),
            edges: edges.iter().map(|(user, used, kind)| ((*user).to_owned(), (*used).to_owned(), *kind)).collect(),
        }
    }

    #[test]
    fn users_of_users_are_reached_once() {
        assert_eq!(reached(&graph(), "a.X"), [("a.Y".to_owned(), 1), ("a.Z".to_owned(), 2)]);
        assert_eq!(reached(&graph(), "a"), [("b".to_owned(), 1)]);
    }

    #[test]
    fn forms_name_every_node_and_edge() {
        assert!(forms::dot(&graph()).contains("\"a.Y\" -> \"a.X\";"));
        assert!(forms::mermaid(&graph()).contains("n2 --> n1"));
        assert!(forms::text(&graph()).contains("  -> a.Y (logs to)"));
        let picture = forms::svg(&graph());
        assert!(picture.matches("<rect").count() == 5 && picture.matches("<path d=").count() == 4, "{picture}");
    }
}
