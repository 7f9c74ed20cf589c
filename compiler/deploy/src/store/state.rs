//! The whole of what is recorded about a stack, as one document: to keep, to look at, to bring back.
//!
//! In: a bucket's history. Out: a [`State`], and the same history again elsewhere. Always: what is brought back is whole (every template
//! is there and fits its hash, versions follow each other, nothing secret is in it), and nothing newer is written over unless that is
//! asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::history::{History, Outcome, Record, Value};
use crate::aws::{Aws, Condition};
use crate::clock;
use crate::error::{Error, codes};
use crate::run::is_secret;

/// The layout that this version reads and writes.
const LAYOUT: u32 = 1;

/// Everything recorded about a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The layout of this document.
    pub cloudc_state: u32,
    /// The stack.
    pub stack: String,
    /// The account it is from.
    pub account: String,
    /// The region it is from.
    pub region: String,
    /// When it was pulled, as `2026-11-21T17:55:24Z`.
    pub pulled: String,
    /// SHA-256 over records and templates: tells a document that was cut off or changed.
    pub digest: String,
    /// Deployments, the oldest first.
    pub records: Vec<Record>,
    /// Templates by their SHA-256.
    pub templates: BTreeMap<String, String>,
}

fn digest(records: &[Record], templates: &BTreeMap<String, String>) -> String {
    let records = serde_json::to_vec(records).unwrap_or_default();
    let templates = serde_json::to_vec(templates).unwrap_or_default();
    crate::unit::hash(&[&records, &templates])
}

/// Stacks that something is recorded about, sorted, with their newest record.
pub async fn stacks(aws: &Aws, bucket: &str) -> Result<Vec<Record>, Error> {
    let mut all = Vec::new();
    for key in aws.keys(bucket, "heads/").await? {
        let Some(stack) = key.strip_prefix("heads/").and_then(|name| name.strip_suffix(".json")) else { continue };
        all.extend(History { aws, bucket }.head(stack).await?);
    }
    Ok(all)
}

/// Everything recorded about a stack; nothing when nothing is.
pub async fn pull(aws: &Aws, bucket: &str, stack: &str) -> Result<Option<State>, Error> {
    let history = History { aws, bucket };
    let mut records = history.records(stack, usize::MAX).await?;
    if records.is_empty() {
        return Ok(None);
    }
    records.reverse();
    let mut templates = BTreeMap::new();
    for record in &records {
        if !templates.contains_key(&record.template) {
            templates.insert(record.template.clone(), history.template(record).await?);
        }
    }
    Ok(Some(State {
        cloudc_state: LAYOUT,
        stack: stack.to_owned(),
        account: aws.identity.account.clone(),
        region: aws.region.clone(),
        pulled: clock::written(clock::now()),
        digest: digest(&records, &templates),
        records,
        templates,
    }))
}

/// Reads a document that was pulled, and makes sure that it is whole.
pub fn read(text: &str) -> Result<State, Error> {
    let refuse = |why: String| Error::new(codes::BAD_STATE, "this is no history that can be brought back").note(why);
    let whole: Json = serde_json::from_str(text).map_err(|error| refuse(format!("it is no JSON: {error}")))?;
    match whole.get("cloudc_state").and_then(Json::as_u64) {
        Some(layout) if layout == u64::from(LAYOUT) => {}
        Some(other) => return Err(refuse(format!("it has layout {other}, and this `cloudc` reads layout {LAYOUT}"))),
        None => return Err(refuse("`cloudc state pull` did not write it: it has no `cloudc_state`".to_owned())),
    }
    let state: State = serde_json::from_value(whole).map_err(|error| refuse(error.to_string()))?;
    if digest(&state.records, &state.templates) != state.digest {
        return Err(refuse("it was changed or cut off since it was pulled: its digest does not fit".to_owned()));
    }
    whole_and_public(&state).map_err(refuse)?;
    Ok(state)
}

