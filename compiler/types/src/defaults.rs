//! What `defaults` of a stack surely give the resources next to them.
//!
//! In: the bodies of a file's `defaults`. Out: for each type the names that lie below every resource of it. Always: only what is there
//! whatever the parameters are, and only for resources of the stack itself: a component has to be whole wherever it is used.

use cloudc_base::File;
use cloudc_hir::body::{Entry, Expr, ExprId, Key, Literal, Parts};
use cloudc_hir::{Body, DeclKind, Name, Owner, body, declared, home};

use crate::Db;
use crate::infer::Ctx;
use crate::objects::Given;
use crate::ty::Kind;
use crate::written::Written;

/// The properties that the `defaults` of a type write.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Below {
    ty: Name,
    /// Each with whether it is there in every case.
    names: Vec<(Name, bool)>,
}

/// Of all `defaults` of a unit; they stand nowhere else than directly in it.
#[salsa::tracked(returns(ref))]
fn below(db: &dyn Db, file: File) -> Vec<Below> {
    let all = declared(db, Owner::File(file)).filter(|decl| decl.kind(db) == DeclKind::Defaults);
    let found = all.filter_map(|decl| {
        let body = body(db, decl);
        let Parts::Defaults { ty: Some(ty), body: Some(record) } = body.parts else { return None };
        let written = Written { db, decl, body, problems: Vec::new() }.ty(ty);
        let Kind::Handle(handle) = &written.kind else { return None };
        Some(Below { ty: handle.name().into(), names: named(body, record) })
    });
    found.collect()
}

/// Whether a file declares any.
pub(crate) fn any(db: &dyn Db, file: File) -> bool {
    !below(db, home(db, file)).is_empty()
}

fn named(body: &Body, record: ExprId) -> Vec<(Name, bool)> {
    let Expr::Record(entries) = body.expr(record) else { return Vec::new() };
    let names = entries.iter().filter_map(|entry| match entry {
        Entry::Field { key: Key::Text(name), value, guard, .. } => {
            Some((name.clone(), guard.is_none() && *body.expr(*value) != Expr::Literal(Literal::None)))
        }
        _ => None,
    });
    names.collect()
}

impl Ctx<'_> {
    /// What is given to the record `src`: when it is the body of a resource, also what `defaults` put below and it does not write itself.
    pub(crate) fn with_defaults(&self, src: ExprId, given: &[Given]) -> Vec<Given> {
        let mut given = given.to_vec();
        let Parts::Resource { ty: Some(ty), body: Some(record), .. } = self.body.parts else { return given };
        let all = below(self.db, home(self.db, self.decl.file(self.db)));
        if record != src || all.is_empty() || self.decl.container(self.db).is_some() {
            return given;
        }
        let written = Written { db: self.db, decl: self.decl, body: self.body, problems: Vec::new() }.ty(ty);
        let Kind::Handle(handle) = &written.kind else { return given };
        let own = named(self.body, record);
        let names = || all.iter().filter(|one| one.ty == handle.name()).flat_map(|one| &one.names);
        for (name, _) in names() {
            let certain = names().all(|(other, certain)| other != name || *certain);
            let is_new = own.iter().all(|(other, _)| other != name) && given.iter().all(|other| other.name != *name);
            if certain && is_new {
                given.push(Given { name: name.clone(), certain, value: None, key: None });
            }
        }
        given
    }
}
