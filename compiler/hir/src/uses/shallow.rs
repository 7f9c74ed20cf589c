//! The quick answer about a file in which nothing goes in circles: how long the chains are.
//!
//! In: the dependencies of a file's declarations. Out: the depth of each declaration that has one over 1, as [`uses`](super::uses()) has it.
//! Always: none when there may be a circle or a chain over [`LIMIT`]; then the whole graph is looked at. Nothing depends on a resource as a
//! whole, so one whose properties nobody reads back is one node here, and cannot be part of a circle.

use cloudc_base::{Db, File};
use rustc_hash::{FxHashMap, FxHashSet};

use super::graph::{LIMIT, Node};
use super::{Role, depth, links};
use crate::Branch;
use crate::decl::{Decl, DeclKind, Owner};
use crate::scope::outputs;
use crate::unit::{all_declared, is_shared};

/// Depths over 1 by declaration.
pub(super) fn depths(db: &dyn Db, file: File) -> Option<FxHashMap<Decl, u32>> {
    let all: Vec<Decl> = all_declared(db, file).collect();
    let mut graph = Graph::new(db, file, &all);
    for (at, decl) in all.iter().enumerate() {
        graph.add(*decl, at as u32);
    }
    let depths = graph.depths()?;
    let mut found = FxHashMap::default();
    for (node, depth) in depths.into_iter().enumerate().filter(|(_, depth)| *depth > 1) {
        if depth > LIMIT {
            return None;
        }
        let known: &mut u32 = found.entry(graph.owner[node]).or_default();
        *known = depth.max(*known);
    }
    Some(found)
}

/// How a node's depth follows from what it depends on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// One more than the deepest.
    Counts,
    /// As deep as the deepest, at least 1: a resource, whose dependencies count at its properties.
    Resource,
    /// As deep as the deepest.
    Passes,
}

struct Edge {
    from: u32,
    to: u32,
    /// Passes a property that nobody reads back: one more.
    counts: bool,
}

struct Graph<'db> {
    db: &'db dyn Db,
    file: File,
    at: FxHashMap<Decl, u32>,
    /// Resources of which a property is read back.
    read: FxHashSet<Decl>,
    /// The nodes of those besides the resource as a whole.
    parts: FxHashMap<Node, u32>,
    owner: Vec<Decl>,
    steps: Vec<Step>,
    edges: Vec<Edge>,
    /// How deep what a node depends on in other files is.
    beyond: Vec<(u32, u32)>,
}

impl<'db> Graph<'db> {
    fn new(db: &'db dyn Db, file: File, all: &[Decl]) -> Self {
        let at = all.iter().enumerate().map(|(at, decl)| (*decl, at as u32)).collect();
        let read_back = |decl: &Decl| {
            links(db, *decl).iter().filter_map(|link| match &link.to {
                Node::Property(resource, _) => Some(*resource),
                _ => None,
            })
        };
        let read = all.iter().flat_map(read_back).collect();
        let step = |decl: &Decl| if decl.kind(db) == DeclKind::Resource { Step::Resource } else { Step::Counts };
        let steps = all.iter().map(step).collect();
        let (parts, edges, beyond) = (FxHashMap::default(), Vec::with_capacity(all.len() * 2), Vec::new());
        Graph { db, file, at, read, parts, owner: all.to_vec(), steps, edges, beyond }
    }

    /// The declaration's dependencies; `whole` is its node.
    fn add(&mut self, decl: Decl, whole: u32) {
        self.surroundings(decl, whole);
        for link in links(self.db, decl) {
            if !is_shared(self.db, link.to.decl().file(self.db), self.file) {
                self.beyond.push((whole, depth(self.db, link.to.decl())));
                continue;
            }
            let to = self.node(&link.to);
            let is_resource = decl.kind(self.db) == DeclKind::Resource;
            let (from, counts) = match (&link.property, link.role) {
                (Some(property), Role::Value) if is_resource && self.read.contains(&decl) => {
                    let from = self.node(&Node::Property(decl, property.clone()));
                    self.edge(whole, from, false);
                    (from, false)
                }
                (None, Role::Value) if is_resource && self.read.contains(&decl) => (self.node(&Node::Spreads(decl)), false),
                (Some(_), Role::Value) if is_resource => (whole, true),
                _ => (whole, false),
            };
            self.edge(from, to, counts);
            // A component holds what its parts are instances of.
            if is_resource
                && link.role == Role::Type
                && link.named.kind(self.db) == DeclKind::Component
                && let Some(container) = decl.container(self.db).and_then(|container| self.at.get(&container).copied())
            {
                self.edge(container, to, false);
            }
        }
    }

    /// What a declaration depends on by where it stands.
    fn surroundings(&mut self, decl: Decl, whole: u32) {
        if let Owner::Decl(outer, _) = decl.owner(self.db)
            && matches!(outer.kind(self.db), DeclKind::If | DeclKind::For)
            && let Some(outer) = self.at.get(&outer).copied()
        {
            self.edge(whole, outer, false);
        }
        match decl.kind(self.db) {
            DeclKind::Component => {
                for (_, output, _) in outputs(self.db, Owner::Decl(decl, Branch::Then)) {
                    let output = self.node(&Node::Whole(*output));
                    self.edge(whole, output, false);
                }
            }
            DeclKind::Resource if self.read.contains(&decl) => {
                let spreads = self.node(&Node::Spreads(decl));
                self.edge(whole, spreads, false);
            }
            _ => {}
        }
    }

