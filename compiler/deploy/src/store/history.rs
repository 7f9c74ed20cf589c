//! Every deployment, recorded: what was deployed, from which source, by whom, and how it went.
//!
//! Always: versions count up without gaps that matter; of a secret parameter only its name is kept; a record that was begun by a process
//! that died is ended by the next one that holds the stack's lock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::aws::{Aws, Condition};
use crate::error::{Error, codes};

/// How a deployment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is under way, or its process died.
    Running,
    /// The stack is what the program says.
    Succeeded,
    /// It failed, and the stack is as before.
    RolledBack,
    /// It failed.
    Failed,
    /// It was deleted.
    Deleted,
}

impl Outcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Running => "running",
            Outcome::Succeeded => "succeeded",
            Outcome::RolledBack => "rolled back",
            Outcome::Failed => "failed",
            Outcome::Deleted => "deleted",
        }
    }
}

/// A value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// What it was.
    Plain(String),
    /// It is secret, and not kept.
    Secret {
        /// Always true.
        secret: bool,
    },
}

/// One deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 1 for the first of the stack.
    pub version: u32,
    /// What tells it from others that wanted the same version.
    pub id: String,
    /// The stack.
    pub stack: String,
    /// Its ARN, once known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stack_id: Option<String>,
    /// `deploy`, `rollback`, `destroy`.
    pub operation: String,
    /// The version that a rollback brought back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub restores: Option<u32>,
    /// How it went.
    pub outcome: Outcome,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Seconds since 1970.
    pub begun: i64,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended: Option<i64>,
    /// The ARN that AWS knows the author by.
    pub who: String,
    /// `user@machine`.
    pub from: String,
    /// The file.
    pub source: String,
    /// The commit, with `+` when files were changed since.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revision: Option<String>,
    /// The compiler.
    pub compiler: String,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub environment: Option<String>,
    /// SHA-256 of the template, which lies under that name.
    pub template: String,
    /// SHA-256 of everything that makes a deployment; absent where secrets are part of it, which cannot be compared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fingerprint: Option<String>,
    /// Values of parameters.
    pub parameters: BTreeMap<String, Value>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
    /// Where events are sent.
    #[serde(default)]
    pub notifications: Vec<String>,
    /// Whether deleting the stack is refused.
    #[serde(default)]
    pub protection: bool,
    /// Whether outputs, version and commit are written to SSM.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub published: bool,
    /// Logical ids that the stack policy protects.
    #[serde(default)]
    pub protected: Vec<String>,
    /// What was agreed to.
    pub capabilities: Vec<String>,
    /// How long resources took when they were last made or changed, in seconds, by logical id; short times are left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub took: BTreeMap<String, u32>,
    /// What was done to resources: `create 3, update 1`.
    pub summary: String,
    /// The stack's `LastUpdatedTime` at the end: when another one is found, somebody else changed the stack.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub updated: Option<i64>,
}

impl Record {
    /// The version that first had what this one has: of a rollback the one it brought back.
    pub fn original(&self) -> u32 {
        self.restores.unwrap_or(self.version)
    }

    /// Values of parameters that are not secret.
    pub fn plain_parameters(&self) -> BTreeMap<String, String> {
        let plain = self.parameters.iter().filter_map(|(name, value)| match value {
            Value::Plain(text) => Some((name.clone(), text.clone())),
            Value::Secret { .. } => None,
        });
        plain.collect()
    }
}

/// The history in a bucket.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// The account and region.
    pub aws: &'a Aws,
    /// The bucket.
    pub bucket: &'a str,
}

