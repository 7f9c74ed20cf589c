//! Packs drafts into the bytes of a store.
//!
//! In: a [`DraftStore`]. Out: bytes that [`crate::store`] reads; the same drafts always give the same bytes.
//!
//! A store is a magic number and zstd frames: the header (names, identities, regions, what each type provides), the
//! texts that several blocks share, the permissions, then blocks. A block holds types that stand next to each other by
//! name, in streams by kind of value, which compress better than rows. Nearly everything in it is numbered by first use,
//! so that "the next new one" is the number 0.

use std::collections::{BTreeMap, HashMap};

use crate::draft::*;
use crate::encode_header::{Idents, by_use, header, permissions};
use crate::frames;
use crate::model::{TagStyle, Text, Unit};
use crate::wire::Writer;

/// First bytes of a store; the last one is the format's version.
pub(crate) const MAGIC: &[u8; 4] = b"CFS\x02";

/// Positions a block holds before the next type starts another. A program uses twenty types of nineteen hundred, and waits until
/// their blocks are decoded: large blocks are smaller together (584 kB instead of 670 kB when they were five times as large), but hold mostly
/// what nobody asked for.
const BLOCK_NODES: usize = 500;

/// The streams of a block.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Names,
    Values,
    NewTexts,
    Lengths,
    Counts,
    PropertyFlags,
    NodeRefs,
    NodeHeads,
    ConstraintRefs,
    ExpectRefs,
    ObjectRefs,
    Extras,
    ConstraintBits,
    Numbers,
    Idents,
    Groups,
    TextBytes,
}

/// How many streams there are.
pub(crate) const STREAMS: usize = Stream::TextBytes as usize + 1;

/// The part of a type name before its last segment: `AWS::S3`.
pub(crate) fn service_of(name: &str) -> &str {
    name.rfind("::").map_or(name, |at| &name[..at])
}

/// Packs a store. `level` is zstd's.
pub fn encode(store: &DraftStore, level: i32) -> std::io::Result<Vec<u8>> {
    let mut types: Vec<&DraftType> = store.types.iter().collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    types.dedup_by(|a, b| a.name == b.name);
    let mut idents = Idents::new(&types);
    for ident in &store.pseudo {
        idents.index(ident);
    }
    let blocks = split(&types);
    let shared = shared_texts(&blocks, &mut idents);
    let bodies: Vec<Vec<u8>> = blocks.iter().map(|block| Block::pack(block, &mut idents, &shared).finish()).collect();
    let header = header(store, &types, &idents, &blocks);
    let mut all = vec![header, shared.frame(), permissions(&types)];
    all.extend(bodies);
    let mut out = Writer::default();
    out.bytes.extend(MAGIC);
    frames::write(&mut out, &all, level)?;
    Ok(out.bytes)
}

/// Types by block, in the order of their names: those of a service share most.
fn split<'a>(types: &[&'a DraftType]) -> Vec<Vec<&'a DraftType>> {
    let mut blocks: Vec<Vec<&DraftType>> = Vec::new();
    let mut nodes = usize::MAX;
    for ty in types {
        if nodes > BLOCK_NODES {
            blocks.push(Vec::new());
            nodes = 0;
        }
        nodes += ty.nodes.len();
        if let Some(block) = blocks.last_mut() {
            block.push(ty);
        }
    }
    blocks
}

/// Texts that more than one block uses.
struct Shared {
    list: Vec<String>,
    at: HashMap<String, usize>,
}

impl Shared {
    fn new(list: Vec<String>) -> Shared {
        let at = list.iter().enumerate().map(|(at, text)| (text.clone(), at)).collect();
        Shared { list, at }
    }

    fn frame(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.index(self.list.len());
        self.list.iter().for_each(|text| w.index(text.len()));
        self.list.iter().for_each(|text| w.bytes.extend(text.as_bytes()));
        w.bytes
    }
}

fn shared_texts(blocks: &[Vec<&DraftType>], idents: &mut Idents) -> Shared {
    let nothing = Shared::new(Vec::new());
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for block in blocks {
        for text in Block::pack(block, idents, &nothing).texts.list {
            *uses.entry(text).or_default() += 1;
        }
    }
    Shared::new(by_use(uses.into_iter().filter(|(_, count)| *count > 1).collect()))
}

/// Texts of a block, numbered by first use.
#[derive(Default)]
struct Texts {
    list: Vec<String>,
    at: HashMap<String, usize>,
}

