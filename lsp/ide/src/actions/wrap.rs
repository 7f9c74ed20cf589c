//! Puts the selected declarations into an `if` or a `for`.
//!
//! In a loop a resource has its key in its logical id; `moved` keeps what is deployed.

use cloudc_hir::{Decl, DeclKind, Owner};
use cloudc_syntax::ast::{self, AstNode};

use super::context::{Ctx, indented, lead_start};
use super::{Acc, ActionKind, Offer, touches};
use cloudc_base::TextRange;

/// Offers an `if` around the selected declarations.
pub(crate) fn wrap_in_if(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some((_, range)) = wrapped(ctx) else { return };
    let Some(inner) = indented(ctx.text(range)) else { return };
    acc.add(Offer::new("wrap_in_if", ActionKind::RefactorRewrite, "Wrap in `if`"), |changes| {
        changes.replace(ctx.file, range, format!("if true {{\n{inner}\n}}"));
    });
}

/// Offers a `for` around the selected declarations.
pub(crate) fn wrap_in_for(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some((decls, range)) = wrapped(ctx) else { return };
    let Some(inner) = indented(ctx.text(range)) else { return };
    // A resource that has a key already, or is inside an instance, would get an id that no `moved` line can lead back from.
    let lost = |decl: &Decl| match decl.kind(ctx.db) {
        DeclKind::Resource => !matches!(decl.owner(ctx.db), Owner::File(_)),
        kind => matches!(kind, DeclKind::If | DeclKind::For),
    };
    if decls.iter().any(lost) {
        return;
    }
    acc.add(Offer::new("wrap_in_for", ActionKind::RefactorRewrite, "Wrap in `for`"), |changes| {
        let mut text = format!("for _ in range(1) {{\n{inner}\n}}");
        let in_stack = |decl: &&Decl| matches!(decl.owner(ctx.db), Owner::File(_)) && decl.kind(ctx.db) == DeclKind::Resource;
        for decl in decls.iter().filter(in_stack) {
            let name = decl.name(ctx.db);
            text.push_str(&format!("\nmoved {name} -> {name}[0]"));
        }
        changes.replace(ctx.file, range, text);
    });
}

/// The selected declarations and their range, when they may stand in a block and nothing outside names them.
fn wrapped(ctx: &Ctx<'_>) -> Option<(Vec<Decl>, TextRange)> {
    if ctx.range.is_empty() {
        return None;
    }
    let mut range: Option<TextRange> = None;
    let mut decls = Vec::new();
    for near in crate::near::within(ctx.db, ctx.file, ctx.range) {
        for item in innermost(ctx, &near) {
            let whole = near.in_file(TextRange::new(lead_start(item.syntax()), item.range().end()));
            if !touches(near.in_file(item.range()), ctx.range)
                || whole.end() == ctx.range.start()
                || whole.start() == ctx.range.end()
            {
                continue;
            }
            if !ctx.range.contains_range(near.in_file(item.range())) {
                return None;
            }
            range = Some(range.map_or(whole, |before| before.cover(whole)));
            decls.push(near.decl_around(ctx.db, item.syntax())?);
        }
    }
    let movable = |decl: &Decl| {
        use DeclKind::*;
        matches!(decl.kind(ctx.db), Resource | Existing | Output | Let | Assert | If | For)
            && !cloudc_hir::items::is_pub(ctx.db, *decl)
    };
    let inside = |user: Decl| decls.contains(&user) || ancestors(ctx, user).any(|outer| decls.contains(&outer));
    let all = cloudc_hir::all_declared(ctx.db, ctx.file);
    let named_outside =
        all.filter(|user| !inside(*user)).any(|user| cloudc_hir::refs(ctx.db, user).iter().any(|used| inside(used.decl)));
    // An output of a component is what others know it by.
    let told = decls.iter().any(|decl| decl.kind(ctx.db) == DeclKind::Output && !matches!(decl.owner(ctx.db), Owner::File(_)));
    (!decls.is_empty() && decls.iter().all(movable) && !named_outside && !told).then_some((decls, range?))
}

fn ancestors<'a>(ctx: &'a Ctx<'_>, decl: Decl) -> impl Iterator<Item = Decl> + 'a {
    std::iter::successors(decl.parent(ctx.db), |decl| decl.parent(ctx.db))
}

/// The declarations of the innermost block of a chunk that holds the selection.
fn innermost(ctx: &Ctx<'_>, near: &crate::near::Near<'_>) -> Vec<ast::Item> {
    let local = near.range_in_tree(ctx.range);
    let blocks = near.root.descendants().filter(|node| node.kind() == cloudc_syntax::SyntaxKind::Block);
    let holds = |block: &cloudc_syntax::SyntaxNode| super::context::inside_braces(block).contains_range(local);
    let inside_chunk = near.in_file(near.root.text_range()).contains_range(ctx.range);
    let block = blocks.filter(holds).last().filter(|_| inside_chunk).unwrap_or_else(|| near.root.clone());
    block.children().filter_map(ast::Item::cast).collect()
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn declarations_in_a_block() {
        check_action(
            "wrap_in_if",
            "stack t {}\n$0resource a: AWS::SNS::Topic {}\n\noutput b = a.TopicArn$0\n",
            "stack t {}\nif true {\n  resource a: AWS::SNS::Topic {}\n\n  output b = a.TopicArn\n}\n",
        );
        check_action(
            "wrap_in_for",
            "stack t {}\n/// Orders.\n$0resource a: AWS::SNS::Topic {}$0\nlet c = 1\n",
            "stack t {}\nfor _ in range(1) {\n  /// Orders.\n  resource a: AWS::SNS::Topic {}\n}\nmoved a -> a[0]\nlet c = 1\n",
        );
        check_action(
            "wrap_in_if",
            "component C {\n  let b = 1\n  $0resource a: AWS::SNS::Topic {}$0\n}\n",
            "component C {\n  let b = 1\n  if true {\n    resource a: AWS::SNS::Topic {}\n  }\n}\n",
        );
    }

    #[test]
    fn what_others_name_stays() {
        check_none("wrap_in_if", "stack t {}\n$0resource a: AWS::SNS::Topic {}$0\noutput b = a.TopicArn\n");
        check_none("wrap_in_if", "stack t {}\n$0param a: String$0\n");
        check_none("wrap_in_for", "stack t {}\nresource a: $0AWS::SNS::Topic$0 {}\n");
    }
}
