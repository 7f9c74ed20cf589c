//! Reads the frames of a store: a block's streams, the shared texts, the permissions.
//!
//! In: a frame's bytes. Out: the tables of [`crate::store`]. The mirror image of [`crate::encode`]: what is written
//! there in some order is read here in the same.

use crate::encode::{STREAMS, Stream};
use crate::groups::{Group, Test};
use crate::model::*;
use crate::store::{AttributeData, Block, NodeData, ObjectData, PropertyData, ShapeData, TypeData};
use crate::wire::{Corrupt, Reader};

static UNLIMITED: Constraints = Constraints::NONE;

/// A counted list.
pub(crate) fn many<T>(
    r: &mut Reader<'static>,
    mut one: impl FnMut(&mut Reader<'static>) -> Result<T, Corrupt>,
) -> Result<Vec<T>, Corrupt> {
    let count = r.count()?;
    let mut out = Vec::with_capacity(count);
    for _ in 0..count {
        out.push(one(r)?);
    }
    Ok(out)
}

fn texts_of(r: &mut Reader<'static>) -> Result<Vec<&'static str>, Corrupt> {
    let lengths = many(r, |r| Ok(r.u32()? as usize))?;
    lengths.into_iter().map(|len| utf8(r.take(len)?)).collect()
}

fn utf8(bytes: &'static [u8]) -> Result<&'static str, Corrupt> {
    std::str::from_utf8(bytes).map_err(|_| Corrupt)
}

/// The texts that several blocks use.
pub(crate) fn shared(raw: &'static [u8]) -> Result<Vec<&'static str>, Corrupt> {
    let mut r = Reader::new(raw);
    let texts = texts_of(&mut r)?;
    if r.is_empty() { Ok(texts) } else { Err(Corrupt) }
}

/// The actions of `types` types.
pub(crate) fn permissions(raw: &'static [u8], types: usize) -> Result<Vec<Permissions>, Corrupt> {
    let mut r = Reader::new(raw);
    let mut texts: Vec<&'static str> = Vec::new();
    for _ in 0..r.count()? {
        let same = r.byte()? != 0;
        let rest = r.text()?;
        let before = texts.last().copied().unwrap_or("");
        let prefix = before.find(':').map_or("", |colon| &before[..=colon]);
        texts.push(if same { format!("{prefix}{rest}").leak() } else { rest });
    }
    let len = r.count()?;
    let mut refs = Reader::new(r.take(len)?);
    let mut used = 0;
    let mut out = Vec::with_capacity(types);
    for _ in 0..types {
        let mut lists: [&'static [&'static str]; 5] = [&[]; 5];
        for nth in 0..lists.len() {
            let create = lists[0];
            let mut list = Vec::new();
            for group in create.chunks(7) {
                let mask = r.byte()?;
                list.extend(group.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, action)| *action));
            }
            for _ in 0..r.count()? {
                let at = refs.u32()? as usize;
                used += usize::from(at == 0);
                list.push(*texts.get(if at == 0 { used - 1 } else { at - 1 }).ok_or(Corrupt)?);
            }
            list.sort_unstable();
            lists[nth] = list.leak();
        }
        let [create, read, update, delete, list] = lists;
        out.push(Permissions { create, read, update, delete, list });
    }
    if r.is_empty() && refs.is_empty() { Ok(out) } else { Err(Corrupt) }
}

/// A block with this many types.
pub(crate) fn block(
    raw: &'static [u8],
    types: usize,
    shared: &'static [&'static str],
    idents: &[Ident],
) -> Result<Block, Corrupt> {
    let mut r = Reader::new(raw);
    let mut lengths = [0; STREAMS];
    for len in &mut lengths {
        *len = r.u32()? as usize;
    }
    let mut streams = [const { Reader::new(&[]) }; STREAMS];
    for (stream, len) in streams.iter_mut().zip(lengths) {
        *stream = Reader::new(r.take(len)?);
    }
    let mut d = Decoder {
        streams,
        shared,
        idents,
        texts: Vec::new(),
        block: Block::default(),
        nodes: 0,
        objects: 0,
        constraints: 0,
        expects: 0,
        links: Vec::new(),
    };
    for _ in 0..types {
        d.ty()?;
    }
    d.link()?;
    let whole = r.is_empty() && d.streams.iter().all(Reader::is_empty);
    if whole && sound(&d.block) { Ok(d.block) } else { Err(Corrupt) }
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
        && block.types.iter().all(|ty| object(ty.body) && ty.attributes.iter().all(|attribute| node(attribute.node)))
        && finite(block)
}

