//! Adds the arms that a `match` lacks.

use cloudc_hir::body::Pattern;
use cloudc_hir::body::{Expr, Literal};
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_types::Kind;
use cloudc_types::ty::Lit;

use super::context::Ctx;
use super::{Acc, ActionKind, Offer};

/// Offers to add an arm for every value that has none, with the last arm's value to start from.
pub(crate) fn add_match_arms(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(node) = ctx.node::<ast::MatchExpr>() else { return };
    if !cloudc_hir::parse(ctx.db, ctx.near.chunk).errors().is_empty() {
        return;
    }
    let Some(missing) = missing(ctx, &node).filter(|missing| !missing.is_empty()) else { return };
    let title = match missing.as_slice() {
        [only] if only == "_" => "Add an arm for everything else".to_owned(),
        [_] => "Add the missing arm".to_owned(),
        all => format!("Add the {} missing arms", all.len()),
    };
    let told = ctx.diagnostics.iter().find(|one| one.code.0 == "C0310");
    let offer = match told {
        Some(told) => Offer::fix("match_arms", told, title).preferred(),
        None => Offer::new("match_arms", ActionKind::RefactorRewrite, title),
    };
    acc.add(offer, |changes| {
        let Some(list) = node.syntax().children().find(|child| child.kind() == K::MatchArmList) else { return };
        let last = node.arms().last();
        let body = last.as_ref().and_then(ast::MatchArm::body).map_or("none".to_owned(), |body| ctx.text_of(body.syntax()));
        let arms = missing.iter().map(|pattern| format!("{pattern} => {body}"));
        let broken = ctx.text_of(&list).contains('\n');
        let (between, close) = if broken { ("\n", "\n") } else { (", ", " ") };
        let arms = arms.collect::<Vec<_>>().join(between);
        match last {
            Some(last) => changes.insert(ctx.file, ctx.range_of(last.syntax()).end(), format!("{between}{arms}")),
            None => changes.replace(ctx.file, ctx.range_of(&list), format!("{{{close}{arms}{close}}}")),
        }
    });
}

/// The patterns to add; none when nobody can tell.
fn missing(ctx: &Ctx<'_>, node: &ast::MatchExpr) -> Option<Vec<String>> {
    let (decl, id) = ctx.expr(node.syntax())?;
    let body = cloudc_hir::body(ctx.db, decl);
    let Expr::Match { scrutinee, arms } = body.expr(id) else { return None };
    let ty = cloudc_types::typed(ctx.db, decl).types.get(scrutinee.0 as usize)?.as_ref()?;
    let patterns: Vec<&Pattern> = arms.iter().flat_map(|arm| &arm.patterns).collect();
    if patterns.iter().any(|pattern| matches!(pattern, Pattern::Wildcard)) {
        return None;
    }
    let has = |literal: &Literal| patterns.iter().any(|pattern| matches!(pattern, Pattern::Literal(known) if known == literal));
    let mut missing = Vec::new();
    let present = &ty.present().kind;
    match present.literals() {
        Some(all) => missing.extend(all.iter().filter(|lit| !has(&lit.literal())).map(Lit::to_string)),
        None if matches!(present, Kind::Error) => return None,
        None if *present != Kind::None => missing.push("_".to_owned()),
        None => {}
    }
    if matches!(ty.kind, Kind::Optional(_) | Kind::None) && !has(&Literal::None) && !missing.iter().any(|it| it == "_") {
        missing.push("none".to_owned());
    }
    Some(missing)
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn values_without_an_arm() {
        check_action(
            "match_arms",
            "stack t {}\ninput s: \"dev\" | \"test\" | \"prod\" = \"dev\"\nlet n = $0match s { \"prod\" => 3 }\n",
            "stack t {}\ninput s: \"dev\" | \"test\" | \"prod\" = \"dev\"\nlet n = match s { \"prod\" => 3, \"dev\" => 3, \"test\" => 3 }\n",
        );
        check_action(
            "match_arms",
            "stack t {}\ninput s: Bool? = none\nlet n = match $0s {\n  true => 1\n  none => 2\n}\n",
            "stack t {}\ninput s: Bool? = none\nlet n = match s {\n  true => 1\n  none => 2\n  false => 2\n}\n",
        );
        check_action(
            "match_arms",
            "stack t {}\ninput s: Int = 1\nlet n = $0match s { 1 => 3 }\n",
            "stack t {}\ninput s: Int = 1\nlet n = match s { 1 => 3, _ => 3 }\n",
        );
    }

    #[test]
    fn nothing_is_missing() {
        check_none("match_arms", "stack t {}\ninput s: Bool = true\nlet n = $0match s { true => 1, _ => 3 }\n");
        check_none("match_arms", "let n = $0match {\n");
    }
}
