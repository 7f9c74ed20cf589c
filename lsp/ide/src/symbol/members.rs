//! What stands after a dot, and the names of arguments.

use cloudc_base::File;
use cloudc_hir::body::Parts;
use cloudc_hir::resolve::{find_inner, module_item, module_private};
use cloudc_hir::{Decl, DeclKind, Name, Namespace};
use cloudc_schema::Type;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, TextRange};
use cloudc_types::{Kind, Ty};

use super::names::{field_of, value_named};
use super::site::{Site, unwrapped};
use super::{Found, Mention, Symbol, found, text_of};

/// The symbol of the name in `base.name`.
pub(super) fn of_field(site: &Site<'_>, field: &ast::FieldExpr, name: &SyntaxNode) -> Option<Found> {
    let word = text_of(name);
    let at = name.text_range();
    let base = field.base()?;
    if let Some(file) = module_of(site, base.syntax()) {
        return Some(found(site, at, Symbol::Decl(module_member(site, file, &word)?), Mention::Read));
    }
    if let Some(space) = space_of(site, base.syntax()) {
        return Some(found(site, at, Symbol::Builtin(format!("{space}.{word}").into()), Mention::Read));
    }
    if let Some(found) = of_handle(site, field, name) {
        return Some(found);
    }
    let ty = site.ty(base.syntax())?;
    let symbol = match &present(&ty).kind {
        Kind::Instance(component, _) => {
            let inner = || find_inner(site.db, *component, word.clone()).filter(|_| is_moved(field.syntax()));
            Symbol::Decl(output_of(site, *component, &word).or_else(|| inner().map(|(decl, _)| decl))?)
        }
        Kind::Object(object) => property(object.property(&word)?),
        Kind::Node(node) => property(node.inner_property(&word)?),
        Kind::Record(fields) if fields.iter().any(|field| field.name == word) => field_of(site, base.syntax(), &word)?,
        kind => match field_of(site, base.syntax(), &word) {
            Some(field) if matches!(kind, Kind::Map(..)) => field,
            _ => Symbol::Builtin(built_in(site, &ty, &word)?),
        },
    };
    Some(found(site, at, symbol, Mention::Read))
}

/// Whether a path tells what became of a resource: there it may lead into components.
fn is_moved(path: &SyntaxNode) -> bool {
    path.ancestors().any(|it| matches!(it.kind(), SyntaxKind::MovedItem | SyntaxKind::ForgetItem))
}

fn property(property: cloudc_schema::Property) -> Symbol {
    Symbol::Property { ty: None, path: vec![property.name().into()], property, of: None }
}

/// A type as it is when the value is there.
pub(super) fn present(ty: &Ty) -> &Ty {
    match &ty.kind {
        Kind::Optional(inner) | Kind::Secret(inner) | Kind::Ssm(inner) => present(inner),
        _ => ty,
    }
}

fn built_in(site: &Site<'_>, ty: &Ty, word: &Name) -> Option<Name> {
    let all = cloudc_types::ask::members(site.db, present(ty));
    all.iter().any(|(member, _)| member.name == *word).then(|| format!(".{word}").into())
}

/// An output of a component, by name.
pub(super) fn output_of(site: &Site<'_>, component: Decl, name: &Name) -> Option<Decl> {
    let owner = cloudc_hir::Owner::Decl(component, cloudc_hir::Branch::Then);
    let outputs = cloudc_hir::outputs(site.db, owner).iter();
    outputs.filter(|(output, ..)| output == name).map(|(_, decl, _)| *decl).next()
}

/// The module that an expression names: `net`, `net.in("us-east-1")`.
pub(super) fn module_of(site: &Site<'_>, expr: &SyntaxNode) -> Option<File> {
    match ast::Expr::cast(unwrapped(expr))? {
        ast::Expr::NameRef(name) => match value_named(site, name.syntax(), &name.text())?.0 {
            Symbol::Module { file, .. } => Some(file),
            _ => None,
        },
        ast::Expr::Call(call) => match call.callee()? {
            ast::Expr::Field(field) if field.name()?.text() == "in" => module_of(site, field.base()?.syntax()),
            _ => None,
        },
        _ => None,
    }
}

fn module_member(site: &Site<'_>, file: File, name: &Name) -> Option<Decl> {
    let spaces = [Namespace::Value, Namespace::Output, Namespace::Type];
    let public = spaces.iter().find_map(|ns| module_item(site.db, file, *ns, name.clone()));
    public.or_else(|| spaces.iter().find_map(|ns| module_private(site.db, file, *ns, name.clone())))
}

/// `aws`, `stack` or `project`, where that is no name of the program's own.
fn space_of(site: &Site<'_>, expr: &SyntaxNode) -> Option<Name> {
    let name = ast::NameRef::cast(expr.clone())?.text();
    match value_named(site, expr, &name)?.0 {
        Symbol::Builtin(space) if matches!(space.as_str(), "aws" | "stack" | "project") => Some(space),
        _ => None,
    }
}

