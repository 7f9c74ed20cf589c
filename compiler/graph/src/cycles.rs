//! Resources that need each other.
//!
//! In: the graph. Out: for each knot of cycles the shortest one, as the path of properties. Always: starts at the resource that
//! comes first in the source.

use std::collections::VecDeque;

use cloudc_eval::{Frame, Link, LinkKind};
use cloudc_hir::{Anchor, Problem};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::edges::{Edge, Graph};

/// Resources that need each other.
pub const CYCLE: &str = "C0601";

/// Reports every knot; tells whether there is one.
pub fn report(graph: &Graph<'_>, problems: &mut Vec<Problem>) -> bool {
    let knots = knots(graph);
    for knot in &knots {
        if let Some(path) = shortest(graph, knot) {
            problems.push(problem(graph, &path));
        }
    }
    !knots.is_empty()
}

/// Sets of resources that all need each other, each sorted, in source order.
pub fn knots(graph: &Graph<'_>) -> Vec<Vec<usize>> {
    let mut plain: DiGraph<(), ()> = DiGraph::with_capacity(graph.members.len(), graph.edges.len());
    for _ in graph.members {
        plain.add_node(());
    }
    let mut own = vec![false; graph.members.len()];
    for edge in &graph.edges {
        own[edge.from] |= edge.from == edge.to;
        plain.add_edge(NodeIndex::new(edge.from), NodeIndex::new(edge.to), ());
    }
    let mut knots: Vec<Vec<usize>> = kosaraju_scc(&plain)
        .into_iter()
        .map(|nodes| nodes.into_iter().map(NodeIndex::index).collect::<Vec<usize>>())
        .filter(|nodes| nodes.len() > 1 || nodes.iter().any(|at| own[*at]))
        .collect();
    for knot in &mut knots {
        knot.sort_unstable();
    }
    knots.sort();
    knots
}

/// The shortest way from the knot's first resource back to itself, as edges.
pub fn shortest<'g>(graph: &'g Graph<'_>, knot: &[usize]) -> Option<Vec<&'g Edge>> {
    let start = *knot.first()?;
    let mut came: Vec<Option<&Edge>> = vec![None; graph.members.len()];
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for edge in graph.needs(at) {
            if edge.to == start {
                let mut path = vec![edge];
                let mut back = at;
                while back != start {
                    let edge = came[back]?;
                    path.push(edge);
                    back = edge.from;
                }
                path.reverse();
                return Some(path);
            }
            if knot.binary_search(&edge.to).is_ok() && came[edge.to].is_none() {
                came[edge.to] = Some(edge);
                open.push_back(edge.to);
            }
        }
    }
    None
}

fn problem(graph: &Graph<'_>, path: &[&Edge]) -> Problem {
    let name = |at: usize| format!("`{}`", shown(graph, at));
    let message = match path {
        [only] => format!("{} needs itself", name(only.from)),
        [first, _] => format!("{} and {} need each other", name(first.from), name(first.to)),
        path => {
            let names: Vec<String> = path.iter().map(|edge| name(edge.from)).collect();
            format!("{} need each other in a ring", joined(&names))
        }
    };
    let place = |edge: &Edge| {
        edge.link.as_ref().map_or(Anchor::name(graph.members[edge.from].site.decl(graph.db)), |link| at(graph, edge, link))
    };
    let says = |edge: &Edge| match &edge.link {
        Some(Link { kind: LinkKind::DependsOn, .. }) => {
            format!("{} comes after {} because of this", name(edge.from), name(edge.to))
        }
        _ => format!("{} needs {} here", name(edge.from), name(edge.to)),
    };
    let Some((first, rest)) = path.split_first() else {
        return Problem::error(CYCLE, Anchor::name(graph.members[0].site.decl(graph.db)), message);
    };
    let mut problem = Problem::error(CYCLE, place(first), message).label(says(first));
    for edge in rest {
        problem = problem.related(place(edge), says(edge));
    }
    problem = problem.note("CloudFormation makes one resource after another, so none of these could come first");
    match help(graph, path) {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn joined(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Where a step is shown: the property, or for a component's inside the value that was given to it.
fn at(graph: &Graph<'_>, edge: &Edge, link: &Link) -> Anchor {
    let db = graph.db;
    let frame = graph.members[edge.from].site.frame(db);
    let top = Frame::of_target(db, frame.target(db));
    if frame.container(db) == top { link.site.anchor() } else { link.src.anchor() }
}

fn shown(graph: &Graph<'_>, at: usize) -> String {
    let member = &graph.members[at];
    let name = member.site.decl(graph.db).name(graph.db);
    let alone = graph.members.iter().filter(|other| other.site.decl(graph.db).name(graph.db) == name).count() == 1;
    if alone { name.to_string() } else { member.id.to_string() }
}

/// The usual way out.
fn help(graph: &Graph<'_>, path: &[&Edge]) -> Option<String> {
    let has = |ty: &str| path.iter().find(|edge| graph.ty(edge.from) == ty).map(|edge| shown(graph, edge.from));
    if let Some(bucket) = has("AWS::S3::Bucket") {
        return Some(format!(
            "give `{bucket}` a `BucketName` and write its ARN with that name, \"arn:${{aws.partition}}:s3:::…\", where it is needed earlier"
        ));
    }
    if path.len() == 1 {
        return Some("write the name out instead of referring to the resource".to_owned());
    }
    if let Some(name) = has("AWS::Lambda::Function") {
        return Some(format!("give `{name}` a `FunctionName` and use that name in one of the places"));
    }
    let policy = path.iter().any(|edge| graph.ty(edge.from).starts_with("AWS::IAM::"));
    policy.then(|| "move the statements that name the other resource into an `AWS::IAM::RolePolicy` of its own".to_owned())
}
