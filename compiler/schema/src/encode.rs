//! Packs drafts into the bytes of a store: a plain header, then one zstd frame per service.
//!
//! In: a [`DraftStore`]. Out: bytes that [`crate::store`] reads. The same drafts always give the same bytes.
//!
//! Header: magic, regions, region sets, attribute names, types (front-coded names, block, what they provide),
//! identities used by relationships, block lengths. Block: strings, constraints, relationship lists, nodes
//! (equal ones shared), objects, types.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::draft::*;
use crate::model::TagStyle;
use crate::wire::Writer;

/// First bytes of a store; the last one is the format's version.
pub(crate) const MAGIC: &[u8; 4] = b"CFS\x01";

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
    let mut blocks = Vec::new();
    for service in types.chunk_by(|a, b| service_of(&a.name) == service_of(&b.name)) {
        // Strings get their numbers in the first pass by how often they are used, in the second they are final.
        let mut counting = Block::new(&mut idents, Strings::default());
        counting.fill(service);
        let order = counting.strings.by_use();
        let mut block = Block::new(&mut idents, Strings::fixed(order));
        block.fill(service);
        let raw = block.finish();
        blocks.push((raw.len(), zstd::bulk::compress(&raw, level)?));
    }
    let mut out = header(store, &types, &idents, &blocks);
    for (_, bytes) in blocks {
        out.extend(bytes);
    }
    Ok(out)
}

fn header(store: &DraftStore, types: &[&DraftType], idents: &Idents, blocks: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut w = Writer::default();
    w.bytes.extend(MAGIC);
    w.index(store.regions.len());
    store.regions.iter().for_each(|region| w.text(region));
    let sets: BTreeSet<u64> = types.iter().map(|ty| ty.regions).collect();
    let sets: Vec<u64> = sets.into_iter().collect();
    w.index(sets.len());
    sets.iter().for_each(|set| w.uint(*set));

    let mut attrs = Strings::default();
    for ty in types {
        for (access, attr) in provides(ty) {
            attrs.index(access);
            attrs.index(attr);
        }
        attrs.index(&ty.ref_attr);
    }
    idents.list.iter().for_each(|ident| {
        attrs.index(&ident.attr);
    });
    let attrs = attrs.by_use();
    let number: HashMap<&str, usize> = attrs.iter().enumerate().map(|(i, attr)| (attr.as_str(), i)).collect();
    w.index(attrs.len());
    attrs.iter().for_each(|attr| w.text(attr));

    w.index(types.len());
    let mut before = "";
    let mut service = "";
    for ty in types {
        let shared = before.bytes().zip(ty.name.bytes()).take_while(|(a, b)| a == b).count();
        w.index(shared);
        w.text(&ty.name[shared..]);
        let flags = u8::from(ty.stateful) | u8::from(ty.deprecated) << 1;
        w.byte(flags | u8::from(service != service_of(&ty.name)) << 2);
        w.index(sets.binary_search(&ty.regions).unwrap_or(0));
        w.index(number[ty.ref_attr.as_str()]);
        let provides = provides(ty);
        w.index(provides.len());
        for (access, attr) in provides {
            // An attribute nearly always is itself; only an alias needs a second number.
            let alias = access != attr;
            w.index(number[access] << 1 | usize::from(alias));
            if alias {
                w.index(number[attr]);
            }
        }
        before = &ty.name;
        service = service_of(&ty.name);
    }
    w.index(idents.list.len());
    for ident in &idents.list {
        match types.binary_search_by(|ty| ty.name.as_str().cmp(&ident.ty)) {
            Ok(at) => w.index(at + 1),
            Err(_) => {
                w.index(0);
                w.text(&ident.ty);
            }
        }
        w.index(number[ident.attr.as_str()]);
    }
    w.index(blocks.len());
    for (raw, bytes) in blocks {
        w.index(*raw);
        w.index(bytes.len());
    }
    w.bytes
}

