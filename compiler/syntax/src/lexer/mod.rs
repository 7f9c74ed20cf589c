//! Text in, tokens out: every byte belongs to exactly one token.
//!
//! Hand-written, because it runs over every keystroke's text. Strings are cut into pieces here, so that an
//! interpolation's tokens are ordinary tokens; a stack of modes says what the text at hand is part of.
//! Mistakes inside tokens are reported here. The missing end of a string or interpolation becomes a token of
//! no length, so the grammar always sees both ends.

mod number;
mod quotes;
mod strings;

pub(crate) use quotes::quote_behind_comment;
use rowan::{TextRange, TextSize};

use crate::errors::{self, SyntaxError, SyntaxFix};
use crate::{SyntaxKind, SyntaxKind as K};

/// A token: what it is and where it ends. It starts where the one before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: SyntaxKind,
    pub(crate) end: u32,
}

/// The tokens of a text and the mistakes inside them.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) errors: Vec<SyntaxError>,
}

impl Lexed {
    /// Where token `index` starts.
    pub(crate) fn start(&self, index: usize) -> u32 {
        index.checked_sub(1).and_then(|it| self.tokens.get(it)).map_or(0, |it| it.end)
    }

    /// Where token `index` stands.
    pub(crate) fn range(&self, index: usize) -> TextRange {
        let end = self.tokens.get(index).map_or_else(|| self.start(index), |it| it.end);
        range(self.start(index) as usize, end as usize)
    }
}

/// Cuts `text` into tokens.
pub(crate) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer::new(text, 0);
    // A token is about five bytes long with the white space around it.
    lexer.out.tokens.reserve(text.len() / 4);
    if text.starts_with('\u{feff}') {
        lexer.pos = 3;
        lexer.push(K::Whitespace);
    }
    while lexer.pos < text.len() {
        lexer.step();
    }
    lexer.finish();
    lexer.out
}

/// Where the string that starts at `start` (with its quote or `r`) ends, found without keeping tokens.
pub(crate) fn string_end(text: &str, start: usize) -> usize {
    let opens = start.checked_sub(1).is_none_or(|it| quotes::may_open(text.as_bytes()[it]));
    if let Some(end) = simple_string_end(text.as_bytes(), start).filter(|_| opens) {
        return end;
    }
    let mut lexer = Lexer::new(text, start);
    lexer.step();
    while !lexer.modes.is_empty() && lexer.pos < text.len() {
        lexer.step();
        lexer.out.tokens.clear();
    }
    lexer.pos
}

/// The same for the usual string: `"` and on its line `"`, with nothing special between.
fn simple_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let inner = bytes.get(start..)?.strip_prefix(b"\"")?;
    let len = inner.iter().position(|it| matches!(it, b'"' | b'\\' | b'$' | b'\n'))?;
    let closed = inner[len] == b'"' && !(len == 0 && inner.get(1) == Some(&b'"'));
    closed.then_some(start + len + 2)
}

/// Where the `/*` comment at `start` ends, and whether it has an end of its own.
pub(crate) fn comment_end(text: &str, start: usize) -> (usize, bool) {
    match find(text.as_bytes(), start + 2, b"*/") {
        Some(at) => (at + 2, true),
        None => (strings::next_declaration(text, start), false),
    }
}

