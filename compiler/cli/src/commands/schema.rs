//! `cloudc schema`: looking into resource types, and bringing newer or private ones.

mod export;
mod import;
mod search;
mod show;
mod sync;

use clap::Subcommand;

use crate::args::Global;
use crate::exit::{Exit, Failure};

/// Options of `schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc schema show AWS::S3::Bucket        # properties, attributes, what they accept
  cloudc schema search queue
  cloudc schema export 'AWS::S3::*' -o out  # as JSON Schema, or as pages
  cloudc schema sync                        # newer types, with AWS's descriptions
  cloudc schema import mycompany-thing.json # a type of your own registry")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a resource type: its properties, attributes and what they accept
    Show(show::Args),
    /// Find resource types by a part of their name
    Search(search::Args),
    /// Write types as JSON Schema or Markdown, and the forms of what cloudc prints
    Export(export::Args),
    /// Bring newer types and AWS's descriptions into the cache
    Sync(sync::Args),
    /// Add private and third-party types from their registry schemas
    Import(import::Args),
}

/// Runs what was asked for.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        Command::Show(args) => show::run(args, global),
        Command::Search(args) => search::run(args, global),
        Command::Export(args) => export::run(args, global),
        Command::Sync(args) => sync::run(args, global),
        Command::Import(args) => import::run(args, global),
    }
}
