//! What a deployment will do, before it does it.
//!
//! In: the template, the deployed one, and what CloudFormation says in a change set (or, without credentials, only the schema). Out: a
//! [`Plan`], plain data. Always: what is not known is called so (`may replace`), never guessed; secrets are not in it, because neither
//! templates nor change sets hold them.

mod by_hand;
mod compare;
mod dependents;
mod interruption;
mod offline;
mod online;
mod risk;

use cloudc_emit::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use by_hand::ByHand;
pub use compare::{Difference, differences, same};
pub use dependents::{dependents, exports_of, references};
pub use interruption::{Certainty, Interruption, interruption};
pub use offline::{Recorded, Whereabouts, deleted, offline};
pub use online::{Made, online};
pub use risk::Risk;

/// What is done to a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StackAction {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// What is left of a failed attempt is deleted, and it is made.
    Recreate,
    /// It is deleted.
    Delete,
    /// Nothing.
    Nothing,
}

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// It exists and is taken into the stack.
    Import,
    /// It is changed where it is.
    Update,
    /// It may have to be made anew; CloudFormation knows when it gets there.
    MayReplace,
    /// A new one takes its place.
    Replace,
    /// It leaves the stack and stays.
    Release,
    /// It is deleted.
    Delete,
}

impl Action {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Import => "import",
            Action::Update => "update",
            Action::MayReplace => "may replace",
            Action::Replace => "replace",
            Action::Release => "release",
            Action::Delete => "delete",
        }
    }
}

/// A change of a property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropertyChange {
    /// JSON pointer below the resource: `/Properties/BucketName`.
    pub path: String,
    /// What was there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<Json>,
    /// What comes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Json>,
    /// What makes it change, when the template's text does not: `Network.VpcId`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<String>,
    /// Whether the resource is made anew because of it: `Never`, `Conditionally`, `Always`.
    pub recreation: String,
}

/// A place in the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file, from the project's folder.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
}

impl From<&Place> for Source {
    fn from(place: &Place) -> Self {
        Source { file: place.file.trim_start_matches('/').to_owned(), line: place.line, column: place.col }
    }
}

/// What happens to a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// What is done.
    pub action: Action,
    /// The logical id.
    pub id: String,
    /// The type.
    #[serde(rename = "type")]
    pub ty: String,
    /// The physical id, where it exists.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub physical: Option<String>,
    /// What changes.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub properties: Vec<PropertyChange>,
    /// Why it is made anew.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub why: Vec<String>,
    /// How dangerous that is.
    pub risk: Risk,
    /// What that danger is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub danger: Option<String>,
    /// What uses it in this stack.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub dependents: Vec<String>,
    /// Stacks that import what is exported of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub importers: Vec<String>,
    /// What is away meanwhile, or may be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub interruption: Option<Interruption>,
    /// What a person has to do for it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub by_hand: Vec<ByHand>,
    /// How many seconds it took when it was last made or changed, where that is recorded; short times are not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub took: Option<u32>,
    /// Where it is written: what changed, or the resource.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Source>,
}

/// A parameter, tag or output that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueChange {
    /// Its name.
    pub name: String,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<String>,
    /// What it will be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<String>,
}

/// The change set a plan stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetRef {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub id: String,
    /// The stack's ARN.
    pub stack_id: String,
}

/// What a deployment will do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The stack.
    pub stack: String,
    /// Where.
    pub region: String,
    /// Whose.
    pub account: String,
    /// The environment it is for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub environment: Option<String>,
    /// What is done to the stack.
    pub action: StackAction,
    /// What is done to resources; those that stay as they are are not listed.
    pub resources: Vec<Planned>,
    /// How many stay as they are.
    pub unchanged: usize,
    /// Parameters that change.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parameters: Vec<ValueChange>,
    /// Outputs that change.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub outputs: Vec<ValueChange>,
    /// Tags of the stack that change.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<ValueChange>,
    /// What is set on the stack beside its template and changes: protection, stack policy.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub settings: Vec<ValueChange>,
    /// The worst of the risks.
    pub risk: Risk,
    /// What was changed behind CloudFormation's back, as far as it was found before: logical ids.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub drifted: Vec<String>,
    /// What else to know.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// Whether CloudFormation made it; else it was compared with what was recorded.
    pub exact: bool,
    /// SHA-256 of the template.
    pub template: String,
    /// The change set to execute.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub change_set: Option<ChangeSetRef>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.action == StackAction::Nothing && self.settings.is_empty()
    }

    /// How many resources get each action, in the order of [`Action`].
    pub fn counts(&self) -> Vec<(Action, usize)> {
        let mut counts: Vec<(Action, usize)> = Vec::new();
        for one in &self.resources {
            match counts.iter_mut().find(|(action, _)| *action == one.action) {
                Some((_, count)) => *count += 1,
                None => counts.push((one.action, 1)),
            }
        }
        counts.sort();
        counts
    }
}
