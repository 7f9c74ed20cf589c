//! `cloudc.lock`: what `lookup(…)` asked of an account, as it was answered once. Building reads it and stays offline.
//!
//! In: the file beside `project.cloud`, what is asked. Out: the identifier and properties of what was found. Always: nothing is
//! looked up here; the same file gives the same answers. Whoever asks AWS writes [`Entry`]s with [`text`].

use std::sync::Arc;

use cloudc_base::{Content, ReadError};
use cloudc_hir::{Decl, Name};
use serde_json::{Map, Value as Json, json};

use crate::frame::{Site, Target};
use crate::values::{Node, Src, Value};
use crate::{Db, project};

/// Where the file is.
pub const PATH: &str = "/cloudc.lock";
/// The layout of the file that this version reads and writes.
const VERSION: u64 = 1;

/// What was asked, where, and what is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The resource type.
    pub ty: String,
    /// The account that was asked.
    pub account: Option<String>,
    /// The region that was asked.
    pub region: Option<String>,
    /// What was asked: `id`, `tags`, `where`, as far as they are given.
    pub query: Json,
    /// The identifier: what `Ref` would give.
    pub id: String,
    /// Properties and attributes as the resource has them.
    pub properties: Map<String, Json>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Missing {
    /// Nobody asked yet.
    Unasked,
    /// Several accounts or regions were asked, and which one is built for is not known.
    Several,
    /// The file cannot be read.
    Broken(String),
}

/// The entries of the file; none when there is no file.
#[salsa::tracked(returns(ref))]
pub fn entries(db: &dyn Db) -> Result<Arc<Vec<Entry>>, String> {
    let file = db.files().get(db, PATH);
    let text = match file.content(db) {
        Content::Text(text) => text,
        Content::Unreadable(ReadError::Missing) => return Ok(Arc::default()),
        _ => return Err("it is no text that can be read".to_owned()),
    };
    let whole: Json = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    match whole.get("version").and_then(Json::as_u64) {
        Some(VERSION) => {}
        Some(other) => return Err(format!("it has version {other}, and this `cloudc` reads version {VERSION}")),
        None => return Err("it has no `version`".to_owned()),
    }
    let Some(lookups) = whole.get("lookups").and_then(Json::as_array) else {
        return Err("it has no list `lookups`".to_owned());
    };
    let read = lookups.iter().enumerate();
    let read = read.map(|(at, json)| entry(json).ok_or_else(|| format!("entry {} of `lookups` lacks something", at + 1)));
    Ok(Arc::new(read.collect::<Result<_, String>>()?))
}

fn entry(json: &Json) -> Option<Entry> {
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    Some(Entry {
        ty: text("type")?,
        account: text("account"),
        region: text("region"),
        query: json.get("query").filter(|query| query.is_object())?.clone(),
        id: text("id")?,
        properties: json.get("properties").and_then(Json::as_object).cloned().unwrap_or_default(),
    })
}

/// The file with these entries, sorted, so that asking in another order changes nothing.
pub fn text(entries: &[Entry]) -> String {
    let mut lookups: Vec<Json> = entries.iter().map(written).collect();
    lookups.sort_by_cached_key(Json::to_string);
    let whole = json!({ "version": VERSION, "lookups": lookups });
    // Text keys only, so writing it cannot fail.
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn written(entry: &Entry) -> Json {
    let mut map = Map::new();
    map.insert("type".into(), json!(entry.ty));
    let places = [("account", &entry.account), ("region", &entry.region)];
    map.extend(places.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))));
    map.insert("query".into(), sorted(&entry.query));
    map.insert("id".into(), json!(entry.id));
    map.insert("properties".into(), sorted(&Json::Object(entry.properties.clone())));
    Json::Object(map)
}

fn sorted(json: &Json) -> Json {
    match json {
        Json::Object(map) => {
            let mut entries: Vec<(&String, &Json)> = map.iter().collect();
            entries.sort_by_key(|(name, _)| *name);
            entries.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect()
        }
        Json::Array(items) => items.iter().map(sorted).collect(),
        plain => plain.clone(),
    }
}

/// The entry that answers a question for a target.
pub fn find<'db>(db: &'db dyn Db, target: Target, ty: &str, query: &Json) -> Result<&'db Entry, Missing> {
    let entries = entries(db).as_ref().map_err(|reason| Missing::Broken(reason.clone()))?;
    let account = project::environment_setting(db, target, "account");
    let region = project::region_of(db, target);
    let fits = |asked: &Option<String>, built: &Option<Name>| match (asked, built) {
        (Some(asked), Some(built)) => asked == built.as_str(),
        _ => true,
    };
    let mut found = entries.iter().filter(|entry| {
        entry.ty == ty && entry.query == *query && fits(&entry.account, &account) && fits(&entry.region, &region)
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(Missing::Several),
        (None, _) => Err(Missing::Unasked),
    }
}

/// What was asked for an `existing`, when it is a look-up that has been answered.
#[salsa::tracked(returns(ref))]
pub fn answer(db: &dyn Db, site: Site) -> Option<Entry> {
    let decl = site.decl(db);
    let query = crate::evaluate::lookup_query(db, site)?;
    let ty = handle_name(db, decl)?;
    find(db, site.frame(db).target(db), &ty, &query).ok().cloned()
}

/// The CloudFormation type of an `existing`.
pub fn handle_name(db: &dyn Db, decl: Decl) -> Option<String> {
    match cloudc_types::declared_type(db, decl).0.as_ref()?.kind {
        cloudc_types::Kind::Handle(ty) => Some(ty.name().to_owned()),
        _ => None,
    }
}

/// A property or attribute that the lock file has of an `existing`.
pub fn property(db: &dyn Db, site: Site, name: &str, src: Src) -> Option<Node> {
    let entry = answer(db, site).as_ref()?;
    let mut steps = name.split('.');
    let first = entry.properties.get(steps.next()?)?;
    let found = steps.try_fold(first, |at, step| at.get(step))?;
    let mut count = 0;
    Some(src.node(match found {
        Json::Null => Value::None,
        found => crate::evaluate::from_json(found, src, &mut count),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_sorted() {
        let one = |region: &str| Entry {
            ty: "AWS::EC2::VPC".to_owned(),
            account: None,
            region: Some(region.to_owned()),
            query: json!({ "tags": { "b": "2", "a": "1" } }),
            id: "vpc-1".to_owned(),
            properties: Map::new(),
        };
        let (a, b) = (one("eu-west-1"), one("us-east-1"));
        let written = text(&[b.clone(), a.clone()]);
        assert_eq!(written, text(&[a.clone(), b.clone()]));
        let whole: Json = serde_json::from_str(&written).expect("JSON");
        let read: Vec<Entry> = whole["lookups"].as_array().into_iter().flatten().filter_map(entry).collect();
        assert_eq!(read, [a, b]);
    }
}
