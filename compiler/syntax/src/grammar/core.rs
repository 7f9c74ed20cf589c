//! The pieces that rules are made of.

use chumsky::input::InputRef;
use chumsky::prelude::*;

use super::{Extra, Rule};
use crate::input::{Tok, is_closer, mate_of};
use crate::log::{Event, Fault, Place};
use crate::{SyntaxKind, SyntaxKind as K};

/// The input as a rule sees it while it runs.
pub(super) type In<'t, 'p> = InputRef<'t, 'p, &'t [Tok], Extra<'t>>;
/// What a rule comes to: whether its first token was there.
pub(super) type Outcome = Result<(), EmptyErr>;

/// The deepest nesting of expressions and types.
const MAX_DEPTH: u32 = 256;

/// A rule from a function.
pub(super) fn rule<'t, F>(f: F) -> Rule<'t>
where
    F: for<'p> Fn(&mut In<'t, 'p>) -> Outcome + Clone + 't,
{
    custom(f).boxed()
}

/// The index of the next token.
pub(super) fn index(inp: &In<'_, '_>) -> usize {
    *inp.cursor().inner()
}

/// The token `ahead` of the next one, which is at 0.
pub(super) fn peek(inp: &mut In<'_, '_>, ahead: usize) -> Tok {
    let at = index(inp) + ahead;
    inp.state().input.tok(at)
}

/// Whether the next token is of this kind.
pub(super) fn at(inp: &mut In<'_, '_>, kind: SyntaxKind) -> bool {
    peek(inp, 0).kind == kind
}

/// Whether the next token is this word.
pub(super) fn at_word(inp: &mut In<'_, '_>, kw: SyntaxKind) -> bool {
    let next = peek(inp, 0);
    next.kind == K::Ident && next.kw == kw
}

/// Takes the next token.
pub(super) fn bump(inp: &mut In<'_, '_>) {
    inp.skip();
}

/// Takes the next token and calls it `kind` in the tree.
pub(super) fn bump_as(inp: &mut In<'_, '_>, kind: SyntaxKind) {
    inp.skip();
    inp.state().events.push(Event::Rename(kind));
}

/// Takes the next token if it is of this kind.
pub(super) fn eat(inp: &mut In<'_, '_>, kind: SyntaxKind) -> bool {
    let found = at(inp, kind);
    if found {
        bump(inp);
    }
    found
}

/// Takes the next token if it is this word.
pub(super) fn eat_word(inp: &mut In<'_, '_>, kw: SyntaxKind) -> bool {
    let found = at_word(inp, kw);
    if found {
        bump_as(inp, kw);
    }
    found
}

/// Takes the line ends that stand here.
pub(super) fn skip_newlines(inp: &mut In<'_, '_>) {
    while eat(inp, K::Newline) {}
}

/// Where a node may begin.
pub(super) fn mark(inp: &mut In<'_, '_>) -> u32 {
    inp.state().mark()
}

/// Ends a node.
pub(super) fn close(inp: &mut In<'_, '_>, kind: SyntaxKind, start: u32) {
    inp.state().close(kind, start);
}

/// Notes a mistake at the next token.
pub(super) fn fault(inp: &mut In<'_, '_>, what: Fault) {
    let at = index(inp);
    fault_at(inp, what, at);
}

/// Notes a mistake at the token of this index.
pub(super) fn fault_at(inp: &mut In<'_, '_>, what: Fault, at: usize) {
    inp.state().events.push(Event::Fault(what, at as u32));
}

/// The failure of a strict rule.
pub(super) fn fail() -> Outcome {
    Err(EmptyErr::default())
}

/// Parses `rule`, or notes `what` when it does not begin here. Says whether it did.
pub(super) fn need<'t>(inp: &mut In<'t, '_>, rule: &Rule<'t>, what: Fault) -> bool {
    let found = attempt(inp, rule);
    if !found {
        fault(inp, what);
    }
    found
}

/// Parses `rule` if it begins here. Says whether it did.
pub(super) fn attempt<'t>(inp: &mut In<'t, '_>, rule: &Rule<'t>) -> bool {
    let before = inp.save();
    let found = inp.parse(rule).is_ok();
    if !found {
        inp.rewind(before);
    }
    found
}

/// Takes a token of this kind, or notes that it is missing.
pub(super) fn expect(inp: &mut In<'_, '_>, kind: SyntaxKind) -> bool {
    let found = eat(inp, kind);
    if !found {
        fault(inp, Fault::ExpectedToken(kind));
    }
    found
}

/// A name, or a note that it is missing; a quoted one is taken with a note.
pub(super) fn name(inp: &mut In<'_, '_>) -> bool {
    let start = mark(inp);
    match peek(inp, 0).kind {
        K::Ident => {
            bump(inp);
            close(inp, K::Name, start);
            true
        }
        K::StringStart => {
            fault(inp, Fault::QuotedName);
            skip_group(inp);
            close(inp, K::Error, start);
            false
        }
        _ => {
            fault(inp, Fault::MissingName);
            false
        }
    }
}

