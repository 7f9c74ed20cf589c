//! What is expected where an expression stands: read off the tree around it, from the declaration inwards.
//!
//! In: a node of a lone parse and its [`Scene`]. Out: [`Expected`]. Always: only what is written above the node is looked at, so it
//! works however little of the program is there.

use std::sync::Arc;

use cloudc_hir::{Decl, Name};
use cloudc_schema::{Node, Object, Shape, Text};
use cloudc_syntax::ast::{self, AstNode, BinOp, PrefixOp};
use cloudc_syntax::{SyntaxKind, SyntaxNode};
use cloudc_types::{Kind, Ty};

use super::documents::{self, Doc};
use super::habits::Spot;
use super::scene::Scene;

/// What is expected of a value.
#[derive(Debug, Clone)]
pub(crate) enum Expected {
    /// Nothing is known.
    Any,
    /// A value of a type; most often [`Kind::Node`], a position of the schema.
    Ty(Ty),
    /// A part of a document that the schema leaves free.
    Doc(&'static Doc),
    /// The inputs of a component.
    Inputs(Decl),
    /// A resource, an instance, or several.
    Resources,
}

impl Expected {
    /// Of a kind.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Error => Expected::Any,
            kind => Expected::Ty(Ty::constant(kind)),
        }
    }

    fn ty(ty: Ty) -> Self {
        if ty.is_error() { Expected::Any } else { Expected::Ty(ty) }
    }

    /// What a position of the schema expects; free documents whose form is known are read as such.
    pub fn node(node: Node) -> Self {
        let document = match node.text() {
            Text::Policy => &documents::POLICY,
            Text::TrustPolicy => &documents::TRUST_POLICY,
            Text::EventPattern => &documents::EVENT_PATTERN,
            _ => return Expected::of(Kind::Node(node)),
        };
        Expected::Doc(document)
    }

    /// The type without `?`.
    pub fn kind(&self) -> Option<&Kind> {
        match self {
            Expected::Ty(ty) => Some(&ty.present().kind),
            _ => None,
        }
    }

    /// What an element of a list expects here; a single value may stand for a list.
    pub fn element(&self) -> Expected {
        match self {
            Expected::Doc(Doc::List(inner)) => Expected::Doc(inner),
            Expected::Doc(Doc::Regions(_)) => Expected::Doc(&Doc::Region),
            Expected::Ty(ty) => match &ty.present().kind {
                Kind::Node(node) => node_element(*node).map_or_else(|| self.clone(), Expected::node),
                Kind::List(element) => Expected::ty(Ty::clone(element)),
                Kind::Json => Expected::Any,
                _ => self.clone(),
            },
            other => other.clone(),
        }
    }

    /// What the value of a key expects in a record that is expected.
    pub fn field(&self, scene: &Scene, key: &str) -> Expected {
        match self {
            Expected::Doc(doc) => doc.field(key).map_or(Expected::Any, Expected::Doc),
            Expected::Inputs(component) => {
                let input = cloudc_types::component_inputs(scene.db, *component).iter().find(|input| input.name == key);
                input.map_or(Expected::Any, |input| Expected::ty(input.ty.clone()))
            }
            Expected::Ty(ty) => match &ty.present().kind {
                Kind::Node(node) => node_field(*node, key).map_or(Expected::Any, Expected::node),
                Kind::Object(object) => object.property(key).map_or(Expected::Any, |property| Expected::node(property.node())),
                Kind::Record(fields) => {
                    fields.iter().find(|field| field.name == key).map_or(Expected::Any, |field| Expected::ty(field.ty.clone()))
                }
                Kind::Map(_, value) => Expected::ty(Ty::clone(value)),
                _ => Expected::Any,
            },
            Expected::Any | Expected::Resources => Expected::Any,
        }
    }
}

fn node_element(node: Node) -> Option<Node> {
    match node.shape() {
        Shape::List(element) => Some(element),
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(node_element),
        _ => None,
    }
}

fn node_field(node: Node, key: &str) -> Option<Node> {
    match node.shape() {
        Shape::Object(object) => object.property(key).map(|property| property.node()),
        Shape::Map { value, .. } => Some(value),
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(|one| node_field(one, key)),
        // One entry of a map stands for a pair of key and value; else one record stands for a list of one.
        Shape::List(element) => match node.key_value_names() {
            Some((_, value)) => element.inner_property(value).map(|property| property.node()),
            None => node_field(element, key),
        },
        _ => None,
    }
}

