//! YAML text to a tree with places. `saphyr-parser` gives events with marks and nests without recursion; what they mean to
//! CloudFormation (short forms, merge keys, YAML 1.1 scalars) is here.
//!
//! In: text. Out: a tree. Always: aliases are copied, at most [`COPIES`] nodes of them in a file.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::read::{self, DEPTH, Tree};
use crate::scalar::resolve;
use crate::tree::{Entry, Fault, Node, Span, Value};

/// How many nodes aliases may stand for: more than any template holds, fewer than would hurt.
pub const COPIES: usize = 200_000;

/// Reads the first document of a YAML text.
///
/// CloudFormation's parser does not mind where lines of quoted texts and of lists and maps in brackets begin; YAML 1.2 does. Such
/// lines are moved to the right and read again.
pub fn read(text: &str) -> Tree {
    let mut moved = BTreeSet::new();
    for _ in 0..MOVES {
        match attempt(text, &moved) {
            Ok(tree) => return tree,
            Err(lines) => moved.extend(lines),
        }
    }
    attempt(text, &moved).unwrap_or_else(|_| {
        let fault = Fault::fatal(Span::new(0, 0), "this is no YAML: too many lines begin too far to the left");
        Tree { root: None, faults: vec![fault] }
    })
}

/// Reads a text with these lines moved; or says which lines, by the byte they start at, have to be moved as well.
fn attempt(text: &str, moved: &BTreeSet<usize>) -> Result<Tree, Vec<usize>> {
    let shifted = shift(text, moved);
    let mut builder = Builder::new(&shifted, moved);
    for event in Parser::new_from_str(&shifted) {
        match event {
            Ok((Event::DocumentEnd, _)) => break,
            Ok((event, mark)) => {
                let start = builder.tag_start(&shifted, &event, mark.start.index());
                let span = Span::new(start, builder.byte(mark.end.index()));
                if let Err(fault) = builder.event(event, span) {
                    builder.faults.push(fault);
                    break;
                }
            }
            Err(error) => {
                let at = builder.byte(error.marker().index());
                let lines: Vec<usize> = match error.info() {
                    "invalid indentation" => vec![line_start(text, at)],
                    "invalid indentation in quoted scalar" => lines_of_quoted(text, at),
                    _ => Vec::new(),
                };
                if lines.iter().any(|line| !moved.contains(line)) {
                    return Err(lines);
                }
                let message = format!("this is no YAML: {}", error.info());
                builder.faults.push(Fault::fatal(Span::new(at, at), message));
                break;
            }
        }
    }
    let fatal = builder.faults.iter().any(|fault| fault.fatal);
    if builder.root.is_none() && !fatal {
        builder.faults.push(Fault::fatal(Span::new(0, 0), "there is nothing in this file"));
    }
    let mut root = builder.root.filter(|_| !fatal);
    if let Some(root) = &mut root {
        number(root, &mut 0);
        comments(text, root, &builder.texts);
    }
    Ok(Tree { root, faults: builder.faults })
}

/// How often lines are moved before a text is given up.
const MOVES: usize = 200;

/// How far they are moved: beyond any indentation.
const SHIFT: usize = 200;

fn shift<'t>(text: &'t str, moved: &BTreeSet<usize>) -> Cow<'t, str> {
    if moved.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shifted = String::with_capacity(text.len() + moved.len() * SHIFT);
    let mut done = 0;
    for line in moved {
        shifted.push_str(&text[done..*line]);
        shifted.extend(std::iter::repeat_n(' ', SHIFT));
        done = *line;
    }
    shifted.push_str(&text[done..]);
    Cow::Owned(shifted)
}

fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |line| line + 1)
}

/// Starts of the lines that go on with a quoted text beginning at a place.
fn lines_of_quoted(text: &str, at: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let Some(quote) = bytes.get(at).copied() else { return Vec::new() };
    let mut lines = Vec::new();
    let mut pos = at + 1;
    while let Some(byte) = bytes.get(pos) {
        match byte {
            b'\\' if quote == b'"' && bytes.get(pos + 1).is_some_and(|next| *next != b'\n') => pos += 1,
            b'\n' => lines.push(pos + 1),
            byte if *byte == quote => match (quote, bytes.get(pos + 1)) {
                (b'\'', Some(b'\'')) => pos += 1,
                _ => break,
            },
            _ => {}
        }
        pos += 1;
    }
    lines.retain(|line| *line < text.len());
    lines
}

