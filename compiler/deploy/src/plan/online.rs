//! A plan as CloudFormation makes it: a change set, explained with both templates and the schema.

use std::collections::BTreeMap;

use cloudc_schema::Schema;
use serde_json::Value as Json;

use super::offline::{action_of, bare, changes, finish, outputs, values, why_replaced, worst};
use super::{Action, ChangeSetRef, Difference, Plan, Planned, PropertyChange, StackAction, dependents};
use crate::aws::{Aws, Change, ChangeDetail, ChangeSet, Stack};
use crate::unit::{Unit, section};

/// What a plan is made of.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// What is to be deployed.
    pub unit: &'a Unit,
    /// The stack as it is.
    pub stack: Option<&'a Stack>,
    /// Its template, where it can be read.
    pub template: Option<&'a Json>,
    /// What is done to the stack.
    pub action: StackAction,
    /// CloudFormation's answer; nothing when it finds nothing to do.
    pub change_set: Option<&'a ChangeSet>,
    /// Values of parameters after it, secrets as `****`.
    pub parameters: &'a BTreeMap<String, String>,
}

/// Explains a change set.
pub fn online(given: Made<'_>, aws: &Aws, schema: &Schema) -> Plan {
    let Made { unit, stack, action, change_set, .. } = given;
    let nothing = Json::Null;
    let old = given.template.filter(|_| action == StackAction::Update).unwrap_or(&nothing);
    let new = &unit.artifact.template;
    let (users, old_users) = (dependents::dependents(new), dependents::dependents(old));
    let mut resources: Vec<Planned> =
        change_set.iter().flat_map(|set| &set.changes).map(|one| explained(one, old, new)).collect();
    for planned in &mut resources {
        let before = section(old, "Resources").and_then(|all| all.get(&planned.id));
        let used = if planned.action == Action::Delete { &old_users } else { &users };
        finish(planned, unit, before, schema, used);
    }
    resources.sort_by(|a, b| (b.risk, b.action, &a.id).cmp(&(a.risk, a.action, &b.id)));
    let total = section(new, "Resources").map_or(0, serde_json::Map::len);
    let touched = resources.iter().filter(|one| !matches!(one.action, Action::Delete | Action::Release)).count();
    let before = stack.filter(|_| action == StackAction::Update);
    let none = BTreeMap::new();
    let quiet = action == StackAction::Nothing;
    Plan {
        stack: unit.name().to_owned(),
        region: aws.region.clone(),
        account: aws.identity.account.clone(),
        environment: unit.manifest().environment.clone(),
        action,
        unchanged: total - touched.min(total),
        parameters: if quiet {
            Vec::new()
        } else {
            before.map(|stack| values(&stack.parameters, given.parameters)).unwrap_or_default()
        },
        outputs: if quiet { Vec::new() } else { outputs(old, new) },
        tags: if quiet { Vec::new() } else { values(before.map_or(&none, |stack| &stack.tags), &unit.manifest().tags) },
        settings: Vec::new(),
        risk: worst(&resources),
        resources,
        drifted: Vec::new(),
        notes: Vec::new(),
        exact: true,
        template: unit.template_hash(),
        change_set: change_set.map(|set| ChangeSetRef {
            name: set.name.clone(),
            id: set.id.clone(),
            stack_id: set.stack_id.clone(),
        }),
    }
}

fn explained(change: &Change, old: &Json, new: &Json) -> Planned {
    let action = match (change.action.as_str(), change.replacement.as_deref(), change.policy.as_deref()) {
        ("Add", ..) => Action::Create,
        ("Import", ..) => Action::Import,
        ("Remove", _, Some("Retain")) => Action::Release,
        ("Remove", ..) if is_kept(old, &change.id) => Action::Release,
        ("Remove", ..) => Action::Delete,
        (_, Some("True"), _) => Action::Replace,
        (_, Some("Conditional"), _) => Action::MayReplace,
        _ => Action::Update,
    };
    let mut planned = bare(action, &change.id, &change.ty);
    planned.physical.clone_from(&change.physical);
    if matches!(action, Action::Update | Action::MayReplace | Action::Replace) {
        let resource = |template| section(template, "Resources").and_then(|all| all.get(&change.id));
        let written = match (resource(old), resource(new)) {
            (Some(before), Some(after)) => changes(before, after),
            _ => Vec::new(),
        };
        planned.properties = properties(&change.details, written);
        for one in &planned.properties {
            planned.why.extend(reason(one).filter(|why| !planned.why.contains(why)));
        }
    }
    planned
}

/// Whether a resource that leaves the template stays.
fn is_kept(old: &Json, id: &str) -> bool {
    let policy = section(old, "Resources").and_then(|all| all.get(id)?.get("DeletionPolicy")?.as_str());
    matches!(policy, Some("Retain" | "RetainExceptOnCreate"))
}

/// CloudFormation names the properties; the templates know the values inside them.
fn properties(details: &[ChangeDetail], written: Vec<Difference>) -> Vec<PropertyChange> {
    let mut found: Vec<PropertyChange> = Vec::new();
    let of_property = |detail: &ChangeDetail, path: &str| match (detail.attribute.as_str(), &detail.name) {
        ("Properties", Some(name)) => path.strip_prefix("/Properties/").is_some_and(|rest| rest.split('/').next() == Some(name)),
        (attribute, _) => path.strip_prefix('/').is_some_and(|rest| rest.split('/').next() == Some(attribute)),
    };
    for one in written {
        let about = details.iter().filter(|detail| of_property(detail, &one.path));
        let recreation =
            about.clone().map(|detail| detail.recreation.as_str()).max_by_key(|word| action_of(word)).unwrap_or("Never");
        let recreation = recreation.to_owned();
        found.push(PropertyChange { path: one.path, before: one.before, after: one.after, cause: None, recreation });
    }
    for detail in details {
        let told = found.iter().any(|one| of_property(detail, &one.path));
        let root = match (&detail.name, detail.attribute.as_str()) {
            (Some(name), "Properties") => format!("/Properties/{name}"),
            (_, attribute) => format!("/{attribute}"),
        };
        if told || root == "/Properties" {
            continue;
        }
        let cause =
            detail.cause.clone().or_else(|| (detail.source.as_deref() == Some("Automatic")).then(|| "CloudFormation".to_owned()));
        found.push(PropertyChange { path: root, before: None, after: None, cause, recreation: detail.recreation.clone() });
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path && a.before == b.before && a.after == b.after);
    found
}

fn reason(one: &PropertyChange) -> Option<String> {
    let why = why_replaced(&one.path, &one.recreation)?;
    Some(match &one.cause {
        Some(cause) => format!("{why}, and it follows `{cause}`, which changes"),
        None => why,
    })
}
