//! The syntax tree as text, for those who write about the parser or wonder at it.
//!
//! In: a file, perhaps a part of it. Out: one line a node or token, `Kind@start..end`, tokens with their text. Always: offsets are those of
//! the file.

use std::fmt::Write as _;

use cloudc_base::{File, TextRange};
use cloudc_driver::Database;
use cloudc_syntax::{NodeOrToken, WalkEvent};

use crate::near::{Near, whole_file, within};

/// The tree of a file, or of the smallest node around `range`.
pub fn syntax_tree(db: &Database, file: File, range: Option<TextRange>) -> String {
    let mut out = String::new();
    let all = whole_file(db, file);
    let wanted = range.map(|range| range.intersect(all).unwrap_or_default()).filter(|range| !range.is_empty());
    let mut chunks: Vec<Near<'_>> = within(db, file, wanted.unwrap_or(all)).collect();
    if let (Some(range), [only]) = (wanted, chunks.as_mut_slice()) {
        only.root = only.covering(db, range);
    }
    for near in &chunks {
        write_tree(near, &mut out);
    }
    out
}

fn write_tree(near: &Near<'_>, out: &mut String) {
    let mut depth = 0;
    for event in near.root.preorder_with_tokens() {
        match event {
            WalkEvent::Enter(element) => {
                let range = near.in_file(element.text_range());
                let _ = write!(out, "{:depth$}{:?}@{:?}", "", element.kind(), range);
                if let NodeOrToken::Token(token) = &element {
                    let _ = write!(out, " {:?}", token.text());
                }
                out.push('\n');
                depth += 2;
            }
            WalkEvent::Leave(_) => depth -= 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    fn check_tree(text: &str, expected: &str) {
        let fixture = open(text);
        let selection = (fixture.cursors.len() > 1).then(|| fixture.selection().range);
        assert_eq!(syntax_tree(&fixture.db, fixture.files[0], selection), expected);
    }

    #[test]
    fn all_of_a_file() {
        check_tree(
            "let a = 1\n",
            "Chunk@0..10\n  LetItem@0..9\n    LetKw@0..3 \"let\"\n    Whitespace@3..4 \" \"\n    Name@4..5\n      Ident@4..5 \"a\"\n    \
             Whitespace@5..6 \" \"\n    Eq@6..7 \"=\"\n    Whitespace@7..8 \" \"\n    Literal@8..9\n      Int@8..9 \"1\"\n  \
             Whitespace@9..10 \"\\n\"\n",
        );
    }

    #[test]
    fn a_part_has_the_offsets_of_the_file() {
        check_tree(
            "let a = 1\nlet b = $0[$02]\n",
            "ListExpr@18..21\n  LBrack@18..19 \"[\"\n  ItemElem@19..20\n    Literal@19..20\n      Int@19..20 \"2\"\n  RBrack@20..21 \"]\"\n",
        );
    }

    #[test]
    fn nothing_is_a_tree_of_nothing() {
        check_tree("\n", "Chunk@0..1\n  Whitespace@0..1 \"\\n\"\n");
    }
}