/// What the text at hand is part of.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// Inside a string that started at this offset.
    String { start: usize, block: bool, raw: bool },
    /// Inside `${ … }` that started at this offset, with this many braces open.
    Interp { start: usize, braces: u32 },
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    pos: usize,
    modes: Vec<Mode>,
    /// Whether lines that lack a quote are looked for; not while one is being looked at.
    mends_quotes: bool,
    out: Lexed,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str, pos: usize) -> Self {
        Self { text, bytes: text.as_bytes(), pos, modes: Vec::new(), mends_quotes: true, out: Lexed::default() }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    /// Ends a token at the current position.
    fn push(&mut self, kind: SyntaxKind) {
        self.out.tokens.push(Token { kind, end: self.pos as u32 });
    }

    fn bump(&mut self, len: usize, kind: SyntaxKind) {
        self.pos += len;
        self.push(kind);
    }

    fn error(&mut self, code: &'static str, range: TextRange, message: String, label: &str) -> &mut SyntaxError {
        self.out.errors.push(SyntaxError {
            code,
            message,
            range,
            label: label.to_owned(),
            help: None,
            fix: None,
            related: Vec::new(),
        });
        let last = self.out.errors.len() - 1;
        &mut self.out.errors[last]
    }

    fn step(&mut self) {
        if let Some(&Mode::String { block, raw, .. }) = self.modes.last() {
            return self.string_piece(block, raw);
        }
        let start = self.pos;
        match self.bytes[start] {
            b' ' | b'\t' | b'\r' | b'\n' => self.whitespace(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'"' => self.string_start(0),
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'#' => self.hash_comment(),
            b'\'' | b'`' => self.foreign_string(),
            _ => self.punctuation(),
        }
    }

    fn whitespace(&mut self) {
        let start = self.pos;
        let len = self.bytes[start..].iter().position(|it| !matches!(it, b' ' | b'\t' | b'\r' | b'\n'));
        let end = len.map_or(self.bytes.len(), |it| start + it);
        // Invariant: an interpolation never spans lines, so a forgotten `}` costs one line.
        if !self.modes.is_empty()
            && let Some(newline) = find(&self.bytes[..end], start, b"\n")
        {
            if newline > start {
                self.pos = newline;
                self.push(K::Whitespace);
            }
            return self.abandon_strings();
        }
        self.pos = end;
        self.push(K::Whitespace);
    }

    fn word(&mut self) {
        let start = self.pos;
        if self.bytes[start] == b'r' && self.peek(1) == b'"' {
            return self.string_start(1);
        }
        let len = self.bytes[start..].iter().position(|it| !(it.is_ascii_alphanumeric() || *it == b'_'));
        self.pos = len.map_or(self.bytes.len(), |it| start + it);
        let lone = self.pos == start + 1 && self.bytes[start] == b'_';
        self.push(if lone { K::Underscore } else { K::Ident });
    }

    fn line_end(&self) -> usize {
        let end = find(self.bytes, self.pos, b"\n").unwrap_or(self.bytes.len());
        if end > self.pos && self.bytes[end - 1] == b'\r' { end - 1 } else { end }
    }

    fn line_comment(&mut self) {
        let doc = self.peek(2) == b'/' && self.peek(3) != b'/';
        self.pos = self.line_end();
        self.push(if doc { K::DocComment } else { K::Comment });
    }

    fn block_comment(&mut self) {
        let start = self.pos;
        if !self.modes.is_empty() {
            // Inside an interpolation it ends with the line, as everything there does.
            let line_end = self.line_end();
            self.pos = find(&self.bytes[..line_end], start + 2, b"*/").map_or(line_end, |it| it + 2);
            return self.push(K::BlockComment);
        }
        if let Some(quote) = quote_behind_comment(self.text, start).filter(|_| self.mends_quotes) {
            return self.unopened_string(quote);
        }
        let (end, closed) = comment_end(self.text, start);
        self.pos = end;
        self.push(K::BlockComment);
        if !closed {
            let message = "a comment that starts with `/*` has no end".to_owned();
            self.error(errors::UNTERMINATED_COMMENT, range(start, start + 2), message, "starts here").help =
                Some("end it with `*/`".to_owned());
        }
    }

    fn hash_comment(&mut self) {
        let start = self.pos;
        self.pos = self.line_end();
        self.push(K::Comment);
        let marker = range(start, start + 1);
        let message = "a comment starts with `//`, not with `#`".to_owned();
        self.error(errors::FOREIGN_SYNTAX, marker, message, "not a comment here").fix = fix("write `//`", marker, "//");
    }

    /// `'text'`, as other languages quote: a string all the same, with one error.
    fn foreign_string(&mut self) {
        let start = self.pos;
        let quote = self.bytes[start];
        let line_end = self.line_end();
        let Some(end) = self.bytes[start + 1..line_end].iter().position(|it| *it == quote).map(|it| start + 1 + it) else {
            return self.stray();
        };
        self.bump(1, K::StringStart);
        if end > start + 1 {
            self.pos = end;
            self.push(K::StringText);
        }
        self.bump(1, K::StringEnd);
        let inner = &self.text[start + 1..end];
        let whole = range(start, end + 1);
        let message = format!("strings are written in double quotes, not in {0}{0}", char::from(quote));
        let error = self.error(errors::FOREIGN_SYNTAX, whole, message, "wrong quotes");
        error.fix = fix("use double quotes", whole, &format!("\"{}\"", inner.replace('"', "\\\"")));
    }

    fn punctuation(&mut self) {
        let start = self.pos;
        let (len, kind) = match (self.bytes[start], self.peek(1), self.peek(2)) {
            (b'(', ..) => (1, K::LParen),
            (b')', ..) => (1, K::RParen),
            (b'[', ..) => (1, K::LBrack),
            (b']', ..) => (1, K::RBrack),
            (b'{', ..) => return self.open_brace(),
            (b'}', ..) => return self.close_brace(),
            (b':', b':', _) => (2, K::Colon2),
            (b':', ..) => (1, K::Colon),
            (b',', ..) => (1, K::Comma),
            (b';', ..) => return self.semicolon(),
            (b'@', ..) => (1, K::At),
            (b'.', b'.', b'.') => (3, K::Dot3),
            (b'.', b'.', b'=') => (3, K::Dot2Eq),
            (b'.', b'.', _) => (2, K::Dot2),
            (b'.', ..) => (1, K::Dot),
            (b'?', b'?', _) => (2, K::Question2),
            (b'?', b'.', _) => (2, K::QuestionDot),
            (b'?', ..) => (1, K::Question),
            (b'=', b'=', b'=') => return self.triple_equals("==", K::Eq2),
            (b'=', b'=', _) => (2, K::Eq2),
            (b'=', b'>', _) => (2, K::FatArrow),
            (b'=', ..) => (1, K::Eq),
            (b'!', b'=', b'=') => return self.triple_equals("!=", K::Neq),
            (b'!', b'=', _) => (2, K::Neq),
            (b'!', ..) => (1, K::Bang),
            (b'<', b'=', _) => (2, K::Le),
            (b'<', ..) => (1, K::Lt),
            (b'>', b'=', _) => (2, K::Ge),
            (b'>', ..) => (1, K::Gt),
            (b'+', ..) => (1, K::Plus),
            (b'-', b'>', _) => (2, K::Arrow),
            (b'-', ..) => (1, K::Minus),
            (b'*', ..) => (1, K::Star),
            (b'/', ..) => (1, K::Slash),
            (b'%', ..) => (1, K::Percent),
            (b'&', b'&', _) => (2, K::Amp2),
            (b'|', b'|', _) => (2, K::Pipe2),
            (b'|', ..) => (1, K::Pipe),
            _ => return self.stray(),
        };
        self.bump(len, kind);
    }

    fn open_brace(&mut self) {
        if let Some(Mode::Interp { braces, .. }) = self.modes.last_mut() {
            *braces += 1;
        }
        self.bump(1, K::LBrace);
    }

    fn close_brace(&mut self) {
        match self.modes.last_mut() {
            Some(Mode::Interp { braces: 0, .. }) => {
                self.modes.pop();
                self.bump(1, K::InterpEnd);
            }
            Some(Mode::Interp { braces, .. }) => {
                *braces -= 1;
                self.bump(1, K::RBrace);
            }
            _ => self.bump(1, K::RBrace),
        }
    }

    fn semicolon(&mut self) {
        let start = self.pos;
        self.bump(1, K::Semicolon);
        let ends_line = self.text[self.pos..self.line_end()].trim().is_empty();
        let message = "entries end with their line or a comma, not with `;`".to_owned();
        let here = range(start, start + 1);
        self.error(errors::FOREIGN_SYNTAX, here, message, "not used here").fix =
            if ends_line { fix("remove `;`", here, "") } else { fix("write `,`", here, ",") };
    }

    fn triple_equals(&mut self, meant: &str, kind: SyntaxKind) {
        let here = range(self.pos, self.pos + 3);
        self.bump(3, kind);
        let message = format!("comparison is written `{meant}`");
        self.error(errors::FOREIGN_SYNTAX, here, message, "one `=` too many").fix = fix(&format!("write `{meant}`"), here, meant);
    }

    /// A run of characters that nothing begins with; one error for the run.
    fn stray(&mut self) {
        let start = self.pos;
        let mut len = 0;
        for c in self.text[start..].chars() {
            let known = c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "_\"/#(){}[]:,;@.?=!<>+-*%|".contains(c);
            if len > 0 && known {
                break;
            }
            len += c.len_utf8();
        }
        self.bump(len, K::Stray);
        let text = &self.text[start..self.pos];
        let (message, help) = match text {
            "&" => ("`&` is not an operator".to_owned(), Some("write `&&` for \"and\"")),
            "$" => ("`$` stands only inside strings".to_owned(), Some("write the expression without `${}`")),
            "\u{feff}" => ("a byte order mark stands inside the text".to_owned(), Some("remove it")),
            _ if text.chars().all(char::is_alphanumeric) => (
                format!("names are made of the letters a to z, digits and `_`, not of `{text}`"),
                Some("text in other letters goes into quotes"),
            ),
            _ => (format!("`{}` means nothing here", text.escape_debug()), None),
        };
        self.error(errors::STRAY_CHARACTER, range(start, start + len), message, "not part of the language").help =
            help.map(str::to_owned);
    }
}

/// The offset of `needle` in `bytes` from `from` on.
pub(crate) fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    let mut at = from;
    while let Some(found) = bytes.get(at..)?.iter().position(|it| *it == first) {
        at += found;
        if bytes[at + 1..].starts_with(rest) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// A range from byte offsets.
pub(crate) fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(TextSize::from(start as u32), TextSize::from(end as u32))
}

/// A fix from its parts.
pub(crate) fn fix(title: &str, range: TextRange, insert: &str) -> Option<SyntaxFix> {
    Some(SyntaxFix { title: title.to_owned(), range, insert: insert.to_owned() })
}
