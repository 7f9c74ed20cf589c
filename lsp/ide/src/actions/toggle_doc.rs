//! Makes documentation of the comment above a declaration, and a plain comment of documentation.

use cloudc_syntax::{SyntaxKind as K, SyntaxToken};

use super::context::Ctx;
use super::{Acc, ActionKind, Offer};

/// Offers to turn the comment at the selection, and those in a row with it, into the other kind.
pub(crate) fn toggle_doc(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(token) = ctx.token().filter(|token| matches!(token.kind(), K::Comment | K::DocComment)) else { return };
    let row = row(&token);
    let own_lines = row.iter().all(|token| {
        token.prev_token().is_none_or(|before| {
            before.kind() == K::Whitespace && (before.text().contains('\n') || before.prev_token().is_none())
        })
    });
    let is_doc = token.kind() == K::DocComment;
    // Documentation documents something.
    if !own_lines || !is_doc && !documents(&row) {
        return;
    }
    let title = if is_doc { "Make it a plain comment" } else { "Make it a documentation comment" };
    acc.add(Offer::new("toggle_doc", ActionKind::RefactorRewrite, title), |changes| {
        for token in &row {
            let range = ctx.near.in_file(token.text_range());
            let words = token.text().trim_start_matches('/');
            let marker = if is_doc { "//" } else { "///" };
            changes.replace(ctx.file, range, format!("{marker}{words}"));
        }
    });
}

/// The comments of the same kind on the lines directly above and below.
fn row(token: &SyntaxToken) -> Vec<SyntaxToken> {
    let near = |next: fn(&SyntaxToken) -> Option<SyntaxToken>| {
        let mut found = Vec::new();
        let mut at = token.clone();
        while let Some(space) = next(&at).filter(|space| space.kind() == K::Whitespace && space.text().matches('\n').count() == 1)
        {
            match next(&space).filter(|other| other.kind() == token.kind()) {
                Some(other) => {
                    found.push(other.clone());
                    at = other;
                }
                None => break,
            }
        }
        found
    };
    let mut all = near(SyntaxToken::prev_token);
    all.reverse();
    all.push(token.clone());
    all.extend(near(SyntaxToken::next_token));
    all
}

/// Whether a declaration follows on the next line.
fn documents(row: &[SyntaxToken]) -> bool {
    let Some(last) = row.last() else { return false };
    let Some(space) = last.next_token().filter(|space| space.kind() == K::Whitespace && space.text().matches('\n').count() == 1)
    else {
        return false;
    };
    let follows = space.next_token();
    follows.is_some_and(|token| {
        token.parent_ancestors().any(|node| {
            cloudc_syntax::ast::AstNode::cast(node.clone()).is_some_and(|item: cloudc_syntax::ast::Item| {
                use cloudc_syntax::ast::AstNode;
                item.range().start() == token.text_range().start()
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn there_and_back() {
        let (plain, doc) = (
            "component A {\n  // One.\n  // $0Two.\n  input a: Int\n}\n",
            "component A {\n  /// One.\n  /// Two.\n  input a: Int\n}\n",
        );
        check_action("toggle_doc", plain, doc);
        check_action("toggle_doc", &doc.replace("Two", "$0Two"), &plain.replace("$0", ""));
    }

    #[test]
    fn not_behind_code_and_not_above_nothing() {
        check_none("toggle_doc", "let a = 1 // $0One.\nlet b = 2\n");
        check_none("toggle_doc", "// $0One.\n\nlet b = 2\n");
    }
}
