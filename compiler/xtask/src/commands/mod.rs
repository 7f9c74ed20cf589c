//! The commands, one a file: `Args` and `run`.

pub mod bench;
pub mod bless;
pub mod codegen;
pub mod corpus;
pub mod deps;
pub mod faults;
pub mod iam;
pub mod schema;
pub mod test;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// The repository.
pub fn root() -> PathBuf {
    // Cargo says where this runs; several checkouts may share one folder for what is built.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default()
}

/// Build products: `CARGO_TARGET_DIR`, else `target`.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The cargo that runs this.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command to its end; its failure is ours.
pub fn run(command: &mut Command) -> Outcome {
    let shown = format!("{command:?}");
    let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} ended with {status}")) }
}
