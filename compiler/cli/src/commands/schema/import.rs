//! `cloudc schema import`: private and third-party types.

use std::path::PathBuf;

use cloudc_schema::Layer;

use super::sync::{MAX_FILE, problems, read_capped};
use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `schema import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  cloudc schema import my-org-service-thing.json")]
pub struct Args {
    /// Registry schemas as JSON, one type a file
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Checks all files, then keeps their types.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let mut layers = Vec::new();
    for file in &args.files {
        let bytes = read_capped(file, MAX_FILE)?;
        let layer = Layer::from_schemas([(file.display().to_string(), bytes)]);
        layers.push(layer.map_err(|found| problems(&found))?);
    }
    for layer in &layers {
        for name in layer.names() {
            let path = layers::keep_imported(name, layer)?;
            if !global.quiet {
                output::line(&format!("imported {name} → {}", path.display()));
            }
        }
    }
    Ok(Exit::Fine)
}
