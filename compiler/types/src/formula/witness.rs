//! A quick search for values that make every part hold, before a diagram is built.
//!
//! In: parts, and the values to choose from. Out: whether all parts can hold together, or `None` past [`MAX_CHECKS`].
//! Conditions people write are loose: the first values tried nearly always do, where a diagram would describe all.

use std::cmp::Reverse;

use super::variables::Variables;
use super::{Formula, Place};

/// Parts the search may look at: about two milliseconds, unoptimised.
const MAX_CHECKS: usize = 3_000;

/// Whether some choice of values makes all parts hold.
pub(super) fn search<P: Place>(parts: &[&Formula<P>], variables: &Variables<P>) -> Option<bool> {
    let mut about = vec![Vec::new(); variables.edges.len()];
    for part in parts {
        for variable in variables.free(part) {
            about[variable].push(*part);
        }
    }
    let chosen = variables.edges.iter().map(|edges| (edges.len() == 1).then_some(0)).collect();
    // The most constrained first, so that a wrong choice shows early.
    let mut order: Vec<usize> = (0..about.len()).filter(|at| variables.edges[*at].len() > 1).collect();
    order.sort_by_key(|at| Reverse(about[*at].len()));
    let mut search = Search { variables, about, order, chosen, checks: MAX_CHECKS };
    // Parts without a free place are checked by no choice.
    if parts.iter().any(|part| search.holds(part) == Some(false)) {
        return Some(false);
    }
    search.choose(0)
}

struct Search<'a, P> {
    variables: &'a Variables<P>,
    /// For each variable, the parts that mention it.
    about: Vec<Vec<&'a Formula<P>>>,
    /// The variables to choose for.
    order: Vec<usize>,
    /// For each variable, the edge taken so far.
    chosen: Vec<Option<usize>>,
    checks: usize,
}

impl<P: Place> Search<'_, P> {
    /// Chooses for all variables from the one at `at` in the order.
    fn choose(&mut self, at: usize) -> Option<bool> {
        let Some(&variable) = self.order.get(at) else {
            return Some(true);
        };
        for edge in 0..self.variables.edges[variable].len() {
            self.chosen[variable] = Some(edge);
            if self.possible(variable)? && self.choose(at + 1)? {
                return Some(true);
            }
        }
        self.chosen[variable] = None;
        Some(false)
    }

    /// Whether no part about the variable has failed yet.
    fn possible(&mut self, variable: usize) -> Option<bool> {
        for part in &self.about[variable] {
            self.checks = self.checks.checked_sub(1)?;
            if self.holds(part) == Some(false) {
                return Some(false);
            }
        }
        Some(true)
    }

    fn holds(&self, part: &Formula<P>) -> Option<bool> {
        part.test(&|place, lit| {
            let variable = self.variables.index[place];
            let edge = self.chosen[variable]?;
            Some(self.variables.edges[variable][edge].as_ref() == Some(lit))
        })
    }
}
