//! Code generation and repository checks: `cargo xtask COMMAND`.
//!
//! One module a command, under `commands/`; this file only dispatches.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a tool for developers talks to the terminal

mod commands;
mod corpus;
mod grammar;
mod schema;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a command returns; the text is shown as it is.
pub type Outcome = Result<(), String>;

#[derive(Parser)]
#[command(name = "xtask", about = "Code generation and repository checks")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Download the pinned sources and rebuild the embedded schema data
    Schema(commands::schema::Args),
    /// Download the pinned list of IAM's actions and condition keys, and rebuild the embedded data
    Iam(commands::iam::Args),
    /// Run every test, set-up included
    Test(commands::test::Args),
    /// Write generated lists anew, or see whether they are
    Codegen(commands::codegen::Args),
    /// Accept what the golden programs give now
    Bless,
    /// Import and check public templates, and write `docs/import-corpus.md`
    Corpus(commands::corpus::Args),
    /// Time the release build and print a table
    Bench(commands::bench::Args),
    /// Deploy hundreds of times while everything goes wrong, and show what became of it
    Faults(commands::faults::Args),
    /// Look at licences, sources and versions of dependencies
    Deps,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Schema(args) => commands::schema::run(args),
        Command::Iam(args) => commands::iam::run(&args),
        Command::Test(args) => commands::test::run_tests(&args),
        Command::Codegen(args) => commands::codegen::run(&args),
        Command::Bless => commands::bless::bless(),
        Command::Corpus(args) => commands::corpus::run(&args),
        Command::Bench(args) => commands::bench::bench(&args),
        Command::Faults(args) => commands::faults::run_faults(&args),
        Command::Deps => commands::deps::check(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
