//! Asks the opposite and swaps the branches: of a choice between values, or between declarations.

use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::SyntaxNode;
use cloudc_syntax::ast::{self, AstNode, BinOp, PrefixOp};

use super::context::Ctx;
use super::{Acc, ActionKind, Offer};

/// Offers it at the `if` of a choice that has an `else` of its own.
pub(crate) fn invert_if(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(token) = ctx.token().filter(|token| token.kind() == K::IfKw) else { return };
    let Some(node) = token.parent() else { return };
    let Some((condition, then, otherwise)) = parts(&node) else { return };
    acc.add(Offer::new("invert_if", ActionKind::RefactorRewrite, "Invert the condition"), |changes| {
        changes.replace(ctx.file, ctx.range_of(condition.syntax()), opposite(ctx, &condition));
        changes.replace(ctx.file, ctx.range_of(&then), ctx.text_of(&otherwise));
        changes.replace(ctx.file, ctx.range_of(&otherwise), ctx.text_of(&then));
    });
}

/// The condition and both blocks, braces included; none with `else if`.
fn parts(node: &SyntaxNode) -> Option<(ast::Expr, SyntaxNode, SyntaxNode)> {
    let (condition, kind) = match node.kind() {
        K::IfExpr => (ast::IfExpr::cast(node.clone())?.condition()?, K::IfBranch),
        K::IfItem => (ast::IfItem::cast(node.clone())?.condition()?, K::Block),
        _ => return None,
    };
    let blocks: Vec<SyntaxNode> = node.children().filter(|child| child.kind() == kind).collect();
    let braced = |block: &SyntaxNode| block.text().char_at(0.into()) == Some('{');
    match blocks.as_slice() {
        [then, otherwise] if braced(then) && braced(otherwise) => Some((condition, then.clone(), otherwise.clone())),
        _ => None,
    }
}

fn opposite(ctx: &Ctx<'_>, condition: &ast::Expr) -> String {
    let text = ctx.text_of(condition.syntax());
    match condition {
        ast::Expr::Prefix(not) if not.op() == Some(PrefixOp::Not) => match not.operand() {
            Some(ast::Expr::Paren(inner)) => inner.inner().map_or(text, |inner| ctx.text_of(inner.syntax())),
            Some(operand) => ctx.text_of(operand.syntax()),
            None => text,
        },
        ast::Expr::Binary(binary) => {
            let other = match binary.op() {
                Some(BinOp::Eq) => "!=",
                Some(BinOp::Ne) => "==",
                Some(BinOp::Lt) => ">=",
                Some(BinOp::Le) => ">",
                Some(BinOp::Gt) => "<=",
                Some(BinOp::Ge) => "<",
                _ => return format!("!({text})"),
            };
            let side = |side: Option<ast::Expr>| side.map(|side| ctx.text_of(side.syntax())).unwrap_or_default();
            format!("{} {other} {}", side(binary.lhs()), side(binary.rhs()))
        }
        ast::Expr::If(_) | ast::Expr::Match(_) => format!("!({text})"),
        _ => format!("!{text}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn values_and_declarations() {
        check_action(
            "invert_if",
            "stack t {}\ninput a: Int = 1\nlet _n = $0if a < 2 { 1 } else { 3 }\n",
            "stack t {}\ninput a: Int = 1\nlet _n = if a >= 2 { 3 } else { 1 }\n",
        );
        check_action(
            "invert_if",
            "stack t {}\ninput a: Bool = true\nlet _n = $0if !(a || a) { { b: 1 } } else { { b: 3 } }\n",
            "stack t {}\ninput a: Bool = true\nlet _n = if a || a { { b: 3 } } else { { b: 1 } }\n",
        );
        check_action(
            "invert_if",
            "stack t {}\nparam p: Bool\n$0if p {\n  resource a: AWS::SNS::Topic {}\n} else {\n  resource b: AWS::SNS::Topic {}\n}\n",
            "stack t {}\nparam p: Bool\nif !p {\n  resource b: AWS::SNS::Topic {}\n} else {\n  resource a: AWS::SNS::Topic {}\n}\n",
        );
    }

    #[test]
    fn nothing_to_swap() {
        check_none("invert_if", "stack t {}\nparam p: Bool\n$0if p {\n  resource a: AWS::SNS::Topic {}\n}\n");
        check_none("invert_if", "stack t {}\ninput p: Bool = true\nlet _n = $0if p { 1 } else if !p { 2 } else { 3 }\n");
    }
}
