//! Makes a function of the selected expression; what it takes from around becomes its parameters.
//!
//! ```cloud
//! let name = "${stage}-photos".lower()
//! // becomes
//! fn value(stage: String): String = "${stage}-photos".lower()
//! let name = value(stage)
//! ```

use cloudc_hir::{DeclKind, Name, Resolution};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};
use cloudc_types::{Kind, Ty};

use super::context::{Ctx, item_around};
use super::extract_value::{declare, extractable, name_for};
use super::scope::{Free, free_names, is_seen_inside, meaning};
use super::{Acc, ActionKind, Offer};

/// Offers to make it a function of the file.
pub(crate) fn extract_function(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(expr) = extractable(ctx).filter(|expr| !matches!(expr, ast::Expr::Literal(_) | ast::Expr::Record(_))) else {
        return;
    };
    let Some(item) = item_around(expr.syntax()) else { return };
    // What a condition says of other things is not known of what a function gives.
    let is_condition = ctx.ty(expr.syntax()).is_none_or(|ty| ty.kind.is_bool());
    if is_condition
        && matches!(
            expr.syntax().parent().map(|parent| parent.kind()),
            Some(K::IfItem | K::IfExpr | K::Guard | K::BinaryExpr | K::AssertItem)
        )
    {
        return;
    }
    let Some(top) = item.ancestors().filter(|node| node.parent().is_some_and(|parent| parent.kind() == K::Chunk)).last() else {
        return;
    };
    let Some(params) = parameters(ctx, expr.syntax()) else { return };
    let Some(ret) = ctx.ty(expr.syntax()).and_then(|ty| ctx.written_type(&widened(ty))) else { return };
    if params.is_empty() || matches!(top.kind(), K::TestItem | K::PolicyItem) {
        return;
    }
    acc.add(Offer::new("extract_function", ActionKind::RefactorExtract, "Extract into a function"), |changes| {
        let name = name_for(ctx, &expr);
        let taken: Vec<String> = params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let given: Vec<&str> = params.iter().map(|(name, _)| name.as_str()).collect();
        declare(ctx, changes, &top, &format!("fn {name}({}): {ret} = {}", taken.join(", "), ctx.text_of(expr.syntax())));
        changes.replace(ctx.file, ctx.range_of(expr.syntax()), format!("{name}({})", given.join(", ")));
    });
}

/// The names that a function would not see, with their types; none when one of them cannot be passed.
fn parameters(ctx: &Ctx<'_>, expr: &SyntaxNode) -> Option<Vec<(Name, String)>> {
    let decl = ctx.decl(expr)?;
    let mut params: Vec<(Name, String)> = Vec::new();
    for free in free_names(expr) {
        let name = free.name.text();
        if params.iter().any(|(known, _)| *known == name) {
            continue;
        }
        match passed(ctx, decl, &free)? {
            Some(ty) => params.push((name, ty)),
            None => continue,
        }
    }
    Some(params)
}

/// What a single value is an example of.
fn widened(ty: Ty) -> Ty {
    let kind = match &ty.kind {
        Kind::Lit(_) => ty.kind.widened(),
        Kind::List(element) => Kind::List(std::sync::Arc::new(widened(Ty::clone(element)))),
        _ => return ty,
    };
    Ty { kind, ..ty }
}

/// The type of what has to be passed; `Some(None)` for what a function sees itself.
fn passed(ctx: &Ctx<'_>, decl: cloudc_hir::Decl, free: &Free) -> Option<Option<String>> {
    let own = || {
        let node = free.name.syntax().parent()?;
        ctx.ty(&node).and_then(|ty| ctx.written_type(&widened(ty)))
    };
    if free.binder.is_some() {
        return own().map(Some);
    }
    match meaning(ctx, decl, &free.name) {
        Some(Resolution::Decl { decl, .. }) if is_seen_inside(ctx, decl) => Some(None),
        Some(Resolution::Decl { import: Some(_), .. } | Resolution::Module { .. }) => Some(None),
        Some(Resolution::Decl { decl, lift, .. }) if decl.kind(ctx.db) != DeclKind::Output && lift.is_empty() => own().map(Some),
        Some(Resolution::LoopVar { .. }) => own().map(Some),
        // Built in: a function has no stack or project of its own to ask.
        None if !matches!(free.name.text().as_str(), "stack" | "project") => Some(None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn what_is_around_is_passed() {
        check_action(
            "extract_function",
            "stack t {}\ninput stage: String = \"a\"\nlet _xs = [for x in [1]: $0\"${stage}-${x}\".lower()$0]\n",
            "stack t {}\ninput stage: String = \"a\"\nfn value(stage: String, x: Int): String = \"${stage}-${x}\".lower()\nlet _xs = [for x in [1]: value(stage, x)]\n",
        );
        check_action(
            "extract_function",
            "component C {\n  input key: AWS::KMS::Key\n  output a = $0\"${key.Arn}/${aws.region}\"$0\n}\n",
            "fn value(key: AWS::KMS::Key): String = \"${key.Arn}/${aws.region}\"\ncomponent C {\n  input key: AWS::KMS::Key\n  output a = value(key)\n}\n",
        );
    }

    #[test]
    fn nothing_to_pass() {
        check_none("extract_function", "let a = $01 + 2$0\n");
        check_none("extract_function", "stack t {}\nlet a = $0\"${stack.name}\"$0\n");
    }
}
