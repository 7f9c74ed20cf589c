//! "Did you mean": the nearest name among those that would have been right.

/// The candidate nearest to `name`, when it is near enough that a person would have meant it.
///
/// Case alone never counts; a third of the letters may differ. Ties go to the first candidate.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = Shape::of(name);
    let limit = (wanted.length / 3).clamp(1, 4);
    // Thousands of candidates are asked while somebody types; letters are only spelled out for those that may be near.
    let (mut letters, mut others) = (Vec::new(), Vec::new());
    let mut table = Table::default();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        // Only a nearer one is of interest.
        let Some(limit) = best.map_or(Some(limit), |(least, _)| least.checked_sub(1)) else { break };
        if !wanted.may_be_near(candidate, limit) {
            continue;
        }
        if letters.is_empty() {
            letters.extend(lower(name));
        }
        others.clear();
        others.extend(lower(candidate));
        if let Some(distance) = table.distance(&letters, &others, limit) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn lower(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase)
}

/// What can be said of a name in lower case without spelling it out.
struct Shape {
    length: usize,
    set: u64,
}

impl Shape {
    fn of(name: &str) -> Self {
        Shape { length: Shape::length(name), set: Shape::set(name) }
    }

    fn length(name: &str) -> usize {
        if name.is_ascii() { name.len() } else { lower(name).count() }
    }

    /// Which letters there are, modulo 64.
    fn set(name: &str) -> u64 {
        if name.is_ascii() {
            name.bytes().fold(0, |set, byte| set | 1 << (byte.to_ascii_lowercase() % 64))
        } else {
            lower(name).fold(0, |set, letter| set | 1 << (letter as u32 % 64))
        }
    }

    /// Quickly, whether the distance can be within `limit`: one edit changes the length by one, and adds and takes away one letter.
    fn may_be_near(&self, other: &str, limit: usize) -> bool {
        let only = |a: u64, b: u64| (a & !b).count_ones() as usize;
        if self.length.abs_diff(Shape::length(other)) > limit {
            return false;
        }
        let set = Shape::set(other);
        only(self.set, set) <= limit && only(set, self.set) <= limit
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
        assert_eq!(nearest("größe", ["Grösse", "GRÖẞE"]), Some("GRÖẞE"));
    }
}
