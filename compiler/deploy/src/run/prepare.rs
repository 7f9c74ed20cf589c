//! From a unit to a plan: CloudFormation is asked what it would do.

use std::collections::BTreeMap;
use std::time::Duration;

use cloudc_schema::Schema;
use serde_json::Value as Json;

use super::stages::{Stage, stages};
use super::{Given, News, Settings, Watcher, given, look, settle};
use crate::aws::{Aws, ChangeSet, ChangeSetKind, ChangeSetRequest, Condition, Import, Stack, Template};
use crate::clock;
use crate::error::{Error, codes};
use crate::plan::{Action, Plan, StackAction, ValueChange, offline, online};
use crate::store::History;
use crate::unit::Unit;
use crate::upload::{self, LARGEST_BODY, LARGEST_TEMPLATE};

/// A plan, and what is needed to do it.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What will be done.
    pub plan: Plan,
    /// The stack as it is.
    pub stack: Option<Stack>,
    /// What a failed attempt left, and has to be deleted first.
    pub remains: Option<Stack>,
    /// Steps before the last.
    pub stages: Vec<Stage>,
    /// Values of parameters.
    pub given: Given,
    /// The template that is deployed now.
    pub template: Option<Json>,
}

/// Makes a plan. `purpose` is part of the change set's name: `plan` or `deploy`.
pub async fn prepare(
    aws: &Aws,
    unit: &Unit,
    settings: &Settings,
    schema: &Schema,
    purpose: &str,
    watcher: &dyn Watcher,
) -> Result<Prepared, Error> {
    let name = unit.name();
    if unit.body.len() > LARGEST_TEMPLATE {
        let message = format!("the template of `{name}` has {} bytes, CloudFormation takes {LARGEST_TEMPLATE}", unit.body.len());
        return Err(
            Error::new(codes::TOO_LARGE, message).help("cut the stack in two, or move a part into a nested stack (`@nested`)")
        );
    }
    let settled = match purpose {
        "plan" => look(aws, name).await?,
        _ => settle(aws, name, settings, watcher).await?,
    };
    let (stack, remains) = (settled.stack, settled.remains);
    let given = given(unit, stack.as_ref(), &settings.parameters, &settings.bucket)?;
    if purpose == "deploy" {
        sweep(aws, name).await?;
    }
    let template = match &stack {
        Some(stack) => aws.template(&stack.id).await?.and_then(|body| read_template(&body)),
        None => None,
    };
    let stages = stages(unit, template.as_ref(), schema)?;
    let sent = upload::assets(aws, &settings.bucket, unit).await?;
    if sent.sent > 0 {
        watcher.tell(name, News::Uploaded(sent));
    }
    let mut prepared = Prepared { plan: blank(aws, unit), stack, remains, stages, given, template };
    let stuck = prepared.stack.as_ref().is_some_and(|stack| stack.status.failed());
    if prepared.remains.is_some() || !prepared.stages.is_empty() || stuck {
        prepared.plan = worked_out(aws, unit, &prepared, schema);
        let policy = stack_policy(aws, prepared.stack.as_ref()).await?;
        prepared.plan.settings = guarded(unit, prepared.stack.as_ref(), policy.as_deref());
        if let Some(remains) = prepared.remains.clone() {
            prepared.plan.resources.extend(leftovers(aws, &remains, schema).await?);
            prepared.plan.risk = prepared.plan.resources.iter().map(|one| one.risk).max().unwrap_or(crate::plan::Risk::Low);
        }
        return Ok(prepared);
    }
    let (action, set) = final_set(aws, unit, settings, &prepared, purpose).await?;
    prepared.plan = explain(aws, unit, &prepared, action, set.as_ref(), schema);
    let policy = stack_policy(aws, prepared.stack.as_ref()).await?;
    prepared.plan.settings = guarded(unit, prepared.stack.as_ref(), policy.as_deref());
    protect(unit, aws, &prepared, policy.as_deref()).await?;
    importers(aws, unit, &mut prepared).await?;
    if !prepared.plan.resources.is_empty() {
        let head = History { aws, bucket: &settings.bucket }.head(unit.name()).await;
        // Without a history nothing is known about times, and nothing else depends on it here.
        let took = head.ok().flatten().map(|head| head.took).unwrap_or_default();
        prepared.plan.resources.iter_mut().for_each(|one| one.took = took.get(&one.id).copied());
    }
    Ok(prepared)
}

