//! The text of one file as it is drawn: made harmless, without its byte-order mark, overlong lines shortened to what matters.
//!
//! In: a text and the byte ranges that will be underlined. Out: an [`Excerpt`], which maps those ranges to its own text.
//! Always: a mapped range lies on character boundaries inside the excerpt's text.

use std::ops::Range;

use super::safe;
use crate::{LineCol, LineIndex, TextRange, TextSize};

/// Lines longer than this, in bytes, are shortened.
const LONG_LINE: usize = 400;
/// Bytes kept around each end of an underlined range in a shortened line.
const AROUND: usize = 60;
/// Stands where text was left out.
const GAP: &str = " … ";

/// A file's text for drawing.
pub(super) struct Excerpt {
    /// The text to draw.
    pub text: String,
    /// Byte ranges of the original that were replaced by [`GAP`], ascending, apart.
    cuts: Vec<Range<usize>>,
    /// Bytes of a byte-order mark left out in front.
    mark: usize,
    /// Length of the original.
    len: usize,
    lines: LineIndex,
}

impl Excerpt {
    /// Prepares `text` for drawing `ranges`.
    pub fn new(text: &str, ranges: &[TextRange]) -> Self {
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let plain = safe::same_width(text);
        let mut cuts = Vec::new();
        let mut start = mark;
        for line in text[mark..].split_inclusive('\n') {
            let end = start + line.len();
            if line.len() > LONG_LINE {
                cut_line(&plain, start..end, ranges, &mut cuts);
            }
            start = end;
        }
        let mut out = String::with_capacity(plain.len() + 1);
        let mut from = mark;
        for cut in &cuts {
            out.push_str(&plain[from..cut.start]);
            out.push_str(GAP);
            from = cut.end;
        }
        out.push_str(&plain[from..]);
        // A line of its own for what is reported at the end of the file.
        out.push(' ');
        Excerpt { text: out, cuts, mark, len: text.len(), lines: LineIndex::new(text) }
    }

    /// The same range in the excerpt.
    pub fn map(&self, range: TextRange) -> Range<usize> {
        let (start, end) = (self.map_offset(range.start()), self.map_offset(range.end()));
        start..end.max(start)
    }

    /// Where the original has `offset`: what a reader is told.
    pub fn position(&self, offset: TextSize, text: &str) -> LineCol {
        position(&self.lines, offset, text)
    }

    /// Whether the excerpt's own columns are those of the file.
    pub fn is_whole(&self) -> bool {
        self.cuts.is_empty()
    }

    fn map_offset(&self, offset: TextSize) -> usize {
        let offset = usize::from(offset).clamp(self.mark, self.len);
        let before = self.cuts.partition_point(|cut| cut.end <= offset);
        let removed: usize = self.cuts[..before].iter().map(|cut| cut.len()).sum();
        let inside = self.cuts.get(before).filter(|cut| cut.start < offset).map_or(0, |cut| offset - cut.start);
        floor(&self.text, offset - self.mark - removed - inside + before * GAP.len())
    }
}

/// Line from zero and column from zero in characters.
pub(super) fn position(lines: &LineIndex, offset: TextSize, text: &str) -> LineCol {
    let at = lines.line_col(offset);
    let end = floor(text, usize::from(offset));
    let start = end.min(usize::from(offset).saturating_sub(at.col as usize));
    let line = text.get(start..end).unwrap_or("");
    LineCol { line: at.line, col: line.trim_start_matches('\u{feff}').chars().count() as u32 }
}

/// The last character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Adds what may be left out of one line: everything far from its start and from both ends of every range that touches it.
fn cut_line(text: &str, line: Range<usize>, ranges: &[TextRange], cuts: &mut Vec<Range<usize>>) {
    let mut keep = Vec::new();
    keep.push(line.start..line.start + AROUND);
    for range in ranges {
        for end in [usize::from(range.start()), usize::from(range.end())] {
            if line.contains(&end) {
                keep.push(end.saturating_sub(AROUND).max(line.start)..(end + AROUND).min(line.end));
            }
        }
    }
    // The line break stays, whatever was asked for.
    keep.push(line.end.saturating_sub(2)..line.end);
    keep.sort_by_key(|part| part.start);
    let mut at = line.start;
    for part in keep {
        if part.start > at + GAP.len() {
            cuts.push(floor(text, at)..floor(text, part.start));
        }
        at = at.max(part.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_keeps_what_is_underlined() {
        let text = format!("first\n{}needle{}\nlast\n", "a".repeat(5000), "é".repeat(5000));
        let at = text.find("needle").unwrap() as u32;
        let range = TextRange::new(at.into(), (at + 6).into());
        let excerpt = Excerpt::new(&text, &[range]);
        assert!(excerpt.text.len() < 600, "{}", excerpt.text.len());
        assert_eq!(&excerpt.text[excerpt.map(range)], "needle");
        assert_eq!(excerpt.position(range.start(), &text), LineCol { line: 1, col: 5000 });
        for offset in 0..=text.len() as u32 + 3 {
            let mapped = excerpt.map(TextRange::empty(offset.into()));
            assert!(excerpt.text.is_char_boundary(mapped.start));
        }
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let text = "\u{feff}ab";
        let excerpt = Excerpt::new(text, &[]);
        let range = TextRange::new(4.into(), 5.into());
        assert_eq!(&excerpt.text[excerpt.map(range)], "b");
        assert_eq!(excerpt.position(range.start(), text), LineCol { line: 0, col: 1 });
    }
}
