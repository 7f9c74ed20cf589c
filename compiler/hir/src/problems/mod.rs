//! What is wrong with the names of a file: two of one kind, imports that lead nowhere, declarations where none of their kind may be.
//!
//! In: a file. Out: its [`Problem`]s, unsorted. Always: one mistake is one problem; bodies are looked at only where a name comes from one.

mod imports;
mod placement;

pub use imports::with_nearest_file;

use cloudc_base::{Db, File};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::body::Parts;
use crate::codes;
use crate::decl::{Branch, Decl, DeclKind, Namespace, Owner};
use crate::imports::{import_file, item_name, module_item};
use crate::items::all_declarations;
use crate::lower::body;
use crate::problem::{Anchor, Problem};
use crate::scope::{Found, members};

/// Everything wrong with the names of a file, uses of names left out: those belong to the checker.
#[salsa::tracked(returns(clone))]
pub fn scope_problems(db: &dyn Db, file: File) -> Vec<Problem> {
    let mut problems = imports::problems(db, file);
    problems.extend(crate::unit::problems(db, file));
    problems.extend(placement::problems(db, file));
    problems.extend(crate::moves::problems(db, file).iter().filter(|problem| problem.at.decl.file(db) == file).cloned());
    let before = problems.len();
    duplicates(db, Owner::File(file), &mut problems);
    // What two files of one stack declare is told in the later one.
    let mut at = 0;
    problems.retain(|problem| {
        at += 1;
        at <= before || problem.at.decl.file(db) == file
    });
    for decl in all_declarations(db, file) {
        for branch in branches(decl.kind(db)) {
            duplicates(db, Owner::Decl(*decl, *branch), &mut problems);
        }
    }
    problems
}

/// The blocks that a kind of declaration has.
fn branches(kind: DeclKind) -> &'static [Branch] {
    match kind {
        DeclKind::If => &[Branch::Then, Branch::Else],
        DeclKind::Component | DeclKind::For | DeclKind::Policy | DeclKind::Test => &[Branch::Then],
        _ => &[],
    }
}

/// Names that two declarations of one scope have.
///
/// What is lifted out of an `if` or `for` belongs to the scope around it, so two of one block are told there, not again outside.
fn duplicates(db: &dyn Db, owner: Owner, problems: &mut Vec<Problem>) {
    let mut first: FxHashMap<(Namespace, SmolStr), Found> = FxHashMap::default();
    let variables = match owner {
        Owner::Decl(decl, Branch::Then) => match &body(db, decl).parts {
            Parts::For { bindings, .. } => bindings.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    for found in members(db, owner) {
        let (decl, name) = (found.decl, found.decl.name(db));
        if name.is_empty() {
            continue;
        }
        if variables.contains(name) && decl.kind(db).namespace() == Some(Namespace::Value) {
            problems.push(hides_variable(owner, decl, name));
            continue;
        }
        let before = namespaces(db, decl).into_iter().filter_map(|ns| {
            let before = first.entry((ns, name.clone())).or_insert_with(|| found.clone());
            let one_block = !found.lift.is_empty() && before.lift.first() == found.lift.first();
            (before.decl != decl && !one_block).then(|| before.clone())
        });
        // An import may clash in both namespaces: told once.
        if let Some(before) = before.collect::<Vec<_>>().first() {
            problems.push(duplicate(db, decl, before.decl, found.lift != before.lift));
        }
    }
}

/// The namespaces a declaration binds its name in: for an import, those in which its module offers the name.
fn namespaces(db: &dyn Db, decl: Decl) -> Vec<Namespace> {
    match decl.kind(db) {
        DeclKind::Import => vec![Namespace::Type, Namespace::Value],
        DeclKind::ImportItem => {
            // Of an import that leads nowhere that much has been told.
            let Ok(file) = import_file(db, decl) else { return Vec::new() };
            let name = item_name(db, decl);
            let offered = |ns: &Namespace| module_item(db, file, *ns, name.clone()).is_some();
            [Namespace::Type, Namespace::Value].into_iter().filter(offered).collect()
        }
        kind => kind.namespace().into_iter().collect(),
    }
}

fn duplicate(db: &dyn Db, decl: Decl, before: Decl, lifted: bool) -> Problem {
    let name = decl.name(db);
    let mut problem = Problem::error(codes::DUPLICATE, Anchor::name(decl), format!("`{name}` is declared twice"))
        .label("the same name again")
        .related(Anchor::name(before), "first declared here")
        .help("give one of them another name");
    if lifted {
        problem = problem.note("what is declared inside `if` or `for` belongs to the scope around it");
    }
    problem
}

fn hides_variable(owner: Owner, decl: Decl, name: &SmolStr) -> Problem {
    let message = format!("`{name}` is also a variable of the loop it stands in");
    let problem = Problem::error(codes::DUPLICATE, Anchor::name(decl), message).label("the same name again");
    match owner {
        Owner::Decl(turns, _) => problem.related(Anchor::name(turns), "of this loop").help("give one of them another name"),
        Owner::File(_) => problem,
    }
}
