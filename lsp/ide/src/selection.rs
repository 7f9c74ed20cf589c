//! Growing a selection: word, token, expression, entry, what is between the brackets, declaration, file.
//!
//! In: a place. Out: ranges, each inside the next. Always: the first holds the place, each is larger than the one before, the last is the file.

use cloudc_base::{TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{NodeOrToken, SyntaxKind as K, SyntaxNode, SyntaxToken};

use crate::near::{Near, near, text, trimmed, whole_file};
use crate::{FilePosition, FileRange};

/// What a selection at `position` grows into, from the smallest.
pub fn selection_ranges(db: &Database, position: FilePosition) -> Vec<TextRange> {
    let at = TextRange::empty(position.offset.min(whole_file(db, position.file).end()));
    let mut ranges = vec![at];
    while let Some(next) = grow(db, FileRange { file: position.file, range: ranges[ranges.len() - 1] }) {
        ranges.push(next);
    }
    ranges
}

/// The next larger range that means something; none when all is selected.
pub fn grow(db: &Database, selection: FileRange) -> Option<TextRange> {
    let FileRange { file, range } = selection;
    let all = whole_file(db, file);
    let larger = |found: &TextRange| found.contains_range(range) && found.len() > range.len();
    let own = near(db, file, range.start()).into_iter().flat_map(|near| candidates(db, &near, range.start()));
    let best = own.filter(larger).min_by_key(|found| found.len());
    best.or_else(|| Some(all).filter(|all| all.contains_range(range) && all.len() > range.len()))
}

/// Every range around an offset that somebody could want, in no order.
fn candidates(db: &Database, near: &Near<'_>, offset: TextSize) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut push = |range: TextRange| found.push(near.in_file(range));
    let tokens: Vec<SyntaxToken> = near.tokens(offset).collect();
    for token in &tokens {
        // A bracket or sign alone is no word: what it belongs to is meant.
        if token.kind().is_comment() || token.text().chars().any(char::is_alphanumeric) {
            push(token.text_range());
        }
        if let Some(word) = word(token, near.in_tree(offset)) {
            push(word);
        }
        for node in token.parent_ancestors().filter(|node| node.kind() != K::Chunk) {
            push(node.text_range());
            inside(&node).into_iter().for_each(&mut push);
            documented(&node).into_iter().for_each(&mut push);
            with_comma(&node).into_iter().for_each(&mut push);
        }
    }
    let chunk = near.in_file(near.root.text_range());
    found.push(trimmed(db, near.file, chunk));
    found.retain(|range| !text(db, near.file, *range).trim().is_empty());
    found
}

/// The word around an offset in a comment or text.
fn word(token: &SyntaxToken, offset: TextSize) -> Option<TextRange> {
    if !(token.kind().is_comment() || token.kind() == K::StringText) {
        return None;
    }
    let at = usize::from(offset.checked_sub(token.text_range().start())?);
    let (before, after) = (token.text().get(..at)?, token.text().get(at..)?);
    let part = |c: &char| c.is_alphanumeric() || *c == '_';
    let left: usize = before.chars().rev().take_while(part).map(char::len_utf8).sum();
    let right: usize = after.chars().take_while(part).map(char::len_utf8).sum();
    let start = offset - TextSize::from(left as u32);
    (left + right > 0).then(|| TextRange::at(start, TextSize::from((left + right) as u32)))
}

/// What stands between the brackets or quotes of a node, blanks at its ends left out.
fn inside(node: &SyntaxNode) -> Option<TextRange> {
    let mut parts = node.children_with_tokens().filter(|part| part.kind() != K::Whitespace);
    let opens = |kind: K| matches!(kind, K::LBrace | K::LBrack | K::LParen | K::StringStart | K::InterpStart);
    let closes = |kind: K| matches!(kind, K::RBrace | K::RBrack | K::RParen | K::StringEnd | K::InterpEnd);
    parts.find(|part| opens(part.kind()))?;
    let inner: Vec<TextRange> = parts.take_while(|part| !closes(part.kind())).map(|part| part.text_range()).collect();
    Some(inner.first()?.cover(*inner.last()?))
}

/// A declaration with the comments above it.
fn documented(node: &SyntaxNode) -> Option<TextRange> {
    if !ast::Item::can_cast(node.kind()) {
        return None;
    }
    let mut start = node.text_range().start();
    let mut before = node.prev_sibling_or_token();
    while let Some(NodeOrToken::Token(token)) = before {
        match token.kind() {
            K::Whitespace if token.text().matches('\n').count() < 2 => {}
            kind if kind.is_comment() => start = token.text_range().start(),
            _ => break,
        }
        before = token.prev_sibling_or_token();
    }
    Some(TextRange::new(start, node.text_range().end()))
}

/// An entry of a list or record with the comma behind it.
fn with_comma(node: &SyntaxNode) -> Option<TextRange> {
    let next = node.next_sibling_or_token()?;
    (next.kind() == K::Comma).then(|| node.text_range().cover(next.text_range()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    fn check_selection(text: &str, expected: &[&str]) {
        let fixture = open(text);
        let position = fixture.position();
        let ranges = selection_ranges(&fixture.db, position);
        let source = position.file.text(&fixture.db);
        let texts: Vec<&str> = ranges.iter().map(|range| &source[std::ops::Range::<usize>::from(*range)]).collect();
        assert_eq!(texts[..texts.len() - 1], *expected);
        assert_eq!(texts.last(), Some(&source));
    }

    #[test]
    fn from_a_word_to_the_declaration() {
        check_selection(
            "let x = 1\n/// Doc.\nresource a: AWS::SNS::Topic { DisplayName: \"an $0odd name\", Tags: {} }\n",
            &[
                "",
                "odd",
                "an odd name",
                "\"an odd name\"",
                "DisplayName: \"an odd name\"",
                "DisplayName: \"an odd name\",",
                "DisplayName: \"an odd name\", Tags: {}",
                "{ DisplayName: \"an odd name\", Tags: {} }",
                "resource a: AWS::SNS::Topic { DisplayName: \"an odd name\", Tags: {} }",
                "/// Doc.\nresource a: AWS::SNS::Topic { DisplayName: \"an odd name\", Tags: {} }",
            ],
        );
    }

    #[test]
    fn from_an_operand_to_the_whole() {
        check_selection("let x = a.$0b(1) + 2\n", &["", "b", "a.b", "a.b(1)", "a.b(1) + 2", "let x = a.b(1) + 2"]);
    }

    #[test]
    fn anywhere_in_anything() {
        check_selection("$0\n", &[""]);
        check_selection("  $0  ", &[""]);
        check_selection("resource a: { b: [$0", &["", "[", "b: [", "{ b: ["]);
    }
}
