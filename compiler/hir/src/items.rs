//! The headers of declarations: what there is and what stands in what, without bodies and without offsets.
//!
//! In: a chunk's tree. Out: its [`Items`]; from those of a whole file the [`Decl`]s, by owner and in source order.
//! Always: [`items`] and the lowering of a chunk number its declarations alike, in preorder.

use cloudc_base::{Db, File};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::chunks::{Chunk, chunks};
use crate::decl::{Branch, Decl, DeclKind, Owner};

/// The headers in one chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Items {
    /// In preorder: a declaration comes before those inside it.
    pub items: Vec<Item>,
}

/// The header of one declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it declares.
    pub kind: DeclKind,
    /// Its name; empty for nameless ones.
    pub name: SmolStr,
    /// Whether `pub` is written.
    pub is_pub: bool,
    /// Index of the declaration it stands in.
    pub parent: Option<u32>,
    /// In which block of that.
    pub branch: Branch,
}

/// Where a declaration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, salsa::SalsaValue)]
pub(crate) struct Slot<'db> {
    /// In which chunk.
    pub chunk: Chunk<'db>,
    /// Its index in the chunk's [`Items`].
    pub item: u32,
    /// Whether `pub` is written.
    pub is_pub: bool,
}

/// All declarations of a file. Read only by the projections below.
#[derive(Debug, Default, PartialEq, Eq, salsa::SalsaValue)]
struct Index<'db> {
    order: Vec<Decl>,
    tops: Vec<Decl>,
    slots: FxHashMap<Decl, Slot<'db>>,
    children: FxHashMap<(Decl, Branch), Vec<Decl>>,
    chunks: FxHashMap<Chunk<'db>, Vec<Decl>>,
}

/// The headers of a chunk.
#[salsa::tracked(returns(ref))]
pub fn items<'db>(db: &'db dyn Db, chunk: Chunk<'db>) -> Items {
    Items { items: crate::walk::walk(db, chunk).iter().map(|found| found.header()).collect() }
}

/// The direct children of an owner in source order. An `if` or `for` is one child; what it holds are its own children.
/// An import is followed by one `ImportItem` per name in its braces.
pub fn declarations(db: &dyn Db, owner: Owner) -> &Vec<Decl> {
    match owner {
        Owner::File(file) => file_declarations(db, file),
        Owner::Decl(decl, branch) => block_declarations(db, decl, branch),
    }
}

/// Every declaration of a file, nested ones included, in source order.
#[salsa::tracked(returns(ref))]
pub fn all_declarations(db: &dyn Db, file: File) -> Vec<Decl> {
    index(db, file).order.clone()
}

/// Every declaration of a chunk, nested ones included, in source order. For editors: it reads the whole file's index.
pub fn declarations_in<'db>(db: &'db dyn Db, chunk: Chunk<'db>) -> &'db [Decl] {
    index(db, chunk.file(db)).chunks.get(&chunk).map_or(&[], Vec::as_slice)
}

/// Whether a declaration is marked `pub`.
pub fn is_pub(db: &dyn Db, decl: Decl) -> bool {
    slot(db, decl).is_some_and(|slot| slot.is_pub)
}

/// Whether the declaration is still written in its file.
pub fn exists(db: &dyn Db, decl: Decl) -> bool {
    slot(db, decl).is_some()
}

#[salsa::tracked(returns(ref))]
fn file_declarations(db: &dyn Db, file: File) -> Vec<Decl> {
    index(db, file).tops.clone()
}

#[salsa::tracked(returns(ref))]
fn block_declarations(db: &dyn Db, decl: Decl, branch: Branch) -> Vec<Decl> {
    index(db, decl.file(db)).children.get(&(decl, branch)).cloned().unwrap_or_default()
}

/// Where a declaration is written; none when it has been removed.
#[salsa::tracked(returns(copy))]
pub(crate) fn slot(db: &dyn Db, decl: Decl) -> Option<Slot<'_>> {
    index(db, decl.file(db)).slots.get(&decl).copied()
}

#[salsa::tracked(returns(ref))]
fn index(db: &dyn Db, file: File) -> Index<'_> {
    let mut index = Index::default();
    let mut seen: FxHashMap<(Owner, DeclKind, SmolStr), u32> = FxHashMap::default();
    for chunk in chunks(db, file) {
        let mut decls: Vec<Decl> = Vec::new();
        for (at, item) in items(db, *chunk).items.iter().enumerate() {
            let owner = item.parent.map_or(Owner::File(file), |parent| Owner::Decl(decls[parent as usize], item.branch));
            let nth = seen.entry((owner, item.kind, item.name.clone())).or_default();
            let decl = Decl::new(db, owner, item.kind, item.name.clone(), *nth);
            *nth += 1;
            match owner {
                Owner::File(_) => index.tops.push(decl),
                Owner::Decl(parent, branch) => index.children.entry((parent, branch)).or_default().push(decl),
            }
            index.order.push(decl);
            index.slots.insert(decl, Slot { chunk: *chunk, item: at as u32, is_pub: item.is_pub });
            decls.push(decl);
        }
        index.chunks.insert(*chunk, decls);
    }
    index
}
