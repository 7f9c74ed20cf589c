//! Resources: attributes before, properties between braces.

use std::collections::BTreeSet;

use super::members::by_condition;
use super::names::section_of;
use super::text::{doc, is_name, quoted};
use super::{LAST, SECRET_SEEN, Writer};
use crate::equivalent::references;
use crate::tree::{Entry, Node};

/// Whether a resource is made by somebody's own function.
fn is_custom(node: &Node) -> bool {
    let ty = node.get("Type").and_then(Node::text).unwrap_or_default();
    ty.starts_with("Custom::") || ty == "AWS::CloudFormation::CustomResource"
}

impl<'a> Writer<'a> {
    /// The Resources section.
    pub(super) fn resources(&mut self) {
        self.section("Resources");
        let entries = section_of(self.root, "Resources");
        for group in by_condition(entries) {
            let condition = group.first().and_then(|entry| entry.value.get("Condition")).and_then(Node::text);
            let name = condition.and_then(|name| self.condition_name(name));
            self.guard(name.as_deref(), |writer| group.iter().for_each(|entry| writer.resource(entry)));
        }
    }

    fn resource(&mut self, entry: &'a Entry) {
        let node = &entry.value;
        let name = self.names.values.get(&entry.key).cloned();
        let (Some(name), Some(ty)) = (name, node.get("Type").and_then(Node::text)) else {
            self.leftovers.push((vec!["Resources".to_owned(), entry.key.clone()], node));
            return;
        };
        if !ty.split("::").all(is_name) || !ty.contains("::") {
            self.leftovers.push((vec!["Resources".to_owned(), entry.key.clone()], node));
            return;
        }
        self.comments(node);
        let start = self.out.open();
        if let Some(text) = node.get("Description").and_then(Node::text) {
            self.out.push(&doc(text));
        }
        if name.pinned {
            self.out.push(&format!("@id({})\n", quoted(&entry.key)));
        }
        if self.form(node) == SECRET_SEEN {
            self.out.push("@allow(\"C0331\", reason: \"it was so in the template\")\n");
        }
        self.attributes(entry);
        self.out.push(&format!("resource {}: {ty} {{", name.name));
        self.properties(entry, ty);
        self.out.push("}\n\n");
        self.out.close(start, node.id);
    }

    fn attributes(&mut self, entry: &'a Entry) {
        let node = &entry.value;
        self.policies(entry);
        self.depends_on(entry);
        for other in node.map().unwrap_or_default() {
            let attribute = match other.key.as_str() {
                "Metadata" => "metadata",
                "CreationPolicy" => "creation_policy",
                "UpdatePolicy" => "update_policy",
                // There is one version of custom resources.
                "Version" if is_custom(node) => continue,
                "Description" if other.value.text().is_some() => continue,
                "Type" | "Properties" | "Condition" | "DependsOn" | "DeletionPolicy" | "UpdateReplacePolicy" => continue,
                _ => {
                    self.leftover(entry, other);
                    continue;
                }
            };
            if self.form(&other.value) >= LAST || other.value.map().is_none() {
                self.leftover(entry, other);
                continue;
            }
            let start = self.out.open();
            self.comments(&other.value);
            self.out.push(&format!("@{attribute}("));
            self.raw += 1;
            self.value(&other.value, None);
            self.raw -= 1;
            self.out.push(")\n");
            self.out.close(start, other.value.id);
        }
    }

    fn leftover(&mut self, entry: &'a Entry, attribute: &'a Entry) {
        let path = ["Resources", &entry.key, &attribute.key].map(str::to_owned);
        self.leftovers.push((path.to_vec(), &attribute.value));
    }

    /// What happens to it when it goes.
    fn policies(&mut self, entry: &'a Entry) {
        let node = &entry.value;
        let (deletion, replace) = (node.entry("DeletionPolicy"), node.entry("UpdateReplacePolicy"));
        let text = |entry: Option<&'a Entry>| entry.and_then(|entry| entry.value.text());
        match (text(deletion), text(replace)) {
            (Some("Retain"), Some("Retain")) => self.out.push("@retain\n"),
            (Some("Snapshot"), Some("Snapshot")) => self.out.push("@snapshot\n"),
            _ => {
                for (attribute, name) in [(deletion, "deletion_policy"), (replace, "update_replace_policy")] {
                    let Some(attribute) = attribute else { continue };
                    match attribute.value.text() {
                        Some(text) if self.form(&attribute.value) == 0 => {
                            let line = format!("@{name}({})\n", quoted(text));
                            self.out.marked(attribute.value.id, &line);
                        }
                        _ => self.leftover(entry, attribute),
                    }
                }
            }
        }
    }

    /// Only the order that no reference implies.
    fn depends_on(&mut self, entry: &Entry) {
        let Some(node) = entry.value.get("DependsOn") else { return };
        let all: Vec<&str> = match node.list() {
            Some(items) => items.iter().filter_map(Node::text).collect(),
            None => node.text().into_iter().collect(),
        };
        let implied = self.reached(&entry.key);
        let mut names: Vec<String> = Vec::new();
        for id in all {
            let name = self.names.values.get(id).filter(|_| self.types.contains_key(id)).map(|name| name.name.clone());
            if let Some(name) = name.filter(|name| !implied.contains(id) && !names.contains(name)) {
                names.push(name);
            }
        }
        if !names.is_empty() {
            self.out.marked(node.id, &format!("@depends_on({})\n", names.join(", ")));
        }
    }

    /// Everything that a resource refers to, directly or not.
    fn reached(&self, id: &str) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut next = vec![id.to_owned()];
        while let Some(id) = next.pop() {
            let Some(node) = self.root.get("Resources").and_then(|all| all.get(&id)) else { continue };
            let mut found = BTreeSet::new();
            references(&node.to_json(), &mut found);
            next.extend(found.into_iter().filter(|id| self.types.contains_key(id.as_str()) && seen.insert(id.clone())));
        }
        seen
    }

    fn properties(&mut self, entry: &'a Entry, ty: &str) {
        let Some(properties) = entry.value.entry("Properties") else { return };
        let Some(fields) = properties.value.map().filter(|_| properties.value.function().is_none()) else {
            self.leftover(entry, properties);
            return;
        };
        let ty = self.schema.ty(ty);
        self.out.depth += 1;
        self.comments(&properties.value);
        for field in fields {
            if self.form(&field.value) > LAST || field.key.starts_with("Fn::") {
                let path = ["Resources", &entry.key, "Properties", &field.key].map(str::to_owned);
                self.leftovers.push((path.to_vec(), &field.value));
                continue;
            }
            self.out.push("\n");
            self.comments(&field.value);
            let place = ty.and_then(|ty| ty.property(&field.key)).map(|property| property.node());
            self.field(field, place);
        }
        self.out.depth -= 1;
        if self.out.text.ends_with('{') {
            return;
        }
        self.out.push("\n");
    }
}
