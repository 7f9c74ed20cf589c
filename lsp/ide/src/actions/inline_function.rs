//! Puts what a function computes in the place of its calls: of one, or of all, and takes the function away.

use cloudc_hir::{Anchor, Decl, DeclKind, Part};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode, TextRange};

use super::context::{Ctx, whole_lines};
use super::scope::{binder_around, free_names, is_shorthand, needs_parens};
use super::{Acc, ActionKind, Offer};
use crate::near::{Near, near};

/// Offers to inline the call at the selection, or every call of the function declared there.
pub(crate) fn inline_function(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(decl) = named(ctx).filter(|decl| decl.kind(ctx.db) == DeclKind::Fn) else { return };
    let Some((home, item)) = item_of(ctx, decl) else { return };
    let Some(function) = ast::Fn::cast(item.clone()) else { return };
    let Some(body) = function.body() else { return };
    let at_declaration = Anchor::name(decl).locate(ctx.db) == (ctx.file, Anchor::name(decl).locate(ctx.db).1)
        && Anchor::name(decl).locate(ctx.db).1.contains_range(ctx.range);
    // From another file the body's names may mean something else.
    let foreign = decl.file(ctx.db) != ctx.file;
    if foreign && free_names(body.syntax()).iter().any(|free| free.binder.is_none()) {
        return;
    }
    if !at_declaration {
        let Some(call) = call_at(ctx.near.token(ctx.range.start()).and_then(|token| token.parent())) else { return };
        let Some(text) = expanded(&function, &body, &call) else { return };
        acc.add(
            Offer::new("inline_call", ActionKind::RefactorInline, format!("Inline this call of `{}`", decl.name(ctx.db))),
            |changes| {
                changes.replace(ctx.file, ctx.range_of(call.syntax()), text);
            },
        );
        return;
    }
    let places = crate::lens::uses_in(ctx.db, decl, ctx.file);
    let calls: Option<Vec<(Near<'_>, ast::CallExpr)>> = places
        .iter()
        .map(|place| {
            let near = near(ctx.db, place.file, place.range.start())?;
            let call = call_at(near.token(place.range.start()).and_then(|token| token.parent()))?;
            Some((near, call))
        })
        .collect();
    let Some(calls) = calls.filter(|calls| !calls.is_empty() && !cloudc_hir::items::is_pub(ctx.db, decl)) else { return };
    // A call inside a call would be edited twice.
    let nested = calls.iter().any(|(near, call)| {
        let outer = call.syntax().ancestors().skip(1).filter_map(ast::CallExpr::cast);
        outer.into_iter().any(|outer| calls.iter().any(|(other, known)| other.start == near.start && *known == outer))
    });
    let texts: Option<Vec<String>> = calls.iter().map(|(_, call)| expanded(&function, &body, call)).collect();
    let Some(texts) = texts.filter(|_| !nested) else { return };
    let title = format!("Inline the function `{}`", decl.name(ctx.db));
    acc.add(Offer::new("inline_function", ActionKind::RefactorInline, title), |changes| {
        for ((near, call), text) in calls.iter().zip(texts) {
            changes.replace(near.file, near.in_file(call.range()), text);
        }
        let own = Ctx { near: home, ..super::inline_let::rebased(ctx) };
        changes.delete(ctx.file, whole_lines(&own, &item));
    });
}

/// The declaration named at the selection, or declared there.
pub(crate) fn named(ctx: &Ctx<'_>) -> Option<Decl> {
    let name = ctx.token()?.parent().and_then(ast::Name::cast)?;
    if !ctx.range_of(name.syntax()).contains_range(ctx.range) {
        return None;
    }
    let decl = ctx.decl(name.syntax())?;
    let parent = name.syntax().parent()?;
    if cloudc_hir::body_map(ctx.db, decl).range(Part::Name) == name.range() {
        return Some(decl);
    }
    if parent.kind() != K::NameRef && !is_shorthand(&parent) || super::scope::bound_by(&name).is_some() {
        return None;
    }
    match super::scope::meaning(ctx, decl, &name)? {
        cloudc_hir::Resolution::Decl { decl, .. } => Some(decl),
        _ => None,
    }
}

/// The node of a declaration.
pub(crate) fn item_of<'a>(ctx: &Ctx<'a>, decl: Decl) -> Option<(Near<'a>, SyntaxNode)> {
    let (file, range) = Anchor::name(decl).locate(ctx.db);
    let near = near(ctx.db, file, range.start())?;
    let item = near.token(range.start())?.parent_ancestors().find(|node| ast::Item::can_cast(node.kind()))?;
    Some((near, item))
}

