//! Where the fields of records are declared: followed through names, calls and annotations to a record type or a record.
//!
//! Always: at most [`STEPS`] steps, so that programs that define themselves end.

use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode};

use super::expected::input_of;
use super::members::{function_called, module_of, output_of, present};
use super::names::{bindings, value_named};
use super::site::{Site, item_of};
use super::{Symbol, text_of};
use crate::FileRange;

/// How far a field is followed.
const STEPS: u32 = 40;

/// A type or an expression in some file.
struct At<'db> {
    site: Site<'db>,
    node: SyntaxNode,
}

/// Where the field `name` of an expression is declared.
pub(super) fn field(site: &Site<'_>, base: &SyntaxNode, name: &Name) -> Option<FileRange> {
    let at = At { site: site.clone(), node: base.clone() };
    member(at, name, &mut STEPS.clone()).map(|(place, _)| place)
}

/// Where the field `name` of a record is declared by the type that the record is written for.
pub(super) fn declared_field(site: &Site<'_>, record: &SyntaxNode, name: &Name) -> Option<FileRange> {
    let mut steps = STEPS;
    let at = declared(site, record, &mut steps)?;
    member(at, name, &mut steps).map(|(place, _)| place)
}

/// Where the records of a list have a field first: all its rows are one shape.
pub(super) fn first_row(site: &Site<'_>, record: &SyntaxNode, name: &Name) -> Option<FileRange> {
    let list = record.parent().filter(|it| it.kind() == SyntaxKind::ItemElem)?.parent().and_then(ast::ListExpr::cast)?;
    let rows = list.elements().filter_map(|element| match element {
        ast::Element::Item(item) => ast::RecordExpr::cast(item.value()?.syntax().clone()),
        _ => None,
    });
    let fields = rows.flat_map(|row| row.entries()).filter_map(|entry| match entry {
        ast::Entry::Field(field) if !field.is_shorthand() => field.key(),
        _ => None,
    });
    fields.into_iter().find(|key| key.text().as_ref() == Some(name)).map(|key| key_place(site, &key))
}

fn key_place(site: &Site<'_>, key: &ast::Key) -> FileRange {
    site.range(match key {
        ast::Key::String(string) => super::names::inside_quotes(string.syntax()),
        ast::Key::Name(own) => own.range(),
    })
}

/// The written type that an expression stands under.
fn declared<'db>(site: &Site<'db>, node: &SyntaxNode, steps: &mut u32) -> Option<At<'db>> {
    *steps = steps.checked_sub(1)?;
    let parent = node.parent()?;
    match parent.kind() {
        SyntaxKind::ParenExpr | SyntaxKind::IfBranch | SyntaxKind::IfExpr | SyntaxKind::MatchExpr => {
            declared(site, &parent, steps)
        }
        SyntaxKind::MatchArm | SyntaxKind::MatchArmList => declared(site, &parent, steps),
        SyntaxKind::ItemElem | SyntaxKind::ForElem => element(declared(site, &parent.parent()?, steps)?, steps),
        SyntaxKind::ForEntry => element(declared(site, &parent.parent()?, steps)?, steps),
        SyntaxKind::Field => {
            let key = ast::Field::cast(parent.clone())?.key()?.text()?;
            let record = parent.parent()?;
            if let Some(input) = instance_input(site, &record, &key) {
                return declaration(site.db, input);
            }
            let outer = declared(site, &record, steps)?;
            let kind = settled(outer, steps)?;
            match kind.node.kind() {
                SyntaxKind::GenericType => element(kind, steps),
                _ => member(kind, &key, steps)?.1,
            }
        }
        SyntaxKind::Arg => {
            let call = ast::CallExpr::cast(parent.parent()?.parent()?)?;
            let function = function_called(site, &call)?;
            let (own, item) = item_of(site.db, function)?;
            let mut params = ast::Fn::cast(item)?.params();
            let param = match ast::Arg::cast(parent.clone())?.name() {
                Some(name) => params.find(|param| param.name().is_some_and(|own| own.text() == name.text())),
                None => params.nth(call.args().take_while(|it| *it.syntax() != parent).count()),
            };
            Some(At { site: own, node: param?.ty()?.syntax().clone() })
        }
        kind if ast::Item::can_cast(kind) || kind == SyntaxKind::FnParam => {
            let ty = parent.children().find(|it| ast::Type::can_cast(it.kind()))?;
            Some(At { site: site.clone(), node: ty })
        }
        _ => None,
    }
}

