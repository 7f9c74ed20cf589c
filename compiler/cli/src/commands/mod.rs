//! The list of commands: one file each, one line each in [`Command`] and in [`run`].

mod build;
mod check;
mod completions;
mod explain;
mod fmt;
mod import;
mod lsp;
mod new;
mod schema;
mod test;
mod version;

use clap::Subcommand;

use crate::args::Cli;
use crate::exit::{Exit, Failure};

/// Everything `cloudc` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile stacks to CloudFormation templates
    Build(build::Args),
    /// Look for mistakes without writing anything
    Check(check::Args),
    /// Run tests
    Test(test::Args),
    /// Format source files
    Fmt(fmt::Args),
    /// Write CloudFormation templates as programs
    Import(import::Args),
    /// Explain an error code, with examples
    Explain(explain::Args),
    /// Start a project
    New(new::Args),
    /// Look into CloudFormation's resource types, and bring newer or private ones
    Schema(schema::Args),
    /// Speak with an editor: the language server
    Lsp(lsp::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the version
    Version(version::Args),
}

/// Runs what was asked for.
pub fn run(cli: &Cli) -> Result<Exit, Failure> {
    match &cli.command {
        Command::Build(args) => build::run(args, &cli.global),
        Command::Check(args) => check::run(args, &cli.global),
        Command::Test(args) => test::run(args, &cli.global),
        Command::Fmt(args) => fmt::run(args, &cli.global),
        Command::Import(args) => import::run(args, &cli.global),
        Command::Explain(args) => explain::run(args, &cli.global),
        Command::New(args) => new::run(args, &cli.global),
        Command::Schema(args) => schema::run(args, &cli.global),
        Command::Lsp(args) => lsp::run(args, &cli.global),
        Command::Completions(args) => completions::run(args),
        Command::Version(args) => version::run(args),
    }
}
