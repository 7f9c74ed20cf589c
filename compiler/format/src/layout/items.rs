//! Declarations: attributes on their lines, then the parts with spaces between them.

use cloudc_syntax::{SyntaxKind as K, SyntaxNode};

use super::{element, has_line_end, is_spaced, node, verbatim};
use crate::doc::Doc;

/// Whether a node of this kind is a declaration or has attributes as one.
pub(super) fn is_item(kind: K) -> bool {
    use K::*;
    matches!(
        kind,
        Import
            | InputItem
            | ParamItem
            | LetItem
            | ResourceItem
            | ExistingItem
            | OutputItem
            | ComponentItem
            | FnItem
            | TypeItem
            | IfItem
            | ForItem
            | DefaultsItem
            | MovedItem
            | ForgetItem
            | AssertItem
            | PolicyItem
            | TestItem
            | StackItem
            | ProjectItem
            | EnvItem
            | WithEntry
    )
}

/// A declaration.
pub(super) fn item(of: &SyntaxNode) -> Doc {
    let mut docs = Vec::new();
    let mut children = of.children_with_tokens().peekable();
    while let Some(child) = children.next_if(|it| it.kind() == K::Attr || it.kind().is_trivia()) {
        match child.as_node() {
            Some(attr) => docs.push(node(attr)),
            None if child.kind() == K::Whitespace => {
                docs.push(if has_line_end(&child) { Doc::Hard } else { Doc::text(" ") });
            }
            None => docs.push(Doc::text(child.to_string().trim_end())),
        }
    }
    let rest: Vec<_> = children.collect();
    if rest.iter().any(|it| it.kind().is_comment()) {
        return verbatim(of);
    }
    let mut before = None;
    for part in rest.iter().filter(|it| !it.kind().is_trivia()) {
        let kind = part.kind();
        if let Some(before) = before
            && is_spaced(before, kind)
        {
            // The message of a long assertion goes on a line of its own.
            docs.push(if before == K::Comma && of.kind() == K::AssertItem {
                Doc::Nest(vec![Doc::Line(" ")])
            } else {
                Doc::text(" ")
            });
        }
        before = Some(kind);
        docs.push(element(part));
    }
    Doc::concat(docs)
}
