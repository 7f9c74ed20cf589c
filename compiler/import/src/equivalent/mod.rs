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
    Original::new(schema, original).compare(rebuilt)
}

/// A template that others are compared with.
pub(crate) struct Original<'s> {
    schema: &'s Schema,
    canonical: sections::Canonical,
}

impl<'s> Original<'s> {
    /// Its one form is made once.
    pub fn new(schema: &'s Schema, template: &Json) -> Self {
        Original { schema, canonical: sections::canonical(schema, template) }
    }

    /// Ends: there is much to free.
    pub fn discard(self) {
        cloudc_driver::discard(self.canonical);
    }

    /// Compares what a template that was built means, as [`equivalent`] does.
    pub fn compare(&self, rebuilt: &Json) -> Result<(), Vec<Difference>> {
        let (left, right) = (&self.canonical, sections::canonical(self.schema, rebuilt));
        let mut found = Vec::new();
        compare::values("", &left.rest, &right.rest, &mut found);
        order::compare(left, &right, &mut found);
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}
