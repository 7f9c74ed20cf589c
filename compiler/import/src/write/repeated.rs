//! Resources that are the same but for a few values: one `for` instead of many declarations.
//!
//! In: the template. Out: [`Loop`]s. Always: logical ids stay, because the keys of a loop's turns are parts of them; resources with
//! comments of their own or conditions are left alone; a loop is only made where it saves much more than it costs.

use cloudc_eval::naming::camel;
use rustc_hash::{FxHashMap, FxHashSet};

use super::names::{Names, section_of, snake};
use super::text::{Part, literal};
use crate::sub::{Piece, pieces};
use crate::tree::{Entry, Node, Value};

/// More different values than this in a turn are hard to read.
const MOST_VALUES: usize = 5;
/// More words than this are hardly what resources are told apart by.
const MOST_WORDS: usize = 3;
/// A key that is shorter stands in many texts by chance, when small and capital letters are the same.
const SHORTEST: usize = 3;

/// How often a resource is compared with others, on average: ids made of few words have very many keys in common.
const LOOKS: usize = 30;

/// The name of a turn's values, when there are several.
pub(super) const EACH: &str = "each";

/// What the turns of a loop are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    /// Numbers, or letters that are words of their own: `Subnet1`, `SubnetA`.
    Number,
    /// Words: `OrdersQueue`.
    Words,
}

impl Kind {
    /// What a key is called in the loop.
    fn key(self) -> &'static str {
        match self {
            Kind::Number => "n",
            Kind::Words => "name",
        }
    }

    /// How many times its cost a loop has to save. Words are more often the same by chance.
    fn worth(self) -> usize {
        match self {
            Kind::Number => 2,
            Kind::Words => 3,
        }
    }
}

/// Resources that are made once for every key.
#[derive(Debug, Clone)]
pub(super) struct Loop<'a> {
    /// What a turn's key is called.
    pub key: &'static str,
    /// What the logical ids of a turn have, and those of other turns have not.
    pub keys: Vec<String>,
    /// What is made in each turn: for every key the id.
    pub groups: Vec<Group>,
    /// What differs from turn to turn: a name, and for every key the value.
    pub values: Vec<(String, Vec<&'a Node>)>,
    /// What is written instead of a node of the first turn.
    pub holes: FxHashMap<u32, String>,
    /// Texts of the first turn, in functions, in which its key stands.
    pub keyed: FxHashSet<u32>,
    /// Whether anything is written with the turn's key.
    pub uses_key: bool,
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

/// What is the same in ids: before the key, and behind it.
type Pattern<'a> = (&'a str, &'a str);

/// Resources of one type and pattern, each with its key.
struct Candidate<'a> {
    kind: Kind,
    pattern: Pattern<'a>,
    members: Vec<(&'a str, &'a Entry)>,
}

/// A resource of every turn: its name in the loop, what is the same in its ids, and what it is in each turn.
struct Same<'a> {
    name: String,
    pattern: Pattern<'a>,
    members: Vec<&'a Entry>,
}

/// Finds what is repeated.
pub(super) fn loops<'a>(root: &'a Node, names: &Names) -> Vec<Loop<'a>> {
    let mut taken: FxHashSet<String> = names.all().map(str::to_owned).collect();
    let mut left: Vec<&'a Entry> = section_of(root, "Resources").iter().filter(|entry| is_plain(entry)).collect();
    let order: FxHashMap<&str, usize> = left.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
    let mut used: FxHashSet<String> = FxHashSet::default();
    let mut found: Vec<Loop<'a>> = Vec::new();
    let mut looks = LOOKS * left.len();
    // What one loop leaves may be another one's.
    loop {
        let before = found.len();
        let candidates = candidates(&left);
        for (kind, keys, candidates) in by_keys(&candidates) {
            let mut own = taken.clone();
            let mut groups: Vec<Same<'a>> = Vec::new();
            for candidate in candidates {
                let name = snake(&format!("{}{}", candidate.pattern.0, candidate.pattern.1));
                let members: Vec<&'a Entry> = keys.iter().filter_map(|key| candidate.entry(key)).collect();
                if !members.iter().any(|entry| used.contains(&entry.key)) && own.insert(name.clone()) {
                    groups.push(Same { name, pattern: candidate.pattern, members });
                }
            }
            if let Some(one) = made(kind, keys, groups, &taken, &mut looks) {
                used.extend(one.groups.iter().flat_map(|group| group.ids.iter().cloned()));
                taken.extend(one.groups.iter().map(|group| group.name.clone()));
                found.push(one);
            }
        }
        if found.len() == before {
            break;
        }
        left.retain(|entry| !used.contains(&entry.key));
    }
    let place = |one: &Loop<'a>| {
        let ids = one.groups.iter().flat_map(|group| &group.ids);
        ids.filter_map(|id| order.get(id.as_str())).min().copied()
    };
    found.sort_by_key(place);
    found
}

