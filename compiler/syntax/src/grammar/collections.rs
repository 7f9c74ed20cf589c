//! Lists, records and arguments.

use super::Rule;
use super::core::{
    Entries, In, at, at_entry_end, at_word, attempt, bracketed, bump, bump_as, close, colon, eat, eat_word, fail, fault, index,
    mark, name, need, peek, rule, skip_entry, skip_group, skip_newlines,
};
use crate::SyntaxKind as K;
use crate::log::{Fault, Place};

/// `(a, name: b)`; strict.
pub(super) fn args<'t>(expr: Rule<'t>) -> Rule<'t> {
    let arg = rule(move |inp| {
        let start = mark(inp);
        let named = at(inp, K::Ident) && matches!(peek(inp, 1).kind, K::Colon | K::Eq);
        if named {
            name(inp);
            colon(inp);
            need(inp, &expr, Fault::MissingValue);
        } else {
            inp.parse(&expr)?;
        }
        close(inp, K::Arg, start);
        Ok(())
    });
    bracketed(K::LParen, K::ArgList, Entries { entry: arg, place: Place::Argument })
}

/// `[a, ...b, for c in d: e]`; strict.
pub(super) fn list<'t>(expr: Rule<'t>) -> Rule<'t> {
    let element = rule(move |inp| {
        let start = mark(inp);
        if eat(inp, K::Dot3) {
            // `...` alone keeps what a patched list held.
            attempt(inp, &expr);
            guard(inp, &expr);
            close(inp, K::SpreadElem, start);
        } else if at_for(inp) {
            for_head(inp, &expr);
            need(inp, &expr, Fault::MissingValue);
            close(inp, K::ForElem, start);
        } else {
            inp.parse(&expr)?;
            guard(inp, &expr);
            close(inp, K::ItemElem, start);
        }
        Ok(())
    });
    bracketed(K::LBrack, K::ListExpr, Entries { entry: element, place: Place::Element })
}

/// `{ a: 1, ...b, c }`; strict.
pub(super) fn record<'t>(expr: Rule<'t>, string: Rule<'t>) -> Rule<'t> {
    let entry = rule(move |inp| {
        let start = mark(inp);
        if eat(inp, K::Dot3) {
            need(inp, &expr, Fault::MissingValue);
            guard(inp, &expr);
            close(inp, K::SpreadEntry, start);
            return Ok(());
        }
        if at_for(inp) {
            for_head(inp, &expr);
            need(inp, &expr, Fault::MissingValue);
            colon(inp);
            need(inp, &expr, Fault::MissingValue);
            close(inp, K::ForEntry, start);
            return Ok(());
        }
        if at_declaration(inp) {
            fault(inp, Fault::MisplacedDeclaration);
            skip_entry(inp);
            return Ok(());
        }
        field(inp, &expr, &string, start)
    });
    bracketed(K::LBrace, K::RecordExpr, Entries { entry, place: Place::Entry })
}

/// `key: value if c`, `key`.
fn field<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>, string: &Rule<'t>, start: u32) -> super::core::Outcome {
    let word = at(inp, K::Ident);
    key(inp, string)?;
    let shorthand = word && (at_entry_end(inp) || at_word(inp, K::IfKw));
    if !shorthand {
        if matches!(peek(inp, 0).kind, K::Dot | K::QuestionDot | K::LParen | K::LBrack) && word {
            fault(inp, Fault::ExpectedToken(K::Colon));
            skip_entry(inp);
            close(inp, K::Field, start);
            return Ok(());
        }
        let before = inp.state().events.len();
        colon(inp);
        let missed = matches!(inp.state().events.get(before), Some(crate::log::Event::Fault(Fault::ExpectedToken(_), _)));
        if missed {
            attempt(inp, expr);
        } else {
            need(inp, expr, Fault::MissingValue);
        }
    }
    guard(inp, expr);
    close(inp, K::Field, start);
    Ok(())
}

/// A name or string; strict. A number is taken with a note.
fn key<'t>(inp: &mut In<'t, '_>, string: &Rule<'t>) -> super::core::Outcome {
    match peek(inp, 0).kind {
        K::Ident => {
            name(inp);
            Ok(())
        }
        K::StringStart if string_key(inp) => inp.parse(string),
        K::StringStart => {
            let start = mark(inp);
            skip_group(inp);
            close(inp, K::Error, start);
            Ok(())
        }
        K::Int if peek(inp, 1).kind == K::Colon => {
            fault(inp, Fault::NumberKey);
            let start = mark(inp);
            bump(inp);
            close(inp, K::Error, start);
            Ok(())
        }
        _ => fail(),
    }
}

/// Whether the string here is followed by `:` or `=`.
fn string_key(inp: &mut In<'_, '_>) -> bool {
    let at = index(inp);
    let end = inp.state().input.mates.get(at).copied().unwrap_or(0) as usize;
    end > at && matches!(inp.state().input.tok(end + 1).kind, K::Colon | K::Eq | K::FatArrow)
}

/// Whether the brace here opens a record, not one expression.
pub(super) fn begins_record(inp: &mut In<'_, '_>) -> bool {
    let at = index(inp);
    let input = inp.state().input;
    match input.tok(at + 1).kind {
        K::RBrace | K::Dot3 => true,
        K::Ident if input.tok(at + 1).kw == K::ForKw => true,
        K::Ident => input.tok(at + 2).kind == K::Colon,
        K::StringStart => {
            let end = input.mates.get(at + 1).copied().unwrap_or(0) as usize;
            end > at && input.tok(end + 1).kind == K::Colon
        }
        _ => false,
    }
}

/// `if c` behind a value.
fn guard<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>) {
    let start = mark(inp);
    if eat_word(inp, K::IfKw) {
        need(inp, expr, Fault::MissingValue);
        close(inp, K::Guard, start);
    }
}

fn at_for(inp: &mut In<'_, '_>) -> bool {
    at_word(inp, K::ForKw) && matches!(peek(inp, 1).kind, K::Ident | K::Underscore)
}

/// `for a, b in xs if c:` with a line end behind the colon.
fn for_head<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>) {
    eat_word(inp, K::ForKw);
    bindings(inp);
    for_in(inp);
    need(inp, expr, Fault::MissingValue);
    guard(inp, expr);
    colon(inp);
    skip_newlines(inp);
}

/// One or two names.
pub(super) fn bindings(inp: &mut In<'_, '_>) {
    binding(inp);
    if eat(inp, K::Comma) {
        binding(inp);
    }
}

fn binding(inp: &mut In<'_, '_>) {
    if at(inp, K::Underscore) {
        let start = mark(inp);
        bump_as(inp, K::Ident);
        close(inp, K::Name, start);
    } else if at_word(inp, K::InKw) {
        fault(inp, Fault::MissingName);
    } else {
        name(inp);
    }
}

/// `in`.
pub(super) fn for_in(inp: &mut In<'_, '_>) {
    if !eat_word(inp, K::InKw) {
        fault(inp, Fault::ExpectedToken(K::InKw));
    }
}

/// Whether a declaration's keyword and its name stand here.
fn at_declaration(inp: &mut In<'_, '_>) -> bool {
    let next = peek(inp, 0);
    let following = peek(inp, 1);
    let declares = next.kw < K::IfKw && next.kw.is_keyword();
    next.kind == K::Ident && declares && following.kind == K::Ident && following.kw != K::IfKw
}