/// The change set that makes the stack what the program says; nothing when it is already.
pub async fn final_set(
    aws: &Aws,
    unit: &Unit,
    settings: &Settings,
    prepared: &Prepared,
    purpose: &str,
) -> Result<(StackAction, Option<ChangeSet>), Error> {
    let update = prepared.stack.is_some();
    let kind = if update { ChangeSetKind::Update } else { ChangeSetKind::Create };
    let set = change_set(aws, unit, settings, &prepared.given, Wanted::whole(unit, kind), purpose).await?;
    Ok(match (set, update) {
        (None, true) if differs_beside_resources(unit, prepared.template.as_ref()) => (StackAction::Update, None),
        (None, true) => (StackAction::Nothing, None),
        (set, true) => (StackAction::Update, set),
        (set, false) => (StackAction::Create, set),
    })
}

/// A plan from a change set.
pub fn explain(
    aws: &Aws,
    unit: &Unit,
    prepared: &Prepared,
    action: StackAction,
    set: Option<&ChangeSet>,
    schema: &Schema,
) -> Plan {
    let given = crate::plan::Made {
        unit,
        stack: prepared.stack.as_ref(),
        template: prepared.template.as_ref(),
        action,
        change_set: set,
        parameters: &prepared.given.shown,
    };
    online(given, aws, schema)
}

/// What a change set is to be made of.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The template's text.
    pub body: &'a str,
    /// What for.
    pub kind: ChangeSetKind,
    /// What is taken in.
    pub imports: Vec<Import>,
    /// The tags that the stack has; nothing where there is none. Taking resources in may change nothing else.
    pub tags: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Wanted<'a> {
    /// The program's own template.
    fn whole(unit: &'a Unit, kind: ChangeSetKind) -> Self {
        Wanted { body: &unit.body, kind, imports: Vec::new(), tags: None }
    }
}

/// Where only outputs (or what stands beside resources) change, CloudFormation finds nothing to plan, and still has to be told.
fn differs_beside_resources(unit: &Unit, deployed: Option<&Json>) -> bool {
    let new = &unit.artifact.template;
    deployed.is_some_and(|old| ["Outputs", "Description", "Metadata"].iter().any(|name| !same(old.get(*name), new.get(*name))))
}

fn same(old: Option<&Json>, new: Option<&Json>) -> bool {
    let empty = |value: &&Json| value.as_object().is_none_or(|map| !map.is_empty());
    crate::plan::differences(old.filter(empty), new.filter(empty)).is_empty()
}

/// Changes what a change set cannot. Gives whether CloudFormation has something to do.
pub async fn update_directly(aws: &Aws, unit: &Unit, settings: &Settings, given: &Given) -> Result<bool, Error> {
    let request = request(aws, unit, settings, given, Wanted::whole(unit, ChangeSetKind::Update), "deploy").await?;
    aws.update_stack(&request).await.map_err(|error| explained(unit, error))
}

