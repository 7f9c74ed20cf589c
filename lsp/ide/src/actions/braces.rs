//! Puts the entries of a record or list on lines of their own, or all on one line.

use cloudc_syntax::{NodeOrToken, SyntaxKind as K, SyntaxNode};

use super::context::Ctx;
use super::{Acc, ActionKind, Offer};

/// The widest line that is made by joining, in characters: what the formatter leaves on one.
const WIDTH: usize = 100;

/// Offers to expand or collapse the innermost brackets at the selection.
pub(crate) fn braces(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let node = ctx.near.covering(ctx.db, ctx.range);
    let brackets = |node: &SyntaxNode| {
        matches!(
            node.kind(),
            K::RecordExpr
                | K::ListExpr
                | K::ArgList
                | K::RecordType
                | K::ImportSpecList
                | K::WithBlock
                | K::MatchArmList
                | K::ParamList
        )
    };
    let Some(node) = node.ancestors().find(brackets) else { return };
    let has_entries = node.children().next().is_some();
    let has_comment = node.children_with_tokens().any(|part| part.kind().is_comment());
    if !has_entries || has_comment || node.children().any(|child| child.kind() == K::Error) {
        return;
    }
    let broken = node.children_with_tokens().any(|part| part.kind() == K::Whitespace && part.to_string().contains('\n'));
    let text = if broken { joined(&node) } else { split(&node) };
    if broken && too_wide(ctx, &node, &text) {
        return;
    }
    let title = if broken { "Put on one line" } else { "Put each on a line of its own" };
    acc.add(Offer::new("braces", ActionKind::RefactorRewrite, title), |changes| {
        changes.replace(ctx.file, ctx.range_of(&node), text);
    });
}

fn entries(node: &SyntaxNode) -> impl Iterator<Item = String> {
    node.children().map(|child| child.text().to_string())
}

fn ends(node: &SyntaxNode) -> (String, String) {
    let token =
        |part: Option<NodeOrToken<SyntaxNode, cloudc_syntax::SyntaxToken>>| part.map(|part| part.to_string()).unwrap_or_default();
    let closes = |text: &String| matches!(text.as_str(), "}" | "]" | ")");
    (token(node.first_child_or_token()), Some(token(node.last_child_or_token())).filter(closes).unwrap_or_default())
}

fn joined(node: &SyntaxNode) -> String {
    let (open, close) = ends(node);
    let pad = if open == "{" { " " } else { "" };
    format!("{open}{pad}{}{pad}{close}", entries(node).collect::<Vec<_>>().join(", "))
}

fn split(node: &SyntaxNode) -> String {
    let (open, close) = ends(node);
    format!("{open}\n{}\n{close}", entries(node).collect::<Vec<_>>().join("\n"))
}

/// Whether the formatter would break the line again.
fn too_wide(ctx: &Ctx<'_>, node: &SyntaxNode, text: &str) -> bool {
    if entries(node).any(|entry| entry.contains('\n')) {
        return true;
    }
    let source = ctx.file.text(ctx.db);
    let range = ctx.range_of(node);
    let before = usize::from(range.start()) - crate::near::line_start(source, range.start());
    let after = crate::near::line_end(source, range.end()) - usize::from(range.end());
    before + text.chars().count() + after > WIDTH
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn there_and_back() {
        let (one, many) = (
            "stack t {}\nresource a: AWS::SNS::Topic { $0DisplayName: \"a\", TopicName: \"b\" }\n",
            "stack t {}\nresource a: AWS::SNS::Topic {\n  $0DisplayName: \"a\"\n  TopicName: \"b\"\n}\n",
        );
        check_action("braces", one, &many.replace("$0", ""));
        check_action("braces", many, &one.replace("$0", ""));
        check_action("braces", "let a = [1, $02]\n", "let a = [\n  1\n  2\n]\n");
    }

    #[test]
    fn comments_have_their_lines() {
        check_none("braces", "let a = [\n  // One.\n  $01\n]\n");
        check_none("braces", "let a = []$0\n");
    }
}