/// Distinct values, numbered by when they are first met; `of` finds the number again by the value's debug text, which
/// unlike the value (it holds floats) can be a key.
struct Distinct<T> {
    list: Vec<T>,
    at: HashMap<String, usize>,
}

impl<T: std::fmt::Debug> Distinct<T> {
    fn new() -> Distinct<T> {
        Distinct { list: Vec::new(), at: HashMap::new() }
    }

    fn index(&mut self, value: T) -> usize {
        let key = format!("{value:?}");
        if let Some(at) = self.at.get(&key) {
            return *at;
        }
        self.list.push(value);
        self.at.insert(key, self.list.len() - 1);
        self.list.len() - 1
    }
}

/// A position with everything it refers to by number in the block's tables of distinct values.
#[derive(Clone, Debug)]
struct PackedNode {
    shape: PackedShape,
    constraints: Option<usize>,
    expects: Option<usize>,
    open: bool,
    unit: Option<Unit>,
    text: Text,
    doc: Option<String>,
}

#[derive(Clone, Debug)]
enum PackedShape {
    Plain(u8),
    List(usize),
    Map(Option<String>, usize),
    /// An object, by type and place in it: objects are never shared.
    Object(usize, u32),
    OneOf(Vec<usize>),
    AnyOf(Vec<usize>),
}

/// Where packing of a node stands.
#[derive(Clone, Copy)]
enum State {
    New,
    Open,
    Done(usize),
}

/// Order of first use: what has a number, and what is still to be written.
struct Order<K> {
    list: Vec<K>,
    at: HashMap<K, usize>,
    written: usize,
}

impl<K: Copy + Eq + std::hash::Hash> Order<K> {
    fn new() -> Order<K> {
        Order { list: Vec::new(), at: HashMap::new(), written: 0 }
    }

    /// 0 for what is new, else its number plus one.
    fn refer(&mut self, key: K) -> usize {
        if let Some(at) = self.at.get(&key) {
            return at + 1;
        }
        self.at.insert(key, self.list.len());
        self.list.push(key);
        0
    }

    fn next(&mut self) -> Option<K> {
        let key = self.list.get(self.written).copied();
        self.written += usize::from(key.is_some());
        key
    }
}

struct Block<'a> {
    types: &'a [&'a DraftType],
    idents: &'a mut Idents,
    shared: &'a Shared,
    texts: Texts,
    nodes: Distinct<PackedNode>,
    constraints: Distinct<DraftConstraints>,
    expects: Distinct<Vec<usize>>,
    node_order: Order<usize>,
    object_order: Order<(usize, u32)>,
    constraint_order: Order<usize>,
    expect_order: Order<usize>,
    states: Vec<Vec<State>>,
    out: [Writer; STREAMS],
}

