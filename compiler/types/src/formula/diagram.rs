//! Decision diagrams: whether a formula can hold, when laws alone do not tell.
//!
//! In: a formula that is no constant, and the domains of its places. Out: a verdict, `GaveUp` past [`MAX_NODES`].
//!
//! A diagram has one variable per place, in the places' order, and one edge for each literal the formula mentions, plus
//! one for "any other value" where the place can have one. Nodes are hash-consed, and a node whose edges agree is left
//! out, so a formula that cannot hold is exactly the terminal [`NO`].

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::implies::{Domains, Verdict};
use super::{Formula, Lit, Place, witness};

/// Nodes a diagram may have.
pub const MAX_NODES: usize = 10_000;

/// Combinations of nodes that may be computed; keeps time in proportion where nodes are few but much shared.
const MAX_STEPS: usize = MAX_NODES / 2;

/// The terminal for "does not hold".
const NO: u32 = 0;
/// The terminal for "holds".
const YES: u32 = 1;

/// Whether some assignment makes the formula hold.
pub(super) fn satisfiable<P: Place>(formula: &Formula<P>, domains: &dyn Domains<P>) -> Verdict {
    let mut variables = Variables::of(formula, domains);
    let mut compounds = Vec::new();
    for part in formula.conjuncts() {
        match part {
            Formula::Is {
                place,
                lit,
                negated,
            } if !variables.narrow(place, lit, *negated) => return Verdict::No,
            Formula::Is { .. } => {}
            part => compounds.push(part),
        }
    }
    if let Some(found) = witness::search(&compounds, &variables) {
        return if found { Verdict::Yes } else { Verdict::No };
    }
    let mut diagram = Diagram::new(variables);
    let mut verdict = Verdict::Yes;
    // Parts without a common place hold or fail independently: their diagrams never need multiplying.
    for component in components(&compounds, &diagram.variables) {
        match diagram.join(true, component.into_iter()) {
            Some(NO) => return Verdict::No,
            Some(_) => {}
            None => verdict = Verdict::GaveUp,
        }
    }
    verdict
}

/// Each place with the values that need telling apart; `None` stands for every value not listed.
pub(super) struct Variables<P> {
    pub(super) index: BTreeMap<P, usize>,
    pub(super) edges: Vec<Vec<Option<Lit>>>,
}

impl<P: Place> Variables<P> {
    fn of(formula: &Formula<P>, domains: &dyn Domains<P>) -> Self {
        let mut mentioned: BTreeMap<P, BTreeSet<Lit>> = BTreeMap::new();
        formula.each_test(&mut |place, lit| match mentioned.get_mut(place) {
            Some(lits) if lits.contains(lit) => {}
            Some(lits) => drop(lits.insert(lit.clone())),
            None => drop(mentioned.insert(place.clone(), BTreeSet::from([lit.clone()]))),
        });
        let edges = mentioned
            .iter()
            .map(|(place, lits)| edges(place, lits, domains))
            .collect();
        let index = mentioned
            .into_keys()
            .enumerate()
            .map(|(at, place)| (place, at))
            .collect();
        Variables { index, edges }
    }

    /// Drops the values a test rules out. `false`: none is left.
    fn narrow(&mut self, place: &P, lit: &Lit, negated: bool) -> bool {
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
            let possible = lits
                .iter()
                .filter(|lit| domain.contains(lit))
                .cloned()
                .map(Some);
            let other = domain.iter().any(|lit| !lits.contains(lit)).then_some(None);
            possible.chain(other).collect()
        }
        _ => all(),
    }
}

/// Groups parts that share a place, directly or through others; each group deepest place first, so that most of the
/// work is at the top of the diagram built so far.
fn components<'f, P: Place>(
    parts: &[&'f Formula<P>],
    variables: &Variables<P>,
) -> Vec<Vec<&'f Formula<P>>> {
    let mut groups: Vec<(BTreeSet<usize>, Vec<(usize, &Formula<P>)>)> = Vec::new();
    for part in parts {
        let mut places = variables.free(part);
        let mut members = vec![(places.first().copied().unwrap_or(0), *part)];
        let (joined, apart) = groups
            .into_iter()
            .partition(|(other, _)| !other.is_disjoint(&places));
        groups = apart;
        let joined: Vec<_> = joined;
        for (other_places, other_members) in joined {
            places.extend(other_places);
            members.extend(other_members);
        }
        groups.push((places, members));
    }
    groups
        .into_iter()
        .map(|(_, mut members)| {
            members.sort_by(|a, b| b.cmp(a));
            members.into_iter().map(|(_, part)| part).collect()
        })
        .collect()
}