/// No list of lists of lists without end: only objects may contain themselves.
fn finite(block: &Block) -> bool {
    // 0 not seen, 1 being looked into, 2 fine.
    let mut states = vec![0u8; block.nodes.len()];
    fn fine(block: &Block, states: &mut [u8], at: u32, depth: u32) -> bool {
        match states[at as usize] {
            2 => return true,
            1 => return false,
            _ if depth > 64 => return false,
            _ => states[at as usize] = 1,
        }
        let good = match block.nodes[at as usize].shape {
            ShapeData::List(inner) | ShapeData::Map(_, inner) => fine(block, states, inner, depth + 1),
            ShapeData::OneOf(all) | ShapeData::AnyOf(all) => all.iter().all(|inner| fine(block, states, *inner, depth + 1)),
            _ => true,
        };
        states[at as usize] = 2;
        good
    }
    (0..block.nodes.len()).all(|at| fine(block, &mut states, at as u32, 0))
}

struct Decoder<'a> {
    streams: [Reader<'static>; STREAMS],
    shared: &'static [&'static str],
    idents: &'a [Ident],
    texts: Vec<&'static str>,
    block: Block,
    /// How many of each have a number so far; those written are in `block`.
    nodes: u32,
    objects: u32,
    constraints: u32,
    expects: u32,
    /// Of each node: its constraints and relationship, which come after all nodes.
    links: Vec<(Option<u32>, Option<u32>)>,
}

/// 0 is the next new one, anything else a known one plus one.
fn refer(number: u32, next: &mut u32) -> Result<u32, Corrupt> {
    if number == 0 {
        *next = next.checked_add(1).ok_or(Corrupt)?;
        return Ok(*next - 1);
    }
    if number > *next { Err(Corrupt) } else { Ok(number - 1) }
}

