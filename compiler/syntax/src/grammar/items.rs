//! Declarations, what stands before them and around them.

use chumsky::prelude::*;

use super::Rule;
use super::collections::{bindings, for_in};
use super::core::{
    Entries, In, at, at_entry_end, at_word, attempt, bracketed, bump, bump_as, close, eat, eat_word, entries, equals, expect,
    fail, fault, fault_at, index, mark, name, need, nested, peek, rule, skip_newlines,
};
use super::expressions::{Expressions, expressions};
use super::resources::{annotation, assertion, declared, existing, moved, output, resource, value, with_block};
use super::types::ty;
use crate::log::{Fault, Place};
use crate::suggest::declaration_meant;
use crate::{SyntaxKind, SyntaxKind as K};

/// Everything in a chunk; total.
pub(super) fn chunk<'t>() -> Rule<'t> {
    let item = Entries { entry: item(), place: Place::Declaration };
    rule(move |inp| {
        // Brackets are balanced, so no closer stands here; the loop is for safety's sake alone.
        loop {
            entries(inp, &item);
            if at(inp, K::SourceFile) {
                return Ok(());
            }
            bump(inp);
        }
    })
}

/// The rules that declarations are made of.
#[derive(Clone)]
struct Parts<'t> {
    of: Expressions<'t>,
    ty: Rule<'t>,
    with: Rule<'t>,
    params: Rule<'t>,
    specs: Rule<'t>,
    /// Braces around declarations.
    block: Rule<'t>,
    /// An `if` or its `else if`, from the keyword on.
    if_item: Rule<'t>,
}

/// A declaration with its attributes; strict.
fn item<'t>() -> Rule<'t> {
    let of = expressions();
    let ty = ty(of.expr.clone(), of.string.clone());
    let with = with_block(&of);
    let params = params(&ty, &of.expr);
    let specs = specs();
    recursive(|item| {
        let block = bracketed(K::LBrace, K::Block, Entries { entry: nested(item.boxed()), place: Place::Declaration });
        let if_item = if_item(of.expr.clone(), block.clone());
        let parts = Parts { of, ty, with, params, specs, block, if_item };
        rule(move |inp| {
            let start = mark(inp);
            let attributed = attributes(inp, &parts.of.args);
            let public = index(inp);
            let is_pub = at_word(inp, K::PubKw) && peek(inp, 1).kind == K::Ident && eat_word(inp, K::PubKw);
            let Some(keyword) = keyword(inp) else {
                if !attributed && !is_pub {
                    return fail();
                }
                fault(inp, Fault::DanglingAttribute);
                close(inp, K::Error, start);
                return Ok(());
            };
            if is_pub && !can_be_public(keyword) {
                fault_at(inp, Fault::MisplacedPub, public);
            }
            let kind = declaration(inp, keyword, &parts)?;
            close(inp, kind, start);
            Ok(())
        })
    })
    .boxed()
}

/// `@name(args)`, each on its own line or several on one. Says whether there are any.
pub(super) fn attributes<'t>(inp: &mut In<'t, '_>, args: &Rule<'t>) -> bool {
    let mut any = false;
    while at(inp, K::At) {
        let start = mark(inp);
        bump(inp);
        name(inp);
        if at(inp, K::LParen) {
            attempt(inp, args);
        }
        close(inp, K::Attr, start);
        skip_newlines(inp);
        any = true;
    }
    any
}

/// The declaration that begins here. A misspelt keyword is noted and taken for the one that is meant.
fn keyword(inp: &mut In<'_, '_>) -> Option<SyntaxKind> {
    let next = peek(inp, 0);
    let following = peek(inp, 1).kind;
    if next.kind != K::Ident {
        return None;
    }
    // `project: …` is an entry, not a declaration.
    let call = matches!(following, K::Dot | K::LParen) && !matches!(next.kw, K::AssertKw | K::IfKw);
    let nameless = next.kw == K::ResourceKw && following == K::Colon && matches!(peek(inp, 3).kind, K::Colon2 | K::LBrace);
    if following == K::Colon && !nameless || call {
        return None;
    }
    if next.kw <= K::EnvKw && next.kw.is_keyword() || matches!(next.kw, K::IfKw | K::ForKw) {
        return Some(next.kw);
    }
    if !matches!(following, K::Ident | K::StringStart) {
        return None;
    }
    let at = index(inp);
    let meant = declaration_meant(inp.state().input.text_of(at))?;
    fault(inp, Fault::UnknownDeclaration(meant));
    Some(meant)
}

fn can_be_public(keyword: SyntaxKind) -> bool {
    matches!(keyword, K::ComponentKw | K::FnKw | K::TypeKw | K::LetKw | K::PolicyKw)
}

