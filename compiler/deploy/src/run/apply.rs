//! Doing what a plan says, recording it, and telling how it ended.

use std::collections::BTreeMap;

use super::failure::{Failure, causes};
use super::prepare::{Wanted, change_set, final_set, read_template, update_directly};
use super::settle::newest;
use super::watch::{Ended, watch};
use super::{News, Prepared, Settings, Watcher, Wish, policy, publish};
use crate::aws::{Aws, ChangeSetKind, Event, Stack};
use crate::clock;
use crate::error::{Error, codes};
use crate::plan::StackAction;
use crate::store::{History, Outcome, Owner, Record, Value};
use crate::unit::{Unit, hash};

/// How a deployment ended.
#[derive(Debug, Clone)]
pub struct Applied {
    /// What was done to the stack.
    pub action: StackAction,
    /// How it went.
    pub outcome: Outcome,
    /// The stack as it is now.
    pub stack: Option<Stack>,
    /// Root causes, when it failed.
    pub failures: Vec<Failure>,
    /// How many more resources were only cancelled because of them.
    pub cancelled: usize,
    /// Whether the user stopped watching.
    pub detached: bool,
    /// Everything that happened, oldest first.
    pub events: Vec<Event>,
    /// The version in the history.
    pub version: Option<u32>,
}

/// Who deploys what from where: what a record says beside what happened.
#[derive(Debug, Clone)]
pub struct Author {
    /// Who.
    pub owner: Owner,
    /// The commit.
    pub revision: Option<String>,
    /// The compiler's version.
    pub compiler: String,
    /// `deploy`, `rollback`.
    pub operation: String,
    /// The version that a rollback brings back.
    pub restores: Option<u32>,
    /// What is agreed to.
    pub capabilities: Vec<String>,
}

/// A record of what is about to be done.
pub fn record(aws: &Aws, unit: &Unit, prepared: &Prepared, author: &Author) -> Record {
    let manifest = unit.manifest();
    let given = &prepared.given;
    let value = |(name, value): (&String, &String)| {
        let secret = given.secrets.contains(name);
        (name.clone(), if secret { Value::Secret { secret } } else { Value::Plain(value.clone()) })
    };
    let counts: Vec<String> = prepared.plan.counts().iter().map(|(action, count)| format!("{} {count}", action.word())).collect();
    Record {
        version: 0,
        id: clock::unique(),
        stack: unit.name().to_owned(),
        stack_id: prepared.stack.as_ref().map(|stack| stack.id.clone()),
        operation: author.operation.clone(),
        restores: author.restores,
        outcome: Outcome::Running,
        reason: None,
        begun: clock::now(),
        ended: None,
        who: aws.identity.arn.clone(),
        from: format!("{}@{}", author.owner.user, author.owner.host),
        source: unit.source.clone(),
        revision: author.revision.clone(),
        compiler: author.compiler.clone(),
        environment: manifest.environment.clone(),
        template: unit.template_hash(),
        fingerprint: fingerprint(unit, &given.shown, given.hands_secret),
        parameters: given.shown.iter().map(value).collect(),
        tags: manifest.tags.clone(),
        notifications: manifest.notifications.clone(),
        protection: manifest.protection,
        published: manifest.publish,
        protected: manifest.protected.clone(),
        capabilities: author.capabilities.clone(),
        took: BTreeMap::new(),
        summary: counts.join(", "),
        updated: None,
    }
}

/// SHA-256 of everything that makes a deployment; nothing where a secret is part of it.
pub fn fingerprint(unit: &Unit, parameters: &BTreeMap<String, String>, secret: bool) -> Option<String> {
    let manifest = unit.manifest();
    let mut rest = serde_json::json!({
        "parameters": parameters,
        "tags": manifest.tags,
        "notifications": manifest.notifications,
        "protection": manifest.protection,
        "protected": manifest.protected,
    });
    if manifest.publish {
        rest["publish"] = true.into();
    }
    (!secret).then(|| hash(&[unit.body.as_bytes(), rest.to_string().as_bytes()]))
}

/// Whether a stack is certainly what the program says: it was deployed like this, and nobody changed it since.
pub fn is_unchanged(unit: &Unit, prepared_with: &super::Given, stack: &Stack, head: Option<&Record>) -> bool {
    let Some(head) = head else { return false };
    let wanted = fingerprint(unit, &prepared_with.shown, prepared_with.hands_secret);
    wanted.is_some()
        && head.fingerprint == wanted
        && head.outcome == Outcome::Succeeded
        && head.stack_id.as_deref() == Some(stack.id.as_str())
        && head.updated == stack.updated
        && stack.status.is_whole()
}

