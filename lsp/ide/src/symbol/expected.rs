//! What an expression is expected to be, told by where it stands; and with it what a record's key names.
//!
//! In: a node of an expression. Out: an [`Expected`]. Always: only what is around the node is looked at, so it works before the node's
//! own text makes sense.

use cloudc_driver::Database;
use cloudc_hir::body::Parts;
use cloudc_hir::resolve::find_inner;
use cloudc_hir::{Branch, Decl, DeclKind, Name, Owner};
use cloudc_schema::{Node, Object, Property, Shape, Text, Type};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, TextRange};
use cloudc_types::ty::Lit;
use cloudc_types::{Kind, Ty};

use super::members::{function_called, present};
use super::site::{Site, is_item, item_of, unwrapped};
use super::{Found, Mention, Symbol, found, shape};
use crate::FileRange;

/// What stands at a place should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The braces of a resource of a CloudFormation type; `of` is the resource, none in `defaults`.
    Body { ty: Type, of: Option<Decl> },
    /// The braces of an instance of a component.
    Inputs(Decl),
    /// The braces of `stack`, `project`, `env`.
    Settings(DeclKind),
    /// A value at a position of the schema.
    Node { ty: Option<Type>, path: Vec<Name>, node: Node, of: Option<Decl> },
    /// A nested definition's value.
    Object(Object),
    /// A value of this type, and the input or annotated declaration that says so.
    Ty { ty: Ty, from: Option<Decl> },
}

/// What an expression is expected to be.
pub(crate) fn expected(site: &Site<'_>, node: &SyntaxNode) -> Option<Expected> {
    let parent = node.parent()?;
    match parent.kind() {
        SyntaxKind::ParenExpr | SyntaxKind::SpreadElem | SyntaxKind::SpreadEntry => {
            let outer = if parent.kind() == SyntaxKind::ParenExpr { parent } else { parent.parent()? };
            expected(site, &outer)
        }
        SyntaxKind::IfBranch => expected(site, &parent.parent()?),
        SyntaxKind::MatchArm => {
            let whole = parent.parent()?.parent()?;
            if ast::Pattern::can_cast(node.kind()) {
                let scrutinee = ast::MatchExpr::cast(whole)?.scrutinee()?;
                return of_ty(site.ty(scrutinee.syntax())?, None);
            }
            expected(site, &whole)
        }
        SyntaxKind::LiteralPattern => expected(site, &parent),
        SyntaxKind::BinaryExpr => beside(site, &ast::BinaryExpr::cast(parent)?, node),
        SyntaxKind::IndexExpr => {
            let base = ast::IndexExpr::cast(parent)?.base().filter(|base| base.syntax() != node)?;
            key_type(&site.ty(base.syntax())?)
        }
        SyntaxKind::ItemElem => {
            let guard = ast::ItemElem::cast(parent.clone())?.guard();
            if guard.is_some_and(|guard| guard.syntax() == node) { None } else { element(expected(site, &parent.parent()?)?) }
        }
        SyntaxKind::ForElem => {
            let value = ast::ForElem::cast(parent.clone())?.value().filter(|value| value.syntax() == node);
            value.and_then(|_| element(expected(site, &parent.parent()?)?))
        }
        SyntaxKind::ForEntry => {
            let value = ast::ForEntry::cast(parent.clone())?.value().filter(|value| value.syntax() == node);
            value.and_then(|_| entry(site, &expected(site, &parent.parent()?)?, ""))
        }
        SyntaxKind::Field => {
            let key = ast::Field::cast(parent.clone())?.key()?;
            if key.syntax() == node {
                return None;
            }
            entry(site, &expected(site, &parent.parent()?)?, &key.text()?)
        }
        SyntaxKind::Arg => argument(site, &parent),
        SyntaxKind::WithEntry => braces(site, patched(site, &parent)?),
        _ => of_declaration(site, &parent, node),
    }
}

fn of_ty(ty: Ty, from: Option<Decl>) -> Option<Expected> {
    match &present(&ty).kind {
        Kind::Error => None,
        Kind::Node(node) => Some(Expected::Node { ty: None, path: Vec::new(), node: *node, of: None }),
        Kind::Object(object) => Some(Expected::Object(*object)),
        _ => Some(Expected::Ty { ty, from }),
    }
}

