//! Arguments of functions, methods and `@attributes`: what each expects, and which can be given by name.

use cloudc_hir::{Decl, DeclKind, Name, Namespace, Resolution};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode};
use cloudc_types::{Kind, Phase, Ty, ask};

use super::attributes;
use super::expected::Expected;
use super::paths::PathKind;
use super::scene::Scene;

/// A parameter that can be named in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub name: Name,
    /// As a user would write it.
    pub ty: String,
    pub required: bool,
}

/// What is called.
pub(crate) enum Callee {
    /// A declared function.
    Declared(Decl),
    /// A built-in function or `aws.zones_in`.
    BuiltIn(ask::BuiltIn),
    /// A method of a value of a type.
    Method(ask::BuiltIn, Ty),
}

/// What a call calls.
pub(crate) fn callee(scene: &Scene, call: &ast::CallExpr) -> Option<Callee> {
    match call.callee()? {
        ast::Expr::NameRef(name) => {
            let name = name.text();
            match cloudc_hir::resolve(scene.db, scene.owner, Namespace::Value, name.clone()) {
                Some(Resolution::Decl { decl, .. }) if decl.kind(scene.db) == DeclKind::Fn => Some(Callee::Declared(decl)),
                Some(_) => None,
                None => ask::functions(scene.db).into_iter().find(|known| known.name == name).map(Callee::BuiltIn),
            }
        }
        ast::Expr::Field(field) => {
            let name = field.name()?.text();
            let base = field.base()?;
            if let ast::Expr::NameRef(space) = &base {
                match cloudc_hir::resolve(scene.db, scene.owner, Namespace::Value, space.text()) {
                    Some(Resolution::Module { file, .. }) => {
                        let decl = cloudc_hir::module_item(scene.db, file, Namespace::Value, name)?;
                        return (decl.kind(scene.db) == DeclKind::Fn).then_some(Callee::Declared(decl));
                    }
                    None if space.text() == "aws" && name == "zones_in" => return Some(Callee::BuiltIn(ask::zones_in(scene.db))),
                    _ => {}
                }
            }
            let receiver = scene.type_of(&base).present().clone();
            let mut known = ask::members(scene.db, &receiver).into_iter().map(|(member, _)| member);
            known.find(|member| member.called && member.name == name).map(|method| Callee::Method(method, receiver))
        }
        _ => None,
    }
}

/// The call or attribute an argument belongs to, and how many stand before it.
fn place(arg: &SyntaxNode) -> Option<(SyntaxNode, usize)> {
    let list = arg.parent().filter(|list| list.kind() == SyntaxKind::ArgList)?;
    let before = list.children().take_while(|other| other != arg).filter(|other| other.kind() == SyntaxKind::Arg).count();
    Some((list.parent()?, before))
}

/// What an argument is expected to be.
pub(crate) fn expected(scene: &Scene, arg: &SyntaxNode) -> Expected {
    let Some((outer, index)) = place(arg) else { return Expected::Any };
    let name = ast::Arg::cast(arg.clone()).and_then(|arg| arg.name()).map(|name| name.text());
    if outer.kind() == SyntaxKind::Attr {
        let attribute = ast::Attr::cast(outer).and_then(|attr| attr.name()).map(|name| name.text()).unwrap_or_default();
        return attributes::argument(&attribute, name.as_deref());
    }
    let Some(call) = ast::CallExpr::cast(outer) else { return Expected::Any };
    let at = |names: Vec<&str>| match &name {
        Some(name) => names.iter().position(|known| known == name),
        None => Some(index),
    };
    match callee(scene, &call) {
        Some(Callee::Declared(decl)) => {
            let parameters = ask::parameters(scene.db, decl);
            let index = at(parameters.iter().map(|(name, ..)| name.as_str()).collect());
            let ty = index.and_then(|index| parameters.get(index)).map(|(_, ty, _)| ty.map_phases(&mut |_| Phase::CONST));
            ty.map_or(Expected::Any, |ty| Expected::of(ty.kind))
        }
        Some(Callee::BuiltIn(function)) => {
            let Some(index) = at(function.args.iter().map(|(name, _)| *name).collect()) else { return Expected::Any };
            if matches!((function.name, index), ("stack_output", 2) | ("zones_in", 0)) {
                return Expected::Doc(&super::documents::REGION_CODE);
            }
            match ask::argument_type(function.name, index) {
                Some(ty) if ty.kind != Kind::Json => Expected::of(ty.kind),
                _ => Expected::Any,
            }
        }
        Some(Callee::Method(method, receiver)) => match (method.name, &receiver.kind) {
            ("contains", Kind::List(element)) => Expected::of(element.kind.clone()),
            ("every_in", list) => Expected::of(list.clone()),
            _ => ask::argument_type(method.name, index).map_or(Expected::Any, |ty| Expected::of(ty.kind)),
        },
        None => Expected::Any,
    }
}

/// The parameters that an argument can still name.
pub(crate) fn parameters(scene: &Scene, arg: &SyntaxNode) -> Vec<Parameter> {
    let Some((outer, index)) = place(arg) else { return Vec::new() };
    let list = arg.parent().into_iter().flat_map(|list| list.children().collect::<Vec<_>>());
    let named: Vec<Name> =
        list.filter(|other| other != arg).filter_map(|other| Some(ast::Arg::cast(other)?.name()?.text())).collect();
    if outer.kind() == SyntaxKind::Attr {
        let attribute = ast::Attr::cast(outer).and_then(|attr| attr.name()).map(|name| name.text()).unwrap_or_default();
        let known = attributes::arguments(&attribute).iter().filter(|(name, _)| !named.iter().any(|other| other == name));
        return known.map(|(name, ty)| Parameter { name: (*name).into(), ty: (*ty).to_owned(), required: false }).collect();
    }
    let Some(call) = ast::CallExpr::cast(outer) else { return Vec::new() };
    let all: Vec<Parameter> = match callee(scene, &call) {
        Some(Callee::Declared(decl)) => ask::parameters(scene.db, decl)
            .iter()
            .map(|(name, ty, default)| Parameter {
                name: name.clone(),
                ty: cloudc_types::display(scene.db, ty),
                required: !default,
            })
            .collect(),
        Some(Callee::BuiltIn(function) | Callee::Method(function, _)) if function.args.len() > 1 => function
            .args
            .iter()
            .enumerate()
            .map(|(at, (name, ty))| Parameter { name: (*name).into(), ty: ty.clone(), required: at < function.required })
            .collect(),
        _ => Vec::new(),
    };
    // What stands before by position is taken.
    let positional = index.saturating_sub(named.len().min(index));
    all.into_iter().skip(positional).filter(|parameter| !named.contains(&parameter.name)).collect()
}

/// What an argument that is a path of the project names: of `file`, `asset`, `image`, `template`, `build`.
pub(crate) fn takes_path(arg: &SyntaxNode) -> Option<PathKind> {
    let Some((outer, 0)) = place(arg) else { return None };
    let Some(ast::Expr::NameRef(name)) = ast::CallExpr::cast(outer).and_then(|call| call.callee()) else { return None };
    match name.text().as_str() {
        "file" | "template" | "build" => Some(PathKind::File),
        "asset" => Some(PathKind::Entry),
        "image" => Some(PathKind::Folder),
        _ => None,
    }
}
