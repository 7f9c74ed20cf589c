//! Where a stack that is too large could be cut in two.
//!
//! In: a stack, and how many resources one may have. Out: a group that could be a stack of its own, and what the rest reads of it.
//! Always: the group needs nothing of the rest, so the two can be deployed one after the other; deterministic; time grows with the
//! number of resources and references only.

use cloudc_eval::{Db, Target, stack};

use crate::ordering::order;

/// A way to cut a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Positions of the resources of the group, in source order.
    pub group: Vec<usize>,
    /// Those of them that the rest refers to, in source order.
    pub read: Vec<usize>,
}

/// The best cut of a target's stack into parts of at most `most` resources; the best that leaves less when there is none.
pub fn cut(db: &dyn Db, target: Target, most: usize) -> Option<Cut> {
    let members = &stack(db, target).resources;
    let edges: Vec<(usize, usize)> = order(db, target).edges.iter().map(|(.., edge)| (edge.from, edge.to)).collect();
    best(members.len(), &edges, most)
}

/// The best cut of `count` nodes, where `(from, to)` says that `from` needs `to`.
///
/// A prefix of an order in which everything comes after what it needs is such a group. Depth first keeps together what belongs
/// together, so a few of those orders are tried, and of all prefixes the one of which the fewest nodes are read from outside wins.
pub fn best(count: usize, edges: &[(usize, usize)], most: usize) -> Option<Cut> {
    let mut needs = vec![Vec::new(); count];
    let mut needed_by = vec![Vec::new(); count];
    for (from, to) in edges.iter().filter(|(from, to)| from != to && *from < count && *to < count) {
        needs[*from].push(*to);
        needed_by[*to].push(*from);
    }
    let mut found: Option<((bool, usize, usize), Vec<usize>)> = None;
    for backwards in [false, true] {
        let order = depth_first(&needs, backwards);
        // A circle has no order; it has been reported.
        if order.len() != count {
            return None;
        }
        if let Some((rank, length)) = best_prefix(&order, &needed_by, most)
            && found.as_ref().is_none_or(|(known, _)| rank < *known)
        {
            found = Some((rank, order[..length].to_vec()));
        }
    }
    let (_, mut group) = found?;
    group.sort_unstable();
    let mut inside = vec![false; count];
    group.iter().for_each(|at| inside[*at] = true);
    let read = group.iter().copied().filter(|at| needed_by[*at].iter().any(|user| !inside[*user])).collect();
    Some(Cut { group, read })
}

/// All nodes, each after what it needs; less than all when there is a circle.
fn depth_first(needs: &[Vec<usize>], backwards: bool) -> Vec<usize> {
    let count = needs.len();
    let mut state = vec![0u8; count];
    let mut order = Vec::with_capacity(count);
    let mut roots: Vec<usize> = (0..count).collect();
    if backwards {
        roots.reverse();
    }
    for root in roots {
        let mut open = vec![(root, 0)];
        while let Some((at, next)) = open.pop() {
            if next == 0 && state[at] != 0 {
                continue;
            }
            state[at] = 1;
            match needs[at].get(next) {
                Some(inner) if state[*inner] == 1 => return order,
                Some(inner) => {
                    open.push((at, next + 1));
                    open.push((*inner, 0));
                }
                None => {
                    state[at] = 2;
                    order.push(at);
                }
            }
        }
    }
    order
}

/// The length of the best prefix with how bad it is: whether a part is still too large, how many of its nodes the rest reads, how
/// uneven the parts are.
fn best_prefix(order: &[usize], needed_by: &[Vec<usize>], most: usize) -> Option<((bool, usize, usize), usize)> {
    let count = order.len();
    let mut users: Vec<usize> = needed_by.iter().map(Vec::len).collect();
    let mut needs = vec![Vec::new(); count];
    for (to, all) in needed_by.iter().enumerate() {
        all.iter().for_each(|from| needs[*from].push(to));
    }
    let mut read = 0;
    let mut found = None;
    for (at, node) in order.iter().enumerate() {
        if users[*node] > 0 {
            read += 1;
        }
        for inner in &needs[*node] {
            users[*inner] -= 1;
            if users[*inner] == 0 {
                read -= 1;
            }
        }
        let length = at + 1;
        let rest = count - length;
        // A handful of resources is not worth a stack.
        if length.min(rest) * 10 < count {
            continue;
        }
        let rank = (length.max(rest) > most, read, length.abs_diff(rest));
        if found.as_ref().is_none_or(|(known, _)| rank < *known) {
            found = Some((rank, length));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups of `size` around one hub each, all of which need one network.
    fn clusters(groups: usize, size: usize) -> (usize, Vec<(usize, usize)>) {
        let mut edges = Vec::new();
        for group in 0..groups {
            let hub = 1 + group * size;
            edges.push((hub, 0));
            edges.extend((1..size).map(|at| (hub + at, hub)));
        }
        (1 + groups * size, edges)
    }

    #[test]
    fn cuts_between_groups() {
        let (count, edges) = clusters(6, 100);
        let cut = best(count, &edges, 500).unwrap();
        assert_eq!(cut.read, [0], "only the network is read by the rest");
        assert!(cut.group.len() <= 500 && count - cut.group.len() <= 500);
        assert_eq!((cut.group.len() - 1) % 100, 0, "no group is cut");
    }

    #[test]
    fn what_is_not_connected_is_cut_for_nothing() {
        let cut = best(4, &[(1, 0), (3, 2)], 500).unwrap();
        assert_eq!((cut.group, cut.read), (vec![0, 1], vec![]));
    }

    #[test]
    fn a_circle_has_no_cut() {
        assert_eq!(best(3, &[(0, 1), (1, 2), (2, 0)], 2), None);
    }

    #[test]
    fn a_chain_of_many_is_fast() {
        let edges: Vec<(usize, usize)> = (1..2_000).flat_map(|at| [(at, at - 1), (at, at / 2)]).collect();
        let start = std::time::Instant::now();
        assert!(best(2_000, &edges, 500).is_some());
        assert!(start.elapsed().as_millis() < 50, "{:?}", start.elapsed());
    }
}
