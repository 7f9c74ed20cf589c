//! Questions about formulas: can it hold, does one imply another.
//!
//! In: formulas, and what values their places can take. Out: a [`Verdict`]. `Yes` and `No` are always right; `GaveUp`
//! comes only where the decision diagram passes [`MAX_NODES`](super::MAX_NODES) nodes or as many steps.
//! Cheapest first: lattice laws, then a short search for values that settle it, then a diagram. The first two settle
//! nearly everything people write; all three together stay in the low milliseconds.

use super::normal::follows;
use super::variables::Variables;
use super::{Formula, Lit, Place, diagram, witness};

/// The answer to a question about formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is so.
    Yes,
    /// It is not so: some assignment of values shows it.
    No,
    /// The formulas are too tangled to decide. Treat it as `No`, and say so.
    GaveUp,
}

impl Verdict {
    /// It is known to be so.
    pub fn is_yes(self) -> bool {
        self == Verdict::Yes
    }

    /// It is known not to be so.
    pub fn is_no(self) -> bool {
        self == Verdict::No
    }

    /// The answer to the opposite question.
    fn flip(self) -> Self {
        match self {
            Verdict::Yes => Verdict::No,
            Verdict::No => Verdict::Yes,
            Verdict::GaveUp => Verdict::GaveUp,
        }
    }
}

/// What values places can take.
pub trait Domains<P> {
    /// All values `place` can have, or `None` if it is open. Not asked of `Bool` places; an empty list counts as open.
    fn domain(&self, place: &P) -> Option<Vec<Lit>>;
}

/// Every place is open, except `Bool`s.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDomains;

impl<P> Domains<P> for NoDomains {
    fn domain(&self, _: &P) -> Option<Vec<Lit>> {
        None
    }
}

/// Some assignment of values makes it hold.
pub fn satisfiable<P: Place>(formula: &Formula<P>, domains: &dyn Domains<P>) -> Verdict {
    let mut variables = Variables::of(formula, domains);
    let mut open = Vec::new();
    for part in formula.conjuncts() {
        match part {
            Formula::False => return Verdict::No,
            Formula::Is { place, lit, negated } => {
                if !variables.narrow(place, lit, *negated) {
                    return Verdict::No;
                }
            }
            part => open.push(part),
        }
    }
    match witness::search(&open, &variables) {
        Some(true) => Verdict::Yes,
        Some(false) => Verdict::No,
        None => diagram::satisfiable(&open, &variables),
    }
}

/// Wherever `a` holds, `b` holds.
pub fn implies<P: Place>(a: &Formula<P>, b: &Formula<P>, domains: &dyn Domains<P>) -> Verdict {
    if follows(a, b) {
        return Verdict::Yes;
    }
    // Only what `a` does not plainly say needs deciding.
    let open = b.conjuncts().iter().filter(|part| !follows(a, part)).map(Formula::not);
    let counterexample = Formula::and([a.clone(), Formula::or(open)]);
    satisfiable(&counterexample, domains).flip()
}

/// They hold under exactly the same assignments.
pub fn equivalent<P: Place>(a: &Formula<P>, b: &Formula<P>, domains: &dyn Domains<P>) -> Verdict {
    if a == b {
        return Verdict::Yes;
    }
    match implies(a, b, domains) {
        Verdict::No => Verdict::No,
        forth => match (forth, implies(b, a, domains)) {
            (_, Verdict::No) => Verdict::No,
            (Verdict::Yes, back) => back,
            _ => Verdict::GaveUp,
        },
    }
}

/// They never hold together.
pub fn disjoint<P: Place>(a: &Formula<P>, b: &Formula<P>, domains: &dyn Domains<P>) -> Verdict {
    satisfiable(&Formula::and([a.clone(), b.clone()]), domains).flip()
}
