//! Names and strings: which role one plays, told by the node around it.

use cloudc_driver::Database;
use cloudc_hir::body::Parts;
use cloudc_hir::resolve::{ImportError, module_item, module_private};
use cloudc_hir::{Decl, DeclKind, Name, Namespace, Owner, Resolution};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, TextRange, TextSize};

use super::site::{Site, is_item, item_of};
use super::{Found, Mention, Symbol, expected, found, members, shape, text_of, types};
use crate::FileRange;

/// The symbol of a `Name` node.
pub(super) fn of_name(site: &Site<'_>, name: &SyntaxNode) -> Option<Found> {
    let parent = name.parent()?;
    let at = name.text_range();
    match parent.kind() {
        SyntaxKind::NameRef => of_value(site, &parent, name),
        SyntaxKind::FieldExpr => members::of_field(site, &ast::FieldExpr::cast(parent)?, name),
        SyntaxKind::Arg => members::of_argument(site, &parent, name),
        SyntaxKind::Attr => Some(found(site, at, Symbol::Attr(text_of(name)), Mention::Read)),
        SyntaxKind::Field => expected::of_key(site, &ast::Field::cast(parent)?, at),
        SyntaxKind::WithEntry => {
            let target = expected::patched(site, &parent)?;
            Some(found(site, at, Symbol::Decl(target), Mention::Write))
        }
        SyntaxKind::PathType => types::of_path(site, &ast::PathType::cast(parent)?, Some(name)),
        SyntaxKind::ImportSpec | SyntaxKind::Import => of_import(site, &parent, name),
        SyntaxKind::FnParam => {
            let decl = site.decl(&parent)?;
            let index = parent.parent()?.children().filter(|it| it.kind() == SyntaxKind::FnParam).position(|it| it == parent)?;
            Some(found(site, at, Symbol::FnParam { decl, index: index as u32 }, Mention::Declaration))
        }
        SyntaxKind::ForItem => {
            let index = bindings(&parent).position(|it| it == *name)?;
            let symbol = Symbol::LoopVar { decl: site.decl_of_item(&parent)?, index: index as u32 };
            Some(found(site, at, symbol, Mention::Declaration))
        }
        SyntaxKind::ForElem | SyntaxKind::ForEntry => {
            let symbol = Symbol::Local { decl: site.decl(&parent)?, name: text_of(name), place: site.range(at) };
            Some(found(site, at, symbol, Mention::Declaration))
        }
        SyntaxKind::RecordTypeField => {
            let symbol = Symbol::Field { name: text_of(name), place: site.range(at) };
            Some(found(site, at, symbol, Mention::Declaration))
        }
        SyntaxKind::EnvItem if parent.children().find(|it| it.kind() == SyntaxKind::Name)? != *name => {
            let parent = environment(site, &text_of(name))?;
            Some(found(site, at, Symbol::Decl(parent), Mention::Read))
        }
        _ if is_item(&parent) => Some(found(site, at, Symbol::Decl(site.decl_of_item(&parent)?), Mention::Declaration)),
        _ => None,
    }
}

/// A name where a value is expected.
fn of_value(site: &Site<'_>, reference: &SyntaxNode, name: &SyntaxNode) -> Option<Found> {
    let (symbol, import) = value_named(site, reference, &text_of(name))?;
    Some(Found { import, ..found(site, name.text_range(), symbol, Mention::Read) })
}

/// What a name means as a value at a node, and the import it came through.
pub(super) fn value_named(site: &Site<'_>, at: &SyntaxNode, name: &Name) -> Option<(Symbol, Option<Decl>)> {
    if let Some(local) = local_named(site, at, name) {
        return Some((local, None));
    }
    if is_former_name(at) {
        return None;
    }
    let (_, owner) = site.asking(at)?;
    let symbol = match cloudc_hir::resolve(site.db, owner, Namespace::Value, name.clone()) {
        Some(Resolution::Decl { decl, import, .. }) => return Some((Symbol::Decl(decl), import)),
        Some(Resolution::LoopVar { decl, index, .. }) => Symbol::LoopVar { decl, index },
        Some(Resolution::Module { file, import }) => Symbol::Module { file, import: Some(import) },
        Some(Resolution::BadImport { import }) => bad_import(site.db, import),
        Some(Resolution::Hidden { decl }) => Symbol::Decl(decl),
        None if matches!(name.as_str(), "aws" | "stack" | "project") => Symbol::Builtin(name.clone()),
        None if is_callee(at) && cloudc_types::is_function(name) => Symbol::Builtin(name.clone()),
        None if name == "null" && is_json(at) => Symbol::Builtin(name.clone()),
        None => return None,
    };
    Some((symbol, None))
}

