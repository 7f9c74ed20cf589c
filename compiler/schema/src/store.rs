//! Reads packed bytes: the header at once, a service's block the first time one of its types is looked into.
//!
//! In: bytes of [`crate::encode`]. Out: `'static` tables that handles point into. Damaged bytes are [`Corrupt`],
//! never a panic: every index is checked while a block is read.

use std::sync::{Mutex, OnceLock};

use crate::encode::{MAGIC, service_of};
use crate::groups::{Group, Test};
use crate::model::*;
use crate::wire::{Corrupt, Reader, checksum};

/// A set of types packed together: the embedded ones, or a layer.
pub(crate) struct Store {
    /// Tells stores apart; also their identity for equality.
    pub(crate) id: u64,
    pub(crate) regions: &'static [&'static str],
    region_sets: Vec<u64>,
    /// Sorted by name.
    pub(crate) entries: Vec<Entry>,
    idents: Vec<Ident>,
    blocks: Vec<LazyBlock>,
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

struct LazyBlock {
    bytes: &'static [u8],
    raw_len: usize,
    types: usize,
    decoded: OnceLock<Block>,
}

/// A decoded service.
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
    pub(crate) permissions: Permissions,
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
    STORE.get_or_init(|| read(include_bytes!("../data/schema.bin")).expect("the embedded schema is readable"))
}

/// A store of these bytes, kept for the life of the process; the same bytes give the same store.
pub(crate) fn interned(bytes: &[u8]) -> Result<&'static Store, Corrupt> {
    static KNOWN: Mutex<Vec<&'static Store>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let id = checksum(bytes);
    if let Some(store) = known.iter().find(|store| store.id == id) {
        return Ok(store);
    }
    let store = read(bytes.to_vec().leak())?;
    for (block, lazy) in store.blocks.iter().enumerate() {
        let decoded = store.decode(block)?;
        let _ = lazy.decoded.set(decoded);
    }
    known.push(store);
    Ok(store)
}

