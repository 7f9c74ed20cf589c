//! A plan without AWS: the template against the one that was recorded last, graded with the schema.

use std::collections::BTreeMap;

use cloudc_schema::{Schema, Update};
use serde_json::Value as Json;

use super::by_hand::by_hand;
use super::interruption::interruption;
use super::{
    Action, Difference, Plan, Planned, PropertyChange, Risk, Source, StackAction, ValueChange, dependents, differences, risk,
};
use crate::unit::{Unit, section};

/// What was deployed, as far as it is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// The template.
    pub template: &'a Json,
    /// Values of parameters, secrets left out.
    pub parameters: &'a BTreeMap<String, String>,
    /// Tags of the stack.
    pub tags: &'a BTreeMap<String, String>,
}

/// Where a stack is.
#[derive(Debug, Clone, Copy)]
pub struct Whereabouts<'a> {
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
}

/// Compares a unit with what was recorded; with nothing, everything is new. `parameters` are the values it would be given.
pub fn offline(
    unit: &Unit,
    recorded: Option<Recorded<'_>>,
    parameters: &BTreeMap<String, String>,
    schema: &Schema,
    at: Whereabouts<'_>,
) -> Plan {
    let nothing = Json::Null;
    let old = recorded.map_or(&nothing, |recorded| recorded.template);
    let new = &unit.artifact.template;
    let users = dependents::dependents(new);
    let old_users = dependents::dependents(old);
    let mut resources: Vec<Planned> = Vec::new();
    for (id, resource) in section(new, "Resources").into_iter().flatten() {
        let before = section(old, "Resources").and_then(|all| all.get(id));
        resources.extend(compared(id, before, resource, schema));
    }
    carry_replacements(&mut resources, new);
    for (id, resource) in section(old, "Resources").into_iter().flatten() {
        if section(new, "Resources").is_none_or(|all| !all.contains_key(id)) {
            resources.push(removed(id, resource));
        }
    }
    for planned in &mut resources {
        let before = section(old, "Resources").and_then(|all| all.get(&planned.id));
        let used = if planned.action == Action::Delete { &old_users } else { &users };
        finish(planned, unit, before, schema, used);
    }
    let total = section(new, "Resources").map_or(0, serde_json::Map::len);
    let touched = resources.iter().filter(|one| !matches!(one.action, Action::Delete | Action::Release)).count();
    let mut plan = Plan {
        stack: unit.name().to_owned(),
        region: at.region.to_owned(),
        account: at.account.to_owned(),
        environment: unit.manifest().environment.clone(),
        action: if recorded.is_some() { StackAction::Update } else { StackAction::Create },
        unchanged: total - touched.min(total),
        parameters: recorded.map(|recorded| values(recorded.parameters, parameters)).unwrap_or_default(),
        outputs: outputs(old, new),
        tags: values(recorded.map_or(&BTreeMap::new(), |recorded| recorded.tags), &unit.manifest().tags),
        settings: Vec::new(),
        risk: worst(&resources),
        resources,
        drifted: Vec::new(),
        notes: Vec::new(),
        exact: false,
        template: unit.template_hash(),
        change_set: None,
    };
    if recorded.is_some()
        && plan.resources.is_empty()
        && plan.parameters.is_empty()
        && plan.outputs.is_empty()
        && plan.tags.is_empty()
    {
        plan.action = StackAction::Nothing;
    }
    plan
}

/// The worst risk among changes.
pub fn worst(resources: &[Planned]) -> Risk {
    resources.iter().map(|one| one.risk).max().unwrap_or(Risk::Low)
}

/// A change of which only what is done is known.
pub fn bare(action: Action, id: &str, ty: &str) -> Planned {
    Planned {
        action,
        id: id.to_owned(),
        ty: ty.to_owned(),
        physical: None,
        properties: Vec::new(),
        why: Vec::new(),
        risk: Risk::Low,
        danger: None,
        dependents: Vec::new(),
        importers: Vec::new(),
        interruption: None,
        by_hand: Vec::new(),
        took: None,
        source: None,
    }
}

/// A resource that is deleted.
pub fn deleted(schema: &Schema, id: &str, ty: &str, physical: Option<String>, before: Option<&Json>) -> Planned {
    let mut planned = Planned { physical, ..bare(Action::Delete, id, ty) };
    (planned.risk, planned.danger) = risk::grade(schema, &planned, before);
    planned
}

/// Adds risk, users and place. What happens to a resource that is replaced the new template says, to one that leaves the old.
pub fn finish(planned: &mut Planned, unit: &Unit, before: Option<&Json>, schema: &Schema, users: &BTreeMap<String, Vec<String>>) {
    let after = unit.section("Resources").and_then(|all| all.get(&planned.id));
    (planned.risk, planned.danger) = risk::grade(schema, planned, after.or(before));
    if planned.action >= Action::MayReplace {
        planned.dependents = users.get(&planned.id).cloned().unwrap_or_default();
    }
    planned.interruption = interruption(planned);
    let users = users.get(&planned.id).into_iter().flatten();
    let types: Vec<&str> = users.filter_map(|user| unit.type_of(user)).collect();
    planned.by_hand = by_hand(planned, before, after, &types);
    let culprit = planned.properties.iter().find(|one| one.recreation != "Never").or(planned.properties.first());
    let pointer = culprit.map_or("", |one| one.path.as_str());
    let entry = unit.written(&planned.id, pointer).or_else(|| unit.written(&planned.id, ""));
    planned.source = entry.map(|entry| Source::from(&entry.site));
}

