//! Normalisation of one `And` or `Or` whose parts are already canonical.
//!
//! In: the parts. Out: the canonical formula. Always: the result is no larger than the parts together, and it does not
//! depend on their order or grouping.
//!
//! Take `a ⊑ b` to mean that `b` follows from `a` by lattice laws alone: tests are ordered by `p == x ⊑ p != y`, and
//! `&&`, `||` are meet and join. Whitman's procedure decides this by descending into one side at a time, without
//! distribution, and each element of a free lattice has one shortest term: no part of a meet is above the meet of the
//! others, and no alternative inside a part is above the whole meet (then the part can be that alternative).
//! Reaching that term is what makes the result canonical. Negation is added by folding to a constant where the whole is
//! below the negation of one of its parts; whether it is depends on the lattice element only, so the term stays unique.
//!
//! Rules are written for `And`; for `Or` the order is turned around.

use super::{Formula, Lit, Parts, Place};

/// Comparison steps one normalisation or [`follows`] may take before further redundancy is left standing: about
/// a millisecond unoptimised. Only generated formulas get there; they stay correct, but may lose canonicity.
const FUEL: u32 = 20_000;

/// Which of the two mirror images is being built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    And,
    Or,
}

/// Joins the parts.
pub(super) fn normalise<P: Place>(kind: Kind, parts: impl IntoIterator<Item = Formula<P>>) -> Formula<P> {
    let mut work = Vec::new();
    let mut order = Order { kind, fuel: FUEL };
    for part in parts {
        if !order.flatten(part, &mut work) {
            return collapsed(kind);
        }
    }
    loop {
        work.sort();
        work.dedup();
        if !settle_tests(kind, &mut work) {
            return collapsed(kind);
        }
        // Tests alone are settled now.
        if work.iter().all(is_test) {
            break;
        }
        order.drop_said(&mut work);
        if !order.narrow(&mut work) {
            break;
        }
    }
    if order.contradicts(&work) {
        return collapsed(kind);
    }
    match (work.len(), kind) {
        (0, _) => collapsed(kind).not(),
        (1, _) => work.swap_remove(0),
        (_, Kind::And) => Formula::And(Parts::new(work)),
        (_, Kind::Or) => Formula::Or(Parts::new(work)),
    }
}

/// Whether `b` follows from `a` by lattice laws. `false` means only that this did not show it.
pub(super) fn follows<P: Place>(a: &Formula<P>, b: &Formula<P>) -> bool {
    match (a, b) {
        (Formula::False, _) | (_, Formula::True) => true,
        (Formula::True, _) | (_, Formula::False) => false,
        _ => Order { kind: Kind::And, fuel: FUEL }.said(a.conjuncts(), usize::MAX, b),
    }
}

/// What contradicting parts make of the whole.
fn collapsed<P: Place>(kind: Kind) -> Formula<P> {
    Formula::truth(kind == Kind::Or)
}

fn is_test<P>(formula: &Formula<P>) -> bool {
    matches!(formula, Formula::Is { .. })
}

/// Settles the tests of each place among themselves; they lead the sorted parts. For `And`: two different values, or a
/// value asserted and denied, collapse the whole (`false`); a value asserted makes other denials redundant.
fn settle_tests<P: Place>(kind: Kind, parts: &mut Vec<Formula<P>>) -> bool {
    // The polarity of which one test decides the place: `p == a` under And, `p != a` under Or.
    let deciding = kind == Kind::Or;
    let mut decided: Option<(P, Lit)> = None;
    for part in parts.iter() {
        let Formula::Is { place, lit, negated } = part else {
            break;
        };
        if *negated == deciding {
            if decided.as_ref().is_some_and(|(p, l)| p == place && l != lit) {
                return false;
            }
            decided = Some((place.clone(), lit.clone()));
        }
    }
    if decided.is_none() {
        return true;
    }
    let facts: Vec<(P, Lit)> = parts
        .iter()
        .filter_map(|part| match part {
            Formula::Is { place, lit, negated } if *negated == deciding => Some((place.clone(), lit.clone())),
            _ => None,
        })
        .collect();
    let mut contradicted = false;
    parts.retain(|part| match part {
        Formula::Is { place, lit, negated } if *negated != deciding => match facts.binary_search_by(|(p, _)| p.cmp(place)) {
            Ok(at) => {
                contradicted |= facts[at].1 == *lit;
                false
            }
            Err(_) => true,
        },
        _ => true,
    });
    !contradicted
}

/// The order `⊑`, turned around for `Or`, with the steps left.
struct Order {
    kind: Kind,
    fuel: u32,
}

impl Order {
    /// Adds a part, opening nested joins of the same kind. `false`: it collapses the whole.
    fn flatten<P: Place>(&self, part: Formula<P>, work: &mut Vec<Formula<P>>) -> bool {
        match (self.kind, part) {
            (Kind::And, Formula::True) | (Kind::Or, Formula::False) => {}
            (Kind::And, Formula::False) | (Kind::Or, Formula::True) => return false,
            (Kind::And, Formula::And(inner)) | (Kind::Or, Formula::Or(inner)) => work.extend(inner.iter().cloned()),
            (_, part) => work.push(part),
        }
        true
    }

