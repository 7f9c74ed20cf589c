//! Which names an expression needs from around it, and where parentheses are needed.

use cloudc_hir::{Decl, DeclKind, Namespace, Owner, Resolution, asking_owner, resolve};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};

use super::context::Ctx;
use crate::linked::binding;

/// A name that an expression uses and does not bind itself.
pub(crate) struct Free {
    /// Where it stands.
    pub name: ast::Name,
    /// The node around that binds it: a loop, a comprehension, a function.
    pub binder: Option<SyntaxNode>,
}

/// The names in a tree that come from around it, in order.
pub(crate) fn free_names(tree: &SyntaxNode) -> Vec<Free> {
    let inside = tree.text_range();
    let names = tree.descendants().filter_map(ast::Name::cast).filter(is_use);
    let found = names.map(|name| {
        let binder = bound_by(&name);
        Free { name, binder }
    });
    found.filter(|free| free.binder.as_ref().is_none_or(|binder| !inside.contains_range(binder.text_range()))).collect()
}

/// Whether a name is used where it stands: by itself, or as `{ name }`.
pub(crate) fn is_use(name: &ast::Name) -> bool {
    let Some(parent) = name.syntax().parent() else { return false };
    parent.kind() == K::NameRef || is_shorthand(&parent)
}

/// Whether a node is `name` alone in a record.
pub(crate) fn is_shorthand(node: &SyntaxNode) -> bool {
    ast::Field::cast(node.clone()).is_some_and(|field| field.is_shorthand())
}

/// The node that binds a name that is used.
pub(crate) fn bound_by(name: &ast::Name) -> Option<SyntaxNode> {
    let parent = name.syntax().parent()?;
    if parent.kind() == K::NameRef {
        return binding(name).map(|(binder, _)| binder);
    }
    // `{ name }` reads like the name at the same place.
    binder_around(&parent, &name.text())
}

/// The innermost loop, comprehension or function around a node that binds a name there.
pub(crate) fn binder_around(node: &SyntaxNode, text: &str) -> Option<SyntaxNode> {
    crate::linked::binder_around(node, text).map(|(binder, _)| binder)
}

/// Whether any of the names is bound by a loop, comprehension or function around.
pub(crate) fn uses_locals(free: &[Free]) -> bool {
    free.iter().any(|free| free.binder.is_some())
}

/// Whether taking an expression away from its place could lose what is known there: that something optional exists.
pub(crate) fn is_narrowed(ctx: &Ctx<'_>, expr: &SyntaxNode, free: &[Free]) -> bool {
    let item = super::context::item_around(expr);
    let around = expr.ancestors().skip(1).take_while(|node| Some(node) != item.as_ref());
    let choices = around.filter(|node| match node.kind() {
        K::IfBranch | K::MatchArm => true,
        K::BinaryExpr => {
            let op = ast::BinaryExpr::cast(node.clone()).and_then(|it| it.op());
            matches!(op, Some(ast::BinOp::And | ast::BinOp::Or | ast::BinOp::Coalesce))
        }
        K::Field | K::ItemElem | K::SpreadElem | K::SpreadEntry | K::ForElem | K::ForEntry => {
            node.children().any(|child| child.kind() == K::Guard)
        }
        _ => false,
    });
    if choices.count() == 0 {
        return false;
    }
    free.iter().any(|free| may_be_absent(ctx, free))
}

fn may_be_absent(ctx: &Ctx<'_>, free: &Free) -> bool {
    let Some(decl) = ctx.decl(free.name.syntax()) else { return true };
    match resolve(ctx.db, asking_owner(ctx.db, decl), Namespace::Value, free.name.text()) {
        Some(Resolution::Decl { decl, lift, .. }) => {
            let ty = &cloudc_types::signature(ctx.db, decl).ty;
            !lift.is_empty() || matches!(ty.kind, cloudc_types::Kind::Optional(_) | cloudc_types::Kind::Record(_))
        }
        Some(Resolution::Module { .. }) | None => false,
        Some(_) => true,
    }
}

/// What a name that is used means to the declaration it stands in.
pub(crate) fn meaning(ctx: &Ctx<'_>, decl: Decl, name: &ast::Name) -> Option<Resolution> {
    resolve(ctx.db, asking_owner(ctx.db, decl), Namespace::Value, name.text())
}

/// Whether functions and components see a declaration of their file.
pub(crate) fn is_seen_inside(ctx: &Ctx<'_>, decl: Decl) -> bool {
    match decl.kind(ctx.db) {
        DeclKind::Fn | DeclKind::Component | DeclKind::Type => true,
        DeclKind::Let => matches!(decl.owner(ctx.db), Owner::File(_)) && cloudc_hir::input_free(ctx.db, decl),
        _ => false,
    }
}

/// Whether an expression needs parentheses in the place of a node.
pub(crate) fn needs_parens(value: &ast::Expr, place: &SyntaxNode) -> bool {
    let Some(parent) = place.parent() else { return false };
    let is_base = parent.children().next().as_ref() == Some(place);
    let loose = matches!(value, ast::Expr::Binary(_) | ast::Expr::Prefix(_) | ast::Expr::If(_) | ast::Expr::Match(_));
    match parent.kind() {
        K::BinaryExpr | K::PrefixExpr => loose,
        K::FieldExpr | K::CallExpr | K::IndexExpr if is_base => {
            loose || matches!(value, ast::Expr::Record(_) | ast::Expr::Literal(_) | ast::Expr::Type(_))
        }
        // A brace would begin the block.
        K::IfExpr | K::IfItem | K::ForItem | K::MatchExpr | K::Guard => begins_with_brace(value),
        _ => false,
    }
}

fn begins_with_brace(value: &ast::Expr) -> bool {
    value.syntax().descendants().any(|node| node.kind() == K::RecordExpr)
}

/// The text of an expression for the place of a node.
pub(crate) fn fitted(value: &ast::Expr, text: &str, place: &SyntaxNode) -> String {
    if needs_parens(value, place) { format!("({text})") } else { text.to_owned() }
}
