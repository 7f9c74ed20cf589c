//! Turns a choice by comparing one thing into a `match`, and back.
//!
//! ```cloud
//! let size = if stage == "prod" { 3 } else { 1 }
//! let size = match stage { "prod" => 3, _ => 1 }
//! ```

use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::ast::{self, AstNode, BinOp, LiteralKind};

use super::context::Ctx;
use super::{Acc, ActionKind, Offer};

/// One branch: the literals it is for, and its value.
struct Case {
    patterns: Vec<String>,
    body: String,
}

/// Offers to make a `match` of the `if` at the selection.
pub(crate) fn if_to_match(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(mut node) = ctx.node::<ast::IfExpr>() else { return };
    if !is_at_keyword(ctx, node.syntax(), K::IfKw) {
        return;
    }
    // `else if` belongs to the choice around it.
    while let Some(outer) = node.syntax().parent().and_then(|branch| branch.parent()).and_then(ast::IfExpr::cast) {
        if outer.else_expr().is_none_or(|inner| inner.syntax() != node.syntax()) || has_braces(node.syntax()) {
            break;
        }
        node = outer;
    }
    let Some((scrutinee, cases, rest)) = cases(&node) else { return };
    let Some(ty) = scrutinee_ty(ctx, &node) else { return };
    let all = ty.present().kind.literals();
    let count: usize = cases.iter().map(|case| case.patterns.len()).sum();
    let mut seen: Vec<&String> = cases.iter().flat_map(|case| &case.patterns).collect();
    seen.sort();
    seen.dedup();
    // What nothing reaches has no place in a `match`.
    if seen.len() != count || all.is_some_and(|all| all.len() <= count) {
        return;
    }
    acc.add(Offer::new("if_to_match", ActionKind::RefactorRewrite, "Convert to `match`"), |changes| {
        let arms: Vec<String> = cases.iter().map(|case| format!("{} => {}", case.patterns.join(" | "), case.body)).collect();
        let arms = [arms, vec![format!("_ => {rest}")]].concat();
        let broken = ctx.text_of(node.syntax()).contains('\n');
        let text = if broken {
            format!("match {scrutinee} {{\n{}\n}}", arms.join("\n"))
        } else {
            format!("match {scrutinee} {{ {} }}", arms.join(", "))
        };
        changes.replace(ctx.file, ctx.range_of(node.syntax()), text);
    });
}

/// Offers to make a choice with `if` of the `match` at the selection.
pub(crate) fn match_to_if(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(node) = ctx.node::<ast::MatchExpr>() else { return };
    if !is_at_keyword(ctx, node.syntax(), K::MatchKw) {
        return;
    }
    let Some(scrutinee) = node.scrutinee() else { return };
    let arms: Vec<ast::MatchArm> = node.arms().collect();
    let Some((last, first)) = arms.split_last().filter(|(_, first)| !first.is_empty()) else { return };
    let exhaustive = !ctx.all_diagnostics.iter().any(|one| one.range.intersect(ctx.range_of(node.syntax())).is_some());
    let plain = first.iter().all(|arm| arm.patterns().all(|pattern| matches!(pattern, ast::Pattern::Literal(_))));
    let has_bodies = arms.iter().all(|arm| arm.body().is_some());
    if !exhaustive || !plain || !has_bodies {
        return;
    }
    acc.add(Offer::new("match_to_if", ActionKind::RefactorRewrite, "Convert to `if`"), |changes| {
        let loose = matches!(scrutinee, ast::Expr::Binary(_) | ast::Expr::If(_) | ast::Expr::Match(_) | ast::Expr::Record(_));
        let subject = ctx.text_of(scrutinee.syntax());
        let subject = if loose { format!("({subject})") } else { subject };
        let mut text = String::new();
        for arm in first {
            let tests: Vec<String> =
                arm.patterns().map(|pattern| format!("{subject} == {}", ctx.text_of(pattern.syntax()))).collect();
            text.push_str(&format!("if {} {} else ", tests.join(" || "), braced(ctx, arm)));
        }
        text.push_str(&braced(ctx, last));
        changes.replace(ctx.file, ctx.range_of(node.syntax()), text);
    });
}

fn is_at_keyword(ctx: &Ctx<'_>, node: &cloudc_syntax::SyntaxNode, keyword: K) -> bool {
    let at_keyword = ctx.token().is_some_and(|token| token.kind() == keyword && token.parent().as_ref() == Some(node));
    at_keyword || ctx.range == ctx.range_of(node)
}

/// Whether an `if` in an `else` stands in braces of its own.
fn has_braces(node: &cloudc_syntax::SyntaxNode) -> bool {
    node.prev_sibling_or_token()
        .into_iter()
        .chain(node.parent().and_then(|branch| branch.first_child_or_token()))
        .any(|it| it.kind() == K::LBrace)
}

