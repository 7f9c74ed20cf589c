//! Entries between brackets, and declarations between braces or in a file.

use cloudc_syntax::{NodeOrToken, SyntaxElement, SyntaxKind as K, SyntaxNode};

use super::{element, has_comment, has_line_end, node, parts};
use crate::doc::Doc;

/// An entry or comment with what stands on its line.
pub(crate) struct Piece {
    /// Comments before it on its line, the entry itself, comments behind it.
    parts: Vec<SyntaxElement>,
    /// Whether a blank line stands before it.
    blank: bool,
    /// Whether it belongs to the opening bracket: a comment on that line.
    to_opener: bool,
}

impl Piece {
    fn has_entry(&self) -> bool {
        self.parts.iter().any(|it| it.as_node().is_some())
    }
    /// Whether a line must end behind or in it.
    fn breaks(&self) -> bool {
        self.parts.iter().any(|it| matches!(it.kind(), K::Comment | K::DocComment) || has_line_end(it))
    }
    fn doc(&self) -> Doc {
        let mut docs = Vec::new();
        let mut entry_seen = false;
        for part in &self.parts {
            if !docs.is_empty() {
                docs.push(Doc::text(" "));
            }
            docs.push(match part {
                NodeOrToken::Node(it) => node(it),
                NodeOrToken::Token(it) if it.kind() != K::BlockComment && (entry_seen || self.to_opener) => {
                    Doc::Trailing(it.text().trim_end().to_owned())
                }
                NodeOrToken::Token(it) => Doc::text(it.text().trim_end()),
            });
            entry_seen |= part.as_node().is_some();
        }
        Doc::concat(docs)
    }
}

/// Sorts what stands between brackets, the brackets themselves and the commas left out.
pub(crate) fn pieces(children: impl Iterator<Item = SyntaxElement>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut line_ends = 0;
    // Whether a separator stands between here and the piece before.
    let mut separated = false;
    let mut opened = false;
    for child in children {
        match child.kind() {
            K::Whitespace => line_ends += child.as_token().map_or(0, |it| it.text().matches('\n').count()),
            K::Comma => separated = true,
            K::LBrace | K::LBrack | K::LParen => opened = true,
            K::RBrace | K::RBrack | K::RParen => {}
            kind => {
                let comment = kind.is_comment();
                match pieces.last_mut().filter(|_| line_ends == 0) {
                    // A comment behind an entry, an entry or comment behind a comment.
                    Some(last) if comment || !(last.has_entry() || last.to_opener || separated) => last.parts.push(child),
                    _ => {
                        let blank = line_ends > 1 && !pieces.is_empty();
                        let first = pieces.is_empty() && line_ends == 0;
                        let to_opener = first && opened && matches!(kind, K::Comment | K::DocComment);
                        pieces.push(Piece { parts: vec![child], blank, to_opener });
                    }
                }
                line_ends = 0;
                separated = false;
            }
        }
    }
    pieces
}

/// The pieces, each on a line of its own when the group around is broken.
pub(crate) fn lines(pieces: &[Piece], always: bool) -> Vec<Doc> {
    let mut docs = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            if !always && pieces[at - 1].has_entry() && pieces[at..].iter().any(Piece::has_entry) {
                docs.push(Doc::Flat(","));
            }
            if piece.blank {
                docs.push(Doc::Blank);
            }
            docs.push(if always { Doc::Hard } else { Doc::Line(" ") });
        }
        docs.push(piece.doc());
    }
    docs
}

/// Whether a line ends directly between the brackets of the node.
pub(crate) fn is_broken(of: &SyntaxNode) -> bool {
    of.children_with_tokens().any(|it| has_line_end(&it))
        || of.children_with_tokens().any(|it| matches!(it.kind(), K::Comment | K::DocComment))
}