/// The scalar attributes with the identity each is.
fn provides(ty: &DraftType) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    for (name, node) in &ty.attributes {
        let scalar = matches!(
            ty.nodes[*node as usize].shape,
            DraftShape::String | DraftShape::Integer | DraftShape::OneOf(_) | DraftShape::AnyOf(_)
        );
        if scalar && !name.contains('*') {
            let alias = ty.attribute_idents.iter().find(|(attr, ident)| attr == name && ident.ty == ty.name);
            out.push((name.as_str(), alias.map_or(name.as_str(), |(_, ident)| ident.attr.as_str())));
        }
    }
    out
}

/// The identities that relationships name, numbered by first use.
struct Idents {
    list: Vec<DraftIdent>,
    at: HashMap<DraftIdent, usize>,
}

impl Idents {
    /// Seeded in a fixed order, so block contents do not depend on one another.
    fn new(types: &[&DraftType]) -> Idents {
        let mut uses: BTreeMap<&DraftIdent, usize> = BTreeMap::new();
        for ty in types {
            for ident in ty.nodes.iter().flat_map(|node| &node.expects) {
                *uses.entry(ident).or_default() += 1;
            }
            for (_, ident) in &ty.attribute_idents {
                *uses.entry(ident).or_default() += 1;
            }
        }
        let mut ordered: Vec<(&DraftIdent, usize)> = uses.into_iter().collect();
        ordered.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut idents = Idents { list: Vec::new(), at: HashMap::new() };
        for (ident, _) in ordered {
            idents.index(ident);
        }
        idents
    }

    fn index(&mut self, ident: &DraftIdent) -> usize {
        if let Some(at) = self.at.get(ident) {
            return *at;
        }
        self.list.push(ident.clone());
        self.at.insert(ident.clone(), self.list.len() - 1);
        self.list.len() - 1
    }
}

/// Interned text.
#[derive(Default)]
struct Strings {
    list: Vec<String>,
    uses: Vec<usize>,
    at: HashMap<String, usize>,
}

impl Strings {
    fn fixed(list: Vec<String>) -> Strings {
        let at = list.iter().enumerate().map(|(i, text)| (text.clone(), i)).collect();
        Strings { uses: vec![0; list.len()], list, at }
    }

    fn index(&mut self, text: &str) -> usize {
        if let Some(&at) = self.at.get(text) {
            self.uses[at] += 1;
            return at;
        }
        self.list.push(text.to_owned());
        self.uses.push(1);
        self.at.insert(text.to_owned(), self.list.len() - 1);
        self.list.len() - 1
    }

    /// The 128 most used first (they take one byte), the rest sorted (they compress).
    fn by_use(self) -> Vec<String> {
        let mut pairs: Vec<(usize, String)> = self.uses.into_iter().zip(self.list).collect();
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let rest = pairs.len().min(128);
        pairs[rest..].sort_by(|a, b| a.1.cmp(&b.1));
        pairs.into_iter().map(|(_, text)| text).collect()
    }
}

/// Rows that are equal are written once.
#[derive(Default)]
struct Rows {
    list: Vec<Vec<u8>>,
    at: HashMap<Vec<u8>, usize>,
}

impl Rows {
    fn index(&mut self, row: Vec<u8>) -> usize {
        if let Some(at) = self.at.get(&row) {
            return *at;
        }
        self.list.push(row.clone());
        self.at.insert(row, self.list.len() - 1);
        self.list.len() - 1
    }

    /// A row that refers to itself: its number is needed before its content.
    fn reserve(&mut self) -> usize {
        self.list.push(Vec::new());
        self.list.len() - 1
    }
}

struct Block<'a> {
    idents: &'a mut Idents,
    strings: Strings,
    constraints: Rows,
    expects: Rows,
    nodes: Rows,
    objects: Vec<Vec<u8>>,
    types: Vec<Vec<u8>>,
}

