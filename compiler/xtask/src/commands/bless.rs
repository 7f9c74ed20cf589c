//! `cargo xtask bless`: writes the views of the golden programs, what the language server answers, and how good completion is, anew.
//! Read the diff before committing it.

use super::{cargo, run};
use crate::Outcome;

/// Runs them in writing mode.
pub fn bless() -> Outcome {
    run(cargo()
        .args(["test", "--package", "cloudc-tests", "--test", "golden", "--test", "server_pages", "--test", "completion"])
        .env("CLOUDC_BLESS", "1"))?;
    println!("written; now read `git diff tests/fixtures docs`");
    Ok(())
}
