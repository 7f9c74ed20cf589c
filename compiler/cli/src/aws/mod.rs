//! What commands that speak with AWS share: options, connections, built stacks, and how plans and progress are shown.
//!
//! Always: what came from AWS is made printable before it is shown; progress goes to standard error, results to standard output.

pub mod access;
pub mod around;
pub mod deployment;
pub mod diff_text;
pub mod failures;
pub mod local;
pub mod named;
pub mod offline;
pub mod plan_file;
pub mod plan_text;
pub mod prechecks;
pub mod progress;
pub mod questions;
pub mod recorded;
pub mod remedy;
pub mod rounds;
pub mod units;

use cloudc_deploy::Error;

use crate::exit::{Exit, Failure};

/// Runs something that waits for the network.
pub fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(format!("cannot start: {error}")))?;
    let result = runtime.block_on(work);
    // A heartbeat or an upload that nobody waits for does not hold the end up.
    runtime.shutdown_background();
    result
}

/// An error of the deployment as the end of a command.
pub fn failure(error: Error) -> Failure {
    Failure::Told { exit: Exit::World, code: Some(error.code), message: error.message, notes: error.notes, help: error.help }
}

/// Lines that may hold text from AWS, made printable, each with a line end.
pub fn printed(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{}\n", cloudc_base::render::printable(line))).collect()
}

/// There is no such stack.
pub fn no_stack(name: &str, region: &str) -> Error {
    Error::new(cloudc_deploy::codes::NO_STACK, format!("there is no stack `{name}` in {region}"))
        .help("`cloudc list` shows those there are; `--region` and `--profile` look elsewhere")
}