/// The input that a key directly in the braces of an instance names.
fn instance_input(site: &Site<'_>, record: &SyntaxNode, key: &Name) -> Option<Decl> {
    let item = record.parent().filter(|it| it.kind() == SyntaxKind::ResourceItem)?;
    let component = cloudc_hir::uses::instance_of(site.db, site.decl_of_item(&item)?)?;
    input_of(site.db, component, key)
}

/// What a declaration gives: its written type, else its value.
fn declaration(db: &cloudc_driver::Database, decl: Decl) -> Option<At<'_>> {
    let (site, item) = item_of(db, decl)?;
    let ty = item.children().find(|it| ast::Type::can_cast(it.kind()));
    let node = ty.or_else(|| item.children().find(|it| ast::Expr::can_cast(it.kind())))?;
    Some(At { site, node })
}

/// Follows names until something has fields or elements of its own.
fn settled<'db>(at: At<'db>, steps: &mut u32) -> Option<At<'db>> {
    let mut at = at;
    loop {
        *steps = steps.checked_sub(1)?;
        let At { site, node } = at;
        let inside = |node: &SyntaxNode| Some(At { site: site.clone(), node: node.clone() });
        let next = match node.kind() {
            SyntaxKind::RecordExpr
            | SyntaxKind::RecordType
            | SyntaxKind::ListExpr
            | SyntaxKind::ListType
            | SyntaxKind::GenericType => return Some(At { site, node }),
            SyntaxKind::ParenExpr | SyntaxKind::ParenType | SyntaxKind::OptionalType | SyntaxKind::MatchArm => {
                inside(&last_part(&node)?)
            }
            SyntaxKind::PathType => alias(&site, &node),
            SyntaxKind::NameRef => named(&site, &node, steps),
            SyntaxKind::FieldExpr => of_field(&site, &node, steps),
            SyntaxKind::IndexExpr => {
                let index = ast::IndexExpr::cast(node.clone())?;
                let base = index.base()?;
                match index.index() {
                    Some(ast::Expr::String(key)) if key.text().is_some() => {
                        let named = member(inside(base.syntax())?, &key.text()?, steps);
                        named.and_then(|(_, value)| value).or_else(|| element(inside(base.syntax())?, steps))
                    }
                    _ => element(inside(base.syntax())?, steps),
                }
            }
            SyntaxKind::IfExpr => inside(ast::IfExpr::cast(node.clone())?.then_expr()?.syntax()),
            SyntaxKind::BinaryExpr => inside(ast::BinaryExpr::cast(node.clone())?.lhs()?.syntax()),
            SyntaxKind::MatchExpr => inside(ast::MatchExpr::cast(node.clone())?.arms().next()?.body()?.syntax()),
            SyntaxKind::CallExpr => {
                let function = function_called(&site, &ast::CallExpr::cast(node.clone())?)?;
                declaration(site.db, function)
            }
            _ => None,
        };
        at = next?;
    }
}

fn last_part(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.children().filter(|it| ast::Type::can_cast(it.kind()) || ast::Expr::can_cast(it.kind())).last()
}

/// What an alias stands for.
fn alias<'db>(site: &Site<'db>, path: &SyntaxNode) -> Option<At<'db>> {
    let last = path.children().filter(|it| it.kind() == SyntaxKind::Name).last()?;
    match super::names::of_name(site, &last)?.symbol {
        Symbol::Decl(decl) if decl.kind(site.db) == DeclKind::Type => declaration(site.db, decl),
        _ => None,
    }
}

/// What a name stands for.
fn named<'db>(site: &Site<'db>, reference: &SyntaxNode, steps: &mut u32) -> Option<At<'db>> {
    let name = ast::NameRef::cast(reference.clone())?.text();
    match value_named(site, reference, &name)?.0 {
        Symbol::Decl(decl) => declaration(site.db, decl),
        Symbol::FnParam { decl, index } => {
            let (own, item) = item_of(site.db, decl)?;
            let ty = ast::Fn::cast(item)?.params().nth(index as usize)?.ty()?;
            Some(At { site: own, node: ty.syntax().clone() })
        }
        Symbol::LoopVar { decl, index } => {
            let (own, item) = item_of(site.db, decl)?;
            let is_element = index as usize + 1 == bindings(&item).count();
            let iterable = ast::ForItem::cast(item)?.iterable().filter(|_| is_element)?;
            element(At { site: own, node: iterable.syntax().clone() }, steps)
        }
        Symbol::Local { place, .. } => {
            let turns = reference.ancestors().find(|it| bindings(it).any(|name| site.range(name.text_range()) == place))?;
            let is_element = text_of(&bindings(&turns).last()?) == name;
            let iterable = turns.children().find(|it| ast::Expr::can_cast(it.kind())).filter(|_| is_element)?;
            element(At { site: site.clone(), node: iterable }, steps)
        }
        _ => None,
    }
}