    /// Removes parts the others already say.
    fn drop_said<P: Place>(&mut self, parts: &mut Vec<Formula<P>>) {
        for at in (0..parts.len()).rev() {
            let part = parts[at].clone();
            if self.said(parts, at, &part) {
                parts.remove(at);
            }
        }
    }

    /// Replaces a part by one of its own alternatives where the whole already says that alternative.
    fn narrow<P: Place>(&mut self, parts: &mut Vec<Formula<P>>) -> bool {
        for at in 0..parts.len() {
            let (Formula::And(inner) | Formula::Or(inner)) = parts[at].clone() else {
                continue;
            };
            let Some(chosen) = inner.iter().find(|alternative| self.said(parts, usize::MAX, alternative)) else {
                continue;
            };
            parts.remove(at);
            self.flatten(chosen.clone(), parts);
            return true;
        }
        false
    }

    /// Whether the parts together deny one of themselves.
    fn contradicts<P: Place>(&mut self, parts: &[Formula<P>]) -> bool {
        !parts.iter().all(is_test) && parts.iter().any(|part| self.said(parts, usize::MAX, &part.not()))
    }

    /// Whether the sorted parts, without the one at `skip`, say `goal`.
    fn said<P: Place>(&mut self, parts: &[Formula<P>], skip: usize, goal: &Formula<P>) -> bool {
        if !self.spend() {
            return false;
        }
        match (self.kind, goal) {
            (Kind::And, Formula::And(goals)) | (Kind::Or, Formula::Or(goals)) => {
                goals.iter().all(|goal| self.said(parts, skip, goal))
            }
            (Kind::And, Formula::Or(goals)) | (Kind::Or, Formula::And(goals)) => {
                // A test that says the goal says one of its alternatives, so only compound parts are left to try.
                goals.iter().any(|goal| self.said(parts, skip, goal)) || self.said_by_compound(parts, skip, goal)
            }
            (_, Formula::Is { place, .. }) => {
                said_by_test(self.kind, parts, skip, place, goal) || self.said_by_compound(parts, skip, goal)
            }
            (_, Formula::True | Formula::False) => false,
        }
    }

    fn said_by_compound<P: Place>(&mut self, parts: &[Formula<P>], skip: usize, goal: &Formula<P>) -> bool {
        // Invariant: tests sort before compounds, see the order of `Formula`'s variants.
        let first = parts.partition_point(is_test);
        let mut compounds = parts.iter().enumerate().skip(first);
        compounds.any(|(at, part)| {
            at != skip
                && match self.kind {
                    Kind::And => self.below(part, goal),
                    Kind::Or => self.below(goal, part),
                }
        })
    }

    /// `a ⊑ b`, neither a constant.
    fn below<P: Place>(&mut self, a: &Formula<P>, b: &Formula<P>) -> bool {
        if !self.spend() || a.mask() & b.mask() == 0 {
            return false;
        }
        match (a, b) {
            (Formula::Is { .. }, Formula::Is { .. }) => test_below(a, b),
            (Formula::Or(parts), _) => parts.iter().all(|part| self.below(part, b)),
            (_, Formula::And(parts)) => parts.iter().all(|part| self.below(a, part)),
            (Formula::And(left), Formula::Or(right)) => {
                left.iter().any(|part| self.below(part, b)) || right.iter().any(|part| self.below(a, part))
            }
            (Formula::And(parts), _) => parts.iter().any(|part| self.below(part, b)),
            (_, Formula::Or(parts)) => parts.iter().any(|part| self.below(a, part)),
            _ => false,
        }
    }

    /// Takes one step, if any are left.
    fn spend(&mut self) -> bool {
        self.fuel = self.fuel.saturating_sub(1);
        self.fuel > 0
    }
}

/// Whether one of the leading tests, those of `place`, says the test `goal`.
fn said_by_test<P: Place>(kind: Kind, parts: &[Formula<P>], skip: usize, place: &P, goal: &Formula<P>) -> bool {
    let first = parts.partition_point(|part| matches!(part, Formula::Is { place: p, .. } if p < place));
    let here = parts.iter().enumerate().skip(first);
    here.take_while(|(_, part)| matches!(part, Formula::Is { place: p, .. } if p == place)).any(|(at, part)| {
        at != skip
            && match kind {
                Kind::And => test_below(part, goal),
                Kind::Or => test_below(goal, part),
            }
    })
}

/// `a ⊑ b` for tests.
fn test_below<P: Place>(a: &Formula<P>, b: &Formula<P>) -> bool {
    match (a, b) {
        (Formula::Is { place: p, lit: x, negated: denied }, Formula::Is { place: q, lit: y, negated: denies }) if p == q => {
            match (denied, denies) {
                (false, true) => x != y,
                (true, false) => false,
                _ => x == y,
            }
        }
        _ => false,
    }
}
