//! Types.

use chumsky::prelude::*;

use super::Rule;
use super::core::{
    Entries, In, Outcome, at, attempt, bracketed, bump, bump_as, close, colon, eat, expect, fail, fault, mark, name, need,
    nested, peek, rule, skip_entry,
};
use crate::SyntaxKind as K;
use crate::log::{Fault, Place};

/// A type; strict.
pub(super) fn ty<'t>(expr: Rule<'t>, string: Rule<'t>) -> Rule<'t> {
    recursive(|ty| {
        let part = primary(nested(ty.boxed()), expr, string);
        rule(move |inp| union(inp, &part))
    })
    .boxed()
}

/// `A | B`.
fn union<'t>(inp: &mut In<'t, '_>, part: &Rule<'t>) -> Outcome {
    let start = mark(inp);
    postfix(inp, part)?;
    if !at(inp, K::Pipe) {
        return Ok(());
    }
    while eat(inp, K::Pipe) {
        let before = inp.save();
        if postfix(inp, part).is_err() {
            inp.rewind(before);
            fault(inp, Fault::MissingType);
        }
    }
    close(inp, K::UnionType, start);
    Ok(())
}

/// `T?`.
fn postfix<'t>(inp: &mut In<'t, '_>, part: &Rule<'t>) -> Outcome {
    let start = mark(inp);
    inp.parse(part)?;
    loop {
        if eat(inp, K::Question) {
            close(inp, K::OptionalType, start);
            // Repeating it means nothing more and must not nest.
            while eat(inp, K::Question) {}
        } else if at(inp, K::LBrack) && peek(inp, 1).kind == K::RBrack {
            fault(inp, Fault::SuffixList);
            bump(inp);
            bump(inp);
            close(inp, K::ListType, start);
            return Ok(());
        } else {
            return Ok(());
        }
    }
}

fn primary<'t>(ty: Rule<'t>, expr: Rule<'t>, string: Rule<'t>) -> Rule<'t> {
    let type_args = bracketed(K::LParen, K::TypeArgList, Entries { entry: type_arg(expr), place: Place::TypeArgument });
    let record = bracketed(K::LBrace, K::RecordType, Entries { entry: field(ty.clone()), place: Place::TypeField });
    rule(move |inp| {
        let start = mark(inp);
        match peek(inp, 0).kind {
            K::Ident if matches!(peek(inp, 0).kw, K::TrueKw | K::FalseKw) => {
                let kw = peek(inp, 0).kw;
                bump_as(inp, kw);
                close(inp, K::Literal, start);
                close(inp, K::LiteralType, start);
            }
            K::Ident => named(inp, &ty, &type_args, start),
            K::LBrack | K::LParen => {
                let list = eat(inp, K::LBrack);
                if !list {
                    bump(inp);
                }
                need(inp, &ty, Fault::MissingType);
                rest_of_bracket(inp);
                close(inp, if list { K::ListType } else { K::ParenType }, start);
            }
            K::LBrace => return inp.parse(&record),
            K::StringStart => {
                inp.parse(&string)?;
                close(inp, K::LiteralType, start);
            }
            K::Int | K::BadNumber => {
                bump(inp);
                close(inp, K::Literal, start);
                close(inp, K::LiteralType, start);
            }
            K::Minus if peek(inp, 1).kind == K::Int => {
                bump(inp);
                let number = mark(inp);
                bump(inp);
                close(inp, K::Literal, number);
                close(inp, K::LiteralType, start);
            }
            _ => return fail(),
        }
        Ok(())
    })
}

/// A path, and what may be applied to it.
fn named<'t>(inp: &mut In<'t, '_>, ty: &Rule<'t>, type_args: &Rule<'t>, start: u32) {
    path(inp);
    while at(inp, K::Dot) {
        bump(inp);
        name(inp);
    }
    close(inp, K::PathType, start);
    if at(inp, K::LParen) {
        attempt(inp, type_args);
        close(inp, K::RefinedType, start);
    } else if at(inp, K::Lt) {
        let list = mark(inp);
        bump(inp);
        loop {
            need(inp, ty, Fault::MissingType);
            if !eat(inp, K::Comma) {
                break;
            }
        }
        expect(inp, K::Gt);
        close(inp, K::TypeList, list);
        close(inp, K::GenericType, start);
    }
}

/// `A::B::C`, or `A::*`; total behind the first name, which the caller has seen.
pub(super) fn path(inp: &mut In<'_, '_>) {
    name(inp);
    while eat(inp, K::Colon2) {
        if at(inp, K::Star) {
            let start = mark(inp);
            bump(inp);
            close(inp, K::Name, start);
        } else {
            name(inp);
        }
    }
}

/// What is left before the closing bracket is a mistake; then the bracket.
pub(super) fn rest_of_bracket(inp: &mut In<'_, '_>) {
    let closer = |kind| crate::input::is_closer(kind) || kind == K::SourceFile;
    if !closer(peek(inp, 0).kind) {
        fault(inp, Fault::Unexpected(Place::BracketEnd));
    }
    while !closer(peek(inp, 0).kind) {
        if matches!(peek(inp, 0).kind, K::Newline | K::Comma) {
            bump(inp);
        } else {
            skip_entry(inp);
        }
    }
    bump(inp);
}

/// A pattern, a range or another expression.
fn type_arg<'t>(expr: Rule<'t>) -> Rule<'t> {
    rule(move |inp| {
        let start = mark(inp);
        let low = attempt(inp, &expr);
        if matches!(peek(inp, 0).kind, K::Dot2 | K::Dot2Eq) {
            bump(inp);
            attempt(inp, &expr);
            close(inp, K::RangeExpr, start);
        } else if !low {
            return fail();
        }
        close(inp, K::TypeArg, start);
        Ok(())
    })
}

/// `name: T`, `name?: T`.
fn field<'t>(ty: Rule<'t>) -> Rule<'t> {
    rule(move |inp| {
        let start = mark(inp);
        if !at(inp, K::Ident) {
            return fail();
        }
        name(inp);
        eat(inp, K::Question);
        colon(inp);
        need(inp, &ty, Fault::MissingType);
        close(inp, K::RecordTypeField, start);
        Ok(())
    })
}
