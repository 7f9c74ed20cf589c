//! Resources that are the same but for a few values: one `for` instead of many declarations.
//!
//! In: the template. Out: [`Loop`]s. Always: logical ids stay, because the keys of a loop's turns are what the ids end in;
//! resources with comments of their own or conditions are left alone; a loop is only made where it saves much more than it costs.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::names::{Names, section_of, snake};
use super::text::{Part, literal};
use crate::sub::{Piece, pieces};
use crate::tree::{Entry, Node, Value};

/// More different values than this in a turn are hard to read.
const MOST_VALUES: usize = 5;

/// The name of a turn's key.
pub(super) const KEY: &str = "n";
/// The name of a turn's values, when there are several.
pub(super) const EACH: &str = "each";

/// Resources that are made once for every key.
#[derive(Debug, Clone)]
pub(super) struct Loop<'a> {
    /// What the logical ids end in.
    pub keys: Vec<String>,
    /// What is made in each turn: for every key the id.
    pub groups: Vec<Group>,
    /// What differs from turn to turn: a name, and for every key the value.
    pub values: Vec<(String, Vec<&'a Node>)>,
    /// What is written instead of a node of the first turn.
    pub holes: FxHashMap<u32, String>,
}

/// The same resource in every turn.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Its name in the loop.
    pub name: String,
    /// Its logical ids, in the order of the keys.
    pub ids: Vec<String>,
}

impl Loop<'_> {
    /// Whether the turn's key is used.
    pub fn uses_key(&self) -> bool {
        self.holes.values().any(|text| text.contains(&format!("${{{KEY}}}")) || text == KEY)
    }
}

/// Finds what is repeated; nothing where a name that a loop needs means something else.
pub(super) fn loops<'a>(root: &'a Node, names: &Names) -> Vec<Loop<'a>> {
    let taken: FxHashSet<&str> = names.all().collect();
    if taken.contains(KEY) || taken.contains(EACH) {
        return Vec::new();
    }
    let mut by_keys: BTreeMap<Vec<String>, Vec<(String, Vec<&'a Entry>)>> = BTreeMap::new();
    for (prefix, members) in candidates(root) {
        let free = !taken.contains(snake(&prefix).as_str()) && cloudc_eval::naming::camel(&snake(&prefix)) == prefix;
        if free && members.len() > 1 {
            let keys = members.iter().filter_map(|entry| Some(entry.key.strip_prefix(prefix.as_str())?.to_owned())).collect();
            by_keys.entry(keys).or_default().push((prefix, members));
        }
    }
    let mut found: Vec<Loop<'a>> = by_keys.into_iter().filter_map(|(keys, groups)| made(keys, groups)).collect();
    let place = |one: &Loop<'a>| one.groups.first().and_then(|group| group.ids.first()).cloned();
    let order: FxHashMap<&str, usize> =
        section_of(root, "Resources").iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
    found.sort_by_key(|one| place(one).and_then(|id| order.get(id.as_str()).copied()));
    found
}

/// Resources of one type whose ids differ in a number or a letter at the end, by what their ids begin with.
fn candidates(root: &Node) -> Vec<(String, Vec<&Entry>)> {
    let mut found: Vec<(String, &str, Vec<&Entry>)> = Vec::new();
    for entry in section_of(root, "Resources") {
        let Some(ty) = entry.value.get("Type").and_then(Node::text) else { continue };
        let end = entry.key.trim_end_matches(|c: char| c.is_ascii_digit());
        let prefix = match entry.key.strip_suffix(|c: char| c.is_ascii_uppercase()) {
            Some(rest) if rest.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) => rest,
            _ if end.len() < entry.key.len() && !end.is_empty() => end,
            _ => continue,
        };
        if entry.value.get("Condition").is_some() || has_comments(&entry.value) {
            continue;
        }
        match found.iter_mut().find(|(known, of, _)| known == prefix && *of == ty) {
            Some((.., members)) => members.push(entry),
            None => found.push((prefix.to_owned(), ty, vec![entry])),
        }
    }
    found.into_iter().map(|(prefix, _, members)| (prefix, members)).collect()
}

fn has_comments(node: &Node) -> bool {
    !node.comments.is_empty()
        || match &node.value {
            Value::List(items) => items.iter().any(has_comments),
            Value::Map(entries) => entries.iter().any(|entry| has_comments(&entry.value)),
            _ => false,
        }
}

