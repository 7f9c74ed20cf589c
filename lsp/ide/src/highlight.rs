//! The other mentions of what is at a place, in the same file.

use cloudc_base::TextRange;
use cloudc_driver::Database;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

use crate::FilePosition;
use crate::references::references;
use crate::symbol::site::Site;
use crate::symbol::{Mention, Symbol, symbol_at};

/// One place to highlight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    /// Where.
    pub range: TextRange,
    /// What happens there.
    pub kind: HighlightKind,
}

/// What happens at a highlighted place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HighlightKind {
    /// A keyword that belongs to the one at the cursor.
    Text,
    /// It is used.
    Read,
    /// It is declared or gets a value.
    Write,
}

/// The places to highlight, in order; for `if`, `for` and `match` the keywords that belong together.
pub fn highlights(db: &Database, at: FilePosition) -> Vec<Highlight> {
    if let Some(Symbol::Keyword(_)) = symbol_at(db, at).map(|found| found.symbol) {
        return keywords(db, at);
    }
    let all = references(db, at, &[], true).unwrap_or_default();
    let own = all.into_iter().filter(|one| one.place.file == at.file);
    own.map(|one| Highlight { range: one.place.range, kind: kind(one.mention) }).collect()
}

fn kind(mention: Mention) -> HighlightKind {
    match mention {
        Mention::Declaration | Mention::Write | Mention::Import | Mention::Alias => HighlightKind::Write,
        Mention::Read | Mention::Shorthand => HighlightKind::Read,
    }
}

/// The keywords of the construct that the one at the cursor is part of.
fn keywords(db: &Database, at: FilePosition) -> Vec<Highlight> {
    let Some(site) = Site::at(db, at) else { return Vec::new() };
    let tokens = site.tokens(at.offset);
    let Some(token) = tokens.iter().find(|token| token.kind().is_keyword()) else { return Vec::new() };
    let all = construct(token).into_iter();
    all.map(|token| Highlight { range: site.range(token.text_range()).range, kind: HighlightKind::Text }).collect()
}

fn construct(token: &SyntaxToken) -> Vec<SyntaxToken> {
    let Some(mut node) = token.parent() else { return vec![token.clone()] };
    // A chain of `else if` is one construct.
    while node.kind() == SyntaxKind::IfItem
        && let Some(outer) = node.parent().filter(|outer| outer.kind() == SyntaxKind::IfItem)
    {
        node = outer;
    }
    if node.kind() == SyntaxKind::ByClause
        && let Some(outer) = node.parent()
    {
        node = outer;
    }
    let mut all = own_keywords(&node);
    let mut inner = node.clone();
    while let Some(next) = ast::IfItem::cast(inner).and_then(|it| it.else_if()) {
        inner = next.syntax().clone();
        all.extend(own_keywords(&inner));
    }
    all.extend(node.children().filter(|it| it.kind() == SyntaxKind::ByClause).flat_map(|it| own_keywords(&it)));
    all
}

fn own_keywords(node: &SyntaxNode) -> Vec<SyntaxToken> {
    let tokens = node.children_with_tokens().filter_map(|it| it.into_token());
    tokens.filter(|it| it.kind().is_keyword()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// The highlighted texts with their kinds, in order.
    fn check_highlights(text: &str, expected: &str) {
        let fixture = open(text);
        let at = fixture.position();
        let source = at.file.text(&fixture.db);
        let shown = highlights(&fixture.db, at).into_iter().map(|one| {
            let line = source[..usize::from(one.range.start())].matches('\n').count() + 1;
            format!("{line} {} {:?}", &source[std::ops::Range::<usize>::from(one.range)], one.kind)
        });
        assert_eq!(shown.collect::<Vec<_>>().join(", "), expected, "{text}");
    }

    #[test]
    fn reads_and_writes() {
        check_highlights("let $0a = 1\nlet b = a\n", "1 a Write, 2 a Read");
        check_highlights("component C {\n  input n: Int\n}\nresource c: C { $0n: 1 }\n", "2 n Write, 4 n Write");
        check_highlights("let b = no$0pe", "");
    }

    #[test]
    fn keywords_that_belong_together() {
        check_highlights("$0if true {\n} else if false {\n} else {\n}\n", "1 if Text, 2 else Text, 2 if Text, 3 else Text");
        check_highlights("for x in [1] b$0y x {\n}\n", "1 for Text, 1 in Text, 1 by Text");
        check_highlights("let a = if true { 1 } el$0se { 2 }\n", "1 if Text, 1 else Text");
    }

    #[test]
    fn only_this_file() {
        check_highlights(
            "//- /a.cloud\nimport \"./b.cloud\" { x }\nlet y = $0x\n//- /b.cloud\npub let x = 1\n",
            "1 x Write, 2 x Read",
        );
    }
}
