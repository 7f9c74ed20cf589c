//! Balancing brackets.
//!
//! Counting alone finds that something is missing, but often not where: a forgotten `}` would swallow what
//! follows and be missed at the very end. So a text whose count is wrong is matched again by its indentation,
//! and that wins unless it finds more mistakes.

use super::{Sig, VIRTUAL, is_closer, mate_of};
use crate::errors::{self, SyntaxError};
use crate::lexer::{Lexed, fix, range};
use crate::{SyntaxKind, SyntaxKind as K};

/// What to change so that brackets match.
#[derive(Clone, Copy)]
enum Repair {
    /// The closing bracket at this index closes nothing.
    Drop(usize),
    /// The bracket opened at `opener` ends before the token at `before`.
    Close { opener: usize, before: usize },
}

/// The tokens with balanced brackets, and an error for each that was not.
pub(super) fn balance(text: &str, lexed: &Lexed, sigs: Vec<Sig>) -> (Vec<Sig>, Vec<SyntaxError>) {
    let counted = by_count(&sigs);
    if counted.is_empty() {
        return (sigs, Vec::new());
    }
    let indented = by_indentation(text, lexed, &sigs);
    let repairs = if indented.len() <= counted.len() { indented } else { counted };
    let mut errors: Vec<SyntaxError> = repairs.iter().map(|it| report(text, lexed, &sigs, *it)).collect();
    // A bracket and a wrong mate on one line are one mistake.
    errors.sort_by_key(|it| it.range.start());
    errors.dedup_by(|next, kept| {
        let same_line = !text[kept.range.cover(next.range)].contains('\n');
        if same_line && next.code == kept.code && next.code == errors::UNCLOSED {
            close_both(kept, next);
        }
        same_line
    });
    (apply(&sigs, repairs), errors)
}

/// The fix of `outer` closes `inner` too.
fn close_both(outer: &mut SyntaxError, inner: &SyntaxError) {
    if let (Some(outer), Some(inner)) = (&mut outer.fix, &inner.fix) {
        outer.insert.insert_str(0, &inner.insert);
        outer.title = format!("add `{}`", outer.insert);
    }
}

fn closes(sigs: &[Sig], opener: usize, closer: SyntaxKind) -> bool {
    mate_of(sigs[opener].kind) == Some(closer)
}

/// Whether `closer` ends something that was opened inside the innermost interpolation.
fn is_awaited(sigs: &[Sig], open: &[usize], closer: SyntaxKind) -> bool {
    let inner = open.iter().rev().take_while(|it| closer == K::InterpEnd || sigs[**it].kind != K::InterpStart);
    inner.copied().any(|it| closes(sigs, it, closer))
}

/// Closes what is open above the mate of the closer at `at`, and that; or drops the closer.
fn close(sigs: &[Sig], open: &mut Vec<usize>, at: usize, repairs: &mut Vec<Repair>) {
    let closer = sigs[at].kind;
    if !is_awaited(sigs, open, closer) {
        repairs.push(Repair::Drop(at));
        return;
    }
    while let Some(opener) = open.pop() {
        if closes(sigs, opener, closer) {
            return;
        }
        repairs.push(Repair::Close { opener, before: at });
    }
}

fn close_rest(sigs: &[Sig], open: Vec<usize>, repairs: &mut Vec<Repair>) {
    repairs.extend(open.into_iter().rev().map(|opener| Repair::Close { opener, before: sigs.len() }));
}

fn by_count(sigs: &[Sig]) -> Vec<Repair> {
    let mut open = Vec::new();
    let mut repairs = Vec::new();
    for (at, sig) in sigs.iter().enumerate() {
        if matches!(sig.kind, K::LParen | K::LBrack | K::LBrace | K::InterpStart) {
            open.push(at);
        } else if is_closer(sig.kind) {
            match open.last() {
                Some(&top) if closes(sigs, top, sig.kind) => {
                    open.pop();
                }
                _ => close(sigs, &mut open, at, &mut repairs),
            }
        }
    }
    close_rest(sigs, open, &mut repairs);
    repairs
}

