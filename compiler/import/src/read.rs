//! A template's text to its tree.
//!
//! In: text or bytes. Out: a [`Tree`], with everything that is wrong with the text. Always: never a panic, whatever the bytes;
//! time and memory grow with the text, aliases included.

use rustc_hash::FxHashMap;

use crate::tree::{Entry, Fault, Node, Span};
use crate::{json, yaml};

/// How deep a template may nest; CloudFormation's own templates stay far below.
pub const DEPTH: usize = 128;

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// The whole; none when the text could not be read.
    pub root: Option<Node>,
    /// What is wrong with the text.
    pub faults: Vec<Fault>,
}

/// Reads bytes that should be UTF-8.
pub fn bytes(bytes: &[u8]) -> Tree {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) => {
            let at = error.valid_up_to();
            let fault = Fault::fatal(Span::new(at, at + 1), "this is no text in UTF-8");
            Tree { root: None, faults: vec![fault] }
        }
    }
}

/// Reads JSON or YAML, whichever it is.
pub fn read(text: &str) -> Tree {
    let start = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    if !start.starts_with('{') {
        return yaml::read(text);
    }
    // A byte order mark is white space to the reader's eyes, so that places stay right.
    let blank = text.replacen('\u{feff}', "   ", 1);
    let tree = json::read(if text.starts_with('\u{feff}') { &blank } else { text });
    if tree.root.is_some() {
        return tree;
    }
    // A brace also starts a YAML map in flow style.
    let other = yaml::read(text);
    if other.root.as_ref().is_some_and(|root| root.map().is_some()) && other.faults.iter().all(|fault| !fault.fatal) {
        other
    } else {
        tree
    }
}

/// A map of these entries. A key that is there already is a fault, and its value replaces the first.
pub fn unique(entries: Vec<Entry>, faults: &mut Vec<Fault>) -> Vec<Entry> {
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match places.get(&entry.key) {
            None => {
                places.insert(entry.key.clone(), kept.len());
                kept.push(entry);
            }
            Some(at) => {
                let known = &mut kept[*at];
                faults.push(Fault {
                    span: entry.span,
                    message: format!("`{}` is written twice in this map", entry.key),
                    related: Some((known.span, "the first one, which is lost")),
                    fatal: false,
                });
                *known = entry;
            }
        }
    }
    kept
}
