//! Written types: resource types, their parts, components, aliases, built-in ones.

use cloudc_hir::resolve::{module_item, module_private};
use cloudc_hir::{Name, Namespace, Resolution};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxNode, TextRange};
use cloudc_types::Db as _;

use super::names::imported_item;
use super::site::Site;
use super::{Found, Mention, Symbol, found};

/// Types of the language itself.
const TYPE_NAMES: [&str; 16] = [
    "String",
    "Int",
    "Float",
    "Bool",
    "Json",
    "Duration",
    "Size",
    "Cidr",
    "Arn",
    "Map",
    "Secret",
    "Ssm",
    "Statement",
    "Asset",
    "Image",
    "Template",
];

/// The symbol of one name in a path, of the path's type without one.
pub(super) fn of_path(site: &Site<'_>, path: &ast::PathType, name: Option<&SyntaxNode>) -> Option<Found> {
    let segments: Vec<ast::Name> = path.segments().collect();
    let members: Vec<ast::Name> = path.members().collect();
    let (first, last) = (segments.first()?, segments.last()?);
    let member = name.and_then(|name| members.iter().position(|it| it.syntax() == name));
    let head = TextRange::new(first.range().start(), last.range().end());
    if segments.len() > 1 {
        let full = segments.iter().map(|it| it.text()).collect::<Vec<_>>().join("::");
        let Some(_) = member else {
            return Some(found(site, head, resource_type(site, &full), Mention::Read));
        };
        return Some(of_part(site, &full, &members));
    }
    match member {
        None => of_word(site, path, first),
        Some(at) => of_member(site, path, &first.text(), &members[at]),
    }
}

/// `AWS::EC2::VPC.VpcId`; some types exist for such a part only (`AWS::EC2::Image.Id`).
fn of_part(site: &Site<'_>, full: &str, members: &[ast::Name]) -> Found {
    let name: Name = members.iter().map(|it| it.text()).collect::<Vec<_>>().join(".").into();
    let range = TextRange::new(members[0].range().start(), members[members.len() - 1].range().end());
    let symbol = match site.db.schema().schema(site.db).ty(full) {
        Some(ty) => Symbol::TypeMember { ty, name },
        None => Symbol::CustomType(format!("{full}.{name}").into()),
    };
    found(site, range, symbol, Mention::Read)
}

fn resource_type(site: &Site<'_>, full: &str) -> Symbol {
    match site.db.schema().schema(site.db).ty(full) {
        Some(ty) => Symbol::ResourceType(ty),
        None => Symbol::CustomType(full.into()),
    }
}

/// A type that is one word.
fn of_word(site: &Site<'_>, path: &ast::PathType, word: &ast::Name) -> Option<Found> {
    let name = word.text();
    let decl = site.decl(path.syntax())?;
    // A type written in a declaration's header sees its owner, also in a function.
    let owner = decl.owner(site.db);
    let (symbol, import) = match cloudc_hir::resolve(site.db, owner, Namespace::Type, name.clone()) {
        Some(Resolution::Decl { decl, import, .. }) => (Symbol::Decl(decl), import),
        Some(Resolution::Module { file, import }) => (Symbol::Module { file, import: Some(import) }, None),
        Some(Resolution::BadImport { import }) => {
            (imported_item(site.db, import).map_or(Symbol::BadImport(import), Symbol::Decl), Some(import))
        }
        Some(Resolution::Hidden { decl }) => (Symbol::Decl(decl), None),
        Some(Resolution::LoopVar { .. }) | None => (Symbol::TypeName(TYPE_NAMES.into_iter().find(|known| *known == name)?), None),
    };
    Some(Found { import, ..found(site, word.range(), symbol, Mention::Read) })
}

/// `net.Vpc`.
fn of_member(site: &Site<'_>, path: &ast::PathType, module: &Name, member: &ast::Name) -> Option<Found> {
    let owner = site.decl(path.syntax())?.owner(site.db);
    let Some(Resolution::Module { file, .. }) = cloudc_hir::resolve(site.db, owner, Namespace::Type, module.clone()) else {
        return None;
    };
    let name = member.text();
    let decl = module_item(site.db, file, Namespace::Type, name.clone())
        .or_else(|| module_private(site.db, file, Namespace::Type, name))?;
    Some(found(site, member.range(), Symbol::Decl(decl), Mention::Read))
}
