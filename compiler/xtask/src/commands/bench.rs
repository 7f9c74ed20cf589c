//! `cargo xtask bench`: builds the release binary, then times it and the stages in it.

use super::{cargo, run, target};
use crate::Outcome;

/// Prints the table.
pub fn bench() -> Outcome {
    run(cargo().args(["build", "--release", "--package", "cloudc"]))?;
    let binary = target().join("release").join(format!("cloudc{}", std::env::consts::EXE_SUFFIX));
    let binary = std::path::absolute(&binary).unwrap_or(binary);
    run(cargo().args(["bench", "--package", "cloudc-tests", "--bench", "speed"]).env("CLOUDC_BINARY", binary))
}