impl History<'_> {
    /// The newest record of a stack.
    pub async fn head(&self, stack: &str) -> Result<Option<Record>, Error> {
        self.read(&format!("heads/{stack}.json")).await
    }

    /// A record by its version.
    pub async fn record(&self, stack: &str, version: u32) -> Result<Option<Record>, Error> {
        self.read(&key(stack, version)).await
    }

    /// All records of a stack, newest first; at most `most`.
    pub async fn records(&self, stack: &str, most: usize) -> Result<Vec<Record>, Error> {
        let mut all = Vec::new();
        for key in self.aws.keys(self.bucket, &format!("history/{stack}/")).await?.iter().rev().take(most) {
            all.extend(self.read(key).await?);
        }
        Ok(all)
    }

    /// The template that a record stands for.
    pub async fn template(&self, record: &Record) -> Result<String, Error> {
        let object = self.aws.whole_object(self.bucket, &template_key(&record.template)).await?;
        let missing = || {
            let message =
                format!("the template of version {} of `{}` is not in the bucket any more", record.version, record.stack);
            Error::new(codes::NO_RECORD, message).help("`cloudc history` shows the others")
        };
        let bytes = object.ok_or_else(missing)?.bytes;
        if crate::unit::hash(&[&bytes]) != record.template {
            let message = format!("the template of version {} of `{}` was changed in the bucket", record.version, record.stack);
            return Err(Error::new(codes::NO_RECORD, message).note("its content does not fit its name, so it is not used"));
        }
        String::from_utf8(bytes).map_err(|_| missing())
    }

    /// Writes a new record with the next version and keeps the template.
    pub async fn begin(&self, mut record: Record, template: &str) -> Result<Record, Error> {
        let name = template_key(&record.template);
        // Of the same content, whoever came first wrote the same bytes.
        self.aws.put_object(self.bucket, &name, template.as_bytes().to_vec(), &Condition::Absent).await?;
        record.version = self.head(&record.stack).await?.map_or(0, |head| head.version) + 1;
        loop {
            // The head first: a process that dies in between leaves a head that says so, and the next one ends it.
            self.point(&record).await?;
            let key = key(&record.stack, record.version);
            if self.aws.put_object(self.bucket, &key, bytes(&record), &Condition::Absent).await?.is_some() {
                break;
            }
            match self.read(&key).await? {
                // An answer was lost and the write made again.
                Some(known) if known.id == record.id => break,
                _ => record.version += 1,
            }
        }
        Ok(record)
    }

    /// Writes a record again.
    pub async fn update(&self, record: &Record) -> Result<(), Error> {
        self.write(record).await?;
        self.point(record).await
    }

    /// Writes a record under its version, whatever is there.
    pub(super) async fn write(&self, record: &Record) -> Result<(), Error> {
        let key = key(&record.stack, record.version);
        self.aws.put_object(self.bucket, &key, bytes(record), &Condition::Always).await.map(|_| ())
    }

    /// Removes a record; the head stays.
    pub(super) async fn remove(&self, stack: &str, version: u32) -> Result<(), Error> {
        self.aws.delete_object(self.bucket, &key(stack, version), None).await.map(|_| ())
    }

    /// Makes a record the newest.
    pub(super) async fn point(&self, record: &Record) -> Result<(), Error> {
        let key = format!("heads/{}.json", record.stack);
        self.aws.put_object(self.bucket, &key, bytes(record), &Condition::Always).await.map(|_| ())
    }

    async fn read(&self, key: &str) -> Result<Option<Record>, Error> {
        let Some((found, _)) = super::read(self.aws, self.bucket, key).await? else { return Ok(None) };
        found.map(Some).ok_or_else(|| {
            let message = format!("`{key}` in the bucket `{}` is no record of a deployment", self.bucket);
            Error::new(codes::NO_RECORD, message).help("another version of cloudc may have written it; remove it to begin anew")
        })
    }
}

fn key(stack: &str, version: u32) -> String {
    format!("history/{stack}/{version:06}.json")
}

pub(super) fn template_key(hash: &str) -> String {
    format!("templates/{hash}.json")
}

fn bytes(record: &Record) -> Vec<u8> {
    serde_json::to_vec_pretty(record).unwrap_or_default()
}
