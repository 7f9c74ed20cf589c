//! Resources: attributes before, properties between braces.

use std::collections::BTreeSet;

use super::made::references;
use super::members::by_condition;
use super::names::{Name, section_of};
use super::repeated::{EACH, Loop};
use super::text::{doc, is_name, quoted};
use super::{LAST, SECRET_SEEN, Writer};
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

    /// A `for` that makes several resources, written where the first of them stands. True when the resource is one of those.
    fn looped(&mut self, id: &str) -> bool {
        let holds = |one: &Loop<'_>| one.groups.iter().any(|group| group.ids.iter().any(|known| known == id));
        let Some(one) = self.loops.iter().find(|one| holds(one)).cloned() else { return false };
        if one.groups.first().and_then(|group| group.ids.first()).is_none_or(|first| first != id) {
            return true;
        }
        // What is made comes first: it says at which places the values of the turns stand.
        let made = self.aside(|writer| writer.turn_of(&one));
        self.loop_head(&one);
        self.places.clear();
        self.out.depth += 1;
        self.out.append(made);
        self.out.depth -= 1;
        self.out.push("}\n\n");
        true
    }

    /// What is made in each turn, as the first turn has it.
    fn turn_of(&mut self, one: &Loop<'a>) {
        let outside = self.names.values.clone();
        for group in &one.groups {
            let name = Name { name: group.name.clone(), pinned: false };
            self.names.values.extend(group.ids.first().map(|id| (id.clone(), name)));
        }
        self.holes.clone_from(&one.holes);
        self.turn = one.keys.first().map(|key| (key.clone(), one.key, one.keyed.clone()));
        self.out.depth += 1;
        let entries = section_of(self.root, "Resources");
        for group in &one.groups {
            let first = entries.iter().find(|entry| group.ids.first() == Some(&entry.key));
            if let Some(entry) = first {
                self.declared(entry, group.id.as_deref());
            }
        }
        self.out.depth -= 1;
        self.holes.clear();
        self.turn = None;
        self.names.values = outside;
    }

    /// `for n, each in { … } {`
    fn loop_head(&mut self, one: &Loop<'a>) {
        let (values, key) = (&one.values, if one.uses_key { format!("{}, ", one.key) } else { String::new() });
        match &values[..] {
            [] => {
                let keys: Vec<String> = one.keys.iter().map(|key| quoted(key)).collect();
                self.out.push(&format!("for {} in [{}] {{\n", one.key, keys.join(", ")));
                return;
            }
            [(name, _)] => self.out.push(&format!("for {key}{name} in {{\n")),
            _ => self.out.push(&format!("for {key}{EACH} in {{\n")),
        }
        self.out.depth += 1;
        for (turn, key) in one.keys.iter().enumerate() {
            self.out.push(&format!("{}: ", super::text::key(key)));
            let several = values.len() > 1;
            self.out.push(if several { "{ " } else { "" });
            for (at, (name, nodes)) in values.iter().enumerate() {
                self.out.push(if at > 0 { ", " } else { "" });
                if several {
                    self.out.push(&format!("{name}: "));
                }
                if let Some(node) = nodes.get(turn) {
                    let written = if several { format!("{EACH}.{name}") } else { name.clone() };
                    let place = self.places.get(&written).copied().flatten();
                    self.value(node, place);
                }
            }
            self.out.push(if several { " }\n" } else { "\n" });
        }
        self.out.depth -= 1;
        self.out.push("} {\n");
    }

    fn resource(&mut self, entry: &'a Entry) {
        if !self.looped(&entry.key) {
            self.declared(entry, None);
        }
    }

    /// One declaration; `id` is the logical id that it has in a loop.
    fn declared(&mut self, entry: &'a Entry, id: Option<&str>) {
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
        if let Some(id) = id {
            self.out.push(&format!("@id({id})\n"));
        } else if name.pinned {
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
        // Functions are known there with the language extensions, which the compiler then adds.
        let extended = self.root.get("Transform").is_some_and(|node| {
            let names = node.list().unwrap_or(std::slice::from_ref(node));
            names.iter().any(|name| name.text() == Some("AWS::LanguageExtensions"))
        });
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
                        None if self.form(&attribute.value) == 0 && extended && attribute.value.function().is_some() => {
                            let start = self.out.open();
                            self.out.push(&format!("@{name}("));
                            self.value(&attribute.value, None);
                            self.out.push(")\n");
                            self.out.close(start, attribute.value.id);
                        }
                        _ => self.leftover(entry, attribute),
                    }
                }
            }
        }
    }

    /// Only the order that no reference implies.
    fn depends_on(&mut self, entry: &'a Entry) {
        let Some(attribute) = entry.value.entry("DependsOn") else { return };
        let node = &attribute.value;
        let all: Vec<&str> = match node.list() {
            Some(items) => items.iter().filter_map(Node::text).collect(),
            None => node.text().into_iter().collect(),
        };
        // What nothing here declares is made by a macro.
        if all.iter().any(|id| !self.types.contains_key(*id)) {
            self.leftover(entry, attribute);
            return;
        }
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
            references(node, &mut found);
            for name in found {
                let id = match self.parted(&name) {
                    // What is read back is no reference any more.
                    (id, Some(attribute)) if self.is_written(id, attribute) => continue,
                    (id, _) => id.to_owned(),
                };
                if self.types.contains_key(&id) && seen.insert(id.clone()) {
                    next.push(id);
                }
            }
        }
        seen
    }

    /// Whether an attribute is a property that the template gives a value.
    fn is_written(&self, id: &str, attribute: &str) -> bool {
        let properties = self.root.get("Resources").and_then(|all| all.get(id)?.get("Properties"));
        let ty = self.types.get(id).and_then(|ty| self.schema.ty(ty));
        properties.is_some_and(|all| all.get(attribute).is_some()) && ty.is_some_and(|ty| ty.property(attribute).is_some())
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
