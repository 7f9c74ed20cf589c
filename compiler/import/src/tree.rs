//! What a template's text says: one tree for JSON and YAML, with the place of every key and value.
//!
//! In: nothing; the readers make it. Out: [`Node`]s. Always: short forms are written out (`!Ref x` is a map with the key `Ref`),
//! aliases and merge keys are resolved, ids are unique and count in the order of the text, no map holds a key twice.

use serde_json::{Map, Number, Value as Json};

/// Bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in its tree.
    pub id: u32,
    /// Where the value stands; of an alias, where the alias stands.
    pub span: Span,
    /// What is said.
    pub value: Value,
    /// Comments before it, or behind it on its line; without `#`.
    pub comments: Vec<String>,
}

/// What is said at a place.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
    /// Elements in order.
    List(Vec<Node>),
    /// Entries in order.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub span: Span,
    /// Its value; comments of the entry are there.
    pub value: Node,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// One lowercase line.
    pub message: String,
    /// A second place that matters, and what is there.
    pub related: Option<(Span, &'static str)>,
    /// Whether nothing after it was read.
    pub fatal: bool,
}

impl Fault {
    /// One after which nothing is read.
    pub fn fatal(span: Span, message: impl Into<String>) -> Self {
        Fault { span, message: message.into(), related: None, fatal: true }
    }
}

impl Span {
    /// From two offsets.
    pub fn new(start: usize, end: usize) -> Self {
        let clip = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { start: clip(start), end: clip(end) }
    }
}

impl Node {
    /// Its text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar as CloudFormation turns it into text.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Int(value) => Some(value.to_string()),
            Value::Float(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// Its elements.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// Its entries.
    pub fn map(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.map()?.iter().find(|entry| entry.key == key)
    }

    /// The only entry of a map of one: how functions look.
    pub fn only(&self) -> Option<(&str, &Node)> {
        match self.map()? {
            [entry] => Some((&entry.key, &entry.value)),
            _ => None,
        }
    }

    /// A function and its argument: `Ref`, `Condition`, `Fn::…`, and what the tool `rain` replaces (`Rain::…`).
    pub fn function(&self) -> Option<(&str, &Node)> {
        self.only()
            .filter(|(name, _)| *name == "Ref" || *name == "Condition" || name.starts_with("Fn::") || name.starts_with("Rain::"))
    }

    /// The same as JSON; places and comments are lost.
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => Json::from(*value),
            Value::Float(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect::<Map<_, _>>())
            }
        }
    }
}
