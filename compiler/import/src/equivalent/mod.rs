//! Whether two templates mean the same to CloudFormation.
//!
//! In: two templates as JSON, the schema. Out: nothing, or every difference with its path. Always: what is not named by a rule
//! below counts as a difference; a property, a reference or a condition that is missing on one side is always told. The
//! rules, with their reasons, are in `docs/import.md`; each is one function of this module.

mod compare;
mod conditions;
mod order;
mod sections;
mod value;

use cloudc_schema::Schema;
use serde_json::Value as Json;

pub use compare::Difference;

/// The text that functions of constants come to; nothing when they need a deployment.
pub(crate) fn constant(schema: &Schema, json: &Json) -> Option<String> {
    value::text_of(&value::Lower::new(schema, &Json::Null).value(json, None))
}

/// Compares what two templates mean.
///
/// `rebuilt` may wait for more than `original` (a compiler adds the order that CloudFormation needs and does not see); everything
/// else is symmetric.
pub fn equivalent(schema: &Schema, original: &Json, rebuilt: &Json) -> Result<(), Vec<Difference>> {
    let (left, right) = (sections::canonical(schema, original), sections::canonical(schema, rebuilt));
    let mut found = Vec::new();
    compare::values("", &left.rest, &right.rest, &mut found);
    order::compare(&left, &right, &mut found);
    if found.is_empty() { Ok(()) } else { Err(found) }
}