/// A loop over these keys, of those groups that fit into it; nothing when it is not plainly better.
fn made<'a>(keys: Vec<String>, mut groups: Vec<(String, Vec<&'a Entry>)>) -> Option<Loop<'a>> {
    // What does not fit cannot be named by the others either.
    let compared = loop {
        let prefixes: Vec<&str> = groups.iter().map(|(prefix, _)| prefix.as_str()).collect();
        let mut compare = Compare { keys: &keys, prefixes, values: Vec::new(), holes: FxHashMap::default(), leaves: 0 };
        let misfit = groups.iter().position(|(_, members)| {
            let nodes: Vec<&Node> = members.iter().map(|entry| &entry.value).collect();
            !compare.same(&nodes, "")
        });
        match misfit {
            Some(at) => drop(groups.remove(at)),
            None => break (compare.values, compare.holes, compare.leaves),
        }
    };
    let (values, holes, leaves) = compared;
    let saved = leaves * (keys.len() - 1);
    let cost = 4 + values.len() * keys.len();
    let many = keys.len() > 2 || groups.len() > 2;
    if groups.is_empty() || values.len() > MOST_VALUES || !many || saved < 3 * cost {
        return None;
    }
    let group = |(prefix, members): &(String, Vec<&Entry>)| Group {
        name: snake(prefix),
        ids: members.iter().map(|entry| entry.key.clone()).collect(),
    };
    let groups: Vec<Group> = groups.iter().map(group).collect();
    // With one value the turn is that value.
    let alone = values.len() == 1;
    let place = |name: &str| if alone { name.to_owned() } else { format!("{EACH}.{name}") };
    let holes = holes.into_iter().map(|(id, hole)| match hole {
        Hole::Value(at) => (id, values.get(at).map(|(name, _)| place(name)).unwrap_or_default()),
        Hole::Text(text) => (id, text),
    });
    Some(Loop { holes: holes.collect(), keys, groups, values })
}

/// What is written at a place that differs.
enum Hole {
    /// One of the values.
    Value(usize),
    /// Text with the key in it.
    Text(String),
}

