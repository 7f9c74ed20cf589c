//! AWS, as far as deploying needs it: connections and plain functions over them.
//!
//! In: who and where ([`Access`]). Out: an [`Aws`] and plain data. Always: no type of the SDK leaves this folder; whatever can be
//! asked again safely is, with growing pauses; every attempt is told to the call log.

mod bucket;
mod calls;
mod change_sets;
mod connect;
mod control;
mod drift;
mod events;
mod json;
mod making;
mod objects;
mod plain;
mod published;
mod secrets;
mod stacks;

pub use bucket::{Condition, Object, no_bucket};
pub use calls::{Call, Calls};
pub use change_sets::{Change, ChangeDetail, ChangeSet, ChangeSetKind, ChangeSetRequest, Import, Parameter, Template};
pub use connect::{Access, Identity, Role, connect};
pub use control::Described;
pub use drift::{Difference, DriftedResource, StackDrift};
pub use events::{Event, ValidationFailure};
pub use objects::{About, Listed};
pub use secrets::{Keys, Parameters, Secret};
pub use stacks::{Output, Resource, Stack};

/// A connection to one account in one region.
#[derive(Debug, Clone)]
pub struct Aws {
    cloudformation: aws_sdk_cloudformation::Client,
    s3: aws_sdk_s3::Client,
    config: aws_config::SdkConfig,
    retry: aws_config::retry::RetryConfig,
    /// Who is calling.
    pub identity: Identity,
    /// Where.
    pub region: String,
    /// The address that stands for AWS, when it is another one.
    pub endpoint: Option<String>,
    /// Every call made.
    pub calls: Calls,
}