fn type_of(resource: &Json) -> &str {
    resource.get("Type").and_then(Json::as_str).unwrap_or_default()
}

fn removed(id: &str, resource: &Json) -> Planned {
    let kept = matches!(resource.get("DeletionPolicy").and_then(Json::as_str), Some("Retain" | "RetainExceptOnCreate"));
    bare(if kept { Action::Release } else { Action::Delete }, id, type_of(resource))
}

fn compared(id: &str, before: Option<&Json>, after: &Json, schema: &Schema) -> Option<Planned> {
    let Some(before) = before else { return Some(bare(Action::Create, id, type_of(after))) };
    let found = changes(before, after);
    if found.is_empty() {
        return None;
    }
    let mut planned = bare(Action::Update, id, type_of(after));
    if type_of(before) != type_of(after) {
        planned.action = Action::Replace;
        planned.why.push(format!("the type changes from {}", type_of(before)));
    }
    for one in found {
        let update = property_update(schema, type_of(after), &one.path);
        let recreation = recreation(update);
        planned.action = planned.action.max(action_of(recreation));
        if let Some(why) = why_replaced(&one.path, recreation) {
            planned.why.push(why);
        }
        planned.properties.push(PropertyChange {
            path: one.path,
            before: one.before,
            after: one.after,
            cause: None,
            recreation: recreation.to_owned(),
        });
    }
    planned.why.dedup();
    Some(planned)
}

/// What differs between two forms of a resource and means something to the resource: order of starting and `Metadata` does not.
pub fn changes(before: &Json, after: &Json) -> Vec<Difference> {
    let found = differences(Some(before), Some(after));
    found.into_iter().filter(|one| !one.path.starts_with("/DependsOn") && one.path != "/Condition").collect()
}

/// What changing a property does, by the schema.
pub fn property_update(schema: &Schema, ty: &str, pointer: &str) -> Update {
    let Some(inside) = pointer.strip_prefix("/Properties/") else { return Update::InPlace };
    let Some(ty) = schema.ty(ty) else { return Update::InPlace };
    let mut steps: Vec<&str> = inside.split('/').filter(|step| step.parse::<usize>().is_err()).collect();
    // The nearest property above that the schema knows decides.
    while !steps.is_empty() {
        if let Some(property) =
            ty.property_at(&steps.join("/")).or_else(|| (steps.len() == 1).then(|| ty.property(steps[0])).flatten())
        {
            return property.update();
        }
        steps.pop();
    }
    Update::InPlace
}

/// CloudFormation's word for it.
pub fn recreation(update: Update) -> &'static str {
    match update {
        Update::InPlace => "Never",
        Update::Conditional => "Conditionally",
        Update::Replace => "Always",
    }
}

/// What is done to the resource because of it.
pub fn action_of(recreation: &str) -> Action {
    match recreation {
        "Always" => Action::Replace,
        "Conditionally" => Action::MayReplace,
        _ => Action::Update,
    }
}

/// Why a resource is made anew for a property.
pub fn why_replaced(pointer: &str, recreation: &str) -> Option<String> {
    let name = pointer.strip_prefix("/Properties/").unwrap_or(pointer).split('/').next().unwrap_or_default();
    match recreation {
        "Always" => Some(format!("`{name}` cannot be changed after creation")),
        "Conditionally" => Some(format!("changing `{name}` may need a new one")),
        _ => None,
    }
}

/// A replaced resource has another identity, which those that name it get.
fn carry_replacements(resources: &mut Vec<Planned>, template: &Json) {
    let mut waiting: Vec<String> =
        resources.iter().filter(|one| one.action == Action::Replace).map(|one| one.id.clone()).collect();
    let users = dependents::dependents(template);
    while let Some(replaced) = waiting.pop() {
        for user in users.get(&replaced).into_iter().flatten() {
            let Some(resource) = section(template, "Resources").and_then(|all| all.get(user)) else { continue };
            if !resource.get("Properties").is_some_and(|properties| dependents::references(properties).contains(&replaced)) {
                continue;
            }
            if resources.iter().any(|one| one.id == *user) {
                continue;
            }
            let mut planned = bare(Action::Update, user, type_of(resource));
            planned.why.push(format!("`{replaced}` is replaced, and this refers to it"));
            resources.push(planned);
        }
    }
}

/// What changes between two sets of values.
pub fn values(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<ValueChange> {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let changed = names.filter(|name| before.get(*name) != after.get(*name)).map(|name| ValueChange {
        name: name.clone(),
        before: before.get(name).cloned(),
        after: after.get(name).cloned(),
    });
    let mut changed: Vec<ValueChange> = changed.collect();
    changed.sort_by(|a, b| a.name.cmp(&b.name));
    changed
}

/// Outputs whose text changes.
pub fn outputs(old: &Json, new: &Json) -> Vec<ValueChange> {
    let written = |template: &Json| -> BTreeMap<String, String> {
        let all = section(template, "Outputs").into_iter().flatten();
        all.map(|(name, output)| (name.clone(), output.get("Value").map_or_else(String::new, shown))).collect()
    };
    values(&written(old), &written(new))
}

fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
