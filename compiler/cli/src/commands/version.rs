//! `cloudc version`.

use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `version`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the version and how many resource types it knows.
pub fn run(_: &Args) -> Result<Exit, Failure> {
    let types = cloudc_schema::Schema::embedded().names().len();
    output::print(format!("cloudc {} ({types} resource types)\n", env!("CARGO_PKG_VERSION")).as_bytes())?;
    Ok(Exit::Fine)
}
