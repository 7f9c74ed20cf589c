//! What CloudFormation accepts: every resource type, embedded, and those synced from the account.
//!
//! In: one committed data file, and layers built from registry schemas. Out: [`Schema`], and `Copy` handles on its
//! types, properties and positions. Finding a type reads only names and identities; looking into one decodes it
//! and its neighbours, once.
//!
//! Always holds: no disk, no network; the same data gives the same answers in the same order; damaged layers are
//! errors, never panics.

mod decode;
pub mod draft;
mod encode;
mod encode_header;
mod ended;
pub mod export;
mod frames;
mod groups;
mod handles;
pub mod iam;
pub mod layer;
pub mod limits;
mod model;
pub mod read;
pub mod read_groups;
pub mod regions;
mod retired;
mod runtimes;
mod schema;
mod search;
mod secure_strings;
pub mod serverless;
mod show;
mod store;
mod wire;

pub use encode::encode;
pub use ended::ended;
pub use groups::{Group, Look, Seen, Test, Verdict};
pub use handles::{Alternatives, Attribute, Node, Object, Properties, Property, Shape, Type};
pub use layer::{Layer, LayerError, SchemaProblem};
pub use model::{Access, Constraints, Ident, Permissions, Scalar, TagStyle, Text, Unit, Update};
pub use retired::retired_runtime;
pub use runtimes::{Runtime, lambda_runtimes};
pub use schema::Schema;
pub use search::Hit;
pub use secure_strings::takes_secure_strings;
pub use show::{ShowOptions, access_text, show};
pub use wire::Corrupt;
