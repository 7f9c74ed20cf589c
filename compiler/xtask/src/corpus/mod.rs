//! Templates that nobody here wrote: where they are, what cfn-lint and the compiler say of them, and the page about it.

pub mod checks;
pub mod files;
pub mod judge;
pub mod known;
pub mod pages;
pub mod sources;

use serde_json::Value;

/// The errors in what cfn-lint said of a file.
fn judge_errors(verdict: &Value) -> &[Value] {
    verdict["errors"].as_array().map(Vec::as_slice).unwrap_or_default()
}
