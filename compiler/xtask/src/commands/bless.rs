//! `cargo xtask bless`: writes the views of the golden programs, and what the language server answers, anew. Read the diff before committing it.

use super::{cargo, run};
use crate::Outcome;

/// Runs both in writing mode.
pub fn bless() -> Outcome {
    run(cargo().args(["test", "--package", "cloudc-tests", "--test", "golden", "--test", "server_pages"]).env("CLOUDC_BLESS", "1"))?;
    println!("written; now read `git diff tests/fixtures`");
    Ok(())
}
