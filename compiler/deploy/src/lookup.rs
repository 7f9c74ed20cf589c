//! Looking up what exists: which resource a question means, and what the program may know of it.
//!
//! In: a type, a question (`id`, `tags`, `where`). Out: an [`Answer`]. Always: what is given is compared with the resource as it is, never
//! with what an index says; only properties that are asked for are given, and none that may hold a secret.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_schema::Type;
use futures_util::StreamExt as _;
use serde_json::{Map, Value as Json};

use crate::aws::{Aws, Described};
use crate::error::{Error, codes};

/// Resources of a type that are looked at, at most.
const MOST: usize = 1000;
/// From so many on, the index of tags chooses those that are looked at.
const MANY: usize = 25;
/// Resources looked at at once.
const AT_ONCE: usize = 8;

/// What a question comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// One resource.
    Found {
        /// What `Ref` would give.
        id: String,
        /// Of the properties that were asked for, those it has.
        properties: Map<String, Json>,
        /// Of those, the names of what was left out because it may hold secrets.
        hidden: Vec<String>,
    },
    /// There is none.
    None,
    /// There are several: what `Ref` would give of each.
    Several(Vec<String>),
}

/// Asks AWS.
pub async fn answer(aws: &Aws, ty: Type, query: &Json, wanted: &BTreeSet<String>) -> Result<Answer, Error> {
    let tags = tags_asked(query);
    let fields = query.get("where").and_then(Json::as_object).cloned().unwrap_or_default();
    if !tags.is_empty() && ty.tag_property().is_none() {
        let message = format!("`{}` takes no tags, so it cannot be found by them", ty.name());
        return Err(Error::new(codes::CANNOT_LOOK_UP, message).help("say `where: { … }`, or give its identifier"));
    }
    let fits = |one: &Described| has_tags(ty, one, &tags) && has_fields(one, &fields);
    let found = match query.get("id").and_then(Json::as_str) {
        Some(id) => by_id(aws, ty, id).await?.into_iter().filter(|one| fits(one)).collect(),
        None => search(aws, ty, &tags, &fields).await?.into_iter().filter(|one| fits(one)).collect::<Vec<_>>(),
    };
    let mut ids: Vec<String> = found.iter().map(|one| reference(ty, one)).collect();
    ids.dedup();
    Ok(match (found.first(), ids.len()) {
        (Some(one), 1) => {
            let (properties, hidden) = told(ty, one, wanted);
            Answer::Found { id: ids.remove(0), properties, hidden }
        }
        (None, _) => Answer::None,
        _ => Answer::Several(ids),
    })
}

/// Why a type cannot be asked for, in the user's terms.
fn cannot(ty: Type, error: Error) -> Error {
    let unable = ["UnsupportedActionException", "TypeNotFoundException"].iter().any(|name| error.is(name));
    if !unable {
        return error;
    }
    let message = format!("AWS cannot list resources of the type `{}`", ty.name());
    Error { aws: error.aws, ..Error::new(codes::CANNOT_LOOK_UP, message) }
        .note(error.message)
        .help("give its identifier: `lookup(\"…\")`, or `existing name: Type = \"…\"` where AWS cannot read it either")
}

async fn by_id(aws: &Aws, ty: Type, id: &str) -> Result<Option<Described>, Error> {
    match aws.resource(ty.name(), id).await {
        Ok(Some(found)) => return Ok(Some(found)),
        Ok(None) if ty.primary_identifier() == [ty.ref_ident().attr] => return Ok(None),
        // What `Ref` gives of this type is not what Cloud Control goes by.
        Ok(None) => {}
        Err(error) if ["InvalidRequestException", "ValidationException"].iter().any(|name| error.is(name)) => {}
        Err(error) => return Err(cannot(ty, error)),
    }
    let all = search(aws, ty, &[], &Map::new()).await?;
    Ok(all.into_iter().find(|one| reference(ty, one) == id))
}

