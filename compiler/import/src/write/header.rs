//! The `stack`: description, settings, and what no declaration can say.

use indexmap::IndexMap;

use super::Writer;
use super::text::{doc, key};
use crate::tree::{Node, Value};

/// Sections with declarations of their own.
const KNOWN: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Conditions",
    "Rules",
    "Resources",
    "Outputs",
    "Transform",
    "Globals",
];

const SERVERLESS: &str = "AWS::Serverless-2016-10-31";

/// What goes into `raw:`, by path.
enum Rest<'a> {
    Leaf(&'a Node),
    Inner(IndexMap<String, Rest<'a>>),
}

impl<'a> Writer<'a> {
    /// The `stack` declaration with everything above it.
    pub(super) fn header(&mut self, name: &str) {
        let root = self.root;
        for section in ["AWSTemplateFormatVersion", "Description", "Transform"] {
            if let Some(node) = root.get(section) {
                self.comments(node);
            }
        }
        if !self.out.text.is_empty() {
            self.out.push("\n");
        }
        if let Some(text) = root.get("Description").and_then(Node::text) {
            self.out.push(&doc(text));
        }
        self.out.push(&format!("stack {name} {{\n"));
        self.out.depth += 1;
        self.transforms();
        self.metadata();
        if let Some(globals) = self.root.get("Globals").filter(|node| node.map().is_some_and(|all| !all.is_empty())) {
            self.comments(globals);
            self.setting("globals", globals);
        }
        self.rest();
        self.out.depth -= 1;
        self.out.push("}\n\n");
    }

    /// SAM's own transform is added where its types are used.
    fn transforms(&mut self) {
        let Some(node) = self.root.get("Transform") else { return };
        let names: Vec<&Node> = node.list().map_or_else(|| vec![node], |items| items.iter().collect());
        let implied = self.types.values().any(|ty| ty.starts_with("AWS::Serverless::"));
        if implied && matches!(names[..], [only] if only.text() == Some(SERVERLESS)) {
            return;
        }
        self.out.push("transforms: [");
        self.raw += 1;
        for (at, name) in names.iter().enumerate() {
            self.out.push(if at > 0 { ", " } else { "" });
            self.value(name, None);
        }
        self.raw -= 1;
        self.out.push("]\n");
    }

    /// Metadata without what stands at the parameters.
    fn metadata(&mut self) {
        let Some(node) = self.root.get("Metadata") else { return };
        let Value::Map(entries) = &node.value else { return };
        let interface = super::params::interface(self.root).is_some();
        let kept: Vec<_> = entries.iter().filter(|entry| !interface || entry.key != super::params::INTERFACE).collect();
        if kept.is_empty() {
            return;
        }
        self.out.push("metadata: {\n");
        self.out.depth += 1;
        for entry in kept {
            self.comments(&entry.value);
            self.setting(&entry.key, &entry.value);
        }
        self.out.depth -= 1;
        self.out.push("}\n");
    }

    /// `raw:` with the sections that the language has no word for, and with what declarations left over.
    fn rest(&mut self) {
        let mut tree: IndexMap<String, Rest<'a>> = IndexMap::new();
        for entry in self.root.map().unwrap_or_default() {
            if !KNOWN.contains(&entry.key.as_str()) {
                tree.insert(entry.key.clone(), Rest::Leaf(&entry.value));
            }
        }
        for (path, node) in std::mem::take(&mut self.leftovers) {
            add(&mut tree, &path, node);
        }
        if tree.is_empty() {
            return;
        }
        self.out.push("raw: ");
        self.raw += 1;
        self.branches(&tree);
        self.raw -= 1;
        self.out.push("\n");
    }

    fn branches(&mut self, tree: &IndexMap<String, Rest<'a>>) {
        self.out.push("{\n");
        self.out.depth += 1;
        for (name, rest) in tree {
            self.out.push(&format!("{}: ", key(name)));
            match rest {
                Rest::Leaf(node) => {
                    self.raws.push(node.id);
                    self.value(node, None);
                }
                Rest::Inner(inner) => self.branches(inner),
            }
            self.out.push("\n");
        }
        self.out.depth -= 1;
        self.out.push("}");
    }
}

fn add<'a>(tree: &mut IndexMap<String, Rest<'a>>, path: &[String], node: &'a Node) {
    match path {
        [] => {}
        [last] => drop(tree.insert(last.clone(), Rest::Leaf(node))),
        [first, rest @ ..] => {
            let inner = tree.entry(first.clone()).or_insert_with(|| Rest::Inner(IndexMap::new()));
            if let Rest::Inner(inner) = inner {
                add(inner, rest, node);
            }
        }
    }
}