/// What is compared, the cases, and the value for all else.
fn cases(node: &ast::IfExpr) -> Option<(String, Vec<Case>, String)> {
    let mut cases = Vec::new();
    let mut scrutinee: Option<String> = None;
    let mut at = node.clone();
    loop {
        let then = value_text(&at.then_expr()?);
        let other = at.else_expr()?;
        let (subject, patterns, positive) = tests(&at.condition()?)?;
        if *scrutinee.get_or_insert_with(|| subject.clone()) != subject {
            return None;
        }
        match other {
            ast::Expr::If(next) if positive && !has_braces(next.syntax()) => {
                cases.push(Case { patterns, body: then });
                at = next;
            }
            other => {
                let other = value_text(&other);
                let (body, rest) = if positive { (then, other) } else { (other, then) };
                if !positive && !cases.is_empty() {
                    return None;
                }
                cases.push(Case { patterns, body });
                return Some((scrutinee?, cases, rest));
            }
        }
    }
}

fn value_text(expr: &ast::Expr) -> String {
    expr.syntax().text().to_string()
}

/// `x == "a" || x == "b"`, or `x != "a"`: what is compared, with which literals, and whether for being equal.
fn tests(condition: &ast::Expr) -> Option<(String, Vec<String>, bool)> {
    match condition {
        ast::Expr::Paren(inner) => tests(&inner.inner()?),
        ast::Expr::Binary(binary) => match binary.op()? {
            BinOp::Or => {
                let (left, mut patterns, positive) = tests(&binary.lhs()?)?;
                let (right, more, too) = tests(&binary.rhs()?)?;
                patterns.extend(more);
                (left == right && positive && too).then_some((left, patterns, true))
            }
            op @ (BinOp::Eq | BinOp::Ne) => {
                let pattern = pattern(&binary.rhs()?)?;
                let subject = binary.lhs().filter(|lhs| !matches!(lhs, ast::Expr::Literal(_)))?;
                Some((value_text(&subject), vec![pattern], op == BinOp::Eq))
            }
            _ => None,
        },
        _ => None,
    }
}

fn pattern(expr: &ast::Expr) -> Option<String> {
    let fits = match expr {
        ast::Expr::String(text) => !text.is_interpolated() && !text.flavour().is_block(),
        ast::Expr::Literal(literal) => {
            matches!(literal.kind(), LiteralKind::Int | LiteralKind::True | LiteralKind::False | LiteralKind::None)
        }
        _ => false,
    };
    fits.then(|| value_text(expr))
}

fn scrutinee_ty(ctx: &Ctx<'_>, node: &ast::IfExpr) -> Option<cloudc_types::Ty> {
    let condition = node.condition()?;
    let compared = condition.syntax().descendants().filter_map(ast::BinaryExpr::cast);
    let subject = compared.filter(|it| matches!(it.op(), Some(BinOp::Eq | BinOp::Ne))).find_map(|it| it.lhs())?;
    ctx.ty(subject.syntax()).filter(|ty| !ty.is_error())
}

/// The value of an arm in the braces of a branch.
fn braced(ctx: &Ctx<'_>, arm: &ast::MatchArm) -> String {
    let Some(body) = arm.body() else { return "{}".to_owned() };
    let text = ctx.text_of(body.syntax());
    let ast::Expr::Record(record) = &body else { return format!("{{ {text} }}") };
    // Braces that begin with a key are the record itself; `{ name }` would be the name.
    let is_itself = match record.entries().next() {
        Some(ast::Entry::Field(field)) => !field.is_shorthand() && matches!(field.key(), Some(ast::Key::Name(_))),
        _ => true,
    };
    if is_itself { text } else { format!("{{ {text} }}") }
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    const STAGE: &str = "stack t {}\ninput s: \"dev\" | \"test\" | \"prod\" = \"dev\"\n";

    fn there_and_back(with_if: &str, with_match: &str) {
        check_action("if_to_match", &format!("{STAGE}let n = $0{with_if}\n"), &format!("{STAGE}let n = {with_match}\n"));
        check_action("match_to_if", &format!("{STAGE}let n = $0{with_match}\n"), &format!("{STAGE}let n = {with_if}\n"));
    }

    #[test]
    fn one_is_the_other() {
        there_and_back("if s == \"prod\" { 3 } else { 1 }", "match s { \"prod\" => 3, _ => 1 }");
        there_and_back(
            "if s == \"prod\" || s == \"test\" { { a: 1 } } else { { a: 2 } }"
                .replace("{ { ", "{ ")
                .replace(" } }", " }")
                .as_str(),
            "match s { \"prod\" | \"test\" => { a: 1 }, _ => { a: 2 } }",
        );
        there_and_back(
            "if s == \"prod\" { 3 } else if s == \"test\" { 2 } else { 1 }",
            "match s { \"prod\" => 3, \"test\" => 2, _ => 1 }",
        );
    }

    #[test]
    fn the_other_way_round() {
        check_action(
            "if_to_match",
            &format!("{STAGE}let n = $0if s != \"prod\" {{ 1 }} else {{ 3 }}\n"),
            &format!("{STAGE}let n = match s {{ \"prod\" => 3, _ => 1 }}\n"),
        );
    }

    #[test]
    fn what_no_match_says() {
        check_none("if_to_match", &format!("{STAGE}let n = $0if s == \"a${{s}}\" {{ 1 }} else {{ 3 }}\n"));
        check_none("if_to_match", "stack t {}\ninput a: Int = 1\nlet n = $0if a > 1 { 1 } else { 3 }\n");
        check_none(
            "if_to_match",
            "stack t {}\ninput a: Bool = true\nlet n = $0if a == true { 1 } else if a == false { 2 } else { 3 }\n",
        );
    }
}
