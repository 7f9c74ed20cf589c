//! Names that are edited together while typing: the variable of a loop or comprehension, the parameter of a function.
//!
//! In: a place. Out: every occurrence of the name there. Always: all of them stand in one declaration that nothing else can name them from,
//! so that typing changes no meaning; what others can see is renamed on purpose instead. Nothing for `{ name }`, whose key would change.

use cloudc_base::TextRange;
use cloudc_driver::Database;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};

use crate::FilePosition;
use crate::near::near;

/// The occurrences of the local name at a place, the one that declares it first.
pub fn linked_ranges(db: &Database, position: FilePosition) -> Vec<TextRange> {
    let Some(near) = near(db, position.file, position.offset) else { return Vec::new() };
    let name = near.token(position.offset).filter(|token| token.kind() == K::Ident).and_then(|token| token.parent());
    let Some(name) = name.and_then(ast::Name::cast) else { return Vec::new() };
    let Some((binder, declared)) = binding(&name) else { return Vec::new() };
    let Some(uses) = uses(&binder, &declared) else { return Vec::new() };
    std::iter::once(declared.range()).chain(uses).map(|range| near.in_file(range)).collect()
}

/// The node that binds a name, and the name where it is bound.
pub(crate) fn binding(name: &ast::Name) -> Option<(SyntaxNode, ast::Name)> {
    let parent = name.syntax().parent()?;
    if let Some(binder) = binder_of(&parent)
        && bound_names(&binder).any(|bound| bound == *name)
    {
        return Some((binder, name.clone()));
    }
    if parent.kind() != K::NameRef {
        return None;
    }
    binder_around(&parent, &name.text())
}

/// The innermost node around another that binds a name there, and the name where it is bound.
pub(crate) fn binder_around(node: &SyntaxNode, text: &str) -> Option<(SyntaxNode, ast::Name)> {
    let mut inner = node.clone();
    for outer in node.ancestors().skip(1) {
        if sees(&outer, &inner) {
            let found = bound_names(&outer).filter(|bound| bound.text() == text).last();
            if let Some(found) = found {
                return Some((outer, found));
            }
        }
        inner = outer;
    }
    None
}

fn binder_of(parent: &SyntaxNode) -> Option<SyntaxNode> {
    match parent.kind() {
        K::ForElem | K::ForEntry | K::ForItem => Some(parent.clone()),
        K::FnParam => parent.ancestors().find(|node| node.kind() == K::FnItem),
        _ => None,
    }
}

/// The names a node binds for what is in it.
fn bound_names(node: &SyntaxNode) -> Box<dyn Iterator<Item = ast::Name>> {
    let node = node.clone();
    match node.kind() {
        K::ForElem => Box::new(ast::ForElem::cast(node).into_iter().flat_map(|it| it.bindings())),
        K::ForEntry => Box::new(ast::ForEntry::cast(node).into_iter().flat_map(|it| it.bindings())),
        K::ForItem => Box::new(ast::ForItem::cast(node).into_iter().flat_map(|it| it.bindings())),
        K::FnItem => Box::new(ast::Fn::cast(node).into_iter().flat_map(|it| it.params()).filter_map(|it| it.name())),
        _ => Box::new(std::iter::empty()),
    }
}

/// Whether a child of a binding node sees what it binds: all but what is gone through.
fn sees(node: &SyntaxNode, child: &SyntaxNode) -> bool {
    let iterable = match node.kind() {
        K::ForElem => ast::ForElem::cast(node.clone()).and_then(|it| it.iterable()),
        K::ForEntry => ast::ForEntry::cast(node.clone()).and_then(|it| it.iterable()),
        K::ForItem => ast::ForItem::cast(node.clone()).and_then(|it| it.iterable()),
        K::FnItem => None,
        _ => return false,
    };
    iterable.is_none_or(|iterable| iterable.syntax() != child)
}

/// Where a bound name is used; none when the name cannot be changed alone.
pub(crate) fn uses(binder: &SyntaxNode, declared: &ast::Name) -> Option<Vec<TextRange>> {
    let text = declared.text();
    if text.is_empty() || text == "_" {
        return None;
    }
    let mut ranges = Vec::new();
    for name in binder.descendants().filter_map(ast::Name::cast).filter(|name| name.text() == text) {
        let parent = name.syntax().parent()?;
        match parent.kind() {
            K::NameRef if binding(&name).is_some_and(|(_, found)| found == *declared) => ranges.push(name.range()),
            K::Field if ast::Field::cast(parent.clone()).is_some_and(|field| field.is_shorthand()) => return None,
            // A declaration of the same name inside a loop hides the variable.
            kind if ast::Item::can_cast(kind) && name != *declared && kind != K::ForItem && kind != K::FnItem => return None,
            _ => {}
        }
    }
    Some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// The first cursor is the place; the answer begins at all of them.
    fn check_linked(text: &str) {
        let fixture = open(text);
        let mut found: Vec<_> = linked_ranges(&fixture.db, fixture.cursors[0]).iter().map(|range| range.start()).collect();
        found.sort();
        let expected: Vec<_> = fixture.cursors.iter().map(|cursor| cursor.offset).collect();
        assert_eq!(found, expected, "{text}");
    }

    fn check_none(text: &str) {
        let fixture = open(text);
        assert_eq!(linked_ranges(&fixture.db, fixture.position()), Vec::new());
    }

    #[test]
    fn variables_and_parameters() {
        check_linked("let xs = [for $0x in x: $0x + [for x in $0x: x]]\n");
        check_linked("fn f($0a: Int, b: Int = $0a): Int = { a: $0a }.a\n");
        check_linked("for $0s in s by $0s {\n  resource a: AWS::SNS::Topic { DisplayName: \"${$0s}\" }\n}\n");
    }

    #[test]
    fn from_the_inside_too() {
        let fixture = open("let xs = [for x in [1]: $0x]\n");
        assert_eq!(linked_ranges(&fixture.db, fixture.position()).len(), 2);
    }

    #[test]
    fn what_others_see_is_not_linked() {
        check_none("let $0a = 1\nlet b = a\n");
        check_none("let xs = [for x$0 in [1]: { x }]\n");
        check_none("$0");
    }
}