impl Decoder<'_> {
    fn r(&mut self, stream: Stream) -> &mut Reader<'static> {
        &mut self.streams[stream as usize]
    }

    fn u32(&mut self, stream: Stream) -> Result<u32, Corrupt> {
        self.r(stream).u32()
    }

    /// A count of things that each take at least a byte of the block.
    fn count(&mut self) -> Result<usize, Corrupt> {
        let count = self.u32(Stream::Counts)? as usize;
        let left: usize = self.streams.iter().map(Reader::len).sum();
        if count > left { Err(Corrupt) } else { Ok(count) }
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Result<T, Corrupt>) -> Result<Vec<T>, Corrupt> {
        let count = self.count()?;
        let mut out = Vec::with_capacity(count);
        for _ in 0..count {
            out.push(one(self)?);
        }
        Ok(out)
    }

    fn text(&mut self, stream: Stream) -> Result<&'static str, Corrupt> {
        match self.u32(stream)? {
            0 => {
                let text = match self.u32(Stream::NewTexts)? {
                    0 => {
                        let len = self.u32(Stream::Lengths)? as usize;
                        utf8(self.r(Stream::TextBytes).take(len)?)?
                    }
                    at => self.shared.get(at as usize - 1).copied().ok_or(Corrupt)?,
                };
                self.texts.push(text);
                Ok(text)
            }
            at => self.texts.get(at as usize - 1).copied().ok_or(Corrupt),
        }
    }

    fn maybe_text(&mut self, stream: Stream) -> Result<Option<&'static str>, Corrupt> {
        match self.u32(Stream::Counts)? {
            0 => Ok(None),
            _ => self.text(stream).map(Some),
        }
    }

    fn names(&mut self) -> Result<&'static [&'static str], Corrupt> {
        Ok(self.list(|d| d.text(Stream::Names))?.leak())
    }

    fn node_ref(&mut self) -> Result<u32, Corrupt> {
        let number = self.u32(Stream::NodeRefs)?;
        refer(number, &mut self.nodes)
    }

    fn ident(&mut self) -> Result<Ident, Corrupt> {
        let at = self.u32(Stream::Idents)?;
        self.idents.get(at as usize).copied().ok_or(Corrupt)
    }

    fn ty(&mut self) -> Result<(), Corrupt> {
        let body = refer(0, &mut self.objects)?;
        let attributes = self.list(|d| {
            let name = d.text(Stream::Names)?;
            let node = d.node_ref()?;
            let idents = &*d.list(|d| d.ident())?.leak();
            Ok(AttributeData { name, node, idents })
        })?;
        let primary = self.names()?;
        let tag_style = *TagStyle::ALL.get(self.u32(Stream::Counts)? as usize).ok_or(Corrupt)?;
        let tag_property = self.maybe_text(Stream::Names)?;
        let doc = self.maybe_text(Stream::Values)?;
        let before = self.block.objects.len();
        loop {
            if self.block.objects.len() < self.objects as usize {
                let object = self.object()?;
                self.block.objects.push(object);
            } else if self.block.nodes.len() < self.nodes as usize {
                let node = self.node()?;
                self.block.nodes.push(node);
            } else {
                break;
            }
        }
        // What was read since is this type's; its named objects are its definitions.
        let objects = &self.block.objects;
        let mut definitions: Vec<u32> =
            (before..objects.len()).filter(|at| objects[*at].name.is_some()).map(|at| at as u32).collect();
        definitions.sort_by_key(|at| objects[*at as usize].name);
        definitions.dedup_by_key(|at| objects[*at as usize].name);
        self.block.types.push(TypeData { body, attributes, definitions, primary, tag_style, tag_property, doc });
        Ok(())
    }

    fn object(&mut self) -> Result<ObjectData, Corrupt> {
        let head = self.u32(Stream::Counts)?;
        let name = if head & 2 != 0 { Some(self.text(Stream::Names)?) } else { None };
        let properties: Vec<PropertyData> = self.list(|d| {
            let name = d.text(Stream::Names)?;
            let bits = d.r(Stream::PropertyFlags).byte()?;
            Ok(PropertyData {
                name,
                node: d.node_ref()?,
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
        Ok(ObjectData { name, open: head & 1 != 0, properties, groups: self.list(|d| d.group())?.leak() })
    }

    fn node(&mut self) -> Result<NodeData, Corrupt> {
        let head = self.r(Stream::NodeHeads).byte()?;
        let shape = match head & 15 {
            0 => ShapeData::String,
            1 => ShapeData::Integer,
            2 => ShapeData::Number,
            3 => ShapeData::Boolean,
            4 => ShapeData::Json,
            5 => ShapeData::List(self.node_ref()?),
            6 => ShapeData::Map(self.maybe_text(Stream::Values)?, self.node_ref()?),
            7 => {
                let number = self.u32(Stream::ObjectRefs)?;
                ShapeData::Object(refer(number, &mut self.objects)?)
            }
            8 => ShapeData::OneOf(self.list(|d| d.node_ref())?.leak()),
            9 => ShapeData::AnyOf(self.list(|d| d.node_ref())?.leak()),
            _ => return Err(Corrupt),
        };
        let mut link = (None, None);
        if head & 0x10 != 0 {
            let number = self.u32(Stream::ConstraintRefs)?;
            link.0 = Some(refer(number, &mut self.constraints)?);
        }
        if head & 0x20 != 0 {
            let number = self.u32(Stream::ExpectRefs)?;
            link.1 = Some(refer(number, &mut self.expects)?);
        }
        self.links.push(link);
        let mut data = NodeData {
            shape,
            constraints: &UNLIMITED,
            expects: &[],
            unit: None,
            text: Text::Plain,
            open: head & 0x80 != 0,
            doc: None,
        };
        if head & 0x40 != 0 {
            let unit = self.r(Stream::Extras).byte()?;
            if unit > 0 {
                data.unit = Some(*Unit::ALL.get(unit as usize - 1).ok_or(Corrupt)?);
            }
            data.text = *Text::ALL.get(self.r(Stream::Extras).byte()? as usize).ok_or(Corrupt)?;
            data.doc = self.maybe_text(Stream::Values)?;
        }
        Ok(data)
    }

    /// Reads the constraints and relationships and hands them to their nodes.
    fn link(&mut self) -> Result<(), Corrupt> {
        let mut constraints = Vec::new();
        for _ in 0..self.constraints {
            constraints.push(self.constraints()?);
        }
        let constraints: &'static [Constraints] = constraints.leak();
        let mut expects: Vec<&'static [Ident]> = Vec::new();
        for _ in 0..self.expects {
            let count = self.u32(Stream::Idents)? as usize;
            if count > self.r(Stream::Idents).len() {
                return Err(Corrupt);
            }
            let idents: Result<Vec<Ident>, Corrupt> = (0..count).map(|_| self.ident()).collect();
            expects.push(idents?.leak());
        }
        for (node, (constraint, expect)) in self.block.nodes.iter_mut().zip(&self.links) {
            if let Some(at) = constraint {
                node.constraints = &constraints[*at as usize];
            }
            if let Some(at) = expect {
                node.expects = expects[*at as usize];
            }
        }
        Ok(())
    }

    fn scalar(&mut self) -> Result<Scalar, Corrupt> {
        Ok(match self.u32(Stream::Numbers)? {
            0 => Scalar::Str(self.text(Stream::Values)?),
            1 => Scalar::Int(self.r(Stream::Numbers).int()?),
            2 => Scalar::Float(self.float()?),
            3 => Scalar::Bool(false),
            4 => Scalar::Bool(true),
            _ => return Err(Corrupt),
        })
    }

    fn float(&mut self) -> Result<f64, Corrupt> {
        self.r(Stream::Numbers).float()
    }

    fn scalars(&mut self) -> Result<&'static [Scalar], Corrupt> {
        let head = self.u32(Stream::Counts)? as usize;
        let left: usize = self.streams.iter().map(Reader::len).sum();
        if head >> 1 > left {
            return Err(Corrupt);
        }
        let mut out = Vec::with_capacity(head >> 1);
        for _ in 0..head >> 1 {
            out.push(if head & 1 == 0 { Scalar::Str(self.text(Stream::Values)?) } else { self.scalar()? });
        }
        Ok(out.leak())
    }

    /// Fields in the order they are written.
    fn constraints(&mut self) -> Result<Constraints, Corrupt> {
        let bits = self.r(Stream::ConstraintBits).uint()?;
        let has = |bit: u32| bits >> bit & 1 == 1;
        let mut c = Constraints::NONE;
        if has(0) {
            c.pattern = Some(self.text(Stream::Values)?);
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
                *field = Some(self.u32(Stream::Numbers)?);
            }
        }
        if has(3) {
            c.allowed = self.scalars()?;
        }
        for (bit, field) in [(7, &mut c.min), (8, &mut c.max), (14, &mut c.multiple_of)] {
            if has(bit) {
                *field = Some(self.float()?);
            }
        }
        if has(9) {
            c.format = Some(self.text(Stream::Values)?);
        }
        for (bit, field) in [(12, &mut c.default), (13, &mut c.constant)] {
            if has(bit) {
                *field = Some(self.scalar()?);
            }
        }
        (c.unique, c.ordered, c.open) = (has(6), has(10), has(11));
        (c.ignore_case, c.exclusive_max) = (has(17), has(18));
        Ok(c)
    }

    fn group(&mut self) -> Result<Group, Corrupt> {
        Ok(match self.u32(Stream::Groups)? {
            0 => Group::ExactlyOne(self.list(|d| d.names())?.leak()),
            1 => Group::AtLeastOne(self.list(|d| d.names())?.leak()),
            2 => Group::Requires { when: self.text(Stream::Names)?, all: self.names()? },
            3 => Group::Excludes { when: self.text(Stream::Names)?, any: self.names()? },
            4 => Group::When { test: self.test(0)?, then: self.test(0)? },
            _ => return Err(Corrupt),
        })
    }

    fn test(&mut self, depth: u32) -> Result<Test, Corrupt> {
        if depth > 32 {
            return Err(Corrupt);
        }
        Ok(match self.u32(Stream::Groups)? {
            0 => Test::All(self.list(|d| d.test(depth + 1))?.leak()),
            1 => Test::Any(self.list(|d| d.test(depth + 1))?.leak()),
            2 => Test::Not(Box::leak(Box::new(self.test(depth + 1)?))),
            3 => Test::Present(self.names()?),
            4 => Test::In(self.names()?, self.scalars()?),
            5 => {
                let path = self.names()?;
                let bits = self.u32(Stream::Groups)?;
                let min = if bits & 1 != 0 { Some(self.float()?) } else { None };
                let max = if bits & 2 != 0 { Some(self.float()?) } else { None };
                Test::Within(path, min, max)
            }
            6 => Test::Matches(self.names()?, self.text(Stream::Values)?),
            _ => return Err(Corrupt),
        })
    }
}
