//! Lines that lack a quote or the end of an interpolation.
//!
//! Read as it stands, such a line turns inside out: its text becomes code, with comments and brackets that
//! nobody opened. So what is missing is looked for, and the rest of the line is read as it is meant.
//! Everything here depends on the text of one line alone, so that `split` and the lexer agree.

use super::{Lexer, Mode, fix, range};
use crate::SyntaxKind as K;
use crate::errors;

/// The longest rest of a line that is read twice; generated text beyond it is not mended.
const MAX_LOOK: usize = 2_000;

/// Whether a string can begin behind this byte. Behind others a quote looks like an end.
pub(super) fn may_open(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b'(' | b'[' | b'{' | b',' | b':' | b'=' | b'+' | b'<' | b'>' | b'!' | b'&' | b'|' | b'?'
    )
}

/// The quote that ends the text in which the `/*` at `start` stands, when that begins no comment: it touches
/// what stands before it, and a lone quote follows on its line.
pub(crate) fn quote_behind_comment(text: &str, start: usize) -> Option<usize> {
    let before = *text.as_bytes().get(start.checked_sub(1)?)?;
    if !(before.is_ascii_alphanumeric() || matches!(before, b'}' | b':' | b'*' | b'_' | b'-' | b'.')) {
        return None;
    }
    let line = text[start..].split('\n').next()?;
    let len = line.find('"')?;
    let quote = start + len;
    let lone = len <= MAX_LOOK && !line[..len].contains("*/") && is_broken(text, quote, Vec::new()) == Some(true);
    lone.then_some(quote)
}

/// Whether the rest of the line, read from `from` on, ends inside a string or interpolation; `None` for a rest
/// that is not looked at.
fn is_broken(text: &str, from: usize, modes: Vec<Mode>) -> Option<bool> {
    let len = text[from..].find('\n').unwrap_or(text.len() - from);
    let line = &text[..from + len];
    if len > MAX_LOOK || line[from..].contains("\"\"\"") {
        return None;
    }
    let mut lexer = Lexer::new(line, from);
    lexer.mends_quotes = false;
    lexer.modes = modes;
    while lexer.pos < line.len() {
        lexer.step();
    }
    let unended =
        |code| matches!(code, errors::UNTERMINATED_STRING | errors::UNTERMINATED_INTERPOLATION | errors::UNTERMINATED_COMMENT);
    // `https://…"` outside a string: a comment that nobody began, with the quote in it.
    let last = lexer.out.tokens.len().saturating_sub(1);
    let start = lexer.out.start(last) as usize;
    let comment = lexer.out.tokens.last().is_some_and(|it| it.kind == K::Comment);
    let in_comment = comment && start > from && !line.as_bytes()[start - 1].is_ascii_whitespace() && line[start..].contains('"');
    Some(!lexer.modes.is_empty() || in_comment || lexer.out.errors.iter().any(|it| unended(it.code)))
}

impl Lexer<'_> {
    /// Whether the quote at `quote` ends a string that nothing began.
    pub(super) fn lacks_opening(&self, quote: usize) -> bool {
        let touches = quote.checked_sub(1).is_some_and(|it| !may_open(self.bytes[it]));
        touches && self.mends_quotes && self.modes.is_empty() && is_broken(self.text, quote, Vec::new()) == Some(true)
    }

    /// Reads what stands before the quote at `quote` as the text of a string that it ends.
    pub(super) fn unopened_string(&mut self, quote: usize) {
        let start = self.take_back(self.text_before(quote));
        // The quote just before belongs to a string that ran up to here for want of its own end.
        let before = (start > 0 && self.bytes[start - 1] == b'"').then(|| self.last_string()).flatten();
        self.pos = start;
        self.push(K::StringStart);
        self.pos = quote;
        if quote > start {
            self.push(K::StringText);
        }
        self.bump(1, K::StringEnd);
        if let Some(opened) = before {
            let message = "a string has no closing quote".to_owned();
            self.error(errors::UNTERMINATED_STRING, range(opened, start), message, "ends too late").help =
                Some("each string on a line has its own two quotes".to_owned());
        } else {
            let message = "a string has no opening quote".to_owned();
            let here = range(start, quote + 1);
            self.error(errors::UNTERMINATED_STRING, here, message, "ends here, begins nowhere").fix =
                fix("add the opening quote", range(start, start), "\"");
        }
    }

    /// Where the text that the quote at `quote` ends begins: behind a blank, comma, quote or bracket.
    fn text_before(&self, quote: usize) -> usize {
        let floor = quote.saturating_sub(MAX_LOOK);
        let mut at = quote;
        while at > floor {
            match self.bytes[at - 1] {
                b'}' => match self.text.get(floor..at).and_then(|it| it.rfind("${")) {
                    Some(len) if !self.bytes[floor + len..at].contains(&b'\n') => at = floor + len,
                    _ => break,
                },
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b'"' | b'(' | b'[' | b'{' | b')' | b']' | b'=' => break,
                _ => at -= 1,
            }
        }
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    /// Takes back the tokens from `start` on and their errors. Returns where the last one left ends.
    fn take_back(&mut self, start: usize) -> usize {
        while let Some(last) = self.out.tokens.len().checked_sub(1)
            && self.out.start(last) as usize >= start
        {
            self.out.tokens.pop();
        }
        self.out.errors.retain(|it| usize::from(it.range.start()) < start);
        self.out.tokens.last().map_or(start, |it| it.end as usize)
    }

    /// Where the string that ends with the last token starts.
    fn last_string(&self) -> Option<usize> {
        let tokens = &self.out.tokens;
        tokens.last().filter(|it| it.kind == K::StringEnd)?;
        let first = tokens.iter().rposition(|it| it.kind == K::StringStart)?;
        Some(self.out.start(first) as usize)
    }

    /// Where a plain string without an end most likely ends: before the brackets that end its line.
    pub(super) fn likely_end(&self, piece: usize) -> usize {
        let rest = self.text[piece..self.pos].trim_end_matches('\r');
        let inner = rest.strip_suffix(" {").unwrap_or(rest);
        let inner = inner.trim_end_matches([')', ']', '}', ',', ' ', '\t']);
        let has_bracket = rest[inner.len()..].contains([')', ']', '}', '{', ',']);
        piece + if has_bracket { inner.len() } else { rest.len() }
    }

    /// Ends an open interpolation behind the name that it begins with, when the line reads well then.
    pub(super) fn mend_interpolation(&mut self) -> bool {
        let [string @ Mode::String { block: false, .. }, Mode::Interp { start, .. }, ..] = *self.modes else { return false };
        let path = start + 2;
        let rest = &self.bytes[path..self.pos];
        let len = rest.iter().position(|it| !(it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.'))).unwrap_or(rest.len());
        let end = path + len;
        let goes_on = matches!(self.bytes.get(end), Some(b'(' | b'['));
        let names = self.bytes[path..].first().is_some_and(|it| it.is_ascii_alphabetic() || *it == b'_');
        let raw_quote = self.bytes[path..end].ends_with(b"r") && self.bytes.get(end) == Some(&b'"');
        if !self.mends_quotes || goes_on || !names || raw_quote || is_broken(self.text, end, vec![string]) != Some(false) {
            return false;
        }
        self.take_back(start);
        self.modes.truncate(2);
        self.pos = start;
        self.bump(2, K::InterpStart);
        while self.pos < end {
            self.step();
        }
        self.modes.truncate(1);
        self.push(K::InterpEnd);
        self.report_interpolation(start);
        true
    }
}
