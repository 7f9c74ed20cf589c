//! Reads packed bytes: the header at once, a block the first time one of its types is looked into.
//!
//! In: bytes of [`crate::encode`]. Out: `'static` tables that handles point into. Damaged bytes are [`Corrupt`],
//! never a panic: every index is checked while a block is read. (What is read on first use was read whole before: layers when
//! they are opened, the embedded data by a test.)

use std::sync::{Mutex, OnceLock};

use crate::decode;
use crate::encode::{MAGIC, service_of};
use crate::frames::{self, Lazy};
use crate::groups::Group;
use crate::model::*;
use crate::wire::{Corrupt, Reader, checksum};

/// A set of types packed together: the embedded ones, or a layer.
pub(crate) struct Store {
    /// Tells stores apart: 0 is the embedded one, others the checksum of their bytes.
    pub(crate) id: u64,
    pub(crate) regions: &'static [&'static str],
    region_sets: Vec<u64>,
    /// Sorted by name.
    pub(crate) entries: Vec<Entry>,
    idents: Vec<Ident>,
    shared: Lazy<Vec<&'static str>>,
    permissions: Lazy<Vec<Permissions>>,
    blocks: Vec<Lazy<Block>>,
}

/// What is known of a type without its block.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) stateful: bool,
    pub(crate) deprecated: bool,
    /// `Ref` first.
    pub(crate) provides: &'static [(Access, Ident)],
    region_set: u32,
    block: u32,
    nth: u32,
}

/// Decoded types, those next to each other by name.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) objects: Vec<ObjectData>,
    pub(crate) types: Vec<TypeData>,
}

pub(crate) struct NodeData {
    pub(crate) shape: ShapeData,
    pub(crate) constraints: &'static Constraints,
    pub(crate) expects: &'static [Ident],
    pub(crate) unit: Option<Unit>,
    pub(crate) text: Text,
    pub(crate) open: bool,
    pub(crate) doc: Option<&'static str>,
}

#[derive(Clone, Copy)]
pub(crate) enum ShapeData {
    String,
    Integer,
    Number,
    Boolean,
    Json,
    List(u32),
    Map(Option<&'static str>, u32),
    Object(u32),
    OneOf(&'static [u32]),
    AnyOf(&'static [u32]),
}

pub(crate) struct ObjectData {
    pub(crate) name: Option<&'static str>,
    pub(crate) open: bool,
    /// Sorted by name.
    pub(crate) properties: Vec<PropertyData>,
    pub(crate) groups: &'static [Group],
}

pub(crate) struct PropertyData {
    pub(crate) name: &'static str,
    pub(crate) node: u32,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) deprecated: bool,
    pub(crate) update: Update,
}

pub(crate) struct TypeData {
    pub(crate) body: u32,
    pub(crate) attributes: Vec<AttributeData>,
    pub(crate) definitions: Vec<u32>,
    pub(crate) primary: &'static [&'static str],
    pub(crate) tag_style: TagStyle,
    pub(crate) tag_property: Option<&'static str>,
    pub(crate) doc: Option<&'static str>,
}

pub(crate) struct AttributeData {
    pub(crate) name: &'static str,
    pub(crate) node: u32,
    pub(crate) idents: &'static [Ident],
}

/// The embedded store, read on first use.
pub(crate) fn embedded() -> &'static Store {
    static STORE: OnceLock<&'static Store> = OnceLock::new();
    // Invariant: the committed file was written by this crate's encoder; a test decodes all of it.
    STORE.get_or_init(|| read(include_bytes!("../data/schema.bin"), 0).expect("the embedded schema is readable"))
}

/// A store of these bytes, kept for the life of the process; the same bytes give the same store.
pub(crate) fn interned(bytes: &[u8]) -> Result<&'static Store, Corrupt> {
    static KNOWN: Mutex<Vec<&'static Store>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let id = checksum(bytes);
    if let Some(store) = known.iter().find(|store| store.id == id) {
        return Ok(store);
    }
    let store = read(bytes.to_vec().leak(), id)?;
    // All of it now, in this order, so that no later use meets damage.
    store.shared.fill(decode::shared)?;
    store.permissions.fill(|raw| decode::permissions(raw, store.entries.len()))?;
    for (at, block) in store.blocks.iter().enumerate() {
        block.fill(|raw| store.decode(at, raw))?;
    }
    known.push(store);
    Ok(store)
}