/// A member of a resource. Attributes may be dotted: `db.Endpoint.Address` is one.
fn of_handle(site: &Site<'_>, field: &ast::FieldExpr, name: &SyntaxNode) -> Option<Found> {
    let (base, ty, mut names) = handle_below(site, field)?;
    let own = names.len();
    let mut outer = field.syntax().clone();
    while let Some(next) = outer.parent().and_then(ast::FieldExpr::cast) {
        let Some(word) = next.name() else { break };
        names.push(word.syntax().clone());
        outer = next.syntax().clone();
    }
    let dotted = |count: usize| names[..count].iter().map(text_of).collect::<Vec<_>>().join(".");
    let longest = (2..=names.len()).rev().find(|count| ty.attribute(&dotted(*count)).is_some());
    if let Some(count) = longest {
        if own > count {
            return None;
        }
        let range = TextRange::new(names[0].text_range().start(), names[count - 1].text_range().end());
        return Some(found(site, range, Symbol::Attribute { ty, name: dotted(count).into() }, Mention::Read));
    }
    let word = text_of(name);
    let of = resource_named(site, &base);
    let symbol = if own == 1 { direct_member(site, ty, of, &word)? } else { nested_property(ty, of, &names[..own])? };
    Some(found(site, name.text_range(), symbol, Mention::Read))
}

/// The resource that a chain of fields starts at, its type, and the names up to and with the field's own.
fn handle_below(site: &Site<'_>, field: &ast::FieldExpr) -> Option<(SyntaxNode, Type, Vec<SyntaxNode>)> {
    let mut names = vec![field.name()?.syntax().clone()];
    let mut base = unwrapped(field.base()?.syntax());
    loop {
        if let Some(ty) = site.ty(&base) {
            let handle = present(&ty).kind.handle()?;
            names.reverse();
            return Some((base, handle, names));
        }
        let inner = ast::FieldExpr::cast(base)?;
        names.push(inner.name()?.syntax().clone());
        base = unwrapped(inner.base()?.syntax());
    }
}

/// In the order of the checker: built in, written, attribute, any property.
fn direct_member(site: &Site<'_>, ty: Type, of: Option<Decl>, word: &Name) -> Option<Symbol> {
    if matches!(word.as_str(), "ref" | "logical_id" | "fingerprint") {
        return Some(Symbol::Builtin(format!(".{word}").into()));
    }
    let property = ty.property(word);
    let written = of.filter(|decl| cloudc_hir::uses::property_names(site.db, *decl).binary_search(word).is_ok());
    let read_back = |property| Symbol::Property { ty: Some(ty), path: vec![word.clone()], property, of: written };
    if let Some(property) = property.filter(|property| written.is_some() && !property.read_only()) {
        return Some(read_back(property));
    }
    if ty.attribute(word).is_some() {
        return Some(Symbol::Attribute { ty, name: word.clone() });
    }
    property.map(read_back)
}

/// `bucket.VersioningConfiguration.Status`.
fn nested_property(ty: Type, of: Option<Decl>, names: &[SyntaxNode]) -> Option<Symbol> {
    let path: Vec<Name> = names.iter().map(text_of).collect();
    let property = ty.property_at(&path.join("."))?;
    Some(Symbol::Property { ty: Some(ty), path, property, of })
}

/// The resource behind `a`, `a["x"]`.
fn resource_named(site: &Site<'_>, expr: &SyntaxNode) -> Option<Decl> {
    match ast::Expr::cast(unwrapped(expr))? {
        ast::Expr::NameRef(name) => match value_named(site, name.syntax(), &name.text())?.0 {
            Symbol::Decl(decl) if decl.kind(site.db) == DeclKind::Resource => Some(decl),
            _ => None,
        },
        ast::Expr::Index(index) => resource_named(site, index.base()?.syntax()),
        _ => None,
    }
}

/// The symbol of the name before an argument's colon.
pub(super) fn of_argument(site: &Site<'_>, arg: &SyntaxNode, name: &SyntaxNode) -> Option<Found> {
    let word = text_of(name);
    let at = name.text_range();
    let around = arg.parent()?.parent()?;
    if around.kind() == SyntaxKind::Attr {
        let attr = ast::Attr::cast(around)?.name()?.text();
        return Some(found(site, at, Symbol::Builtin(format!("@{attr}.{word}").into()), Mention::Write));
    }
    let call = ast::CallExpr::cast(around)?;
    if let Some(function) = function_called(site, &call) {
        let Parts::Fn { params, .. } = &cloudc_hir::body(site.db, function).parts else { return None };
        let index = params.iter().position(|param| param.name == word)? as u32;
        return Some(found(site, at, Symbol::FnParam { decl: function, index }, Mention::Write));
    }
    let callee = match call.callee()? {
        ast::Expr::NameRef(it) => it.text(),
        ast::Expr::Field(it) => it.name()?.text(),
        _ => return None,
    };
    Some(found(site, at, Symbol::Builtin(format!("{callee}.{word}").into()), Mention::Write))
}

/// The user's function that a call names.
pub(crate) fn function_called(site: &Site<'_>, call: &ast::CallExpr) -> Option<Decl> {
    let decl = match call.callee()? {
        ast::Expr::NameRef(name) => match value_named(site, name.syntax(), &name.text())?.0 {
            Symbol::Decl(decl) => decl,
            _ => return None,
        },
        ast::Expr::Field(field) => module_member(site, module_of(site, field.base()?.syntax())?, &field.name()?.text())?,
        _ => return None,
    };
    (decl.kind(site.db) == DeclKind::Fn).then_some(decl)
}
