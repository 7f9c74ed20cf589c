//! The list of commands: one file each, one line each in [`Command`] and in [`run`].

mod assets;
mod bootstrap;
mod build;
mod check;
mod completions;
mod config;
mod contract;
mod convert;
pub mod deploy;
mod destroy;
pub mod diff;
mod doctor;
pub mod drift;
pub mod events;
mod explain;
mod fmt;
mod graph;
mod history;
mod import;
mod list;
mod lock;
mod lookup;
mod lsp;
mod new;
mod optimize;
mod outputs;
mod permissions;
mod plan;
mod policy;
mod rollback;
mod schema;
mod secrets;
mod show;
mod stack;
mod state;
pub mod status;
mod test;
mod version;
mod watch;

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
    /// Show what a deployment would do
    Plan(plan::Args),
    /// Compare templates: of programs, files, Git revisions, deployed stacks
    Diff(diff::Args),
    /// At every change of the program: look for mistakes, and plan or deploy it
    Watch(watch::Args),
    /// Deploy stacks: plan, agree, execute, watch
    #[command(visible_alias = "apply")]
    Deploy(deploy::Args),
    /// Delete stacks
    Destroy(destroy::Args),
    /// Go back to what was deployed before
    Rollback(rollback::Args),
    /// Stacks of the account, whoever made them
    Stack(stack::Args),
    /// See whether everything is there that a deployment needs
    Doctor(doctor::Args),
    /// Show how stacks stand
    Status(status::Args),
    /// Show what stacks tell
    Outputs(outputs::Args),
    /// Show what happened to stacks
    Events(events::Args),
    /// Show every deployment of a stack
    History(history::Args),
    /// What is recorded about stacks: look at it, keep it, bring it back
    State(state::Args),
    /// List the stacks of an account
    List(list::Args),
    /// Show a deployed stack with everything in it
    Show(show::Args),
    /// Show the settings that hold, and where each comes from
    Config(config::Args),
    /// Write down what stacks promise to others, and see whether they keep it
    Contract(contract::Args),
    /// Find what was changed behind CloudFormation's back
    Drift(drift::Args),
    /// Show what needs what, in stacks and between them
    Graph(graph::GraphArgs),
    /// Show what uses a resource or stack, directly or through others
    Impact(graph::ImpactArgs),
    /// Ask AWS what the program looks up, and write `cloudc.lock`
    Lookup(lookup::Args),
    /// Find what could be smaller, simpler or shared
    Optimize(optimize::Args),
    /// Keep everybody from deploying a stack for a while
    Lock(lock::LockArgs),
    /// Let a stack be deployed again
    Unlock(lock::UnlockArgs),
    /// List who is deploying what
    Locks(lock::LocksArgs),
    /// Show which secrets and stored parameters the program reads, and whether they are there
    Secrets(secrets::Args),
    /// Print the policy that a deployment needs
    Permissions(permissions::Args),
    /// What is uploaded for stacks, and folders that are brought to buckets
    Assets(assets::Args),
    /// Make what deployments need in an account and region, once
    Bootstrap(bootstrap::Args),
    /// Write CloudFormation templates as programs
    Import(import::Args),
    /// Write programs as JSON, and JSON as programs
    Convert(convert::Args),
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
        Command::Watch(args) => watch::run(args, &cli.global),
        Command::Plan(args) => plan::run(args, &cli.global),
        Command::Destroy(args) => destroy::run(args, &cli.global),
        Command::Rollback(args) => rollback::run(args, &cli.global),
        Command::Stack(args) => stack::run(args, &cli.global),
        Command::Doctor(args) => doctor::run(args, &cli.global),
        Command::Status(args) => status::run(args, &cli.global),
        Command::Outputs(args) => outputs::run(args, &cli.global),
        Command::Events(args) => events::run(args, &cli.global),
        Command::History(args) => history::run(args, &cli.global),
        Command::State(args) => state::run(args, &cli.global),
        Command::List(args) => list::run(args, &cli.global),
        Command::Show(args) => show::run(args, &cli.global),
        Command::Config(args) => config::run(args, &cli.global),
        Command::Contract(args) => contract::run(args, &cli.global),
        Command::Convert(args) => convert::run(args, &cli.global),
        Command::Optimize(args) => optimize::run(args, &cli.global),
        Command::Drift(args) => drift::run(args, &cli.global),
        Command::Graph(args) => graph::graph(args, &cli.global),
        Command::Impact(args) => graph::impact(args, &cli.global),
        Command::Lookup(args) => lookup::run(args, &cli.global),
        Command::Lock(args) => lock::lock(args, &cli.global),
        Command::Unlock(args) => lock::unlock(args, &cli.global),
        Command::Locks(args) => lock::locks(args, &cli.global),
        Command::Secrets(args) => secrets::run(args, &cli.global),
        Command::Permissions(args) => permissions::run(args, &cli.global),
        Command::Assets(args) => assets::run(args, &cli.global),
        Command::Bootstrap(args) => bootstrap::run(args, &cli.global),
        Command::Diff(args) => diff::run(args, &cli.global),
        Command::Deploy(args) => deploy::run(args, &cli.global),
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
