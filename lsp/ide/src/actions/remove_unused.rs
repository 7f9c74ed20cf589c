//! Removes what is not used: an import, a declaration; a variable becomes `_`.

use cloudc_base::{Diagnostic, Tag, TextRange};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};

use super::context::{Changes, Ctx, item_around, whole_lines};
use super::{Acc, Offer};
use crate::UNUSED_VARIABLE;
use crate::near::near;

/// Offers to remove each unused thing at the selection.
pub(crate) fn remove_unused(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    for diagnostic in ctx.diagnostics.iter().filter(|one| one.tag == Some(Tag::Unused)) {
        let name = ctx.text(diagnostic.range);
        let Some(node) = named_node(ctx, diagnostic) else { continue };
        let title = match (diagnostic.code.0, node.kind()) {
            // A parameter is part of how the function is called.
            (UNUSED_VARIABLE, K::FnParam) => continue,
            (UNUSED_VARIABLE, _) => format!("Change `{name}` to `_`"),
            _ => format!("Remove `{name}`"),
        };
        acc.add(Offer::fix("remove", diagnostic, title).preferred(), |changes| {
            let Some(near) = near(ctx.db, ctx.file, diagnostic.range.start()) else { return };
            let own = Ctx { near, ..super::inline_let::rebased(ctx) };
            match (diagnostic.code.0, node.kind()) {
                (UNUSED_VARIABLE, _) => changes.replace(ctx.file, diagnostic.range, "_"),
                (_, K::ImportSpec) => remove_spec(&own, changes, &node),
                _ => remove_item(&own, changes, &node),
            }
        });
    }
}

/// The node that the name at a diagnostic belongs to.
fn named_node(ctx: &Ctx<'_>, diagnostic: &Diagnostic) -> Option<SyntaxNode> {
    let near = near(ctx.db, ctx.file, diagnostic.range.start())?;
    let token = near.token(diagnostic.range.start())?;
    token.parent().and_then(ast::Name::cast)?.syntax().parent()
}

fn remove_item(ctx: &Ctx<'_>, changes: &mut Changes, node: &SyntaxNode) {
    if let Some(item) = item_around(node) {
        changes.delete(ctx.file, whole_lines(ctx, &item));
    }
}

/// Takes a name out of the braces of an import; the last one takes the import along.
pub(super) fn remove_spec(ctx: &Ctx<'_>, changes: &mut Changes, spec: &SyntaxNode) {
    let all = spec.parent().map_or(0, |list| list.children().filter(|node| node.kind() == K::ImportSpec).count());
    if all < 2 {
        return remove_item(ctx, changes, spec);
    }
    let next = spec.next_sibling().map(|next| TextRange::new(spec.text_range().start(), next.text_range().start()));
    let before = spec.prev_sibling().map(|before| TextRange::new(before.text_range().end(), spec.text_range().end()));
    if let Some(range) = next.or(before) {
        changes.delete(ctx.file, ctx.near.in_file(range));
    }
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::check_action;

    #[test]
    fn imports() {
        let other = "//- /n.cloud\npub let a = 1\npub let b = 2\n//- /main.cloud\n";
        let rest = "stack t {}\noutput x = a\n";
        check_action(
            "remove",
            &format!("{other}import \"./n.cloud\" {{ a, $0b }}\n{rest}"),
            &format!("import \"./n.cloud\" {{ a }}\n{rest}"),
        );
        check_action(
            "remove",
            &format!("{other}import \"./n.cloud\" {{ $0b, a }}\n{rest}"),
            &format!("import \"./n.cloud\" {{ a }}\n{rest}"),
        );
        check_action("remove", &format!("{other}import \"./n.cloud\" {{ $0b }}\nstack t {{}}\n"), "stack t {}\n");
        check_action("remove", &format!("{other}import \"./n.cloud\" as $0b\nstack t {{}}\n"), "stack t {}\n");
    }

    #[test]
    fn declarations_and_variables() {
        check_action("remove", "stack t {}\n\n/// One.\nlet $0a = 1\n\nlet _b = 1\n", "stack t {}\n\nlet _b = 1\n");
        check_action("remove", "let _a = [for x, $0y in [1]: x]\n", "let _a = [for x, _ in [1]: x]\n");
        check_action("remove", "component _C {\n  let $0a = 1\n}\n", "component _C {}\n");
    }
}
