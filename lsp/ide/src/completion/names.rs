//! The names a place sees, with their types and how near they are.
//!
//! In: a [`Scene`]. Out: [`Visible`] names in no special order; the costs order them.

use cloudc_base::File;
use cloudc_hir::{Decl, DeclKind, Name, Namespace, Owner, Resolution};
use cloudc_types::{Kind, Ty, signature};
use rustc_hash::FxHashMap;

use super::context::Context;
use super::fit::seen;
use super::item::{About, Item, ItemKind};
use super::rank::quality;
use super::scene::Scene;

/// A name and what it means.
pub(crate) struct Visible {
    pub name: Name,
    pub what: What,
    pub ty: Ty,
    /// Nearer is cheaper.
    pub distance: u32,
}

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A declaration.
    Decl(Decl),
    /// A variable of a comprehension or loop, or a parameter of a function.
    Local,
    /// An imported module.
    Module(File),
}

/// Everything an expression can name here whose name fits `typed`.
pub(crate) fn visible(scene: &Scene, typed: &str) -> Vec<Visible> {
    let mut all = Vec::new();
    for (up, (name, ty)) in scene.locals.iter().rev().enumerate() {
        all.push(Visible { name: name.clone(), what: What::Local, ty: ty.clone(), distance: up.min(2) as u32 });
    }
    let near = Nearness::new(scene);
    for name in cloudc_hir::visible_names(scene.db, scene.owner, Namespace::Value) {
        if quality(&name, typed).is_none() || scene.locals.iter().any(|(local, _)| *local == name) {
            continue;
        }
        all.extend(one(scene, &near, name));
    }
    all
}

fn one(scene: &Scene, near: &Nearness, name: Name) -> Option<Visible> {
    match cloudc_hir::resolve(scene.db, scene.owner, Namespace::Value, name.clone())? {
        Resolution::Decl { decl, lift, .. } => {
            if Some(decl) == scene.current && !matches!(decl.kind(scene.db), DeclKind::For | DeclKind::If | DeclKind::Fn) {
                return None;
            }
            let ty = match decl.kind(scene.db) {
                DeclKind::Fn => signature(scene.db, decl).ty.clone(),
                _ => seen(scene, decl, &lift),
            };
            Some(Visible { name, what: What::Decl(decl), ty, distance: near.of(scene, decl) })
        }
        Resolution::LoopVar { decl, index, up } => {
            let turn = signature(scene.db, decl).key.clone();
            let bindings = match &cloudc_hir::body(scene.db, decl).parts {
                cloudc_hir::body::Parts::For { bindings, .. } => bindings.len(),
                _ => 0,
            };
            let ty = turn
                .map_or_else(Ty::error, |turn| if bindings == 2 && index == 0 { turn.key.clone() } else { turn.element.clone() });
            Some(Visible { name, what: What::Local, ty, distance: 1 + up })
        }
        Resolution::Module { file, .. } => Some(Visible { name, what: What::Module(file), ty: Ty::error(), distance: 6 }),
        Resolution::BadImport { .. } | Resolution::Hidden { .. } => None,
    }
}

/// How far declarations are from the place.
struct Nearness {
    order: FxHashMap<Decl, usize>,
    here: usize,
}

impl Nearness {
    fn new(scene: &Scene) -> Self {
        let all = cloudc_hir::all_declarations(scene.db, scene.file);
        let order: FxHashMap<Decl, usize> = all.iter().enumerate().map(|(at, decl)| (*decl, at)).collect();
        let here = scene.current.and_then(|decl| order.get(&decl).copied()).unwrap_or(all.len());
        Nearness { order, here }
    }

    fn of(&self, scene: &Scene, decl: Decl) -> u32 {
        let mut levels = 0;
        let mut owner = scene.owner;
        while owner != decl.owner(scene.db) {
            let Owner::Decl(outer, _) = owner else { break };
            owner = outer.owner(scene.db);
            levels += 1;
        }
        let Some(at) = self.order.get(&decl) else { return 8 };
        let apart = if *at <= self.here { self.here - at } else { (at - self.here) * 2 };
        // Twice as far is one dearer.
        levels.min(3) + (usize::BITS - apart.leading_zeros()).min(8)
    }
}

/// The symbol of a declaration.
pub(crate) fn kind_of(scene: &Scene, decl: Decl) -> ItemKind {
    match decl.kind(scene.db) {
        DeclKind::Resource | DeclKind::Existing => ItemKind::Resource,
        DeclKind::Component => ItemKind::Component,
        DeclKind::Type => ItemKind::Type,
        DeclKind::Fn => ItemKind::Function,
        DeclKind::Output => ItemKind::Attribute,
        _ => ItemKind::Value,
    }
}

/// Whether a declaration is marked `@deprecated`.
pub(crate) fn is_deprecated(db: &cloudc_driver::Database, decl: Decl) -> bool {
    cloudc_hir::body(db, decl).attr("deprecated").is_some()
}

/// A type in a few words.
pub(crate) fn show(scene: &Scene, ty: &Ty) -> String {
    match &ty.kind {
        Kind::Error => String::new(),
        _ => shorten(cloudc_types::display(scene.db, ty), 60),
    }
}

/// The first characters of a long text.
pub(crate) fn shorten(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

impl Context<'_> {
    /// An item that inserts its label over the word.
    pub fn item(&self, label: impl Into<String>, kind: ItemKind, cost: u32) -> Item {
        let label = label.into();
        Item {
            insert: label.clone(),
            filter: label.clone(),
            label,
            kind,
            detail: String::new(),
            snippet: false,
            replace: self.word,
            before: self.before,
            sort: String::new(),
            preselect: false,
            deprecated: false,
            again: false,
            commit: &[],
            additions: Vec::new(),
            about: About::Nothing,
            cost,
            order: 0,
            ty: None,
        }
    }

    /// The cost of a name for what is typed; none when it does not fit.
    pub fn quality(&self, name: &str) -> Option<u32> {
        quality(name, &self.typed)
    }

    /// An item whose text has tab stops; without them when the editor knows none.
    pub fn snippet(&self, item: Item, text: &str) -> Item {
        if self.options.snippets {
            Item { insert: text.to_owned(), snippet: true, ..item }
        } else {
            Item { insert: super::snippets::plain(text), ..item }
        }
    }
}