/// Why a document must not be written, if so.
fn whole_and_public(state: &State) -> Result<(), String> {
    if state.records.is_empty() {
        return Err("it holds no deployment".to_owned());
    }
    for (hash, template) in &state.templates {
        if crate::unit::hash(&[template.as_bytes()]) != *hash {
            return Err(format!("the template `{hash}` does not fit its hash"));
        }
    }
    let mut last = 0;
    let mut ids = BTreeSet::new();
    for record in &state.records {
        let version = record.version;
        if record.stack != state.stack {
            return Err(format!("version {version} is one of the stack `{}`", record.stack));
        }
        if version <= last || !ids.insert(&record.id) {
            return Err(format!("version {version} does not follow version {last}"));
        }
        last = version;
        let template = state.templates.get(&record.template);
        let template = template.ok_or_else(|| format!("the template of version {version} is not in it"))?;
        let parsed: Json = serde_json::from_str(template).unwrap_or_default();
        let declared = parsed.get("Parameters").and_then(Json::as_object).into_iter().flatten();
        let mut secret = declared.filter(|(_, about)| is_secret(about)).map(|(name, _)| name);
        if let Some(name) = secret.find(|name| matches!(record.parameters.get(*name), Some(Value::Plain(_)))) {
            return Err(format!("version {version} holds a value of the secret parameter `{name}`"));
        }
    }
    Ok(())
}

/// What bringing back did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pushed {
    /// Records that were not there.
    pub new: usize,
    /// Records that were there already.
    pub there: usize,
    /// Records that were replaced or removed.
    pub replaced: usize,
}

/// Writes a history to the bucket. Whoever calls holds the stack's lock. Without `force` nothing that is there is changed.
pub async fn push(aws: &Aws, bucket: &str, state: &State, force: bool) -> Result<Pushed, Error> {
    let history = History { aws, bucket };
    let refuse = |why: String| {
        Error::new(codes::BAD_STATE, format!("the history of `{}` is not brought back: {why}", state.stack))
            .help("`--force` writes it all the same; the bucket keeps what it replaces for 90 days")
    };
    if !force && (state.account != aws.identity.account || state.region != aws.region) {
        let here = format!("account {} in {}", aws.identity.account, aws.region);
        return Err(refuse(format!("it is from account {} in {}, and this is {here}", state.account, state.region)));
    }
    let there = history.records(&state.stack, usize::MAX).await?;
    let mine = |version: u32| state.records.iter().find(|record| record.version == version);
    let newest = state.records.last().map_or(0, |record| record.version);
    let other = there.iter().find(|record| mine(record.version).is_none_or(|own| own.id != record.id));
    if let Some(other) = other.filter(|_| !force) {
        return Err(refuse(match other.version > newest {
            true => format!("version {} in the bucket is newer", other.version),
            false => format!("version {} in the bucket is another deployment", other.version),
        }));
    }
    // One that went on since it was pulled is newer too.
    let ended = there.iter().find(|record| mine(record.version).is_some_and(|own| own != *record));
    if let Some(ended) = ended.filter(|_| !force) {
        return Err(refuse(format!("version {} in the bucket was changed since", ended.version)));
    }
    for (hash, template) in &state.templates {
        aws.put_object(bucket, &super::history::template_key(hash), template.clone().into_bytes(), &Condition::Absent).await?;
    }
    let mut pushed = Pushed::default();
    for record in &state.records {
        let before = there.iter().find(|known| known.version == record.version);
        match before {
            Some(known) if known == record => pushed.there += 1,
            Some(_) => pushed.replaced += 1,
            None => pushed.new += 1,
        }
        if before != Some(record) {
            history.write(record).await?;
        }
    }
    for record in there.iter().filter(|record| mine(record.version).is_none()) {
        history.remove(&state.stack, record.version).await?;
        pushed.replaced += 1;
    }
    if let Some(last) = state.records.last() {
        history.point(last).await?;
    }
    Ok(pushed)
}

/// Removes everything recorded about a stack but its templates, which others may share. Gives how many records that were.
pub async fn remove(aws: &Aws, bucket: &str, stack: &str) -> Result<usize, Error> {
    let keys = aws.keys(bucket, &format!("history/{stack}/")).await?;
    // The head last: as long as it is there, giving the command again finds the rest.
    for key in keys.iter().chain(std::iter::once(&format!("heads/{stack}.json"))) {
        aws.delete_object(bucket, key, None).await?;
    }
    Ok(keys.len())
}