struct Builder<'t> {
    /// The byte of each character; empty when they are the same.
    bytes: Vec<u32>,
    len: usize,
    /// Where lines that were moved start in the text as it was.
    moved: &'t BTreeSet<usize>,
    open: Vec<Open>,
    anchors: FxHashMap<usize, Node>,
    copied: usize,
    root: Option<Node>,
    faults: Vec<Fault>,
    /// Where scalars stand, in which `#` starts no comment.
    texts: Vec<Span>,
}

/// A list or map that is being read.
struct Open {
    start: u32,
    anchor: usize,
    tag: Option<String>,
    is_map: bool,
    items: Vec<Node>,
    entries: Vec<Entry>,
    merged: Vec<Node>,
    key: Option<(String, Span)>,
}

impl<'t> Builder<'t> {
    fn new(text: &str, moved: &'t BTreeSet<usize>) -> Self {
        let bytes = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at as u32).collect() };
        let (open, faults, texts) = (Vec::new(), Vec::new(), Vec::new());
        Builder { bytes, len: text.len(), moved, open, anchors: FxHashMap::default(), copied: 0, root: None, faults, texts }
    }

    /// Where a value starts: lists and maps in block style start behind their tag, which belongs to them.
    fn tag_start(&self, text: &str, event: &Event<'_>, character: usize) -> usize {
        let tag = match event {
            Event::SequenceStart(_, Some(tag)) | Event::MappingStart(_, Some(tag)) => format!("!{}", tag_name(tag)),
            _ => return self.byte(character),
        };
        let start = self.raw_byte(character);
        let found = text[..start].rfind(&tag).filter(|_| !text[start..].starts_with('!'));
        self.unmoved(found.unwrap_or(start))
    }

    /// The byte in the text as it was of a character of the text that is read.
    fn byte(&self, character: usize) -> usize {
        self.unmoved(self.raw_byte(character))
    }

    /// The byte of a character of the text that is read.
    fn raw_byte(&self, character: usize) -> usize {
        match self.bytes.is_empty() {
            true => character.min(self.len),
            false => self.bytes.get(character).map_or(self.len, |at| *at as usize),
        }
    }

    /// A byte of the text that is read, in the text as it was.
    fn unmoved(&self, mut byte: usize) -> usize {
        for line in self.moved {
            if byte <= *line {
                break;
            }
            byte -= SHIFT.min(byte - line);
        }
        byte
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.texts.push(span);
                let tag = tag.map(|tag| tag_name(&tag));
                let value = match (&tag, style) {
                    (None, ScalarStyle::Plain) => resolve(&text),
                    (Some(tag), _) => tagged_scalar(tag, &text),
                    _ => Value::Text(text.into_owned()),
                };
                let node = self.short(Node { id: 0, span, value, comments: Vec::new() }, tag)?;
                self.finished(node, anchor)
            }
            Event::SequenceStart(anchor, tag) => self.start(span, anchor, tag.map(|tag| tag_name(&tag)), false),
            Event::MappingStart(anchor, tag) => self.start(span, anchor, tag.map(|tag| tag_name(&tag)), true),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn start(&mut self, span: Span, anchor: usize, tag: Option<String>, is_map: bool) -> Result<(), Fault> {
        if self.open.len() >= DEPTH {
            return Err(Fault::fatal(span, format!("nested deeper than {DEPTH} levels")));
        }
        let (items, entries, merged) = (Vec::new(), Vec::new(), Vec::new());
        self.open.push(Open { start: span.start, anchor, tag, is_map, items, entries, merged, key: None });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = if open.is_map {
            Value::Map(merge(read::unique(open.entries, &mut self.faults), open.merged))
        } else {
            Value::List(open.items)
        };
        let last = match &value {
            Value::Map(entries) => entries.iter().map(|entry| entry.value.span.end.max(entry.span.end)).max(),
            Value::List(items) => items.last().map(|item| item.span.end),
            _ => None,
        };
        // In block style the end is where the next thing starts; the last value is what one would underline.
        let end = if span.start == span.end { last.unwrap_or(span.end) } else { span.end };
        let span = Span { start: open.start, end: end.max(open.start) };
        let node = self.short(Node { id: 0, span, value, comments: Vec::new() }, open.tag)?;
        self.finished(node, open.anchor)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Fault> {
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(Fault::fatal(span, "this alias names something that is not finished yet"));
        };
        self.copied += size(known);
        if self.copied > COPIES {
            return Err(Fault::fatal(span, format!("aliases stand for more than {COPIES} values")));
        }
        if depth(known) + self.open.len() > DEPTH {
            return Err(Fault::fatal(span, format!("nested deeper than {DEPTH} levels")));
        }
        let mut node = known.clone();
        node.span = span;
        self.finished(node, 0)
    }

    /// A value is whole: it is a key, a value, an element, or all there is.
    fn finished(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.copied += size(&node);
            if self.copied > COPIES {
                return Err(Fault::fatal(node.span, format!("aliases stand for more than {COPIES} values")));
            }
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        if !open.is_map {
            open.items.push(node);
            return Ok(());
        }
        match open.key.take() {
            None => {
                let Some(key) = node.scalar().or_else(|| (node.value == Value::Null).then(String::new)) else {
                    return Err(Fault::fatal(node.span, "a key has to be text"));
                };
                open.key = Some((key, node.span));
            }
            Some((key, _)) if key == "<<" => open.merged.push(node),
            Some((key, span)) => open.entries.push(Entry { key, span, value: node }),
        }
        Ok(())
    }

    /// Writes a short form out.
    fn short(&mut self, node: Node, tag: Option<String>) -> Result<Node, Fault> {
        let Some(tag) = tag.filter(|tag| !tag.starts_with("tag:") && tag != "!") else { return Ok(node) };
        let Some(name) = long_name(&tag) else {
            self.faults.push(Fault {
                span: node.span,
                message: format!("there is no short form `!{tag}`"),
                related: None,
                fatal: false,
            });
            return Ok(node);
        };
        let span = node.span;
        let node = if name == "Fn::GetAtt" { split_attribute(node) } else { node };
        let entry = Entry { key: name, span, value: node };
        Ok(Node { id: 0, span, value: Value::Map(vec![entry]), comments: Vec::new() })
    }
}