async fn request(
    aws: &Aws,
    unit: &Unit,
    settings: &Settings,
    given: &Given,
    wanted: Wanted<'_>,
    purpose: &str,
) -> Result<ChangeSetRequest, Error> {
    let manifest = unit.manifest();
    let mut parameters = given.values.clone();
    let import = wanted.kind == ChangeSetKind::Import;
    if import && let Ok(template) = serde_json::from_str::<Json>(wanted.body) {
        parameters.retain(|name, _| template.get("Parameters").is_some_and(|all| all.get(name).is_some()));
    }
    Ok(ChangeSetRequest {
        stack: unit.name().to_owned(),
        name: format!("cloudc-{purpose}-{}", clock::unique()),
        kind: wanted.kind,
        template: hand_over(aws, settings, wanted.body).await?,
        parameters,
        tags: if import { wanted.tags.cloned().unwrap_or_default() } else { manifest.tags.clone() },
        capabilities: manifest
            .capabilities
            .iter()
            .map(|one| (*one).to_owned())
            .chain(settings.capabilities.iter().cloned())
            .collect(),
        notifications: manifest.notifications.clone(),
        imports: wanted.imports,
        alarms: manifest.around.alarms.clone(),
        watch: manifest.around.watch,
        role: settings.role.clone(),
    })
}

/// Asks for a change set and waits for it; nothing when there is nothing to change.
pub async fn change_set(
    aws: &Aws,
    unit: &Unit,
    settings: &Settings,
    given: &Given,
    wanted: Wanted<'_>,
    purpose: &str,
) -> Result<Option<ChangeSet>, Error> {
    let kind = wanted.kind;
    let request = request(aws, unit, settings, given, wanted, purpose).await?;
    let asked = aws.create_change_set(&request).await.map_err(|error| explained(unit, error));
    asked?;
    wait(aws, unit, &request.name, kind).await
}

/// A template as it is handed over: a large one goes through the bucket.
pub async fn hand_over(aws: &Aws, settings: &Settings, body: &str) -> Result<Template, Error> {
    if body.len() <= LARGEST_BODY {
        return Ok(Template::Body(body.to_owned()));
    }
    let key = format!("templates/{}.json", crate::unit::hash(&[body.as_bytes()]));
    if !aws.has_object(&settings.bucket, &key).await? {
        aws.put_object(&settings.bucket, &key, body.as_bytes().to_vec(), &Condition::Absent).await?;
    }
    Ok(Template::Url(aws.url_of(&settings.bucket, &key)))
}

