//! Paths in quotes: modules to import, files to read.

use cloudc_base::File;

use super::context::Context;
use super::imports::{is_library, path_to, reaches};
use super::item::{Item, ItemKind};

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathKind {
    /// A module: `std/network`, `./tiers.cloud`.
    Module,
    /// Any file of the project.
    File,
    /// A file or folder.
    Entry,
    /// A folder.
    Folder,
}

/// The paths that can be written.
pub(crate) fn paths(ctx: &Context, kind: PathKind) -> Vec<Item> {
    let db = ctx.scene.db;
    let mut items = Vec::new();
    if matches!(kind, PathKind::Entry | PathKind::Folder) {
        entries(ctx, kind, &mut items);
        return items;
    }
    if kind == PathKind::Module {
        let imported = cloudc_hir::resolve::imported_files(db, ctx.scene.file);
        for (path, _) in cloudc_stdlib::modules() {
            // What is imported already gets its names into the same braces.
            let again = imported.iter().any(|file| &**file.path(db) == *path);
            push(ctx, path, if ctx.typed.is_empty() { 10 } else { 0 } + u32::from(again) * 12, &mut items);
        }
    }
    for file in candidates(ctx) {
        if file == ctx.scene.file || file.is_std(db) {
            continue;
        }
        let mut path = path_to(db, ctx.scene.file, file);
        if kind == PathKind::File && !ctx.typed.starts_with('.') {
            // A file is named from here without more ado; only imports need the dots.
            path = path.trim_start_matches("./").to_owned();
        }
        let module = path.ends_with(".cloud");
        let cost = match kind {
            PathKind::Module if !module || reaches(db, file, ctx.scene.file) => continue,
            PathKind::Module => 2 + u32::from(!is_library(db, file)) * 6 + path.matches("../").count() as u32 * 4,
            _ => 2 + u32::from(module) * 20 + path.matches("../").count() as u32 * 4,
        };
        push(ctx, &path, cost, &mut items);
    }
    items
}

/// What is in the folder that is written so far.
fn entries(ctx: &Context, kind: PathKind, items: &mut Vec<Item>) {
    let db = ctx.scene.db;
    let typed = if ctx.typed.starts_with('.') { ctx.typed.clone() } else { format!("./{}", ctx.typed) };
    let folder = typed.rfind('/').map_or("./", |at| &typed[..=at]);
    let Some(inside) = cloudc_base::path::resolve(ctx.scene.file.path(db), folder) else { return };
    for (name, is_folder) in cloudc_base::Db::files(db).list(&inside) {
        if name.starts_with('.') || kind == PathKind::Folder && !is_folder {
            continue;
        }
        // Programs are rarely uploaded; their folders hold them beside what is.
        let cost = 2 + u32::from(name.ends_with(".cloud")) * 20 + u32::from(!is_folder) * 2;
        push(ctx, &format!("{folder}{name}"), cost, items);
    }
}

/// The files of the workspace, and those the program has read.
fn candidates(ctx: &Context) -> Vec<File> {
    let db = ctx.scene.db;
    let read = cloudc_base::Db::files(db).all().into_iter();
    let read = read.filter(|file| matches!(file.content(db), cloudc_base::Content::Text(_)));
    let mut all: Vec<File> = ctx.files.to_vec();
    all.extend(read.filter(|file| !ctx.files.contains(file)));
    all
}

fn push(ctx: &Context, path: &str, cost: u32, items: &mut Vec<Item>) {
    // `tiers` finds `./tiers.cloud`: the dots are not what a person looks for.
    let bare = path.trim_start_matches("../").trim_start_matches("./");
    let typed = ctx.typed.trim_start_matches("../").trim_start_matches("./");
    let fits = path.starts_with(&ctx.typed) || !typed.is_empty() && super::rank::quality(bare, typed).is_some();
    if !fits {
        return;
    }
    let filter = if path.starts_with(&ctx.typed) { path.to_owned() } else { ctx.typed.clone() };
    items.push(Item { filter, ..ctx.item(path, ItemKind::File, cost) });
}
