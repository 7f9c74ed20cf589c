//! The places of a formula as variables with finitely many values.
//!
//! In: a formula, and the domains of its places. Out: for each place the values that need telling apart: those the
//! formula mentions, and one that stands for all others, if there are others. Places are numbered in their order.

use std::collections::{BTreeMap, BTreeSet};

use super::implies::Domains;
use super::{Formula, Lit, Place};

/// Each place with the values that need telling apart; `None` stands for every value not listed.
pub(super) struct Variables<P> {
    pub(super) index: BTreeMap<P, usize>,
    pub(super) edges: Vec<Vec<Option<Lit>>>,
}

impl<P: Place> Variables<P> {
    pub(super) fn of(formula: &Formula<P>, domains: &dyn Domains<P>) -> Self {
        let mut mentioned: BTreeMap<P, BTreeSet<Lit>> = BTreeMap::new();
        formula.each_test(&mut |place, lit| match mentioned.get_mut(place) {
            Some(lits) if lits.contains(lit) => {}
            Some(lits) => drop(lits.insert(lit.clone())),
            None => drop(mentioned.insert(place.clone(), BTreeSet::from([lit.clone()]))),
        });
        let edges = mentioned.iter().map(|(place, lits)| edges(place, lits, domains)).collect();
        let index = mentioned.into_keys().enumerate().map(|(at, place)| (place, at)).collect();
        Variables { index, edges }
    }

    /// Drops the values a test rules out. `false`: none is left.
    pub(super) fn narrow(&mut self, place: &P, lit: &Lit, negated: bool) -> bool {
        let edges = &mut self.edges[self.index[place]];
        edges.retain(|edge| (edge.as_ref() == Some(lit)) != negated);
        !edges.is_empty()
    }

    /// The places of a formula whose value still matters.
    pub(super) fn free(&self, formula: &Formula<P>) -> BTreeSet<usize> {
        let mut free = BTreeSet::new();
        formula.each_test(&mut |place, _| {
            let at = self.index[place];
            if self.edges[at].len() > 1 {
                free.insert(at);
            }
        });
        free
    }
}

/// The edges of a place that is compared with `lits`.
fn edges<P: Place>(place: &P, lits: &BTreeSet<Lit>, domains: &dyn Domains<P>) -> Vec<Option<Lit>> {
    let all = || lits.iter().cloned().map(Some).chain([None]).collect();
    // A `Bool` is only ever tested against `true`, so "other" is `false`.
    if lits.iter().any(|lit| matches!(lit, Lit::Bool(_))) {
        return all();
    }
    match domains.domain(place) {
        Some(domain) if !domain.is_empty() => {
            let possible = lits.iter().filter(|lit| domain.contains(lit)).cloned().map(Some);
            let other = domain.iter().any(|lit| !lits.contains(lit)).then_some(None);
            possible.chain(other).collect()
        }
        _ => all(),
    }
}
