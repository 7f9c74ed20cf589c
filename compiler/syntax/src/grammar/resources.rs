//! Declarations about what CloudFormation makes, takes and gives: everything from the keyword on.

use super::Rule;
use super::core::{
    Entries, In, at, at_entry_end, at_word, attempt, bracketed, bump, close, colon, eat, eat_word, equals, expect, fail, fault,
    mark, name, need, peek, rule, skip_group,
};
use super::expressions::Expressions;
use super::items::attributes;
use crate::SyntaxKind as K;
use crate::log::{Fault, Place};

/// `name: T = expr`, the type and the value each optional. `optional` says whether the value is.
pub(super) fn declared<'t>(inp: &mut In<'t, '_>, ty: &Rule<'t>, expr: &Rule<'t>, optional: bool) {
    name(inp);
    annotation(inp, ty);
    value(inp, expr, optional);
}

/// `: T`.
pub(super) fn annotation<'t>(inp: &mut In<'t, '_>, ty: &Rule<'t>) {
    if eat(inp, K::Colon) {
        need(inp, ty, Fault::MissingType);
    }
}

/// `= expr`.
pub(super) fn value<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>, optional: bool) {
    if at(inp, K::Eq) {
        bump(inp);
        need(inp, expr, Fault::MissingValue);
    } else if !optional {
        fault(inp, Fault::ExpectedToken(K::Eq));
        attempt(inp, expr);
    }
}

/// `output name as I: T = expr` from the name on.
pub(super) fn output<'t>(inp: &mut In<'t, '_>, ty: &Rule<'t>, expr: &Rule<'t>) {
    name(inp);
    let start = mark(inp);
    if eat_word(inp, K::AsKw) {
        need(inp, ty, Fault::MissingType);
        close(inp, K::AsType, start);
    }
    annotation(inp, ty);
    value(inp, expr, false);
}

/// `resource name: T { … } with { … }` from the name on.
pub(super) fn resource<'t>(inp: &mut In<'t, '_>, ty: &Rule<'t>, record: &Rule<'t>, with: &Rule<'t>) {
    name(inp);
    if at(inp, K::LBrace) {
        fault(inp, Fault::MissingType);
    } else if at_entry_end(inp) {
        fault(inp, Fault::ExpectedToken(K::Colon));
        return;
    } else {
        colon(inp);
        // HCL's second label.
        if at(inp, K::LBrace) {
            fault(inp, Fault::MissingType);
        } else if at(inp, K::StringStart) {
            let start = mark(inp);
            skip_group(inp);
            close(inp, K::Error, start);
        } else if !need(inp, ty, Fault::MissingType) {
            attempt(inp, record);
            return;
        }
    }
    if at(inp, K::LBrace) {
        attempt(inp, record);
    } else {
        fault(inp, Fault::MissingBody);
    }
    with_clause(inp, with);
}

fn with_clause<'t>(inp: &mut In<'t, '_>, with: &Rule<'t>) {
    if at_word(inp, K::WithKw) {
        eat_word(inp, K::WithKw);
        need(inp, with, Fault::ExpectedToken(K::LBrace));
    }
}

/// The patches behind `with`; strict.
pub(super) fn with_block<'t>(of: &Expressions<'t>) -> Rule<'t> {
    use chumsky::prelude::*;
    let Expressions { string, record, args, .. } = of.clone();
    recursive(|with| {
        let with = super::core::nested(with.boxed());
        let entry = rule(move |inp| {
            let start = mark(inp);
            let attributed = attributes(inp, &args);
            match peek(inp, 0).kind {
                K::Ident => {
                    name(inp);
                }
                K::StringStart => inp.parse(&string)?,
                _ if attributed => fault(inp, Fault::DanglingAttribute),
                _ => return fail(),
            }
            if !at_entry_end(inp) {
                if at(inp, K::LBrace) {
                    fault(inp, Fault::ExpectedToken(K::Colon))
                } else {
                    colon(inp)
                }
                need(inp, &record, Fault::ExpectedToken(K::LBrace));
                with_clause(inp, &with);
            } else if !attributed {
                fault(inp, Fault::ExpectedToken(K::Colon));
            }
            close(inp, K::WithEntry, start);
            Ok(())
        });
        bracketed(K::LBrace, K::WithBlock, Entries { entry, place: Place::Patch })
    })
    .boxed()
}

/// `moved old -> new` from the first path on.
pub(super) fn moved<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>) {
    need(inp, expr, Fault::MissingName);
    expect(inp, K::Arrow);
    if !at_entry_end(inp) || at(inp, K::Newline) {
        need(inp, expr, Fault::MissingName);
    }
}

/// `assert cond, "message"` from the condition on.
pub(super) fn assertion<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>) {
    need(inp, expr, Fault::MissingValue);
    if eat(inp, K::Comma) {
        need(inp, expr, Fault::MissingValue);
    }
}

/// `existing name: T = expr` from the name on.
pub(super) fn existing<'t>(inp: &mut In<'t, '_>, ty: &Rule<'t>, expr: &Rule<'t>) {
    name(inp);
    if at(inp, K::Colon) {
        annotation(inp, ty);
    } else {
        fault(inp, Fault::MissingType);
    }
    if at(inp, K::Colon) {
        equals(inp);
        need(inp, expr, Fault::MissingValue);
    } else {
        value(inp, expr, false);
    }
}
