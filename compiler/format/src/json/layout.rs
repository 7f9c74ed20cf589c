//! Where lines end: beside the program, so that records and lists can be JSON's own.
//!
//! Tokens are counted, commas and white space left out, because the one or the other stands between entries. Always: a layout that
//! does not fit the text is not used.

use cloudc_syntax::{NodeOrToken, SyntaxKind as K, SyntaxToken, parse_file};
use serde_json::{Value as Json, json};

/// A token with what stands before it.
struct Token {
    text: String,
    kind: K,
    /// Line ends before it, two at most.
    lines: usize,
    /// Whether a comma stands before it.
    comma: bool,
    /// Whether white space does.
    space: bool,
    /// Whether a declaration that stands in no other, or a comment, may begin with it.
    begins: bool,
    /// Whether it is part of an attribute, behind which no comma stands.
    attribute: bool,
}

/// The tokens of a text, commas and white space left out.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let (mut lines, mut comma, mut space) = (0, false, false);
    let all = parse_file(text).syntax().descendants_with_tokens();
    for token in all.filter_map(NodeOrToken::into_token) {
        match token.kind() {
            K::Whitespace => {
                space = true;
                lines += token.text().matches('\n').count();
            }
            K::Comma => comma = true,
            kind => {
                let text = token.text().trim_end_matches(['\n', '\r']).to_owned();
                let attribute = token.parent_ancestors().any(|node| node.kind() == K::Attr);
                found.push(Token { text, kind, lines: lines.min(2), comma, space, begins: begins(&token), attribute });
                (lines, comma, space) = (0, false, false);
            }
        }
    }
    found
}

/// Whether a line that begins with the token may begin in column 0: there a keyword starts a declaration, whatever is open.
fn begins(token: &SyntaxToken) -> bool {
    let mut around = token.parent_ancestors().map(|node| node.kind());
    match token.kind() {
        kind if kind.is_comment() => true,
        K::At => around.nth(2) == Some(K::Chunk),
        kind => kind.is_keyword() && around.nth(1) == Some(K::Chunk),
    }
}

/// The line ends of a text: how many tokens there are, and how many lie between one line end and the next; a number below zero for an
/// empty line.
pub fn of(text: &str) -> Json {
    let tokens = tokens(text);
    let mut breaks = Vec::new();
    let mut since = 0_i64;
    for token in &tokens {
        match token.lines {
            0 => {}
            lines => {
                breaks.push(if lines == 1 { since } else { -since });
                since = 0;
            }
        }
        since += 1;
    }
    json!({ "tokens": tokens.len(), "breaks": breaks })
}

/// The text with these line ends; nothing when they are those of another text.
pub fn apply(text: &str, layout: &Json) -> Option<String> {
    let tokens = tokens(text);
    if layout.get("tokens")?.as_u64()? != tokens.len() as u64 {
        return None;
    }
    let mut lines = vec![0; tokens.len()];
    let mut at = 0_usize;
    for written in layout.get("breaks")?.as_array()? {
        let written = written.as_i64()?;
        at = at.checked_add(usize::try_from(written.unsigned_abs()).ok()?)?;
        *lines.get_mut(at)? = if written < 0 { 2 } else { 1 };
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut before: Option<&Token> = None;
    let mut depth = 0_usize;
    for (token, lines) in tokens.iter().zip(lines) {
        if token.comma {
            out.push(',');
        }
        match (lines, before) {
            (1.., _) => {
                out.push_str(&"\n\n"[..lines]);
                if depth > 0 || !token.begins {
                    out.push_str("  ");
                }
            }
            (_, Some(before)) if token.lines > 0 && !token.comma => out.push_str(joined(before, token)),
            _ if token.space || token.comma => out.push(' '),
            _ => {}
        }
        out.push_str(&token.text);
        match token.kind {
            K::LBrace | K::LBrack | K::LParen | K::InterpStart => depth += 1,
            K::RBrace | K::RBrack | K::RParen | K::InterpEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = Some(token);
    }
    out.push('\n');
    Some(out)
}

/// What stands in place of a line end between two tokens.
fn joined(before: &Token, after: &Token) -> &'static str {
    let opens = matches!(before.kind, K::LBrace | K::LBrack | K::LParen);
    let closes = matches!(after.kind, K::RBrace | K::RBrack | K::RParen);
    if opens || closes || before.attribute || before.kind.is_comment() || after.kind.is_comment() { " " } else { ", " }
}
