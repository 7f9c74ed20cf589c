//! The dependency graph: one node for each resource, in source order.

use cloudc_eval::assemble::StackMember;
use cloudc_eval::{Cond, Db, Link, Site, Stack, links};
use rustc_hash::FxHashMap;

/// Resource `from` needs resource `to`, both by position in the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// What needs something.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// The reference; nothing for a dependency nobody wrote.
    pub link: Option<Link>,
    /// Why there is a dependency nobody wrote: where AWS says so.
    pub source: Option<&'static str>,
}

/// Resources and what they need.
pub struct Graph<'db> {
    /// The database.
    pub db: &'db dyn Db,
    /// The resources.
    pub members: &'db [StackMember],
    /// All edges, by `from` and then as written.
    pub edges: Vec<Edge>,
    /// Positions by site.
    pub at: FxHashMap<Site, usize>,
    /// For each resource, the edges that leave it.
    out: Vec<Vec<usize>>,
}

/// Whether SAM makes resources of their own from a property, so that the resource itself does not need what is named there.
/// Source: "Generated CloudFormation resources" in the SAM developer guide.
fn is_made_apart(ty: &str, pointer: &str) -> bool {
    let below = |property: &str| pointer.strip_prefix("/Properties/").is_some_and(|rest| rest.starts_with(property));
    match ty {
        "AWS::Serverless::GraphQLApi" => ["DataSources/", "Functions/", "Resolvers/"].iter().any(|property| below(property)),
        _ => ty.starts_with("AWS::Serverless::") && (below("Events/") || below("DeploymentPreference/")),
    }
}

impl<'db> Graph<'db> {
    /// The written dependencies of a stack. A reference that can never be there is no dependency.
    pub fn new(db: &'db dyn Db, stack: &'db Stack) -> Self {
        let members = &stack.resources[..];
        let at: FxHashMap<Site, usize> = members.iter().enumerate().map(|(at, member)| (member.site, at)).collect();
        let mut graph = Graph { db, members, edges: Vec::new(), at, out: vec![Vec::new(); members.len()] };
        for from in 0..members.len() {
            for link in links(db, stack.target, members[from].site) {
                let Some(to) = graph.at.get(&link.to).copied() else { continue };
                if is_made_apart(&members[from].ty, &link.pointer) {
                    continue;
                }
                let together = Cond::and([members[from].cond.clone(), members[to].cond.clone(), link.cond.clone()]);
                if !together.is_false() {
                    graph.push(Edge { from, to, link: Some(link.clone()), source: None });
                }
            }
        }
        graph
    }

    /// Adds an edge.
    pub fn push(&mut self, edge: Edge) {
        self.out[edge.from].push(self.edges.len());
        self.edges.push(edge);
    }

    /// The edges that leave a resource.
    pub fn needs(&self, from: usize) -> impl Iterator<Item = &Edge> {
        self.out[from].iter().map(|at| &self.edges[*at])
    }

    /// Removes edges by index.
    pub fn remove(&mut self, gone: &[usize]) {
        let mut at = 0;
        self.edges.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
        self.out = vec![Vec::new(); self.members.len()];
        for (at, edge) in self.edges.iter().enumerate() {
            self.out[edge.from].push(at);
        }
    }

    /// The CloudFormation type of a resource.
    pub fn ty(&self, at: usize) -> &'db str {
        &self.members[at].ty
    }

    /// Whether `from` needs `to`, directly or through others.
    pub fn reaches(&self, from: usize, to: usize) -> bool {
        self.walk(from, to, &|_| true)
    }

    /// Whether `from` needs `to` whenever `from` exists: only through what exists then too, and not by `except` alone.
    fn surely_reaches(&self, from: usize, to: usize, except: Option<usize>) -> bool {
        let known = self.members[from].cond.conjuncts();
        let holds = |cond: &Cond| cond.conjuncts().iter().all(|part| known.contains(part));
        self.walk(from, to, &|at| {
            let edge = &self.edges[at];
            let there = edge.to == to || holds(&self.members[edge.to].cond);
            Some(at) != except && there && edge.link.as_ref().is_none_or(|link| holds(&link.cond))
        })
    }

    fn walk(&self, from: usize, to: usize, follow: &dyn Fn(usize) -> bool) -> bool {
        let mut seen = vec![false; self.members.len()];
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            if !std::mem::replace(&mut seen[at], true) {
                open.extend(self.out[at].iter().filter(|edge| follow(**edge)).map(|edge| self.edges[*edge].to));
            }
        }
        false
    }

    /// Adds a dependency nobody wrote, unless there is one already, the other way round, or never both resources.
    pub fn imply(&mut self, from: usize, to: usize, source: &'static str) {
        let (a, b) = (&self.members[from].cond, &self.members[to].cond);
        let together = Cond::and([a.clone(), b.clone()]);
        if from == to || together.is_false() || self.surely_reaches(from, to, None) || self.reaches(to, from) {
            return;
        }
        self.push(Edge { from, to, link: None, source: Some(source) });
    }

    /// Removes added dependencies, from `first` on, that others of them have made needless.
    pub fn reduce(&mut self, first: usize) {
        let mut at = first;
        while at < self.edges.len() {
            let (from, to) = (self.edges[at].from, self.edges[at].to);
            if self.surely_reaches(from, to, Some(at)) { self.remove(&[at]) } else { at += 1 }
        }
    }

    /// The resources of some type that `from` refers to in a property of one of these names; all properties without names.
    pub fn linked(&self, from: usize, properties: &[&str], types: &[&str]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for edge in self.needs(from) {
            let Some(link) = &edge.link else { continue };
            let named = properties.is_empty() || link.pointer.split('/').any(|step| properties.contains(&step));
            if named && types.contains(&self.ty(edge.to)) && !found.contains(&edge.to) {
                found.push(edge.to);
            }
        }
        found
    }
}
