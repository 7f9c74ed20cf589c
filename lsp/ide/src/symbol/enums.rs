//! Texts of which only certain ones fit: which declaration lists them.
//!
//! Always: aliases are followed to where the text is written, so that the same text of two inputs with one type is one symbol.

use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_syntax::SyntaxNode;
use cloudc_syntax::ast::{self, AstNode};

use super::names::inside_quotes;
use super::site::{Site, item_of};
use super::{Symbol, of_token};
use crate::FileRange;

/// How many aliases are followed.
const STEPS: u32 = 16;

/// The declaration whose written type lists a text, and where: the one given, or an alias it is written with.
pub(crate) fn listed(db: &Database, decl: Decl, value: &Name) -> Option<(Decl, FileRange)> {
    follow(db, decl, value, STEPS)
}

fn follow(db: &Database, decl: Decl, value: &Name, steps: u32) -> Option<(Decl, FileRange)> {
    let (site, item) = item_of(db, decl)?;
    let types: Vec<SyntaxNode> = written_types(&item);
    let mut strings =
        types.iter().flat_map(|ty| ty.descendants()).filter_map(ast::LiteralType::cast).filter_map(|it| it.string());
    if let Some(string) = strings.find(|string| string.text().as_ref() == Some(value)) {
        return Some((decl, site.range(inside_quotes(string.syntax()))));
    }
    let steps = steps.checked_sub(1)?;
    let aliases: Vec<Decl> = types.iter().flat_map(|ty| user_types(&site, ty)).collect();
    aliases.into_iter().find_map(|alias| follow(db, alias, value, steps))
}

/// The type of a declaration as written, and those of a function's parameters.
fn written_types(item: &SyntaxNode) -> Vec<SyntaxNode> {
    let params = item.children().filter(|it| ast::ParamList::can_cast(it.kind())).flat_map(|list| list.children());
    let own = item.children().chain(params.flat_map(|param| param.children().collect::<Vec<_>>()));
    own.filter(|it| ast::Type::can_cast(it.kind())).collect()
}

/// The components and aliases that a written type names.
pub(crate) fn user_types(site: &Site<'_>, ty: &SyntaxNode) -> Vec<Decl> {
    let paths = ty.descendants().filter_map(ast::PathType::cast);
    let last = paths.filter_map(|path| path.members().last().or_else(|| path.segments().last()));
    let found = last.filter_map(|name| of_token(site, &name.syntax().first_token()?));
    let decls = found.filter_map(|found| match found.symbol {
        Symbol::Decl(decl) if matches!(decl.kind(site.db), DeclKind::Type | DeclKind::Component) => Some(decl),
        _ => None,
    });
    decls.collect()
}
