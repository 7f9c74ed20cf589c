//! Mappings and outputs.

use super::Writer;
use super::names::section_of;
use super::text::{doc, key, quoted};
use crate::tree::{Entry, Node};

impl<'a> Writer<'a> {
    /// Comments before a section.
    pub(super) fn section(&mut self, name: &str) {
        let root = self.root;
        let Some(node) = root.get(name).filter(|node| !node.comments.is_empty()) else { return };
        self.comments(node);
        self.out.push("\n");
    }

    /// Every mapping is a constant map of records.
    pub(super) fn mappings(&mut self) {
        self.section("Mappings");
        for entry in section_of(self.root, "Mappings") {
            let Some(name) = self.names.mappings.get(&entry.key).map(|name| name.name.clone()) else { continue };
            if entry.key.starts_with("Fn::") {
                self.leftovers.push((vec!["Mappings".to_owned(), entry.key.clone()], &entry.value));
                continue;
            }
            self.comments(&entry.value);
            self.out.push(&format!("let {name} = {{\n"));
            self.out.depth += 1;
            for row in entry.value.map().unwrap_or_default() {
                self.comments(&row.value);
                let start = self.out.open();
                self.out.push(&format!("{}: ", key(&row.key)));
                self.value(&row.value, None);
                self.out.push("\n");
                self.out.close(start, row.value.id);
            }
            self.out.depth -= 1;
            self.out.push("}\n\n");
        }
    }

    /// Outputs, each with its description and export.
    pub(super) fn outputs(&mut self) {
        self.section("Outputs");
        let entries = section_of(self.root, "Outputs");
        for group in by_condition(entries) {
            let condition = group.first().and_then(|entry| entry.value.get("Condition")).and_then(Node::text);
            let name = condition.and_then(|name| self.condition_name(name));
            self.guard(name.as_deref(), |writer| group.iter().for_each(|entry| writer.output(entry)));
        }
    }

    /// Declarations inside `if`, when there is a condition.
    pub(super) fn guard(&mut self, condition: Option<&str>, write: impl FnOnce(&mut Self)) {
        match condition {
            None => write(self),
            Some(condition) => {
                self.out.push(&format!("if {condition} {{\n"));
                self.out.depth += 1;
                write(self);
                self.out.depth -= 1;
                self.out.push("}\n\n");
            }
        }
    }

    fn output(&mut self, entry: &'a Entry) {
        if entry.key.starts_with("Fn::") {
            self.leftovers.push((vec!["Outputs".to_owned(), entry.key.clone()], &entry.value));
            return;
        }
        let Some(name) = self.names.outputs.get(&entry.key).cloned() else { return };
        let node = &entry.value;
        self.comments(node);
        let start = self.out.open();
        if let Some(text) = node.get("Description").and_then(Node::text) {
            self.out.push(&doc(text));
        }
        if let Some(export) = node.get("Export").and_then(|export| export.get("Name")) {
            self.out.push("@export(");
            self.value(export, None);
            self.out.push(")\n");
        }
        if name.pinned {
            self.out.push(&format!("@id({})\n", quoted(&entry.key)));
        }
        self.out.push(&format!("output {} = ", name.name));
        match node.get("Value") {
            // What an output gives is text.
            Some(value) => match value.scalar() {
                Some(text) => self.out.marked(value.id, &quoted(&text)),
                None => self.value(value, None),
            },
            None => self.out.push("\"\""),
        }
        self.out.push("\n\n");
        self.out.close(start, node.id);
    }
}

/// Neighbours with the same condition together.
pub(super) fn by_condition(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    let condition = |entry: &Entry| entry.value.get("Condition").and_then(Node::text).map(str::to_owned);
    for entry in entries {
        match groups.last_mut() {
            Some(group)
                if group.first().is_some_and(|first| condition(first).is_some() && condition(first) == condition(entry)) =>
            {
                group.push(entry);
            }
            _ => groups.push(vec![entry]),
        }
    }
    groups
}
