//! The dependencies of a whole file as a graph: its circles and its longest chains.

use cloudc_base::{Db, File};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::{Link, Role, depth, links};
use crate::Name;
use crate::decl::{Decl, DeclKind, Owner};
use crate::scope::outputs;
use crate::unit::{all_declared, is_shared};

/// How many declarations may depend on each other in a row.
pub const LIMIT: u32 = 1_000;

/// What can depend and be depended on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    /// A declaration. Nothing depends on the whole of a resource: its handle is there before any property is.
    Whole(Decl),
    /// What a resource writes for a property, when it is read back.
    Property(Decl, Name),
    /// What is spread into a resource's body, part of each of its properties.
    Spreads(Decl),
}

/// What follows from the dependencies in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Uses {
    cycles: Vec<Vec<Node>>,
    cyclic: FxHashMap<Decl, u32>,
    nodes: FxHashSet<Node>,
    depth: FxHashMap<Decl, u32>,
    at_limit: Vec<Decl>,
}

impl Uses {
    /// The circles, each beginning with its first declaration in the file.
    pub fn cycles(&self) -> &[Vec<Node>] {
        &self.cycles
    }

    /// The circle a declaration is part of or, for a `let`, leads into.
    pub fn cycle(&self, decl: Decl) -> Option<&[Node]> {
        self.cyclic.get(&decl).map(|at| self.cycles[*at as usize].as_slice())
    }

    /// Whether a node is part of a circle.
    pub fn is_cyclic(&self, node: &Node) -> bool {
        self.nodes.contains(node)
    }

    /// How many declarations the longest chain below a declaration has, itself included.
    pub fn depth(&self, decl: Decl) -> u32 {
        self.depth.get(&decl).copied().unwrap_or(1)
    }

    /// How many declarations the longest chain of the file has.
    pub fn deepest(&self) -> u32 {
        self.depth.values().copied().max().unwrap_or(1)
    }

    /// The declarations with which a chain first passes [`LIMIT`].
    pub fn at_limit(&self) -> &[Decl] {
        &self.at_limit
    }
}

impl Node {
    /// Whose node it is.
    pub fn decl(&self) -> Decl {
        match self {
            Node::Whole(decl) | Node::Property(decl, _) | Node::Spreads(decl) => *decl,
        }
    }

    /// How messages name it.
    pub fn shown(&self, db: &dyn Db) -> String {
        let decl = self.decl();
        match self {
            Node::Property(_, property) => format!("`{}.{property}`", decl.name(db)),
            _ if decl.name(db).is_empty() => format!("this `{}`", decl.kind(db).keyword()),
            _ => format!("`{}`", decl.name(db)),
        }
    }
}

/// The dependencies of the unit of a file that is its home. Runs again only when some declaration depends on something else than before.
#[salsa::tracked(returns(ref))]
pub fn uses(db: &dyn Db, file: File) -> Uses {
    // Nearly every file, nearly always: no circle and no long chain, which is soon seen.
    if let Some(depth) = super::shallow::depths(db, file) {
        return Uses { depth, ..Uses::default() };
    }
    exact(db, file)
}

/// The same from the whole graph.
pub(super) fn exact(db: &dyn Db, file: File) -> Uses {
    let graph = build(db, file);
    analyse(db, &graph)
}

#[derive(Default)]
struct Graph {
    edges: DiGraph<Node, ()>,
    index: FxHashMap<Node, NodeIndex>,
    /// How deep what a node names in other files is.
    beyond: FxHashMap<NodeIndex, u32>,
}

impl Graph {
    fn node(&mut self, node: Node) -> NodeIndex {
        if let Some(at) = self.index.get(&node) {
            return *at;
        }
        let at = self.edges.add_node(node.clone());
        self.index.insert(node, at);
        at
    }

    fn edge(&mut self, from: Node, to: Node) {
        let (from, to) = (self.node(from), self.node(to));
        self.edges.add_edge(from, to, ());
    }
}

fn build(db: &dyn Db, file: File) -> Graph {
    let all: Vec<Decl> = all_declared(db, file).collect();
    let mut graph = Graph {
        edges: DiGraph::with_capacity(all.len() * 3, all.len() * 3),
        index: FxHashMap::with_capacity_and_hasher(all.len() * 3, FxBuildHasher),
        ..Graph::default()
    };
    for decl in &all {
        graph.node(Node::Whole(*decl));
    }
    for decl in &all {
        surroundings(db, *decl, &mut graph);
        for link in links(db, *decl) {
            if is_shared(db, link.to.decl().file(db), file) {
                add(db, *decl, link, &mut graph);
            } else {
                let from = graph.node(Node::Whole(*decl));
                let deep = graph.beyond.entry(from).or_default();
                *deep = (*deep).max(depth(db, link.to.decl()));
            }
        }
    }
    graph
}

/// What a declaration depends on by where it stands: on the `if` or `for` around it; a component on its outputs.
fn surroundings(db: &dyn Db, decl: Decl, graph: &mut Graph) {
    if let Owner::Decl(outer, _) = decl.owner(db)
        && matches!(outer.kind(db), DeclKind::If | DeclKind::For)
    {
        graph.edge(Node::Whole(decl), Node::Whole(outer));
    }
    match decl.kind(db) {
        DeclKind::Component => {
            for (_, output, _) in outputs(db, Owner::Decl(decl, crate::Branch::Then)) {
                graph.edge(Node::Whole(decl), Node::Whole(*output));
            }
        }
        DeclKind::Resource => graph.edge(Node::Whole(decl), Node::Spreads(decl)),
        _ => {}
    }
}

