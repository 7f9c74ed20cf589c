//! The names of one scope: what its owner declares directly, a file's unit in all its files, and what its `if` and `for` blocks lift into it.
//!
//! In: an [`Owner`]. Out: its [`Scope`], read only by [`crate::resolve()`] and the duplicate check, and its members by kind. Who looks for one
//! name asks [`scope_for`], which knows a share of a file's names: a new name is no news to those who look for others.
//! Always: entries of one name stand in source order, so the first one wins.

use std::hash::BuildHasher as _;

use cloudc_base::{Db, File};
use rustc_hash::{FxBuildHasher, FxHashMap};
use smol_str::SmolStr;

use crate::decl::{Branch, Decl, DeclKind, Namespace, Owner};
use crate::items::declarations;
use crate::share::SHARES;
use crate::unit::{declared, home};

/// The `if` (with its branch) and `for` declarations between a scope and what it lifted out of them, outermost first.
pub type Lift = Vec<(Decl, Branch)>;

/// What a scope knows by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    names: FxHashMap<(Namespace, SmolStr), Vec<Found>>,
    imports: FxHashMap<SmolStr, Vec<Decl>>,
}

/// One declaration a scope finds under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// What it finds.
    pub decl: Decl,
    /// What it stands in, seen from the scope.
    pub lift: Lift,
}

impl Scope {
    fn add(&mut self, db: &dyn Db, found: Found) {
        let (kind, name) = (found.decl.kind(db), found.decl.name(db).clone());
        if name.is_empty() {
            return;
        }
        if matches!(kind, DeclKind::Import | DeclKind::ImportItem) {
            self.imports.entry(name).or_default().push(found.decl);
        } else if let Some(ns) = kind.namespace() {
            self.names.entry((ns, name)).or_default().push(found);
        }
    }

    /// The first declaration of that name.
    pub fn find(&self, ns: Namespace, name: &SmolStr) -> Option<&Found> {
        self.names.get(&(ns, name.clone())).and_then(|found| found.first())
    }

    /// The first import that binds the name.
    pub fn import(&self, name: &SmolStr) -> Option<Decl> {
        self.imports.get(name).and_then(|found| found.first()).copied()
    }

    /// Every name of a namespace and every imported one with its import; in no order.
    pub fn names(&self, ns: Namespace) -> impl Iterator<Item = (&SmolStr, &Found)> {
        self.names.iter().filter(move |((of, _), _)| *of == ns).map(|((_, name), found)| (name, &found[0]))
    }

    /// Every imported name with its first import; in no order.
    pub fn imports(&self) -> impl Iterator<Item = (&SmolStr, Decl)> {
        self.imports.iter().map(|(name, found)| (name, found[0]))
    }
}

/// What an owner's scope knows of one name, and maybe of others.
pub(crate) fn scope_for<'db>(db: &'db dyn Db, owner: Owner, name: &SmolStr) -> &'db Scope {
    match owner {
        Owner::File(file) => file_share(db, home(db, file), share_of(name)),
        Owner::Decl(decl, branch) => block_scope(db, decl, branch),
    }
}

fn share_of(name: &SmolStr) -> u32 {
    (FxBuildHasher.hash_one(name.as_str()) >> 32) as u32 % SHARES
}

#[salsa::tracked(returns(ref))]
fn file_share(db: &dyn Db, file: File, of: u32) -> Scope {
    file_shares(db, file).get(of as usize).cloned().unwrap_or_default()
}

/// The scope of a file by share. Read only by what projects it.
#[salsa::tracked(returns(ref))]
fn file_shares(db: &dyn Db, file: File) -> Vec<Scope> {
    let mut shares = vec![Scope::default(); SHARES as usize];
    for found in members(db, Owner::File(file)) {
        let share = share_of(found.decl.name(db)) as usize;
        shares[share].add(db, found);
    }
    shares
}

/// The scope of an owner.
pub(crate) fn scope(db: &dyn Db, owner: Owner) -> &Scope {
    match owner {
        Owner::File(file) => file_scope(db, home(db, file)),
        Owner::Decl(decl, branch) => block_scope(db, decl, branch),
    }
}

#[salsa::tracked(returns(ref))]
fn file_scope(db: &dyn Db, file: File) -> Scope {
    build(db, Owner::File(file))
}

#[salsa::tracked(returns(ref))]
fn block_scope(db: &dyn Db, decl: Decl, branch: Branch) -> Scope {
    build(db, Owner::Decl(decl, branch))
}

fn build(db: &dyn Db, owner: Owner) -> Scope {
    let mut scope = Scope::default();
    members(db, owner).into_iter().for_each(|found| scope.add(db, found));
    scope
}

