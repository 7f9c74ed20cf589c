//! Expressions: operators, what they apply to, choices, strings.

use chumsky::prelude::*;

use super::Rule;
use super::collections::{self, args, list, record};
use super::core::{
    Entries, In, Outcome, at, at_entry_end, at_word, attempt, bracketed, bump, bump_as, close, eat, eat_word, expect, fail,
    fault, fault_at, index, mark, name, need, nested, peek, rule, skip_entry, skip_newlines,
};
use super::types::{path, rest_of_bracket};
use crate::log::{Fault, Place};
use crate::{SyntaxKind, SyntaxKind as K};

/// The rules for expressions that other areas use.
#[derive(Clone)]
pub(super) struct Expressions<'t> {
    pub(super) expr: Rule<'t>,
    pub(super) string: Rule<'t>,
    pub(super) record: Rule<'t>,
    pub(super) args: Rule<'t>,
}

/// The rules for expressions.
pub(super) fn expressions<'t>() -> Expressions<'t> {
    let expr = recursive(|expr| {
        let unary = unary(nested(expr.boxed()));
        rule(move |inp| binary(inp, &unary, 1).map(drop))
    })
    .boxed();
    let inner = nested(expr.clone());
    Expressions { string: string(inner.clone()), record: record(inner.clone(), string(inner.clone())), args: args(inner), expr }
}

/// The operator that the next token is, how tight it binds, and the mistake if it is written wrong.
fn operator(inp: &mut In<'_, '_>) -> Option<(SyntaxKind, u8, Option<Fault>)> {
    let next = peek(inp, 0);
    let (kind, mistake) = match next.kind {
        K::Ident if matches!(next.kw, K::Amp2 | K::Pipe2) => (next.kw, Some(Fault::WordOperator(next.kw))),
        K::Ident => (next.kw, None),
        K::Eq => (K::Eq2, Some(Fault::Assignment)),
        kind => (kind, None),
    };
    let power = match kind {
        K::Question2 => 1,
        K::Pipe2 => 2,
        K::Amp2 => 3,
        K::Eq2 | K::Neq => 4,
        K::Lt | K::Le | K::Gt | K::Ge | K::InKw => 5,
        K::Plus | K::Minus => 6,
        K::Star | K::Slash | K::Percent => 7,
        _ => return None,
    };
    Some((kind, power, mistake))
}

/// Operands and operators that bind at least as tight as `min`. Returns the loosest operator outside parentheses.
fn binary<'t>(inp: &mut In<'t, '_>, unary: &Rule<'t>, min: u8) -> Result<Option<u8>, EmptyErr> {
    let start = mark(inp);
    inp.parse(unary)?;
    let mut left = None;
    while let Some((kind, power, mistake)) = operator(inp).filter(|it| it.1 >= min) {
        if let Some(mistake) = mistake {
            fault(inp, mistake);
        }
        let chained = matches!(power, 4 | 5) && left == Some(power);
        if chained {
            fault(inp, Fault::ChainedComparison);
        }
        let operator = index(inp);
        if peek(inp, 0).kind == kind {
            bump(inp)
        } else {
            bump_as(inp, kind)
        }
        let entry_below = peek(inp, 1).kind == K::Ident && peek(inp, 2).kind == K::Colon;
        // These two can also end a line, so the input has left the line end in.
        if matches!(kind, K::Gt | K::InKw) && !entry_below {
            skip_newlines(inp);
        }
        let before = inp.save();
        let right = match binary(inp, unary, power + 1) {
            Ok(right) => right,
            Err(_) => {
                inp.rewind(before);
                fault(inp, Fault::MissingValue);
                None
            }
        };
        if power == 1 && [left, right].iter().any(|it| matches!(it, Some(2 | 3))) {
            fault_at(inp, Fault::MixedCoalesce, operator);
        }
        close(inp, K::BinaryExpr, start);
        left = Some(power);
    }
    Ok(left)
}