/// The turns side by side.
struct Compare<'a, 'k> {
    keys: &'k [String],
    /// What ids in the loop begin with.
    prefixes: Vec<&'k str>,
    values: Vec<(String, Vec<&'a Node>)>,
    holes: FxHashMap<u32, Hole>,
    /// Scalars and functions of a turn.
    leaves: usize,
}

impl<'a> Compare<'a, '_> {
    /// Whether nodes of all turns are the same, but for values.
    fn same(&mut self, nodes: &[&'a Node], key: &str) -> bool {
        let Some(first) = nodes.first().copied() else { return false };
        if nodes.iter().all(|node| node.function().is_some()) {
            self.leaves += 1;
            return self.alike(nodes) || self.differs(nodes, key);
        }
        match &first.value {
            Value::Map(entries) if first.function().is_none() => {
                let fits = |node: &&Node| {
                    node.function().is_none()
                        && node.map().is_some_and(|other| {
                            other.len() == entries.len() && other.iter().zip(entries).all(|(one, two)| one.key == two.key)
                        })
                };
                nodes.iter().all(fits)
                    && entries.iter().enumerate().all(|(at, entry)| {
                        let inner: Vec<&'a Node> = nodes.iter().filter_map(|node| Some(&node.map()?.get(at)?.value)).collect();
                        if entry.key == "DependsOn" {
                            return self.alike_all(&inner, true);
                        }
                        // Names and values of tags say what the name says.
                        let generic = ["Key", "Value", "Ref", "Properties"].contains(&entry.key.as_str());
                        self.same(&inner, if generic && !key.is_empty() { key } else { &entry.key })
                    })
            }
            Value::List(items) => {
                nodes.iter().all(|node| node.list().is_some_and(|other| other.len() == items.len()))
                    && (0..items.len()).all(|at| {
                        let inner: Vec<&'a Node> = nodes.iter().filter_map(|node| node.list()?.get(at)).collect();
                        self.same(&inner, key)
                    })
            }
            _ => {
                self.leaves += 1;
                let scalars = nodes.iter().all(|node| node.scalar().is_some() || node.function().is_some());
                nodes.iter().all(|node| node.value == first.value)
                    || self.text_with_key(nodes)
                    || (scalars && self.differs(nodes, key))
            }
        }
    }

    /// Whether functions of all turns are the same, where what is made in the same turn counts as the same.
    fn alike(&self, nodes: &[&Node]) -> bool {
        self.alike_all(nodes, false)
    }

    fn alike_all(&self, nodes: &[&Node], ids: bool) -> bool {
        let Some((first, rest)) = nodes.split_first() else { return false };
        let own = self.plain(first, 0, ids);
        rest.iter().enumerate().all(|(at, node)| self.plain(node, at + 1, ids) == own)
    }

    /// A value with the ids of its own turn without their keys. `ids`: texts are ids.
    fn plain(&self, node: &Node, turn: usize, ids: bool) -> serde_json::Value {
        use serde_json::Value as Json;
        match &node.value {
            Value::Text(text) if ids => Json::String(self.id(text, turn)),
            Value::List(items) => Json::Array(items.iter().map(|item| self.plain(item, turn, ids)).collect()),
            Value::Map(entries) => {
                let entry = |entry: &Entry| {
                    let inner = match (entry.key.as_str(), &entry.value.value) {
                        ("Fn::Sub", Value::Text(text)) => Json::String(self.sub(text, turn)),
                        ("Ref" | "Fn::GetAtt", _) => self.plain(&entry.value, turn, true),
                        _ => self.plain(&entry.value, turn, false),
                    };
                    (entry.key.clone(), inner)
                };
                Json::Object(entries.iter().map(entry).collect())
            }
            _ => node.to_json(),
        }
    }

    /// An id, perhaps with an attribute, without the turn's key.
    fn id(&self, text: &str, turn: usize) -> String {
        let (id, rest) = text.split_once('.').map_or((text, ""), |(id, rest)| (id, rest));
        let prefix = self.keys.get(turn).and_then(|key| id.strip_suffix(key.as_str()));
        match prefix.filter(|prefix| self.prefixes.contains(prefix)) {
            Some(prefix) => format!("{prefix}\u{0}.{rest}"),
            None => text.to_owned(),
        }
    }

    fn sub(&self, text: &str, turn: usize) -> String {
        let piece = |piece: Piece| match piece {
            Piece::Text(text) => text,
            Piece::Hole(name) => format!("\u{0}{}\u{0}", self.id(&name, turn)),
        };
        pieces(text).into_iter().map(piece).collect()
    }

    /// A text that has the turn's key in it, and is the same without.
    fn text_with_key(&mut self, nodes: &[&Node]) -> bool {
        let without: Option<Vec<Vec<&str>>> =
            nodes.iter().zip(self.keys).map(|(node, key)| Some(node.text()?.split(key.as_str()).collect())).collect();
        let Some([first, rest @ ..]) = without.as_deref() else { return false };
        if first.len() < 2 || rest.iter().any(|other| other != first) {
            return false;
        }
        let mut parts = Vec::new();
        for (at, text) in first.iter().enumerate() {
            if at > 0 {
                parts.push(Part::Hole(KEY.to_owned()));
            }
            if !text.is_empty() {
                parts.push(Part::Text((*text).to_owned()));
            }
        }
        let text = if matches!(parts[..], [Part::Hole(_)]) { KEY.to_owned() } else { literal(&parts) };
        self.holes.insert(nodes[0].id, Hole::Text(text));
        true
    }

    /// A value of the turn.
    fn differs(&mut self, nodes: &[&'a Node], key: &str) -> bool {
        let texts: Vec<_> = nodes.iter().map(|node| node.to_json()).collect();
        let known = self.values.iter().position(|(_, values)| values.iter().map(|node| node.to_json()).eq(texts.iter().cloned()));
        let at = known.unwrap_or_else(|| {
            let base = snake(key);
            let taken = |name: &str| self.values.iter().any(|(known, _)| known == name);
            let numbered = (2..).map(|count| format!("{base}{count}"));
            let name = std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name));
            let name = name.unwrap_or_else(|| base.clone());
            self.values.push((name, nodes.to_vec()));
            self.values.len() - 1
        });
        self.holes.insert(nodes[0].id, Hole::Value(at));
        true
    }
}
