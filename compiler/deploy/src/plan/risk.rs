//! How dangerous a change is.

use cloudc_schema::Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Action, Planned};

/// How dangerous a change is, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Nothing that exists is disturbed.
    Low,
    /// Something may be away for a while.
    Medium,
    /// Something is made anew or deleted.
    High,
    /// Data may be lost.
    Critical,
}

impl Risk {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Risk::Low => "low",
            Risk::Medium => "medium",
            Risk::High => "high",
            Risk::Critical => "critical",
        }
    }
}

/// Grades a change. `old` is the resource as it is deployed: its policies decide what happens to it.
pub fn grade(schema: &Schema, planned: &Planned, old: Option<&Json>) -> (Risk, Option<String>) {
    let stateful = schema.ty(&planned.ty).is_some_and(cloudc_schema::Type::is_stateful);
    let kept = |policy: &str| match old.and_then(|old| old.get(policy)).and_then(Json::as_str) {
        Some("Retain" | "RetainExceptOnCreate") => Some("is kept outside the stack"),
        Some("Snapshot") => Some("is deleted after a snapshot"),
        _ => None,
    };
    match planned.action {
        Action::Create | Action::Import | Action::Release => (Risk::Low, None),
        Action::Update => (Risk::Low, None),
        Action::MayReplace | Action::Replace => {
            let may = if planned.action == Action::MayReplace { " if it is replaced" } else { "" };
            match (stateful, kept("UpdateReplacePolicy")) {
                (true, None) => (Risk::Critical, Some(format!("what it holds is lost{may}"))),
                (true, Some(what)) => (Risk::High, Some(format!("the new one starts empty{may}; the old one {what}"))),
                (false, _) if planned.action == Action::MayReplace => (Risk::Medium, None),
                (false, _) => (Risk::High, None),
            }
        }
        Action::Delete => match (stateful, kept("DeletionPolicy")) {
            (true, None) => (Risk::Critical, Some("what it holds is lost".to_owned())),
            (true, Some(what)) => (Risk::High, Some(format!("it {what}"))),
            (false, _) => (Risk::High, None),
        },
    }
}
