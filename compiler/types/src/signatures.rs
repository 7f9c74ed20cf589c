//! What other declarations see of a declaration: its type, and for conditions and Bools the formula they stand for.

use std::sync::Arc;

use cloudc_hir::body::Parts;
use cloudc_hir::{Anchor, Branch, Decl, DeclKind, Name, Owner, Problem};
use cloudc_schema::Ident;

use crate::Db;
use crate::formula::Formula;
use crate::narrow::{Spot, SpotPath};
use crate::phase::{Base, Phase};
use crate::ty::{Kind, Ty};
use crate::written::Written;

/// What others see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its type, with phases.
    pub ty: Ty,
    /// What a Bool or an `if` stands for.
    pub formula: Option<Formula<Spot>>,
    /// What a `for` binds.
    pub key: Option<Arc<Turn>>,
}

/// The variables of a `for` around declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// A list's index or a map's key.
    pub key: Ty,
    /// The element.
    pub element: Ty,
    /// What names a turn: text or an integer.
    pub name: Kind,
}

/// A demand on a phase variable of a component or function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Which variable.
    pub var: u32,
    /// How late it may be at most.
    pub at_most: Base,
    /// The place that needs it.
    pub because: Anchor,
    /// What needs it, in words.
    pub what: Name,
}

/// An input of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentInput {
    /// Its declaration.
    pub decl: Decl,
    /// Its name.
    pub name: Name,
    /// Its type, with the component's phase variables.
    pub ty: Ty,
    /// Whether it has a default.
    pub has_default: bool,
}

impl Signature {
    /// Of something already reported.
    pub fn error() -> Self {
        Signature { ty: Ty::error(), formula: None, key: None }
    }

    fn of(ty: Ty) -> Self {
        Signature { ty, formula: None, key: None }
    }
}

/// What others see of a declaration. Equal answers stop an edit here.
#[salsa::tracked(returns(ref), cycle_result = signature_cycle)]
pub fn signature(db: &dyn Db, decl: Decl) -> Signature {
    match decl.kind(db) {
        DeclKind::Input => input_signature(db, decl),
        DeclKind::Param => boolean(decl, crate::params::param_type(db, decl).clone()),
        DeclKind::Resource => resource_signature(db, decl),
        DeclKind::Component | DeclKind::Type => Signature::error(),
        _ => crate::inferred(db, decl).signature.clone(),
    }
}

fn signature_cycle(_db: &dyn Db, _id: salsa::Id, _decl: Decl) -> Signature {
    Signature::error()
}

/// A Bool that is a place of its own.
fn boolean(decl: Decl, ty: Ty) -> Signature {
    let formula = ty.kind.is_bool().then(|| Formula::bool_place(Spot::Value(SpotPath::decl(decl))));
    Signature { ty, formula, key: None }
}

fn input_signature(db: &dyn Db, decl: Decl) -> Signature {
    let in_component = decl.container(db);
    if let Some(component) = in_component.filter(|container| container.kind(db) == DeclKind::Component) {
        let inputs = component_inputs(db, component);
        let ty = inputs.iter().find(|input| input.decl == decl).map_or_else(Ty::error, |input| input.ty.clone());
        return boolean(decl, ty);
    }
    boolean(decl, declared_or_default(db, decl))
}

/// The annotation, or what the default is, widened: an `input` without a type takes any value of the default's type.
fn declared_or_default(db: &dyn Db, decl: Decl) -> Ty {
    let (declared, _) = declared_type(db, decl);
    if let Some(ty) = declared {
        return ty.clone();
    }
    let Parts::Value { value: Some(value), .. } = cloudc_hir::body(db, decl).parts else { return Ty::error() };
    let mut ctx = crate::infer::Ctx::new(db, decl);
    let (_, ty) = ctx.infer(value);
    crate::join::widen(&ty).map_phases(&mut |_| Phase::CONST)
}

fn resource_signature(db: &dyn Db, decl: Decl) -> Signature {
    let body = cloudc_hir::body(db, decl);
    let Parts::Resource { ty: Some(ty), .. } = &body.parts else { return Signature::error() };
    let mut written = Written { db, decl, body, problems: Vec::new() };
    match written.ty(*ty).kind {
        Kind::Handle(ty) => Signature::of(Ty::at(Kind::Handle(ty), Phase::CONST)),
        Kind::Custom(name) => Signature::of(Ty::at(Kind::Custom(name), Phase::CONST)),
        Kind::Instance(..) => crate::inferred(db, decl).signature.clone(),
        _ => Signature::error(),
    }
}

