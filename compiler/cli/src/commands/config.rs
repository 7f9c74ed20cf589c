//! `cloudc config`: the settings that hold, and where each comes from.
//!
//! Always: nothing is asked of AWS, and values of secret params are not shown.

use std::path::PathBuf;

use cloudc_base::Severity;
use cloudc_driver::{Database, Purpose, Setting};
use serde_json::{Value as Json, json};

use crate::args::{DiagnosticFormat, Global};
use crate::aws::units;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::session::{self, Findings, Session, SettingArgs};
use crate::walk;

/// Options of `config`.
#[derive(Debug, clap::Args)]
#[command(after_help = "What is set in several places is shown with the one that wins: see docs/reference/projects.md.

Examples:
  cloudc config --env prod                  every stack of the project
  cloudc config api --env prod              one of them
  cloudc config --env prod --json | jq '.stacks[].settings[] | select(.name == \"account\")'")]
pub struct Args {
    /// Stacks, by the name of their declaration or the one they are deployed under; all otherwise
    #[arg(value_name = "STACK")]
    stacks: Vec<String>,
    #[command(flatten)]
    settings: SettingArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The settings of a stack in a region.
struct Configured {
    stack: String,
    deployed_as: String,
    region: Option<String>,
    settings: Vec<Setting>,
}

/// Prints settings.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let sources = walk::sources(&[PathBuf::from(".")])?;
    let sessions = session::open(sources, &args.settings.options(Purpose::Check)?, global)?;
    let (mut all, mut found) = (Vec::new(), Vec::new());
    for session in &sessions {
        let (configured, list) = of(session);
        all.extend(configured);
        found.push(Findings { session, list });
    }
    session::print(&found, DiagnosticFormat::Text, global, true)?;
    if found.iter().flat_map(|part| &part.list).any(|one| one.severity == Severity::Error) {
        return Ok(Exit::Errors);
    }
    drop(found);
    let names: Vec<String> = all.iter().flat_map(|one| [one.stack.clone(), one.deployed_as.clone()]).collect();
    if let Some(unknown) = args.stacks.iter().find(|wanted| !names.contains(wanted)) {
        return Err(units::no_such(unknown, &names));
    }
    all.retain(|one| {
        args.stacks.is_empty() || args.stacks.iter().any(|wanted| *wanted == one.stack || *wanted == one.deployed_as)
    });
    if all.is_empty() {
        return Err(Failure::errors("there is no stack here").help("settings are those of `stack name { … }`"));
    }
    let text = if args.json { format!("{:#}\n", as_json(&all, args)) } else { text(&all) };
    output::print(text.as_bytes())?;
    session::leave(sessions);
    Ok(Exit::Fine)
}

/// The stacks of a project's list, or else of its files, each for each of its regions; and what is wrong with them.
fn of(session: &Session) -> (Vec<Configured>, Vec<cloudc_base::Diagnostic>) {
    let listed = cloudc_driver::listed(&session.db);
    let wanted: Vec<_> =
        session.files.iter().map(|(_, file)| *file).filter(|file| listed.is_empty() || listed.contains(file)).collect();
    let (mut all, mut list) = (Vec::new(), Vec::new());
    for (configured, found) in cloudc_driver::for_each(&session.db, &wanted, |db, file| {
        let targets = cloudc_driver::targets(db, *file);
        let found = if targets.is_empty() { Vec::new() } else { cloudc_driver::check(db, *file) };
        let errors = found.iter().any(|one| one.severity == Severity::Error);
        let targets = targets.into_iter().filter(|_| !errors);
        (targets.map(|target| configured(db, target)).collect::<Vec<_>>(), found)
    }) {
        all.extend(configured);
        list.extend(found);
    }
    (all, cloudc_driver::sorted(&session.db, list))
}

fn configured(db: &Database, target: cloudc_driver::Target) -> Configured {
    let (stack, deployed_as, region) = cloudc_driver::identity(db, target);
    Configured {
        stack: stack.to_string(),
        deployed_as: deployed_as.to_string(),
        region: region.map(|region| region.to_string()),
        settings: cloudc_driver::config(db, target),
    }
}

fn text(all: &[Configured]) -> String {
    let mut lines = Vec::new();
    for one in all {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let place = one.region.as_ref().map_or_else(String::new, |region| format!(" in {region}"));
        lines.push(format!("{}: {}{place}", one.stack, one.deployed_as));
        let shown: Vec<(String, String)> =
            one.settings.iter().map(|setting| (setting.name.clone(), short(&setting.value, &setting.from))).collect();
        let names = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(32);
        let values = shown.iter().map(|(_, value)| value.chars().count()).max().unwrap_or(0).min(36);
        for ((name, value), setting) in shown.iter().zip(&one.settings) {
            let written = setting.written.as_ref().map_or_else(String::new, |(file, line)| format!("  {file}:{line}"));
            lines.push(format!("  {name:<names$}  {value:<values$}  {}{written}", setting.from));
        }
    }
    crate::aws::printed(&lines)
}

/// A value in one line.
fn short(value: &Json, from: &str) -> String {
    match value {
        Json::Null if from == "nobody" => "(has to be given)".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn as_json(all: &[Configured], args: &Args) -> Json {
    let stacks = all.iter().map(|one| {
        let settings = one.settings.iter().map(|setting| {
            let mut whole = json!({ "name": setting.name, "value": setting.value, "from": setting.from });
            if let Some((file, line)) = &setting.written {
                whole["file"] = file.as_str().into();
                whole["line"] = (*line).into();
            }
            whole
        });
        json!({
            "stack": one.stack,
            "deployed_as": one.deployed_as,
            "region": one.region,
            "settings": settings.collect::<Vec<_>>(),
        })
    });
    json!({ "version": 1, "environment": args.settings.environments.first(), "stacks": stacks.collect::<Vec<_>>() })
}
