//! "Did you mean": the nearest name among those that would have been right.

/// The candidate nearest to `name`, when it is near enough that a person would have meant it.
///
/// Case alone never counts; a third of the letters may differ. Ties go to the first candidate.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = Letters::of(name);
    let limit = (wanted.letters.len() / 3).clamp(1, 4);
    let mut table = Table::default();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        // Only a nearer one is of interest.
        let Some(limit) = best.map_or(Some(limit), |(least, _)| least.checked_sub(1)) else { break };
        if candidate.len() > 4 * (wanted.letters.len() + limit) {
            continue;
        }
        let letters = Letters::of(candidate);
        if wanted.may_be_near(&letters, limit)
            && let Some(distance) = table.distance(&wanted.letters, &letters.letters, limit)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A name in lower case, and which letters it has.
struct Letters {
    letters: Vec<char>,
    set: u64,
}

impl Letters {
    fn of(name: &str) -> Self {
        let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
        let set = letters.iter().fold(0, |set, letter| set | 1 << (*letter as u32 % 64));
        Letters { letters, set }
    }

    /// Quickly, whether the distance can be within `limit`: one edit changes the length by one, and adds and takes away one letter.
    fn may_be_near(&self, other: &Letters, limit: usize) -> bool {
        let only = |a: u64, b: u64| (a & !b).count_ones() as usize;
        self.letters.len().abs_diff(other.letters.len()) <= limit
            && only(self.set, other.set) <= limit
            && only(other.set, self.set) <= limit
    }
}

/// Rows of the edit distance, used again for each candidate.
#[derive(Default)]
struct Table {
    before: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Table {
    /// Edit distance with transpositions (optimal string alignment); none above `limit`.
    fn distance(&mut self, a: &[char], b: &[char], limit: usize) -> Option<usize> {
        let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let (a, b) = (&a[same..], &b[same..]);
        let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
        let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
        self.before.clear();
        self.last.clear();
        self.last.extend(0..=b.len());
        for i in 1..=a.len() {
            self.row.clear();
            self.row.push(i);
            for j in 1..=b.len() {
                let change = usize::from(a[i - 1] != b[j - 1]);
                let mut least = (self.last[j] + 1).min(self.row[j - 1] + 1).min(self.last[j - 1] + change);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(self.before[j - 2] + 1);
                }
                self.row.push(least);
            }
            // A transposition reaches two rows back.
            if self.row.iter().chain(&self.last).all(|distance| *distance > limit) {
                return None;
            }
            std::mem::swap(&mut self.before, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.row);
        }
        self.last.last().copied().filter(|distance| *distance <= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("BuketName", ["BucketName", "Tags"]), Some("BucketName"));
        assert_eq!(nearest("bucketName", ["BucketName", "Tags"]), Some("BucketName"));
        assert_eq!(nearest("stgae", ["stage", "state"]), Some("stage"));
        assert_eq!(nearest("zebra", ["BucketName", "Tags"]), None);
    }
}
