//! Which keys of records are names of the program, and which are data that a rename would change.
//!
//! In: where a field is declared. Out: nothing, or why it cannot be renamed. Always: fields of record types are names.

use cloudc_driver::Database;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode};

use crate::references::references_to;
use crate::symbol::Symbol;
use crate::symbol::expected::{Expected, expected};
use crate::symbol::site::{Site, is_item};
use crate::{FilePosition, FileRange};

/// Refuses a key that CloudFormation reads, and one that names the turns of a loop.
pub(super) fn are_names(db: &Database, name: &str, place: FileRange) -> Result<(), String> {
    let at = FilePosition { file: place.file, offset: place.range.start() };
    let Some(site) = Site::at(db, at) else { return Ok(()) };
    let token = site.tokens(at.offset).into_iter().next();
    let field = token.and_then(|token| token.parent_ancestors().find_map(ast::Field::cast));
    let Some(record) = field.and_then(|field| field.syntax().parent()) else { return Ok(()) };
    if matches!(expected(&site, &record), Some(Expected::Node { .. } | Expected::Object(_) | Expected::Body { .. })) {
        return Err(format!("`{name}` is a key of what CloudFormation reads; change the text itself"));
    }
    let Some(item) = record.parent().filter(is_item) else { return Ok(()) };
    let Some(decl) = site.decl_of_item(&item) else { return Ok(()) };
    let uses = references_to(db, &Symbol::Decl(decl), place.file, &[]);
    if uses.iter().any(|one| is_map(db, one.place)) {
        let owner = decl.name(db);
        return Err(format!(
            "`{name}` is a key of the map `{owner}`: what is made for it is named after it; change the text itself"
        ));
    }
    Ok(())
}

/// Whether a mention iterates what it names, or looks something up in it.
fn is_map(db: &Database, place: FileRange) -> bool {
    let Some(site) = Site::at(db, FilePosition { file: place.file, offset: place.range.start() }) else { return false };
    let token = site.tokens(place.range.start()).into_iter().next();
    let Some(name) = token.and_then(|token| token.parent_ancestors().find(|it| it.kind() == SyntaxKind::NameRef)) else {
        return false;
    };
    let Some(around) = name.parent() else { return false };
    match around.kind() {
        SyntaxKind::ForItem | SyntaxKind::ForElem | SyntaxKind::ForEntry => true,
        SyntaxKind::IndexExpr => base_of_index(&around).as_ref() == Some(&name),
        SyntaxKind::FieldExpr => {
            let member = ast::FieldExpr::cast(around).and_then(|it| it.name()).map(|it| it.text());
            matches!(member.as_deref(), Some("keys" | "values" | "all" | "length"))
        }
        _ => false,
    }
}

fn base_of_index(index: &SyntaxNode) -> Option<SyntaxNode> {
    Some(ast::IndexExpr::cast(index.clone())?.base()?.syntax().clone())
}
