//! Resources that are the same but for a few values: one `for` instead of many declarations.
//!
//! In: the template. Out: [`Loop`]s. Always: logical ids stay, because the keys of a loop's turns are what the ids end in;
//! resources with comments of their own or conditions are left alone; a loop is only made where it saves much more than it costs.

use std::collections::BTreeMap;

use cloudc_eval::naming::camel;
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
    /// Its logical id, where the name and the key are not that.
    pub id: Option<String>,
    /// Its logical ids, in the order of the keys.
    pub ids: Vec<String>,
}

impl Loop<'_> {
    /// Whether the turn's key is used.
    pub fn uses_key(&self) -> bool {
        let is_key = |text: &str| text.contains(&format!("${{{KEY}}}")) || text == KEY;
        self.holes.values().any(|text| is_key(text)) || self.groups.iter().any(|group| group.id.is_some())
    }
}

/// What is the same in ids: before the key, and behind it.
type Pattern<'a> = (&'a str, &'a str);

/// Finds what is repeated; nothing where a name that a loop needs means something else.
pub(super) fn loops<'a>(root: &'a Node, names: &Names) -> Vec<Loop<'a>> {
    let taken: FxHashSet<&str> = names.all().collect();
    if taken.contains(KEY) || taken.contains(EACH) {
        return Vec::new();
    }
    let mut by_keys: BTreeMap<Vec<&'a str>, Vec<(Pattern<'a>, Vec<&'a Entry>)>> = BTreeMap::new();
    for (pattern, members) in candidates(root) {
        if !taken.contains(name_of(pattern).as_str()) {
            let keys = members.iter().filter_map(|entry| key_in(&entry.key, pattern)).collect();
            by_keys.entry(keys).or_default().push((pattern, members));
        }
    }
    let mut found: Vec<Loop<'a>> = by_keys.into_iter().filter_map(|(keys, groups)| made(keys, groups)).collect();
    let place = |one: &Loop<'a>| one.groups.first().and_then(|group| group.ids.first()).cloned();
    let order: FxHashMap<&str, usize> =
        section_of(root, "Resources").iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
    found.sort_by_key(|one| place(one).and_then(|id| order.get(id.as_str()).copied()));
    found
}

/// The key in an id of this pattern.
fn key_in<'i>(id: &'i str, (before, after): Pattern<'_>) -> Option<&'i str> {
    id.strip_prefix(before)?.strip_suffix(after).filter(|key| !key.is_empty())
}

fn name_of((before, after): Pattern<'_>) -> String {
    snake(&format!("{before}{after}"))
}