/// The direct children of an owner and what is lifted into it, in source order. `if` and `for` themselves are left out.
pub(crate) fn members(db: &dyn Db, owner: Owner) -> Vec<Found> {
    let mut members = Vec::new();
    let mut lift = Lift::new();
    collect(db, owner, &mut lift, &mut members);
    members
}

fn collect(db: &dyn Db, owner: Owner, lift: &mut Lift, members: &mut Vec<Found>) {
    for decl in declared(db, owner) {
        match decl.kind(db) {
            DeclKind::If | DeclKind::For => {
                for branch in [Branch::Then, Branch::Else] {
                    lift.push((decl, branch));
                    collect(db, Owner::Decl(decl, branch), lift, members);
                    lift.pop();
                }
            }
            kind if lift.is_empty() || is_lifted(kind) => members.push(Found { decl, lift: lift.clone() }),
            _ => {}
        }
    }
}

/// Whether a declaration inside `if` or `for` belongs to the enclosing scope.
fn is_lifted(kind: DeclKind) -> bool {
    matches!(kind, DeclKind::Resource | DeclKind::Existing | DeclKind::Output)
}

/// The outputs of a file's unit or a component with what they stand in, in source order.
pub fn outputs(db: &dyn Db, container: Owner) -> &Vec<(SmolStr, Decl, Lift)> {
    match container {
        Owner::File(file) => file_members(db, home(db, file), DeclKind::Output),
        Owner::Decl(decl, _) => component_members(db, decl, DeclKind::Output),
    }
}

/// The resources of a file's unit, a component, policy or test with what they stand in, in source order.
pub fn resources(db: &dyn Db, container: Owner) -> &Vec<(SmolStr, Decl, Lift)> {
    match container {
        Owner::File(file) => file_members(db, home(db, file), DeclKind::Resource),
        Owner::Decl(decl, _) => component_members(db, decl, DeclKind::Resource),
    }
}

/// The inputs of a file's unit or a component in source order.
pub fn inputs(db: &dyn Db, container: Owner) -> &Vec<Decl> {
    match container {
        Owner::File(file) => file_children(db, home(db, file), DeclKind::Input),
        Owner::Decl(decl, _) => component_children(db, decl, DeclKind::Input),
    }
}

/// The parameters of a file's unit in source order.
pub fn params(db: &dyn Db, file: File) -> &Vec<Decl> {
    file_children(db, home(db, file), DeclKind::Param)
}

/// The `stack` of a file; a file without one is a library module, or part of a stack.
#[salsa::tracked(returns(copy))]
pub fn stack_decl(db: &dyn Db, file: File) -> Option<Decl> {
    declarations(db, Owner::File(file)).iter().copied().find(|decl| decl.kind(db) == DeclKind::Stack)
}

/// What `with` patches under a name inside a component: a resource or `existing`, with what it stands in.
#[salsa::tracked(returns(clone))]
pub fn find_inner(db: &dyn Db, component: Decl, name: SmolStr) -> Option<(Decl, Lift)> {
    let scope = block_scope(db, component, Branch::Then);
    let found = scope.find(Namespace::Value, &name)?;
    matches!(found.decl.kind(db), DeclKind::Resource | DeclKind::Existing).then(|| (found.decl, found.lift.clone()))
}

#[salsa::tracked(returns(ref))]
fn file_members(db: &dyn Db, file: File, kind: DeclKind) -> Vec<(SmolStr, Decl, Lift)> {
    of_kind(db, Owner::File(file), kind)
}

#[salsa::tracked(returns(ref))]
fn component_members(db: &dyn Db, decl: Decl, kind: DeclKind) -> Vec<(SmolStr, Decl, Lift)> {
    of_kind(db, Owner::Decl(decl, Branch::Then), kind)
}

fn of_kind(db: &dyn Db, owner: Owner, kind: DeclKind) -> Vec<(SmolStr, Decl, Lift)> {
    let members = members(db, owner).into_iter().filter(|found| found.decl.kind(db) == kind);
    members.map(|found| (found.decl.name(db).clone(), found.decl, found.lift)).collect()
}

#[salsa::tracked(returns(ref))]
fn file_children(db: &dyn Db, file: File, kind: DeclKind) -> Vec<Decl> {
    children(db, Owner::File(file), kind)
}

#[salsa::tracked(returns(ref))]
fn component_children(db: &dyn Db, decl: Decl, kind: DeclKind) -> Vec<Decl> {
    children(db, Owner::Decl(decl, Branch::Then), kind)
}

fn children(db: &dyn Db, owner: Owner, kind: DeclKind) -> Vec<Decl> {
    declared(db, owner).filter(|decl| decl.kind(db) == kind).collect()
}
