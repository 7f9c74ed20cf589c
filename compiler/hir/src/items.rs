//! The headers of declarations: what there is and what stands in what, without bodies and without offsets.
//!
//! In: the headers of a file's chunks. Out: its [`Decl`]s, by owner and in source order.
//! Always: a chunk's declarations are numbered in preorder, as lowering numbers them.

use cloudc_base::{Db, File};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::chunks::{Chunk, chunks};
use crate::decl::{Branch, Decl, DeclKind, Owner};
use crate::share::{SHARES, share};

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
    /// By share, in source order.
    shares: Vec<Vec<(Decl, Slot<'db>)>>,
    children: FxHashMap<(Decl, Branch), Vec<Decl>>,
    chunks: FxHashMap<Chunk<'db>, Vec<Decl>>,
}

/// How many chunks are looked at together for their headers.
const GROUP: usize = 24;

/// The headers of some consecutive chunks; per chunk in preorder: a declaration comes before those inside it.
#[salsa::tracked(returns(ref))]
fn headers(db: &dyn Db, file: File, group: u32) -> Vec<Vec<Item>> {
    let chunks = chunks(db, file).iter().skip(group as usize * GROUP).take(GROUP);
    chunks.map(|chunk| crate::lower::headers(db, *chunk).to_vec()).collect()
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

/// Lowers all of a file, the end first: for another thread, while this one begins at the beginning.
pub fn lower_backwards(db: &dyn Db, file: File) {
    for chunk in chunks(db, file).iter().rev() {
        crate::lower::headers(db, *chunk);
    }
}

/// Every declaration of a chunk, nested ones included, in source order. For editors: it reads the whole file's index.
pub fn chunk_declarations<'db>(db: &'db dyn Db, chunk: Chunk<'db>) -> &'db [Decl] {
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
pub(crate) fn slot(db: &dyn Db, decl: Decl) -> Option<Slot<'_>> {
    slots(db, decl.file(db), share(decl)).get(&decl).copied()
}

#[salsa::tracked(returns(ref))]
fn slots(db: &dyn Db, file: File, of: u32) -> FxHashMap<Decl, Slot<'_>> {
    in_share(db, file, of).iter().copied().collect()
}

/// The declarations of a share of a file, in source order.
#[salsa::tracked(returns(ref))]
pub fn declarations_of(db: &dyn Db, file: File, of: u32) -> Vec<Decl> {
    in_share(db, file, of).iter().map(|(decl, _)| *decl).collect()
}

fn in_share(db: &dyn Db, file: File, of: u32) -> &[(Decl, Slot<'_>)] {
    index(db, file).shares.get(of as usize).map_or(&[], Vec::as_slice)
}

#[salsa::tracked(returns(ref))]
fn index(db: &dyn Db, file: File) -> Index<'_> {
    let mut index = Index { shares: vec![Vec::new(); SHARES as usize], ..Index::default() };
    let mut seen: FxHashMap<(Owner, DeclKind, SmolStr), u32> = FxHashMap::default();
    let chunks = chunks(db, file);
    let groups = 0..chunks.len().div_ceil(GROUP);
    let headers = groups.flat_map(|group| headers(db, file, group as u32));
    for (chunk, items) in chunks.iter().zip(headers) {
        let mut decls: Vec<Decl> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let owner = item.parent.map_or(Owner::File(file), |parent| Owner::Decl(decls[parent as usize], item.branch));
            let nth = seen.entry((owner, item.kind, item.name.clone())).or_default();
            let decl = Decl::new(db, owner, item.kind, item.name.clone(), *nth);
            *nth += 1;
            match owner {
                Owner::File(_) => index.tops.push(decl),
                Owner::Decl(parent, branch) => index.children.entry((parent, branch)).or_default().push(decl),
            }
            index.order.push(decl);
            index.shares[share(decl) as usize].push((decl, Slot { chunk: *chunk, item: at as u32, is_pub: item.is_pub }));
            decls.push(decl);
        }
        index.chunks.insert(*chunk, decls);
    }
    index
}