/// What a field stands for: an output, what a module offers, or a field of a record.
fn of_field<'db>(site: &Site<'db>, node: &SyntaxNode, steps: &mut u32) -> Option<At<'db>> {
    let field = ast::FieldExpr::cast(node.clone())?;
    let (base, name) = (field.base()?, field.name()?);
    if module_of(site, base.syntax()).is_some() {
        return match super::names::of_name(site, name.syntax())?.symbol {
            Symbol::Decl(decl) => declaration(site.db, decl),
            _ => None,
        };
    }
    if let Some(ty) = site.ty(base.syntax())
        && let cloudc_types::Kind::Instance(component, _) = &present(&ty).kind
    {
        return declaration(site.db, output_of(site, *component, &name.text())?);
    }
    member(At { site: site.clone(), node: base.syntax().clone() }, &name.text(), steps)?.1
}

/// An element of a list or map.
fn element<'db>(at: At<'db>, steps: &mut u32) -> Option<At<'db>> {
    let At { site, node } = settled(at, steps)?;
    let inner = match node.kind() {
        SyntaxKind::ListType => ast::ListType::cast(node)?.element()?.syntax().clone(),
        SyntaxKind::GenericType => ast::GenericType::cast(node)?.args().last()?.syntax().clone(),
        SyntaxKind::ListExpr => match ast::ListExpr::cast(node)?.elements().next()? {
            ast::Element::Item(it) => it.value()?.syntax().clone(),
            ast::Element::For(it) => it.value()?.syntax().clone(),
            ast::Element::Spread(it) => return element(At { site, node: it.value()?.syntax().clone() }, steps),
        },
        SyntaxKind::RecordExpr => match ast::RecordExpr::cast(node)?.entries().next()? {
            ast::Entry::Field(it) => it.value()?.syntax().clone(),
            ast::Entry::For(it) => it.value()?.syntax().clone(),
            ast::Entry::Spread(it) => return element(At { site, node: it.value()?.syntax().clone() }, steps),
        },
        _ => return None,
    };
    Some(At { site, node: inner })
}

/// A field by name: where it is declared, and what it holds.
fn member<'db>(at: At<'db>, name: &Name, steps: &mut u32) -> Option<(FileRange, Option<At<'db>>)> {
    let At { site, node } = settled(at, steps)?;
    match node.kind() {
        SyntaxKind::RecordType => {
            let mut fields = ast::RecordType::cast(node)?.fields();
            let field = fields.find(|field| field.name().is_some_and(|own| own.text() == *name))?;
            let place = site.range(field.name()?.range());
            Some((place, field.ty().map(|ty| At { site, node: ty.syntax().clone() })))
        }
        SyntaxKind::RecordExpr => written(site, &ast::RecordExpr::cast(node)?, name, steps),
        _ => None,
    }
}

/// A field of a record as written; the last of its spreads when the record itself does not have it.
fn written<'db>(site: Site<'db>, record: &ast::RecordExpr, name: &Name, steps: &mut u32) -> Option<(FileRange, Option<At<'db>>)> {
    let mut spreads = Vec::new();
    for entry in record.entries() {
        match entry {
            ast::Entry::Field(field) if field.key().and_then(|key| key.text()).as_ref() == Some(name) => {
                let key = field.key()?;
                let place = key_place(&site, &key);
                return Some((place, field.value().map(|value| At { site, node: value.syntax().clone() })));
            }
            ast::Entry::Spread(spread) => spreads.extend(spread.value()),
            _ => {}
        }
    }
    spreads.iter().rev().find_map(|value| {
        let at = At { site: site.clone(), node: value.syntax().clone() };
        member(at, name, steps)
    })
}
