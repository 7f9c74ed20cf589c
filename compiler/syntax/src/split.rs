//! Cutting a file into chunks, one per column-0 declaration, without parsing it.
//!
//! A line that begins in column 0 with a declaration's keyword and what follows that keyword starts a chunk even
//! while brackets are open, so an unclosed brace costs one declaration. Strings and comments are never searched.
//! The chunks cover the text, in order, without gaps.

use rowan::TextRange;
use smol_str::SmolStr;

use crate::lexer::{comment_end, quote_behind_comment, range, string_end};

/// What a chunk declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are the keywords
pub enum ChunkKind {
    Import,
    Input,
    Param,
    Let,
    Resource,
    Existing,
    Output,
    Component,
    Fn,
    Type,
    If,
    For,
    Defaults,
    Moved,
    Forget,
    Assert,
    Policy,
    Test,
    Stack,
    Project,
    Env,
    /// Text that starts no declaration.
    Other,
}

/// One column-0 declaration with the comments and attributes above it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawChunk {
    /// What it declares.
    pub kind: ChunkKind,
    /// The declared name, `""` where there is none.
    pub name: SmolStr,
    /// Where it stands in the file.
    pub range: TextRange,
}

/// Cuts a file into chunks. The empty file has none.
pub fn split(text: &str) -> Vec<RawChunk> {
    let mut splitter = Splitter { text, depth: 0, lead: None, has_text: false, last: 0, starts: Vec::new() };
    splitter.run();
    let starts = splitter.starts;
    let mut chunks = Vec::with_capacity(starts.len());
    let ends = starts.iter().skip(1).map(|it| it.at).chain([text.len()]);
    for (start, end) in starts.iter().zip(ends) {
        chunks.push(RawChunk { kind: start.kind, name: start.name.into(), range: range(start.at, end) });
    }
    chunks
}

/// Comments and attributes that wait for their declaration.
#[derive(Clone, Copy)]
struct Lead {
    at: usize,
    /// Comments alone let go of the declaration at a blank line.
    comments_only: bool,
}

struct Start<'t> {
    at: usize,
    kind: ChunkKind,
    name: &'t str,
}

struct Splitter<'t> {
    text: &'t str,
    /// Open brackets since the chunk began.
    depth: u32,
    lead: Option<Lead>,
    /// Whether anything but trivia stands before the first declaration.
    has_text: bool,
    /// The offset of the last byte that is neither white space nor comment.
    last: usize,
    starts: Vec<Start<'t>>,
}