/// Whether a resource can be one of several: conditions are its own.
fn is_plain(entry: &Entry) -> bool {
    entry.value.get("Type").and_then(Node::text).is_some() && entry.value.get("Condition").is_none()
}

/// Keys, and the candidates that have all of them. Numbers come first, because they are there to tell things apart; then those that
/// make most.
fn by_keys<'c, 'a>(candidates: &'c [Candidate<'a>]) -> Vec<(Kind, Vec<&'a str>, Vec<&'c Candidate<'a>>)> {
    let mut with: FxHashMap<(Kind, &str), Vec<&'c Candidate<'a>>> = FxHashMap::default();
    for one in candidates {
        for (key, _) in &one.members {
            with.entry((one.kind, key)).or_default().push(one);
        }
    }
    let mut seen: FxHashSet<(Kind, Vec<&str>)> = FxHashSet::default();
    let mut found = Vec::new();
    for one in candidates {
        let keys: Vec<&'a str> = one.members.iter().map(|(key, _)| *key).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        if !seen.insert((one.kind, sorted)) {
            continue;
        }
        // What is made for further keys is made for these, too.
        let [first, rest @ ..] = &keys[..] else { continue };
        let has = |other: &&&Candidate<'a>| rest.iter().all(|key| other.entry(key).is_some());
        let all = with.get(&(one.kind, first)).into_iter().flatten().filter(has).copied().collect();
        found.push((one.kind, keys, all));
    }
    found.sort_by_key(|(kind, keys, all): &(Kind, Vec<&str>, Vec<_>)| (*kind, std::cmp::Reverse(keys.len() * all.len())));
    found
}

impl<'a> Candidate<'a> {
    /// The resource of a key.
    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.members.iter().find(|(known, _)| *known == key).map(|(_, entry)| *entry)
    }
}

/// Resources of one type whose ids are the same but for a key.
fn candidates<'a>(entries: &[&'a Entry]) -> Vec<Candidate<'a>> {
    let mut found: Vec<Candidate<'a>> = Vec::new();
    let mut at: FxHashMap<(Kind, Pattern<'a>, &str), usize> = FxHashMap::default();
    for entry in entries {
        let Some(ty) = entry.value.get("Type").and_then(Node::text) else { continue };
        for (kind, start, end) in places(&entry.key) {
            let (Some(before), Some(key), Some(after)) =
                (entry.key.get(..start), entry.key.get(start..end), entry.key.get(end..))
            else {
                continue;
            };
            let pattern = (before, after);
            let at = *at.entry((kind, pattern, ty)).or_insert_with(|| {
                found.push(Candidate { kind, pattern, members: Vec::new() });
                found.len() - 1
            });
            found[at].members.push((key, entry));
        }
    }
    found.retain(|one| one.members.len() > 1);
    found
}

/// Where a key may stand in an id: digits, a capital letter that is a word of its own, words.
fn places(id: &str) -> Vec<(Kind, usize, usize)> {
    let bytes = id.as_bytes();
    let is = |at: usize, test: fn(&u8) -> bool| bytes.get(at).is_some_and(test);
    let mut found = Vec::new();
    let mut words = vec![0];
    for start in 1..bytes.len() {
        let (capital, follows) = (is(start, u8::is_ascii_uppercase), is(start - 1, u8::is_ascii_uppercase));
        if is(start, u8::is_ascii_digit) && !is(start - 1, u8::is_ascii_digit) {
            let end = (start..bytes.len()).find(|at| !is(*at, u8::is_ascii_digit)).unwrap_or(bytes.len());
            found.push((Kind::Number, start, end));
        } else if capital && !follows && !is(start + 1, u8::is_ascii_lowercase) {
            found.push((Kind::Number, start, start + 1));
        }
        if capital && (!follows || is(start + 1, u8::is_ascii_lowercase)) {
            words.push(start);
        }
    }
    words.push(bytes.len());
    for (at, start) in words.iter().enumerate() {
        for end in words.iter().skip(at + 1).take(MOST_WORDS) {
            let whole = *start == 0 && *end == bytes.len();
            if !whole && is(*start, u8::is_ascii_uppercase) {
                found.push((Kind::Words, *start, *end));
            }
        }
    }
    found
}