fn by_indentation(text: &str, lexed: &Lexed, sigs: &[Sig]) -> Vec<Repair> {
    let mut open: Vec<usize> = Vec::new();
    // The indentation of the line that each open bracket stands on.
    let mut indents: Vec<usize> = Vec::new();
    let mut repairs = Vec::new();
    let mut indent = 0;
    for (at, sig) in sigs.iter().enumerate() {
        let closer = is_closer(sig.kind);
        if sig.first {
            indent = column(text, lexed.start(sig.raw as usize) as usize);
            let limit = indent + usize::from(closer);
            while let Some((&opener, &line)) = open.last().zip(indents.last())
                && line >= limit
                && sigs[opener].kind != K::InterpStart
                && (!closer || is_awaited(sigs, &open[..open.len() - 1], sig.kind))
            {
                repairs.push(Repair::Close { opener, before: at });
                open.pop();
                indents.pop();
            }
        }
        if matches!(sig.kind, K::LParen | K::LBrack | K::LBrace | K::InterpStart) {
            open.push(at);
            indents.push(indent);
        } else if closer {
            let misplaced = open.last().zip(indents.last()).is_some_and(|(&opener, &line)| {
                let ends_line = sigs.get(opener + 1).is_none_or(|it| it.first);
                closes(sigs, opener, sig.kind) && ends_line && if sig.first { indent > line } else { true }
            });
            if misplaced {
                repairs.push(Repair::Drop(at));
            } else {
                close(sigs, &mut open, at, &mut repairs);
                indents.truncate(open.len());
            }
        }
    }
    close_rest(sigs, open, &mut repairs);
    repairs
}

/// The number of characters between the start of the line and `offset`.
fn column(text: &str, offset: usize) -> usize {
    let line = text[..offset].rfind('\n').map_or(0, |it| it + 1);
    offset - line
}

fn apply(sigs: &[Sig], mut repairs: Vec<Repair>) -> Vec<Sig> {
    // Stable: several brackets that end at one place end innermost first, as they were found.
    repairs.sort_by_key(|it| match it {
        Repair::Drop(at) => *at,
        Repair::Close { before, .. } => *before,
    });
    let mut out = Vec::with_capacity(sigs.len() + repairs.len());
    let mut repairs = repairs.into_iter().peekable();
    for at in 0..=sigs.len() {
        let mut dropped = false;
        while let Some(repair) = repairs.next_if(|it| match it {
            Repair::Drop(it) => *it == at,
            Repair::Close { before, .. } => *before == at,
        }) {
            match repair {
                Repair::Drop(_) => dropped = true,
                Repair::Close { opener, .. } => {
                    let kind = mate_of(sigs[opener].kind).unwrap_or(K::RBrace);
                    out.push(Sig { kind, kw: K::Ident, raw: VIRTUAL, first: false });
                }
            }
        }
        out.extend(sigs.get(at).filter(|_| !dropped));
    }
    out
}

fn report(text: &str, lexed: &Lexed, sigs: &[Sig], repair: Repair) -> SyntaxError {
    match repair {
        Repair::Drop(at) => {
            let here = lexed.range(sigs[at].raw as usize);
            SyntaxError {
                code: errors::UNOPENED,
                message: format!("`{}` closes nothing", &text[here]),
                range: here,
                label: "nothing is open here".to_owned(),
                help: None,
                fix: fix("remove it", here, ""),
                related: Vec::new(),
            }
        }
        Repair::Close { opener, before } => {
            let here = lexed.range(sigs[opener].raw as usize);
            let closer = match sigs[opener].kind {
                K::LParen => ")",
                K::LBrack => "]",
                _ => "}",
            };
            let end = before.checked_sub(1).map_or(here.end(), |it| lexed.range(sigs[it].raw as usize).end());
            let next = sigs.get(before).map(|it| lexed.range(it.raw as usize));
            let end = usize::from(end);
            SyntaxError {
                code: errors::UNCLOSED,
                message: format!("`{}` is never closed", &text[here]),
                range: here,
                label: "opened here".to_owned(),
                help: Some(format!("close it with `{closer}`")),
                fix: fix(&format!("add `{closer}`"), range(end, end), closer),
                related: next.map(|it| (it, format!("`{closer}` is missing before this"))).into_iter().collect(),
            }
        }
    }
}
