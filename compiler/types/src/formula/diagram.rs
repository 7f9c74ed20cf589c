//! Decision diagrams: whether a formula can hold, when neither laws nor a quick search tell.
//!
//! In: parts, and the values to choose from. Out: whether all parts can hold together; `GaveUp` past [`MAX_NODES`]
//! nodes or as many steps.
//!
//! A diagram has one variable per place, in the places' order, and one edge for each literal the formula mentions, plus
//! one for "any other value" where the place can have one: see [`Variables`]. Nodes are hash-consed, and a node whose edges agree is left
//! out, so a formula that cannot hold is exactly the terminal [`NO`].

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::implies::Verdict;
use super::variables::Variables;
use super::{Formula, Place};

/// Nodes a diagram may have.
pub const MAX_NODES: usize = 10_000;

/// Combinations of nodes that may be computed; keeps time in proportion where nodes are few but much shared.
const MAX_STEPS: usize = MAX_NODES;

/// The terminal for "does not hold".
const NO: u32 = 0;
/// The terminal for "holds".
const YES: u32 = 1;

/// Whether some choice of values makes all parts hold.
pub(super) fn satisfiable<P: Place>(parts: &[&Formula<P>], variables: &Variables<P>) -> Verdict {
    let mut diagram = Diagram::new(variables);
    let mut verdict = Verdict::Yes;
    // Parts without a common place hold or fail independently: their diagrams never need multiplying.
    for component in components(parts, variables) {
        match diagram.join(true, component.parts.into_iter()) {
            Some(NO) => return Verdict::No,
            Some(_) => {}
            None => verdict = Verdict::GaveUp,
        }
    }
    verdict
}

/// Parts that share places, directly or through one another, and those places.
struct Component<'f, P> {
    places: BTreeSet<usize>,
    parts: Vec<&'f Formula<P>>,
}

/// Groups parts by the places they share. In each group the deepest places come first, so that most of the work is at
/// the top of the diagram built so far.
fn components<'f, P: Place>(parts: &[&'f Formula<P>], variables: &Variables<P>) -> Vec<Component<'f, P>> {
    let mut components: Vec<Component<'f, P>> = Vec::new();
    for part in parts {
        let mut grown = Component { places: variables.free(part), parts: vec![*part] };
        let (shared, apart): (Vec<_>, Vec<_>) =
            components.into_iter().partition(|component| !component.places.is_disjoint(&grown.places));
        for component in shared {
            grown.places.extend(component.places);
            grown.parts.extend(component.parts);
        }
        components = apart;
        components.push(grown);
    }
    for component in &mut components {
        component.parts.sort_by_cached_key(|part| Reverse(variables.free(part).first().copied()));
    }
    components
}

/// The nodes built so far. Every method returns `None` once there are too many.
struct Diagram<'a, P> {
    variables: &'a Variables<P>,
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

impl<'a, P: Place> Diagram<'a, P> {
    fn new(variables: &'a Variables<P>) -> Self {
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
            Formula::Is { place, lit, negated } => {
                let variable = self.variables.index[place];
                let start = self.scratch.len();
                self.scratch.push(variable as u32);
                for edge in &self.variables.edges[variable] {
                    self.scratch.push(u32::from((edge.as_ref() == Some(lit)) != *negated));
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
            let result = self.apply(and, self.follow(a, variable, edge), self.follow(b, variable, edge))?;
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
