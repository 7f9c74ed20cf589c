//! Positions of the protocol and byte offsets.
//!
//! A line ends with `\n`, `\r\n` or `\r`. Always: every position gives an offset: past the end of a line it is that end, past the last line
//! the end of the text, and inside a character its start.

use cloudc_base::{TextRange, TextSize};
use tower_lsp::lsp_types::{Position, Range};

/// What columns count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, which every client understands.
    #[default]
    Utf16,
}

/// Where the lines of a text start.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<u32>,
    encoding: Encoding,
}

impl Lines {
    /// Finds the lines of a text.
    pub fn new(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends =
            memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        Lines { starts: std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect(), encoding }
    }

    /// The byte offset of a position in the text that the lines are those of.
    pub fn offset(&self, text: &str, at: Position) -> TextSize {
        let Some(line) = self.line(text, at.line) else { return (text.len() as u32).into() };
        let start = self.starts[at.line as usize];
        (start + self.column_to_bytes(line, at.character as usize) as u32).into()
    }

    /// The position of a byte offset.
    pub fn position(&self, text: &str, offset: TextSize) -> Position {
        let offset = floor(text, usize::from(offset).min(text.len()));
        let line = self.starts.partition_point(|start| *start as usize <= offset) - 1;
        let start = self.starts[line] as usize;
        // An offset between `\r` and `\n` is the end of the line.
        let before = text[start..offset].trim_end_matches(['\r', '\n']);
        let character = match self.encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 if before.is_ascii() => before.len(),
            Encoding::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        Position::new(line as u32, character as u32)
    }

    /// The bytes of a range; one that ends before it starts is turned round.
    pub fn bytes(&self, text: &str, range: Range) -> TextRange {
        let (start, end) = (self.offset(text, range.start), self.offset(text, range.end));
        TextRange::new(start.min(end), start.max(end))
    }

    /// The range of some bytes.
    pub fn range(&self, text: &str, bytes: TextRange) -> Range {
        Range::new(self.position(text, bytes.start()), self.position(text, bytes.end()))
    }

    /// A line without its end.
    fn line<'a>(&self, text: &'a str, line: u32) -> Option<&'a str> {
        let start = *self.starts.get(line as usize)? as usize;
        let end = self.starts.get(line as usize + 1).map_or(text.len(), |end| *end as usize);
        Some(text[start..end].trim_end_matches(['\r', '\n']))
    }

    fn column_to_bytes(&self, line: &str, column: usize) -> usize {
        if self.encoding == Encoding::Utf8 || line.is_ascii() {
            return floor(line, column.min(line.len()));
        }
        let mut units = 0;
        for (at, character) in line.char_indices() {
            units += character.len_utf16();
            if units > column {
                return at;
            }
        }
        line.len()
    }
}

/// The start of the character that `at` is in.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ab\r\ncé𝒳d\n\rx";

    #[test]
    fn every_offset_comes_back() {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::new(TEXT, encoding);
            for (at, _) in TEXT.char_indices().chain([(TEXT.len(), ' ')]) {
                // Between `\r` and `\n` there is no position.
                if at == 3 {
                    continue;
                }
                let offset = TextSize::from(at as u32);
                assert_eq!(lines.offset(TEXT, lines.position(TEXT, offset)), offset, "{encoding:?} {at}");
            }
        }
    }

    #[test]
    fn columns_count_units() {
        let at = TextSize::from(TEXT.find('d').unwrap_or_default() as u32);
        assert_eq!(Lines::new(TEXT, Encoding::Utf16).position(TEXT, at), Position::new(1, 4));
        assert_eq!(Lines::new(TEXT, Encoding::Utf8).position(TEXT, at), Position::new(1, 7));
    }

    #[test]
    fn what_is_outside_is_clamped() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        let offset = |line, character| u32::from(lines.offset(TEXT, Position::new(line, character)));
        assert_eq!(offset(0, 99), 2);
        assert_eq!(offset(0, u32::MAX), 2);
        assert_eq!(offset(u32::MAX, 0), TEXT.len() as u32);
        // In the middle of a surrogate pair.
        assert_eq!(offset(1, 3), offset(1, 2));
        assert_eq!(offset(2, 5), 13);
        let turned = Range::new(Position::new(1, 1), Position::new(0, 0));
        assert_eq!(lines.bytes(TEXT, turned), TextRange::new(0.into(), 5.into()));
    }
}
