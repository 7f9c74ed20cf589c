//! What an editor can fold away: whatever stands between brackets over several lines, comments, imports in a row.
//!
//! In: a file. Out: [`Fold`]s in order of their starts. Always: each spans at least two lines, and a closing bracket stays visible.

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::chunks::ChunkKind;
use cloudc_syntax::{NodeOrToken, SyntaxKind as K, SyntaxNode, SyntaxToken};

use crate::near::{Near, whole_file, within};

/// What is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoldKind {
    /// Between brackets, or the lines of a text.
    Block,
    /// Comments in a row, or one over several lines.
    Comment,
    /// Imports in a row.
    Imports,
    /// From `// region` to `// endregion`.
    Region,
}

/// A part of a file that can be folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// What disappears; its first line stays.
    pub range: TextRange,
    /// What it is.
    pub kind: FoldKind,
}

/// Everything that can be folded in a file.
pub fn folding(db: &Database, file: File) -> Vec<Fold> {
    let mut folds = Folds { text: file.text(db), found: Vec::new(), comments: None, imports: None, regions: Vec::new() };
    for near in within(db, file, whole_file(db, file)) {
        folds.import(&near, near.chunk.kind(db) == ChunkKind::Import);
        for element in near.root.descendants_with_tokens() {
            match element {
                NodeOrToken::Node(node) => folds.node(&near, &node),
                NodeOrToken::Token(token) => folds.token(&near, &token),
            }
        }
    }
    folds.end_comments();
    folds.end_imports();
    folds.found.sort_by_key(|fold| (fold.range.start(), fold.range.end()));
    folds.found
}

struct Folds<'t> {
    text: &'t str,
    found: Vec<Fold>,
    /// Line comments of one kind, a line each, and that kind.
    comments: Option<(TextRange, K)>,
    /// Imports in a row.
    imports: Option<TextRange>,
    /// Where regions have begun.
    regions: Vec<TextSize>,
}

impl Folds<'_> {
    fn add(&mut self, range: TextRange, kind: FoldKind) {
        let inside = self.text.get(usize::from(range.start())..usize::from(range.end())).unwrap_or_default();
        if inside.contains('\n') {
            self.found.push(Fold { range, kind });
        }
    }

    fn node(&mut self, near: &Near<'_>, node: &SyntaxNode) {
        match node.kind() {
            K::RecordExpr
            | K::ListExpr
            | K::Block
            | K::ArgList
            | K::ParamList
            | K::WithBlock
            | K::MatchArmList
            | K::ImportSpecList
            | K::RecordType
            | K::TypeArgList
            | K::IfBranch
            | K::ParenExpr
            | K::StringExpr => {
                let Some(open) = node.first_token() else { return };
                // The bracket that closes may not be there yet.
                let closes = |kind: K| matches!(kind, K::RBrace | K::RBrack | K::RParen | K::StringEnd);
                let close = node.last_child_or_token().filter(|last| closes(last.kind()));
                let end = close.map_or(node.text_range().end(), |close| close.text_range().start());
                let inside = TextRange::new(open.text_range().end(), end.max(open.text_range().end()));
                self.add(near.in_file(inside), FoldKind::Block);
            }
            _ => {}
        }
    }

    fn token(&mut self, near: &Near<'_>, token: &SyntaxToken) {
        let range = near.in_file(token.text_range());
        match token.kind() {
            K::Whitespace => {
                // A blank line ends comments in a row.
                if token.text().matches('\n').count() > 1 {
                    self.end_comments();
                }
            }
            K::BlockComment => {
                self.end_comments();
                self.add(range, FoldKind::Comment);
            }
            kind @ (K::Comment | K::DocComment) => {
                match self.comments {
                    Some((before, known)) if known == kind => self.comments = Some((before.cover(range), kind)),
                    _ => {
                        self.end_comments();
                        self.comments = Some((range, kind));
                    }
                }
                self.region(token.text(), range);
            }
            _ => self.end_comments(),
        }
    }

    fn region(&mut self, comment: &str, range: TextRange) {
        let words = comment.trim_start_matches('/').trim_start();
        if words.starts_with("endregion") || words.starts_with("#endregion") {
            if let Some(start) = self.regions.pop() {
                self.add(TextRange::new(start, range.end()), FoldKind::Region);
            }
        } else if words.starts_with("region") || words.starts_with("#region") {
            self.regions.push(range.start());
        }
    }

    fn end_comments(&mut self) {
        if let Some((range, _)) = self.comments.take() {
            self.add(range, FoldKind::Comment);
        }
    }

    /// Each import is on its own; what is folded is the row.
    fn import(&mut self, near: &Near<'_>, is_import: bool) {
        if !is_import {
            self.end_imports();
            return;
        }
        let Some(item) = near.root.children().find(|node| node.kind() == K::Import) else { return };
        let range = near.in_file(item.text_range());
        self.imports = Some(self.imports.map_or(range, |before| before.cover(range)));
    }

    fn end_imports(&mut self) {
        if let Some(range) = self.imports.take() {
            self.add(range, FoldKind::Imports);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// `expected`: per fold its kind and the lines it spans, from zero.
    fn check_folds(text: &str, expected: &[(FoldKind, usize, usize)]) {
        let fixture = open(text);
        let lines = |offset: TextSize| text[..usize::from(offset)].matches('\n').count();
        let found: Vec<_> = folding(&fixture.db, fixture.files[0])
            .iter()
            .map(|fold| (fold.kind, lines(fold.range.start()), lines(fold.range.end())))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn brackets_over_several_lines() {
        check_folds(
            "stack t {}\nresource a: AWS::SNS::Topic {\n  Tags: {\n    a: \"b\"\n  }\n}\nlet xs = [1, 2]\n",
            &[(FoldKind::Block, 1, 5), (FoldKind::Block, 2, 4)],
        );
    }

    #[test]
    fn comments_imports_and_regions() {
        check_folds(
            "import \"./a.cloud\" as a\nimport \"./b.cloud\" as b\n\n// one\n// two\n\n// region net\n\nlet s = \"\"\"\n  x\n  \"\"\"\n\n// endregion\n",
            &[(FoldKind::Imports, 0, 1), (FoldKind::Comment, 3, 4), (FoldKind::Region, 6, 12), (FoldKind::Block, 8, 10)],
        );
    }

    #[test]
    fn half_typed_text_still_folds() {
        check_folds(
            "component A {\n  resource b: AWS::SNS::Topic {\n    Tags: {\n    }\n",
            &[(FoldKind::Block, 0, 3), (FoldKind::Block, 1, 3), (FoldKind::Block, 2, 3)],
        );
        check_folds("\n", &[]);
    }
}