/// What the brackets hold as the parts of a group, `pad` being the space inside them on one line.
pub(crate) fn inside(of: &SyntaxNode, pad: &'static str) -> Vec<Doc> {
    let pieces = pieces(of.children_with_tokens());
    let text = |token: Option<cloudc_syntax::SyntaxToken>| Doc::text(token.map_or(String::new(), |it| it.text().to_owned()));
    let open = text(of.first_token());
    let close = text(of.last_token());
    if pieces.is_empty() {
        return vec![open, close];
    }
    let mut docs = vec![open];
    let mut body = Vec::new();
    let mut rest = pieces.as_slice();
    if let Some((first, others)) = pieces.split_first().filter(|it| it.0.to_opener) {
        docs.push(Doc::text(" "));
        docs.push(first.doc());
        rest = others;
    }
    if !rest.is_empty() {
        if rest.len() < pieces.len() && rest[0].blank {
            body.push(Doc::Blank);
        }
        body.push(Doc::Line(pad));
        body.extend(lines(rest, false));
    }
    docs.push(Doc::Nest(body));
    docs.push(Doc::Line(pad));
    docs.push(close);
    docs
}

/// Entries between brackets.
pub(crate) fn bracketed(of: &SyntaxNode, pad: &'static str) -> Doc {
    if let Some(only) = only_entry(of) {
        match only.kind() {
            K::ForElem | K::ForEntry if !has_comment(&only) => return comprehension(of, &only, pad),
            _ if pad.is_empty() && is_hugged(of, &only) => {
                let (open, close) = (of.first_token(), of.last_token());
                let text =
                    |it: Option<cloudc_syntax::SyntaxToken>| Doc::text(it.map_or(String::new(), |it| it.text().to_owned()));
                return Doc::concat(vec![text(open), node(&only), text(close)]);
            }
            _ => {}
        }
    }
    let broken = is_broken(of) || pieces(of.children_with_tokens()).iter().any(|it| it.has_entry() && it.breaks());
    Doc::Group { parts: inside(of, pad), broken }
}

/// The one entry, when nothing else is between the brackets.
fn only_entry(of: &SyntaxNode) -> Option<SyntaxNode> {
    let mut entries = of.children();
    let only = entries.next()?;
    (entries.next().is_none() && !has_comment(of)).then_some(only)
}

/// Whether the brackets of the only entry stand directly inside these.
fn is_hugged(of: &SyntaxNode, only: &SyntaxNode) -> bool {
    let mut inner = only.children();
    let container = inner.next().is_some_and(|it| matches!(it.kind(), K::RecordExpr | K::ListExpr));
    container && inner.next().is_none() && parts(only).count() == 1 && !is_broken(of) && !has_comment(only)
}

/// `[for x in xs: e]`, with `e` on its own line when it does not fit.
fn comprehension(of: &SyntaxNode, only: &SyntaxNode, pad: &'static str) -> Doc {
    let text = |it: Option<cloudc_syntax::SyntaxToken>| it.map_or(String::new(), |it| it.text().to_owned());
    let mut head = vec![Doc::text(text(of.first_token())), Doc::text(pad)];
    let mut body = Vec::new();
    let mut before = None;
    for part in parts(only) {
        let kind = part.kind();
        let target = if body.is_empty() { &mut head } else { &mut body };
        if let Some(before) = before
            && super::is_spaced(before, kind)
            && !(before == K::Colon && target.is_empty())
        {
            target.push(Doc::text(" "));
        }
        target.push(element(&part));
        if kind == K::Colon && body.is_empty() {
            body.push(Doc::Line(" "));
            before = None;
            continue;
        }
        before = Some(kind);
    }
    head.push(Doc::Nest(body));
    head.push(Doc::Line(pad));
    head.push(Doc::text(text(of.last_token())));
    let broken = is_broken(of) || only.children_with_tokens().any(|it| has_line_end(&it));
    Doc::Group { parts: head, broken }
}

/// Declarations between braces: always a line each.
pub(crate) fn block(of: &SyntaxNode) -> Doc {
    let broken = of.children().next().is_some() || has_comment(of);
    Doc::Group { parts: inside(of, " "), broken }
}
