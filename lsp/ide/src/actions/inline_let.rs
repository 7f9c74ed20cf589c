//! Puts the value of a `let` in the place of its name, everywhere, and takes the `let` away.
//!
//! Only where the value means the same there: no variable of a loop or comprehension has one of its names.

use cloudc_hir::DeclKind;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};

use super::context::{Changes, Ctx, whole_lines};
use super::scope::{binder_around, fitted, free_names, is_shorthand};
use super::{Acc, ActionKind, Offer};
use crate::FileRange;
use crate::near::Near;

/// Offers to inline the `let` at the selection, or the one it names.
pub(crate) fn inline_let(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(decl) = crate::actions::inline_function::named(ctx) else { return };
    if decl.kind(ctx.db) != DeclKind::Let || decl.file(ctx.db) != ctx.file || cloudc_hir::items::is_pub(ctx.db, decl) {
        return;
    }
    let Some((near, item)) = crate::actions::inline_function::item_of(ctx, decl) else { return };
    let Some(value) = ast::Let::cast(item.clone()).and_then(|it| it.value()) else { return };
    if ast::Let::cast(item.clone()).is_some_and(|it| it.ty().is_some()) {
        // The written type may be what makes the value fit.
        return;
    }
    let places = crate::lens::uses_in(ctx.db, decl, ctx.file);
    if places.is_empty() || !places.iter().all(|place| means_the_same(ctx, &value, place)) {
        return;
    }
    let title = match places.len() {
        1 => format!("Inline `{}`", decl.name(ctx.db)),
        count => format!("Inline `{}` in {count} places", decl.name(ctx.db)),
    };
    acc.add(Offer::new("inline_let", ActionKind::RefactorInline, title), |changes| {
        let text = value.syntax().text().to_string();
        for place in &places {
            put(ctx, changes, &value, &text, place);
        }
        let own = Ctx { near, ..rebased(ctx) };
        changes.delete(ctx.file, whole_lines(&own, &item));
    });
}

/// The same context, for another chunk.
pub(super) fn rebased<'a>(ctx: &Ctx<'a>) -> Ctx<'a> {
    Ctx { near: ctx.near.clone(), diagnostics: ctx.diagnostics.clone(), ..*ctx }
}

/// The node that stands at a place that names something.
pub(super) fn node_at<'a>(ctx: &Ctx<'a>, place: &FileRange) -> Option<(Near<'a>, SyntaxNode)> {
    let near = crate::near::near(ctx.db, place.file, place.range.start())?;
    let name = near.token(place.range.start())?.parent()?;
    let node = name.parent().filter(|node| matches!(node.kind(), K::NameRef | K::Field))?;
    Some((near, node))
}

fn means_the_same(ctx: &Ctx<'_>, value: &ast::Expr, place: &FileRange) -> bool {
    let Some((_, node)) = node_at(ctx, place) else { return false };
    if node.kind() == K::Field && !is_shorthand(&node) {
        return false;
    }
    // A type argument or pattern takes no other value than those written there.
    let literal_only =
        node.ancestors().any(|node| matches!(node.kind(), K::TypeArg | K::LiteralPattern | K::MovedItem | K::ForgetItem));
    !literal_only && free_names(value.syntax()).iter().all(|free| binder_around(&node, &free.name.text()) == free.binder)
}

fn put(ctx: &Ctx<'_>, changes: &mut Changes, value: &ast::Expr, text: &str, place: &FileRange) {
    let Some((near, node)) = node_at(ctx, place) else { return };
    if is_shorthand(&node) {
        let name = crate::near::text(ctx.db, place.file, place.range);
        changes.replace(place.file, place.range, format!("{name}: {text}"));
        return;
    }
    // Inside the quotes of one text another's quotes are fine, a line end is not.
    changes.replace(place.file, near.in_file(node.text_range()), fitted(value, text, &node));
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn everywhere() {
        check_action(
            "inline_let",
            "stack t {}\nlet $0a = 1 + 2\n\noutput b = a * 2\noutput c = { a }.a\noutput d = \"${a}\"\n",
            "stack t {}\n\noutput b = (1 + 2) * 2\noutput c = { a: 1 + 2 }.a\noutput d = \"${1 + 2}\"\n",
        );
        check_action(
            "inline_let",
            "component C {\n  let a = [1]\n  let _b = $0a[0]\n}\n",
            "component C {\n  let _b = [1][0]\n}\n",
        );
    }

    #[test]
    fn not_where_it_means_something_else() {
        check_none("inline_let", "let x = 1\nlet $0a = x\nlet b = [for x in [2]: a + x]\n");
        check_none("inline_let", "pub let $0a = 1\nlet b = a\n");
        check_none("inline_let", "let $0a = 1\n");
    }
}