/// A loop over these keys, of those groups that fit into it; nothing when it is not plainly better, a name that it needs means
/// something else, or `looks`, of which each resource takes one, are used up.
fn made<'a>(
    kind: Kind,
    keys: Vec<&'a str>,
    mut groups: Vec<Same<'a>>,
    taken: &FxHashSet<String>,
    looks: &mut usize,
) -> Option<Loop<'a>> {
    let many = |groups: usize| keys.len() > 2 || groups > 2;
    if taken.contains(kind.key()) || taken.contains(EACH) || !many(groups.len()) {
        return None;
    }
    // What does not fit cannot be named by the others either.
    let compared = loop {
        *looks = looks.checked_sub(groups.len() * keys.len())?;
        let patterns: Vec<Pattern<'a>> = groups.iter().map(|group| group.pattern).collect();
        let mut compare = Compare {
            key: kind.key(),
            keys: &keys,
            group: String::new(),
            patterns,
            values: Vec::new(),
            holes: FxHashMap::default(),
            keyed: FxHashSet::default(),
            leaves: 0,
        };
        let misfit = groups.iter().position(|group| {
            compare.group.clone_from(&group.name);
            let nodes: Vec<&Node> = group.members.iter().map(|entry| &entry.value).collect();
            let before = (compare.values.len(), compare.leaves);
            let same = compare.same(&nodes, "");
            // It has to be worth its own values.
            let (values, leaves) = (compare.values.len() - before.0, compare.leaves - before.1);
            !same || compare.values.len() > MOST_VALUES || (leaves + 2) * (keys.len() - 1) < 2 * values * keys.len()
        });
        match misfit {
            Some(at) => drop(groups.remove(at)),
            None => break compare,
        }
    };
    let Compare { mut values, holes, keyed, leaves, .. } = compared;
    let groups: Vec<Group> = groups.iter().map(|group| group.named(kind.key())).collect();
    // A declaration has a first and a last line, too.
    let saved = (leaves + 2 * groups.len()) * (keys.len() - 1);
    let cost = 4 + values.len() * keys.len() + groups.iter().filter(|group| group.id.is_some()).count();
    if groups.is_empty() || !many(groups.len()) || saved < kind.worth() * cost {
        return None;
    }
    let written = |hole: &Hole| matches!(hole, Hole::Text(_));
    let uses_key = !keyed.is_empty() || holes.values().any(written) || groups.iter().any(|group| group.id.is_some());
    // With one value the turn is that value.
    let alone = values.len() == 1;
    if let [(name, _)] = &mut values[..]
        && (name == kind.key() || taken.contains(name) || groups.iter().any(|group| group.name == *name))
    {
        EACH.clone_into(name);
    }
    let place = |name: &str| if alone { name.to_owned() } else { format!("{EACH}.{name}") };
    let holes = holes.into_iter().map(|(id, hole)| match hole {
        Hole::Value(at) => (id, values.get(at).map(|(name, _)| place(name)).unwrap_or_default()),
        Hole::Text(text) => (id, text),
    });
    let holes = holes.collect();
    let keys = keys.into_iter().map(str::to_owned).collect();
    Some(Loop { key: kind.key(), keys, groups, values, holes, keyed, uses_key })
}

impl Same<'_> {
    fn named(&self, key: &str) -> Group {
        let (before, after) = self.pattern;
        // The id of a turn is the name and the key.
        let plain = after.is_empty() && camel(&self.name) == before;
        let parts = [Part::Text(before.to_owned()), Part::Hole(key.to_owned()), Part::Text(after.to_owned())];
        let id = (!plain).then(|| literal(&parts));
        Group { name: self.name.clone(), id, ids: self.members.iter().map(|entry| entry.key.clone()).collect() }
    }
}

/// The key in an id of this pattern.
fn key_in<'i>(id: &'i str, (before, after): Pattern<'_>) -> Option<&'i str> {
    id.strip_prefix(before)?.strip_suffix(after).filter(|key| !key.is_empty())
}

