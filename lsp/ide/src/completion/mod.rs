//! Completion: what can stand at the cursor, best first.
//!
//! In: a place in a file, perhaps in the middle of a word of a program that is only half there; the files of the workspace, for what can
//! be imported. Out: [`Item`]s in the order they should be shown, filtered by what is typed. Always: the place is understood from a
//! parse of one chunk with a word put in at the cursor, never from the whole file; texts that only one item needs are made by [`resolve`].

pub(crate) mod arguments;
pub(crate) mod attributes;
mod context;
mod documents;
mod expected;
mod fit;
mod habits;
mod imports;
mod item;
mod keys;
mod keywords;
mod members;
mod names;
mod paths;
mod patterns;
mod popular;
mod rank;
mod resolve;
mod scene;
mod snippets;
#[cfg(test)]
mod tests;
mod types;
mod usual;
mod values;

use cloudc_base::File;
use cloudc_driver::Database;

use crate::FilePosition;
use cloudc_syntax::SyntaxKind;
use cloudc_syntax::ast::{self, AstNode};
use context::Spot;
pub(crate) use context::probe;
pub(crate) use documents::Doc;
pub use item::{About, Addition, Item, ItemKind};
pub use resolve::{Resolved, resolve};
pub(crate) use scene::Scene;
#[cfg(test)]
pub(crate) use types::BUILT_IN as BUILT_IN_TYPES;

/// What the user and the editor want of completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Insert texts may hold tab stops.
    pub snippets: bool,
    /// Offer what another file declares, together with the import it needs.
    pub auto_import: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { snippets: true, auto_import: true }
    }
}

/// The most items of one answer. A list this long is cut: ask again when more is typed.
pub const MOST: usize = 100;

/// What can be written at a place.
pub fn completions(db: &Database, at: FilePosition, files: &[File], options: &Options) -> Vec<Item> {
    let Some(context) = context::context(db, at, files, options) else { return Vec::new() };
    let mut items = match &context.spot {
        Spot::Statement(within) => keywords::statements(&context, within),
        Spot::Words(words) => keywords::words(&context, words),
        Spot::Attribute { target, ty } => attributes::names(&context, *target, *ty),
        Spot::Type(wanted) => types::types(&context, wanted),
        Spot::Key(key) => keys::keys(&context, key),
        Spot::Patch { component, written } => keys::patches(&context, *component, written),
        Spot::Value(value) => values::values(&context, value),
        Spot::Member(member) => members::members(&context, member),
        Spot::ImportNames { file, written } => imports::names(&context, *file, written),
        Spot::Path(kind) => paths::paths(&context, *kind),
        Spot::Pattern { subject, written, quoted } => patterns::patterns(&context, subject, written, *quoted),
        Spot::Number { digits, unit } => values::numbers(&context, digits, *unit),
    };
    items.sort_by(|a, b| (a.cost, a.order, a.label.len(), &a.label).cmp(&(b.cost, b.order, b.label.len(), &b.label)));
    items.dedup_by(|a, b| a.label == b.label && a.kind == b.kind && a.detail == b.detail);
    items.truncate(MOST);
    if let (Spot::Value(_), Some(first)) = (&context.spot, items.first_mut()) {
        first.preselect = first.cost < fit::GOOD + 4;
    }
    for (rank, item) in items.iter_mut().enumerate() {
        item.sort = format!("{rank:04}");
        if let Some(ty) = item.ty.take().filter(|_| item.detail.is_empty()) {
            item.detail = names::show(&context.scene, &ty);
        }
    }
    items
}

/// What a key of a document means: of a policy, an event pattern.
pub(crate) fn document_entry(db: &Database, at: FilePosition) -> Option<&'static str> {
    let site = crate::symbol::site::Site::at(db, at)?;
    let token = site.tokens(at.offset).into_iter().next()?;
    let field = token.parent_ancestors().find(|node| node.kind() == SyntaxKind::Field)?;
    let key = ast::Field::cast(field.clone())?.key()?.text()?;
    let inside = at.offset - site.start;
    let scene = Scene::new(db, at.file, site.chunk.nth(db) as usize, &field, inside);
    match expected::expected(&scene, &field.parent()?) {
        expected::Expected::Doc(doc) => doc.entries().iter().find(|entry| entry.name == key).map(|entry| entry.about),
        _ => None,
    }
}

/// What a setting of `stack`, `project` or `env` is for.
pub(crate) fn setting(of: cloudc_hir::DeclKind, name: &str) -> Option<&'static str> {
    let doc = match of {
        cloudc_hir::DeclKind::Stack => &documents::STACK,
        cloudc_hir::DeclKind::Project => &documents::PROJECT,
        cloudc_hir::DeclKind::Env => &documents::ENV,
        _ => return None,
    };
    doc.entries().iter().find(|entry| entry.name == name).map(|entry| entry.about)
}
