//! `cargo xtask bless`: writes the views of the golden programs anew. Read the diff before committing it.

use super::{cargo, run};
use crate::Outcome;

/// Runs the golden programs in writing mode.
pub fn bless() -> Outcome {
    run(cargo().args(["test", "--package", "cloudc-tests", "--test", "golden"]).env("CLOUDC_BLESS", "1"))?;
    println!("written; now read `git diff tests/fixtures/programs`");
    Ok(())
}
