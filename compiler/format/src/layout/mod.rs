//! From the tree to a document.
//!
//! Most nodes are their parts with a space or nothing between them ([`spaced`]). Entries between brackets, choices,
//! and chains of operators have their own layouts. A comment is expected between entries and declarations; a
//! node with one anywhere else is printed as it was written, so no comment is ever moved or lost.

mod chains;
mod choices;
mod entries;
mod items;

use cloudc_syntax::{NodeOrToken, SyntaxElement, SyntaxKind as K, SyntaxNode};

use crate::doc::Doc;

/// The document of a whole file.
pub(crate) fn file(root: &SyntaxNode) -> Doc {
    let children = root.children().flat_map(|chunk| chunk.children_with_tokens());
    Doc::concat(entries::lines(&entries::pieces(children), true))
}

/// The document of one node.
pub(crate) fn node(node: &SyntaxNode) -> Doc {
    match node.kind() {
        K::StringExpr => verbatim(node),
        K::RecordExpr | K::RecordType | K::ImportSpecList | K::WithBlock | K::MatchArmList => entries::bracketed(node, " "),
        K::ListExpr | K::ArgList | K::ParamList | K::TypeArgList => entries::bracketed(node, ""),
        K::Block => entries::block(node),
        _ if has_comment(node) && !items::is_item(node.kind()) => verbatim(node),
        kind if items::is_item(kind) => items::item(node),
        K::BinaryExpr | K::UnionType => chains::operators(node),
        K::FieldExpr | K::CallExpr | K::IndexExpr => chains::postfix(node),
        K::IfExpr => choices::if_expr(node),
        _ => spaced(node),
    }
}

/// The node as it was written, without blanks at the ends of lines.
pub(crate) fn verbatim(node: &SyntaxNode) -> Doc {
    let mut text = String::new();
    for token in node.descendants_with_tokens().filter_map(NodeOrToken::into_token) {
        match token.kind() {
            K::Whitespace => {
                let (ended, rest) = token
                    .text()
                    .rsplit_once('\n')
                    .map_or((0, token.text()), |(lines, rest)| (lines.matches('\n').count() + 1, rest));
                // One blank line at most, as everywhere.
                text.push_str(&"\n\n"[..ended.min(2)]);
                text.push_str(rest);
            }
            kind if kind.is_comment() => text.push_str(token.text().trim_end()),
            _ => text.push_str(token.text()),
        }
    }
    Doc::Text(text)
}

/// Whether a comment stands directly between the parts of the node.
pub(crate) fn has_comment(node: &SyntaxNode) -> bool {
    node.children_with_tokens().any(|it| it.kind().is_comment())
}

/// Whether a line ends in the white space or comment.
pub(crate) fn has_line_end(element: &SyntaxElement) -> bool {
    element.as_token().is_some_and(|it| it.kind().is_trivia() && it.text().contains('\n'))
}

/// The parts that are not trivia.
pub(crate) fn parts(node: &SyntaxNode) -> impl Iterator<Item = SyntaxElement> + use<> {
    node.children_with_tokens().filter(|it| !it.kind().is_trivia())
}

/// A token's text or a node's document.
pub(crate) fn element(element: &SyntaxElement) -> Doc {
    match element {
        NodeOrToken::Node(it) => node(it),
        NodeOrToken::Token(it) => Doc::text(it.text()),
    }
}

/// The parts of a node with a space between them where one belongs.
pub(crate) fn spaced(node: &SyntaxNode) -> Doc {
    let tight = is_tight(node.kind());
    let mut docs = Vec::new();
    let mut before = None;
    for part in parts(node) {
        let kind = part.kind();
        if let Some(before) = before
            && (!tight || kind == K::Guard)
            && is_spaced(before, kind)
        {
            docs.push(Doc::text(" "));
        }
        before = Some(kind);
        docs.push(element(&part));
    }
    Doc::concat(docs)
}

/// Nodes whose parts touch each other.
fn is_tight(kind: K) -> bool {
    matches!(
        kind,
        K::PathType
            | K::RefinedType
            | K::GenericType
            | K::ListType
            | K::OptionalType
            | K::LiteralType
            | K::LiteralPattern
            | K::ParenType
            | K::ParenExpr
            | K::RangeExpr
            | K::PrefixExpr
            | K::SpreadElem
            | K::SpreadEntry
            | K::Attr
    )
}

/// Whether a space stands between parts of these kinds.
fn is_spaced(before: K, after: K) -> bool {
    let touches_left =
        matches!(after, K::Colon | K::Comma | K::Question | K::ArgList | K::ParamList | K::TypeArgList | K::TypeList | K::Gt);
    !touches_left && before != K::Lt
}