/// The objects of the schema whose properties a record at this position may write.
pub(crate) fn objects(node: Node) -> Vec<Object> {
    match node.shape() {
        Shape::Object(object) => vec![object],
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

/// What is expected of the expression at `node`.
pub(crate) fn expected(scene: &Scene, node: &SyntaxNode) -> Expected {
    let Some(parent) = node.parent() else { return Expected::Any };
    match parent.kind() {
        SyntaxKind::Field => of_field(scene, node, &parent),
        SyntaxKind::ItemElem => parent.parent().map_or(Expected::Any, |list| expected(scene, &list).element()),
        SyntaxKind::SpreadElem | SyntaxKind::SpreadEntry => {
            parent.parent().map_or(Expected::Any, |outer| expected(scene, &outer))
        }
        SyntaxKind::ForElem => of_comprehension(scene, node, &parent),
        SyntaxKind::ForEntry => {
            let entry = ast::ForEntry::cast(parent.clone());
            let value = entry.and_then(|entry| entry.value()).is_some_and(|value| value.syntax() == node);
            if !value {
                return Expected::Any;
            }
            parent.parent().map_or(Expected::Any, |record| expected(scene, &record).field(scene, ""))
        }
        SyntaxKind::IfBranch | SyntaxKind::ParenExpr => expected(scene, &outer(&parent)),
        SyntaxKind::MatchArm => parent.ancestors().nth(2).map_or(Expected::Any, |matching| expected(scene, &matching)),
        SyntaxKind::Guard | SyntaxKind::IfExpr => Expected::of(Kind::Bool),
        SyntaxKind::IfItem => Expected::of(Kind::Bool),
        SyntaxKind::BinaryExpr => of_operand(scene, node, &parent),
        SyntaxKind::PrefixExpr => match ast::PrefixExpr::cast(parent.clone()).and_then(|prefix| prefix.op()) {
            Some(PrefixOp::Not) => Expected::of(Kind::Bool),
            _ => Expected::of(Kind::Int(None)),
        },
        SyntaxKind::IndexExpr => of_index(scene, node, &parent),
        SyntaxKind::Interp => Expected::of(Kind::Str(None)),
        SyntaxKind::Arg => super::arguments::expected(scene, &parent),
        SyntaxKind::WithEntry => of_patch(scene, &parent),
        _ => of_item(scene, node, &parent),
    }
}

/// A branch's `if`, a parenthesis itself.
fn outer(node: &SyntaxNode) -> SyntaxNode {
    match node.kind() {
        SyntaxKind::IfBranch => node.parent().unwrap_or_else(|| node.clone()),
        _ => node.clone(),
    }
}

fn of_field(scene: &Scene, node: &SyntaxNode, parent: &SyntaxNode) -> Expected {
    let Some(field) = ast::Field::cast(parent.clone()) else { return Expected::Any };
    if field.key().is_some_and(|key| matches!(&key, ast::Key::String(string) if string.syntax() == node)) {
        return Expected::Any;
    }
    let key = field.key().and_then(|key| key.text()).unwrap_or_default();
    parent.parent().map_or(Expected::Any, |record| expected(scene, &record).field(scene, &key))
}

fn of_comprehension(scene: &Scene, node: &SyntaxNode, parent: &SyntaxNode) -> Expected {
    let element = ast::ForElem::cast(parent.clone());
    let iterable = element.and_then(|element| element.iterable()).is_some_and(|iterable| iterable.syntax() == node);
    if iterable {
        return several();
    }
    parent.parent().map_or(Expected::Any, |list| expected(scene, &list).element())
}

/// A list of whatever.
fn several() -> Expected {
    Expected::of(Kind::List(Arc::new(Ty::error())))
}

fn of_operand(scene: &Scene, node: &SyntaxNode, parent: &SyntaxNode) -> Expected {
    let Some(binary) = ast::BinaryExpr::cast(parent.clone()) else { return Expected::Any };
    let other = [binary.lhs(), binary.rhs()].into_iter().flatten().find(|side| side.syntax() != node);
    let of_other = || other.as_ref().map_or(Expected::Any, |other| Expected::ty(scene.type_of(other)));
    match binary.op() {
        Some(BinOp::And | BinOp::Or) => Expected::of(Kind::Bool),
        Some(BinOp::Eq | BinOp::Ne) => of_other(),
        Some(BinOp::Coalesce) => match expected(scene, parent) {
            Expected::Any => of_other(),
            outer => outer,
        },
        Some(BinOp::In) if binary.rhs().is_some_and(|rhs| rhs.syntax() == node) => several(),
        Some(BinOp::In) => of_other().element(),
        Some(BinOp::Add) => expected(scene, parent),
        Some(_) => Expected::of(Kind::Int(None)),
        None => Expected::Any,
    }
}

fn of_index(scene: &Scene, node: &SyntaxNode, parent: &SyntaxNode) -> Expected {
    let Some(index) = ast::IndexExpr::cast(parent.clone()) else { return Expected::Any };
    let Some(base) = index.base() else { return Expected::Any };
    if base.syntax() == node {
        return Expected::Any;
    }
    match scene.type_of(&base).present().kind.clone() {
        Kind::Map(key, _) => Expected::of(Kind::clone(&key)),
        Kind::Record(fields) => {
            let keys = fields.iter().map(|field| Kind::Lit(cloudc_types::ty::Lit::Str(field.name.clone())));
            Expected::of(Kind::union(keys))
        }
        Kind::List(_) => Expected::of(Kind::Int(None)),
        _ => Expected::Any,
    }
}

fn of_patch(scene: &Scene, entry: &SyntaxNode) -> Expected {
    let Some(component) = patched(scene, entry) else { return Expected::Any };
    let name = ast::WithEntry::cast(entry.clone()).and_then(|entry| entry.key()).and_then(|key| key.text());
    name.and_then(|name| scene.inner(component, &name)).map_or(Expected::Any, |kind| of_body(&kind))
}

/// The component whose inner declarations a `with` entry (or the block around it) patches.
pub(crate) fn patched(scene: &Scene, node: &SyntaxNode) -> Option<Decl> {
    let block = node.ancestors().find(|it| it.kind() == SyntaxKind::WithBlock)?;
    let owner = block.parent()?;
    let kind = match owner.kind() {
        SyntaxKind::ResourceItem => scene.written(&ast::Resource::cast(owner)?.ty()?).kind,
        SyntaxKind::WithEntry => {
            let component = patched(scene, &owner)?;
            scene.inner(component, &ast::WithEntry::cast(owner)?.key()?.text()?)?
        }
        _ => return None,
    };
    match kind {
        Kind::Instance(component, _) => Some(component),
        _ => None,
    }
}

/// What the braces behind a type expect.
fn of_body(kind: &Kind) -> Expected {
    match kind {
        Kind::Handle(ty) => Expected::of(Kind::Object(ty.body())),
        Kind::Instance(component, _) => Expected::Inputs(*component),
        _ => Expected::Any,
    }
}

/// The type written in a resource or `defaults`, as what its body expects.
fn body_of(scene: &Scene, ty: Option<ast::Type>) -> Expected {
    ty.map_or(Expected::Any, |ty| of_body(&scene.written(&ty).kind))
}

fn of_item(scene: &Scene, node: &SyntaxNode, parent: &SyntaxNode) -> Expected {
    let Some(item) = ast::Item::cast(parent.clone()) else { return Expected::Any };
    let annotated = |ty: Option<ast::Type>| ty.map_or(Expected::Any, |ty| Expected::ty(plain(scene.written(&ty))));
    match &item {
        ast::Item::Resource(it) => body_of(scene, it.ty()),
        ast::Item::Defaults(it) => match it.ty() {
            Some(ty) if ty.syntax().text().to_string().ends_with('*') => Expected::Doc(&documents::TAGS),
            ty => body_of(scene, ty),
        },
        ast::Item::Input(it) => annotated(it.ty()),
        ast::Item::Param(it) => annotated(it.ty()),
        ast::Item::Let(it) => annotated(it.ty()),
        ast::Item::Output(it) => match it.as_ty() {
            Some(ty) => Expected::ty(identity(scene.written(&ty))),
            None => annotated(it.ty()),
        },
        ast::Item::Existing(it) => it.ty().map_or(Expected::Any, |ty| Expected::ty(identity(scene.written(&ty)))),
        ast::Item::Fn(it) => annotated(it.ret_ty()),
        ast::Item::Assert(it) => match it.message() {
            Some(message) if message.syntax() == node => Expected::of(Kind::Str(None)),
            _ => Expected::of(Kind::Bool),
        },
        ast::Item::For(it) if it.by().is_some_and(|by| by.syntax() == node) => Expected::Any,
        ast::Item::For(_) => several(),
        ast::Item::Stack(_) => Expected::Doc(&documents::STACK),
        ast::Item::Project(_) => Expected::Doc(&documents::PROJECT),
        ast::Item::Env(_) => Expected::Doc(&documents::ENV),
        ast::Item::Moved(_) | ast::Item::Forget(_) => Expected::Resources,
        _ => Expected::Any,
    }
}

/// What a default of this type is: the text of a secret, the name of a stored parameter.
fn plain(ty: Ty) -> Ty {
    match ty.kind {
        Kind::Secret(inner) => Ty::clone(&inner),
        Kind::Ssm(_) => Ty::constant(Kind::Str(None)),
        _ => ty,
    }
}

/// The identifier of a resource type.
fn identity(ty: Ty) -> Ty {
    match ty.kind {
        Kind::Handle(handle) => Ty::constant(Kind::Ident([handle.ref_ident()].into())),
        _ => ty,
    }
}

/// Where a record or value stands inside a resource, as its type and keys are written.
pub(crate) fn habit(node: &SyntaxNode) -> Option<Spot> {
    let mut path = Vec::new();
    for around in node.ancestors() {
        match around.kind() {
            SyntaxKind::Field if around != *node => path.push(ast::Field::cast(around)?.key()?.text()?),
            SyntaxKind::ResourceItem | SyntaxKind::DefaultsItem => {
                let item = ast::Item::cast(around)?;
                let ty = match &item {
                    ast::Item::Resource(it) => it.ty()?,
                    ast::Item::Defaults(it) => it.ty()?,
                    _ => return None,
                };
                path.reverse();
                return Some(Spot { ty: ty.syntax().text().to_string().into(), path });
            }
            SyntaxKind::WithBlock | SyntaxKind::ArgList => return None,
            _ => {}
        }
    }
    None
}

/// The names of the fields that are written in a record, except the one at `except`.
pub(crate) fn written_keys(record: &SyntaxNode, except: Option<&SyntaxNode>) -> Vec<Name> {
    let fields = record.children().filter(|child| Some(child) != except).filter_map(ast::Field::cast);
    fields.filter_map(|field| field.key()?.text()).collect()
}