async fn wait(aws: &Aws, unit: &Unit, name: &str, kind: ChangeSetKind) -> Result<Option<ChangeSet>, Error> {
    let mut pause = Duration::from_millis(20);
    loop {
        let set = aws.change_set(unit.name(), name).await?;
        match set {
            Some(set) if set.status == "CREATE_COMPLETE" => return Ok(Some(set)),
            Some(set) if set.status == "FAILED" => {
                let reason = set.reason.clone().unwrap_or_default();
                discard_set(aws, unit.name(), name, kind != ChangeSetKind::Update).await?;
                // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html>
                if reason.contains("didn't contain changes") || reason.contains("No updates are to be performed") {
                    return Ok(None);
                }
                let error = Error::new(codes::NO_CHANGE_SET, format!("CloudFormation cannot plan `{}`: {reason}", unit.name()));
                return Err(explained(unit, error));
            }
            Some(_) => {}
            None => {
                let message = format!("the change set of `{}` was removed by somebody else", unit.name());
                return Err(Error::new(codes::NO_CHANGE_SET, message).help("try again"));
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

/// Adds what to do to the usual refusals.
fn explained(unit: &Unit, error: Error) -> Error {
    if error.is("InsufficientCapabilitiesException") || error.message.contains("Requires capabilities") {
        let capability = error.message.split(['[', ']']).nth(1).unwrap_or("CAPABILITY_NAMED_IAM").trim().to_owned();
        return Error { code: codes::CAPABILITY, ..error }
            .note(format!(
                "something in `{}` that the compiler does not see into (a macro, a nested template) makes it necessary",
                unit.name()
            ))
            .help(format!("agree to it with `--capability {capability}`"));
    }
    match error.help {
        None if error.code == codes::NO_CHANGE_SET || error.code == codes::REFUSED => {
            let help = super::advice(&error.message).map(str::to_owned);
            Error { help, ..error }
        }
        _ => error,
    }
}

/// Removes a plan's change set, and a stack that only stood for it.
pub async fn discard(aws: &Aws, prepared: &Prepared) -> Result<(), Error> {
    let Some(set) = &prepared.plan.change_set else { return Ok(()) };
    discard_set(aws, &prepared.plan.stack, &set.name, prepared.stack.is_none()).await
}

async fn discard_set(aws: &Aws, stack: &str, name: &str, was_new: bool) -> Result<(), Error> {
    aws.delete_change_set(stack, name).await?;
    if was_new
        && let Some(stub) = aws.stack(stack).await?
        && stub.status.in_review()
        && aws.change_sets(stack).await?.is_empty()
    {
        aws.delete_stack(&stub.id, &format!("discard-{}", clock::unique()), &[], None).await?;
    }
    Ok(())
}

/// Removes the change sets of deployments that died before they executed them; the lock is held, so none of them is alive.
async fn sweep(aws: &Aws, stack: &str) -> Result<(), Error> {
    for name in aws.change_sets(stack).await? {
        if name.starts_with("cloudc-deploy-") {
            aws.delete_change_set(stack, &name).await?;
        }
    }
    Ok(())
}

/// A plan from the templates, where CloudFormation can only be asked for a first step.
fn worked_out(aws: &Aws, unit: &Unit, prepared: &Prepared, schema: &Schema) -> Plan {
    let recorded = prepared.stack.as_ref().zip(prepared.template.as_ref()).map(|(stack, template)| crate::plan::Recorded {
        template,
        parameters: &stack.parameters,
        tags: &stack.tags,
    });
    let at = crate::plan::Whereabouts { account: &aws.identity.account, region: &aws.region };
    let mut plan = offline(unit, recorded, &prepared.given.shown, schema, at);
    if let Some(remains) = &prepared.remains {
        plan.action = StackAction::Recreate;
        plan.notes.push(format!("the stack is in {}: what is left of it is deleted first", remains.status));
    }
    if let Some(stack) = prepared.stack.as_ref().filter(|stack| stack.status.failed()) {
        plan.notes.push(format!("the stack is in {}: its rollback is taken up first", stack.status));
    }
    for one in &mut plan.resources {
        if one.action == Action::Create && unit.manifest().adopt.contains_key(&one.id) {
            one.action = Action::Import;
        }
        if one.action == Action::Delete && unit.manifest().forget.contains(&one.id) {
            (one.action, one.risk, one.danger) = (Action::Release, crate::plan::Risk::Low, None);
        }
    }
    plan.risk = plan.resources.iter().map(|one| one.risk).max().unwrap_or(crate::plan::Risk::Low);
    if !prepared.stages.is_empty() {
        let steps: Vec<&str> = prepared.stages.iter().map(|stage| stage.about.as_str()).collect();
        plan.notes.push(format!("in {} steps: {}, then the rest", steps.len() + 1, steps.join(", ")));
    }
    plan
}

/// What still exists of a stack that is deleted first.
async fn leftovers(aws: &Aws, remains: &Stack, schema: &Schema) -> Result<Vec<crate::plan::Planned>, Error> {
    let template = aws.template(&remains.id).await?.and_then(|body| read_template(&body)).unwrap_or_default();
    let there = aws.resources(&remains.id).await?.into_iter().filter(|one| !one.status.is_deleted() && one.physical.is_some());
    let planned = there.map(|one| {
        let before = crate::unit::section(&template, "Resources").and_then(|all| all.get(&one.id));
        crate::plan::deleted(schema, &one.id, &one.ty, one.physical, before)
    });
    Ok(planned.collect())
}

fn blank(aws: &Aws, unit: &Unit) -> Plan {
    Plan {
        stack: unit.name().to_owned(),
        region: aws.region.clone(),
        account: aws.identity.account.clone(),
        environment: None,
        action: StackAction::Nothing,
        resources: Vec::new(),
        unchanged: 0,
        parameters: Vec::new(),
        outputs: Vec::new(),
        tags: Vec::new(),
        settings: Vec::new(),
        risk: crate::plan::Risk::Low,
        drifted: Vec::new(),
        notes: Vec::new(),
        exact: true,
        template: String::new(),
        change_set: None,
    }
}

async fn stack_policy(aws: &Aws, stack: Option<&Stack>) -> Result<Option<String>, Error> {
    match stack {
        Some(stack) => aws.stack_policy(&stack.id).await,
        None => Ok(None),
    }
}

/// What is set on a stack beside its template, and changes.
fn guarded(unit: &Unit, stack: Option<&Stack>, policy: Option<&str>) -> Vec<ValueChange> {
    let manifest = unit.manifest();
    let mut changes = Vec::new();
    let before = stack.is_some_and(|stack| stack.protection);
    if before != manifest.protection {
        let word = |on: bool| Some(if on { "on" } else { "off" }.to_owned());
        let before = stack.and_then(|_| word(before));
        changes.push(ValueChange { name: "protection".to_owned(), before, after: word(manifest.protection) });
    }
    if let Some(needed) = super::policy::needed(policy, &manifest.protected) {
        let (before, after) = (super::policy::described(policy), super::policy::described(Some(&needed)));
        changes.push(ValueChange { name: "stack policy".to_owned(), before, after });
    }
    changes
}

/// Refuses to replace or delete what is protected, before CloudFormation does so half-way.
async fn protect(unit: &Unit, aws: &Aws, prepared: &Prepared, policy: Option<&str>) -> Result<(), Error> {
    let endangered: Vec<&str> = prepared
        .plan
        .resources
        .iter()
        .filter(|one| matches!(one.action, Action::Replace | Action::Delete))
        .map(|one| one.id.as_str())
        .collect();
    if prepared.stack.is_none() || endangered.is_empty() {
        return Ok(());
    }
    let deployed = super::policy::protected(policy);
    let still = |id: &str| unit.section("Resources").is_some_and(|all| all.contains_key(id));
    let refused = endangered
        .iter()
        .find(|id| unit.manifest().protected.iter().any(|one| one == *id) || deployed.iter().any(|one| one == *id) && !still(id));
    let Some(id) = refused else { return Ok(()) };
    discard(aws, prepared).await?;
    let one = prepared.plan.resources.iter().find(|one| one.id == *id);
    let word = one.map_or("change", |one| one.action.word());
    let mut error = Error::new(codes::PROTECTED, format!("`{id}` is protected, and this deployment would {word} it"));
    for why in one.iter().flat_map(|one| &one.why) {
        error = error.note(why.clone());
    }
    Err(error.help("take `@protect` off it and deploy that alone first, if this is what you want"))
}

/// Finds the stacks that import what is exported of resources which are replaced or deleted.
async fn importers(aws: &Aws, unit: &Unit, prepared: &mut Prepared) -> Result<(), Error> {
    let old = prepared.template.clone().unwrap_or_default();
    for one in &mut prepared.plan.resources {
        if one.action < Action::MayReplace || one.action == Action::Release {
            continue;
        }
        let mut exports = crate::plan::exports_of(&unit.artifact.template, &one.id);
        exports.extend(crate::plan::exports_of(&old, &one.id));
        exports.sort();
        exports.dedup();
        for export in exports {
            one.importers.extend(aws.importers(&export).await?);
        }
        one.importers.sort();
        one.importers.dedup();
        one.interruption = crate::plan::interruption(one);
    }
    Ok(())
}

/// A template as it came from CloudFormation: JSON, or YAML with short forms.
pub fn read_template(body: &str) -> Option<Json> {
    serde_json::from_str(body).ok().or_else(|| cloudc_import::read::read(body).root.map(|root| root.to_json()))
}
