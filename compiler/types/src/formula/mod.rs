//! Canonical condition formulas: tests of the form `place == literal`, joined by "and" and "or".
//!
//! In: tests, built up with [`Formula::is`], [`Formula::and`], [`Formula::or`] and [`Formula::not`].
//! Out: a formula in canonical form, and answers about it: does one imply another, can it hold, what is left of it
//! once a place is known.
//!
//! What always holds of a [`Formula`]:
//! - negation stands only on tests, and a test against `false` is written as a negated test against `true`;
//! - an [`And`](Formula::And) holds at least two parts, sorted, none of them an `And` or a constant; `Or` likewise;
//! - no part is already said by the others (`a || (a && b)` is `a`), and parts that contradict each other have folded
//!   the whole to a constant (`x && !x` is `False`).
//!
//! So formulas equal by the laws of `&&`, `||` and De Morgan are `==`, whatever order they were built in. Formulas equal
//! only by distribution, or because of what values a place may take, are not: ask [`equivalent`].
//! Distribution is never applied, so a formula is never larger than what it was built from.
//!
//! The module is generic in what a place is: a name path during checking, a parameter during evaluation.

use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use rustc_hash::FxHasher;
use smol_str::SmolStr;

mod diagram;
mod display;
mod implies;
mod normal;
#[cfg(test)]
mod tests;
mod variables;
mod witness;

pub use diagram::MAX_NODES;
pub use implies::{Domains, NoDomains, Verdict, disjoint, equivalent, implies, satisfiable};

/// A literal a place is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lit {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string without interpolation.
    Str(SmolStr),
}

/// What a formula talks about. Its order decides the order of parts, so it must not vary between runs.
pub trait Place: Clone + Ord + Hash + Debug {}

impl<T: Clone + Ord + Hash + Debug> Place for T {}

/// A condition in canonical form. The module documentation says what that promises.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Formula<P> {
    /// Always holds.
    True,
    /// Never holds.
    False,
    /// One test. Built by [`Formula::is`] and [`Formula::not`].
    #[non_exhaustive]
    Is {
        /// What is compared.
        place: P,
        /// What it is compared with; never `Lit::Bool(false)`.
        lit: Lit,
        /// The test is `!=`.
        negated: bool,
    },
    /// All of the parts hold.
    And(Parts<P>),
    /// At least one of the parts holds.
    Or(Parts<P>),
}

/// The parts of an `And` or `Or`: at least two, sorted, distinct. Reads as a slice; only this module builds one.
#[derive(Clone)]
pub struct Parts<P> {
    items: Arc<[Formula<P>]>,
    /// Hash of the items, so comparing and hashing large formulas does not walk them.
    hash: u64,
    /// One bit for each place inside, hashed: formulas without a common bit have no common place.
    mask: u64,
}

impl<P: Place> Parts<P> {
    /// Sorts and deduplicates; the caller has done the rest of the normalisation.
    fn new(mut items: Vec<Formula<P>>) -> Self {
        items.sort();
        items.dedup();
        let mask = items.iter().fold(0, |mask, item| mask | item.mask());
        let mut hasher = FxHasher::default();
        items.hash(&mut hasher);
        Parts { items: items.into(), hash: hasher.finish(), mask }
    }
}

impl<P> Deref for Parts<P> {
    type Target = [Formula<P>];

    fn deref(&self) -> &Self::Target {
        &self.items
    }
}

impl<'a, P> IntoIterator for &'a Parts<P> {
    type Item = &'a Formula<P>;
    type IntoIter = std::slice::Iter<'a, Formula<P>>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<P: PartialEq> PartialEq for Parts<P> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (Arc::ptr_eq(&self.items, &other.items) || self.items == other.items)
    }
}

impl<P: Eq> Eq for Parts<P> {}

impl<P: PartialOrd> PartialOrd for Parts<P> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.items.partial_cmp(&other.items)
    }
}

impl<P: Ord> Ord for Parts<P> {
    // By the items and not by the hash: the order is seen in output.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if Arc::ptr_eq(&self.items, &other.items) {
            return std::cmp::Ordering::Equal;
        }
        self.items.cmp(&other.items)
    }
}

impl<P> Hash for Parts<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

impl<P: Debug> Debug for Formula<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Formula::True => f.write_str("True"),
            Formula::False => f.write_str("False"),
            Formula::Is { place, lit, negated } => {
                write!(f, "{place:?} {} {lit:?}", if *negated { "!=" } else { "==" })
            }
            Formula::And(parts) => f.debug_tuple("And").field(&&parts[..]).finish(),
            Formula::Or(parts) => f.debug_tuple("Or").field(&&parts[..]).finish(),
        }
    }
}

impl<P: Debug> Debug for Parts<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

/// Building.
impl<P: Place> Formula<P> {
    /// The constant.
    pub fn truth(value: bool) -> Self {
        if value { Formula::True } else { Formula::False }
    }

    /// The place is a `Bool` and holds.
    pub fn bool_place(place: P) -> Self {
        Formula::is(place, Lit::Bool(true))
    }

    /// `place == lit`.
    pub fn is(place: P, lit: Lit) -> Self {
        match lit {
            Lit::Bool(value) => Formula::Is { place, lit: Lit::Bool(true), negated: !value },
            lit => Formula::Is { place, lit, negated: false },
        }
    }

