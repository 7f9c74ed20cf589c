//! The tree around a place: from file offsets to a chunk's nodes and declarations, and back.
//!
//! In: a file and an offset. Out: a [`Near`]. Always: one chunk is parsed and no other; every offset of any text has an answer, except in
//! a file that is empty.

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::body::Expr;
use cloudc_hir::{Chunk, Decl, ExprId, Part};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, TokenAtOffset};

/// One chunk of a file and its tree. Ranges of nodes count from the chunk's start.
#[derive(Clone)]
pub(crate) struct Near<'db> {
    /// The file.
    pub file: File,
    /// The chunk.
    pub chunk: Chunk<'db>,
    /// Where the chunk starts in the file.
    pub start: TextSize,
    /// The chunk's tree.
    pub root: SyntaxNode,
}

/// The chunk around an offset: the one that starts there rather than the one that ends there.
pub(crate) fn near(db: &Database, file: File, offset: TextSize) -> Option<Near<'_>> {
    let chunks = cloudc_hir::chunks(db, file);
    let after = chunks.partition_point(|chunk| chunk.offset(db) <= offset);
    Some(Near::of(db, *chunks.get(after.checked_sub(1)?)?))
}

/// The chunks that touch a range, in order.
pub(crate) fn within(db: &Database, file: File, range: TextRange) -> impl Iterator<Item = Near<'_>> {
    let chunks = cloudc_hir::chunks(db, file);
    let first = chunks.partition_point(|chunk| chunk.offset(db) <= range.start()).saturating_sub(1);
    let last = chunks.partition_point(|chunk| chunk.offset(db) <= range.end());
    chunks[first..last.max(first)].iter().map(|chunk| Near::of(db, *chunk))
}

/// All of a file's text.
pub(crate) fn whole_file(db: &Database, file: File) -> TextRange {
    TextRange::up_to(TextSize::of(file.text(db)))
}

/// The text of a range; empty when it is not one of the text's.
pub(crate) fn text(db: &Database, file: File, range: TextRange) -> &str {
    file.text(db).get(usize::from(range.start())..usize::from(range.end())).unwrap_or_default()
}

/// The white space at the start of the line an offset is on.
pub(crate) fn indentation(text: &str, offset: TextSize) -> &str {
    let line = line_start(text, offset);
    let rest = &text[line..];
    &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
}

