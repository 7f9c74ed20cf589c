//! What the grammar reads: tokens without trivia, every bracket with its mate, line ends where they count.
//!
//! Invariant: brackets, strings and interpolations are balanced. A closing bracket that is missing becomes a
//! token without text, as does an opening one whose lines show where it was; one too many is left out (it reaches
//! the tree as trivia does). So the grammar needs no recovery of its own for brackets.

mod brackets;
mod lines;

use crate::errors::SyntaxError;
use crate::lexer::Lexed;
use crate::{SyntaxKind, SyntaxKind as K, TextRange};

/// A token as the grammar sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tok {
    pub(crate) kind: SyntaxKind,
    /// The keyword that an `Ident` would be; `Ident` otherwise.
    pub(crate) kw: SyntaxKind,
    /// The index of the token in the text; [`VIRTUAL`] when it has no text.
    pub(crate) raw: u32,
}

/// [`Tok::raw`] of a token that is not in the text.
pub(crate) const VIRTUAL: u32 = u32::MAX;

impl Tok {
    /// What stands behind the last token.
    pub(crate) const END: Self = Self { kind: K::SourceFile, kw: K::Ident, raw: VIRTUAL };
}

/// The grammar's input, with what it needs to look at the text.
#[derive(Debug)]
pub(crate) struct Input<'t> {
    pub(crate) text: &'t str,
    pub(crate) lexed: &'t Lexed,
    pub(crate) toks: Vec<Tok>,
    /// For each opening bracket, string start or interpolation start the index of its end; 0 for the rest.
    pub(crate) mates: Vec<u32>,
    /// The brackets that are not balanced.
    pub(crate) unbalanced: Option<SyntaxError>,
}

impl Input<'_> {
    /// The token at `index`, [`Tok::END`] past the last.
    pub(crate) fn tok(&self, index: usize) -> Tok {
        self.toks.get(index).copied().unwrap_or(Tok::END)
    }

    /// The text of the token at `index`.
    pub(crate) fn text_of(&self, index: usize) -> &str {
        match self.tok(index).raw {
            VIRTUAL => "",
            raw => &self.text[self.lexed.range(raw as usize)],
        }
    }

    /// Where the token at `index` stands; `None` when it has no text.
    pub(crate) fn range_of(&self, index: usize) -> Option<TextRange> {
        match self.tok(index).raw {
            VIRTUAL => None,
            raw => Some(self.lexed.range(raw as usize)),
        }
    }

    /// Where the last token before `index` that has text stands.
    pub(crate) fn range_before(&self, index: usize) -> Option<TextRange> {
        (0..index.min(self.toks.len())).rev().find_map(|it| self.range_of(it).filter(|it| !it.is_empty()))
    }
}

/// A significant token on its way into the input.
#[derive(Clone, Copy)]
pub(super) struct Sig {
    kind: SyntaxKind,
    kw: SyntaxKind,
    raw: u32,
    /// Whether it is the first on its line.
    first: bool,
}

/// Makes the grammar's input from the tokens of `text`.
pub(crate) fn prepare<'t>(text: &'t str, lexed: &'t Lexed) -> Input<'t> {
    let sigs = significant(text, lexed);
    let (sigs, unbalanced) = brackets::balance(text, lexed, sigs);
    let mut input = Input { text, lexed, toks: Vec::new(), mates: Vec::new(), unbalanced };
    lines::fill(&mut input, &sigs);
    input
}

fn significant(text: &str, lexed: &Lexed) -> Vec<Sig> {
    let mut sigs = Vec::with_capacity(lexed.tokens.len());
    let mut start = 0;
    let mut first = true;
    for (raw, token) in lexed.tokens.iter().enumerate() {
        let written = &text[start as usize..token.end as usize];
        start = token.end;
        match token.kind {
            K::Whitespace | K::BlockComment => first |= written.contains('\n'),
            K::Comment | K::DocComment | K::Stray => {}
            kind => {
                let kw = if kind == K::Ident { word(written) } else { K::Ident };
                let kind = if kind == K::Semicolon { K::Comma } else { kind };
                sigs.push(Sig { kind, kw, raw: raw as u32, first });
                first = false;
            }
        }
    }
    sigs
}

/// The keyword or the operator of other languages that a name is.
fn word(text: &str) -> SyntaxKind {
    match text {
        "and" => K::Amp2,
        "or" => K::Pipe2,
        "not" => K::Bang,
        _ => SyntaxKind::keyword(text).unwrap_or(K::Ident),
    }
}

/// The end that belongs to an opening token.
pub(crate) fn mate_of(kind: SyntaxKind) -> Option<SyntaxKind> {
    Some(match kind {
        K::LParen => K::RParen,
        K::LBrack => K::RBrack,
        K::LBrace => K::RBrace,
        K::InterpStart => K::InterpEnd,
        K::StringStart => K::StringEnd,
        _ => return None,
    })
}

/// Whether the token ends a bracket or interpolation.
pub(crate) fn is_closer(kind: SyntaxKind) -> bool {
    matches!(kind, K::RParen | K::RBrack | K::RBrace | K::InterpEnd)
}