/// The call whose callee a name is.
fn call_at(name: Option<SyntaxNode>) -> Option<ast::CallExpr> {
    let callee = name?.parent().filter(|node| matches!(node.kind(), K::NameRef | K::FieldExpr))?;
    let call = callee.parent().and_then(ast::CallExpr::cast)?;
    (call.callee()?.syntax() == &callee).then_some(call)
}

/// The body with the arguments of a call in it; none when a name would change its meaning.
fn expanded(function: &ast::Fn, body: &ast::Expr, call: &ast::CallExpr) -> Option<String> {
    let params: Vec<ast::FnParam> = function.params().collect();
    let mut given: Vec<Option<ast::Expr>> = vec![None; params.len()];
    let mut next = 0;
    for arg in call.args() {
        let at = match arg.name() {
            Some(name) => params.iter().position(|param| param.name().is_some_and(|own| own.text() == name.text()))?,
            None => next,
        };
        next = at + 1;
        *given.get_mut(at)? = Some(arg.value()?);
    }
    let values: Option<Vec<ast::Expr>> =
        given.into_iter().zip(&params).map(|(value, param)| value.or_else(|| param.default())).collect();
    let values = values?;
    // A default may name other parameters, and what the body names may be hidden at the call.
    let own = |free: &super::scope::Free| free.binder.as_ref() == Some(function.syntax());
    let body_free = free_names(body.syntax());
    if body_free.iter().filter(|free| !own(free)).any(|free| binder_around(call.syntax(), &free.name.text()).is_some())
        || params.iter().filter_map(|param| param.default()).any(|default| free_names(default.syntax()).iter().any(own))
    {
        return None;
    }
    let mut text = body.syntax().text().to_string();
    let start = body.range().start();
    for free in body_free.iter().rev().filter(|free| own(free)) {
        let at = params.iter().position(|param| param.name().is_some_and(|name| name.text() == free.name.text()))?;
        let node = free.name.syntax().parent()?;
        let value = &values[at];
        // A comprehension of the body may bind a name that the argument means otherwise.
        let inside = body.range();
        let caught = |name: &super::scope::Free| {
            binder_around(&node, &name.name.text()).is_some_and(|binder| inside.contains_range(binder.text_range()))
        };
        if free_names(value.syntax()).iter().any(caught) {
            return None;
        }
        let written = value.syntax().text().to_string();
        let shown = match (is_shorthand(&node), needs_parens(value, &node)) {
            (true, _) => format!("{}: {written}", free.name.text()),
            (false, true) => format!("({written})"),
            (false, false) => written,
        };
        let range = TextRange::new(node.text_range().start() - start, node.text_range().end() - start);
        text.replace_range(std::ops::Range::<usize>::from(range), &shown);
    }
    Some(if needs_parens(body, call.syntax()) { format!("({text})") } else { text })
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn one_call_or_all() {
        let function = "fn twice(n: Int, by: Int = 2): Int = n * by\n";
        check_action(
            "inline_call",
            &format!("{function}let a = 1\nlet _b = $0twice(a + 1)\n"),
            &format!("{function}let a = 1\nlet _b = (a + 1) * 2\n"),
        );
        check_action(
            "inline_function",
            &format!("stack t {{}}\n{}output b = twice(1) + twice(2, by: 3)\n", function.replace("twice", "$0twice")),
            "stack t {}\noutput b = (1 * 2) + (2 * 3)\n",
        );
    }

    #[test]
    fn not_where_a_name_is_hidden() {
        check_none("inline_call", "let a = 1\nfn f(n: Int): Int = n + a\nlet b = [for a in [1]: $0f(a)]\n");
        check_none("inline_call", "fn f(n: Int): [Int] = [for x in [1]: n + x]\nlet x = 1\nlet b = $0f(x)\n");
    }
}
