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
    /// The bracket that `closer` ends begins before the token at `before`, at the end of the line above.
    Open { closer: usize, before: usize },
}

/// The tokens with balanced brackets, and the error if they were not.
///
/// Brackets that do not match are one mistake, however many repairs it takes: what one of them lacks, others seem
/// to have too many of.
pub(super) fn balance(text: &str, lexed: &Lexed, sigs: Vec<Sig>) -> (Vec<Sig>, Option<SyntaxError>) {
    let counted = by_count(&sigs);
    if counted.is_empty() {
        return (sigs, None);
    }
    let indented = by_indentation(text, lexed, &sigs);
    let repairs = if indented.len() <= counted.len() { indented } else { counted };
    let error = principal(text, lexed, &sigs, &repairs);
    (apply(&sigs, repairs), error)
}

/// The error of the repair that most likely is where the mistake is.
fn principal(text: &str, lexed: &Lexed, sigs: &[Sig], repairs: &[Repair]) -> Option<SyntaxError> {
    let opened = repairs.iter().filter(|it| matches!(it, Repair::Open { .. })).min_by_key(|it| it.at());
    if let Some(repair) = opened {
        return Some(report(text, lexed, sigs, *repair));
    }
    let mut unclosed: Vec<usize> = repairs.iter().filter_map(Repair::unclosed).collect();
    unclosed.sort_unstable();
    // A bracket whose line is not followed by anything deeper has nothing to hold but its own line.
    let lone = unclosed.iter().copied().rfind(|it| !holds_lines(text, lexed, sigs, *it));
    let Some(chosen) = lone.or(unclosed.first().copied()) else {
        let dropped = repairs.iter().min_by_key(|it| it.at())?;
        return Some(report(text, lexed, sigs, *dropped));
    };
    // Several on one line are told as one, at the first, and mended together.
    let start = |it: usize| usize::from(lexed.range(sigs[it].raw as usize).start());
    let line = |it: usize| text[..start(it)].rfind('\n').map_or(0, |it| it + 1);
    let same_line = |it: &&Repair| it.unclosed().is_some_and(|opener| line(opener) == line(chosen));
    let mut errors: Vec<_> = repairs.iter().filter(same_line).map(|it| report(text, lexed, sigs, *it)).collect();
    errors.sort_by_key(|it| it.range.start());
    let mut errors = errors.into_iter();
    let mut first = errors.next()?;
    errors.for_each(|it| close_both(&mut first, &it));
    Some(first)
}

impl Repair {
    /// The index of the token that it changes something at.
    fn at(&self) -> usize {
        match *self {
            Self::Drop(at) => at,
            Self::Close { before, .. } | Self::Open { before, .. } => before,
        }
    }

    /// The bracket that it closes.
    fn unclosed(&self) -> Option<usize> {
        match *self {
            Self::Close { opener, .. } => Some(opener),
            _ => None,
        }
    }
}

/// Whether the line below that of the token at `at` is indented deeper.
fn holds_lines(text: &str, lexed: &Lexed, sigs: &[Sig], at: usize) -> bool {
    let column = |it: usize| column(text, lexed.start(sigs[it].raw as usize) as usize);
    let first = sigs[..=at].iter().rposition(|it| it.first).map_or(0, column);
    let next = sigs[at + 1..].iter().position(|it| it.first);
    next.is_some_and(|it| column(at + 1 + it) > first)
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
            let top = open.last().copied().zip(indents.last().copied());
            let misplaced = top.is_some_and(|(opener, line)| {
                let ends_line = sigs.get(opener + 1).is_none_or(|it| it.first);
                closes(sigs, opener, sig.kind) && ends_line && (!sig.first || indent > line)
            });
            // Only the first bracket of a line ends what began on lines that are indented less.
            let mate = open.iter().rposition(|it| closes(sigs, *it, sig.kind));
            let misplaced = misplaced || !sig.first && mate.is_some_and(|it| indents[it] < indent);
            if let Some(before) = unopened_lines(text, lexed, sigs, at, top).filter(|_| sig.first) {
                repairs.push(Repair::Open { closer: at, before });
            } else if misplaced {
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

/// Where the lines begin that the closer at `at`, the first on its line, ends though nothing on the line above
/// them opens it. `top` is the innermost open bracket and the indentation of its line.
fn unopened_lines(text: &str, lexed: &Lexed, sigs: &[Sig], at: usize, top: Option<(usize, usize)>) -> Option<usize> {
    let column = |it: usize| column(text, lexed.start(sigs[it].raw as usize) as usize);
    let indent = column(at);
    let lacks = top.is_none_or(|(opener, line)| {
        let next_closes = sigs.get(at + 1).is_some_and(|it| !it.first && closes(sigs, opener, it.kind));
        line < indent || line == indent && !closes(sigs, opener, sigs[at].kind) && next_closes
    });
    if !lacks || sigs[at].kind == K::InterpEnd {
        return None;
    }
    let lines = (0..at).rev().filter(|it| sigs[*it].first);
    let first = lines.take_while(|it| column(*it) > indent).last()?;
    // Every bracket that is still open stands above those lines.
    (first > 0 && top.is_none_or(|(opener, _)| opener < first)).then_some(first)
}

/// The number of characters between the start of the line and `offset`.
fn column(text: &str, offset: usize) -> usize {
    let line = text[..offset].rfind('\n').map_or(0, |it| it + 1);
    offset - line
}

fn apply(sigs: &[Sig], mut repairs: Vec<Repair>) -> Vec<Sig> {
    // Stable: several brackets that end at one place end innermost first, as they were found.
    repairs.sort_by_key(Repair::at);
    let mut out = Vec::with_capacity(sigs.len() + repairs.len());
    let mut repairs = repairs.into_iter().peekable();
    for at in 0..=sigs.len() {
        let mut dropped = false;
        while let Some(repair) = repairs.next_if(|it| it.at() == at) {
            match repair {
                Repair::Drop(_) => dropped = true,
                Repair::Close { opener, .. } => {
                    let kind = mate_of(sigs[opener].kind).unwrap_or(K::RBrace);
                    out.push(Sig { kind, kw: K::Ident, raw: VIRTUAL, first: false });
                }
                Repair::Open { closer, .. } => {
                    let kind = opener_of(sigs[closer].kind);
                    out.push(Sig { kind, kw: K::Ident, raw: VIRTUAL, first: false });
                }
            }
        }
        out.extend(sigs.get(at).filter(|_| !dropped));
    }
    out
}

/// The bracket that `closer` ends.
fn opener_of(closer: SyntaxKind) -> SyntaxKind {
    match closer {
        K::RParen => K::LParen,
        K::RBrack => K::LBrack,
        _ => K::LBrace,
    }
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
        Repair::Open { closer, before } => {
            let opener = match opener_of(sigs[closer].kind) {
                K::LParen => "(",
                K::LBrack => "[",
                _ => "{",
            };
            let here = lexed.range(sigs[before.saturating_sub(1)].raw as usize);
            let end = usize::from(here.end());
            let message = format!("expected `{opener}`, found the end of the line");
            SyntaxError {
                code: errors::UNEXPECTED,
                message,
                range: here,
                label: format!("expected `{opener}` after this"),
                help: None,
                fix: fix(&format!("add `{opener}`"), range(end, end), &format!(" {opener}")),
                related: vec![(lexed.range(sigs[closer].raw as usize), format!("ends what `{opener}` would begin"))],
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
