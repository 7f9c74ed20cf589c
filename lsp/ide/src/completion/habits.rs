//! What the workspace's own resources write: properties they set, values they give, services they use.
//!
//! What somebody wrote once is likelier than what nobody did. Only names and bodies are read, no types.

use cloudc_hir::body::{Element, Entry, Expr, Key, Literal, Parts, TypeRef};
use cloudc_hir::{Body, Decl, DeclKind, ExprId, Name};
use cloudc_types::ty::Lit;
use rustc_hash::{FxHashMap, FxHashSet};

use super::context::Context;

/// The most resources looked at for one answer.
const MOST: usize = 2_000;

/// A record inside resources of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// As the type is written.
    pub ty: Name,
    /// Keys from the resource's own properties inwards; lists are not counted.
    pub path: Vec<Name>,
}

/// How often each key is written in such records.
pub(crate) fn keys(ctx: &Context, spot: &Spot) -> FxHashMap<Name, u32> {
    let mut counts = FxHashMap::default();
    each_resource(ctx, &spot.ty, |body, record| {
        at_path(body, record, &spot.path, &mut |id| {
            let Expr::Record(entries) = body.expr(id) else { return };
            for entry in entries {
                if let Entry::Field { key: Key::Text(name), .. } = entry {
                    *counts.entry(name.clone()).or_default() += 1;
                }
            }
        });
    });
    counts
}

/// The literals written at such a place.
pub(crate) fn values(ctx: &Context, spot: &Spot) -> Vec<Lit> {
    let mut found = Vec::new();
    each_resource(ctx, &spot.ty, |body, record| {
        at_path(body, record, &spot.path, &mut |id| {
            if let Expr::Literal(literal @ (Literal::Str(_) | Literal::Int(_))) = body.expr(id)
                && let Some(lit) = Lit::of(literal)
                && !found.contains(&lit)
            {
                found.push(lit);
            }
        });
    });
    found
}

/// The services whose types the file uses.
pub(crate) fn services(ctx: &Context) -> FxHashSet<Name> {
    let mut services = FxHashSet::default();
    for decl in cloudc_hir::all_declarations(ctx.scene.db, ctx.scene.file).iter().take(MOST) {
        if let Some(path) = type_of(ctx, *decl)
            && let Some(service) = path.split("::").nth(1)
        {
            services.insert(service.into());
        }
    }
    services
}

/// The type written with a resource.
fn type_of<'a>(ctx: &Context<'a>, decl: Decl) -> Option<&'a Name> {
    let db = ctx.scene.db;
    if decl.kind(db) != DeclKind::Resource {
        return None;
    }
    let body = cloudc_hir::body(db, decl);
    match &body.parts {
        Parts::Resource { ty: Some(ty), .. } => match body.ty(*ty) {
            TypeRef::Path { path, .. } => Some(path),
            _ => None,
        },
        _ => None,
    }
}

fn each_resource(ctx: &Context, ty: &Name, mut visit: impl FnMut(&Body, ExprId)) {
    let db = ctx.scene.db;
    let own = Some(&ctx.scene.file).filter(|file| !ctx.files.contains(file));
    let mut left = MOST;
    for file in own.into_iter().chain(ctx.files) {
        for decl in cloudc_hir::all_declarations(db, *file) {
            if type_of(ctx, *decl) != Some(ty) {
                continue;
            }
            if left == 0 {
                return;
            }
            left -= 1;
            let body = cloudc_hir::body(db, *decl);
            if let Parts::Resource { body: Some(record), .. } = &body.parts {
                visit(body, *record);
            }
        }
    }
}

/// Every expression behind a path of keys, through lists, choices and comprehensions.
fn at_path(body: &Body, id: ExprId, path: &[Name], visit: &mut dyn FnMut(ExprId)) {
    match body.expr(id) {
        Expr::List(elements) => {
            for element in elements {
                match element {
                    Element::Item { value, .. } | Element::For { value, .. } => at_path(body, *value, path, visit),
                    Element::Spread { .. } => {}
                }
            }
        }
        Expr::If { then, otherwise, .. } => {
            at_path(body, *then, path, visit);
            at_path(body, *otherwise, path, visit);
        }
        Expr::Match { arms, .. } => arms.iter().for_each(|arm| at_path(body, arm.body, path, visit)),
        Expr::Record(entries) => {
            let Some((first, rest)) = path.split_first() else { return visit(id) };
            for entry in entries {
                if let Entry::Field { key: Key::Text(name), value, .. } = entry
                    && name == first
                {
                    at_path(body, *value, rest, visit);
                }
            }
        }
        _ if path.is_empty() => visit(id),
        _ => {}
    }
}