/// A text as parts, with `name` where the key stands in it: as it is, in small letters, in capitals.
pub(super) fn with_key(text: &str, key: &str, name: &str) -> Vec<Part> {
    let mut forms = vec![(key.to_owned(), name.to_owned())];
    if key.len() >= SHORTEST {
        let others = [(key.to_ascii_lowercase(), ".lower()"), (key.to_ascii_uppercase(), ".upper()")];
        forms.extend(others.into_iter().filter(|(form, _)| form != key).map(|(form, call)| (form, format!("{name}{call}"))));
    }
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let form = forms.iter().find(|(form, _)| rest.starts_with(form.as_str()));
        let taken = form.map_or(c.len_utf8(), |(form, _)| form.len());
        match form {
            Some((_, hole)) => {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Hole(hole.clone()));
            }
            None => plain.push(c),
        }
        rest = &rest[taken..];
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
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
    /// What a turn's key is called.
    key: &'static str,
    keys: &'k [&'a str],
    /// The name of what is compared.
    group: String,
    /// What ids in the loop look like.
    patterns: Vec<Pattern<'a>>,
    values: Vec<(String, Vec<&'a Node>)>,
    holes: FxHashMap<u32, Hole>,
    keyed: FxHashSet<u32>,
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
            return self.alike(nodes, false) || self.alike_with_key(nodes) || self.differs(nodes, key);
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
                            return self.alike(&inner, true);
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

    /// Whether functions of all turns are the same, where what is made in the same turn counts as the same. `ids`: they are ids.
    fn alike(&self, nodes: &[&Node], ids: bool) -> bool {
        let Some((first, rest)) = nodes.split_first() else { return false };
        let own = self.plain(first, 0, ids, false);
        rest.iter().enumerate().all(|(at, node)| self.plain(node, at + 1, ids, false) == own)
    }

    /// The same, where the turn's key in a text counts as the same, too.
    fn alike_with_key(&mut self, nodes: &[&Node]) -> bool {
        let Some((first, rest)) = nodes.split_first() else { return false };
        let own = self.plain(first, 0, false, true);
        if rest.iter().enumerate().any(|(at, node)| self.plain(node, at + 1, false, true) != own) {
            return false;
        }
        keyed_texts(first, &mut |node| {
            self.keyed.insert(node.id);
        });
        true
    }

    /// A value with the ids of its own turn without their keys. `ids`: texts are ids; `keyed`: neither have other texts the key.
    fn plain(&self, node: &Node, turn: usize, ids: bool, keyed: bool) -> serde_json::Value {
        use serde_json::Value as Json;
        let inner = |node: &Node, ids: bool| self.plain(node, turn, ids, keyed);
        let text = |node: &Node| match &node.value {
            Value::Text(text) if keyed => Json::String(self.keyless(text, turn)),
            _ => inner(node, false),
        };
        match &node.value {
            Value::Text(text) if ids => Json::String(self.id(text, turn)),
            Value::List(items) => Json::Array(items.iter().map(|item| inner(item, ids)).collect()),
            Value::Map(entries) => {
                let entry = |entry: &Entry| {
                    let told = match (entry.key.as_str(), &entry.value.value) {
                        ("Fn::Sub", Value::Text(text)) => Json::String(self.sub(text, turn, keyed)),
                        ("Fn::Join", Value::List(parts)) => match &parts[..] {
                            [glue, Node { value: Value::List(items), .. }] => {
                                Json::Array(vec![inner(glue, false), items.iter().map(text).collect()])
                            }
                            _ => inner(&entry.value, false),
                        },
                        ("Ref" | "Fn::GetAtt", _) => inner(&entry.value, true),
                        _ => inner(&entry.value, false),
                    };
                    (entry.key.clone(), told)
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

    fn sub(&self, text: &str, turn: usize, keyed: bool) -> String {
        let piece = |piece: Piece| match piece {
            Piece::Text(text) if keyed => self.keyless(&text, turn),
            Piece::Text(text) => text,
            Piece::Hole(name) => format!("\u{0}{}\u{0}", self.id(&name, turn)),
        };
        pieces(text).into_iter().map(piece).collect()
    }

    /// A text with a mark where the turn's key stands.
    fn keyless(&self, text: &str, turn: usize) -> String {
        let Some(key) = self.keys.get(turn) else { return text.to_owned() };
        let part = |part: Part| match part {
            Part::Text(text) => text,
            Part::Hole(hole) => format!("\u{1}{hole}\u{1}"),
        };
        with_key(text, key, self.key).into_iter().map(part).collect()
    }

    /// A text that has the turn's key in it, and is the same without.
    fn text_with_key(&mut self, nodes: &[&Node]) -> bool {
        let parts = |(node, key): (&&Node, &&str)| Some(with_key(node.text()?, key, self.key));
        let all: Option<Vec<Vec<Part>>> = nodes.iter().zip(self.keys).map(parts).collect();
        let Some([first, rest @ ..]) = all.as_deref() else { return false };
        if !first.iter().any(|part| matches!(part, Part::Hole(_))) || rest.iter().any(|other| other != first) {
            return false;
        }
        let text = match &first[..] {
            [Part::Hole(hole)] => hole.clone(),
            parts => literal(parts),
        };
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

/// Visits the texts in a function in which a key can be written: those of `Fn::Sub`, and elements of `Fn::Join`.
fn keyed_texts(node: &Node, found: &mut impl FnMut(&Node)) {
    match (node.function(), &node.value) {
        (Some(("Fn::Sub", argument)), _) if argument.text().is_some() => found(argument),
        (Some(("Fn::Join", argument)), _) => {
            let items = argument.list().and_then(|parts| parts.get(1)?.list()).unwrap_or_default();
            for item in items {
                if item.text().is_some() {
                    found(item);
                } else {
                    keyed_texts(item, found);
                }
            }
        }
        (_, Value::Map(entries)) => entries.iter().for_each(|entry| keyed_texts(&entry.value, found)),
        (_, Value::List(items)) => items.iter().for_each(|item| keyed_texts(item, found)),
        _ => {}
    }
}
