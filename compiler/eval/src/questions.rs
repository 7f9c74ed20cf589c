//! What a target's `lookup(…)`s ask, for whoever asks AWS and writes the lock file.
//!
//! In: a target, with the lock file as it is. Out: every question that can be put, once; names of properties that the program reads.
//! Always: only what building the target evaluates is asked. A question that depends on the answer to another one appears once that
//! answer is in the file.

use std::collections::BTreeSet;

use cloudc_base::File;
use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_types::typed::{Kind, Typed};
use rustc_hash::FxHashSet;
use serde_json::Value as Json;

use crate::frame::{Frame, Site, Target};
use crate::member::{MemberKind, each, members};
use crate::{Db, assertion, lock, project, resources, value_of};

/// One `existing` that is looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The declaration.
    pub decl: Decl,
    /// The resource type.
    pub ty: String,
    /// `id`, `tags`, `where`, as far as they are given.
    pub query: Json,
}

/// Where a target is built for, as far as the program says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The environment's account.
    pub account: Option<Name>,
    /// The region.
    pub region: Option<Name>,
    /// The environment's role.
    pub role: Option<Name>,
    /// What the role's trust policy asks for.
    pub external_id: Option<Name>,
}

/// Where a target is built for.
pub fn place(db: &dyn Db, target: Target) -> Place {
    Place {
        account: project::environment_setting(db, target, "account"),
        region: project::region_of(db, target),
        role: project::environment_setting(db, target, "role"),
        external_id: project::environment_setting(db, target, "external_id"),
    }
}

/// The questions of a target, in source order; those of other files come last.
pub fn questions(db: &dyn Db, target: Target) -> Vec<Question> {
    let top = Frame::of_target(db, target);
    let mut open: Vec<Site> = members(db, top).reads.clone();
    let mut existing = Vec::new();
    each(db, top, &mut |member| {
        match (&member.inner, member.kind) {
            (MemberKind::Instance(inner), _) => open.extend(&members(db, *inner).reads),
            (MemberKind::Turns(turns), _) => turns.iter().for_each(|turn| open.extend(&members(db, *turn).reads)),
            (MemberKind::Leaf, kind) => open.extend(reads_of(db, member.site, kind)),
        }
        if member.kind == DeclKind::Existing {
            existing.push(member.site);
        }
    });
    let mut seen = FxHashSet::default();
    while let Some(site) = open.pop() {
        let kind = site.decl(db).kind(db);
        if kind != DeclKind::Stack && seen.insert(site) {
            open.extend(reads_of(db, site, kind));
            if kind == DeclKind::Existing && !existing.contains(&site) {
                existing.push(site);
            }
        }
    }
    let mut found: Vec<Question> = Vec::new();
    for site in existing {
        let decl = site.decl(db);
        let asked = crate::evaluate::lookup_query(db, site).zip(lock::handle_name(db, decl));
        let Some((query, ty)) = asked else { continue };
        let question = Question { decl, ty, query };
        if !found.iter().any(|known| (&known.ty, &known.query) == (&question.ty, &question.query)) {
            found.push(question);
        }
    }
    found
}

fn reads_of(db: &dyn Db, site: Site, kind: DeclKind) -> Vec<Site> {
    match kind {
        DeclKind::Resource if site.decl(db).kind(db) == DeclKind::Resource => match crate::frame::instance(db, site) {
            Some(_) => Vec::new(),
            None => resources::resource(db, site).reads.clone(),
        },
        DeclKind::Assert => assertion(db, site).reads.clone(),
        DeclKind::Let | DeclKind::Input | DeclKind::Param | DeclKind::Output | DeclKind::Existing => {
            value_of(db, site).reads.clone()
        }
        _ => Vec::new(),
    }
}

/// Names of properties and attributes that a file, or one that it imports, reads of a handle of this type: `CidrBlock`, and `Endpoint`
/// where `Endpoint.Address` is read.
pub fn read_of_type(db: &dyn Db, file: File, ty: &str) -> BTreeSet<String> {
    let mut files = vec![file];
    let mut seen = FxHashSet::from_iter([file]);
    let mut names = BTreeSet::new();
    while let Some(file) = files.pop() {
        for decl in cloudc_hir::all_declarations(db, file) {
            let typed = cloudc_types::typed(db, *decl);
            names.extend(typed.nodes.iter().filter_map(|node| read(typed, &node.kind, ty)));
        }
        files.extend(cloudc_hir::resolve::imported_files(db, file).iter().copied().filter(|other| seen.insert(*other)));
    }
    names
}

/// The property that an expression reads, if it may be one of that type.
fn read(typed: &Typed, kind: &Kind, ty: &str) -> Option<String> {
    let (base, name) = match kind {
        Kind::Attr { base, attr } => (*base, attr),
        Kind::ReadBack { base, property } => (*base, property),
        _ => return None,
    };
    let known = typed.types.get(typed.node(base).src.0 as usize).and_then(Option::as_ref);
    // Where the type is not certain (one of several, a list's elements), the name is taken.
    let other = matches!(known.map(|known| &known.kind), Some(cloudc_types::Kind::Handle(handle)) if handle.name() != ty);
    let first = name.split('.').next().unwrap_or(name);
    (!other).then(|| first.to_owned())
}
