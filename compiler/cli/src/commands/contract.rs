//! `cloudc contract`: what stacks promise to others, as files, and whether the promises are kept.
//!
//! Always: nothing is asked of AWS; what breaks a promise is shown where the program says it.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use cloudc_base::render::printable;
use serde_json::{Value as Json, json};

use crate::args::Global;
use crate::aws::units::{self, Report, UnitArgs, Units};
use crate::contract::{self, About, Change, Contract, ENDING, Kind};
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};
use crate::session::SettingArgs;
use crate::{layers, templates, walk};

/// The program breaks its contract.
const BROKEN: &str = "C0795";
/// A file is no contract.
const NO_CONTRACT: &str = "C0796";

/// Options of `contract`.
#[derive(Debug, clap::Args)]
#[command(after_help = "A contract is a file that is committed: outputs, exports, parameters and names that others
rely on.

Examples:
  cloudc contract define api -o contracts/       # writes contracts/api.contract.json
  cloudc contract define legacy.yaml             # of a template
  cloudc contract validate                       # does the program keep every contract here?
  cloudc contract diff old.contract.json new.contract.json

Exit codes: 0 nothing breaks, 1 something does.")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what a stack promises; what a person added to the file before is kept
    Define(DefineArgs),
    /// See whether programs keep their contracts
    Validate(ValidateArgs),
    /// Compare two contracts
    Diff(DiffArgs),
}

/// Options of `contract define`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc contract define api
  cloudc contract define api --env prod -o contracts/
  cloudc contract define template.yaml -o vpc.contract.json")]
struct DefineArgs {
    /// Stacks by name, programs, or templates
    #[arg(value_name = "STACK|FILE")]
    stacks: Vec<String>,
    #[command(flatten)]
    settings: SettingArgs,
    /// File to write, or a folder; `-` prints it
    #[arg(long, short, value_name = "FILE|DIR", default_value = "-")]
    output: PathBuf,
}

/// Options of `contract validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc contract validate                       # every *.contract.json below this folder
  cloudc contract validate contracts/api.contract.json --json")]
struct ValidateArgs {
    /// Contracts, or folders with them
    #[arg(value_name = "FILE", default_value = ".")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Options of `contract diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  cloudc contract diff v1/api.contract.json v2/api.contract.json")]
struct DiffArgs {
    /// What was promised
    old: PathBuf,
    /// What is promised now
    new: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs what was asked for.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        Command::Define(args) => define(args, global),
        Command::Validate(args) => validate(args, global),
        Command::Diff(args) => diff(args),
    }
}

fn define(args: &DefineArgs, global: &Global) -> Result<Exit, Failure> {
    let wanted: Vec<Option<&str>> =
        if args.stacks.is_empty() { vec![None] } else { args.stacks.iter().map(|stack| Some(stack.as_str())).collect() };
    let mut all = Vec::new();
    for one in wanted {
        all.extend(promised(one, &args.settings, global)?.contracts);
    }
    if args.output.as_os_str() == "-" {
        let [one] = all.as_slice() else {
            let message = format!("{} contracts do not fit into one output", all.len());
            return Err(Failure::usage(message).help("name a stack, or a folder to write to: `-o contracts/`"));
        };
        output::print(contract::write(one).as_bytes())?;
        return Ok(Exit::Fine);
    }
    let folder = args.output.is_dir() || args.output.to_string_lossy().ends_with(['/', '\\']);
    if !folder && all.len() > 1 {
        let message = format!("{} contracts do not fit into one file", all.len());
        return Err(Failure::usage(message).help("name a stack, or a folder: `-o contracts/`"));
    }
    let mut files = Vec::new();
    for mut one in all {
        let path = if folder { args.output.join(file_name(&one)) } else { args.output.clone() };
        if path.is_file() {
            take_over(&mut one, read(&path)?);
        }
        if !global.quiet {
            output::line(&format!("{} {} → {}", one.stack, one.version, path.display()));
        }
        files.push(Written { path, bytes: contract::write(&one).into_bytes() });
    }
    output::write_all(&files)?;
    Ok(Exit::Fine)
}

