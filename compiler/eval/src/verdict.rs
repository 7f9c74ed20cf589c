//! What building a stack comes to, as a test sees it.
//!
//! In: a target. Out: a [`Verdict`]. Always: remembered, however often a test asks; a test builds nothing that it does not name, and
//! nothing that is built looks at a test, so this never leads back to itself.

use std::sync::Arc;

use cloudc_hir::Name;

use crate::Db;
use crate::frame::Target;

/// What building a stack comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Code and message of everything that is wrong.
    pub errors: Vec<(Name, String)>,
    /// The template as JSON text, when nothing is.
    pub template: Option<String>,
}

/// The verdict on a target.
#[salsa::tracked(returns(ref))]
pub fn built(db: &dyn Db, target: Target) -> Arc<Verdict> {
    Arc::new(db.verdict(target))
}
