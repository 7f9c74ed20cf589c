//! Patches and how values merge: `defaults`, then the resource, then `with`.
//!
//! In: a frame. Out: the patches its chain of instances brings, innermost first; merged records. Always: records and tag lists
//! merge deeply, lists are replaced, `none` removes.

use cloudc_hir::{Anchor, Decl};
use cloudc_types::typed::{Patch, Root};

use crate::Db;
use crate::evaluate::open;
use crate::frame::{Frame, Origin, Site};
use crate::values::{Field, Node, Value};

/// A `with` entry and where its expressions are evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    /// The frame of the declaration that wrote it.
    pub frame: Frame,
    /// The declaration that wrote it.
    pub decl: Decl,
    /// What it patches.
    pub target: Decl,
    /// Which entry: an index for each level of `with`.
    path: Vec<usize>,
}

impl Patched {
    /// The entry itself.
    pub fn get<'db>(&self, db: &'db dyn Db) -> Option<&'db Patch> {
        let (last, outer) = self.path.split_last()?;
        let mut level = with(db, self.decl);
        for at in outer {
            level = &level.get(*at)?.with;
        }
        level.get(*last)
    }

    /// The entry's name.
    pub fn anchor(&self, db: &dyn Db) -> Anchor {
        self.get(db).map_or(Anchor::name(self.decl), |patch| Anchor::expr(self.decl, patch.src))
    }
}

fn with(db: &dyn Db, decl: Decl) -> &[Patch] {
    match &cloudc_types::typed(db, decl).root {
        Root::Instance { with, .. } | Root::Resource { with, .. } => with,
        _ => &[],
    }
}

/// The patches on declarations of an instance's frame, the innermost `with` first: later ones win.
#[salsa::tracked(returns(ref))]
pub fn patches(db: &dyn Db, frame: Frame) -> Vec<Patched> {
    let Origin::Instance(site) = frame.origin(db) else { return Vec::new() };
    let (outer, decl) = (site.frame(db), site.decl(db));
    let own = with(db, decl).iter().enumerate();
    let mut found: Vec<Patched> =
        own.map(|(at, patch)| Patched { frame: outer, decl, target: patch.target, path: vec![at] }).collect();
    for around in patches(db, outer.container(db)).iter().filter(|patch| patch.target == decl) {
        let Some(patch) = around.get(db) else { continue };
        for (at, inner) in patch.with.iter().enumerate() {
            let mut path = around.path.clone();
            path.push(at);
            found.push(Patched { target: inner.target, path, ..around.clone() });
        }
    }
    found
}

/// Whether a patch is for that declaration.
pub fn same_targets(patch: &Patched, decl: Decl) -> bool {
    patch.target == decl
}

/// The instances around a declaration, innermost first.
pub fn instances_around(db: &dyn Db, site: Site) -> Vec<Site> {
    let mut found = Vec::new();
    let mut frame = Some(site.frame(db));
    while let Some(at) = frame {
        if let Origin::Instance(site) = at.origin(db) {
            found.push(*site);
        }
        frame = at.outer(db);
    }
    found
}

/// `over` over `base`. A field of `over` that is none stays, and removes the field when it is emitted.
pub fn merge(db: &dyn Db, base: &Node, over: &Node) -> Node {
    match (&base.value, &over.value) {
        (Value::Record(below), Value::Record(above)) => {
            let mut fields: Vec<Field> = below.to_vec();
            for field in above.iter() {
                match fields.iter_mut().find(|known| known.name == field.name) {
                    Some(known) => {
                        let node = merge(db, &known.node, &field.node);
                        // Where everything was written anew the new place counts, else the place of the whole.
                        if node.value == field.node.value {
                            known.site = field.site;
                        }
                        known.node = node;
                    }
                    None => fields.push(field.clone()),
                }
            }
            over.src.node(Value::record(fields))
        }
        (Value::List(below), Value::List(above)) => match tags(below, above) {
            Some(tags) => over.src.node(Value::list(tags)),
            None => over.clone(),
        },
        (Value::Deploy(_), Value::Record(_)) if open(db, base) != *base => merge(db, &open(db, base), over),
        _ => over.clone(),
    }
}

/// Tag lists merge by key; anything else is no tag list.
fn tags(below: &[Node], above: &[Node]) -> Option<Vec<Node>> {
    let keyed = |nodes: &[Node]| nodes.iter().all(|node| tag_key(node).is_some());
    if below.is_empty() || above.is_empty() || !keyed(below) || !keyed(above) {
        return None;
    }
    let mut merged = below.to_vec();
    for tag in above {
        match merged.iter_mut().find(|known| tag_key(known) == tag_key(tag)) {
            Some(known) => *known = tag.clone(),
            None => merged.push(tag.clone()),
        }
    }
    Some(merged)
}

/// The key of a tag: a record of `Key`, `Value` and perhaps `PropagateAtLaunch`, or one that is there under a condition.
fn tag_key(node: &Node) -> Option<&str> {
    match node.value.choice() {
        Some((_, then, otherwise)) if otherwise.value == Value::None => return tag_key(then),
        Some((_, then, otherwise)) if then.value == Value::None => return tag_key(otherwise),
        _ => {}
    }
    let Value::Record(fields) = &node.value else { return None };
    let tag_like = fields.iter().all(|field| matches!(field.name.as_str(), "Key" | "Value" | "PropagateAtLaunch"));
    if !tag_like || node.value.field("Value").is_none() {
        return None;
    }
    node.value.field("Key").and_then(|key| key.value.as_str())
}