/// `api.contract.json`, `api.prod.contract.json`.
fn file_name(one: &Contract) -> String {
    let stem = Path::new(&one.stack).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match &one.environment {
        Some(environment) => format!("{stem}.{environment}{ENDING}"),
        None => format!("{stem}{ENDING}"),
    }
}

/// What a person wrote into the file before, and the version that follows from what changed.
fn take_over(new: &mut Contract, old: Contract) {
    for (name, output) in &mut new.outputs {
        if let Some(before) = old.outputs.get(name) {
            output.pattern.clone_from(&before.pattern);
            output.description = output.description.take().or_else(|| before.description.clone());
        }
    }
    for (name, parameter) in &mut new.parameters {
        if let Some(before) = old.parameters.get(name) {
            parameter.description = parameter.description.take().or_else(|| before.description.clone());
        }
    }
    new.version = contract::next_version(&old.version, &contract::compare(&old, new));
    new.description = new.description.take().or(old.description);
    new.schema = old.schema;
}

/// What stacks promise now, and where they are written.
struct Promised {
    contracts: Vec<Contract>,
    units: Option<Units>,
}

fn promised(what: Option<&str>, settings: &SettingArgs, global: &Global) -> Result<Promised, Failure> {
    let schema = layers::schema(global);
    let path = what.map(PathBuf::from).filter(|path| path.exists());
    if let Some(path) = path.as_ref().filter(|path| templates::is_template(path)) {
        let template = super::diff::template(path, settings, global)?;
        let about = About { stack: path.display().to_string(), ..About::default() };
        return Ok(Promised { contracts: vec![contract::define(&template, about, &schema)], units: None });
    }
    let target = if path.is_none() { what.map(str::to_owned).into_iter().collect() } else { Vec::new() };
    let paths = vec![path.unwrap_or_else(|| PathBuf::from("."))];
    let units = units::build(&UnitArgs { paths, settings: settings.clone(), target }, global)?;
    let contracts = units.units.iter().enumerate().map(|(at, unit)| {
        let about = About {
            stack: units.declared(at).unwrap_or_else(|| unit.name()).to_owned(),
            deployed_as: Some(unit.name().to_owned()),
            environment: unit.manifest().environment.clone(),
        };
        contract::define(&unit.artifact.template, about, &schema)
    });
    Ok(Promised { contracts: contracts.collect(), units: Some(units) })
}

