//! Resources of a template that need each other.
//!
//! In: a tree. Out: findings, one for each ring, at its first reference, the others beside it. Always: what stands in one side of a
//! choice, or in resources that exist under different conditions, is no ring. A program would avoid some of these (rules of
//! security groups become resources of their own, values that are written are no references); a template is deployed as it is.

use std::collections::VecDeque;

use cloudc_base::{Code, Severity};
use rustc_hash::FxHashMap;

use crate::check::Finding;
use crate::sub;
use crate::tree::{Entry, Node, Span, Value};

/// A reference.
#[derive(Clone, Copy)]
struct Edge {
    from: usize,
    to: usize,
    at: Span,
}

/// Every ring.
pub fn findings(root: &Node) -> Vec<Finding> {
    let resources = root.get("Resources").and_then(Node::map).unwrap_or_default();
    let names: FxHashMap<&str, usize> = resources.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
    let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); resources.len()];
    for (from, entry) in resources.iter().enumerate() {
        let ty = entry.value.get("Type").and_then(Node::text).unwrap_or_default();
        // SAM makes several resources of one, and not all of them refer to what it names.
        if ty.starts_with("AWS::Serverless::") {
            continue;
        }
        let mut see = |name: &str, at: Span| {
            if let Some(to) = names.get(name) {
                edges[from].push(Edge { from, to: *to, at });
            }
        };
        for part in ["Properties", "Metadata"].iter().filter_map(|part| entry.value.entry(part)) {
            references(&part.value, part.span, &mut see);
        }
        if let Some(first) = entry.value.entry("DependsOn") {
            let nodes = first.value.list().unwrap_or(std::slice::from_ref(&first.value));
            nodes.iter().for_each(|node| node.text().into_iter().for_each(|name| see(name, node.span)));
        }
    }
    let knotted = knotted(&edges);
    let mut told = vec![false; resources.len()];
    let mut found = Vec::new();
    for start in (0..resources.len()).filter(|at| knotted[*at]) {
        if told[start] {
            continue;
        }
        let Some(ring) = shortest(&edges, &knotted, start) else { continue };
        ring.iter().for_each(|edge| told[edge.from] = true);
        if together(resources, &ring) {
            found.push(finding(resources, &ring));
        }
    }
    found
}

/// What a value refers to, by name. A `key` stands for what has no place of its own.
fn references(node: &Node, key: Span, see: &mut dyn FnMut(&str, Span)) {
    let at = if node.span.end > node.span.start { node.span } else { key };
    if let Some((name, argument)) = node.function() {
        match name {
            "Fn::If" => return,
            "Ref" => argument.text().into_iter().for_each(|name| see(name, at)),
            "Fn::GetAtt" => {
                let first = argument.list().and_then(|items| items.first()).unwrap_or(argument);
                first.text().and_then(|text| text.split('.').next()).into_iter().for_each(|name| see(name, at));
            }
            "Fn::Sub" => {
                let text = argument.list().and_then(|items| items.first()).unwrap_or(argument).text().unwrap_or_default();
                let own = argument.list().and_then(|items| items.get(1)).and_then(Node::map).unwrap_or_default();
                for piece in sub::pieces(text) {
                    let sub::Piece::Hole(hole) = piece else { continue };
                    let name = hole.split('.').next().unwrap_or_default();
                    if !own.iter().any(|entry| entry.key == name) {
                        see(name, at);
                    }
                }
            }
            _ => {}
        }
    }
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| references(item, at, see)),
        Value::Map(entries) => entries.iter().for_each(|entry| references(&entry.value, entry.span, see)),
        _ => {}
    }
}

/// The resources that are left when what needs nothing is taken away again and again: those of rings, and those that need them.
fn knotted(edges: &[Vec<Edge>]) -> Vec<bool> {
    let mut needs: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    edges.iter().flatten().for_each(|edge| needed_by[edge.to].push(edge.from));
    let mut free: Vec<usize> = (0..edges.len()).filter(|at| needs[*at] == 0).collect();
    let mut left = vec![true; edges.len()];
    while let Some(at) = free.pop() {
        left[at] = false;
        for from in &needed_by[at] {
            needs[*from] -= 1;
            if needs[*from] == 0 {
                free.push(*from);
            }
        }
    }
    left
}

/// The shortest way from a resource back to itself.
fn shortest(edges: &[Vec<Edge>], knotted: &[bool], start: usize) -> Option<Vec<Edge>> {
    let mut came: Vec<Option<Edge>> = vec![None; edges.len()];
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for edge in edges[at].iter().filter(|edge| knotted[edge.to]) {
            if edge.to == start {
                let mut ring = vec![*edge];
                let mut back = at;
                while back != start {
                    let edge = came[back]?;
                    ring.push(edge);
                    back = edge.from;
                }
                ring.reverse();
                return Some(ring);
            }
            if came[edge.to].is_none() {
                came[edge.to] = Some(*edge);
                open.push_back(edge.to);
            }
        }
    }
    None
}

/// Whether the resources of a ring surely exist together.
fn together(resources: &[Entry], ring: &[Edge]) -> bool {
    let mut conditions: Vec<&str> =
        ring.iter().filter_map(|edge| resources[edge.from].value.get("Condition").and_then(Node::text)).collect();
    conditions.sort_unstable();
    conditions.dedup();
    conditions.len() <= 1
}

fn finding(resources: &[Entry], ring: &[Edge]) -> Finding {
    let name = |at: usize| format!("`{}`", resources[at].key);
    let message = match ring {
        [only] => format!("{} needs itself", name(only.from)),
        [first, _] => format!("{} and {} need each other", name(first.from), name(first.to)),
        _ => {
            let names: Vec<String> = ring.iter().map(|edge| name(edge.from)).collect();
            format!("{} need each other in a ring", names.join(", "))
        }
    };
    let says = |edge: &Edge| format!("{} needs {} here", name(edge.from), name(edge.to));
    Finding {
        code: Code(cloudc_driver::CYCLE),
        severity: Severity::Error,
        message,
        span: ring.first().map(|edge| edge.at).unwrap_or_default(),
        label: ring.first().map(says).unwrap_or_default(),
        labels: ring.iter().skip(1).map(|edge| (edge.at, says(edge))).collect(),
        notes: vec!["CloudFormation makes one resource after another, so none of these could come first".to_owned()],
        help: Some("refer to one of them from a resource of its own: a rule, a policy, an association".to_owned()),
    }
}