/// The type written with a declaration, if one is, and what is wrong with it.
#[salsa::tracked(returns(ref))]
pub fn declared_type(db: &dyn Db, decl: Decl) -> (Option<Ty>, Vec<Problem>) {
    let body = cloudc_hir::body(db, decl);
    let Parts::Value { ty: Some(ty), .. } = &body.parts else { return (None, Vec::new()) };
    let mut written = Written { db, decl, body, problems: Vec::new() };
    let ty = written.ty(*ty);
    (Some(ty), written.problems)
}

/// The identity in `output x as AWS::…`.
#[salsa::tracked]
pub fn stands_for(db: &dyn Db, decl: Decl) -> Option<Ident> {
    let body = cloudc_hir::body(db, decl);
    let Parts::Value { as_ty: Some(ty), .. } = &body.parts else { return None };
    let mut written = Written { db, decl, body, problems: Vec::new() };
    match written.ty(*ty).kind {
        Kind::Ident(idents) => idents.first().copied(),
        Kind::Handle(ty) => Some(ty.ref_ident()),
        _ => None,
    }
}

/// The inputs of a component in order, each constructor with a phase variable of its own.
#[salsa::tracked(returns(ref), cycle_result = inputs_cycle)]
pub fn component_inputs(db: &dyn Db, component: Decl) -> Vec<ComponentInput> {
    let mut next = 0;
    let mut inputs = Vec::new();
    for decl in cloudc_hir::resolve::inputs(db, Owner::Decl(component, Branch::Then)) {
        let ty = declared_or_default(db, *decl).map_phases(&mut |_| {
            next += 1;
            Phase::var(next - 1)
        });
        let has_default = matches!(cloudc_hir::body(db, *decl).parts, Parts::Value { value: Some(_), .. });
        inputs.push(ComponentInput { decl: *decl, name: decl.name(db).clone(), ty, has_default });
    }
    inputs
}

fn inputs_cycle(_db: &dyn Db, _id: salsa::Id, _decl: Decl) -> Vec<ComponentInput> {
    Vec::new()
}

/// What a component or function demands of its phase variables: for each the strictest bound.
#[salsa::tracked(returns(ref), cycle_result = bounds_cycle)]
pub fn component_bounds(db: &dyn Db, decl: Decl) -> Vec<Bound> {
    let mut all: Vec<Bound> = Vec::new();
    if decl.kind(db) == DeclKind::Fn {
        all.extend(crate::inferred(db, decl).bounds.iter().cloned());
    } else {
        collect_bounds(db, Owner::Decl(decl, Branch::Then), &mut all);
    }
    let mut strictest: Vec<Bound> = Vec::new();
    for bound in all {
        match strictest.iter_mut().find(|known| known.var == bound.var) {
            Some(known) if bound.at_most < known.at_most => *known = bound,
            Some(_) => {}
            None => strictest.push(bound),
        }
    }
    strictest
}

fn bounds_cycle(_db: &dyn Db, _id: salsa::Id, _decl: Decl) -> Vec<Bound> {
    Vec::new()
}

fn collect_bounds(db: &dyn Db, owner: Owner, all: &mut Vec<Bound>) {
    for decl in cloudc_hir::items::declarations(db, owner) {
        // A function's bounds are on its own variables.
        if decl.kind(db) != DeclKind::Fn {
            all.extend(crate::inferred(db, *decl).bounds.iter().cloned());
        }
        if matches!(decl.kind(db), DeclKind::If | DeclKind::For) {
            collect_bounds(db, Owner::Decl(*decl, Branch::Then), all);
            collect_bounds(db, Owner::Decl(*decl, Branch::Else), all);
        }
    }
}

/// The outputs of a component: name, declaration, type as seen inside (with the component's phase variables).
#[salsa::tracked(returns(ref), cycle_result = outputs_cycle)]
pub fn outputs_of(db: &dyn Db, component: Decl) -> Vec<(Name, Decl, Ty)> {
    let owner = Owner::Decl(component, Branch::Then);
    let outputs = cloudc_hir::resolve::outputs(db, owner).iter();
    outputs
        .map(|(name, decl, lift)| {
            let ty = signature(db, *decl).ty.clone();
            (name.clone(), *decl, crate::references::lifted(db, ty, lift))
        })
        .collect()
}

fn outputs_cycle(_db: &dyn Db, _id: salsa::Id, _decl: Decl) -> Vec<(Name, Decl, Ty)> {
    Vec::new()
}