/// What the keyword declares, from the keyword on; total.
fn declaration<'t>(inp: &mut In<'t, '_>, keyword: SyntaxKind, parts: &Parts<'t>) -> Result<SyntaxKind, EmptyErr> {
    let Parts { of, ty, with, params, specs, block, if_item } = parts;
    let expr = &of.expr;
    if keyword == K::IfKw {
        inp.parse(if_item)?;
        return Ok(K::IfItem);
    }
    bump_as(inp, keyword);
    Ok(match keyword {
        K::ImportKw => {
            import(inp, &of.string, specs);
            K::Import
        }
        K::InputKw => {
            declared(inp, ty, expr, true);
            K::InputItem
        }
        K::ParamKw => {
            declared(inp, ty, expr, true);
            K::ParamItem
        }
        K::LetKw => {
            declared(inp, ty, expr, false);
            K::LetItem
        }
        K::ResourceKw => {
            resource(inp, ty, &of.record, with);
            K::ResourceItem
        }
        K::ExistingKw => {
            existing(inp, ty, expr);
            K::ExistingItem
        }
        K::OutputKw => {
            output(inp, ty, expr);
            K::OutputItem
        }
        K::ComponentKw => {
            name(inp);
            need(inp, block, Fault::ExpectedToken(K::LBrace));
            K::ComponentItem
        }
        K::FnKw => {
            name(inp);
            need(inp, params, Fault::ExpectedToken(K::LParen));
            annotation(inp, ty);
            value(inp, expr, false);
            K::FnItem
        }
        K::TypeKw => {
            name(inp);
            equals(inp);
            need(inp, ty, Fault::MissingType);
            K::TypeItem
        }
        K::ForKw => {
            for_item(inp, expr, block);
            K::ForItem
        }
        K::DefaultsKw => {
            need(inp, ty, Fault::MissingType);
            need(inp, &of.record, Fault::ExpectedToken(K::LBrace));
            K::DefaultsItem
        }
        K::MovedKw => {
            moved(inp, expr);
            K::MovedItem
        }
        K::ForgetKw => {
            need(inp, expr, Fault::MissingName);
            K::ForgetItem
        }
        K::AssertKw => {
            assertion(inp, expr);
            K::AssertItem
        }
        K::PolicyKw | K::TestKw => {
            need(inp, &of.string, Fault::MissingName);
            need(inp, block, Fault::ExpectedToken(K::LBrace));
            if keyword == K::PolicyKw { K::PolicyItem } else { K::TestItem }
        }
        K::StackKw | K::ProjectKw => {
            name(inp);
            need(inp, &of.record, Fault::ExpectedToken(K::LBrace));
            if keyword == K::StackKw { K::StackItem } else { K::ProjectItem }
        }
        K::EnvKw => {
            name(inp);
            if eat(inp, K::Colon) {
                name(inp);
            }
            need(inp, &of.record, Fault::ExpectedToken(K::LBrace));
            K::EnvItem
        }
        _ => K::Error,
    })
}

/// `import "path" { A, B as C }` or `import "path" as m` from the path on.
fn import<'t>(inp: &mut In<'t, '_>, string: &Rule<'t>, specs: &Rule<'t>) {
    need(inp, string, Fault::ExpectedToken(K::StringStart));
    if at(inp, K::LBrace) {
        attempt(inp, specs);
    } else if eat_word(inp, K::AsKw) {
        name(inp);
    } else if at_entry_end(inp) {
        fault(inp, Fault::Unexpected(Place::Import));
    }
}

fn specs<'t>() -> Rule<'t> {
    let spec = rule(|inp| {
        let start = mark(inp);
        if !at(inp, K::Ident) {
            return fail();
        }
        name(inp);
        if eat_word(inp, K::AsKw) {
            name(inp);
        }
        close(inp, K::ImportSpec, start);
        Ok(())
    });
    bracketed(K::LBrace, K::ImportSpecList, Entries { entry: spec, place: Place::Import })
}

fn params<'t>(ty: &Rule<'t>, expr: &Rule<'t>) -> Rule<'t> {
    let (ty, expr) = (ty.clone(), expr.clone());
    let param = rule(move |inp| {
        let start = mark(inp);
        if !at(inp, K::Ident) {
            return fail();
        }
        declared(inp, &ty, &expr, true);
        close(inp, K::FnParam, start);
        Ok(())
    });
    bracketed(K::LParen, K::ParamList, Entries { entry: param, place: Place::Parameter })
}

/// `if c { … } else { … }`; closes nothing for the outermost, whose node its attributes began.
fn if_item<'t>(expr: Rule<'t>, block: Rule<'t>) -> Rule<'t> {
    recursive(|if_item| {
        let if_item = nested(if_item.boxed());
        rule(move |inp| {
            if !eat_word(inp, K::IfKw) {
                return fail();
            }
            need(inp, &expr, Fault::MissingValue);
            need(inp, &block, Fault::ExpectedToken(K::LBrace));
            if eat_word(inp, K::ElseKw) {
                let start = mark(inp);
                if at_word(inp, K::IfKw) {
                    attempt(inp, &if_item);
                    close(inp, K::IfItem, start);
                } else {
                    need(inp, &block, Fault::ExpectedToken(K::LBrace));
                }
            }
            Ok(())
        })
    })
    .boxed()
}

/// `for a, b in xs by k { … }` from the names on.
fn for_item<'t>(inp: &mut In<'t, '_>, expr: &Rule<'t>, block: &Rule<'t>) {
    bindings(inp);
    for_in(inp);
    need(inp, expr, Fault::MissingValue);
    let start = mark(inp);
    if eat_word(inp, K::ByKw) {
        need(inp, expr, Fault::MissingValue);
        close(inp, K::ByClause, start);
    }
    if !attempt(inp, block) {
        expect(inp, K::LBrace);
    }
}