fn validate(args: &ValidateArgs, global: &Global) -> Result<Exit, Failure> {
    let mut files = Vec::new();
    for path in &args.files {
        if path.is_dir() {
            walk::ending(path, ENDING, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        return Err(Failure::errors("there is no contract here").help("`cloudc contract define STACK -o contracts/` writes one"));
    }
    let (mut broken, mut told) = (0, Vec::new());
    for file in &files {
        let old = read(file)?;
        let mut settings = args.settings.clone();
        if settings.environments.is_empty() {
            settings.environments.extend(old.environment.clone());
        }
        let now = promised(Some(&old.stack), &settings, global)?;
        for (at, new) in now.contracts.iter().enumerate() {
            let mut new = new.clone();
            // A pattern is a person's promise: the program cannot say it.
            for (name, output) in &mut new.outputs {
                output.pattern = old.outputs.get(name).and_then(|before| before.pattern.clone());
            }
            let changes = contract::compare(&old, &new);
            broken += changes.iter().filter(|change| change.kind == Kind::Breaking).count();
            if !args.json {
                show(file, &old, &changes, now.units.as_ref().map(|units| (units, at)), global)?;
            }
            told.push(json!({ "file": file.display().to_string(), "stack": old.stack, "changes": as_json(&changes) }));
        }
        if let Some(units) = now.units {
            units.leave();
        }
    }
    if args.json {
        output::print(format!("{:#}\n", json!({ "version": 1, "breaking": broken, "contracts": told })).as_bytes())?;
    }
    Ok(if broken > 0 { Exit::Errors } else { Exit::Fine })
}

/// Tells what a stack does otherwise than its contract says, at its source where there is one.
fn show(file: &Path, old: &Contract, changes: &[Change], of: Option<(&Units, usize)>, global: &Global) -> Result<(), Failure> {
    let shown = file.display();
    let breaking: Vec<&Change> = changes.iter().filter(|change| change.kind == Kind::Breaking).collect();
    let mut placed = Vec::new();
    for change in &breaking {
        let place = of.and_then(|(units, at)| {
            let entry = units.units.get(at)?.artifact.source_map.find(change.section, &change.name, "")?;
            Some(entry.site.clone())
        });
        let Some(place) = place else {
            output::error(Some(BROKEN), &change.message);
            output::line(&format!("  note: {shown} promises it"));
            continue;
        };
        let report = Report {
            code: BROKEN,
            message: change.message.clone(),
            label: "others rely on this".to_owned(),
            notes: vec![format!("{shown} promises it")],
            help: Some("keep the promise, or make a new version of it: `cloudc contract define`".to_owned()),
        };
        placed.push((place, report));
    }
    if let Some((units, at)) = of.filter(|_| !placed.is_empty()) {
        output::drawing(&units.drawn(at, &placed, global, output::color_on_stderr(global.color)));
    }
    if global.quiet {
        return Ok(());
    }
    let mut lines = vec![match breaking.len() {
        0 => format!("{} keeps {shown} ({})", old.stack, old.version),
        1 => format!("{} breaks {shown} ({}) in one way", old.stack, old.version),
        count => format!("{} breaks {shown} ({}) in {count} ways", old.stack, old.version),
    }];
    for change in changes.iter().filter(|change| change.kind != Kind::Breaking) {
        let rest = if change.kind == Kind::Added { ", and not in the contract" } else { "" };
        lines.push(format!("  {}{rest}", change.message));
    }
    output::print(crate::aws::printed(&lines).as_bytes())
}

fn diff(args: &DiffArgs) -> Result<Exit, Failure> {
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let changes = contract::compare(&old, &new);
    let breaking = changes.iter().filter(|change| change.kind == Kind::Breaking).count();
    let proposed = contract::next_version(&old.version, &changes);
    if args.json {
        let whole = json!({
            "version": 1,
            "breaking": breaking,
            "changes": as_json(&changes),
            "versions": { "old": old.version, "new": new.version, "needed": proposed },
        });
        output::print(format!("{whole:#}\n").as_bytes())?;
    } else {
        let mut lines: Vec<String> = changes
            .iter()
            .map(|change| {
                let word = match change.kind {
                    Kind::Breaking => "breaks",
                    Kind::Notable => "changes",
                    Kind::Added => "adds",
                };
                format!("{word:<8}{}", change.message)
            })
            .collect();
        lines.push(match breaking {
            0 if changes.is_empty() => "the same promises".to_owned(),
            0 => format!("nothing breaks: {} → {proposed}", old.version),
            count => format!("{count} of {} break somebody: {} → {proposed}", changes.len(), old.version),
        });
        output::print(crate::aws::printed(&lines).as_bytes())?;
    }
    Ok(if breaking > 0 { Exit::Errors } else { Exit::Fine })
}

fn as_json(changes: &[Change]) -> Json {
    let kind = |kind: Kind| match kind {
        Kind::Breaking => "breaking",
        Kind::Notable => "notable",
        Kind::Added => "added",
    };
    let all = changes.iter().map(
        |change| json!({ "kind": kind(change.kind), "section": change.section, "name": change.name, "message": change.message }),
    );
    all.collect()
}

fn read(path: &Path) -> Result<Contract, Failure> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| Failure::world(format!("cannot read `{}`: {}", path.display(), output::reason(&error))))?;
    contract::read(&text).map_err(|why| {
        let message = format!("`{}` is no contract: {}", path.display(), printable(&why));
        Failure::errors(message)
            .coded(NO_CONTRACT)
            .help("`cloudc contract define` writes one; `cloudc schema export --of contract` says what it holds")
    })
}
