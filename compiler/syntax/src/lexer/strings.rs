//! The pieces of strings.

use super::{Lexer, Mode, find, fix, range};
use crate::SyntaxKind as K;
use crate::cook::escape;
use crate::errors;
use crate::split::starts_declaration;

impl Lexer<'_> {
    /// A quote, with `prefix` bytes of `r` before it.
    pub(super) fn string_start(&mut self, prefix: usize) {
        let start = self.pos;
        let block = self.bytes[start + prefix..].starts_with(b"\"\"\"");
        if prefix == 0 && !block && self.lacks_opening(start) {
            return self.unopened_string(start);
        }
        self.bump(prefix + if block { 3 } else { 1 }, K::StringStart);
        self.modes.push(Mode::String { start, block, raw: prefix > 0 });
    }

    /// Text up to the next interpolation, or to the end of the string and that end.
    pub(super) fn string_piece(&mut self, block: bool, raw: bool) {
        let start = self.pos;
        loop {
            let rest = &self.bytes[self.pos..];
            let Some(at) = rest.iter().position(|it| matches!(it, b'"' | b'\\' | b'$' | b'\n')) else {
                self.pos = self.bytes.len();
                return self.unterminated(start, block);
            };
            self.pos += at;
            match self.bytes[self.pos] {
                b'"' if !block || self.bytes[self.pos..].starts_with(b"\"\"\"") => {
                    self.text_since(start);
                    self.modes.pop();
                    return self.bump(if block { 3 } else { 1 }, K::StringEnd);
                }
                b'\n' if !block => return self.unterminated(start, block),
                b'\\' if !block && !raw => self.escape(),
                b'$' if !raw && self.peek(1) == b'{' => {
                    self.text_since(start);
                    self.modes.push(Mode::Interp { start: self.pos, braces: 0 });
                    return self.bump(2, K::InterpStart);
                }
                b'$' if !raw && self.bytes[self.pos..].starts_with(b"$${") => self.pos += 3,
                _ => self.pos += 1,
            }
        }
    }

    fn text_since(&mut self, start: usize) {
        if self.pos > start {
            self.push(K::StringText);
        }
    }

    fn escape(&mut self) {
        let start = self.pos;
        if let Some((_, len)) = escape(&self.text[start..self.line_end()]) {
            self.pos += len;
            return;
        }
        let next = self.text[start + 1..].chars().next().filter(|it| *it != '\n' && *it != '\r');
        self.pos += 1 + next.map_or(0, char::len_utf8);
        let here = range(start, self.pos);
        let written = &self.text[start..self.pos];
        let message = format!("`{written}` is not an escape");
        let error = self.error(errors::BAD_ESCAPE, here, message, "means nothing");
        error.help = Some(r#"known are `\n \r \t \" \\ \u{…}`; `r"…"` keeps every backslash"#.to_owned());
        error.fix = fix("keep the backslash", range(start, start + 1), r"\\");
    }

    /// The text ended before the string that is being read did.
    fn unterminated(&mut self, piece: usize, block: bool) {
        let Some(&Mode::String { start, .. }) = self.modes.last() else { return };
        if block {
            // Invariant: a forgotten end costs this declaration, not the rest of the file.
            self.pos = next_declaration(self.text, start).max(piece);
        } else if self.mend_interpolation() {
            return;
        } else {
            self.pos = self.likely_end(piece);
        }
        self.text_since(piece);
        self.abandon_strings();
    }

    /// Ends every open string and interpolation here, except a block string around an interpolation, and
    /// reports the outermost.
    pub(super) fn abandon_strings(&mut self) {
        let keeps_block = self.modes.len() > 1 && matches!(self.modes[0], Mode::String { block: true, .. });
        let keep = usize::from(keeps_block);
        let outermost = match (self.modes.get(keep), self.modes.get(keep + 1)) {
            // A plain string whose interpolation is open: the interpolation is what was forgotten.
            (Some(Mode::String { .. }), Some(inner)) => Some(*inner),
            (outer, _) => outer.copied(),
        };
        while self.modes.len() > keep {
            let kind = if matches!(self.modes.pop(), Some(Mode::Interp { .. })) { K::InterpEnd } else { K::StringEnd };
            self.push(kind);
        }
        match outermost {
            Some(Mode::Interp { start, .. }) => self.report_interpolation(start),
            Some(Mode::String { start, block, raw }) => self.report_string(start, block, raw),
            None => {}
        }
    }

    pub(super) fn report_interpolation(&mut self, start: usize) {
        let here = range(start, self.pos);
        let message = "`${` has no `}` on its line".to_owned();
        let error = self.error(errors::UNTERMINATED_INTERPOLATION, here, message, "opened here");
        error.help = Some("close it with `}`, or write `$${` for the characters themselves".to_owned());
    }

    fn report_string(&mut self, start: usize, block: bool, raw: bool) {
        let quote = if block { "\"\"\"" } else { "\"" };
        let quote_end = start + usize::from(raw) + quote.len();
        let (here, message) = if block {
            (range(start, quote_end), format!("a string that starts with `{quote}` has no end"))
        } else {
            (range(start, self.pos), "a string has no closing quote on its line".to_owned())
        };
        let end = range(self.pos, self.pos);
        let error = self.error(errors::UNTERMINATED_STRING, here, message, "starts here");
        error.help = Some(if block {
            format!("end it with `{quote}` on a line of its own")
        } else {
            "text of several lines goes between `\"\"\"`".to_owned()
        });
        error.fix = if block { None } else { fix("add the closing quote", end, quote) };
    }

    /// Closes what is still open at the end of the text.
    pub(super) fn finish(&mut self) {
        if self.modes.is_empty() {
            return;
        }
        match self.modes.last() {
            Some(&Mode::String { block: true, .. }) => self.unterminated(self.pos, true),
            _ => self.abandon_strings(),
        }
        // A block string survives that when an interpolation in it was open.
        if !self.modes.is_empty() {
            self.modes.clear();
            self.push(K::StringEnd);
        }
    }
}

/// The start of the first line after `start` that begins a declaration, else the end of the text.
///
/// Only for text whose real end is missing, so it may look into what would be a string.
pub(super) fn next_declaration(text: &str, start: usize) -> usize {
    let mut at = start;
    while let Some(newline) = find(text.as_bytes(), at, b"\n") {
        at = newline + 1;
        if starts_declaration(&text[at..]) {
            return at;
        }
    }
    text.len()
}