/// `:`, or `=` or `=>` in its place with a note, or a note that it is missing.
pub(super) fn colon(inp: &mut In<'_, '_>) {
    if matches!(peek(inp, 0).kind, K::Eq | K::FatArrow) {
        fault(inp, Fault::EqualsForColon);
        bump_as(inp, K::Colon);
    } else {
        expect(inp, K::Colon);
    }
}

/// `=`, or `:` in its place with a note, or a note that it is missing.
pub(super) fn equals(inp: &mut In<'_, '_>) {
    if at(inp, K::Colon) {
        fault(inp, Fault::ColonForEquals);
        bump_as(inp, K::Eq);
    } else {
        expect(inp, K::Eq);
    }
}

/// Takes the next token, with everything up to its mate when it opens something.
pub(super) fn skip_group(inp: &mut In<'_, '_>) {
    let at = index(inp);
    let opens = mate_of(inp.state().input.tok(at).kind).is_some();
    let mate = inp.state().input.mates.get(at).copied().unwrap_or(0) as usize;
    bump(inp);
    while opens && index(inp) <= mate {
        bump(inp);
    }
}

/// Takes everything up to the next separator or closing bracket into an error node.
pub(super) fn skip_entry(inp: &mut In<'_, '_>) {
    let start = mark(inp);
    while !at_entry_end(inp) {
        skip_group(inp);
    }
    if mark(inp) > start {
        close(inp, K::Error, start);
    }
}

/// Whether a separator, closing bracket or the end stands here.
pub(super) fn at_entry_end(inp: &mut In<'_, '_>) -> bool {
    let kind = peek(inp, 0).kind;
    matches!(kind, K::Newline | K::Comma | K::SourceFile) || is_closer(kind)
}

/// What may stand between an opening bracket and its mate.
#[derive(Clone)]
pub(super) struct Entries<'t> {
    pub(super) entry: Rule<'t>,
    pub(super) place: Place,
}

/// Entries up to the closing bracket or the end, separated by commas or line ends.
///
/// Always makes progress: an entry that cannot be read is noted once and taken whole.
pub(super) fn entries<'t>(inp: &mut In<'t, '_>, what: &Entries<'t>) {
    let mut entry_before = false;
    loop {
        separators(inp, what.place, entry_before);
        if at_entry_end(inp) {
            return;
        }
        entry_before = true;
        if !attempt(inp, &what.entry) {
            fault(inp, Fault::Unexpected(what.place));
            skip_entry(inp);
        }
        if at_entry_end(inp) {
            continue;
        }
        if starts_entry(peek(inp, 0).kind) {
            fault(inp, Fault::MissingSeparator);
        } else {
            fault(inp, Fault::Unexpected(Place::ExpressionEnd));
            skip_entry(inp);
        }
    }
}

/// Line ends and commas; each comma needs an entry before it.
fn separators(inp: &mut In<'_, '_>, place: Place, mut entry_before: bool) {
    while matches!(peek(inp, 0).kind, K::Newline | K::Comma) {
        if at(inp, K::Comma) {
            if !entry_before {
                fault(inp, Fault::Unexpected(place));
            }
            entry_before = false;
        }
        bump(inp);
    }
}

/// Whether an entry could begin with this token.
fn starts_entry(kind: SyntaxKind) -> bool {
    use K::{At, Cidr, Dot3, Duration, Float, Ident, Int, LBrace, LBrack, LParen, Size, StringStart};
    matches!(kind, Ident | StringStart | Int | Float | Duration | Size | Cidr | LBrace | LBrack | LParen | Dot3 | At)
}

/// `open`, entries, and the closing bracket, which the input always has.
pub(super) fn bracketed<'t>(open: SyntaxKind, node: SyntaxKind, what: Entries<'t>) -> Rule<'t> {
    rule(move |inp| {
        let start = mark(inp);
        if !eat(inp, open) {
            return fail();
        }
        entries(inp, &what);
        bump(inp);
        close(inp, node, start);
        Ok(())
    })
}

/// `rule` one level deeper; past the cap what stands here is noted once and taken without a look inside.
pub(super) fn nested<'t>(inner: Rule<'t>) -> Rule<'t> {
    rule(move |inp| {
        if inp.state().depth >= MAX_DEPTH {
            if at_entry_end(inp) {
                return fail();
            }
            let start = mark(inp);
            fault(inp, Fault::TooDeep);
            skip_entry(inp);
            close(inp, K::Error, start);
            return Ok(());
        }
        inp.state().depth += 1;
        let outcome = inp.parse(&inner);
        inp.state().depth -= 1;
        outcome
    })
}