impl<'a> Block<'a> {
    fn pack(types: &'a [&'a DraftType], idents: &'a mut Idents, shared: &'a Shared) -> Block<'a> {
        let mut block = Block {
            types,
            idents,
            shared,
            texts: Texts::default(),
            nodes: Distinct::new(),
            constraints: Distinct::new(),
            expects: Distinct::new(),
            node_order: Order::new(),
            object_order: Order::new(),
            constraint_order: Order::new(),
            expect_order: Order::new(),
            states: types.iter().map(|ty| vec![State::New; ty.nodes.len()]).collect(),
            out: Default::default(),
        };
        for at in 0..types.len() {
            block.ty(at);
        }
        // What nodes refer to comes last: it refers to nothing but text.
        while let Some(at) = block.constraint_order.next() {
            let constraints = block.constraints.list[at].clone();
            block.write_constraints(&constraints);
        }
        while let Some(at) = block.expect_order.next() {
            let list = block.expects.list[at].clone();
            block.put(Stream::Idents, list.len());
            list.into_iter().for_each(|ident| block.put(Stream::Idents, ident));
        }
        block
    }

    /// The streams, each with its length.
    fn finish(self) -> Vec<u8> {
        let mut w = Writer::default();
        self.out.iter().for_each(|stream| w.index(stream.bytes.len()));
        self.out.iter().for_each(|stream| w.bytes.extend(&stream.bytes));
        w.bytes
    }

    fn w(&mut self, stream: Stream) -> &mut Writer {
        &mut self.out[stream as usize]
    }

    fn put(&mut self, stream: Stream, value: usize) {
        self.w(stream).index(value);
    }

    /// A text: 0 when new, and then either which shared one or its length and bytes.
    fn text(&mut self, stream: Stream, text: &str) {
        if let Some(at) = self.texts.at.get(text).copied() {
            return self.put(stream, at + 1);
        }
        self.put(stream, 0);
        self.texts.at.insert(text.to_owned(), self.texts.list.len());
        self.texts.list.push(text.to_owned());
        match self.shared.at.get(text).copied() {
            Some(at) => self.put(Stream::NewTexts, at + 1),
            None => {
                self.put(Stream::NewTexts, 0);
                self.put(Stream::Lengths, text.len());
                self.w(Stream::TextBytes).bytes.extend(text.as_bytes());
            }
        }
    }

    fn maybe_text(&mut self, stream: Stream, text: Option<&str>) {
        self.put(Stream::Counts, usize::from(text.is_some()));
        text.into_iter().for_each(|text| self.text(stream, text));
    }

    fn texts(&mut self, stream: Stream, list: &[String]) {
        self.put(Stream::Counts, list.len());
        list.iter().for_each(|text| self.text(stream, text));
    }

    /// A type, then every object and node it needs that is not written yet.
    fn ty(&mut self, at: usize) {
        let ty = self.types[at];
        self.object_order.refer((at, 0));
        let mut attributes: Vec<&(String, u32)> = ty.attributes.iter().collect();
        attributes.sort();
        attributes.dedup_by(|a, b| a.0 == b.0);
        self.put(Stream::Counts, attributes.len());
        for (name, node) in attributes {
            self.text(Stream::Names, name);
            self.node_ref(at, *node);
            let foreign = ty.attribute_idents.iter().filter(|(attr, ident)| attr == name && ident.ty != ty.name);
            let foreign: Vec<DraftIdent> = foreign.map(|(_, ident)| ident.clone()).collect();
            self.put(Stream::Counts, foreign.len());
            for ident in foreign {
                let ident = self.idents.index(&ident);
                self.put(Stream::Idents, ident);
            }
        }
        self.texts(Stream::Names, &ty.primary);
        let style = TagStyle::ALL.iter().position(|style| *style == ty.tags.0).unwrap_or(0);
        self.put(Stream::Counts, style);
        self.maybe_text(Stream::Names, ty.tags.1.as_deref());
        self.maybe_text(Stream::Values, ty.doc.as_deref());
        loop {
            if let Some((owner, object)) = self.object_order.next() {
                self.write_object(owner, &self.types[owner].objects[object as usize]);
            } else if let Some(node) = self.node_order.next() {
                let node = self.nodes.list[node].clone();
                self.write_node(&node);
            } else {
                break;
            }
        }
    }

    fn write_object(&mut self, owner: usize, object: &DraftObject) {
        self.put(Stream::Counts, usize::from(object.open) | usize::from(object.name.is_some()) << 1);
        object.name.iter().for_each(|name| self.text(Stream::Names, name));
        let mut properties: Vec<&DraftProperty> = object.properties.iter().collect();
        properties.sort_by(|a, b| a.name.cmp(&b.name));
        self.put(Stream::Counts, properties.len());
        for property in properties {
            self.text(Stream::Names, &property.name);
            let flags = u8::from(property.required)
                | u8::from(property.read_only) << 1
                | u8::from(property.write_only) << 2
                | u8::from(property.deprecated) << 3
                | (property.update as u8) << 4;
            self.w(Stream::PropertyFlags).byte(flags);
            self.node_ref(owner, property.node);
        }
        self.put(Stream::Counts, object.groups.len());
        object.groups.iter().for_each(|group| self.group(group));
    }

    fn node_ref(&mut self, owner: usize, node: u32) {
        let distinct = self.distinct(owner, node);
        let number = self.node_order.refer(distinct);
        self.put(Stream::NodeRefs, number);
    }

    /// The number of a node among the distinct ones of the block.
    fn distinct(&mut self, owner: usize, at: u32) -> usize {
        match self.states[owner][at as usize] {
            State::Done(number) => return number,
            State::New => self.states[owner][at as usize] = State::Open,
            State::Open => {
                // A node inside itself: its place is taken now and filled when it is complete.
                self.nodes.list.push(PackedNode::json());
                let number = self.nodes.list.len() - 1;
                self.states[owner][at as usize] = State::Done(number);
                return number;
            }
        }
        let node = &self.types[owner].nodes[at as usize];
        let shape = self.shape(owner, &node.shape);
        let constraints =
            (node.constraints != DraftConstraints::default()).then(|| self.constraints.index(node.constraints.clone()));
        let expects: Vec<usize> = node.expects.iter().map(|ident| self.idents.index(ident)).collect();
        let expects = (!expects.is_empty()).then(|| self.expects.index(expects));
        let packed =
            PackedNode { shape, constraints, expects, open: node.open, unit: node.unit, text: node.text, doc: node.doc.clone() };
        let number = match self.states[owner][at as usize] {
            State::Done(taken) => {
                self.nodes.list[taken] = packed;
                taken
            }
            _ => self.nodes.index(packed),
        };
        self.states[owner][at as usize] = State::Done(number);
        number
    }

    fn shape(&mut self, owner: usize, shape: &DraftShape) -> PackedShape {
        match shape {
            DraftShape::String => PackedShape::Plain(0),
            DraftShape::Integer => PackedShape::Plain(1),
            DraftShape::Number => PackedShape::Plain(2),
            DraftShape::Boolean => PackedShape::Plain(3),
            DraftShape::Json => PackedShape::Plain(4),
            DraftShape::List(inner) => PackedShape::List(self.distinct(owner, *inner)),
            DraftShape::Map { key, value } => PackedShape::Map(key.clone(), self.distinct(owner, *value)),
            DraftShape::Object(object) => PackedShape::Object(owner, *object),
            DraftShape::OneOf(all) => PackedShape::OneOf(all.iter().map(|inner| self.distinct(owner, *inner)).collect()),
            DraftShape::AnyOf(all) => PackedShape::AnyOf(all.iter().map(|inner| self.distinct(owner, *inner)).collect()),
        }
    }

    fn write_node(&mut self, node: &PackedNode) {
        let extra = node.unit.is_some() || node.text != Text::Plain || node.doc.is_some();
        let bits = u8::from(node.constraints.is_some()) << 4
            | u8::from(node.expects.is_some()) << 5
            | u8::from(extra) << 6
            | u8::from(node.open) << 7;
        let (tag, inner): (u8, &[usize]) = match &node.shape {
            PackedShape::Plain(tag) => (*tag, &[]),
            PackedShape::List(inner) => (5, std::slice::from_ref(inner)),
            PackedShape::Map(_, value) => (6, std::slice::from_ref(value)),
            PackedShape::Object(..) => (7, &[]),
            PackedShape::OneOf(all) => (8, all),
            PackedShape::AnyOf(all) => (9, all),
        };
        self.w(Stream::NodeHeads).byte(tag | bits);
        match &node.shape {
            PackedShape::Map(key, _) => self.maybe_text(Stream::Values, key.as_deref()),
            PackedShape::Object(owner, object) => {
                let number = self.object_order.refer((*owner, *object));
                self.put(Stream::ObjectRefs, number);
            }
            PackedShape::OneOf(all) | PackedShape::AnyOf(all) => self.put(Stream::Counts, all.len()),
            _ => {}
        }
        for inner in inner {
            let number = self.node_order.refer(*inner);
            self.put(Stream::NodeRefs, number);
        }
        if let Some(constraints) = node.constraints {
            let number = self.constraint_order.refer(constraints);
            self.put(Stream::ConstraintRefs, number);
        }
        if let Some(expects) = node.expects {
            let number = self.expect_order.refer(expects);
            self.put(Stream::ExpectRefs, number);
        }
        if extra {
            let w = self.w(Stream::Extras);
            w.byte(node.unit.map_or(0, |unit| unit as u8 + 1));
            w.byte(node.text as u8);
            self.maybe_text(Stream::Values, node.doc.as_deref());
        }
    }

    fn scalar(&mut self, value: &DraftScalar) {
        match value {
            DraftScalar::Str(text) => {
                self.put(Stream::Numbers, 0);
                self.text(Stream::Values, text);
            }
            DraftScalar::Int(value) => {
                self.put(Stream::Numbers, 1);
                self.w(Stream::Numbers).int(*value);
            }
            DraftScalar::Float(value) => {
                self.put(Stream::Numbers, 2);
                self.w(Stream::Numbers).float(*value);
            }
            DraftScalar::Bool(value) => self.put(Stream::Numbers, 3 + usize::from(*value)),
        }
    }

    /// The number of values; texts alone, which is the rule, are written without a tag each.
    fn scalars(&mut self, values: &[DraftScalar]) {
        let texts = values.iter().all(|value| matches!(value, DraftScalar::Str(_)));
        self.put(Stream::Counts, values.len() << 1 | usize::from(!texts));
        for value in values {
            match value {
                DraftScalar::Str(text) if texts => self.text(Stream::Values, text),
                other => self.scalar(other),
            }
        }
    }

    /// A bit set of the fields that are there, then the fields.
    fn write_constraints(&mut self, c: &DraftConstraints) {
        let numbers = [c.min, c.max, c.multiple_of];
        let counts = [c.min_len, c.max_len, c.min_items, c.max_items, c.min_props, c.max_props];
        let bits = [
            c.pattern.is_some(),
            c.min_len.is_some(),
            c.max_len.is_some(),
            !c.allowed.is_empty(),
            c.min_items.is_some(),
            c.max_items.is_some(),
            c.unique,
            c.min.is_some(),
            c.max.is_some(),
            c.format.is_some(),
            c.ordered,
            c.open,
            c.default.is_some(),
            c.constant.is_some(),
            c.multiple_of.is_some(),
            c.min_props.is_some(),
            c.max_props.is_some(),
            c.ignore_case,
            c.exclusive_max,
        ];
        let mask = bits.iter().enumerate().fold(0, |mask, (i, bit)| mask | u64::from(*bit) << i);
        self.w(Stream::ConstraintBits).uint(mask);
        c.pattern.iter().for_each(|pattern| self.text(Stream::Values, pattern));
        counts.into_iter().flatten().for_each(|count| self.put(Stream::Numbers, count as usize));
        if !c.allowed.is_empty() {
            self.scalars(&c.allowed);
        }
        numbers.into_iter().flatten().for_each(|number| self.w(Stream::Numbers).float(number));
        c.format.iter().for_each(|format| self.text(Stream::Values, format));
        [&c.default, &c.constant].into_iter().flatten().for_each(|value| self.scalar(value));
    }

    fn group(&mut self, group: &DraftGroup) {
        match group {
            DraftGroup::ExactlyOne(sets) | DraftGroup::AtLeastOne(sets) => {
                self.put(Stream::Groups, usize::from(matches!(group, DraftGroup::AtLeastOne(_))));
                self.put(Stream::Counts, sets.len());
                sets.iter().for_each(|set| self.texts(Stream::Names, set));
            }
            DraftGroup::Requires { when, all } => {
                self.put(Stream::Groups, 2);
                self.text(Stream::Names, when);
                self.texts(Stream::Names, all);
            }
            DraftGroup::Excludes { when, any } => {
                self.put(Stream::Groups, 3);
                self.text(Stream::Names, when);
                self.texts(Stream::Names, any);
            }
            DraftGroup::When { test, then } => {
                self.put(Stream::Groups, 4);
                self.test(test);
                self.test(then);
            }
        }
    }

    fn test(&mut self, test: &DraftTest) {
        match test {
            DraftTest::All(tests) | DraftTest::Any(tests) => {
                self.put(Stream::Groups, usize::from(matches!(test, DraftTest::Any(_))));
                self.put(Stream::Counts, tests.len());
                tests.iter().for_each(|test| self.test(test));
            }
            DraftTest::Not(inner) => {
                self.put(Stream::Groups, 2);
                self.test(inner);
            }
            DraftTest::Present(path) => {
                self.put(Stream::Groups, 3);
                self.texts(Stream::Names, path);
            }
            DraftTest::In(path, values) => {
                self.put(Stream::Groups, 4);
                self.texts(Stream::Names, path);
                self.scalars(values);
            }
            DraftTest::Within(path, min, max) => {
                self.put(Stream::Groups, 5);
                self.texts(Stream::Names, path);
                self.put(Stream::Groups, usize::from(min.is_some()) | usize::from(max.is_some()) << 1);
                [min, max].into_iter().flatten().for_each(|bound| self.w(Stream::Numbers).float(*bound));
            }
            DraftTest::Matches(path, pattern) => {
                self.put(Stream::Groups, 6);
                self.texts(Stream::Names, path);
                self.text(Stream::Values, pattern);
            }
        }
    }
}

impl PackedNode {
    /// A placeholder.
    fn json() -> PackedNode {
        PackedNode {
            shape: PackedShape::Plain(4),
            constraints: None,
            expects: None,
            open: false,
            unit: None,
            text: Text::Plain,
            doc: None,
        }
    }
}
