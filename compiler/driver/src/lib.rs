//! The database of all stages, and the jobs made of them: checking a file, building a target.
//!
//! In: a [`FileSystem`](cloudc_base::FileSystem), what is chosen from outside ([`Options`]), a schema. Out: diagnostics, artifacts.
//! Always: jobs are plain functions over a [`Database`], they print nothing and write nothing; run them on a thread with a stack of
//! [`STACK`] bytes, because long chains of declarations recurse.

mod build;
mod check;
mod codes;
mod config;
mod database;
mod lookups;
mod memory;
mod parallel;
mod sort;
mod tests;
mod views;

pub use build::{build, later, listed, no_stack, stack_name, targets};
pub use check::{check, syntax};
pub use cloudc_emit::Artifact;
pub use cloudc_eval::Target;
pub use cloudc_eval::lock::{Entry as LockEntry, text as lock_text};
pub use cloudc_eval::questions::Place;
pub use cloudc_graph::{CYCLE, SAME, SPLIT, best_cut};
pub use config::{Setting, config, identity};
pub use database::{Database, Options, Purpose, edit, executed, file, open, open_logged, verified};
pub use lookups::{Looked, environments, is_unanswered, lock_entries, lookups, with_lock};
pub use memory::{MemoryFs, OverlayFs};
pub use parallel::{ahead, beside, discard, for_each, warm, warm_types};
pub use sort::sorted;
pub use tests::{Coverage, Covered, TestRun, coverage, run_test, test_sources, tests};
pub use views::{graph_text, manifest_json, pointer, resource_count, source_map_json, template_json, template_yaml};

/// Bytes of stack that the deepest program the language allows needs.
pub const STACK: usize = 64 << 20;

/// Runs a job on a thread with enough stack. A panic inside goes on outside.
pub fn with_stack<T: Send>(job: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, job);
        match worker.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // Without threads nothing works; the caller could not do better.
            Err(error) => panic!("cannot start a thread: {error}"),
        }
    })
}
