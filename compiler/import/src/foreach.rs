//! `Fn::ForEach` over constants, written out.
//!
//! In: a tree. Out: the tree with every such loop replaced by what it makes. Always: loops over anything else are left as they
//! are; a tree grows to at most [`MOST`] copies.

use crate::tree::{Entry, Node, Value};

/// How many copies loops may make in a file.
const MOST: usize = 5_000;

/// Writes loops out, everywhere. True when there were any.
pub fn expand(root: &mut Node) -> bool {
    let mut copies = 0;
    inside(root, &mut copies);
    if copies > 0 {
        renumber(root, &mut 0);
    }
    copies > 0
}

fn inside(node: &mut Node, copies: &mut usize) {
    known_names(node);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| inside(item, copies)),
        Value::Map(entries) => {
            let mut made: Vec<Entry> = Vec::with_capacity(entries.len());
            // What a loop makes may be loops again: those come next, in their place.
            let mut waiting: Vec<Entry> = std::mem::take(entries);
            waiting.reverse();
            while let Some(entry) = waiting.pop() {
                match written_out(&entry, copies) {
                    Some(more) => waiting.extend(more.into_iter().rev()),
                    None => made.push(entry),
                }
            }
            made.iter_mut().for_each(|entry| inside(&mut entry.value, copies));
            *entries = made;
        }
        _ => {}
    }
}

/// `Fn::Sub` of text without holes, where a reference says what it refers to, is that text.
fn known_names(node: &mut Node) {
    if !node.function().is_some_and(|(name, _)| name == "Ref" || name == "Fn::GetAtt") {
        return;
    }
    let Value::Map(entries) = &mut node.value else { return };
    let Some(argument) = entries.first_mut().map(|entry| &mut entry.value) else { return };
    let parts = match &mut argument.value {
        Value::List(items) => items.as_mut_slice(),
        _ => std::slice::from_mut(argument),
    };
    for part in parts {
        let text = part.function().filter(|(name, _)| *name == "Fn::Sub").and_then(|(_, text)| text.text());
        if let Some(text) = text.filter(|text| !text.contains("${")) {
            part.value = Value::Text(text.to_owned());
        }
    }
}

/// The entries that a loop makes.
fn written_out(entry: &Entry, copies: &mut usize) -> Option<Vec<Entry>> {
    entry.key.strip_prefix("Fn::ForEach::")?;
    let [variable, elements, body] = entry.value.list()? else { return None };
    let (variable, body) = (variable.text()?, body.map()?);
    let elements: Option<Vec<String>> = elements.list()?.iter().map(Node::scalar).collect();
    let elements = elements?;
    *copies += elements.len() * body.len();
    if *copies > MOST {
        return None;
    }
    let mut made = Vec::new();
    for element in &elements {
        for template in body {
            let mut copy = template.clone();
            copy.key = substituted(&copy.key, variable, element);
            replace(&mut copy.value, variable, element);
            made.push(copy);
        }
    }
    Some(made)
}

/// `${X}` is the element; `&{X}` is the element without what an id cannot hold.
fn substituted(text: &str, variable: &str, element: &str) -> String {
    let plain: String = element.chars().filter(char::is_ascii_alphanumeric).collect();
    text.replace(&format!("${{{variable}}}"), element).replace(&format!("&{{{variable}}}"), &plain)
}

fn replace(node: &mut Node, variable: &str, element: &str) {
    if node.function().is_some_and(|(name, argument)| name == "Ref" && argument.text() == Some(variable)) {
        node.value = Value::Text(element.to_owned());
        return;
    }
    match &mut node.value {
        Value::Text(text) => *text = substituted(text, variable, element),
        Value::List(items) => items.iter_mut().for_each(|item| replace(item, variable, element)),
        Value::Map(entries) => {
            for entry in entries {
                entry.key = substituted(&entry.key, variable, element);
                replace(&mut entry.value, variable, element);
            }
        }
        _ => {}
    }
}

/// Gives every node an id again, in the order of the tree.
pub fn renumber(node: &mut Node, next: &mut u32) {
    node.id = *next;
    *next += 1;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| renumber(item, next)),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| renumber(&mut entry.value, next)),
        _ => {}
    }
}
