//! The frames of a store that are not blocks: the header and the permissions, and the numbering of identities.
//!
//! In: drafts, sorted by name. Out: raw bytes, not yet compressed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::draft::*;
use crate::wire::Writer;

/// The 127 most used first (they take one byte), the rest sorted (they compress).
pub(crate) fn by_use(mut uses: Vec<(String, usize)>) -> Vec<String> {
    uses.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rest = uses.len().min(127);
    uses[rest..].sort();
    uses.into_iter().map(|(text, _)| text).collect()
}

/// Regions, names, flags, identities: what is known of a type without its block.
pub(crate) fn header(store: &DraftStore, types: &[&DraftType], idents: &Idents, blocks: &[Vec<&DraftType>]) -> Vec<u8> {
    let mut w = Writer::default();
    w.index(store.regions.len());
    store.regions.iter().for_each(|region| w.text(region));
    let sets: BTreeSet<u64> = types.iter().map(|ty| ty.regions).collect();
    let sets: Vec<u64> = sets.into_iter().collect();
    w.index(sets.len());
    sets.iter().for_each(|set| w.uint(*set));

    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    let mut used = |attr: &str| *uses.entry(attr.to_owned()).or_default() += 1;
    for ty in types {
        used(&ty.ref_attr);
        for (access, attr) in provides(ty) {
            used(access);
            used(attr);
        }
    }
    idents.list.iter().for_each(|ident| used(&ident.attr));
    let attrs = by_use(uses.into_iter().collect());
    let number: HashMap<&str, usize> = attrs.iter().enumerate().map(|(i, attr)| (attr.as_str(), i)).collect();
    w.index(attrs.len());
    attrs.iter().for_each(|attr| w.text(attr));

    w.index(types.len());
    let starts: BTreeSet<&str> = blocks.iter().filter_map(|block| block.first()).map(|ty| ty.name.as_str()).collect();
    let mut before = "";
    for ty in types {
        let shared = before.bytes().zip(ty.name.bytes()).take_while(|(a, b)| a == b).count();
        w.index(shared);
        w.text(&ty.name[shared..]);
        before = &ty.name;
    }
    for ty in types {
        let start = starts.contains(ty.name.as_str());
        w.byte(u8::from(ty.stateful) | u8::from(ty.deprecated) << 1 | u8::from(start) << 2);
    }
    types.iter().for_each(|ty| w.index(sets.binary_search(&ty.regions).unwrap_or(0)));
    for ty in types {
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
    w.bytes
}

/// The scalar attributes with the identity each is.
fn provides(ty: &DraftType) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    for (name, node) in &ty.attributes {
        let shape = &ty.nodes[*node as usize].shape;
        let scalar = matches!(shape, DraftShape::String | DraftShape::Integer | DraftShape::OneOf(_) | DraftShape::AnyOf(_));
        if scalar && !name.contains('*') {
            let alias = ty.attribute_idents.iter().find(|(attr, ident)| attr == name && ident.ty == ty.name);
            out.push((name.as_str(), alias.map_or(name.as_str(), |(_, ident)| ident.attr.as_str())));
        }
    }
    out
}

/// Actions by first use, then five lists a type. A list begins with which of the create actions it shares.
pub(crate) fn permissions(types: &[&DraftType]) -> Vec<u8> {
    let mut texts: Vec<&str> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut refs = Writer::default();
    let mut masks = Writer::default();
    for ty in types {
        for (nth, list) in ty.permissions.iter().enumerate() {
            let create: &[String] = if nth == 0 { &[] } else { &ty.permissions[0] };
            for group in create.chunks(7) {
                let bits = group.iter().enumerate().map(|(bit, action)| u8::from(list.contains(action)) << bit);
                masks.byte(bits.sum());
            }
            let rest: Vec<&String> = list.iter().filter(|action| !create.contains(action)).collect();
            masks.index(rest.len());
            for action in rest {
                match at.get(action.as_str()) {
                    Some(known) => refs.index(known + 1),
                    None => {
                        at.insert(action, texts.len());
                        texts.push(action);
                        refs.index(0);
                    }
                }
            }
        }
    }
    let mut w = Writer::default();
    w.index(texts.len());
    let mut before = "";
    for text in &texts {
        // Neighbours nearly always are of one service.
        let prefix = text.find(':').map_or(0, |colon| colon + 1);
        let same = prefix > 0 && before.starts_with(&text[..prefix]);
        let rest = if same { &text[prefix..] } else { text };
        w.byte(u8::from(same));
        w.text(rest);
        before = text;
    }
    w.index(refs.bytes.len());
    w.bytes.extend(refs.bytes);
    w.bytes.extend(masks.bytes);
    w.bytes
}

/// The identities that relationships name, most used first.
pub(crate) struct Idents {
    pub(crate) list: Vec<DraftIdent>,
    at: HashMap<DraftIdent, usize>,
}

impl Idents {
    pub(crate) fn new(types: &[&DraftType]) -> Idents {
        let mut uses: BTreeMap<&DraftIdent, usize> = BTreeMap::new();
        for ty in types {
            let expected = ty.nodes.iter().flat_map(|node| &node.expects);
            for ident in expected.chain(ty.attribute_idents.iter().map(|(_, ident)| ident)) {
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

    pub(crate) fn index(&mut self, ident: &DraftIdent) -> usize {
        if let Some(at) = self.at.get(ident) {
            return *at;
        }
        self.list.push(ident.clone());
        self.at.insert(ident.clone(), self.list.len() - 1);
        self.list.len() - 1
    }
}