/// Resources that may be meant, as they are.
async fn search(aws: &Aws, ty: Type, tags: &[(String, String)], fields: &Map<String, Json>) -> Result<Vec<Described>, Error> {
    let listed = match aws.resources_of(ty.name(), None, MOST).await {
        // Of types that live in others the list has to be told in which: the question may say it.
        Err(error) if error.is("InvalidRequestException") && !fields.is_empty() => {
            aws.resources_of(ty.name(), Some(&Json::Object(fields.clone())), MOST).await
        }
        other => other,
    };
    let listed = listed.map_err(|error| match error.is("InvalidRequestException") {
        true => {
            let message = format!("AWS lists `{}` only within something else", ty.name());
            Error::new(codes::CANNOT_LOOK_UP, message)
                .note(error.message)
                .help("say within what: `where: { … }` with the properties that AWS names")
        }
        false => cannot(ty, error),
    })?;
    // What a list tells may be less than there is, but not wrong.
    let possible = |one: &Described| {
        let tagged = ty.tag_property().is_none_or(|property| !one.properties.contains_key(property.name()));
        let apart = fields.iter().any(|(name, value)| one.properties.get(name).is_some_and(|has| !same(value, has)));
        (tagged || has_tags(ty, one, tags)) && !apart
    };
    let mut listed: Vec<Described> = listed.into_iter().filter(possible).collect();
    if listed.len() > MANY && !tags.is_empty() {
        // The index does not know every type, and may be behind: when it finds nothing, everything is looked at.
        let arns = aws.tagged(tags).await.unwrap_or_default();
        let named: Vec<Described> = listed.iter().filter(|one| arns.iter().any(|arn| names(arn, one))).cloned().collect();
        if !named.is_empty() {
            listed = named;
        }
    }
    let reads = listed.iter().map(|one| aws.resource(ty.name(), &one.identifier));
    let reads: Vec<_> = futures_util::stream::iter(reads).buffered(AT_ONCE).collect().await;
    let read = reads.into_iter().collect::<Result<Vec<_>, Error>>().map_err(|error| cannot(ty, error))?;
    Ok(read.into_iter().flatten().collect())
}

/// Whether an ARN is that of a resource: `arn:aws:ec2:eu-west-1:1:vpc/vpc-1` of `vpc-1`.
fn names(arn: &str, one: &Described) -> bool {
    let last = one.identifier.as_str();
    let ends = arn.strip_suffix(last).is_some_and(|before| before.is_empty() || before.ends_with(['/', ':']));
    ends || one.properties.get("Arn").and_then(Json::as_str) == Some(arn)
}

