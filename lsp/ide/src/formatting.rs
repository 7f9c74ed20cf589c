//! Formatting: the whole file, or the declarations that a selection touches, as the fewest changed lines.
//!
//! In: a file, perhaps a range. Out: edits. Always: a declaration with syntax errors stays as it is and stops no other; what is already
//! in the canonical layout gives no edit.

use std::ops::Range;

use cloudc_base::{Edit, File, TextRange, TextSize};
use cloudc_driver::Database;
use rustc_hash::FxHashSet;

use crate::FileRange;

/// More changed lines in one declaration than this are told as one edit.
const MOST_CHANGES: usize = 400;

/// The edits that give a file its canonical layout.
pub fn format(db: &Database, file: File) -> Vec<Edit> {
    let text = file.text(db);
    // One pass knows about blank lines between declarations; declarations alone are for files with a mistake somewhere.
    match cloudc_format::format(text) {
        Ok(formatted) => difference(file, TextSize::from(0), text, &formatted),
        Err(_) => chunks(text).into_iter().flat_map(|range| format_part(file, text, range)).collect(),
    }
}

/// The edits that give the declarations a range touches their canonical layout.
pub fn format_range(db: &Database, selection: FileRange) -> Vec<Edit> {
    let text = selection.file.text(db);
    let range = Range::<usize>::from(selection.range);
    let touched = chunks(text).into_iter().filter(|part| part.start <= range.end && range.start <= part.end);
    // A place between two declarations belongs to the one that begins there.
    let touched = touched.filter(|part| !range.is_empty() || range.start < part.end || part.end == text.len());
    touched.flat_map(|part| format_part(selection.file, text, part)).collect()
}

fn format_part(file: File, text: &str, range: Range<usize>) -> Vec<Edit> {
    let old = &text[range.clone()];
    match format_chunk(old) {
        Some(new) => difference(file, TextSize::from(range.start as u32), old, &new),
        None => Vec::new(),
    }
}

fn chunks(text: &str) -> Vec<Range<usize>> {
    cloudc_syntax::split(text).into_iter().map(|chunk| chunk.range.into()).collect()
}

/// One declaration in its canonical layout; none when there is a mistake in it.
fn format_chunk(text: &str) -> Option<String> {
    let body = text.trim_end();
    let tail = &text[body.len()..];
    let formatted = cloudc_format::format(body).ok()?;
    let breaks = tail.matches('\n').count().min(2);
    Some(formatted.trim_end().to_owned() + &"\n\n"[..breaks])
}

/// The same change with the declarations it touches in their canonical layout, provided they had it before.
pub(crate) fn tidy(db: &Database, edits: Vec<Edit>) -> Vec<Edit> {
    let mut files: Vec<File> = Vec::new();
    for edit in &edits {
        if !files.contains(&edit.file) {
            files.push(edit.file);
        }
    }
    files.into_iter().flat_map(|file| tidy_file(db, file, &edits)).collect()
}

fn tidy_file(db: &Database, file: File, edits: &[Edit]) -> Vec<Edit> {
    let old = file.text(db);
    let new = apply(old, edits.iter().filter(|edit| edit.file == file));
    let parts = chunks(old);
    let known: FxHashSet<&str> = parts.iter().map(|part| &old[part.clone()]).collect();
    let touched = |part: &Range<usize>| {
        edits.iter().filter(|edit| edit.file == file).any(|edit| {
            let at = Range::<usize>::from(edit.range);
            part.start < at.end && at.start < part.end || at.is_empty() && part.contains(&at.start)
        })
    };
    let neat =
        |part: &Range<usize>| format_chunk(&old[part.clone()]).is_none_or(|text| text.trim_end() == old[part.clone()].trim_end());
    if !parts.iter().filter(|part| touched(part)).all(neat) {
        return difference(file, TextSize::from(0), old, &new);
    }
    let mut result = String::with_capacity(new.len());
    let parts = chunks(&new);
    let first = parts.first().map_or(new.len(), |part| part.start);
    result.push_str(&new[..first]);
    for part in parts {
        let text = &new[part];
        match (!known.contains(text)).then(|| format_chunk(text)).flatten() {
            Some(formatted) => result.push_str(&formatted),
            None => result.push_str(text),
        }
    }
    difference(file, TextSize::from(0), old, &result)
}