/// Reads the frame lengths and the header.
fn read(bytes: &'static [u8], id: u64) -> Result<&'static Store, Corrupt> {
    let mut r = Reader::new(bytes);
    if r.take(MAGIC.len())? != MAGIC {
        return Err(Corrupt);
    }
    let frames = frames::read(&mut r)?;
    let [header, shared, permissions, blocks @ ..] = frames.as_slice() else { return Err(Corrupt) };
    if !r.is_empty() {
        return Err(Corrupt);
    }
    let mut r = Reader::new(header.unpack()?);
    let regions: Vec<&'static str> = decode::many(&mut r, |r| r.text())?;
    let region_sets = decode::many(&mut r, |r| r.uint())?;
    let attrs: Vec<&'static str> = decode::many(&mut r, |r| r.text())?;
    let entries = entries(&mut r, &attrs)?;
    let idents = decode::many(&mut r, |r| {
        let ty = match r.u32()? {
            0 => r.text()?,
            at => entries.get(at as usize - 1).ok_or(Corrupt)?.name,
        };
        Ok(Ident { ty, attr: pick(&attrs, r.u32()?)? })
    })?;
    let last = entries.last().map_or(0, |entry| entry.block as usize + 1);
    if !r.is_empty() || last != blocks.len() || entries.windows(2).any(|pair| pair[0].name >= pair[1].name) {
        return Err(Corrupt);
    }
    let store = Store {
        id,
        regions: regions.leak(),
        region_sets,
        entries,
        idents,
        shared: Lazy::new(*shared),
        permissions: Lazy::new(*permissions),
        blocks: blocks.iter().copied().map(Lazy::new).collect(),
    };
    Ok(Box::leak(Box::new(store)))
}

/// What SAM makes of its types: a reference to one is a reference to the other.
/// Source: "Generated CloudFormation resources" in the SAM developer guide.
const STANDS_FOR: [(&str, &str); 9] = [
    ("AWS::Serverless::Api", "AWS::ApiGateway::RestApi"),
    ("AWS::Serverless::Application", "AWS::CloudFormation::Stack"),
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
    ("AWS::Serverless::GraphQLApi", "AWS::AppSync::GraphQLApi"),
    ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"),
    ("AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
    ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"),
    ("AWS::Serverless::WebSocketApi", "AWS::ApiGatewayV2::Api"),
];

fn pick(attrs: &[&'static str], at: u32) -> Result<&'static str, Corrupt> {
    attrs.get(at as usize).copied().ok_or(Corrupt)
}

/// Names, flags, region sets and identities of the types, one column after the other.
fn entries(r: &mut Reader<'static>, attrs: &[&'static str]) -> Result<Vec<Entry>, Corrupt> {
    let names = names(r)?;
    let entry = |name| Entry { name, stateful: false, deprecated: false, provides: &[], region_set: 0, block: 0, nth: 0 };
    let mut entries: Vec<Entry> = names.into_iter().map(entry).collect();
    let mut blocks = 0;
    let mut nth = 0;
    for entry in &mut entries {
        let flags = r.byte()?;
        if flags & 4 != 0 {
            (blocks, nth) = (blocks + 1, 0);
        }
        if blocks == 0 {
            return Err(Corrupt);
        }
        (entry.stateful, entry.deprecated) = (flags & 1 != 0, flags & 2 != 0);
        (entry.block, entry.nth) = (blocks - 1, nth);
        nth += 1;
    }
    for entry in &mut entries {
        entry.region_set = r.u32()?;
    }
    let mut provides = Vec::with_capacity(entries.len() * 4);
    let mut ends = Vec::with_capacity(entries.len());
    for entry in &entries {
        let ty = entry.name;
        provides.push((Access::Ref, Ident { ty, attr: pick(attrs, r.u32()?)? }));
        for _ in 0..r.count()? {
            let number = r.u32()?;
            let access = pick(attrs, number >> 1)?;
            let attr = if number & 1 == 1 { pick(attrs, r.u32()?)? } else { access };
            provides.push((Access::Attr(access), Ident { ty, attr }));
        }
        let start = ends.last().copied().unwrap_or(0);
        if let Some((_, stands_for)) = STANDS_FOR.iter().find(|(name, _)| *name == ty) {
            provides.extend_from_within(start..);
            let half = start + (provides.len() - start) / 2;
            provides[half..].iter_mut().for_each(|(_, ident)| ident.ty = stands_for);
        }
        ends.push(provides.len());
    }
    let provides: &'static [(Access, Ident)] = provides.leak();
    let mut start = 0;
    for (entry, end) in entries.iter_mut().zip(ends) {
        entry.provides = &provides[start..end];
        start = end;
    }
    Ok(entries)
}

/// The names, each written as what it adds to the beginning of the one before. They share one allocation: thousands of small ones are
/// what starting would take longest for.
fn names(r: &mut Reader<'static>) -> Result<Vec<&'static str>, Corrupt> {
    let count = r.count()?;
    let mut text = String::with_capacity(count * 32);
    let mut ends = Vec::with_capacity(count);
    let mut before = 0;
    for _ in 0..count {
        let start = text.len();
        let shared = before + r.u32()? as usize;
        if shared > start || !text.is_char_boundary(shared) {
            return Err(Corrupt);
        }
        text.extend_from_within(before..shared);
        text.push_str(r.text()?);
        ends.push(text.len());
        before = start;
    }
    let text: &'static str = text.leak();
    let mut start = 0;
    Ok(ends.into_iter().map(|end| &text[std::mem::replace(&mut start, end)..end]).collect())
}

impl Store {
    /// The entry of a type, by name.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.entries.binary_search_by(|entry| entry.name.cmp(name)).ok().map(|at| at as u32)
    }

    /// Bits of the regions that have a type.
    pub(crate) fn region_set(&self, entry: u32) -> u64 {
        self.region_sets.get(self.entries[entry as usize].region_set as usize).copied().unwrap_or(0)
    }

    /// Identities that relationships name, among them the pseudo ones.
    pub(crate) fn idents(&self) -> &[Ident] {
        &self.idents
    }

    /// The decoded block of a type, and the type in it.
    pub(crate) fn open(&'static self, entry: u32) -> (&'static Block, &'static TypeData) {
        let entry = &self.entries[entry as usize];
        let at = entry.block as usize;
        let block = self.blocks[at].get(|raw| self.decode(at, raw));
        (block, &block.types[entry.nth as usize])
    }

    /// The actions of a type.
    pub(crate) fn permissions(&'static self, entry: u32) -> &'static Permissions {
        &self.permissions.get(|raw| decode::permissions(raw, self.entries.len()))[entry as usize]
    }

    fn decode(&'static self, at: usize, raw: &'static [u8]) -> Result<Block, Corrupt> {
        // By name, and so by block.
        let start = self.entries.partition_point(|entry| (entry.block as usize) < at);
        let len = self.entries[start..].partition_point(|entry| entry.block as usize == at);
        let entries = &self.entries[start..start + len];
        let mut block = decode::block(raw, len, self.shared.get(decode::shared), &self.idents)?;
        name_attributes(entries, &mut block);
        Ok(block)
    }
}

/// Gives each attribute its identities: its own, those its value is an instance of, those listed for it.
fn name_attributes(entries: &[Entry], block: &mut Block) {
    for (ty, entry) in block.types.iter_mut().zip(entries) {
        for attribute in &mut ty.attributes {
            let own = entry.provides.iter().filter(|(access, _)| *access == Access::Attr(attribute.name));
            let node = &block.nodes[attribute.node as usize];
            let mut idents: Vec<Ident> = own.map(|(_, ident)| *ident).collect();
            for ident in node.expects.iter().chain(attribute.idents) {
                if !idents.contains(ident) {
                    idents.push(*ident);
                }
            }
            attribute.idents = idents.leak();
        }
    }
}

/// The service part of a type name, without its vendor: `S3`.
pub(crate) fn service_name(name: &'static str) -> &'static str {
    let service = service_of(name);
    service.rsplit_once("::").map_or(service, |(_, last)| last)
}