/// Where packing of one type stands.
struct Packing<'a> {
    ty: &'a DraftType,
    nodes: Vec<State>,
    /// Block number of each object of the type, once it is reached.
    objects: Vec<Option<usize>>,
    queue: Vec<usize>,
}

#[derive(Clone, Copy)]
enum State {
    New,
    Open,
    Reserved(usize),
    Done(usize),
}

impl Block<'_> {
    fn new(idents: &mut Idents, strings: Strings) -> Block<'_> {
        Block {
            idents,
            strings,
            constraints: Rows::default(),
            expects: Rows::default(),
            nodes: Rows::default(),
            objects: Vec::new(),
            types: Vec::new(),
        }
    }

    fn fill(&mut self, types: &[&DraftType]) {
        for ty in types {
            let mut packing =
                Packing { ty, nodes: vec![State::New; ty.nodes.len()], objects: vec![None; ty.objects.len()], queue: Vec::new() };
            let row = self.type_row(&mut packing);
            self.types.push(row);
        }
    }

    fn finish(self) -> Vec<u8> {
        let mut w = Writer::default();
        w.index(self.strings.list.len());
        self.strings.list.iter().for_each(|text| w.index(text.len()));
        self.strings.list.iter().for_each(|text| w.bytes.extend(text.as_bytes()));
        for rows in [&self.constraints.list, &self.expects.list, &self.nodes.list, &self.objects, &self.types] {
            w.index(rows.len());
            rows.iter().for_each(|row| w.bytes.extend(row));
        }
        w.bytes
    }

    fn string(&mut self, w: &mut Writer, text: &str) {
        let at = self.strings.index(text);
        w.index(at);
    }

    fn maybe_string(&mut self, w: &mut Writer, text: Option<&str>) {
        match text {
            Some(text) => {
                let at = self.strings.index(text);
                w.index(at + 1);
            }
            None => w.index(0),
        }
    }

    fn strings(&mut self, w: &mut Writer, list: &[String]) {
        w.index(list.len());
        list.iter().for_each(|text| self.string(w, text));
    }

    fn object(&mut self, packing: &mut Packing<'_>, object: u32) -> usize {
        if let Some(at) = packing.objects[object as usize] {
            return at;
        }
        self.objects.push(Vec::new());
        let at = self.objects.len() - 1;
        packing.objects[object as usize] = Some(at);
        packing.queue.push(object as usize);
        at
    }

    fn type_row(&mut self, packing: &mut Packing<'_>) -> Vec<u8> {
        let ty = packing.ty;
        let mut w = Writer::default();
        let body = self.object(packing, 0);
        w.index(body);
        let mut attributes: Vec<&(String, u32)> = ty.attributes.iter().collect();
        attributes.sort();
        attributes.dedup_by(|a, b| a.0 == b.0);
        w.index(attributes.len());
        for (name, node) in attributes {
            self.string(&mut w, name);
            let node = self.node(packing, *node);
            w.index(node);
            let extra: Vec<&DraftIdent> =
                ty.attribute_idents.iter().filter(|(attr, _)| attr == name).map(|(_, ident)| ident).collect();
            w.index(extra.len());
            for ident in extra {
                let at = self.idents.index(ident);
                w.index(at);
            }
        }
        // Objects refer to further objects; the queue ends because each is packed once.
        let mut done = 0;
        while done < packing.queue.len() {
            let local = packing.queue[done];
            let row = self.object_row(packing, &ty.objects[local]);
            if let Some(at) = packing.objects[local] {
                self.objects[at] = row;
            }
            done += 1;
        }
        let mut named: Vec<(&str, usize)> = Vec::new();
        for (local, object) in ty.objects.iter().enumerate() {
            if let (Some(at), Some(name)) = (packing.objects[local], &object.name) {
                named.push((name, at));
            }
        }
        named.sort();
        named.dedup_by(|a, b| a.0 == b.0);
        w.index(named.len());
        named.iter().for_each(|(_, at)| w.index(*at));
        self.strings(&mut w, &ty.primary);
        ty.permissions.iter().for_each(|actions| self.strings(&mut w, actions));
        w.byte(TagStyle::ALL.iter().position(|style| *style == ty.tags.0).unwrap_or(0) as u8);
        self.maybe_string(&mut w, ty.tags.1.as_deref());
        self.maybe_string(&mut w, ty.doc.as_deref());
        w.bytes
    }

    fn object_row(&mut self, packing: &mut Packing<'_>, object: &DraftObject) -> Vec<u8> {
        let mut w = Writer::default();
        w.byte(u8::from(object.open));
        self.maybe_string(&mut w, object.name.as_deref());
        let mut properties: Vec<&DraftProperty> = object.properties.iter().collect();
        properties.sort_by(|a, b| a.name.cmp(&b.name));
        w.index(properties.len());
        for property in properties {
            self.string(&mut w, &property.name);
            w.byte(
                u8::from(property.required)
                    | u8::from(property.read_only) << 1
                    | u8::from(property.write_only) << 2
                    | u8::from(property.deprecated) << 3
                    | (property.update as u8) << 4,
            );
            let node = self.node(packing, property.node);
            w.index(node);
        }
        w.index(object.groups.len());
        for group in &object.groups {
            self.group(&mut w, group);
        }
        w.bytes
    }

    /// The block number of a node, equal ones shared.
    fn node(&mut self, packing: &mut Packing<'_>, node: u32) -> usize {
        match packing.nodes[node as usize] {
            State::Done(at) | State::Reserved(at) => return at,
            State::Open => {
                let at = self.nodes.reserve();
                packing.nodes[node as usize] = State::Reserved(at);
                return at;
            }
            State::New => packing.nodes[node as usize] = State::Open,
        }
        let row = self.node_row(packing, &packing.ty.nodes[node as usize]);
        let at = match packing.nodes[node as usize] {
            State::Reserved(at) => {
                self.nodes.list[at] = row;
                at
            }
            _ => self.nodes.index(row),
        };
        packing.nodes[node as usize] = State::Done(at);
        at
    }

    fn node_row(&mut self, packing: &mut Packing<'_>, node: &DraftNode) -> Vec<u8> {
        let (tag, payload) = self.shape(packing, &node.shape);
        let constraints = (node.constraints != DraftConstraints::default()).then(|| {
            let row = self.constraint_row(&node.constraints);
            self.constraints.index(row)
        });
        let expects = (!node.expects.is_empty()).then(|| {
            let mut w = Writer::default();
            w.index(node.expects.len());
            for ident in &node.expects {
                let at = self.idents.index(ident);
                w.index(at);
            }
            self.expects.index(w.bytes)
        });
        let extra = node.unit.is_some() || node.text != Default::default() || node.doc.is_some();
        let mut w = Writer::default();
        w.byte(tag | u8::from(constraints.is_some()) << 4 | u8::from(expects.is_some()) << 5 | u8::from(extra) << 6);
        w.bytes.extend(payload);
        constraints.into_iter().chain(expects).for_each(|at| w.index(at));
        if extra {
            w.byte(node.unit.map_or(0, |unit| unit as u8 + 1));
            w.byte(node.text as u8);
            self.maybe_string(&mut w, node.doc.as_deref());
        }
        w.bytes
    }

    fn shape(&mut self, packing: &mut Packing<'_>, shape: &DraftShape) -> (u8, Vec<u8>) {
        let mut w = Writer::default();
        let tag = match shape {
            DraftShape::String => 0,
            DraftShape::Integer => 1,
            DraftShape::Number => 2,
            DraftShape::Boolean => 3,
            DraftShape::Json => 4,
            DraftShape::List(inner) => {
                let at = self.node(packing, *inner);
                w.index(at);
                5
            }
            DraftShape::Map { key, value } => {
                let at = self.node(packing, *value);
                w.index(at);
                self.maybe_string(&mut w, key.as_deref());
                6
            }
            DraftShape::Object(object) => {
                let at = self.object(packing, *object);
                w.index(at);
                7
            }
            DraftShape::OneOf(all) | DraftShape::AnyOf(all) => {
                w.index(all.len());
                for inner in all {
                    let at = self.node(packing, *inner);
                    w.index(at);
                }
                if matches!(shape, DraftShape::OneOf(_)) { 8 } else { 9 }
            }
        };
        (tag, w.bytes)
    }

    fn scalar(&mut self, w: &mut Writer, value: &DraftScalar) {
        match value {
            DraftScalar::Str(text) => {
                w.byte(0);
                self.string(w, text);
            }
            DraftScalar::Int(value) => {
                w.byte(1);
                w.int(*value);
            }
            DraftScalar::Float(value) => {
                w.byte(2);
                w.float(*value);
            }
            DraftScalar::Bool(value) => w.byte(3 + u8::from(*value)),
        }
    }

    fn scalars(&mut self, w: &mut Writer, values: &[DraftScalar]) {
        w.index(values.len());
        values.iter().for_each(|value| self.scalar(w, value));
    }

    /// A bit set of the fields that are there, then the fields.
    fn constraint_row(&mut self, c: &DraftConstraints) -> Vec<u8> {
        let mut w = Writer::default();
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
        w.uint(bits.iter().enumerate().fold(0, |mask, (i, bit)| mask | u64::from(*bit) << i));
        if let Some(pattern) = &c.pattern {
            self.string(&mut w, pattern);
        }
        counts.into_iter().flatten().for_each(|count| w.uint(u64::from(count)));
        if !c.allowed.is_empty() {
            self.scalars(&mut w, &c.allowed);
        }
        numbers.into_iter().flatten().for_each(|number| w.float(number));
        if let Some(format) = &c.format {
            self.string(&mut w, format);
        }
        for value in [&c.default, &c.constant].into_iter().flatten() {
            self.scalar(&mut w, value);
        }
        w.bytes
    }

    fn group(&mut self, w: &mut Writer, group: &DraftGroup) {
        match group {
            DraftGroup::ExactlyOne(sets) | DraftGroup::AtLeastOne(sets) => {
                w.byte(u8::from(matches!(group, DraftGroup::AtLeastOne(_))));
                w.index(sets.len());
                sets.iter().for_each(|set| self.strings(w, set));
            }
            DraftGroup::Requires { when, all } => {
                w.byte(2);
                self.string(w, when);
                self.strings(w, all);
            }
            DraftGroup::Excludes { when, any } => {
                w.byte(3);
                self.string(w, when);
                self.strings(w, any);
            }
            DraftGroup::When { test, then } => {
                w.byte(4);
                self.test(w, test);
                self.test(w, then);
            }
        }
    }

    fn test(&mut self, w: &mut Writer, test: &DraftTest) {
        match test {
            DraftTest::All(tests) | DraftTest::Any(tests) => {
                w.byte(u8::from(matches!(test, DraftTest::Any(_))));
                w.index(tests.len());
                tests.iter().for_each(|test| self.test(w, test));
            }
            DraftTest::Not(inner) => {
                w.byte(2);
                self.test(w, inner);
            }
            DraftTest::Present(path) => {
                w.byte(3);
                self.strings(w, path);
            }
            DraftTest::In(path, values) => {
                w.byte(4);
                self.strings(w, path);
                self.scalars(w, values);
            }
            DraftTest::Within(path, min, max) => {
                w.byte(5);
                self.strings(w, path);
                w.byte(u8::from(min.is_some()) | u8::from(max.is_some()) << 1);
                [min, max].into_iter().flatten().for_each(|bound| w.float(*bound));
            }
            DraftTest::Matches(path, pattern) => {
                w.byte(6);
                self.strings(w, path);
                self.string(w, pattern);
            }
        }
    }
}