    fn edge(&mut self, from: u32, to: u32, counts: bool) {
        self.edges.push(Edge { from, to, counts });
    }

    /// A property depends on what is spread around it.
    fn node(&mut self, node: &Node) -> u32 {
        if let Node::Whole(decl) = node
            && let Some(at) = self.at.get(decl)
        {
            return *at;
        }
        if let Some(at) = self.parts.get(node) {
            return *at;
        }
        let at = self.owner.len() as u32;
        self.owner.push(node.decl());
        self.steps.push(if matches!(node, Node::Spreads(_)) { Step::Passes } else { Step::Counts });
        self.parts.insert(node.clone(), at);
        if let Node::Property(resource, _) = node {
            let spreads = self.node(&Node::Spreads(*resource));
            self.edge(at, spreads, false);
        }
        at
    }

    /// The depth of every node; none when there is a circle.
    fn depths(&mut self) -> Option<Vec<u32>> {
        let count = self.owner.len();
        // Depths flow from what is depended on to what depends on it.
        let mut waiting = vec![0u32; count];
        let mut starts = vec![0u32; count + 1];
        for edge in &self.edges {
            waiting[edge.from as usize] += 1;
            starts[edge.to as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut free = starts.clone();
        let mut users = vec![(0u32, false); self.edges.len()];
        for edge in &self.edges {
            let slot = &mut free[edge.to as usize];
            users[*slot as usize] = (edge.from, edge.counts);
            *slot += 1;
        }
        let mut deepest = vec![0u32; count];
        for (node, beyond) in &self.beyond {
            deepest[*node as usize] = deepest[*node as usize].max(*beyond);
        }
        let mut ready: Vec<u32> = (0..count as u32).filter(|at| waiting[*at as usize] == 0).collect();
        let mut done = 0;
        while let Some(at) = ready.pop() {
            let at = at as usize;
            done += 1;
            deepest[at] = match self.steps[at] {
                Step::Counts => deepest[at].saturating_add(1),
                Step::Resource => deepest[at].max(1),
                Step::Passes => deepest[at],
            };
            for (user, counts) in &users[starts[at] as usize..starts[at + 1] as usize] {
                let user = *user as usize;
                deepest[user] = deepest[user].max(deepest[at].saturating_add(u32::from(*counts)));
                waiting[user] -= 1;
                if waiting[user] == 0 {
                    ready.push(user as u32);
                }
            }
        }
        (done == count).then_some(deepest)
    }
}

#[cfg(test)]
mod tests {
    use super::super::graph::exact;
    use super::*;
    use crate::items::all_declarations;
    use crate::tests::TestDb;

    /// Both ways of looking give the same depths.
    fn check_depths(text: &str) {
        let db = TestDb::new(text);
        let quick = depths(&db, db.main()).expect("nothing goes in circles");
        let exact = exact(&db, db.main());
        for decl in all_declarations(&db, db.main()) {
            let quick = quick.get(decl).copied().unwrap_or(1);
            assert_eq!(quick, exact.depth(*decl), "{} in {text}", decl.name(&db));
        }
    }

    #[test]
    fn the_quick_answer_is_the_exact_one() {
        check_depths("stack t {}\nlet a = 1\nlet b = a + 1\nlet c = b + a\noutput o = c\n");
        check_depths(
            "stack t {}\nlet n = 1\nlet m = n\nresource a: AWS::SQS::Queue { DelaySeconds: m }\nresource b: AWS::SQS::Queue { DelaySeconds: a.DelaySeconds, QueueName: \"x\" }\nresource c: AWS::SQS::Queue { DelaySeconds: b.DelaySeconds }\noutput o = c.QueueName\n",
        );
        check_depths(
            "stack t {}\nlet base = { DelaySeconds: 1 }\nlet more = base\nresource a: AWS::SQS::Queue { ...more }\n@depends_on(a)\nresource b: AWS::SQS::Queue { ...more, MaximumMessageSize: a.DelaySeconds }\n",
        );
        check_depths(
            "component D {\n  input n: Int = 1\n  output o = n\n}\ncomponent C {\n  for i in [1, 2] {\n    resource d: D { n: i }\n  }\n  output all = [for x in d: x.o]\n}\nfn f(n: Int): Int = n\nstack t {}\nlet k = f(1)\nif k == 1 {\n  resource c: C {}\n}\n",
        );
    }

    #[test]
    fn circles_and_long_chains_are_looked_at_whole() {
        let none = |text: &str| {
            let db = TestDb::new(text);
            assert!(depths(&db, db.main()).is_none(), "{text}");
        };
        none("stack t {}\nlet a = b\nlet b = a\n");
        none("fn f(n: Int): Int = f(n)\n");
        none(
            "stack t {}\nresource a: AWS::SQS::Queue { QueueName: b.QueueName }\nresource b: AWS::SQS::Queue { QueueName: a.QueueName }\n",
        );
        let chain: String = (1..=LIMIT + 1).map(|n| format!("let a{n} = a{}\n", n - 1)).collect();
        none(&format!("let a0 = 1\n{chain}"));
    }
}
