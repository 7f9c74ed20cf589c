//! Byte offsets to lines and columns and back.

use crate::{Db, File, TextSize};

/// A position a person reads: both count from zero here; columns count bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineCol {
    /// Lines before this one.
    pub line: u32,
    /// Bytes before this position in its line.
    pub col: u32,
}

/// Where each line of a text starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    len: u32,
}

impl LineIndex {
    /// Finds all line starts; a line ends with `\n`.
    pub fn new(text: &str) -> Self {
        let after_breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1);
        LineIndex { starts: std::iter::once(0).chain(after_breaks).collect(), len: text.len() as u32 }
    }

    /// Line and column of a byte offset; offsets past the end are the end.
    pub fn line_col(&self, offset: TextSize) -> LineCol {
        let offset = u32::from(offset).min(self.len);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        LineCol { line: line as u32, col: offset - self.starts[line] }
    }

    /// The offset of a line and column; a column past the line's end is clamped to the text's end.
    pub fn offset(&self, at: LineCol) -> Option<TextSize> {
        let start = *self.starts.get(at.line as usize)?;
        Some(TextSize::from((start + at.col).min(self.len)))
    }

    /// How many lines there are, at least one.
    pub fn lines(&self) -> u32 {
        self.starts.len() as u32
    }
}

/// The index of a file's text.
#[salsa::tracked(returns(ref), lru = 64)]
pub fn line_index(db: &dyn Db, file: File) -> LineIndex {
    LineIndex::new(file.text(db))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_positions_agree() {
        let text = "ab\ncé\n";
        let index = LineIndex::new(text);
        for offset in 0..=text.len() as u32 {
            let at = index.line_col(offset.into());
            assert_eq!(index.offset(at), Some(offset.into()));
        }
        assert_eq!(index.line_col(TextSize::from(99)), LineCol { line: 2, col: 0 });
    }
}