/// Whether a node is inside a call that knows JSON's null.
fn is_json(at: &SyntaxNode) -> bool {
    let callees = at.ancestors().filter_map(ast::CallExpr::cast).filter_map(|call| call.callee());
    callees
        .into_iter()
        .any(|callee| matches!(callee, ast::Expr::NameRef(it) if matches!(it.text().as_str(), "to_json" | "raw" | "transform")))
}

/// The variable of a comprehension, or the parameter of the function, that a name means at a node.
pub(super) fn local_named(site: &Site<'_>, at: &SyntaxNode, name: &Name) -> Option<Symbol> {
    let mut inner = at.clone();
    for outer in at.ancestors().skip(1) {
        match outer.kind() {
            SyntaxKind::ForElem | SyntaxKind::ForEntry if !is_iterable(&outer, &inner) => {
                // The later of two equal names wins, as in the checker.
                if let Some(binding) = bindings(&outer).filter(|it| text_of(it) == *name).last() {
                    let place = site.range(binding.text_range());
                    return Some(Symbol::Local { decl: site.decl(&outer)?, name: name.clone(), place });
                }
            }
            SyntaxKind::FnItem => {
                let decl = site.decl_of_item(&outer)?;
                let Parts::Fn { params, .. } = &cloudc_hir::body(site.db, decl).parts else { return None };
                let index = params.iter().rposition(|param| param.name == *name)?;
                return Some(Symbol::FnParam { decl, index: index as u32 });
            }
            _ if is_item(&outer) => return None,
            _ => {}
        }
        inner = outer;
    }
    None
}

