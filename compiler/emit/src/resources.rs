//! The Resources section.

use cloudc_eval::assemble::StackMember;
use cloudc_eval::{Node, Stack, Value, resource};
use cloudc_graph::{Order, Split};
use cloudc_hir::Anchor;
use serde_json::{Map, Value as Json, json};

use crate::expr::Lower;

/// The section, in source order; rules split off security groups follow their group.
pub fn section(lower_to: &mut Lower<'_>, stack: &Stack, order: &Order) -> Map<String, Json> {
    let mut section = Map::new();
    for member in &stack.resources {
        section.extend(with_splits(lower_to, member, order));
    }
    section
}

/// A resource and the rules split off it.
pub fn with_splits(lower_to: &mut Lower<'_>, member: &StackMember, order: &Order) -> Vec<(String, Json)> {
    let mut made = vec![(member.id.to_string(), lower(lower_to, member, order))];
    for split in order.splits.iter().filter(|split| split.group == member.site) {
        made.push((split.id.to_string(), split_rule(lower_to, member, split)));
    }
    made
}

/// One resource.
pub fn lower(lower: &mut Lower<'_>, member: &StackMember, order: &Order) -> Json {
    let resource = resource(lower.db, member.site);
    lower.at = ("Resources", member.id.clone());
    lower.pointer.clear();
    lower.notes.whole("Resources", &member.id, Anchor::name(member.site.decl(lower.db)));
    let mut map = Map::new();
    map.insert("Type".into(), json!(resource.ty));
    if !member.cond.is_true() {
        let name = lower.conditions.name(&member.cond, &member.id);
        map.insert("Condition".into(), json!(name));
    }
    let depends = depends_on(lower, member, order);
    match &depends[..] {
        [] => {}
        [only] => drop(map.insert("DependsOn".into(), json!(only))),
        many => drop(map.insert("DependsOn".into(), json!(many))),
    }
    let attributes = &resource.attributes;
    let parts = [
        ("Metadata", &attributes.metadata),
        ("CreationPolicy", &attributes.creation_policy),
        ("UpdatePolicy", &attributes.update_policy),
        ("DeletionPolicy", &attributes.deletion_policy),
        ("UpdateReplacePolicy", &attributes.update_replace_policy),
    ];
    for (name, node) in parts {
        let Some(node) = node else { continue };
        if node.value.expr().is_some() && matches!(name, "DeletionPolicy" | "UpdateReplacePolicy") {
            lower.extensions = true;
        }
        if let Some(json) = lower.under(name, |lower| lower.entry(node)) {
            map.insert(name.into(), json);
        }
    }
    let properties = without_splits(&resource.properties, member, order);
    let mut json = lower.under("Properties", |lower| lower.value(&properties));
    crate::assets::hand_on(lower, &resource.ty, &mut json);
    if json.as_object().is_some_and(|map| !map.is_empty()) {
        map.insert("Properties".into(), json);
    }
    Json::Object(map)
}

/// What is written, then what the graph adds, each once. A list of one is written as its element.
fn depends_on(lower: &Lower<'_>, member: &StackMember, order: &Order) -> Vec<String> {
    let written = resource(lower.db, member.site).attributes.depends_on.iter().map(|(site, _)| *site);
    let added = order.depends_on.get(&member.site).into_iter().flatten().copied();
    let mut ids: Vec<String> = Vec::new();
    for site in written.chain(added) {
        let id = cloudc_eval::naming::logical_id(lower.db, site).to_string();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The properties without the rules that became resources of their own.
fn without_splits(properties: &Node, member: &StackMember, order: &Order) -> Node {
    let splits: Vec<&Split> = order.splits.iter().filter(|split| split.group == member.site).collect();
    let Value::Record(fields) = &properties.value else { return properties.clone() };
    if splits.is_empty() {
        return properties.clone();
    }
    let mut fields = fields.to_vec();
    for field in &mut fields {
        let Value::List(items) = &field.node.value else { continue };
        let kept = items
            .iter()
            .enumerate()
            .filter(|(at, _)| !splits.iter().any(|split| split.property == field.name && split.index == *at));
        let kept: Vec<Node> = kept.map(|(_, item)| item.clone()).collect();
        field.node.value = if kept.is_empty() { Value::None } else { Value::list(kept) };
    }
    properties.src.node(Value::record(fields))
}

/// A rule as a resource: its own properties and the group.
fn split_rule(lower: &mut Lower<'_>, member: &StackMember, split: &Split) -> Json {
    lower.at = ("Resources", split.id.clone());
    lower.pointer.clear();
    lower.notes.whole("Resources", &split.id, split.src.anchor());
    let mut properties = Map::new();
    properties.insert("GroupId".into(), json!({ "Fn::GetAtt": [member.id, "GroupId"] }));
    if let Json::Object(own) = lower.under("Properties", |lower| lower.value(&split.rule)) {
        properties.extend(own);
    }
    let mut map = Map::new();
    map.insert("Type".into(), json!(split.ty));
    let cond = &split.cond;
    if !cond.is_true() {
        let name = lower.conditions.name(cond, &split.id);
        map.insert("Condition".into(), json!(name));
    }
    map.insert("Properties".into(), Json::Object(properties));
    Json::Object(map)
}
