//! Which stacks are deployed together: those of a wave need nothing of each other, and everything of the waves before.

use crate::unit::Unit;

/// Indices of units by wave, each wave sorted. A stack that waits for one which is not among the units only waits for the others.
/// Stacks that wait for each other cannot be built (the compiler refuses circles), so all of what is left would be the last wave.
pub fn waves(units: &[Unit]) -> Vec<Vec<usize>> {
    let place = |unit: &Unit| (unit.name().to_owned(), unit.manifest().region.clone());
    let known: Vec<_> = units.iter().map(place).collect();
    let needs: Vec<Vec<usize>> = units
        .iter()
        .map(|unit| {
            let before = unit.manifest().after.iter();
            before
                .filter_map(|other| known.iter().position(|(name, region)| *name == other.stack_name && *region == other.region))
                .collect()
        })
        .collect();
    order(&needs)
}

/// The waves of a graph: for each node those it needs.
fn order(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut done = vec![false; needs.len()];
    let mut waves = Vec::new();
    while done.iter().any(|done| !done) {
        let ready = |at: &usize| !done[*at] && needs[*at].iter().all(|other| done[*other] || other == at);
        let mut wave: Vec<usize> = (0..needs.len()).filter(ready).collect();
        if wave.is_empty() {
            wave = (0..needs.len()).filter(|at| !done[*at]).collect();
        }
        for at in &wave {
            done[*at] = true;
        }
        waves.push(wave);
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn what_needs_nothing_comes_first() {
        let needs = vec![vec![1, 2], vec![2], vec![], vec![2]];
        assert_eq!(order(&needs), vec![vec![2], vec![1, 3], vec![0]]);
        assert_eq!(order(&[]), Vec::<Vec<usize>>::new());
    }
}