fn tag_name(tag: &Tag) -> String {
    if tag.handle == "!" { tag.suffix.clone() } else { format!("{}{}", tag.handle, tag.suffix) }
}

fn tagged_scalar(tag: &str, text: &str) -> Value {
    match tag {
        "tag:yaml.org,2002:int" | "tag:yaml.org,2002:float" | "tag:yaml.org,2002:bool" | "tag:yaml.org,2002:null" => {
            resolve(text)
        }
        _ => Value::Text(text.to_owned()),
    }
}

/// The long form of a short one, of "Intrinsic function reference" in the CloudFormation user guide.
fn long_name(tag: &str) -> Option<String> {
    const FUNCTIONS: [&str; 24] = [
        "And",
        "Base64",
        "Cidr",
        "Contains",
        "EachMemberEquals",
        "EachMemberIn",
        "Equals",
        "FindInMap",
        "ForEach",
        "GetAZs",
        "GetAtt",
        "GetStackOutput",
        "If",
        "ImportValue",
        "Join",
        "Length",
        "Not",
        "Or",
        "RefAll",
        "Select",
        "Split",
        "Sub",
        "ToJsonString",
        "Transform",
    ];
    match tag {
        "Ref" | "Condition" => Some(tag.to_owned()),
        "ValueOf" | "ValueOfAll" => Some(format!("Fn::{tag}")),
        // Of tools that work on templates before CloudFormation sees them.
        _ if tag.contains("::") => Some(tag.to_owned()),
        _ => FUNCTIONS.contains(&tag).then(|| format!("Fn::{tag}")),
    }
}

/// `!GetAtt a.b.c` names the attribute `b.c` of `a`.
fn split_attribute(node: Node) -> Node {
    let Some((resource, attribute)) = node.text().and_then(|text| text.split_once('.')) else { return node };
    let middle = node.span.start + resource.len() as u32;
    let part = |text: &str, start: u32, end: u32| {
        let value = Value::Text(text.to_owned());
        Node { id: 0, span: Span { start, end: end.max(start) }, value, comments: Vec::new() }
    };
    let parts = vec![part(resource, node.span.start, middle), part(attribute, middle + 1, node.span.end)];
    Node { value: Value::List(parts), ..node }
}

