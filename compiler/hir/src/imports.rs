//! What an `import` leads to.
//!
//! In: an `Import` or `ImportItem`. Out: the file, or why there is none. Always: the imports that [`import_file`] follows form no
//! cycle, so queries may recurse along them.

use cloudc_base::{Content, Db, File, ReadError, path};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::body::Parts;
use crate::decl::{Decl, DeclKind, Namespace, Owner};
use crate::items::is_pub;
use crate::lower::body;
use crate::scope::{outputs, scope, scope_for};
use crate::unit::{declared, home};

/// Why an import leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError {
    /// No path, or one with holes: told by the parser or the lowering.
    NoPath,
    /// Absolute, empty, climbing above the root, or with characters that no path has.
    BadPath,
    /// Neither `std/…` nor starting with `./` or `../`.
    NotRelative,
    /// No module of the standard library has that name.
    UnknownStd,
    /// Nothing readable is at the path it names.
    Unreadable(File, ReadError),
    /// The file it names is not UTF-8.
    NotText(File),
    /// The file imports the importing one, perhaps through others; or is it.
    Cycle(File),
}

/// The path an import names, as written.
pub fn import_path(db: &dyn Db, import: Decl) -> Option<SmolStr> {
    match &body(db, import).parts {
        Parts::Import { path } | Parts::ImportItem { path, .. } => path.clone(),
        _ => None,
    }
}

/// The file an `Import` or `ImportItem` names.
#[salsa::tracked(returns(clone))]
pub fn import_file(db: &dyn Db, import: Decl) -> Result<File, ImportError> {
    let target = target(db, import)?;
    if reaches(db, target, home(db, import.file(db))) { Err(ImportError::Cycle(target)) } else { Ok(target) }
}

/// Where an import points, cycles not looked at.
#[salsa::tracked(returns(clone))]
pub(crate) fn target(db: &dyn Db, import: Decl) -> Result<File, ImportError> {
    let written = import_path(db, import).ok_or(ImportError::NoPath)?;
    let resolved = path::resolve(import.file(db).path(db), &written).ok_or(ImportError::BadPath)?;
    let is_std = resolved.starts_with("std/") && written.starts_with("std/");
    if !is_std && !written.starts_with("./") && !written.starts_with("../") {
        return Err(ImportError::NotRelative);
    }
    let file = db.files().get(db, &resolved);
    match readable(db, file) {
        // Whose part it is offers what it declares.
        Ok(()) => Ok(home(db, file)),
        Err(Some(ReadError::Missing)) if is_std => Err(ImportError::UnknownStd),
        Err(Some(reason)) => Err(ImportError::Unreadable(file, reason)),
        Err(None) => Err(ImportError::NotText(file)),
    }
}

/// Whether a file holds text; the error has no reason when its bytes are not UTF-8. Stops edits of the text.
#[salsa::tracked(returns(clone))]
pub(crate) fn readable(db: &dyn Db, file: File) -> Result<(), Option<ReadError>> {
    match file.content(db) {
        Content::Text(_) => Ok(()),
        Content::Binary(..) => Err(None),
        Content::Unreadable(reason) => Err(Some(reason.clone())),
    }
}

/// The files that a file and its unit import, in order of their first import, cycles included.
#[salsa::tracked(returns(ref))]
pub fn imported_files(db: &dyn Db, file: File) -> Vec<File> {
    let mut seen = FxHashSet::default();
    let imports = declared(db, Owner::File(file)).filter(|decl| decl.kind(db) == DeclKind::Import);
    imports.filter_map(|import| target(db, import).ok()).filter(|file| seen.insert(*file)).collect()
}

/// Whether following imports from `from` arrives at `to`.
pub(crate) fn reaches(db: &dyn Db, from: File, to: File) -> bool {
    let mut seen = FxHashSet::from_iter([from]);
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        if file == to {
            return true;
        }
        waiting.extend(imported_files(db, file).iter().filter(|next| seen.insert(**next)));
    }
    false
}

/// What a file offers under a name to those that import it; re-exports are not followed. Outputs are always offered.
#[salsa::tracked(returns(copy))]
pub fn module_item(db: &dyn Db, file: File, ns: Namespace, name: SmolStr) -> Option<Decl> {
    let decl = scope_for(db, Owner::File(file), &name).find(ns, &name)?.decl;
    (ns == Namespace::Output || is_pub(db, decl)).then_some(decl)
}

/// What a file has under a name without offering it: "exists, but is not `pub`".
#[salsa::tracked(returns(copy))]
pub fn module_private(db: &dyn Db, file: File, ns: Namespace, name: SmolStr) -> Option<Decl> {
    let decl = scope_for(db, Owner::File(file), &name).find(ns, &name)?.decl;
    (ns != Namespace::Output && !is_pub(db, decl)).then_some(decl)
}

/// Every name a file offers in a namespace, sorted; for "did you mean".
pub fn module_names(db: &dyn Db, file: File, ns: Namespace) -> Vec<SmolStr> {
    let mut names: Vec<SmolStr> = match ns {
        Namespace::Output => outputs(db, Owner::File(file)).iter().map(|(name, ..)| name.clone()).collect(),
        _ => {
            let names = scope(db, Owner::File(file)).names(ns);
            names.filter(|(_, found)| is_pub(db, found.decl)).map(|(name, _)| name.clone()).collect()
        }
    };
    names.sort();
    names
}

/// What an import item is called in its own file.
pub(crate) fn item_name(db: &dyn Db, item: Decl) -> SmolStr {
    match &body(db, item).parts {
        Parts::ImportItem { name, .. } => name.clone(),
        _ => SmolStr::default(),
    }
}