/// The bindings of a `for`, in order.
pub(super) fn bindings(turns: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> + use<> {
    turns.children().filter(|it| it.kind() == SyntaxKind::Name)
}

/// Where the variable of a `for` around declarations is bound.
pub(super) fn loop_variable(db: &Database, decl: Decl, index: u32) -> Option<FileRange> {
    let (site, item) = item_of(db, decl)?;
    let binding = bindings(&item).nth(index as usize)?;
    Some(site.range(binding.text_range()))
}

/// Whether a child of a comprehension is what it goes over.
fn is_iterable(turns: &SyntaxNode, child: &SyntaxNode) -> bool {
    let iterable = match turns.kind() {
        SyntaxKind::ForElem => ast::ForElem::cast(turns.clone()).and_then(|it| it.iterable()),
        _ => ast::ForEntry::cast(turns.clone()).and_then(|it| it.iterable()),
    };
    iterable.is_some_and(|it| it.syntax() == child)
}

fn is_callee(reference: &SyntaxNode) -> bool {
    let Some(call) = reference.parent().and_then(ast::CallExpr::cast) else { return false };
    call.callee().is_some_and(|callee| callee.syntax() == reference)
}

/// Whether a node is what a resource was called before: no name in scope.
fn is_former_name(at: &SyntaxNode) -> bool {
    let moved = at.ancestors().find_map(ast::Moved::cast);
    moved.and_then(|moved| moved.from()).is_some_and(|from| from.syntax().text_range().contains_range(at.text_range()))
}

/// A name in the braces of an import or behind its `as`.
fn of_import(site: &Site<'_>, node: &SyntaxNode, name: &SyntaxNode) -> Option<Found> {
    let at = name.text_range();
    let decl = site.decl_of_item(node)?;
    if node.kind() == SyntaxKind::Import {
        let symbol = match imported_file(site.db, decl) {
            Some(file) => Symbol::Module { file, import: Some(decl) },
            None => Symbol::BadImport(decl),
        };
        return Some(found(site, at, symbol, Mention::Declaration));
    }
    let symbol = bad_import(site.db, decl);
    let is_alias = ast::ImportSpec::cast(node.clone())?.alias().is_some_and(|alias| alias.syntax() == name);
    let mention = if is_alias { Mention::Alias } else { Mention::Import };
    Some(Found { import: Some(decl), ..found(site, at, symbol, mention) })
}

/// What an import names, also when it may not be used; else the import itself.
fn bad_import(db: &Database, import: Decl) -> Symbol {
    imported_item(db, import).map_or(Symbol::BadImport(import), Symbol::Decl)
}

/// The declaration that a name in the braces of an import stands for.
pub(crate) fn imported_item(db: &Database, item: Decl) -> Option<Decl> {
    let Parts::ImportItem { name, .. } = &cloudc_hir::body(db, item).parts else { return None };
    let file = imported_file(db, item)?;
    let spaces = [Namespace::Type, Namespace::Value];
    let public = spaces.iter().find_map(|ns| module_item(db, file, *ns, name.clone()));
    public.or_else(|| spaces.iter().find_map(|ns| module_private(db, file, *ns, name.clone())))
}

/// The file an import names, cycles included.
pub(crate) fn imported_file(db: &Database, import: Decl) -> Option<cloudc_base::File> {
    match cloudc_hir::import_file(db, import) {
        Ok(file) | Err(ImportError::Cycle(file)) => Some(file),
        Err(_) => None,
    }
}

fn environment(site: &Site<'_>, name: &Name) -> Option<Decl> {
    let all = cloudc_hir::declarations(site.db, Owner::File(site.file)).iter().copied();
    all.into_iter().find(|decl| decl.kind(site.db) == DeclKind::Env && decl.name(site.db) == name)
}

/// The symbol of a string literal: a module's path, a file's, a key, or one of the texts that fit.
pub(super) fn of_string(site: &Site<'_>, string: &SyntaxNode) -> Option<Found> {
    let text = ast::StringExpr::cast(string.clone())?.text()?;
    let at = inside_quotes(string);
    let parent = string.parent()?;
    match parent.kind() {
        SyntaxKind::Import => {
            let file = imported_file(site.db, site.decl_of_item(&parent)?)?;
            Some(found(site, at, Symbol::Module { file, import: None }, Mention::Read))
        }
        SyntaxKind::Field if ast::Field::cast(parent.clone())?.key()?.syntax() == string => {
            expected::of_key(site, &ast::Field::cast(parent)?, at)
        }
        SyntaxKind::WithEntry => Some(found(site, at, Symbol::Decl(expected::patched(site, &parent)?), Mention::Write)),
        SyntaxKind::LiteralType => {
            let of = site.decl(&parent).map(|decl| Box::new(Symbol::Decl(decl)));
            Some(found(site, at, Symbol::EnumValue { value: text, of }, Mention::Declaration))
        }
        SyntaxKind::IndexExpr if let Some(symbol) = indexed(site, &parent, string, &text) => {
            Some(found(site, at, symbol, Mention::Read))
        }
        SyntaxKind::Arg if is_path(site, &parent) => {
            let path = cloudc_base::path::resolve(site.file.path(site.db), &text).map(Name::from);
            Some(found(site, at, Symbol::Path { written: text, path }, Mention::Read))
        }
        _ => {
            let of = expected::enumerated(site, string)?;
            Some(found(site, at, Symbol::EnumValue { value: text, of: of.map(Box::new) }, Mention::Read))
        }
    }
}

/// The field that a text in brackets names.
fn indexed(site: &Site<'_>, index: &SyntaxNode, string: &SyntaxNode, name: &Name) -> Option<Symbol> {
    let base = ast::IndexExpr::cast(index.clone())?.base().filter(|base| base.syntax() != string)?;
    field_of(site, base.syntax(), name)
}

/// Whether an argument is the path of a built-in function that reads files.
pub(crate) fn is_path(site: &Site<'_>, arg: &SyntaxNode) -> bool {
    let Some(call) = arg.parent().and_then(|list| list.parent()).and_then(ast::CallExpr::cast) else { return false };
    let is_first = call.args().next().is_some_and(|first| first.syntax() == arg);
    let Some(ast::Expr::NameRef(callee)) = call.callee() else { return false };
    let reads = matches!(callee.text().as_str(), "file" | "asset" | "image" | "template" | "build");
    is_first && reads && matches!(value_named(site, callee.syntax(), &callee.text()), Some((Symbol::Builtin(_), _)))
}

/// A string's range without its quotes.
pub(crate) fn inside_quotes(string: &SyntaxNode) -> TextRange {
    let whole = string.text_range();
    let length = |kind| {
        let mut tokens = string.children_with_tokens().filter_map(|it| it.into_token());
        tokens.find(|it| it.kind() == kind).map_or(TextSize::new(0), |it| it.text_range().len())
    };
    let (start, end) = (length(SyntaxKind::StringStart), length(SyntaxKind::StringEnd));
    TextRange::new(whole.start() + start, whole.end() - end)
}

/// What the field of a record is, seen from an expression that has it.
pub(super) fn field_of(site: &Site<'_>, base: &SyntaxNode, name: &Name) -> Option<Symbol> {
    let place = shape::field(site, base, name)?;
    Some(Symbol::Field { name: name.clone(), place })
}