/// The nodes built so far. Every method returns `None` once there are too many.
struct Diagram<P> {
    variables: Variables<P>,
    /// Variable and first edge of each node; the terminals sort after every variable.
    nodes: Vec<(u32, u32)>,
    /// Edges of all nodes, one run per node.
    targets: Vec<u32>,
    /// Variable followed by edges → the node.
    known: FxHashMap<Box<[u32]>, u32>,
    /// "And" (or not), left, right → the result.
    applied: FxHashMap<(bool, u32, u32), u32>,
    /// Nodes under construction, innermost last.
    scratch: Vec<u32>,
}

impl<P: Place> Diagram<P> {
    fn new(variables: Variables<P>) -> Self {
        Diagram {
            variables,
            nodes: vec![(u32::MAX, 0); 2],
            targets: Vec::new(),
            known: FxHashMap::default(),
            applied: FxHashMap::default(),
            scratch: Vec::new(),
        }
    }

    fn build(&mut self, formula: &Formula<P>) -> Option<u32> {
        match formula {
            Formula::True => Some(YES),
            Formula::False => Some(NO),
            Formula::Is {
                place,
                lit,
                negated,
            } => {
                let variable = self.variables.index[place];
                let start = self.scratch.len();
                self.scratch.push(variable as u32);
                for edge in &self.variables.edges[variable] {
                    self.scratch
                        .push(u32::from((edge.as_ref() == Some(lit)) != *negated));
                }
                self.finish(start)
            }
            Formula::And(parts) => self.join(true, parts.iter()),
            // Reversed: parts are sorted, and deep places first is quicker.
            Formula::Or(parts) => self.join(false, parts.iter().rev()),
        }
    }

    /// "And" or "or" of all parts.
    fn join<'f>(&mut self, and: bool, parts: impl Iterator<Item = &'f Formula<P>>) -> Option<u32>
    where
        P: 'f,
    {
        let mut whole = u32::from(and);
        for part in parts {
            let part = self.build(part)?;
            whole = self.apply(and, whole, part)?;
            if whole == u32::from(!and) {
                break;
            }
        }
        Some(whole)
    }

    fn apply(&mut self, and: bool, a: u32, b: u32) -> Option<u32> {
        let (a, b) = (a.min(b), a.max(b));
        // The terminals are the two smallest nodes, so only `a`, or both, can be one.
        match a {
            NO => return Some(if and { NO } else { b }),
            YES if b == YES => return Some(YES),
            YES => return Some(if and { b } else { YES }),
            _ if a == b => return Some(a),
            _ => {}
        }
        if let Some(&result) = self.applied.get(&(and, a, b)) {
            return Some(result);
        }
        let variable = self.nodes[a as usize].0.min(self.nodes[b as usize].0);
        let start = self.scratch.len();
        self.scratch.push(variable);
        for edge in 0..self.variables.edges[variable as usize].len() {
            let result = self.apply(
                and,
                self.follow(a, variable, edge),
                self.follow(b, variable, edge),
            )?;
            self.scratch.push(result);
        }
        let result = self.finish(start)?;
        if self.applied.len() >= MAX_STEPS {
            return None;
        }
        self.applied.insert((and, a, b), result);
        Some(result)
    }

    /// Where `node` leads for one edge of `variable`, at or above it.
    fn follow(&self, node: u32, variable: u32, edge: usize) -> u32 {
        match self.nodes[node as usize] {
            (own, first) if own == variable => self.targets[first as usize + edge],
            _ => node,
        }
    }

    /// The node whose variable and edges stand in `scratch` from `start` on; takes them off.
    fn finish(&mut self, start: usize) -> Option<u32> {
        let key = &self.scratch[start..];
        let node = if key[1..].iter().all(|target| *target == key[1]) {
            key[1]
        } else if let Some(&node) = self.known.get(key) {
            node
        } else if self.known.len() >= MAX_NODES {
            return None;
        } else {
            let node = self.nodes.len() as u32;
            self.nodes.push((key[0], self.targets.len() as u32));
            self.targets.extend_from_slice(&key[1..]);
            self.known.insert(key.into(), node);
            node
        };
        self.scratch.truncate(start);
        Some(node)
    }
}