    /// All of them hold; `True` for none.
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        normal::normalise(normal::Kind::And, parts)
    }

    /// At least one of them holds; `False` for none.
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        normal::normalise(normal::Kind::Or, parts)
    }

    /// It does not hold.
    pub fn not(&self) -> Self {
        // Invariant: every rule of `normal` has its mirror image, so the negated parts need no normalising.
        match self {
            Formula::True => Formula::False,
            Formula::False => Formula::True,
            Formula::Is { place, lit, negated } => Formula::Is { place: place.clone(), lit: lit.clone(), negated: !negated },
            Formula::And(parts) => Formula::Or(Parts::new(parts.iter().map(Formula::not).collect())),
            Formula::Or(parts) => Formula::And(Parts::new(parts.iter().map(Formula::not).collect())),
        }
    }
}

/// Reading.
impl<P: Place> Formula<P> {
    /// It is the constant `True`. For "can never fail", ask [`implies`].
    pub fn is_true(&self) -> bool {
        matches!(self, Formula::True)
    }

    /// It is the constant `False`. For "can never hold", ask [`satisfiable`].
    pub fn is_false(&self) -> bool {
        matches!(self, Formula::False)
    }

    /// Every place mentioned.
    pub fn places(&self) -> BTreeSet<P> {
        let mut places = BTreeSet::new();
        self.each_test(&mut |place, _| {
            if !places.contains(place) {
                places.insert(place.clone());
            }
        });
        places
    }

    /// The formulas that together say this one: the parts of an `And`, none for `True`, else the formula itself.
    pub fn conjuncts(&self) -> &[Self] {
        match self {
            Formula::True => &[],
            Formula::And(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// The alternatives: the parts of an `Or`, none for `False`, else the formula itself.
    pub fn disjuncts(&self) -> &[Self] {
        match self {
            Formula::False => &[],
            Formula::Or(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// Whether it holds when places have the values given; `None` where it hangs on a place without one.
    pub fn evaluate(&self, value: &dyn Fn(&P) -> Option<Lit>) -> Option<bool> {
        self.test(&|place, lit| value(place).map(|value| value == *lit))
    }

    /// Whether it holds when `known` answers for the tests `place == literal`.
    fn test(&self, known: &dyn Fn(&P, &Lit) -> Option<bool>) -> Option<bool> {
        match self {
            Formula::True => Some(true),
            Formula::False => Some(false),
            Formula::Is { place, lit, negated } => known(place, lit).map(|holds| holds != *negated),
            Formula::And(parts) => settled(false, parts.iter().map(|part| part.test(known))),
            Formula::Or(parts) => settled(true, parts.iter().map(|part| part.test(known))),
        }
    }

    /// Calls back for each test, in order, repeated places included.
    fn each_test(&self, visit: &mut dyn FnMut(&P, &Lit)) {
        match self {
            Formula::True | Formula::False => {}
            Formula::Is { place, lit, .. } => visit(place, lit),
            Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| part.each_test(visit)),
        }
    }

    /// One bit for each place inside, hashed.
    fn mask(&self) -> u64 {
        match self {
            Formula::True | Formula::False => 0,
            Formula::Is { place, .. } => place_bit(place),
            Formula::And(parts) | Formula::Or(parts) => parts.mask,
        }
    }
}

/// Rewriting; each result is canonical again.
impl<P: Place> Formula<P> {
    /// The formula about other places. Places may be merged.
    pub fn map_places<Q: Place>(&self, mut rename: impl FnMut(&P) -> Q) -> Formula<Q> {
        self.bind(&mut |place, lit| Formula::is(rename(place), lit.clone()))
    }

    /// The formula with each test `place == lit` replaced, for instance to unfold a `let` or to apply an input.
    pub fn bind<Q: Place>(&self, replace: &mut dyn FnMut(&P, &Lit) -> Formula<Q>) -> Formula<Q> {
        match self {
            Formula::True => Formula::True,
            Formula::False => Formula::False,
            Formula::Is { place, lit, negated: false } => replace(place, lit),
            Formula::Is { place, lit, negated: true } => replace(place, lit).not(),
            Formula::And(parts) => Formula::and(parts.iter().map(|part| part.bind(replace)).collect::<Vec<_>>()),
            Formula::Or(parts) => Formula::or(parts.iter().map(|part| part.bind(replace)).collect::<Vec<_>>()),
        }
    }

    /// What is left of the formula where `place` is known to be `lit`.
    pub fn assume(&self, place: &P, lit: &Lit) -> Self {
        self.decide(place_bit(place), &|p, asked| (p == place).then(|| asked == lit))
    }

    /// What is left of the formula where some places have known values.
    pub fn substitute(&self, value: &dyn Fn(&P) -> Option<Lit>) -> Self {
        self.decide(u64::MAX, &|place, asked| value(place).map(|lit| lit == *asked))
    }

    /// Decides the tests that `known` answers; parts whose places are all outside `mask` stay shared.
    fn decide(&self, mask: u64, known: &dyn Fn(&P, &Lit) -> Option<bool>) -> Self {
        if self.mask() & mask == 0 {
            return self.clone();
        }
        match self {
            Formula::True | Formula::False => self.clone(),
            Formula::Is { place, lit, negated } => match known(place, lit) {
                Some(holds) => Formula::truth(holds != *negated),
                None => self.clone(),
            },
            Formula::And(parts) => Formula::and(parts.iter().map(|part| part.decide(mask, known))),
            Formula::Or(parts) => Formula::or(parts.iter().map(|part| part.decide(mask, known))),
        }
    }
}

/// Joins three-valued parts: one that is `winner` decides, else one that is unknown.
fn settled(winner: bool, parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(!winner);
    for part in parts {
        match part {
            Some(value) if value == winner => return part,
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

/// The bit a place has in a mask.
fn place_bit(place: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    place.hash(&mut hasher);
    1 << (hasher.finish() >> 58)
}
