//! Secrets and stored parameters that templates refer to: which, where, and whether they are there.
//!
//! In: units with the values of their parameters. Out: [`Reference`]s and what became of looking. Always: no secret value is kept or
//! told; what cannot be known before the deployment is not called missing.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::aws::{Aws, Keys};
use crate::error::{Error, codes};
use crate::unit::Unit;

/// Secrets looked at at once.
const AT_ONCE: usize = 8;
/// How long a deployment waits for what is looked at before it.
const PATIENCE: Duration = Duration::from_secs(15);
/// Stands in text for what only the deployment knows: `\u{1}` begins it, `\u{2}` ends it, the logical id is between.
const HOLE: [char; 2] = ['\u{1}', '\u{2}'];

/// Where a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Secrets Manager.
    Secret,
    /// Parameter Store, encrypted.
    SecureParameter,
    /// Parameter Store, plain.
    Parameter,
}

impl Kind {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Secret => "secret",
            Kind::SecureParameter => "encrypted parameter",
            Kind::Parameter => "parameter",
        }
    }
}

/// What is referred to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Wanted {
    /// Where it is kept.
    pub kind: Kind,
    /// Its name or ARN; `${Login}` for a resource of the stack.
    pub name: String,
    /// A key of the JSON object that the secret is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// A label of a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// A version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Something that is referred to, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What.
    pub wanted: Wanted,
    /// Section, logical id and JSON pointer of each use.
    pub uses: Vec<(&'static str, String, String)>,
    /// Why it cannot be looked up before the deployment.
    pub later: Option<String>,
}

/// What became of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is there, as it is referred to.
    There,
    /// It is certainly not: why, and what to do.
    Missing(String, Option<String>),
    /// Only the deployment can tell.
    Later(String),
    /// It could not be looked at.
    Unknown(String),
}

/// Everything that a unit refers to, in nested templates too, sorted. `values` are those of parameters.
pub fn references(unit: &Unit, aws: Option<&Aws>, values: &BTreeMap<String, String>) -> Vec<Reference> {
    let mut found: BTreeMap<Wanted, Reference> = BTreeMap::new();
    let mut reader = Reader { known: known(unit, aws, values), sources: &unit.artifact.template, found: &mut found };
    reader.template(&unit.artifact.template);
    for nested in unit.artifact.made() {
        // Its parameters have values of their own: they stay open.
        let mut reader = Reader { known: known(unit, aws, &BTreeMap::new()), sources: &nested, found: &mut found };
        reader.template(&nested);
    }
    found.into_values().collect()
}

fn known(unit: &Unit, aws: Option<&Aws>, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut known = unit.manifest().parameters.clone();
    known.extend(values.iter().map(|(name, value)| (name.clone(), value.clone())));
    let manifest = unit.manifest();
    let region = aws.map(|aws| aws.region.clone()).or_else(|| manifest.region.clone());
    let account = aws.map(|aws| aws.identity.account.clone()).or_else(|| manifest.account.clone());
    known.extend(region.map(|region| ("AWS::Region".to_owned(), region)));
    known.extend(account.map(|account| ("AWS::AccountId".to_owned(), account)));
    known.extend(aws.map(|aws| ("AWS::Partition".to_owned(), aws.identity.partition().to_owned())));
    known.insert("AWS::StackName".to_owned(), unit.name().to_owned());
    known
}

struct Reader<'a> {
    known: BTreeMap<String, String>,
    sources: &'a Json,
    found: &'a mut BTreeMap<Wanted, Reference>,
}

