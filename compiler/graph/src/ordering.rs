//! The order itself.

use std::sync::Arc;

use cloudc_eval::{Db, Site, Target, stack};
use cloudc_hir::Problem;
use rustc_hash::FxHashMap;

use crate::edges::{Edge, Graph};
use crate::security_groups::Split;
use crate::{cycles, identities, implicit, network, pairs, security_groups};

/// What comes before what.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Order {
    /// All resources, each after everything it needs; resources of a cycle at the end.
    pub sequence: Vec<Site>,
    /// All dependencies.
    pub edges: Vec<(Site, Site, Edge)>,
    /// Dependencies that have to be written as `DependsOn` though nobody did, in source order.
    pub depends_on: FxHashMap<Site, Vec<Site>>,
    /// Rules that become resources of their own.
    pub splits: Vec<Split>,
    /// Cycles, notes about those that were broken, and resources that are the same to AWS.
    pub problems: Vec<Problem>,
}

/// The order of a target's resources.
#[salsa::tracked(returns(ref))]
pub fn order(db: &dyn Db, target: Target) -> Arc<Order> {
    let mut order = Order::default();
    let (mut graph, cyclic) = written(db, target, &mut order);
    if !cyclic {
        let written = graph.edges.len();
        network::imply(&mut graph);
        implicit::imply(&mut graph);
        graph.reduce(written);
        for edge in &graph.edges[written..] {
            let (from, to) = (graph.members[edge.from].site, graph.members[edge.to].site);
            order.depends_on.entry(from).or_default().push(to);
        }
        for sites in order.depends_on.values_mut() {
            sites.sort_by_key(|site| graph.at[site]);
        }
    }
    order.sequence = sequence(&graph).into_iter().map(|at| graph.members[at].site).collect();
    let site = |at: usize| graph.members[at].site;
    order.edges = graph.edges.iter().map(|edge| (site(edge.from), site(edge.to), edge.clone())).collect();
    Arc::new(order)
}

/// What is wrong between the resources of a target; no order is made.
#[salsa::tracked(returns(ref))]
pub fn problems(db: &dyn Db, target: Target) -> Arc<Vec<Problem>> {
    let mut order = Order::default();
    written(db, target, &mut order);
    Arc::new(order.problems)
}

/// The dependencies that the program writes, and whether some run in a ring. Splits and problems go to `order`.
fn written<'db>(db: &'db dyn Db, target: Target, order: &mut Order) -> (Graph<'db>, bool) {
    let mut graph = Graph::new(db, stack(db, target));
    security_groups::split(&mut graph, order);
    let cyclic = cycles::report(&graph, &mut order.problems);
    pairs::report(&graph, &mut order.problems);
    order.problems.extend(identities::problems(db, target).iter().cloned());
    (graph, cyclic)
}

/// Resources that need this one, directly or through others, in source order.
pub fn dependents(db: &dyn Db, target: Target, site: Site) -> Vec<Site> {
    let order = order(db, target);
    let mut found = vec![site];
    let mut at = 0;
    while let Some(needed) = found.get(at).copied() {
        for (from, to, _) in &order.edges {
            if *to == needed && !found.contains(from) {
                found.push(*from);
            }
        }
        at += 1;
    }
    let members = &stack(db, target).resources;
    let place = |site: &Site| members.iter().position(|member| member.site == *site);
    found.remove(0);
    found.sort_by_key(place);
    found
}

/// Each resource after what it needs; among those that could come next the first in the source.
fn sequence(graph: &Graph<'_>) -> Vec<usize> {
    let count = graph.members.len();
    let mut waiting = vec![0usize; count];
    let mut needed_by = vec![Vec::new(); count];
    for edge in graph.edges.iter().filter(|edge| edge.from != edge.to) {
        waiting[edge.from] += 1;
        needed_by[edge.to].push(edge.from);
    }
    let mut ready: std::collections::BTreeSet<usize> = (0..count).filter(|at| waiting[*at] == 0).collect();
    let mut done = Vec::with_capacity(count);
    let mut seen = vec![false; count];
    while let Some(at) = ready.pop_first() {
        done.push(at);
        seen[at] = true;
        for from in &needed_by[at] {
            waiting[*from] -= 1;
            if waiting[*from] == 0 {
                ready.insert(*from);
            }
        }
    }
    done.extend((0..count).filter(|at| !seen[*at]));
    done
}
