//! `cloudc watch`: at every change of what a program is made of, what is wrong with it, or what a deployment would do; or deploys it.
//!
//! Always: rounds follow one another, so that a change during a deployment waits for its end; nothing is asked or deployed while the
//! program has errors; Ctrl-C ends it, and while CloudFormation changes something it asks what that means.

mod round;
mod say;
mod stop;

use std::time::Instant;

use cloudc_deploy::{Error, codes};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::units::UnitArgs;
use crate::aws::{block_on, failure};
use crate::commands::deploy::ValueArgs;
use crate::exit::{Exit, Failure};
use crate::session::Session;
use crate::walk;
use crate::watching::{self, Scope};
use round::Round;
use say::Voice;
use stop::Stop;

/// Options of `watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Looked at is what building really read: sources, also those of other folders, `project.cloud`,
`cloudc.lock`, files of parameters, and everything in folders that are uploaded.

Examples:
  cloudc watch                           mistakes, and what a deployment from here would change
  cloudc watch --check                   mistakes only, as `cloudc check` finds them
  cloudc watch --plan --env dev          what CloudFormation says about it
  cloudc watch --deploy --env dev        deploys at every save; asks about what destroys data
  cloudc watch --run 'cloudc test' --notify
  cloudc watch --json                    one object a line, for tools")]
pub struct Args {
    #[command(flatten)]
    units: UnitArgs,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Only look for mistakes; inputs need no values
    #[arg(long, conflicts_with_all = ["offline", "plan", "deploy"])]
    check: bool,
    /// Compare with the last deployment that was seen from here, without credentials (the usual)
    #[arg(long, conflicts_with_all = ["plan", "deploy"])]
    offline: bool,
    /// Ask CloudFormation for a plan at every change of a template
    #[arg(long, conflicts_with = "deploy")]
    plan: bool,
    /// Deploy at every change; refused where the environment's approval is "always"
    #[arg(long)]
    deploy: bool,
    /// Command to run after each round; CLOUDC_ROUND is errors, unchanged, changes, deployed or failed
    #[arg(long, value_name = "COMMAND")]
    run: Option<String>,
    /// Ring the bell of the terminal, and have it tell what happened, after each round
    #[arg(long)]
    notify: bool,
    /// Print what happens as JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// What a round does when there are no mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Check,
    Offline,
    Plan,
    Deploy,
}

impl Args {
    fn mode(&self) -> Mode {
        match () {
            () if self.check => Mode::Check,
            () if self.plan => Mode::Plan,
            () if self.deploy => Mode::Deploy,
            () => Mode::Offline,
        }
    }
}

/// Watches until it is told to stop.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    block_on(rounds(args, global))
}

async fn rounds(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let stop = Stop::listen();
    let voice = Voice::new(args.json, args.notify, global);
    let accounts = Accounts::new(&args.access);
    let mut round = Round::new(args, global, &accounts, voice, stop.clone());
    // A path that does not exist is a mistake of the command line, not one to wait for.
    walk::sources(&args.units.paths)?;
    args.units.settings.options(cloudc_driver::Purpose::Check)?;
    let mut sessions: Vec<Session> = Vec::new();
    let mut scope = Scope::default();
    let mut stamps = scope.stamps();
    let mut changed = Vec::new();
    while !stop.is_wished() {
        let begun = Instant::now();
        let (outcome, fatal) = round.go(&mut sessions, &changed, begun).await?;
        if let Some(error) = fatal {
            return Err(failure(error));
        }
        round.after(outcome).await?;
        // What this round read for the first time is looked at from now on; whether it changed meanwhile its content says.
        scope = Scope::of(&sessions, &args.units.paths);
        scope.files.extend(args.values.paths());
        let now = scope.stamps();
        let fresh = stamps.fresh(&now);
        stamps = now.keeping(&stamps);
        let mut other = false;
        for session in &mut sessions {
            other |= watching::refresh(session, &fresh);
        }
        if other {
            changed = fresh;
            continue;
        }
        voice.waiting(stamps.count())?;
        while let Some((found, now)) = watching::wait(&scope, &stamps, || stop.is_wished()) {
            stamps = now;
            if !found.is_empty() {
                changed = found;
                break;
            }
        }
    }
    voice.ended()?;
    crate::session::leave(sessions);
    Ok(Exit::Fine)
}

/// Environments that want every deployment agreed to are not deployed at every save.
fn refused(stack: &str, environment: Option<&str>) -> Error {
    let whose = environment.map_or_else(|| format!("`{stack}`"), |name| format!("the environment `{name}`"));
    Error::new(codes::NOT_WATCHED, format!("{whose} wants every deployment agreed to, so it is not deployed at every save"))
        .note("its `approval` is \"always\"")
        .help("`cloudc watch --plan` shows what would change; choose an environment for development with `--env`")
}
