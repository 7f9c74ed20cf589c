//! Which line ends separate entries.
//!
//! A line end counts unless the line ends in an operator, comma or open bracket, or the next one begins with
//! something that goes on. Where the next line plainly begins an entry or a declaration it counts all the same,
//! so that a half-typed `key:` or `let x =` takes nothing from the line below it.

use super::{Input, Sig, Tok, VIRTUAL, is_closer, mate_of};
use crate::{SyntaxKind, SyntaxKind as K};

const NEWLINE: Tok = Tok { kind: K::Newline, kw: K::Ident, raw: VIRTUAL };

/// Fills the tokens, with line ends, and the mates of brackets.
pub(super) fn fill(input: &mut Input<'_>, sigs: &[Sig]) {
    input.toks.reserve(sigs.len() + sigs.len() / 4);
    let mut open = Vec::new();
    // Whether a line end is due before the next token that has text.
    let mut pending = false;
    for (at, sig) in sigs.iter().enumerate() {
        pending |= sig.first && at > 0;
        if pending && !is_closer(sig.kind) {
            pending = false;
            if separates(sigs, at) {
                input.toks.push(NEWLINE);
            }
        }
        let index = input.toks.len() as u32;
        if mate_of(sig.kind).is_some() {
            open.push(index);
        } else if (is_closer(sig.kind) || sig.kind == K::StringEnd)
            && let Some(opener) = open.pop()
        {
            input.mates.resize(input.toks.len() + 1, 0);
            input.mates[opener as usize] = index;
        }
        // A closer without text ends the line before it, not the one that it is put into.
        pending &= sig.raw == VIRTUAL;
        input.toks.push(Tok { kind: sig.kind, kw: sig.kw, raw: sig.raw });
    }
    input.mates.resize(input.toks.len(), 0);
}

/// Whether the line end before `sigs[at]` separates.
fn separates(sigs: &[Sig], at: usize) -> bool {
    let next = sigs[at];
    let following = sigs.get(at + 1).copied();
    if goes_on(next, following) {
        return false;
    }
    let before = sigs[at - 1].kind;
    let open = matches!(before, K::LParen | K::LBrack | K::LBrace | K::InterpStart);
    !open && (!wants_more(before) || begins_declaration(next, following) || begins_entry(sigs, at, before))
}

/// Whether a line that ends in this token goes on.
fn wants_more(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        K::Plus
            | K::Minus
            | K::Star
            | K::Slash
            | K::Percent
            | K::Amp2
            | K::Pipe2
            | K::Pipe
            | K::Question2
            | K::QuestionDot
            | K::Dot
            | K::Eq
            | K::Eq2
            | K::Neq
            | K::Lt
            | K::Le
            | K::Ge
            | K::Bang
            | K::Arrow
            | K::FatArrow
            | K::Colon
            | K::Colon2
            | K::Comma
    )
}

/// Whether a line that begins with `next` continues the one before.
fn goes_on(next: Sig, following: Option<Sig>) -> bool {
    let following = following.map(|it| it.kind);
    match next.kind {
        K::Dot
        | K::QuestionDot
        | K::Question2
        | K::Amp2
        | K::Pipe2
        | K::Eq2
        | K::Neq
        | K::Lt
        | K::Le
        | K::Gt
        | K::Ge
        | K::Plus
        | K::Star
        | K::Slash
        | K::Percent
        | K::Pipe => true,
        K::Ident if next.kw == K::ElseKw => following != Some(K::Colon),
        K::Ident if next.kw == K::WithKw => following == Some(K::LBrace),
        _ => false,
    }
}

/// Whether `next` is a keyword and behind it stands what it declares.
fn begins_declaration(next: Sig, following: Option<Sig>) -> bool {
    let Some(following) = following.filter(|it| !it.first) else { return false };
    let word = following.kind == K::Ident && !matches!(following.kw, K::IfKw | K::InKw | K::ElseKw | K::ByKw | K::AsKw);
    match next.kw {
        K::ImportKw | K::PolicyKw | K::TestKw => following.kind == K::StringStart,
        K::IfKw | K::ForKw => false,
        _ => next.kw < K::IfKw && next.kw.is_keyword() && word,
    }
}

/// Whether a line that follows an operator is `key: …` all the same.
fn begins_entry(sigs: &[Sig], at: usize, before: SyntaxKind) -> bool {
    if before == K::Comma {
        return false;
    }
    let after_key = match sigs[at].kind {
        K::Ident => at + 1,
        K::StringStart => {
            let end = sigs[at..].iter().take(8).position(|it| it.kind == K::StringEnd);
            end.map_or(sigs.len(), |it| at + it + 1)
        }
        _ => return false,
    };
    sigs.get(after_key).is_some_and(|it| it.kind == K::Colon)
}