/// Executes a plan, and tells what the stack says to tell. The lock of the stack has to be held.
pub async fn apply(
    aws: &Aws,
    unit: &Unit,
    prepared: Prepared,
    author: &Author,
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<Applied, Error> {
    let history = History { aws, bucket: &settings.bucket };
    let before = history.head(unit.name()).await?.is_some_and(|head| head.published);
    let applied = change(aws, unit, prepared, author, settings, watcher).await?;
    if let Some(stack) = applied.stack.as_ref().filter(|_| applied.outcome == Outcome::Succeeded) {
        let (name, wanted) = (unit.name(), unit.manifest().publish);
        let told = publish::told(unit, stack, applied.version, author.revision.as_deref());
        let published = match (wanted, before) {
            (true, _) => publish::publish(aws, name, &told).await,
            (false, true) => publish::publish(aws, name, &BTreeMap::new()).await,
            (false, false) => Ok(()),
        };
        if let Err(error) = published {
            unfinished(&history, name).await;
            return Err(error.note("the stack is deployed; deploying it again writes them"));
        }
    }
    Ok(applied)
}

/// What is recorded is not all that was to be done: the next deployment does not skip the stack, and knows of what may be written.
async fn unfinished(history: &History<'_>, name: &str) {
    if let Ok(Some(mut head)) = history.head(name).await {
        head.fingerprint = None;
        head.published = true;
        // The error that led here is the one to tell.
        let _ = history.update(&head).await;
    }
}

/// Executes a plan.
async fn change(
    aws: &Aws,
    unit: &Unit,
    prepared: Prepared,
    author: &Author,
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<Applied, Error> {
    let history = History { aws, bucket: &settings.bucket };
    let name = unit.name();
    end_dead_record(&history, aws, name).await?;
    if prepared.plan.action == StackAction::Nothing {
        let whole = match &prepared.stack {
            Some(stack) => guards(aws, unit, stack).await?,
            None => false,
        };
        let mut applied = finished(StackAction::Nothing, Outcome::Succeeded, prepared.stack.clone());
        applied.version = reconcile(&history, aws, unit, &prepared, author, whole).await?;
        return Ok(applied);
    }
    let known = history.head(name).await?.map(|head| head.took).unwrap_or_default();
    let mut record = history.begin(record(aws, unit, &prepared, author), &unit.body).await?;
    record.took = known;
    let begun = record.clone();
    match carry_out(aws, unit, prepared, record, settings, watcher).await {
        Ok(applied) => Ok(applied),
        Err(error) => {
            give_up(aws, &history, begun, &error).await;
            Err(error)
        }
    }
}

/// Ends the record of what could not be begun. Where CloudFormation is at work all the same, or cannot be asked, the next deployment does.
async fn give_up(aws: &Aws, history: &History<'_>, mut record: Record, error: &Error) {
    let Ok(stack) = aws.stack(&record.stack).await else { return };
    if stack.is_some_and(|stack| stack.status.in_progress()) {
        return;
    }
    record.outcome = Outcome::Failed;
    record.reason = Some(error.message.clone());
    record.ended = Some(clock::now());
    // The error that led here is the one to tell.
    let _ = history.update(&record).await;
}

/// What [`apply`] does between the beginning and the end of the record.
async fn carry_out(
    aws: &Aws,
    unit: &Unit,
    mut prepared: Prepared,
    mut record: Record,
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<Applied, Error> {
    let history = History { aws, bucket: &settings.bucket };
    let name = unit.name();
    let mut stack = prepared.stack.clone();
    let action = prepared.plan.action;
    if let Some(remains) = prepared.remains.take() {
        watcher.tell(name, News::Clearing(&remains));
        let cleared = super::destroy::remove(aws, &remains, &[], settings, watcher).await?;
        if let Some(left) = cleared.stack {
            record.outcome = Outcome::Failed;
            record.reason = Some(format!("what was left could not be deleted: {}", left.status));
            record.ended = Some(clock::now());
            history.update(&record).await?;
            let (failures, cancelled) = causes(aws, &cleared.events).await?;
            let applied = finished(action, Outcome::Failed, Some(left));
            return Ok(Applied { failures, cancelled, events: cleared.events, version: Some(record.version), ..applied });
        }
    }
    let mut events = Vec::new();
    for stage in prepared.stages.clone() {
        let body = stage.template.to_string();
        let kind = if stage.kind == ChangeSetKind::Update && stack.is_none() { ChangeSetKind::Create } else { stage.kind };
        let tags = stack.as_ref().map(|stack| &stack.tags);
        let wanted = Wanted { body: &body, kind, imports: stage.imports.clone(), tags };
        let set = change_set(aws, unit, settings, &prepared.given, wanted, "deploy").await?;
        let Some(set) = set else { continue };
        prepared.stack.clone_from(&stack);
        let ended = execute(aws, unit, &How::ChangeSet(set.name), &prepared, settings, watcher).await?;
        events.extend(ended.events.clone());
        let whole = ended.stack.as_ref().is_some_and(|stack| stack.status.is_whole());
        if !whole {
            return end(aws, &history, record, action, Ended { events, ..ended }).await;
        }
        stack = ended.stack;
    }
    // The plan was worked out from the templates, or its change set is the one to execute.
    prepared.stack.clone_from(&stack);
    let (next, set) = match &prepared.plan.change_set {
        Some(set) => (action, Some(set.name.clone())),
        None => {
            if stack.is_some() && !prepared.stages.is_empty() {
                prepared.template = aws.template(name).await?.and_then(|body| read_template(&body));
            }
            let (next, set) = final_set(aws, unit, settings, &prepared, "deploy").await?;
            (next, set.map(|set| set.name))
        }
    };
    if let Some(stack) = &stack {
        relax(aws, unit, stack).await?;
    }
    let how = match (set, next) {
        (Some(set), _) => Some(How::ChangeSet(set)),
        (None, StackAction::Nothing) => None,
        (None, _) => Some(How::Directly),
    };
    let ended = match how {
        Some(how) => {
            watcher.tell(name, News::Begun { resources: prepared.plan.resources.len(), took: &record.took });
            execute(aws, unit, &how, &prepared, settings, watcher).await?
        }
        None => Ended { stack: aws.stack(name).await?, events: Vec::new(), detached: false, cancelled: false },
    };
    events.extend(ended.events.clone());
    if let Some(stack) = ended.stack.as_ref().filter(|stack| stack.status.is_whole()) {
        guards(aws, unit, stack).await?;
    }
    end(aws, &history, record, action, Ended { events, ..ended }).await
}

fn finished(action: StackAction, outcome: Outcome, stack: Option<Stack>) -> Applied {
    Applied { action, outcome, stack, failures: Vec::new(), cancelled: 0, detached: false, events: Vec::new(), version: None }
}

/// Ends the record and tells how it went.
async fn end(aws: &Aws, history: &History<'_>, mut record: Record, action: StackAction, ended: Ended) -> Result<Applied, Error> {
    let Ended { stack, events, detached, .. } = ended;
    let status = stack.as_ref().map(|stack| stack.status.clone());
    let outcome = match &status {
        _ if detached => Outcome::Running,
        Some(status) if status.is_whole() => Outcome::Succeeded,
        Some(status) if status.rolled_back() && !status.failed() => Outcome::RolledBack,
        _ => Outcome::Failed,
    };
    let (failures, cancelled) = match outcome {
        Outcome::RolledBack | Outcome::Failed => causes(aws, &events).await?,
        _ => (Vec::new(), 0),
    };
    record.outcome = outcome;
    record.stack_id = stack.as_ref().map(|stack| stack.id.clone()).or(record.stack_id);
    record.updated = stack.as_ref().and_then(|stack| stack.updated);
    record.reason = failures.first().map(|one| format!("{}: {}", one.id, one.reason));
    record.ended = (!detached).then(clock::now);
    times(&events, &mut record.took);
    history.update(&record).await?;
    let version = Some(record.version);
    Ok(Applied { failures, cancelled, detached, events, version, ..finished(action, outcome, stack) })
}

/// Shorter times say nothing, in seconds.
const SHORT: i64 = 3;

/// Notes how long each resource took.
fn times(events: &[Event], took: &mut BTreeMap<String, u32>) {
    let mut begun: BTreeMap<&str, i64> = BTreeMap::new();
    for event in events.iter().filter(|event| !event.is_of_stack()) {
        if event.status.in_progress() {
            begun.entry(&event.logical).or_insert(event.at);
        } else if let Some(since) = begun.remove(event.logical.as_str())
            && !event.status.failed()
            && !event.status.is_deleted()
        {
            let seconds = (event.at - since) / 1000;
            took.remove(&event.logical);
            if seconds >= SHORT {
                took.insert(event.logical.clone(), u32::try_from(seconds).unwrap_or(u32::MAX));
            }
        }
    }
}

/// How CloudFormation is told.
enum How {
    /// By executing this change set.
    ChangeSet(String),
    /// By handing over the template: of what no change set can be made.
    Directly,
}

/// Starts and follows to the end.
async fn execute(
    aws: &Aws,
    unit: &Unit,
    how: &How,
    prepared: &Prepared,
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<Ended, Error> {
    let name = unit.name();
    let stub;
    let target = match &prepared.stack {
        Some(stack) => stack,
        None => {
            let missing = || Error::new(codes::NO_CHANGE_SET, format!("the stack `{name}` was removed by somebody else"));
            stub = aws.stack(name).await?.ok_or_else(missing)?;
            &stub
        }
    };
    let known = newest(aws, target).await?;
    if *settings.wish.borrow() != Wish::Continue {
        return Err(Error::new(codes::NOT_APPROVED, "stopped before anything was changed"));
    }
    match how {
        How::ChangeSet(set) => {
            let token = format!("deploy-{}", clock::unique());
            if let Err(error) = aws.execute(name, set, &token).await {
                // An answer may have been lost, and the call made again: then it is under way, or done.
                if !is_started(aws, name, set, target).await? {
                    return Err(error);
                }
            }
        }
        How::Directly => {
            if !update_directly(aws, unit, settings, &prepared.given).await? {
                return Ok(Ended { stack: Some(target.clone()), events: Vec::new(), detached: false, cancelled: false });
            }
        }
    }
    watch(aws, name, &target.id, known, settings, watcher).await
}

async fn is_started(aws: &Aws, stack: &str, set: &str, before: &Stack) -> Result<bool, Error> {
    if let Some(found) = aws.change_set(stack, set).await? {
        return Ok(matches!(found.execution.as_str(), "EXECUTE_IN_PROGRESS" | "EXECUTE_COMPLETE" | "EXECUTE_FAILED"));
    }
    let now = aws.stack(&before.id).await?;
    Ok(now.is_some_and(|now| now.status.in_progress() || now.status != before.status || now.updated != before.updated))
}

/// A record that nobody ended: its process died. The stack knows how it went.
async fn end_dead_record(history: &History<'_>, aws: &Aws, name: &str) -> Result<(), Error> {
    let Some(mut head) = history.head(name).await?.filter(|head| head.outcome == Outcome::Running) else { return Ok(()) };
    let stack = aws.stack(name).await?;
    let same = |stack: &Stack| head.stack_id.as_deref().is_none_or(|id| id == stack.id);
    head.outcome = match &stack {
        Some(stack) if stack.status.is_whole() && same(stack) && stack.updated.unwrap_or(stack.created) >= head.begun => {
            Outcome::Succeeded
        }
        Some(stack) if stack.status.rolled_back() && !stack.status.failed() => Outcome::RolledBack,
        _ => Outcome::Failed,
    };
    if head.outcome == Outcome::Succeeded {
        head.stack_id = stack.as_ref().map(|stack| stack.id.clone());
        head.updated = stack.as_ref().and_then(|stack| stack.updated);
    }
    head.reason = Some("its process ended before it did; the outcome is the stack's status later".to_owned());
    head.ended = Some(clock::now());
    history.update(&head).await
}

/// A stack that is as it should be, although the history does not say so: that is recorded too, so that it is skipped next time.
async fn reconcile(
    history: &History<'_>,
    aws: &Aws,
    unit: &Unit,
    prepared: &Prepared,
    author: &Author,
    guarded: bool,
) -> Result<Option<u32>, Error> {
    let Some(stack) = &prepared.stack else { return Ok(None) };
    let head = history.head(unit.name()).await?;
    let known = head.as_ref().is_some_and(|head| is_unchanged(unit, &prepared.given, stack, Some(head)));
    let secret = prepared.given.hands_secret && head.as_ref().is_some_and(|head| head.template == unit.template_hash());
    if (known || secret) && !guarded {
        return Ok(head.map(|head| head.version));
    }
    let mut found = record(aws, unit, prepared, author);
    found.outcome = Outcome::Succeeded;
    found.ended = Some(clock::now());
    found.updated = stack.updated;
    found.summary = "no changes".to_owned();
    Ok(Some(history.begin(found, &unit.body).await?.version))
}

/// Protection and stack policy as the program says. Gives whether something had to be set.
async fn guards(aws: &Aws, unit: &Unit, stack: &Stack) -> Result<bool, Error> {
    let mut changed = false;
    if stack.protection != unit.manifest().protection && stack.root.is_none() {
        aws.set_protection(&stack.name, unit.manifest().protection).await?;
        changed = true;
    }
    let now = aws.stack_policy(&stack.id).await?;
    if let Some(needed) = policy::needed(now.as_deref(), &unit.manifest().protected) {
        aws.set_stack_policy(&stack.id, &needed).await?;
        changed = true;
    }
    Ok(changed)
}

/// Takes protection off what is not protected any more, before it is changed. What leaves the template keeps it.
async fn relax(aws: &Aws, unit: &Unit, stack: &Stack) -> Result<(), Error> {
    let has = policy::protected(aws.stack_policy(&stack.id).await?.as_deref());
    let stays = |id: &&String| unit.manifest().protected.contains(id) || unit.type_of(id).is_none();
    let kept: Vec<String> = has.iter().filter(stays).cloned().collect();
    if kept != has {
        aws.set_stack_policy(&stack.id, &policy::policy(&kept)).await?;
    }
    Ok(())
}