/// `!a`, `-a`, `not a`; strict.
fn unary<'t>(expr: Rule<'t>) -> Rule<'t> {
    let postfix = postfix(expr);
    recursive(|unary| {
        let operand = nested(unary.boxed());
        rule(move |inp| {
            let start = mark(inp);
            if matches!(peek(inp, 0).kind, K::Bang | K::Minus) {
                bump(inp);
            } else if at_word(inp, K::Bang) && matches!(peek(inp, 1).kind, K::Ident | K::StringStart | K::LBrack) {
                fault(inp, Fault::WordOperator(K::Bang));
                bump_as(inp, K::Bang);
            } else {
                return inp.parse(&postfix);
            }
            need(inp, &operand, Fault::MissingValue);
            close(inp, K::PrefixExpr, start);
            Ok(())
        })
    })
    .boxed()
}

/// `a.b`, `a?.b`, `a[i]`, `a(x)`; strict.
fn postfix<'t>(expr: Rule<'t>) -> Rule<'t> {
    let primary = primary(expr.clone());
    let args = args(expr.clone());
    rule(move |inp| {
        let start = mark(inp);
        inp.parse(&primary)?;
        loop {
            match peek(inp, 0).kind {
                K::Dot | K::QuestionDot => {
                    bump(inp);
                    name(inp);
                    close(inp, K::FieldExpr, start);
                }
                K::LBrack => {
                    bump(inp);
                    need(inp, &expr, Fault::MissingValue);
                    rest_of_bracket(inp);
                    close(inp, K::IndexExpr, start);
                }
                K::LParen => {
                    inp.parse(&args)?;
                    close(inp, K::CallExpr, start);
                }
                _ => return Ok(()),
            }
        }
    })
}

fn primary<'t>(expr: Rule<'t>) -> Rule<'t> {
    let string = string(expr.clone());
    let list = list(expr.clone());
    let record = record(expr.clone(), string.clone());
    let if_expr = if_expr(expr.clone(), record.clone());
    let match_expr = match_expr(expr.clone(), string.clone());
    rule(move |inp| {
        let next = peek(inp, 0);
        let start = mark(inp);
        match next.kind {
            K::Int | K::Float | K::Duration | K::Size | K::Cidr | K::BadNumber => {
                bump(inp);
                close(inp, K::Literal, start);
            }
            K::StringStart => return inp.parse(&string),
            K::LBrack => return inp.parse(&list),
            K::LBrace => return inp.parse(&record),
            K::LParen => {
                bump(inp);
                need(inp, &expr, Fault::MissingValue);
                rest_of_bracket(inp);
                close(inp, K::ParenExpr, start);
            }
            K::Ident => match next.kw {
                K::TrueKw | K::FalseKw | K::NoneKw => {
                    bump_as(inp, next.kw);
                    close(inp, K::Literal, start);
                }
                K::IfKw => return inp.parse(&if_expr),
                K::MatchKw => return inp.parse(&match_expr),
                K::ElseKw | K::InKw | K::ForKw => return fail(),
                _ if peek(inp, 1).kind == K::Colon2 => {
                    path(inp);
                    close(inp, K::PathType, start);
                    close(inp, K::TypeExpr, start);
                }
                _ => {
                    name(inp);
                    close(inp, K::NameRef, start);
                }
            },
            _ => return fail(),
        }
        Ok(())
    })
}

/// A string with its interpolations; strict.
fn string<'t>(expr: Rule<'t>) -> Rule<'t> {
    rule(move |inp| {
        let start = mark(inp);
        if !eat(inp, K::StringStart) {
            return fail();
        }
        while !matches!(peek(inp, 0).kind, K::StringEnd | K::SourceFile) {
            if at(inp, K::InterpStart) { interpolation(inp, &expr) } else { bump(inp) }
        }
        bump(inp);
        close(inp, K::StringExpr, start);
        Ok(())
    })
}

fn interpolation<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>) {
    let start = mark(inp);
    bump(inp);
    if at(inp, K::InterpEnd) {
        fault(inp, Fault::Unexpected(Place::Interpolation));
    } else {
        need(inp, expr, Fault::MissingValue);
    }
    rest_of_bracket(inp);
    close(inp, K::Interp, start);
}

