//! `cargo xtask faults`: hundreds of deployments in which everything goes wrong, and what a second one makes of each.
//!
//! The runs are those of the test `faults` of the command line; this only makes many of them, and shows their table.

use super::{cargo, run};
use crate::Outcome;

/// Options of `cargo xtask faults`.
#[derive(clap::Args)]
pub struct Args {
    /// How many
    #[arg(long, default_value_t = 300)]
    runs: u64,
    /// The first seed: the same seeds do the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Makes the Python environment of the oracles if need be, and runs.
pub fn run_faults(args: &Args) -> Outcome {
    let oracles = super::test::oracles()?;
    let mut command = cargo();
    command.args(["test", "--package", "cloudc", "--test", "deploy", "faults", "--", "--nocapture"]);
    command.env("CLOUDC_ORACLES", oracles);
    command.env("CLOUDC_FAULT_RUNS", args.runs.to_string()).env("CLOUDC_FAULT_SEED", args.seed.to_string());
    run(&mut command)
}