fn add(db: &dyn Db, decl: Decl, link: &Link, graph: &mut Graph) {
    let is_resource = decl.kind(db) == DeclKind::Resource;
    // Reading a property back evaluates neither attributes nor patches.
    let from = match (&link.property, link.role) {
        (Some(property), Role::Value) if is_resource => {
            let node = Node::Property(decl, property.clone());
            graph.edge(Node::Whole(decl), node.clone());
            graph.edge(node.clone(), Node::Spreads(decl));
            node
        }
        (None, Role::Value) if is_resource => Node::Spreads(decl),
        _ => Node::Whole(decl),
    };
    if let Node::Property(resource, _) = &link.to {
        graph.edge(link.to.clone(), Node::Spreads(*resource));
    }
    graph.edge(from, link.to.clone());
    // A component holds what its parts are instances of.
    if is_resource
        && link.role == Role::Type
        && link.named.kind(db) == DeclKind::Component
        && let Some(container) = decl.container(db)
    {
        graph.edge(Node::Whole(container), link.to.clone());
    }
}

fn analyse(db: &dyn Db, graph: &Graph) -> Uses {
    let count = graph.edges.node_count();
    let mut uses = Uses { depth: FxHashMap::with_capacity_and_hasher(count, FxBuildHasher), ..Uses::default() };
    let mut depths = vec![0u32; count];
    let mut leads: Vec<Option<NodeIndex>> = vec![None; count];
    let mut found: Vec<(NodeIndex, Vec<NodeIndex>)> = Vec::new();
    // The components come in an order in which what is depended on is done first.
    for group in kosaraju_scc(&graph.edges) {
        let first = *group.iter().min().unwrap_or(&group[0]);
        let alone = group.len() == 1;
        let circular = !alone || graph.edges.contains_edge(first, first);
        // Nearly all are alone: no set for them.
        let members: FxHashSet<NodeIndex> = if alone { FxHashSet::default() } else { group.iter().copied().collect() };
        let outside = |next: &NodeIndex| if alone { *next != first } else { !members.contains(next) };
        let below = || group.iter().flat_map(|node| graph.edges.neighbors(*node)).filter(outside);
        let beyond = group.iter().filter_map(|node| graph.beyond.get(node)).copied().max().unwrap_or(0);
        let deepest = below().map(|next| depths[next.index()]).max().unwrap_or(0).max(beyond);
        let lead = if circular { Some(first) } else { below().filter_map(|next| leads[next.index()]).min() };
        for node in &group {
            depths[node.index()] = match &graph.edges[*node] {
                Node::Spreads(_) => deepest,
                // What a resource depends on has been counted at its properties.
                Node::Whole(decl) if decl.kind(db) == DeclKind::Resource => deepest.max(1),
                Node::Whole(_) | Node::Property(..) => deepest.saturating_add(1),
            };
            leads[node.index()] = lead;
        }
        if circular {
            found.push((first, group));
        }
    }
    found.sort();
    for (first, group) in &found {
        let members: FxHashSet<NodeIndex> = group.iter().copied().collect();
        let path = circle(graph, *first, &members);
        uses.nodes.extend(group.iter().map(|node| graph.edges[*node].clone()));
        uses.cyclic.extend(group.iter().map(|node| (graph.edges[*node].decl(), uses.cycles.len() as u32)));
        uses.cycles.push(path.into_iter().map(|node| graph.edges[node].clone()).collect());
    }
    for node in graph.edges.node_indices() {
        let decl = graph.edges[node].decl();
        let own = depths[node.index()];
        let known = uses.depth.entry(decl).or_default();
        *known = own.max(*known);
        let below = graph.edges.neighbors(node).map(|next| depths[next.index()]).max().unwrap_or(0);
        let below = below.max(graph.beyond.get(&node).copied().unwrap_or(0));
        if own > LIMIT && below <= LIMIT && leads[node.index()].is_none() && !uses.at_limit.contains(&decl) {
            uses.at_limit.push(decl);
        }
        if decl.kind(db) == DeclKind::Let
            && let Some(first) = leads[node.index()]
            && let Ok(at) = found.binary_search_by_key(&first, |(first, _)| *first)
        {
            uses.cyclic.entry(decl).or_insert(at as u32);
        }
    }
    uses
}

/// The shortest way from a node back to itself; of equal ones that which is written first.
fn circle(graph: &Graph, first: NodeIndex, members: &FxHashSet<NodeIndex>) -> Vec<NodeIndex> {
    let mut came_from: FxHashMap<NodeIndex, NodeIndex> = FxHashMap::default();
    let mut waiting = std::collections::VecDeque::from([first]);
    while let Some(node) = waiting.pop_front() {
        // Neighbours come newest first.
        let mut next: Vec<NodeIndex> = graph.edges.neighbors(node).filter(|next| members.contains(next)).collect();
        next.reverse();
        if next.contains(&first) {
            let mut path = vec![node];
            while let Some(before) = path.last().filter(|last| **last != first).and_then(|last| came_from.get(last)) {
                path.push(*before);
            }
            path.reverse();
            return path;
        }
        for next in next {
            if next != first && !came_from.contains_key(&next) {
                came_from.insert(next, node);
                waiting.push_back(next);
            }
        }
    }
    vec![first]
}