/// Resources of one type whose ids differ in a number or a letter; each belongs to the largest such group.
fn candidates(root: &Node) -> Vec<(Pattern<'_>, Vec<&Entry>)> {
    let mut found: Vec<(Pattern<'_>, &str, Vec<&Entry>)> = Vec::new();
    let mut at: FxHashMap<(Pattern<'_>, &str), usize> = FxHashMap::default();
    for entry in section_of(root, "Resources") {
        let Some(ty) = entry.value.get("Type").and_then(Node::text) else { continue };
        if entry.value.get("Condition").is_some() {
            continue;
        }
        for pattern in patterns(&entry.key) {
            let at = *at.entry((pattern, ty)).or_insert_with(|| {
                found.push((pattern, ty, Vec::new()));
                found.len() - 1
            });
            found[at].2.push(entry);
        }
    }
    found.retain(|(.., members)| members.len() > 1);
    found.sort_by_key(|(.., members)| std::cmp::Reverse(members.len()));
    let mut used: FxHashSet<&str> = FxHashSet::default();
    let mut groups = Vec::new();
    for (pattern, _, mut members) in found {
        members.retain(|entry| !used.contains(entry.key.as_str()));
        if members.len() > 1 {
            used.extend(members.iter().map(|entry| entry.key.as_str()));
            groups.push((pattern, members));
        }
    }
    groups
}

/// The ways to see a key in an id: digits, or a capital letter that is a word of its own.
fn patterns(id: &str) -> Vec<Pattern<'_>> {
    let bytes = id.as_bytes();
    let is = |at: usize, test: fn(&u8) -> bool| bytes.get(at).is_some_and(test);
    let mut found = Vec::new();
    for start in 1..bytes.len() {
        if is(start, u8::is_ascii_digit) && !is(start - 1, u8::is_ascii_digit) {
            let end = (start..bytes.len()).find(|at| !is(*at, u8::is_ascii_digit)).unwrap_or(bytes.len());
            found.push((start, end));
        } else if is(start, u8::is_ascii_uppercase)
            && !is(start - 1, u8::is_ascii_uppercase)
            && !is(start + 1, u8::is_ascii_lowercase)
        {
            found.push((start, start + 1));
        }
    }
    found.into_iter().filter_map(|(start, end)| Some((id.get(..start)?, id.get(end..)?))).collect()
}

/// A loop over these keys, of those groups that fit into it; nothing when it is not plainly better.
fn made<'a>(keys: Vec<&'a str>, mut groups: Vec<(Pattern<'a>, Vec<&'a Entry>)>) -> Option<Loop<'a>> {
    // What does not fit cannot be named by the others either.
    let compared = loop {
        let patterns: Vec<Pattern<'a>> = groups.iter().map(|(pattern, _)| *pattern).collect();
        let mut compare =
            Compare { keys: &keys, group: String::new(), patterns, values: Vec::new(), holes: FxHashMap::default(), leaves: 0 };
        let misfit = groups.iter().position(|(pattern, members)| {
            compare.group = name_of(*pattern);
            let nodes: Vec<&Node> = members.iter().map(|entry| &entry.value).collect();
            let before = (compare.values.len(), compare.leaves);
            let same = compare.same(&nodes, "");
            // It has to be worth its own values.
            let (values, leaves) = (compare.values.len() - before.0, compare.leaves - before.1);
            !same || compare.values.len() > MOST_VALUES || (leaves + 2) * (keys.len() - 1) < 2 * values * keys.len()
        });
        match misfit {
            Some(at) => drop(groups.remove(at)),
            None => break (compare.values, compare.holes, compare.leaves),
        }
    };
    let (values, holes, leaves) = compared;
    // A declaration has a first and a last line, too.
    let saved = (leaves + 2 * groups.len()) * (keys.len() - 1);
    let cost = 4 + values.len() * keys.len();
    let many = keys.len() > 2 || groups.len() > 2;
    if groups.is_empty() || !many || saved < 2 * cost {
        return None;
    }
    let group = |(pattern, members): &(Pattern<'_>, Vec<&Entry>)| {
        let (name, (before, after)) = (name_of(*pattern), *pattern);
        // The id of a turn is the name and the key.
        let plain = after.is_empty() && camel(&name) == before;
        let parts = [Part::Text(before.to_owned()), Part::Hole(KEY.to_owned()), Part::Text(after.to_owned())];
        let id = (!plain).then(|| literal(&parts));
        Group { name, id, ids: members.iter().map(|entry| entry.key.clone()).collect() }
    };
    let groups: Vec<Group> = groups.iter().map(group).collect();
    // With one value the turn is that value.
    let alone = values.len() == 1;
    let place = |name: &str| if alone { name.to_owned() } else { format!("{EACH}.{name}") };
    let holes = holes.into_iter().map(|(id, hole)| match hole {
        Hole::Value(at) => (id, values.get(at).map(|(name, _)| place(name)).unwrap_or_default()),
        Hole::Text(text) => (id, text),
    });
    let holes = holes.collect();
    Some(Loop { holes, keys: keys.into_iter().map(str::to_owned).collect(), groups, values })
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
    keys: &'k [&'a str],
    /// The name of what is compared.
    group: String,
    /// What ids in the loop look like.
    patterns: Vec<Pattern<'a>>,
    values: Vec<(String, Vec<&'a Node>)>,
    holes: FxHashMap<u32, Hole>,
    /// Scalars and functions of a turn.
    leaves: usize,
}

impl<'a> Compare<'a, '_> {
    /// Whether nodes of all turns are the same, but for values.
    fn same(&mut self, nodes: &[&'a Node], key: &str) -> bool {
        let Some(first) = nodes.first().copied() else { return false };
        // Comments about one turn would be lost.
        if nodes.iter().any(|node| node.comments != first.comments) {
            return false;
        }
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
                        // The value of a tag is called like the tag.
                        let tag = entries.iter().find(|one| one.key == "Key").and_then(|one| one.value.text());
                        self.same(&inner, tag.filter(|_| entry.key == "Value").unwrap_or(&entry.key))
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
        let key = self.keys.get(turn).copied();
        match self.patterns.iter().find(|pattern| key_in(id, **pattern) == key && key.is_some()) {
            Some((before, after)) => format!("{before}\u{0}{after}.{rest}"),
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
            nodes.iter().zip(self.keys).map(|(node, key)| Some(node.text()?.split(*key).collect())).collect();
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
            let longer = format!("{}_{base}", self.group);
            let numbered = (2..).map(|count| format!("{longer}{count}"));
            let name = [base, longer.clone()].into_iter().chain(numbered).find(|name| !taken(name));
            let name = name.unwrap_or_else(|| longer.clone());
            self.values.push((name, nodes.to_vec()));
            self.values.len() - 1
        });
        self.holes.insert(nodes[0].id, Hole::Value(at));
        true
    }
}
