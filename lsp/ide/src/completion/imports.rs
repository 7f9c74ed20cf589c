//! Imports: the names a module offers, and what other files and the standard library offer to who has not imported them yet.

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{DeclKind, Name, Namespace, Owner};
use cloudc_syntax::ast::{self, AstNode};

use super::context::Context;
use super::item::{About, Addition, Item};
use super::names::{is_deprecated, kind_of};

/// What could be imported.
pub(crate) struct Importable {
    pub name: Name,
    pub decl: cloudc_hir::Decl,
    pub file: File,
}

/// The file a written import path names.
pub(crate) fn target(db: &Database, from: File, path: &str) -> Option<File> {
    let resolved = cloudc_base::path::resolve(from.path(db), path)?;
    Some(cloudc_driver::file(db, &resolved))
}

/// How a file is named in an import of another.
pub(crate) fn path_to(db: &Database, from: File, to: File) -> String {
    if to.is_std(db) {
        return to.path(db).to_string();
    }
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let (from, to) = (folder(from.path(db)), to.path(db));
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = to.split('/').filter(|part| !part.is_empty()).collect();
    let shared = from.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    let up = from.len() - shared;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}", parts[shared..].join("/"))
}

/// The names of a module for the braces of its import.
pub(crate) fn names(ctx: &Context, file: Option<File>, written: &[Name]) -> Vec<Item> {
    let Some(file) = file else { return Vec::new() };
    let db = ctx.scene.db;
    let mut items = Vec::new();
    for namespace in [Namespace::Type, Namespace::Value] {
        for name in cloudc_hir::resolve::module_names(db, file, namespace) {
            let (Some(cost), Some(decl)) = (ctx.quality(&name), cloudc_hir::module_item(db, file, namespace, name.clone()))
            else {
                continue;
            };
            let cost = if written.contains(&name) { cost + 200 } else { cost };
            let item = ctx.item(name.to_string(), kind_of(&ctx.scene, decl), cost);
            let deprecated = is_deprecated(db, decl);
            items.push(Item { about: About::Decl(decl), commit: &[','], deprecated, ..item });
        }
    }
    items
}

/// What other files offer in a namespace and this one does not see yet.
pub(crate) fn importable(ctx: &Context, namespace: Namespace) -> Vec<Importable> {
    let db = ctx.scene.db;
    if !ctx.options.auto_import || ctx.typed.is_empty() {
        return Vec::new();
    }
    let std = cloudc_stdlib::modules().iter().map(|(path, _)| cloudc_driver::file(db, path));
    let mut all = Vec::new();
    let others = ctx.files.iter().copied().filter(|file| *file != ctx.scene.file && !file.is_std(db));
    for file in others.filter(|file| !reaches(db, *file, ctx.scene.file)).chain(std) {
        for name in cloudc_hir::resolve::module_names(db, file, namespace) {
            if ctx.quality(&name).is_none_or(|cost| cost > 60) || sees(ctx, namespace, &name) {
                continue;
            }
            if let Some(decl) = cloudc_hir::module_item(db, file, namespace, name.clone()) {
                all.push(Importable { name, decl, file });
            }
        }
    }
    all
}

/// Whether a file imports another, perhaps through others: then importing it back would be a cycle.
pub(crate) fn reaches(db: &Database, from: File, to: File) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(file) = seen.get(next).copied() {
        if file == to {
            return true;
        }
        let imported = cloudc_hir::resolve::imported_files(db, file);
        let new: Vec<File> = imported.iter().copied().filter(|file| !seen.contains(file)).collect();
        seen.extend(new);
        next += 1;
    }
    false
}

fn sees(ctx: &Context, namespace: Namespace, name: &Name) -> bool {
    cloudc_hir::resolve(ctx.scene.db, ctx.scene.owner, namespace, name.clone()).is_some()
}

/// The item with the import it needs.
pub(crate) fn with_import(ctx: &Context, item: Item, found: &Importable) -> Item {
    let db = ctx.scene.db;
    let path = path_to(db, ctx.scene.file, found.file);
    let detail = format!("import \"{path}\"");
    let additions = vec![import_edit(db, ctx.scene.file, &path, &found.name)];
    Item { detail, additions, ..item }
}

/// The edit that imports a name: into the braces of an import of the same path, else a line of its own.
pub(crate) fn import_edit(db: &Database, file: File, path: &str, name: &str) -> Addition {
    let mut last_end: Option<TextSize> = None;
    let mut first = TextSize::from(0);
    let mut seen_declaration = false;
    for chunk in cloudc_hir::chunks(db, file) {
        let start = chunk.offset(db);
        if chunk.kind(db) != cloudc_hir::chunks::ChunkKind::Import {
            if chunk.kind(db) != cloudc_hir::chunks::ChunkKind::Other && !seen_declaration {
                seen_declaration = true;
                first = start;
            }
            continue;
        }
        let tree = cloudc_hir::parse(db, *chunk).syntax();
        let Some(import) = tree.children().find_map(ast::Import::cast) else { continue };
        let same = import.path().and_then(|written| written.text()).is_some_and(|written| written == path);
        if same && let Some(spec) = import.specs().last() {
            let at = TextRange::empty(start + spec.range().end());
            return Addition { range: at, insert: format!(", {name}") };
        }
        last_end = Some(start + import.range().end());
    }
    match last_end {
        Some(end) => Addition { range: TextRange::empty(end), insert: format!("\nimport \"{path}\" {{ {name} }}") },
        None => Addition { range: TextRange::empty(first), insert: format!("import \"{path}\" {{ {name} }}\n\n") },
    }
}

/// Whether a file makes a stack of its own, so that another imports it for its outputs.
pub(crate) fn is_library(db: &Database, file: File) -> bool {
    let declares = |kind| cloudc_hir::declarations(db, Owner::File(file)).iter().any(|decl| decl.kind(db) == kind);
    !declares(DeclKind::Stack) && !declares(DeclKind::Project)
}