/// Reads the header.
fn read(bytes: &'static [u8]) -> Result<&'static Store, Corrupt> {
    let mut r = Reader::new(bytes);
    if r.take(MAGIC.len())? != MAGIC {
        return Err(Corrupt);
    }
    let regions: Vec<&'static str> = many(&mut r, |r| r.text())?;
    let region_sets = many(&mut r, |r| r.uint())?;
    let attrs: Vec<&'static str> = many(&mut r, |r| r.text())?;
    let attr = |r: &mut Reader<'static>| attrs.get(r.u32()? as usize).copied().ok_or(Corrupt);
    let mut entries: Vec<Entry> = Vec::new();
    let mut types_of: Vec<usize> = Vec::new();
    for _ in 0..r.count()? {
        let shared = r.u32()? as usize;
        let suffix = r.text()?;
        let before = entries.last().map_or("", |entry| entry.name);
        let name: &'static str = format!("{}{suffix}", before.get(..shared).ok_or(Corrupt)?).leak();
        let flags = r.byte()?;
        if flags & 4 != 0 {
            types_of.push(0);
        }
        let nth = types_of.last_mut().ok_or(Corrupt)?;
        let region_set = r.u32()?;
        let mut provides = vec![(Access::Ref, Ident { ty: name, attr: attr(&mut r)? })];
        for _ in 0..r.count()? {
            let number = r.u32()?;
            let access = attrs.get(number as usize >> 1).copied().ok_or(Corrupt)?;
            let attr = if number & 1 == 1 { attr(&mut r)? } else { access };
            provides.push((Access::Attr(access), Ident { ty: name, attr }));
        }
        let entry = Entry {
            name,
            stateful: flags & 1 != 0,
            deprecated: flags & 2 != 0,
            provides: provides.leak(),
            region_set,
            block: 0,
            nth: *nth as u32,
        };
        *nth += 1;
        entries.push(Entry { block: types_of.len() as u32 - 1, ..entry });
    }
    let idents = many(&mut r, |r| {
        let ty = match r.u32()? {
            0 => r.text()?,
            at => entries.get(at as usize - 1).ok_or(Corrupt)?.name,
        };
        Ok(Ident { ty, attr: attr(r)? })
    })?;
    let lengths = many(&mut r, |r| Ok((r.u32()? as usize, r.u32()? as usize)))?;
    if lengths.len() != types_of.len() {
        return Err(Corrupt);
    }
    let mut blocks = Vec::new();
    for ((raw_len, len), types) in lengths.into_iter().zip(types_of) {
        blocks.push(LazyBlock { bytes: r.take(len)?, raw_len, types, decoded: OnceLock::new() });
    }
    if !r.is_empty() || entries.windows(2).any(|pair| pair[0].name >= pair[1].name) {
        return Err(Corrupt);
    }
    let store = Store { id: checksum(bytes), regions: regions.leak(), region_sets, entries, idents, blocks };
    Ok(Box::leak(Box::new(store)))
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
        let block = self.block(entry.block as usize);
        (block, &block.types[entry.nth as usize])
    }

    fn block(&'static self, at: usize) -> &'static Block {
        // Invariant: layers are decoded whole before they are used, and a test decodes every embedded block.
        self.blocks[at].decoded.get_or_init(|| self.decode(at).expect("a readable block"))
    }

    /// Gives each attribute its identities: its own, those its value is an instance of, those listed for it.
    fn name_attributes(&self, at: usize, block: &mut Block) {
        let entries = self.entries.iter().filter(|entry| entry.block as usize == at);
        for (ty, entry) in block.types.iter_mut().zip(entries) {
            for attribute in &mut ty.attributes {
                let own = entry.provides.iter().find(|(access, _)| *access == Access::Attr(attribute.name));
                let node = &block.nodes[attribute.node as usize];
                let mut idents: Vec<Ident> = own.map(|(_, ident)| *ident).into_iter().collect();
                for ident in node.expects.iter().chain(attribute.idents) {
                    if !idents.contains(ident) {
                        idents.push(*ident);
                    }
                }
                attribute.idents = idents.leak();
            }
        }
    }

    fn decode(&'static self, at: usize) -> Result<Block, Corrupt> {
        let lazy = &self.blocks[at];
        // A megabyte per type is far more than any schema takes; a damaged length must not ask for the moon.
        if lazy.raw_len > lazy.types.saturating_mul(1 << 20).saturating_add(1 << 20) {
            return Err(Corrupt);
        }
        let raw = zstd::bulk::decompress(lazy.bytes, lazy.raw_len).map_err(|_| Corrupt)?;
        let mut block = decode_block(raw.leak(), self)?;
        if block.types.len() != lazy.types {
            return Err(Corrupt);
        }
        self.name_attributes(at, &mut block);
        Ok(block)
    }
}

fn many<T>(r: &mut Reader<'static>, mut one: impl FnMut(&mut Reader<'static>) -> Result<T, Corrupt>) -> Result<Vec<T>, Corrupt> {
    let count = r.count()?;
    let mut out = Vec::with_capacity(count);
    for _ in 0..count {
        out.push(one(r)?);
    }
    Ok(out)
}

/// Tables that later parts of a block refer to.
struct Tables {
    strings: Vec<&'static str>,
    constraints: &'static [Constraints],
    expects: Vec<&'static [Ident]>,
    store: &'static Store,
}

static UNLIMITED: Constraints = Constraints::NONE;

fn decode_block(raw: &'static [u8], store: &'static Store) -> Result<Block, Corrupt> {
    let mut r = Reader::new(raw);
    let lengths = many(&mut r, |r| Ok(r.u32()? as usize))?;
    let mut strings = Vec::with_capacity(lengths.len());
    for len in lengths {
        strings.push(std::str::from_utf8(r.take(len)?).map_err(|_| Corrupt)?);
    }
    let mut t = Tables { strings, constraints: &[], expects: Vec::new(), store };
    t.constraints = many(&mut r, |r| constraints(r, &t))?.leak();
    t.expects = many(&mut r, |r| {
        let idents: Vec<Ident> = many(r, |r| store.idents.get(r.u32()? as usize).copied().ok_or(Corrupt))?;
        Ok(&*idents.leak())
    })?;
    let block = Block {
        nodes: many(&mut r, |r| node(r, &t))?,
        objects: many(&mut r, |r| object(r, &t))?,
        types: many(&mut r, |r| type_data(r, &t))?,
    };
    if r.is_empty() && sound(&block) { Ok(block) } else { Err(Corrupt) }
}