/// `if c { a } else { b }`; strict.
fn if_expr<'t>(expr: Rule<'t>, record: Rule<'t>) -> Rule<'t> {
    recursive(|if_expr| {
        let if_expr = nested(if_expr.boxed());
        rule(move |inp| {
            let start = mark(inp);
            let keyword = index(inp);
            if !eat_word(inp, K::IfKw) {
                return fail();
            }
            need(inp, &expr, Fault::MissingValue);
            let braces = branch(inp, &expr, &record);
            if eat_word(inp, K::ElseKw) {
                if at_word(inp, K::IfKw) {
                    let branch = mark(inp);
                    attempt(inp, &if_expr);
                    close(inp, K::IfBranch, branch);
                } else {
                    branch(inp, &expr, &record);
                }
            } else if braces {
                fault_at(inp, Fault::MissingElse, keyword);
            }
            close(inp, K::IfExpr, start);
            Ok(())
        })
    })
    .boxed()
}

/// Braces around one expression, or a record. Says whether there are braces.
fn branch<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>, record: &Rule<'t>) -> bool {
    let start = mark(inp);
    if !at(inp, K::LBrace) {
        fault(inp, Fault::ExpectedToken(K::LBrace));
        return false;
    }
    if collections::begins_record(inp) {
        attempt(inp, record);
    } else {
        bump(inp);
        need(inp, expr, Fault::MissingValue);
        rest_of_bracket(inp);
    }
    close(inp, K::IfBranch, start);
    true
}

/// `match x { p | q => a, _ => b }`; strict.
fn match_expr<'t>(expr: Rule<'t>, string: Rule<'t>) -> Rule<'t> {
    let arm = match_arm(expr.clone(), string);
    let arms = bracketed(K::LBrace, K::MatchArmList, Entries { entry: arm, place: Place::Arm });
    rule(move |inp| {
        let start = mark(inp);
        if !eat_word(inp, K::MatchKw) {
            return fail();
        }
        need(inp, &expr, Fault::MissingValue);
        need(inp, &arms, Fault::ExpectedToken(K::LBrace));
        close(inp, K::MatchExpr, start);
        Ok(())
    })
}

fn match_arm<'t>(expr: Rule<'t>, string: Rule<'t>) -> Rule<'t> {
    rule(move |inp| {
        let start = mark(inp);
        pattern(inp, &string)?;
        while eat(inp, K::Pipe) {
            let before = inp.save();
            if pattern(inp, &string).is_err() {
                inp.rewind(before);
                fault(inp, Fault::Unexpected(Place::Pattern));
            }
        }
        if matches!(peek(inp, 0).kind, K::Arrow | K::Colon) {
            fault(inp, Fault::ArmArrow);
            bump_as(inp, K::FatArrow);
        } else if !expect(inp, K::FatArrow) {
            skip_entry(inp);
        }
        if !(at_entry_end(inp) && inp.state().events.last().is_some_and(is_skipped)) {
            need(inp, &expr, Fault::MissingValue);
        }
        close(inp, K::MatchArm, start);
        Ok(())
    })
}

fn is_skipped(event: &crate::log::Event) -> bool {
    matches!(event, crate::log::Event::Close { kind: K::Error, .. })
}

/// A literal, `none` or `_`; strict.
fn pattern<'t>(inp: &mut In<'t, '_>, string: &Rule<'t>) -> Outcome {
    let start = mark(inp);
    let next = peek(inp, 0);
    match next.kind {
        K::Underscore => {
            bump(inp);
            close(inp, K::WildcardPattern, start);
            return Ok(());
        }
        K::StringStart => inp.parse(string)?,
        K::Minus => {
            bump(inp);
            let number = mark(inp);
            expect(inp, K::Int);
            close(inp, K::Literal, number);
        }
        K::Int | K::Float | K::Duration | K::Size | K::Cidr | K::BadNumber => {
            bump(inp);
            close(inp, K::Literal, start);
        }
        K::Ident if matches!(next.kw, K::TrueKw | K::FalseKw | K::NoneKw) => {
            bump_as(inp, next.kw);
            close(inp, K::Literal, start);
        }
        _ => return fail(),
    }
    close(inp, K::LiteralPattern, start);
    Ok(())
}