/// A text with edits made; those that overlap an earlier one are left out.
pub(crate) fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| (edit.range.start(), edit.range.end()));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = Range::<usize>::from(edit.range);
        if let Some(between) = text.get(done..range.start) {
            out.push_str(between);
            out.push_str(&edit.insert);
            done = range.end;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// The edits that make `new` of `old`, which starts at `offset`: line by line, and within a line only what differs.
pub(crate) fn difference(file: File, offset: TextSize, old: &str, new: &str) -> Vec<Edit> {
    if old == new {
        return Vec::new();
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let starts = |lines: &[&str]| {
        let mut at = 0;
        let mut starts = vec![0];
        starts.extend(lines.iter().map(|line| {
            at += line.len();
            at
        }));
        starts
    };
    let (from, to) = (starts(&a), starts(&b));
    let hunks = hunks(&a, &b);
    let edit = |(left, right): (Range<usize>, Range<usize>)| {
        narrowed(file, offset, (&old[from[left.start]..from[left.end]], from[left.start]), &new[to[right.start]..to[right.end]])
    };
    hunks.into_iter().map(edit).collect()
}

/// One changed place, without what is the same at its ends.
fn narrowed(file: File, offset: TextSize, (old, at): (&str, usize), new: &str) -> Edit {
    let head: usize = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail: usize =
        old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let start = offset + TextSize::from((at + head) as u32);
    let range = TextRange::at(start, TextSize::from((old_rest.len() - tail) as u32));
    Edit { file, range, insert: new_rest[..new_rest.len() - tail].to_owned() }
}

/// Ranges of lines that differ, left and right: the shortest edit script of E. Myers, "An O(ND) difference algorithm" (1986).
fn hunks(a: &[&str], b: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let Some(pairs) = matches(left, right) else { return vec![(head..a.len() - tail, head..b.len() - tail)] };
    let mut hunks = Vec::new();
    let mut last = (0, 0);
    for (x, y) in pairs.into_iter().chain([(left.len(), right.len())]) {
        if last != (x, y) {
            hunks.push((head + last.0..head + x, head + last.1..head + y));
        }
        last = (x + 1, y + 1);
    }
    hunks
}

/// Which lines stay, as pairs of indices; none when too many change.
fn matches(a: &[&str], b: &[&str]) -> Option<Vec<(usize, usize)>> {
    let (n, m) = (a.len() as isize, b.len() as isize);
    let most = (n + m).min(MOST_CHANGES as isize);
    let middle = most + 1;
    let mut furthest = vec![0isize; 2 * middle as usize + 1];
    let mut trace: Vec<Vec<isize>> = Vec::new();
    for d in 0..=most {
        trace.push(furthest.clone());
        for k in (-d..=d).step_by(2) {
            let at = (k + middle) as usize;
            let down = k == -d || (k != d && furthest[at - 1] < furthest[at + 1]);
            let mut x = if down { furthest[at + 1] } else { furthest[at - 1] + 1 };
            while x < n && x - k < m && a[x as usize] == b[(x - k) as usize] {
                x += 1;
            }
            furthest[at] = x;
            if x >= n && x - k >= m {
                return Some(walk_back(&trace, d, (n, m), middle));
            }
        }
    }
    None
}

fn walk_back(trace: &[Vec<isize>], d: isize, (mut x, mut y): (isize, isize), middle: isize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for d in (0..=d).rev() {
        let furthest = &trace[d as usize];
        let k = x - y;
        let at = (k + middle) as usize;
        let before = if k == -d || (k != d && furthest[at - 1] < furthest[at + 1]) { k + 1 } else { k - 1 };
        let from = furthest[(before + middle) as usize];
        let (to_x, to_y) = if d == 0 { (0, 0) } else { (from, from - before) };
        while x > to_x && y > to_y {
            x -= 1;
            y -= 1;
            pairs.push((x as usize, y as usize));
        }
        (x, y) = (to_x, to_y);
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    fn check_format(before: &str, after: &str, edits: usize) {
        let fixture = open(before);
        let file = fixture.files[0];
        let found = match fixture.cursors.len() {
            0 => format(&fixture.db, file),
            _ => format_range(&fixture.db, fixture.selection()),
        };
        assert_eq!(apply(file.text(&fixture.db), &found), after);
        assert_eq!(found.len(), edits, "{found:?}");
    }

    #[test]
    fn only_what_differs_is_edited() {
        check_format("let a=1\nlet b = 2\n\n\n\nlet c   = [1,2]\n", "let a = 1\nlet b = 2\n\nlet c = [1, 2]\n", 2);
        check_format("let a = 1\n", "let a = 1\n", 0);
    }

    #[test]
    fn a_mistake_stops_one_declaration() {
        check_format("let a=1\nlet b = [\nlet c=2\n", "let a = 1\nlet b = [\nlet c = 2\n", 2);
    }

    #[test]
    fn a_range_means_its_declarations() {
        check_format("let a=1\nlet $0b=2\nlet c$0=3\nlet d=4\n", "let a=1\nlet b = 2\nlet c = 3\nlet d=4\n", 2);
        check_format("let a=1\n$0let b=2\nlet c=3\n", "let a=1\nlet b = 2\nlet c=3\n", 1);
    }

    #[test]
    fn differences_are_exact() {
        let texts = ["", "a\n", "a\nb\nc\n", "b\nc\nd\n", "x\na\nb\ny\nc", "c\nb\na\n", "é\nü\n", "a\na\na\n", "ü\né\n"];
        let fixture = open("let a = 1\n");
        let file = fixture.files[0];
        for old in texts {
            for new in texts {
                assert_eq!(apply(old, &difference(file, TextSize::from(0), old, new)), new, "{old:?} -> {new:?}");
            }
        }
    }
}