/// Where the line of an offset starts.
pub(crate) fn line_start(text: &str, offset: TextSize) -> usize {
    let offset = usize::from(offset).min(text.len());
    text.as_bytes()[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

/// Where the line of an offset ends, its line end not included.
pub(crate) fn line_end(text: &str, offset: TextSize) -> usize {
    let offset = usize::from(offset).min(text.len());
    text.as_bytes()[offset..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| offset + at)
}

impl<'db> Near<'db> {
    /// The chunk's tree.
    pub fn of(db: &'db Database, chunk: Chunk<'db>) -> Self {
        let root = cloudc_hir::parse(db, chunk).syntax();
        Near { file: chunk.file(db), chunk, start: chunk.offset(db), root }
    }

    /// A range of the tree as one of the file.
    pub fn in_file(&self, range: TextRange) -> TextRange {
        range + self.start
    }

    /// An offset of the file as one of the tree, moved into the tree when it is outside.
    pub fn in_tree(&self, offset: TextSize) -> TextSize {
        offset.checked_sub(self.start).unwrap_or_default().min(self.root.text_range().end())
    }

    /// A range of the file as one of the tree, cut to it.
    pub fn range_in_tree(&self, range: TextRange) -> TextRange {
        TextRange::new(self.in_tree(range.start()), self.in_tree(range.end()))
    }

    /// The tokens at an offset of the file.
    pub fn tokens(&self, offset: TextSize) -> TokenAtOffset<SyntaxToken> {
        self.root.token_at_offset(self.in_tree(offset))
    }

    /// The token at an offset that somebody pointing there means: a word rather than what stands beside it.
    pub fn token(&self, offset: TextSize) -> Option<SyntaxToken> {
        let rank = |token: &SyntaxToken| match token.kind() {
            SyntaxKind::Ident => 4,
            kind if kind.is_keyword() => 3,
            SyntaxKind::Whitespace => 0,
            kind if kind.is_comment() => 1,
            _ => 2,
        };
        match self.tokens(offset) {
            TokenAtOffset::None => None,
            TokenAtOffset::Single(token) => Some(token),
            TokenAtOffset::Between(left, right) => Some(if rank(&left) > rank(&right) { left } else { right }),
        }
    }

    /// The smallest node around a range of the file, white space at its ends left out.
    pub fn covering(&self, db: &Database, range: TextRange) -> SyntaxNode {
        let range = self.range_in_tree(trimmed(db, self.file, range));
        let mut node = match self.root.covering_element(range) {
            cloudc_syntax::NodeOrToken::Node(node) => node,
            cloudc_syntax::NodeOrToken::Token(token) => token.parent().unwrap_or_else(|| self.root.clone()),
        };
        // Of nodes with one range the outermost is meant.
        while let Some(parent) = node.parent().filter(|parent| parent.text_range() == node.text_range()) {
            node = parent;
        }
        node
    }

    /// The innermost node of a type around an offset of the file; of two that meet there the one that begins.
    pub fn node_at<N: AstNode>(&self, offset: TextSize) -> Option<N> {
        let found = |token: SyntaxToken| token.parent_ancestors().find_map(N::cast);
        match self.tokens(offset) {
            TokenAtOffset::None => None,
            TokenAtOffset::Single(token) => found(token),
            TokenAtOffset::Between(left, right) => match (found(left), found(right)) {
                (Some(left), Some(right)) if left.range().len() < right.range().len() => Some(left),
                (left, right) => right.or(left),
            },
        }
    }

    /// The declarations of the chunk, in preorder.
    pub fn decls(&self, db: &'db Database) -> &'db [Decl] {
        cloudc_hir::chunk_declarations(db, self.chunk)
    }

    /// The declaration that a node is, or the innermost one around it.
    pub fn decl_around(&self, db: &'db Database, node: &SyntaxNode) -> Option<Decl> {
        let item = node.ancestors().find(|node| ast::Item::can_cast(node.kind()) || node.kind() == SyntaxKind::ImportSpec)?;
        let end = item.text_range().end();
        let mut all = self.decls(db).iter().copied().filter(|decl| {
            let whole = cloudc_hir::body_map(db, *decl).range(Part::Whole);
            whole.end() == end && item.text_range().contains_range(whole)
        });
        // Of an `if` and what ends with it, the outer one comes first and begins earlier.
        let same = |decl: &Decl| cloudc_hir::body_map(db, *decl).range(Part::Whole).start() == significant_start(&item);
        all.find(same)
    }
}

/// The outermost expression of a declaration at exactly this range of its chunk.
pub(crate) fn expr_in(db: &Database, decl: Decl, range: TextRange) -> Option<ExprId> {
    let map = cloudc_hir::body_map(db, decl);
    let exprs = &cloudc_hir::body(db, decl).exprs;
    let at = exprs
        .iter()
        .enumerate()
        .rev()
        .find(|(at, expr)| !matches!(expr, Expr::Missing) && map.range(Part::Expr(ExprId(*at as u32))) == range);
    at.map(|(at, _)| ExprId(at as u32))
}

/// Where a declaration's node begins once its attributes and comments are left out.
pub(crate) fn significant_start(item: &SyntaxNode) -> TextSize {
    let first = item.children_with_tokens().find(|it| !it.kind().is_trivia() && it.kind() != SyntaxKind::Attr);
    first.map_or(item.text_range().start(), |it| it.text_range().start())
}

/// The range without white space at its ends.
pub(crate) fn trimmed(db: &Database, file: File, range: TextRange) -> TextRange {
    let inside = text(db, file, range);
    let start = inside.len() - inside.trim_start().len();
    let len = inside.trim().len();
    TextRange::at(range.start() + TextSize::from(start as u32), TextSize::from(len as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    #[test]
    fn every_declaration_is_found_by_its_node() {
        let fixture = open(
            "stack t {}\nif true {\n  resource a: AWS::SNS::Topic {}\n} else if false {\n  let b = 1\n}\nimport \"./x.cloud\" { y, z as w }\n",
        );
        for chunk in within(&fixture.db, fixture.files[0], whole_file(&fixture.db, fixture.files[0])) {
            let items =
                chunk.root.descendants().filter(|node| ast::Item::can_cast(node.kind()) || node.kind() == SyntaxKind::ImportSpec);
            let found: Vec<Option<Decl>> = items.map(|node| chunk.decl_around(&fixture.db, &node)).collect();
            let all: Vec<Option<Decl>> = chunk.decls(&fixture.db).iter().copied().map(Some).collect();
            assert_eq!(found, all);
        }
    }
}