/// Every index points at something.
fn sound(block: &Block) -> bool {
    let node = |at: u32| (at as usize) < block.nodes.len();
    let object = |at: u32| (at as usize) < block.objects.len();
    block.nodes.iter().all(|data| match data.shape {
        ShapeData::List(at) | ShapeData::Map(_, at) => node(at),
        ShapeData::Object(at) => object(at),
        ShapeData::OneOf(all) | ShapeData::AnyOf(all) => all.iter().all(|at| node(*at)),
        _ => true,
    }) && block.objects.iter().all(|data| data.properties.iter().all(|property| node(property.node)))
        && block.types.iter().all(|ty| {
            object(ty.body)
                && ty.definitions.iter().all(|at| object(*at))
                && ty.attributes.iter().all(|attribute| node(attribute.node))
        })
}

impl Tables {
    fn string(&self, r: &mut Reader<'static>) -> Result<&'static str, Corrupt> {
        self.strings.get(r.u32()? as usize).copied().ok_or(Corrupt)
    }

    fn maybe_string(&self, r: &mut Reader<'static>) -> Result<Option<&'static str>, Corrupt> {
        match r.u32()? {
            0 => Ok(None),
            at => self.strings.get(at as usize - 1).copied().ok_or(Corrupt).map(Some),
        }
    }

    fn strings(&self, r: &mut Reader<'static>) -> Result<&'static [&'static str], Corrupt> {
        Ok(many(r, |r| self.string(r))?.leak())
    }
}

fn scalar(r: &mut Reader<'static>, t: &Tables) -> Result<Scalar, Corrupt> {
    Ok(match r.byte()? {
        0 => Scalar::Str(t.string(r)?),
        1 => Scalar::Int(r.int()?),
        2 => Scalar::Float(r.float()?),
        3 => Scalar::Bool(false),
        4 => Scalar::Bool(true),
        _ => return Err(Corrupt),
    })
}

/// Fields in the order `encode` writes them.
fn constraints(r: &mut Reader<'static>, t: &Tables) -> Result<Constraints, Corrupt> {
    let bits = r.uint()?;
    let has = |bit: u32| bits >> bit & 1 == 1;
    let mut c = Constraints::NONE;
    if has(0) {
        c.pattern = Some(t.string(r)?);
    }
    let counts = [
        (1, &mut c.min_len),
        (2, &mut c.max_len),
        (4, &mut c.min_items),
        (5, &mut c.max_items),
        (15, &mut c.min_props),
        (16, &mut c.max_props),
    ];
    for (bit, field) in counts {
        if has(bit) {
            *field = Some(r.u32()?);
        }
    }
    if has(3) {
        c.allowed = many(r, |r| scalar(r, t))?.leak();
    }
    for (bit, field) in [(7, &mut c.min), (8, &mut c.max), (14, &mut c.multiple_of)] {
        if has(bit) {
            *field = Some(r.float()?);
        }
    }
    if has(9) {
        c.format = Some(t.string(r)?);
    }
    for (bit, field) in [(12, &mut c.default), (13, &mut c.constant)] {
        if has(bit) {
            *field = Some(scalar(r, t)?);
        }
    }
    (c.unique, c.ordered, c.open) = (has(6), has(10), has(11));
    (c.ignore_case, c.exclusive_max) = (has(17), has(18));
    Ok(c)
}

fn node(r: &mut Reader<'static>, t: &Tables) -> Result<NodeData, Corrupt> {
    let head = r.byte()?;
    let shape = match head & 15 {
        0 => ShapeData::String,
        1 => ShapeData::Integer,
        2 => ShapeData::Number,
        3 => ShapeData::Boolean,
        4 => ShapeData::Json,
        5 => ShapeData::List(r.u32()?),
        6 => {
            let value = r.u32()?;
            ShapeData::Map(t.maybe_string(r)?, value)
        }
        7 => ShapeData::Object(r.u32()?),
        8 => ShapeData::OneOf(many(r, |r| r.u32())?.leak()),
        9 => ShapeData::AnyOf(many(r, |r| r.u32())?.leak()),
        _ => return Err(Corrupt),
    };
    let mut data = NodeData { shape, constraints: &UNLIMITED, expects: &[], unit: None, text: Text::Plain, doc: None };
    if head & 0x10 != 0 {
        data.constraints = t.constraints.get(r.u32()? as usize).ok_or(Corrupt)?;
    }
    if head & 0x20 != 0 {
        data.expects = t.expects.get(r.u32()? as usize).ok_or(Corrupt)?;
    }
    if head & 0x40 != 0 {
        data.unit = match r.byte()? {
            0 => None,
            unit => Some(*Unit::ALL.get(unit as usize - 1).ok_or(Corrupt)?),
        };
        data.text = *Text::ALL.get(r.byte()? as usize).ok_or(Corrupt)?;
        data.doc = t.maybe_string(r)?;
    }
    Ok(data)
}

fn object(r: &mut Reader<'static>, t: &Tables) -> Result<ObjectData, Corrupt> {
    let open = r.byte()? != 0;
    let name = t.maybe_string(r)?;
    let properties: Vec<PropertyData> = many(r, |r| {
        let name = t.string(r)?;
        let bits = r.byte()?;
        Ok(PropertyData {
            name,
            node: r.u32()?,
            required: bits & 1 != 0,
            read_only: bits & 2 != 0,
            write_only: bits & 4 != 0,
            deprecated: bits & 8 != 0,
            update: match bits >> 4 {
                0 => Update::InPlace,
                1 => Update::Replace,
                _ => Update::Conditional,
            },
        })
    })?;
    if properties.windows(2).any(|pair| pair[0].name > pair[1].name) {
        return Err(Corrupt);
    }
    Ok(ObjectData { name, open, properties, groups: many(r, |r| group(r, t))?.leak() })
}

fn group(r: &mut Reader<'static>, t: &Tables) -> Result<Group, Corrupt> {
    Ok(match r.byte()? {
        0 => Group::ExactlyOne(many(r, |r| t.strings(r))?.leak()),
        1 => Group::AtLeastOne(many(r, |r| t.strings(r))?.leak()),
        2 => Group::Requires { when: t.string(r)?, all: t.strings(r)? },
        3 => Group::Excludes { when: t.string(r)?, any: t.strings(r)? },
        4 => Group::When { test: test(r, t, 0)?, then: test(r, t, 0)? },
        _ => return Err(Corrupt),
    })
}

fn test(r: &mut Reader<'static>, t: &Tables, depth: u32) -> Result<Test, Corrupt> {
    if depth > 32 {
        return Err(Corrupt);
    }
    Ok(match r.byte()? {
        0 => Test::All(many(r, |r| test(r, t, depth + 1))?.leak()),
        1 => Test::Any(many(r, |r| test(r, t, depth + 1))?.leak()),
        2 => Test::Not(Box::leak(Box::new(test(r, t, depth + 1)?))),
        3 => Test::Present(t.strings(r)?),
        4 => Test::In(t.strings(r)?, many(r, |r| scalar(r, t))?.leak()),
        5 => {
            let path = t.strings(r)?;
            let bits = r.byte()?;
            let min = if bits & 1 != 0 { Some(r.float()?) } else { None };
            let max = if bits & 2 != 0 { Some(r.float()?) } else { None };
            Test::Within(path, min, max)
        }
        6 => Test::Matches(t.strings(r)?, t.string(r)?),
        _ => return Err(Corrupt),
    })
}

fn type_data(r: &mut Reader<'static>, t: &Tables) -> Result<TypeData, Corrupt> {
    let body = r.u32()?;
    let attributes = many(r, |r| {
        let name = t.string(r)?;
        let node = r.u32()?;
        let idents: Vec<Ident> = many(r, |r| t.store.idents.get(r.u32()? as usize).copied().ok_or(Corrupt))?;
        Ok(AttributeData { name, node, idents: idents.leak() })
    })?;
    Ok(TypeData {
        body,
        attributes,
        definitions: many(r, |r| r.u32())?,
        primary: t.strings(r)?,
        permissions: Permissions {
            create: t.strings(r)?,
            read: t.strings(r)?,
            update: t.strings(r)?,
            delete: t.strings(r)?,
            list: t.strings(r)?,
        },
        tag_style: *TagStyle::ALL.get(r.byte()? as usize).ok_or(Corrupt)?,
        tag_property: t.maybe_string(r)?,
        doc: t.maybe_string(r)?,
    })
}

/// The service part of a type name, without its vendor: `S3`.
pub(crate) fn service_name(name: &'static str) -> &'static str {
    let service = service_of(name);
    service.rsplit_once("::").map_or(service, |(_, last)| last)
}