impl Reader<'_> {
    fn template(&mut self, template: &Json) {
        let section = |name: &str| template.get(name).and_then(Json::as_object).into_iter().flatten();
        for (name, about) in section("Parameters") {
            if let Some(default) = about.get("Default").and_then(Json::as_str) {
                self.known.entry(name.clone()).or_insert_with(|| default.to_owned());
            }
        }
        for (name, about) in section("Parameters") {
            let ty = about.get("Type").and_then(Json::as_str).unwrap_or_default();
            if !ty.starts_with("AWS::SSM::Parameter::") {
                continue;
            }
            let value = self.known.get(name).cloned();
            let stored = value.clone().unwrap_or_else(|| format!("{}{name}{}", HOLE[0], HOLE[1]));
            let wanted = Wanted { kind: Kind::Parameter, name: stored, field: None, stage: None, version: None };
            self.add(with_version(wanted), ("Parameters", name.clone(), String::new()));
        }
        for section_name in ["Resources", "Outputs"] {
            for (id, about) in section(section_name) {
                self.walk(about, section_name, id, String::new());
            }
        }
    }

    fn walk(&mut self, at: &Json, section: &'static str, id: &str, pointer: String) {
        if let Some(text) = self.text(at) {
            for wanted in parse(&text) {
                self.add(wanted, (section, id.to_owned(), pointer.clone()));
            }
            return;
        }
        match at {
            Json::Object(map) => {
                for (key, inner) in map {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    self.walk(inner, section, id, format!("{pointer}/{key}"));
                }
            }
            Json::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    self.walk(inner, section, id, format!("{pointer}/{index}"));
                }
            }
            _ => {}
        }
    }

    /// The text that a value comes to, with holes for what is not known; nothing when it is no text.
    fn text(&self, at: &Json) -> Option<String> {
        match at {
            Json::String(text) => Some(text.clone()),
            Json::Object(map) if map.len() == 1 => {
                let (name, inner) = map.iter().next()?;
                match name.as_str() {
                    "Ref" => Some(self.value(inner.as_str()?)),
                    "Fn::Sub" => self.substituted(inner),
                    "Fn::Join" => {
                        let [separator, parts] = inner.as_array()?.as_slice() else { return None };
                        let parts = parts.as_array()?.iter().map(|part| self.text(part).unwrap_or_else(|| hole("?")));
                        Some(parts.collect::<Vec<_>>().join(separator.as_str()?))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn value(&self, name: &str) -> String {
        self.known.get(name).cloned().unwrap_or_else(|| hole(name))
    }

    fn substituted(&self, inner: &Json) -> Option<String> {
        let none = Map::new();
        let (format, own) = match inner {
            Json::String(format) => (format.as_str(), &none),
            Json::Array(parts) => (parts.first()?.as_str()?, parts.get(1)?.as_object()?),
            _ => return None,
        };
        let mut text = String::new();
        for (at, piece) in format.split("${").enumerate() {
            match piece.split_once('}').filter(|_| at > 0) {
                Some((name, rest)) => {
                    text.push_str(&match (name.strip_prefix('!'), own.get(name)) {
                        (Some(literal), _) => format!("${{{literal}}}"),
                        (None, Some(value)) => self.text(value).unwrap_or_else(|| hole(name)),
                        (None, None) => self.value(name),
                    });
                    text.push_str(rest);
                }
                None => text.push_str(piece),
            }
        }
        Some(text)
    }

    fn add(&mut self, wanted: Wanted, used: (&'static str, String, String)) {
        let parts = [Some(&wanted.name), wanted.field.as_ref(), wanted.stage.as_ref(), wanted.version.as_ref()];
        let open = parts.into_iter().flatten().find_map(|part| part.split(HOLE[0]).nth(1)?.split(HOLE[1]).next());
        let later = open.map(|id| {
            let resource = self.sources.get("Resources").and_then(|all| all.get(id.split('.').next().unwrap_or(id)));
            match resource {
                Some(_) => format!("the stack makes it: `{id}`"),
                None => format!("its name is known when `{id}` is"),
            }
        });
        let later = later.or_else(|| self.makes(&wanted).map(|id| format!("the stack makes it: `{id}`")));
        let shown = |part: String| part.replace(HOLE[0], "${").replace(HOLE[1], "}");
        let wanted = Wanted {
            kind: wanted.kind,
            name: shown(wanted.name),
            field: wanted.field.map(shown),
            stage: wanted.stage.map(shown),
            version: wanted.version.map(shown),
        };
        let known = self.found.entry(wanted.clone()).or_insert_with(|| Reference { wanted, uses: Vec::new(), later });
        if !known.uses.contains(&used) {
            known.uses.push(used);
        }
    }

    /// The resource of the template that has this name.
    fn makes(&self, wanted: &Wanted) -> Option<String> {
        let ty = if wanted.kind == Kind::Secret { "AWS::SecretsManager::Secret" } else { "AWS::SSM::Parameter" };
        let resources = self.sources.get("Resources").and_then(Json::as_object)?;
        let named = |about: &Json| {
            about.get("Type").and_then(Json::as_str) == Some(ty)
                && about.pointer("/Properties/Name").and_then(|name| self.text(name)).as_deref() == Some(wanted.name.as_str())
        };
        resources.iter().find(|(_, about)| named(about)).map(|(id, _)| id.clone())
    }
}

fn hole(name: &str) -> String {
    format!("{}{name}{}", HOLE[0], HOLE[1])
}

/// The dynamic references in a text.
fn parse(text: &str) -> Vec<Wanted> {
    let inner = text.split("{{resolve:").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0));
    inner.filter_map(one).collect()
}

fn one(inner: &str) -> Option<Wanted> {
    let (service, rest) = inner.split_once(':')?;
    let rest = rest.trim();
    let plain = |kind| Some(with_version(Wanted { kind, name: rest.to_owned(), field: None, stage: None, version: None }));
    match service.trim() {
        "ssm" => plain(Kind::Parameter),
        "ssm-secure" => plain(Kind::SecureParameter),
        "secretsmanager" => {
            let parts: Vec<&str> = rest.split(':').map(str::trim).collect();
            // An ARN has seven parts of its own.
            let own = if rest.starts_with("arn:") { parts.len().min(7) } else { 1 };
            let part = |at: usize| parts.get(own + at).filter(|part| !part.is_empty()).map(|part| (*part).to_owned());
            Some(Wanted { kind: Kind::Secret, name: parts[..own].join(":"), field: part(1), stage: part(2), version: part(3) })
        }
        _ => None,
    }
}

/// `/name:3` is version 3 of `/name`.
fn with_version(wanted: Wanted) -> Wanted {
    match wanted.name.rsplit_once(':') {
        Some((name, version)) if !version.is_empty() && !version.contains('/') && !name.is_empty() => {
            Wanted { name: name.to_owned(), version: Some(version.to_owned()), ..wanted }
        }
        _ => wanted,
    }
}

/// Looks at each, in the order given. `deeply` also looks whether a key is in a secret, for which the secret has to be read.
pub async fn look(aws: &Aws, all: &[Reference], deeply: bool) -> Vec<State> {
    let names: Vec<String> = all
        .iter()
        .filter(|one| one.later.is_none() && one.wanted.kind != Kind::Secret)
        .map(|one| one.wanted.name.clone())
        .collect();
    let stored = if names.is_empty() { Ok(Default::default()) } else { aws.parameters(&names).await };
    let looks = all.iter().map(|one| {
        let stored = &stored;
        async move {
            if let Some(later) = &one.later {
                return State::Later(later.clone());
            }
            let looked = match one.wanted.kind {
                Kind::Secret => secret(aws, &one.wanted, deeply).await,
                _ => match stored {
                    Ok(stored) => parameter(aws, &one.wanted, &stored.found).await,
                    Err(error) => Err(error.clone()),
                },
            };
            looked.unwrap_or_else(|error| State::Unknown(error.message))
        }
    });
    futures_util::stream::iter(looks).buffered(AT_ONCE).collect().await
}

fn missing(why: impl Into<String>, help: Option<String>) -> Result<State, Error> {
    Ok(State::Missing(why.into(), help))
}

fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    cloudc_base::suggest::nearest(wanted, known).map(|near| format!("did you mean `{near}`?"))
}

async fn secret(aws: &Aws, wanted: &Wanted, deeply: bool) -> Result<State, Error> {
    let Wanted { name, field, stage, version, .. } = wanted;
    let Some(found) = aws.secret(name).await? else {
        return missing(format!("there is no secret `{name}`"), Some("make it, or correct the name".to_owned()));
    };
    if found.deleted {
        let help = format!("bring it back: `aws secretsmanager restore-secret --secret-id {name}`");
        return missing(format!("the secret `{name}` is marked for deletion"), Some(help));
    }
    let labels = || found.versions.values().flatten().map(String::as_str);
    if let Some(stage) = stage.as_deref().filter(|stage| !labels().any(|known| known == *stage)) {
        return missing(format!("no version of the secret `{name}` has the label `{stage}`"), nearest(stage, labels()));
    }
    if let Some(version) = version.as_deref().filter(|version| !found.versions.contains_key(*version)) {
        return missing(format!("the secret `{name}` has no version `{version}`"), None);
    }
    if stage.is_none() && version.is_none() && !labels().any(|known| known == "AWSCURRENT") {
        return missing(format!("the secret `{name}` has no value yet"), Some("give it one".to_owned()));
    }
    let Some(field) = field.as_deref().filter(|_| deeply) else { return Ok(State::There) };
    Ok(match aws.secret_keys(name, stage.as_deref(), version.as_deref()).await? {
        Keys::Object(keys) if keys.iter().any(|key| key == field) => State::There,
        // Names of keys are what the program itself is made of; they are as public as it is.
        Keys::Object(keys) => {
            State::Missing(format!("the secret `{name}` has no key `{field}`"), nearest(field, keys.iter().map(String::as_str)))
        }
        Keys::Text => State::Missing(format!("the secret `{name}` is no JSON object, so it has no key `{field}`"), None),
        Keys::Binary => State::Missing(format!("the secret `{name}` is binary, so it has no key `{field}`"), None),
        Keys::Missing => State::Missing(format!("the secret `{name}` has no value yet"), Some("give it one".to_owned())),
    })
}

async fn parameter(aws: &Aws, wanted: &Wanted, stored: &BTreeMap<String, (bool, i64)>) -> Result<State, Error> {
    let Wanted { kind, name, version, .. } = wanted;
    // AWS's own parameters are not among those of the account, and an ARN names one of another account.
    if name.starts_with("/aws/") || name.starts_with("arn:") {
        return Ok(State::Later("it belongs to somebody else".to_owned()));
    }
    let Some((secure, newest)) = stored.get(name) else {
        return missing(format!("there is no parameter `{name}`"), Some("make it, or correct the name".to_owned()));
    };
    match (kind, secure) {
        (Kind::SecureParameter, false) => {
            return missing(format!("the parameter `{name}` is not encrypted"), Some(format!("read it with `ssm(\"{name}\")`")));
        }
        (Kind::Parameter, true) => {
            return missing(
                format!("the parameter `{name}` is encrypted, and is read as a plain one"),
                Some(format!("read it with `ssm_secure(\"{name}\")` where that is possible, else keep it in Secrets Manager")),
            );
        }
        _ => {}
    }
    let Some(version) = version.as_deref().filter(|version| *version != newest.to_string()) else { return Ok(State::There) };
    if aws.parameter_version(name, version).await? {
        return Ok(State::There);
    }
    missing(format!("the parameter `{name}` has no version `{version}`"), Some(format!("its newest is {newest}")))
}

/// Looks at what a unit refers to, before it is deployed. What is certainly missing is an error; what nobody could look at is told in
/// the answer.
pub async fn before(aws: &Aws, unit: &Unit, values: &BTreeMap<String, String>, made: &[String]) -> Result<Option<String>, Error> {
    let mut all = references(unit, Some(aws), values);
    // Another stack of the same run makes it, perhaps before this one.
    all.retain(|one| one.later.is_none() && !made.contains(&one.wanted.name));
    if all.is_empty() {
        return Ok(None);
    }
    let Ok(states) = tokio::time::timeout(PATIENCE, look(aws, &all, true)).await else {
        let told = format!("whether {} secrets and parameters are there is not known: AWS did not answer in time", all.len());
        return Ok(Some(told));
    };
    let mut gone = all.iter().zip(&states).filter_map(|(one, state)| match state {
        State::Missing(why, help) => Some((one, why, help)),
        _ => None,
    });
    if let Some((one, why, help)) = gone.next() {
        let user = one.uses.first().map(|(_, id, _)| format!(", which `{id}` reads")).unwrap_or_default();
        let mut error = Error::new(codes::NO_SECRET, format!("{why}{user}"));
        error.help.clone_from(help);
        for (_, other, _) in gone {
            if other != why && !error.notes.contains(other) {
                error = error.note(other.clone());
            }
        }
        return Err(error.note("nothing was changed; `--skip-checks` goes on without looking"));
    }
    let unknown: Vec<&str> = states
        .iter()
        .filter_map(|state| match state {
            State::Unknown(why) => Some(why.as_str()),
            _ => None,
        })
        .collect();
    let first = unknown.first();
    Ok(first
        .map(|why| format!("whether {} of {} secrets and parameters are there is not known: {why}", unknown.len(), all.len())))
}

/// Names of secrets and parameters that a unit makes.
pub fn made(unit: &Unit) -> Vec<String> {
    let resources = unit.section("Resources").into_iter().flatten();
    let kept = resources.filter(|(_, about)| {
        matches!(about.get("Type").and_then(Json::as_str), Some("AWS::SecretsManager::Secret" | "AWS::SSM::Parameter"))
    });
    kept.filter_map(|(_, about)| about.pointer("/Properties/Name")?.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value as Json, json};

    use super::{Kind, Reader, Reference, parse};

    fn found(template: &Json) -> Vec<Reference> {
        let mut found = BTreeMap::new();
        let known = BTreeMap::from([("AWS::Region".to_owned(), "eu-west-1".to_owned())]);
        Reader { known, sources: template, found: &mut found }.template(template);
        found.into_values().collect()
    }

    #[test]
    fn forms_of_references() {
        let one = |text: &str| {
            let mut all = parse(text);
            assert_eq!(all.len(), 1, "{text}");
            all.remove(0)
        };
        let secret = one("{{resolve:secretsmanager:prod/db:SecretString:password:AWSPREVIOUS}}");
        assert_eq!((secret.kind, secret.name.as_str()), (Kind::Secret, "prod/db"));
        assert_eq!(
            (secret.field.as_deref(), secret.stage.as_deref(), secret.version),
            (Some("password"), Some("AWSPREVIOUS"), None)
        );
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";
        let secret = one(&format!("{{{{resolve:secretsmanager:{arn}:SecretString:user::v1}}}}"));
        assert_eq!((secret.name.as_str(), secret.field.as_deref(), secret.version.as_deref()), (arn, Some("user"), Some("v1")));
        assert_eq!(one(&format!("{{{{resolve:secretsmanager:{arn}}}}}")).name, arn);
        let plain = one("x-{{resolve:ssm:/images/app:3}}-y");
        assert_eq!((plain.kind, plain.name.as_str(), plain.version.as_deref()), (Kind::Parameter, "/images/app", Some("3")));
        assert_eq!(one("{{resolve:ssm-secure:token}}").kind, Kind::SecureParameter);
        assert!(parse("{{resolve:other:x}} {{resolve:ssm:open").is_empty());
    }

    #[test]
    fn what_the_stack_makes_is_not_missing() {
        let template = json!({
            "Parameters": { "Image": { "Type": "AWS::SSM::Parameter::Value<String>", "Default": "/images/app" } },
            "Resources": {
                "Login": { "Type": "AWS::SecretsManager::Secret", "Properties": { "Name": "made-here" } },
                "One": { "Type": "A", "Properties": {
                    "Own": { "Fn::Sub": "{{resolve:secretsmanager:${Login}:SecretString:user}}" },
                    "Named": "{{resolve:secretsmanager:made-here}}",
                    "There": [{ "Fn::Join": [":", ["{{resolve:secretsmanager", { "Ref": "AWS::Region" }, "SecretString}}"]] }],
                } },
            },
        });
        let all = found(&template);
        let shown: Vec<(&str, bool)> = all.iter().map(|one| (one.wanted.name.as_str(), one.later.is_some())).collect();
        assert_eq!(shown, [("${Login}", true), ("eu-west-1", false), ("made-here", true), ("/images/app", false)]);
        assert_eq!(all[1].uses, [("Resources", "One".to_owned(), "/Properties/There/0".to_owned())]);
    }
}
