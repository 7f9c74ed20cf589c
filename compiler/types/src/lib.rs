//! From names to meaning: every expression gets a type and a phase, and a new tree in which nothing is implicit.
//!
//! In: bodies and names of `hir`, the schema. Out: [`typed`] trees for the evaluator, [`signature`]s for other declarations,
//! problems as data. Always: one error per expression; what an error touches is [`ty::Kind::Error`] and stays silent.

mod access;
mod aged;
pub mod ask;
mod attributes;
mod builtins;
pub mod checks;
pub mod codes;
mod db;
mod defaults;
mod documents;
mod event_patterns;
mod expr;
mod fit;
pub mod formula;
mod functions;
mod groups;
mod infer;
mod instance;
mod join;
mod narrow;
mod objects;
mod operators;
pub mod params;
pub mod phase;
mod principals;
pub mod project;
mod references;
mod resources;
mod seen;
mod signatures;
mod statements;
#[cfg(test)]
mod tests;
pub mod ty;
pub mod typed;
mod written;

pub use attributes::SNAPSHOTS;
pub use builtins::is_function;
pub use db::{Db, SchemaHandle};
pub use fit::SECRET_SEEN;
pub use functions::parameters;
pub use infer::{Inferred, inferred, typed};
pub use narrow::{Spot, SpotPath, SpotRoot};
pub use objects::{MISSING_PROPERTY, RULE_BROKEN, SET_BY_AWS, UNKNOWN_PROPERTY, UNKNOWN_TYPE};
pub use operators::NEVER_EQUAL;
pub use params::{Given, ParamShape, Setting, conform, given_type, param_shape, parse_setting, supplied_types};
pub use phase::{Base, Phase};
pub use resources::{ENDED_TYPE, EVERY_TYPE};
pub use signatures::{
    Bound, ComponentInput, Signature, Turn, component_bounds, component_inputs, declared_type, outputs_of, signature, stands_for,
};
pub use ty::{Kind, Ty, display};
pub use typed::Typed;
pub use written::alias;