impl<'t> Splitter<'t> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut pos = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        self.line(pos);
        while let Some(&byte) = bytes.get(pos) {
            match byte {
                b'\n' => {
                    pos += 1;
                    self.line(pos);
                    continue;
                }
                b'/' if bytes.get(pos + 1) == Some(&b'/') => {
                    pos = self.line_end(pos);
                    continue;
                }
                b'#' => {
                    pos = self.line_end(pos);
                    continue;
                }
                b'/' if bytes.get(pos + 1) == Some(&b'*') => {
                    if let Some(quote) = quote_behind_comment(self.text, pos) {
                        self.last = quote;
                        pos = quote + 1;
                        continue;
                    }
                    let (end, _) = comment_end(self.text, pos);
                    pos = end;
                    // An unterminated comment ends where a declaration begins.
                    if bytes[pos - 1] == b'\n' {
                        self.line(pos);
                    }
                    continue;
                }
                b'"' => {
                    let raw = pos > 0 && bytes[pos - 1] == b'r' && (pos < 2 || !is_word(bytes[pos - 2]));
                    pos = string_end(self.text, pos - usize::from(raw));
                    self.last = pos - 1;
                    if bytes[pos - 1] == b'\n' {
                        self.line(pos);
                    }
                    continue;
                }
                b'(' | b'[' | b'{' => self.depth += 1,
                b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {
                    let end = pos + 1 + bytes[pos + 1..].iter().take_while(|byte| PLAIN[usize::from(**byte)]).count();
                    let last = bytes[pos..end].iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
                    self.last = last.map_or(self.last, |at| pos + at);
                    pos = end;
                    continue;
                }
            }
            self.last = pos;
            pos += 1;
        }
        if self.starts.is_empty() && !self.text.is_empty() {
            self.starts.push(Start { at: 0, kind: ChunkKind::Other, name: "" });
        }
    }

    fn line_end(&self, pos: usize) -> usize {
        let rest = &self.text.as_bytes()[pos..];
        rest.iter().position(|it| *it == b'\n').map_or(self.text.len(), |it| pos + it)
    }

    /// Looks at the line that begins at `pos`.
    fn line(&mut self, pos: usize) {
        let bytes = self.text.as_bytes();
        match bytes.get(pos) {
            None => {}
            Some(b' ' | b'\t' | b'\r' | b'\n') => self.indented_line(pos),
            Some(b'@') => self.attached(pos),
            Some(b'/') if bytes[pos..].starts_with(b"///") && bytes.get(pos + 3) != Some(&b'/') => self.attached(pos),
            Some(b'/') if bytes[pos..].starts_with(b"//") && self.depth == 0 => {
                self.lead = self.lead.or(Some(Lead { at: pos, comments_only: true }));
            }
            Some(b'/' | b'#') => {}
            Some(_) => self.code_line(pos),
        }
    }

    /// A line with space before its text lets go of comments, as does a blank one.
    fn indented_line(&mut self, pos: usize) {
        self.lead = self.lead.filter(|it| !it.comments_only);
        // It matters before the first declaration only.
        if self.starts.is_empty() {
            let rest = self.text[pos..self.line_end(pos)].trim_start();
            self.has_text |= !rest.is_empty() && !rest.starts_with("//") && self.lead.is_none();
        }
    }

    /// A documentation comment or attribute in column 0.
    fn attached(&mut self, pos: usize) {
        if let Some(lead) = self.lead.filter(|_| self.depth > 0) {
            self.begin(Start { at: lead.at, kind: ChunkKind::Other, name: "" });
            self.lead = None;
        }
        self.depth = 0;
        let at = self.lead.map_or(pos, |it| it.at);
        self.lead = Some(Lead { at, comments_only: false });
    }

    fn code_line(&mut self, pos: usize) {
        let line = &self.text[pos..];
        if let Some((kind, name)) = declaration(line) {
            let nested = matches!(kind, ChunkKind::If | ChunkKind::For) && self.depth > 0;
            if !nested {
                return self.declare(pos, kind, name);
            }
        }
        if self.depth > 0 {
            return;
        }
        let foreign = word(line);
        let continues = foreign.is_empty() || foreign == "else" || foreign == "with" || self.line_goes_on();
        if continues && (!self.starts.is_empty() || self.has_text) {
            self.lead = self.lead.filter(|it| !it.comments_only);
            return;
        }
        self.declare(pos, ChunkKind::Other, "");
    }

    /// Whether the last line ended in something that wants more.
    fn line_goes_on(&self) -> bool {
        let bytes = self.text.as_bytes();
        let before = self.last.checked_sub(1).map_or(0, |it| bytes[it]);
        match bytes.get(self.last) {
            Some(b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'=' | b'!' | b':' | b',' | b'.') => true,
            Some(b'?') => before == b'?',
            Some(b'>') => matches!(before, b'=' | b'-'),
            _ => false,
        }
    }

    fn declare(&mut self, pos: usize, kind: ChunkKind, name: &'t str) {
        let lead = self.lead.take();
        match lead {
            // Attributes whose brackets are still open stay apart, so the declaration parses.
            Some(it) if self.depth > 0 => {
                self.begin(Start { at: it.at, kind: ChunkKind::Other, name: "" });
                self.begin(Start { at: pos, kind, name });
            }
            Some(it) => self.begin(Start { at: it.at, kind, name }),
            None => self.begin(Start { at: pos, kind, name }),
        }
        self.depth = 0;
    }

    fn begin(&mut self, mut start: Start<'t>) {
        if self.starts.is_empty() && start.at > 0 {
            if self.has_text {
                self.starts.push(Start { at: 0, kind: ChunkKind::Other, name: "" });
            } else {
                start.at = 0;
            }
        }
        self.starts.push(start);
    }
}

