//! Which Lambda runtimes AWS refuses.
//!
//! In: a runtime's name. Out: its row of the table, when no new function can have it. Always: "now" is the day of this release's
//! data, for the compiler reads no clock.

use crate::runtimes::{Runtime, lambda_runtimes};

/// The day of the table, `YYYY-MM-DD`: what AWS blocks later is told by a later release.
const AS_OF: &str = "2026-11-01";

/// The runtime of this name, when AWS creates no functions with it any more.
pub fn retired_runtime(name: &str) -> Option<&'static Runtime> {
    let runtime = lambda_runtimes().iter().find(|runtime| runtime.name == name)?;
    runtime.create_block.is_some_and(|day| day <= AS_OF).then_some(runtime)
}

impl Runtime {
    /// Whether functions that have it cannot be changed either.
    pub fn is_frozen(&self) -> bool {
        self.update_block.is_some_and(|day| day <= AS_OF)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_runtimes_are_retired_and_new_ones_are_not() {
        assert!(retired_runtime("nodejs6.10").is_some_and(Runtime::is_frozen));
        assert!(retired_runtime("nodejs14.x").is_some_and(|runtime| !runtime.is_frozen()));
        assert!(retired_runtime("python3.13").is_none());
    }
}
