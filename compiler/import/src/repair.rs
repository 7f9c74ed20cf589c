//! Which node of a template a mistake in the program is about, and the next plainer form to try.
//!
//! In: what the compiler found, where the program says which node. Out: changed forms. Always: a form only gets plainer, so
//! repairing ends.

use cloudc_base::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::tree::{Node, Value};
use crate::write::{Forms, LAST, SECRET_SEEN, Written};

/// How plain forms may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Everything may end as `raw`.
    Raw,
    /// Also in the stack's `raw`, where no property has to be known.
    Out,
    /// Only forms that mean the same to the type checker: what is left is wrong in the template.
    Typed,
}

/// The nodes whose text holds a range, innermost first.
pub fn around(written: &Written, range: TextRange) -> Vec<u32> {
    let (start, end) = (u32::from(range.start()), u32::from(range.end()));
    let mut marks: Vec<_> = written.marks.iter().filter(|mark| mark.start <= start && end <= mark.end).collect();
    marks.sort_by_key(|mark| mark.end - mark.start);
    let mut ids: Vec<u32> = marks.into_iter().map(|mark| mark.id).collect();
    ids.dedup();
    ids
}

/// Makes the innermost of these nodes plainer that can be, once in a pass: `done` are those of this one. False when none can.
pub fn step(forms: &mut Forms, done: &mut FxHashSet<u32>, ids: &[u32], limit: Limit) -> bool {
    for id in ids {
        if done.contains(id) {
            return true;
        }
        let form = forms.get(id).copied().unwrap_or(0);
        let next = match (form, limit) {
            (0, _) => 1,
            (1, Limit::Typed) => 2,
            (1 | 2, Limit::Raw) => LAST,
            (LAST, Limit::Out) => LAST + 1,
            (1 | 2, Limit::Out) => LAST,
            _ => continue,
        };
        done.insert(*id);
        forms.insert(*id, next);
        return true;
    }
    false
}

/// Lets a secret be seen in the resource that is one of these nodes. False when none is, or when it may already.
pub fn allow(forms: &mut Forms, root: &Node, ids: &[u32]) -> bool {
    let resources = root.get("Resources").and_then(Node::map).unwrap_or_default();
    let found = resources.iter().find(|entry| ids.contains(&entry.value.id));
    found.is_some_and(|entry| forms.insert(entry.value.id, SECRET_SEEN) != Some(SECRET_SEEN))
}

/// The nodes on the way to a JSON pointer, innermost first: as far as the pointer can be followed.
pub fn along(root: &Node, pointer: &str) -> Vec<u32> {
    let mut ids = Vec::new();
    let mut node = root;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let next = match &node.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == step).map(|entry| &entry.value),
            Value::List(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
            _ => None,
        };
        let Some(next) = next else { break };
        ids.push(next.id);
        node = next;
    }
    ids.reverse();
    ids
}

/// Every node by its id.
pub fn nodes(root: &Node) -> FxHashMap<u32, &Node> {
    fn add<'a>(node: &'a Node, all: &mut FxHashMap<u32, &'a Node>) {
        all.insert(node.id, node);
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| add(item, all)),
            Value::Map(entries) => entries.iter().for_each(|entry| add(&entry.value, all)),
            _ => {}
        }
    }
    let mut all = FxHashMap::default();
    add(root, &mut all);
    all
}