fn tags_asked(query: &Json) -> Vec<(String, String)> {
    let asked = query.get("tags").and_then(Json::as_object);
    asked.into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn has_tags(ty: Type, one: &Described, wanted: &[(String, String)]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let Some(tags) = ty.tag_property().and_then(|property| one.properties.get(property.name())) else { return false };
    let tags: BTreeMap<String, String> = match tags {
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        Json::Array(list) => {
            let entry = |tag: &Json| Some((tag.get("Key")?.as_str()?.to_owned(), text(tag.get("Value")?)));
            list.iter().filter_map(entry).collect()
        }
        _ => return false,
    };
    wanted.iter().all(|(key, value)| tags.get(key) == Some(value))
}

fn has_fields(one: &Described, wanted: &Map<String, Json>) -> bool {
    wanted.iter().all(|(name, value)| one.properties.get(name).is_some_and(|has| same(value, has)))
}

/// Whether a value is what was asked for. Of records what was asked for counts; a number is the same in quotes.
fn same(wanted: &Json, has: &Json) -> bool {
    match (wanted, has) {
        (Json::Object(wanted), Json::Object(has)) => {
            wanted.iter().all(|(name, value)| has.get(name).is_some_and(|has| same(value, has)))
        }
        (Json::Array(wanted), Json::Array(has)) => {
            wanted.len() == has.len() && wanted.iter().zip(has).all(|(wanted, has)| same(wanted, has))
        }
        (Json::Object(_) | Json::Array(_), _) | (_, Json::Object(_) | Json::Array(_)) => false,
        _ => text(wanted) == text(has),
    }
}

/// What `Ref` gives of a resource.
fn reference(ty: Type, one: &Described) -> String {
    let attr = ty.ref_ident().attr;
    let primary = ty.primary_identifier();
    if primary == [attr] {
        return one.identifier.clone();
    }
    let mut steps = attr.split('.');
    let first = steps.next().and_then(|step| one.properties.get(step));
    if let Some(found) = steps.try_fold(first, |at, step| at.map(|at| at.get(step))).flatten().and_then(Json::as_str) {
        return found.to_owned();
    }
    let part = primary.iter().position(|name| *name == attr).and_then(|at| one.identifier.split('|').nth(at));
    part.unwrap_or(&one.identifier).to_owned()
}

/// What the program may know, and names of what is left out. What the resource has no value for is told as null: it was asked.
fn told(ty: Type, one: &Described, wanted: &BTreeSet<String>) -> (Map<String, Json>, Vec<String>) {
    let (mut properties, mut hidden) = (Map::new(), Vec::new());
    let attribute = |name: &str| ty.attributes().any(|one| one.name().split('.').next() == Some(name));
    for name in wanted.iter().filter(|name| ty.property(name).is_some() || attribute(name)) {
        match public(name, one.properties.get(name).unwrap_or(&Json::Null)) {
            Some(value) => drop(properties.insert(name.clone(), value)),
            None => hidden.push(name.clone()),
        }
    }
    (properties, hidden)
}

/// Properties that hold whatever somebody put there, secrets among it.
const ANYTHING: [&str; 6] =
    ["ContainerDefinitions", "Environment", "EnvironmentVariables", "StageVariables", "UserData", "Variables"];
/// Words in names of secrets.
const SECRET: [&str; 7] = ["password", "passphrase", "secret", "token", "credential", "privatekey", "apikey"];
/// What the name of something that only belongs to a secret ends in.
const ABOUT: [&str; 5] = ["Arn", "Id", "Name", "Enabled", "Status"];

/// A value without what may be secret in it.
fn public(name: &str, value: &Json) -> Option<Json> {
    if ANYTHING.contains(&name) {
        return None;
    }
    let lower = name.to_lowercase();
    let secret = SECRET.iter().any(|word| lower.contains(word)) && !ABOUT.iter().any(|end| name.ends_with(end));
    match value {
        Json::Object(map) => {
            let inner = map.iter().filter_map(|(name, value)| Some((name.clone(), public(name, value)?)));
            let inner: Map<String, Json> = inner.collect();
            (map.is_empty() || !inner.is_empty()).then_some(Json::Object(inner))
        }
        _ if secret => None,
        Json::Array(items) => Some(items.iter().filter_map(|item| public("", item)).collect()),
        plain => Some(plain.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cloudc_schema::Schema;
    use serde_json::{Value as Json, json};

    use super::{has_fields, has_tags, names, reference, told};
    use crate::aws::Described;

    fn one(identifier: &str, properties: &Json) -> Described {
        Described { identifier: identifier.to_owned(), properties: properties.as_object().cloned().unwrap_or_default() }
    }

    #[test]
    fn what_ref_gives() {
        let schema = Schema::embedded();
        let of = |ty: &str, id: &str, properties: Json| reference(schema.ty(ty).expect("a type"), &one(id, &properties));
        assert_eq!(of("AWS::EC2::VPC", "vpc-1", json!({})), "vpc-1");
        assert_eq!(of("AWS::S3::Bucket", "logs", json!({ "Arn": "arn:aws:s3:::logs" })), "logs");
        // Identified by two properties, of which Ref gives one.
        let arn = "arn:aws:ecs:eu-west-1:1:service/c/s";
        assert_eq!(of("AWS::ECS::Service", &format!("{arn}|c"), json!({})), arn);
    }

    #[test]
    fn tags_and_fields() {
        let schema = Schema::embedded();
        let vpc = schema.ty("AWS::EC2::VPC").expect("a type");
        let main = one("vpc-1", &json!({ "CidrBlock": "10.0.0.0/16", "Tags": [{ "Key": "Name", "Value": "main" }], "Size": 3 }));
        assert!(has_tags(vpc, &main, &[("Name".to_owned(), "main".to_owned())]));
        assert!(!has_tags(vpc, &main, &[("Name".to_owned(), "other".to_owned())]));
        assert!(!has_tags(vpc, &one("vpc-2", &json!({})), &[("Name".to_owned(), "main".to_owned())]));
        let fields = |json: Json| json.as_object().cloned().unwrap_or_default();
        assert!(has_fields(&main, &fields(json!({ "CidrBlock": "10.0.0.0/16", "Size": "3" }))));
        assert!(!has_fields(&main, &fields(json!({ "CidrBlock": "10.1.0.0/16" }))));
        assert!(!has_fields(&main, &fields(json!({ "Missing": "x" }))));
    }

    #[test]
    fn arns() {
        assert!(names("arn:aws:ec2:eu-west-1:1:vpc/vpc-1", &one("vpc-1", &json!({}))));
        assert!(names("arn:aws:s3:::logs", &one("logs", &json!({}))));
        assert!(!names("arn:aws:s3:::other-logs", &one("logs", &json!({}))));
    }

    #[test]
    fn no_secret_is_told() {
        let database = one(
            "db",
            &json!({
                "MasterUserPassword": "hunter2", "Endpoint": { "Address": "db.example.com", "AuthToken": "hunter2" },
                "MasterUserSecret": { "SecretArn": "arn" }, "Unasked": 1
            }),
        );
        let wanted = ["MasterUserPassword", "Endpoint", "MasterUserSecret", "Port", "NoSuchThing"];
        let wanted: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let schema = Schema::embedded();
        let (properties, hidden) = told(schema.ty("AWS::RDS::DBInstance").expect("a type"), &database, &wanted);
        let properties = Json::Object(properties);
        assert!(!properties.to_string().contains("hunter2"), "{properties}");
        assert_eq!(properties["Endpoint"], json!({ "Address": "db.example.com" }));
        assert_eq!(properties["MasterUserSecret"], json!({ "SecretArn": "arn" }));
        assert_eq!(hidden, ["MasterUserPassword"]);
        assert_eq!((properties.get("Port"), properties.get("NoSuchThing")), (Some(&Json::Null), None));
        assert!(properties.get("Unasked").is_none());
        let function = one("f", &json!({ "Environment": { "Variables": { "KEY": "hunter2" } } }));
        let wanted = BTreeSet::from(["Environment".to_owned()]);
        assert_eq!(told(schema.ty("AWS::Lambda::Function").expect("a type"), &function, &wanted).1, ["Environment"]);
    }
}