/// Beside an operator: the default of `??` is what the whole is, one side of a comparison what the other is.
fn beside(site: &Site<'_>, binary: &ast::BinaryExpr, node: &SyntaxNode) -> Option<Expected> {
    let other = [binary.lhs(), binary.rhs()].into_iter().flatten().find(|side| side.syntax() != node);
    match binary.op()? {
        ast::BinOp::Coalesce => expected(site, binary.syntax()),
        ast::BinOp::Eq | ast::BinOp::Ne => of_ty(site.ty(other?.syntax())?, source(site, binary, node)),
        ast::BinOp::In => match &present(&site.ty(other?.syntax())?).kind {
            Kind::List(inner) => of_ty(Ty::clone(inner), None),
            Kind::Map(key, _) => of_ty(Ty::constant(Kind::clone(key)), None),
            _ => None,
        },
        _ => None,
    }
}

/// The declaration that the other side of a comparison names.
fn source(site: &Site<'_>, binary: &ast::BinaryExpr, node: &SyntaxNode) -> Option<Decl> {
    let sides = [binary.lhs(), binary.rhs()].into_iter().flatten();
    let other = sides.map(|side| unwrapped(side.syntax())).find(|side| side != node)?;
    let name = ast::NameRef::cast(other.clone())?.text();
    match super::names::value_named(site, &other, &name)?.0 {
        Symbol::Decl(decl) => Some(decl),
        _ => None,
    }
}

fn key_type(base: &Ty) -> Option<Expected> {
    match &present(base).kind {
        Kind::Map(key, _) => of_ty(Ty::constant(Kind::clone(key)), None),
        Kind::Record(fields) => {
            let names = fields.iter().map(|field| Kind::Lit(Lit::Str(field.name.clone())));
            of_ty(Ty::constant(Kind::union(names)), None)
        }
        _ => None,
    }
}

/// What an element of a list is expected to be.
pub(crate) fn element(list: Expected) -> Option<Expected> {
    match list {
        Expected::Node { ty, path, node, of } => {
            let node = list_element(node)?;
            Some(Expected::Node { ty, path, node, of })
        }
        Expected::Ty { ty, from } => match &present(&ty).kind {
            Kind::List(inner) => of_ty(Ty::clone(inner), from),
            _ => None,
        },
        _ => None,
    }
}

fn list_element(node: Node) -> Option<Node> {
    match node.shape() {
        Shape::List(element) => Some(element),
        _ if is_document(node) => Some(node),
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(list_element),
        _ => None,
    }
}

/// What the value of a key is expected to be.
pub(crate) fn entry(site: &Site<'_>, record: &Expected, key: &str) -> Option<Expected> {
    match record {
        Expected::Body { ty, of } => {
            let node = ty.property(key)?.node();
            Some(Expected::Node { ty: Some(*ty), path: vec![key.into()], node, of: *of })
        }
        Expected::Inputs(component) => {
            let input = input_of(site.db, *component, key)?;
            of_ty(cloudc_types::signature(site.db, input).ty.clone(), Some(input))
        }
        Expected::Settings(_) => None,
        Expected::Node { ty, path, node, of } => match node_entry(*node, key)? {
            Entry::Property(property) => {
                let path = path.iter().cloned().chain([Name::new(key)]).collect();
                Some(Expected::Node { ty: *ty, path, node: property.node(), of: *of })
            }
            Entry::Value(node) => Some(Expected::Node { ty: *ty, path: path.clone(), node, of: *of }),
        },
        Expected::Object(object) => {
            let node = object.property(key)?.node();
            Some(Expected::Node { ty: None, path: vec![key.into()], node, of: None })
        }
        Expected::Ty { ty, from } => match &present(ty).kind {
            Kind::Record(_) => of_ty(present(ty).field(key)?.ty.clone(), *from),
            Kind::Map(_, value) => of_ty(Ty::clone(value), *from),
            _ => None,
        },
    }
}

/// What a key is in a record at a position of the schema.
enum Entry {
    /// The name of a property.
    Property(Property),
    /// A key of a map; its value stands here.
    Value(Node),
}

fn node_entry(node: Node, key: &str) -> Option<Entry> {
    match node.shape() {
        Shape::Object(object) => object.property(key).map(Entry::Property),
        Shape::Map { value, .. } => Some(Entry::Value(value)),
        Shape::List(inner) => match node.key_value_names() {
            Some((_, value)) => inner.object()?.property(value).map(|property| Entry::Value(property.node())),
            None => node_entry(inner, key),
        },
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(|one| node_entry(one, key)),
        _ if is_document(node) => Some(Entry::Value(node)),
        _ => None,
    }
}

/// Whether free JSON stands at a position, as such or as text: what is inside is part of the same document.
fn is_document(node: Node) -> bool {
    match node.shape() {
        Shape::Json => true,
        Shape::String => matches!(node.text(), Text::Policy | Text::TrustPolicy | Text::EventPattern | Text::Json),
        _ => false,
    }
}