/// Moves what is recorded about a stack to another name. What that one has already is put in order with it, by time. Whoever calls holds the
/// locks of both. Gives how many records the new name has.
pub async fn rename(aws: &Aws, bucket: &str, from: &str, to: &str) -> Result<usize, Error> {
    let history = History { aws, bucket };
    let (old, new) = (history.records(from, usize::MAX).await?, history.records(to, usize::MAX).await?);
    if old.is_empty() {
        return Err(Error::new(codes::NO_RECORD, format!("nothing is recorded about `{from}`")));
    }
    let running = old.iter().chain(&new).find(|record| record.outcome == Outcome::Running);
    if let Some(running) = running {
        let message = format!("version {} of `{}` is under way, or its process died", running.version, running.stack);
        return Err(Error::new(codes::BAD_STATE, message).help(format!("`cloudc deploy` of `{}` ends it", running.stack)));
    }
    // A move that was cut off left some of them twice.
    let mut all: Vec<Record> = Vec::new();
    for record in old.into_iter().rev().chain(new.into_iter().rev()) {
        if all.iter().all(|known| known.id != record.id) {
            all.push(record);
        }
    }
    // Times are whole seconds: within one the order is kept.
    all.sort_by_key(|record| record.begun);
    let count = all.len();
    // The newest first: what is written over has its new place already.
    for (at, record) in all.into_iter().enumerate().rev() {
        let version = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let record = Record { version, stack: to.to_owned(), ..record };
        history.write(&record).await?;
        if at + 1 == count {
            history.point(&record).await?;
        }
    }
    remove(aws, bucket, from).await?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value as Json, json};

    use super::{LAYOUT, State, digest, read};
    use crate::store::Record;

    fn document(change: impl Fn(&mut Json), sign: bool) -> String {
        let template = "{\"Parameters\":{\"Password\":{\"Type\":\"String\",\"NoEcho\":true}}}";
        let hash = crate::unit::hash(&[template.as_bytes()]);
        let record = json!({
            "version": 1, "id": "a", "stack": "shop", "operation": "deploy", "outcome": "succeeded", "begun": 1, "who": "w",
            "from": "f", "source": "shop.cloud", "compiler": "0", "template": hash, "parameters": { "Password": { "secret": true } },
            "tags": {}, "capabilities": [], "summary": ""
        });
        let mut whole = json!({
            "cloudc_state": LAYOUT, "stack": "shop", "account": "1", "region": "r", "pulled": "", "digest": "",
            "records": [record], "templates": { hash: template }
        });
        change(&mut whole);
        if sign {
            let records: Vec<Record> = serde_json::from_value(whole["records"].clone()).expect("records");
            let templates: BTreeMap<String, String> = serde_json::from_value(whole["templates"].clone()).expect("templates");
            whole["digest"] = digest(&records, &templates).into();
        }
        whole.to_string()
    }

    fn why(text: &str) -> String {
        read(text).expect_err("refused").notes.join(" ")
    }

    #[test]
    fn only_what_is_whole_is_read() {
        let state: State = read(&document(|_| {}, true)).expect("a state");
        assert_eq!(state.records.len(), 1);
        assert!(why("{").contains("no JSON"));
        assert!(why("{}").contains("cloudc_state"));
        assert!(why(&document(|whole| whole["cloudc_state"] = 9.into(), true)).contains("layout 9"));
        assert!(why(&document(|_| {}, false)).contains("digest"));
        assert!(why(&document(|whole| whole["stack"] = "other".into(), true)).contains("stack `shop`"));
        assert!(why(&document(|whole| whole["templates"] = json!({}), true)).contains("not in it"));
        assert!(why(&document(|whole| whole["records"] = json!([]), true)).contains("no deployment"));
        let secret = |whole: &mut Json| whole["records"][0]["parameters"]["Password"] = "hunter2".into();
        let told = why(&document(secret, true));
        assert!(told.contains("secret parameter `Password`") && !told.contains("hunter2"), "{told}");
        let twice = |whole: &mut Json| {
            let first = whole["records"][0].clone();
            whole["records"] = json!([first, first]);
        };
        assert!(why(&document(twice, true)).contains("does not follow"));
    }
}