/// Merge keys give what is not written.
fn merge(mut entries: Vec<Entry>, merged: Vec<Node>) -> Vec<Entry> {
    let mut known: FxHashSet<String> = match merged.is_empty() {
        true => return entries,
        false => entries.iter().map(|entry| entry.key.clone()).collect(),
    };
    for node in merged {
        let maps = match node.value {
            Value::List(items) => items,
            value => vec![Node { value, ..node }],
        };
        for map in maps {
            let Value::Map(more) = map.value else { continue };
            entries.extend(more.into_iter().filter(|entry| known.insert(entry.key.clone())));
        }
    }
    entries
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.value)).sum::<usize>(),
        _ => 1,
    }
}

fn depth(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => 1 + entries.iter().map(|entry| depth(&entry.value)).max().unwrap_or(0),
        _ => 1,
    }
}

/// Ids in the order of the tree.
fn number(node: &mut Node, next: &mut u32) {
    node.id = *next;
    *next += 1;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| number(item, next)),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| number(&mut entry.value, next)),
        _ => {}
    }
}

/// Gives every comment to the entry or element that it stands before, or behind on the same line.
fn comments(text: &str, root: &mut Node, texts: &[Span]) {
    if !text.contains('#') {
        return;
    }
    let mut places = Vec::new();
    anchors(root, &mut places);
    places.sort_unstable();
    let mut given: FxHashMap<u32, Vec<String>> = FxHashMap::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(at) = comment_start(line, start, texts) {
            let own = line[..at].trim().is_empty();
            let offset = (start + at) as u32;
            let after = places.partition_point(|(place, _)| *place < offset);
            let place = if own { places.get(after).or(places.last()) } else { places.get(after.wrapping_sub(1)) };
            if let Some((_, id)) = place {
                given.entry(*id).or_default().push(line[at + 1..].trim().to_owned());
            }
        }
        start += line.len();
    }
    hand_out(root, &mut given);
}

/// Where on a line a comment starts: at a `#` that is outside scalars and not glued to something.
fn comment_start(line: &str, start: usize, texts: &[Span]) -> Option<usize> {
    line.char_indices().filter(|(_, c)| *c == '#').map(|(at, _)| at).find(|at| {
        let place = (start + at) as u32;
        let glued = line[..*at].ends_with(|c: char| !c.is_whitespace());
        let first = texts.partition_point(|span| span.end <= place);
        let inside = texts.get(first).is_some_and(|span| span.start <= place && place < span.end);
        !glued && !inside
    })
}

fn anchors(node: &Node, places: &mut Vec<(u32, u32)>) {
    match &node.value {
        Value::List(items) => {
            for item in items {
                places.push((item.span.start, item.id));
                anchors(item, places);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                places.push((entry.span.start, entry.value.id));
                anchors(&entry.value, places);
            }
        }
        _ => {}
    }
}

fn hand_out(node: &mut Node, given: &mut FxHashMap<u32, Vec<String>>) {
    if let Some(comments) = given.remove(&node.id) {
        node.comments = comments;
    }
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| hand_out(item, given)),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| hand_out(&mut entry.value, given)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Value;

    #[test]
    fn lines_too_far_left_are_read_and_keep_their_places() {
        let text = "A:\n  B: {\"x\": [1,\n2\n]}\n  C: 'ä it''s\nover'\n  D: here\n";
        let tree = read(text);
        let root = tree.root.expect("a map");
        let entries = root.get("A").and_then(Node::map).expect("a map");
        let placed: Vec<(&str, &str)> = entries
            .iter()
            .map(|entry| (entry.key.as_str(), &text[entry.value.span.start as usize..entry.value.span.end as usize]))
            .collect();
        assert_eq!(placed, [("B", "{\"x\": [1,\n2\n]}"), ("C", "'ä it''s\nover'"), ("D", "here")]);
        assert!(matches!(&entries[1].value.value, Value::Text(text) if text == "ä it's over"));
    }

    #[test]
    fn what_is_no_yaml_stays_none() {
        for text in ["A: [1,\n2\nB: 3\n", "A: 'never\nclosed\n", "A:\n\t- x\n"] {
            let tree = read(text);
            assert!(tree.root.is_none() && tree.faults.iter().any(|fault| fault.fatal), "{text:?}");
        }
    }
}