/// An input of a component, by name.
pub(crate) fn input_of(db: &Database, component: Decl, name: &str) -> Option<Decl> {
    let inputs = cloudc_hir::inputs(db, Owner::Decl(component, Branch::Then)).iter().copied();
    inputs.into_iter().find(|input| input.name(db) == name)
}

/// What an argument of a user's function is expected to be.
fn argument(site: &Site<'_>, arg: &SyntaxNode) -> Option<Expected> {
    let list = arg.parent()?;
    let call = ast::CallExpr::cast(list.parent()?)?;
    let function = function_called(site, &call)?;
    let parameters = cloudc_types::parameters(site.db, function);
    let parameter = match ast::Arg::cast(arg.clone())?.name() {
        Some(name) => parameters.iter().find(|(known, ..)| *known == name.text()),
        None => {
            let before = call.args().take_while(|it| it.syntax() != arg).filter(|it| it.name().is_none()).count();
            parameters.get(before)
        }
    };
    of_ty(parameter?.1.clone(), Some(function))
}

/// The braces of a resource.
fn braces(site: &Site<'_>, resource: Decl) -> Option<Expected> {
    if let Some(component) = cloudc_hir::uses::instance_of(site.db, resource) {
        return Some(Expected::Inputs(component));
    }
    let ty = cloudc_types::signature(site.db, resource).ty.kind.handle()?;
    Some(Expected::Body { ty, of: Some(resource) })
}

/// What an expression directly in a declaration is expected to be.
fn of_declaration(site: &Site<'_>, item: &SyntaxNode, node: &SyntaxNode) -> Option<Expected> {
    match item.kind() {
        SyntaxKind::ResourceItem => braces(site, site.decl_of_item(item)?),
        SyntaxKind::StackItem => Some(Expected::Settings(DeclKind::Stack)),
        SyntaxKind::ProjectItem => Some(Expected::Settings(DeclKind::Project)),
        SyntaxKind::EnvItem => Some(Expected::Settings(DeclKind::Env)),
        SyntaxKind::DefaultsItem => {
            let decl = site.decl_of_item(item)?;
            let ty = ast::DefaultsItem::cast(item.clone())?.ty()?;
            let kind = written(site, decl, &ty).kind;
            match kind {
                Kind::Handle(ty) => Some(Expected::Body { ty, of: None }),
                Kind::Instance(component, _) => Some(Expected::Inputs(component)),
                _ => None,
            }
        }
        SyntaxKind::FnParam => {
            let function = site.decl(item)?;
            let index = item.parent()?.children().filter(|it| it.kind() == SyntaxKind::FnParam).position(|it| it == *item)?;
            of_ty(cloudc_types::parameters(site.db, function).get(index)?.1.clone(), Some(function))
        }
        SyntaxKind::FnItem => {
            let decl = site.decl_of_item(item)?;
            let ty = ast::Fn::cast(item.clone())?.ret_ty()?;
            of_ty(written(site, decl, &ty), Some(decl))
        }
        SyntaxKind::InputItem
        | SyntaxKind::ParamItem
        | SyntaxKind::LetItem
        | SyntaxKind::OutputItem
        | SyntaxKind::ExistingItem => {
            let _ = node;
            let decl = site.decl_of_item(item)?;
            of_ty(cloudc_types::declared_type(site.db, decl).0.clone()?, Some(decl))
        }
        _ => None,
    }
}

fn written(site: &Site<'_>, decl: Decl, ty: &ast::Type) -> Ty {
    let (body, id) = cloudc_hir::lone_type(ty);
    id.map_or_else(Ty::error, |id| cloudc_types::ask::written(site.db, decl.owner(site.db), &body, id))
}

/// The declaration inside a component that an entry of `with` patches.
pub(super) fn patched(site: &Site<'_>, entry: &SyntaxNode) -> Option<Decl> {
    let name = ast::WithEntry::cast(entry.clone())?.key()?.text()?;
    let around = entry.parent()?.parent()?;
    let outer = match around.kind() {
        SyntaxKind::WithEntry => patched(site, &around)?,
        _ => site.decl_of_item(&around).filter(|_| is_item(&around))?,
    };
    let component = cloudc_hir::uses::instance_of(site.db, outer)?;
    find_inner(site.db, component, name).map(|(decl, _)| decl)
}

