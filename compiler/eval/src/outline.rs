//! What the rest of a stack depends on in a declaration besides its values.
//!
//! In: typed declarations. Out: whether one is an instance, of which type a resource is, whether it has attributes. Always: remembered per
//! share of a file, so that an edit of properties stops here at the price of a few dozen memos.

use cloudc_base::File;
use cloudc_hir::items::declarations_of;
use cloudc_hir::share::share;
use cloudc_hir::{Decl, Name};
use cloudc_types::typed::{Attr, AttrKind, Root, Typed};
use rustc_hash::FxHashMap;

use crate::Db;

/// Of declarations that are none of this there is no outline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Outline {
    ty: Option<Name>,
    component: Option<Decl>,
    has_attrs: bool,
    nested: bool,
}

#[salsa::tracked(returns(ref))]
fn outlines(db: &dyn Db, file: File, of: u32) -> FxHashMap<Decl, Outline> {
    let outlines = declarations_of(db, file, of).iter().map(|decl| (*decl, outline(cloudc_types::typed(db, *decl))));
    outlines.filter(|(_, outline)| *outline != Outline::default()).collect()
}

fn outline(typed: &Typed) -> Outline {
    Outline { ty: ty(typed).cloned(), component: component(typed), has_attrs: !typed.attrs.is_empty(), nested: nested(typed) }
}

fn ty(typed: &Typed) -> Option<&Name> {
    match &typed.root {
        Root::Resource { ty, .. } => Some(ty),
        _ => None,
    }
}

fn component(typed: &Typed) -> Option<Decl> {
    match &typed.root {
        Root::Instance { component, .. } => Some(*component),
        _ => None,
    }
}

fn nested(typed: &Typed) -> bool {
    typed.attrs.iter().any(|attr| matches!(attr.kind, AttrKind::Nested))
}

/// What has been remembered of a declaration; nothing for the standard library, which never changes and of which little is used.
enum Source<'db> {
    Remembered(Option<&'db Outline>),
    Typed(&'db Typed),
}

fn source(db: &dyn Db, decl: Decl) -> Source<'_> {
    let file = decl.file(db);
    if file.is_std(db) {
        return Source::Typed(cloudc_types::typed(db, decl));
    }
    Source::Remembered(outlines(db, file, share(decl)).get(&decl))
}

/// The CloudFormation type of a resource, without evaluating it.
pub fn type_of(db: &dyn Db, decl: Decl) -> Option<&Name> {
    match source(db, decl) {
        Source::Remembered(outline) => outline?.ty.as_ref(),
        Source::Typed(typed) => ty(typed),
    }
}

/// The component a `resource` makes an instance of.
pub fn component_of(db: &dyn Db, decl: Decl) -> Option<Decl> {
    match source(db, decl) {
        Source::Remembered(outline) => outline?.component,
        Source::Typed(typed) => component(typed),
    }
}

/// Whether an instance is a nested stack: it says so, or its component does.
pub fn is_nested(db: &dyn Db, decl: Decl) -> bool {
    let says = |decl| match source(db, decl) {
        Source::Remembered(outline) => outline.is_some_and(|outline| outline.nested),
        Source::Typed(typed) => nested(typed),
    };
    component_of(db, decl).is_some_and(|component| says(decl) || says(component))
}

/// The attributes of a declaration.
pub(crate) fn attrs_of(db: &dyn Db, decl: Decl) -> &[Attr] {
    match source(db, decl) {
        Source::Remembered(outline) if outline.is_some_and(|outline| outline.has_attrs) => attrs(db, decl),
        Source::Remembered(_) => &[],
        Source::Typed(typed) => &typed.attrs,
    }
}

#[salsa::tracked(returns(ref))]
fn attrs(db: &dyn Db, decl: Decl) -> Vec<Attr> {
    cloudc_types::typed(db, decl).attrs.clone()
}
