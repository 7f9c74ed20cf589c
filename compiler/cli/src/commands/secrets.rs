//! `cloudc secrets`: which secrets and stored parameters the program reads, and whether they are there.
//!
//! Always: no value of a secret is printed, kept or logged.

use std::collections::BTreeMap;

use clap::Subcommand;
use cloudc_deploy::Unit;
use cloudc_deploy::secrets::{self, Reference, State};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::deployment::wanted;
use crate::aws::units::{self, UnitArgs, Units};
use crate::aws::{block_on, failure, printed};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::session;

/// Options of `secrets`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Secrets Manager and Parameter Store, as the program names them. Values are never shown.

Examples:
  cloudc secrets list                    what the program reads, without asking AWS
  cloudc secrets validate --env prod     is it there, with the key, label and version?")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// List what the program reads, and where
    List(ListArgs),
    /// Look whether everything is there
    Validate(ValidateArgs),
}

/// Options of `secrets list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc secrets list
  cloudc secrets list --env prod --json")]
struct ListArgs {
    #[command(flatten)]
    what: WhatArgs,
}

/// Options of `secrets validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Each is looked for in the account and region that its stack goes to. To see whether a key is
in a secret it has to be read, for which `secretsmanager:GetSecretValue` is needed; what is
read is not kept. --no-read does without.

Examples:
  cloudc secrets validate --env prod
  cloudc secrets validate --no-read --json

Exit codes: 0 all is there as far as could be seen, 1 something is missing, 3 AWS said no.")]
struct ValidateArgs {
    #[command(flatten)]
    what: WhatArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Do not look into secrets for keys
    #[arg(long)]
    no_read: bool,
}

/// Which stacks, and how it is shown.
#[derive(Debug, clap::Args)]
struct WhatArgs {
    #[command(flatten)]
    units: UnitArgs,
    /// Value of a parameter of the stack; may be repeated
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE", value_parser = session::pair)]
    parameters: Vec<(String, String)>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl WhatArgs {
    fn values(&self) -> BTreeMap<String, String> {
        self.parameters.iter().cloned().collect()
    }
}

/// Section, logical id and JSON pointer of what reads something.
type Use = (&'static str, String, String);

/// Something a stack reads, and how it stands.
struct Row<'a> {
    unit: &'a Unit,
    reference: Reference,
    state: Option<State>,
}

/// Lists or looks.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(args) => list(&args.what, global),
        Command::Validate(args) => validate(args, global),
    }
}

fn list(args: &WhatArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let mut rows = Vec::new();
    for unit in &units.units {
        let all = secrets::references(unit, None, &args.values());
        rows.extend(all.into_iter().map(|reference| Row { unit, reference, state: None }));
    }
    print(args, &rows, global)?;
    drop(rows);
    units.leave();
    Ok(Exit::Fine)
}

fn validate(args: &ValidateArgs, global: &Global) -> Result<Exit, Failure> {
    let units: Units = units::build(&args.what.units, global)?;
    let accounts = Accounts::new(&args.access);
    let rows = block_on(async {
        let mut rows = Vec::new();
        for unit in &units.units {
            let all = secrets::references(unit, None, &args.what.values());
            if all.is_empty() {
                continue;
            }
            let aws = accounts.connect(wanted(unit)).await.map_err(failure)?;
            let all = secrets::references(unit, Some(&aws), &args.what.values());
            let states = secrets::look(&aws, &all, !args.no_read).await;
            let rows_of = all.into_iter().zip(states);
            rows.extend(rows_of.map(|(reference, state)| Row { unit, reference, state: Some(state) }));
        }
        Ok(rows)
    })?;
    print(&args.what, &rows, global)?;
    let missing = rows.iter().filter(|row| matches!(row.state, Some(State::Missing(..)))).count();
    drop(rows);
    units.leave();
    if missing == 0 {
        return Ok(Exit::Fine);
    }
    let are = if missing == 1 { "1 of them is" } else { &format!("{missing} of them are") };
    Err(Failure::Told {
        exit: Exit::Errors,
        code: Some(cloudc_deploy::codes::NO_SECRET),
        message: format!("{are} not there as the program reads it"),
        notes: Vec::new(),
        help: None,
    })
}

/// Where a reference stands in the program: `main.cloud:12 (Database.MasterUserPassword)`.
fn places(row: &Row<'_>) -> Vec<String> {
    let place = |(section, id, pointer): &Use| {
        let name = match pointer.strip_prefix("/Properties/") {
            Some(property) => format!("{id}.{}", property.replace('/', ".")),
            None => id.clone(),
        };
        let line = row.unit.artifact.source_map.find(section, id, pointer);
        line.map_or(name.clone(), |entry| format!("{}:{} ({name})", entry.site.file.trim_start_matches('/'), entry.site.line))
    };
    row.reference.uses.iter().map(place).collect()
}

fn state<'a>(row: &'a Row<'_>) -> (&'static str, Option<&'a str>, Option<&'a str>) {
    match &row.state {
        None => ("", row.reference.later.as_deref(), None),
        Some(State::There) => ("there", None, None),
        Some(State::Missing(why, help)) => ("missing", Some(why), help.as_deref()),
        Some(State::Later(why)) => ("later", Some(why), None),
        Some(State::Unknown(why)) => ("unknown", Some(why), None),
    }
}

fn print(args: &WhatArgs, rows: &[Row<'_>], global: &Global) -> Result<(), Failure> {
    if args.json {
        let all: Vec<_> = rows
            .iter()
            .map(|row| {
                let (word, why, help) = state(row);
                let mut one = serde_json::json!({
                    "stack": row.unit.name(), "region": row.unit.manifest().region, "reads": row.reference.wanted,
                    "places": places(row), "why": why, "help": help,
                });
                if row.state.is_some() {
                    one["state"] = word.into();
                }
                one
            })
            .collect();
        let whole = serde_json::json!({ "version": 1, "secrets": all });
        return output::print(format!("{whole:#}\n").as_bytes());
    }
    let several = rows.windows(2).any(|two| two[0].unit.name() != two[1].unit.name());
    let mut lines = Vec::new();
    for row in rows {
        let (word, why, help) = state(row);
        let mark = match word {
            "" => String::new(),
            "there" => "✓ ".to_owned(),
            "missing" => "✗ ".to_owned(),
            _ => "? ".to_owned(),
        };
        let wanted = &row.reference.wanted;
        let details = [("key", &wanted.field), ("label", &wanted.stage), ("version", &wanted.version)];
        let details: String = details.iter().filter_map(|(name, value)| Some(format!("  {name} {}", value.as_ref()?))).collect();
        let stack = if several { format!("{}: ", row.unit.name()) } else { String::new() };
        lines.push(format!("{mark}{stack}{} {}{details}", wanted.kind.words(), wanted.name));
        lines.extend(places(row).into_iter().map(|place| format!("    {place}")));
        lines.extend(why.map(|why| format!("    {why}")));
        lines.extend(help.map(|help| format!("    help: {help}")));
    }
    output::print(printed(&lines).as_bytes())?;
    if rows.is_empty() && !global.quiet {
        output::line("the program reads no secret and no stored parameter");
    }
    Ok(())
}