/// The symbol of a record's key.
pub(super) fn of_key(site: &Site<'_>, field: &ast::Field, at: TextRange) -> Option<Found> {
    let record = field.syntax().parent()?;
    let key = field.key()?;
    if field.is_shorthand() {
        let name = key.text()?;
        let (symbol, import) = super::names::value_named(site, key.syntax(), &name)?;
        return Some(Found { import, ..found(site, at, symbol, Mention::Shorthand) });
    }
    let name = key.text()?;
    let symbol = key_symbol(site, &record, &name, at)?;
    let is_own = matches!(&symbol, Symbol::Field { place, .. } if *place == site.range(at));
    Some(found(site, at, symbol, if is_own { Mention::Declaration } else { Mention::Write }))
}

/// What a key of a record names; a key that nothing expects is a field of its own.
pub(super) fn key_symbol(site: &Site<'_>, record: &SyntaxNode, name: &Name, at: TextRange) -> Option<Symbol> {
    let own = || {
        let place = shape::first_row(site, record, name).unwrap_or_else(|| site.range(at));
        Symbol::Field { name: name.clone(), place }
    };
    let Some(expected) = expected(site, record) else { return Some(own()) };
    match &expected {
        Expected::Body { ty, of } => {
            let property = ty.property(name)?;
            Some(Symbol::Property { ty: Some(*ty), path: vec![name.clone()], property, of: *of })
        }
        Expected::Inputs(component) => input_of(site.db, *component, name).map(Symbol::Decl),
        Expected::Settings(of) => Some(Symbol::Setting { of: *of, name: name.clone() }),
        Expected::Node { ty, path, node, of } => match node_entry(*node, name) {
            Some(Entry::Property(property)) => {
                let path = path.iter().cloned().chain([name.clone()]).collect();
                Some(Symbol::Property { ty: *ty, path, property, of: *of })
            }
            _ => Some(own()),
        },
        Expected::Object(object) => {
            let property = object.property(name)?;
            Some(Symbol::Property { ty: None, path: vec![name.clone()], property, of: None })
        }
        Expected::Ty { .. } => {
            let place = shape::declared_field(site, record, name);
            Some(place.map_or_else(own, |place| Symbol::Field { name: name.clone(), place }))
        }
    }
}

/// What a text is written for, where only certain texts fit; the outer `None` where any text does.
pub(super) fn enumerated(site: &Site<'_>, string: &SyntaxNode) -> Option<Option<Symbol>> {
    match expected(site, string)? {
        Expected::Node { ty, path, node, of } => {
            if node.constraints().allowed.is_empty() {
                return None;
            }
            let property = ty.zip(path.first()).and_then(|(ty, _)| ty.property_at(&path.join(".")));
            Some(property.map(|property| Symbol::Property { ty, path, property, of }))
        }
        Expected::Ty { ty, from } => {
            let text = ast::StringExpr::cast(string.clone())?.text()?;
            let owner = |decl| super::enums::listed(site.db, decl, &text).map_or(decl, |(owner, _)| owner);
            has_texts(&present(&ty).kind).then(|| from.map(owner).map(Symbol::Decl))
        }
        _ => None,
    }
}

fn has_texts(kind: &Kind) -> bool {
    match kind {
        Kind::Lit(Lit::Str(_)) => true,
        Kind::Union(members) => members.iter().any(has_texts),
        _ => false,
    }
}

/// Where a resource writes the property at a path.
pub(super) fn written_key(db: &Database, resource: Decl, path: &[Name]) -> Option<FileRange> {
    if !matches!(cloudc_hir::body(db, resource).parts, Parts::Resource { .. }) {
        return None;
    }
    let (site, item) = item_of(db, resource)?;
    let mut records = vec![ast::Resource::cast(item)?.body()?];
    let mut place = None;
    for name in path {
        let fields = records.iter().flat_map(|record| record.entries()).filter_map(|entry| match entry {
            ast::Entry::Field(field) => Some(field),
            _ => None,
        });
        let field = fields.into_iter().find(|field| field.key().and_then(|key| key.text()).as_ref() == Some(name))?;
        place = field.key().map(|key| site.range(key.range()));
        records = field.value().map(|value| nearest_records(value.syntax())).unwrap_or_default();
    }
    place
}

/// The records in a value that are not inside another record: itself, or the elements of a list.
fn nearest_records(value: &SyntaxNode) -> Vec<ast::RecordExpr> {
    let mut records = Vec::new();
    let mut walk = value.preorder();
    while let Some(event) = walk.next() {
        if let cloudc_syntax::WalkEvent::Enter(node) = event
            && let Some(record) = ast::RecordExpr::cast(node)
        {
            records.push(record);
            walk.skip_subtree();
        }
    }
    records
}