/// Bytes that mean nothing to the splitter.
static PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let special = b"\n/#\"()[]{}";
    let mut at = 0;
    while at < special.len() {
        plain[special[at] as usize] = false;
        at += 1;
    }
    plain
};

/// Whether a line, given from its first column on, begins a declaration.
pub(crate) fn starts_declaration(line: &str) -> bool {
    declaration(line).is_some()
}

/// The kind and name of the declaration that `line` begins.
fn declaration(line: &str) -> Option<(ChunkKind, &str)> {
    let first = word(line);
    let (keyword, rest) = if first == "pub" {
        let rest = skip_blanks(&line[3..]);
        let keyword = word(rest);
        if !matches!(keyword, "component" | "fn" | "type" | "let" | "policy") {
            return None;
        }
        (keyword, &rest[keyword.len()..])
    } else {
        (first, &line[first.len()..])
    };
    let kind = kind_of(keyword)?;
    let separated = rest.starts_with([' ', '\t', '"', '(', '!']);
    let rest = skip_blanks(rest);
    let next = word(rest);
    let named = separated && !next.is_empty() && !matches!(next, "if" | "in" | "else" | "by" | "as");
    let fits = match kind {
        ChunkKind::Import | ChunkKind::Policy | ChunkKind::Test => rest.starts_with('"'),
        ChunkKind::If | ChunkKind::Assert => separated && starts_expression(rest),
        _ => named,
    };
    let name = match kind {
        _ if !fits => return None,
        ChunkKind::Import
        | ChunkKind::Policy
        | ChunkKind::Test
        | ChunkKind::If
        | ChunkKind::For
        | ChunkKind::Defaults
        | ChunkKind::Moved
        | ChunkKind::Forget
        | ChunkKind::Assert => "",
        _ => next,
    };
    Some((kind, name))
}

fn kind_of(keyword: &str) -> Option<ChunkKind> {
    Some(match keyword {
        "import" => ChunkKind::Import,
        "input" => ChunkKind::Input,
        "param" => ChunkKind::Param,
        "let" => ChunkKind::Let,
        "resource" => ChunkKind::Resource,
        "existing" => ChunkKind::Existing,
        "output" => ChunkKind::Output,
        "component" => ChunkKind::Component,
        "fn" => ChunkKind::Fn,
        "type" => ChunkKind::Type,
        "if" => ChunkKind::If,
        "for" => ChunkKind::For,
        "defaults" => ChunkKind::Defaults,
        "moved" => ChunkKind::Moved,
        "forget" => ChunkKind::Forget,
        "assert" => ChunkKind::Assert,
        "policy" => ChunkKind::Policy,
        "test" => ChunkKind::Test,
        "stack" => ChunkKind::Stack,
        "project" => ChunkKind::Project,
        "env" => ChunkKind::Env,
        _ => return None,
    })
}

fn starts_expression(rest: &str) -> bool {
    rest.starts_with(['"', '!', '(', '[', '-', '{']) || rest.as_bytes().first().is_some_and(|it| is_word(*it))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The name or keyword at the start of `text`.
fn word(text: &str) -> &str {
    let bytes = text.as_bytes();
    if bytes.first().is_none_or(u8::is_ascii_digit) {
        return "";
    }
    let len = bytes.iter().position(|it| !is_word(*it)).unwrap_or(bytes.len());
    &text[..len]
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}
