//! `cloudc diff`: two templates side by side: of programs, files, Git revisions, deployed stacks.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use cloudc_deploy::plan::differences;
use cloudc_deploy::run::read_template;
use cloudc_deploy::unit::section;
use cloudc_driver::Purpose;
use serde_json::{Map, Value as Json};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::deployment::wanted;
use crate::aws::diff_text;
use crate::aws::named::Named;
use crate::aws::units::{self, UnitArgs, Units};
use crate::aws::{block_on, failure, no_stack};
use crate::exit::{Exit, Failure};
use crate::session::{self, SettingArgs};
use crate::{output, walk};

/// Options of `diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Without --old, --git or --stack the program is compared with what is deployed.
Order, short forms and numbers written as text are no difference.

Examples:
  cloudc diff                                    the program and the deployed stacks
  cloudc diff --git HEAD~1                       the program now and a commit ago
  cloudc diff --old before.yaml --new after.cloud
  cloudc diff --stack legacy-vpc --new vpc.cloud
  cloudc diff --format html > changes.html

Exit codes: 0 the same, 2 different, 1 errors, 3 AWS or Git said no.")]
pub struct Args {
    #[command(flatten)]
    units: UnitArgs,
    /// Before: a template or a program
    #[arg(long, value_name = "FILE", conflicts_with_all = ["git", "stack"])]
    old: Option<PathBuf>,
    /// After: a template or a program, in place of the program here
    #[arg(long, value_name = "FILE", conflicts_with = "git")]
    new: Option<PathBuf>,
    /// Before: the program at this commit
    #[arg(long, value_name = "REVISION", conflicts_with = "stack")]
    git: Option<String>,
    /// Before: this deployed stack
    #[arg(long, value_name = "STACK")]
    stack: Option<String>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "unified")]
    format: Format,
    /// Only this part
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    #[command(flatten)]
    access: AccessArgs,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines that go and lines that come, under each other.
    Unified,
    /// Before on the left, after on the right.
    Side,
    /// What changes, by resource and property.
    Json,
    /// A page, side by side.
    Html,
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Resources.
    Resources,
    /// Parameters.
    Parameters,
    /// Outputs.
    Outputs,
}

/// Two templates of one name.
pub struct Pair {
    /// What they are.
    pub name: String,
    /// Before; nothing when it is new.
    pub before: Option<Json>,
    /// After; nothing when it is gone.
    pub after: Option<Json>,
}

/// Compares and prints.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let mut pairs = pairs(args, global)?;
    for pair in &mut pairs {
        pair.before = pair.before.take().map(|template| part(template, args.only));
        pair.after = pair.after.take().map(|template| part(template, args.only));
    }
    pairs.retain(|pair| !differences(pair.before.as_ref(), pair.after.as_ref()).is_empty());
    let color = output::color_on_stdout(global.color);
    let text = match args.format {
        Format::Unified => pairs.iter().map(|pair| diff_text::unified(pair, color)).collect(),
        Format::Side => pairs.iter().map(|pair| diff_text::side_by_side(pair, output::width(), color)).collect(),
        Format::Html => diff_text::html(&pairs),
        Format::Json => format!("{:#}\n", json(&pairs)),
    };
    output::print(text.as_bytes())?;
    if pairs.is_empty() && !global.quiet && args.format != Format::Json {
        output::line("no differences");
    }
    Ok(if pairs.is_empty() { Exit::Fine } else { Exit::Changes })
}

fn pairs(args: &Args, global: &Global) -> Result<Vec<Pair>, Failure> {
    if let Some(revision) = &args.git {
        return with_git(args, revision, global);
    }
    if let (Some(old), Some(new)) = (&args.old, &args.new) {
        let (before, after) = (template(old, &args.units.settings, global)?, template(new, &args.units.settings, global)?);
        return Ok(vec![Pair { name: new.display().to_string(), before: Some(before), after: Some(after) }]);
    }
    let after = match &args.new {
        Some(path) => vec![(path.display().to_string(), template(path, &args.units.settings, global)?, None)],
        None => {
            let units = units::build(&args.units, global)?;
            units.units.into_iter().map(|unit| (unit.name().to_owned(), unit.artifact.template.clone(), Some(unit))).collect()
        }
    };
    if let Some(old) = &args.old {
        let before = template(old, &args.units.settings, global)?;
        let [(name, template, _)] = after.as_slice() else {
            return Err(Failure::usage("one template is compared with one").help("choose the stack with `--target`"));
        };
        return Ok(vec![Pair { name: name.clone(), before: Some(before), after: Some(template.clone()) }]);
    }
    let accounts = Accounts::new(&args.access);
    block_on(async {
        let mut pairs = Vec::new();
        for (name, template, unit) in after {
            let elsewhere = Named::anywhere(args.units.settings.regions.first().cloned());
            let aws = accounts.connect(unit.as_ref().map_or_else(|| elsewhere.wanted(), wanted)).await.map_err(failure)?;
            let deployed = match (&args.stack, &unit) {
                (Some(stack), _) => stack.as_str(),
                (None, Some(unit)) => unit.name(),
                (None, None) => {
                    return Err(
                        Failure::usage("with what is it compared?").help("`--old FILE`, `--stack NAME` or `--git REVISION`")
                    );
                }
            };
            let body = aws.template(deployed).await.map_err(failure)?;
            if body.is_none() && args.stack.is_some() {
                return Err(failure(no_stack(deployed, &aws.region)));
            }
            pairs.push(Pair { name, before: body.as_deref().and_then(read_template), after: Some(template) });
        }
        Ok(pairs)
    })
}

/// The template that a file is, or is built to.
pub fn template(path: &Path, settings: &SettingArgs, global: &Global) -> Result<Json, Failure> {
    if path.extension().is_some_and(|ending| ending == "cloud") {
        let built =
            units::build(&UnitArgs { paths: vec![path.to_path_buf()], settings: settings.clone(), target: Vec::new() }, global)?;
        let first = built.units.into_iter().next().map(|unit| unit.artifact.template);
        return first.ok_or_else(|| Failure::errors(format!("`{}` builds nothing", path.display())));
    }
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| Failure::world(format!("cannot read `{}`: {}", path.display(), output::reason(&error))))?;
    let read = read_template(&text).filter(Json::is_object);
    read.ok_or_else(|| Failure::errors(format!("`{}` is no CloudFormation template", path.display())))
}

/// The program here and the same at a commit.
fn with_git(args: &Args, revision: &str, global: &Global) -> Result<Vec<Pair>, Failure> {
    let now = units::build(&args.units, global)?;
    let then = at_commit(args, revision, global)?;
    let mut pairs: Vec<Pair> = Vec::new();
    for unit in &now.units {
        let before =
            then.units.iter().find(|other| other.name() == unit.name() && other.manifest().region == unit.manifest().region);
        let before = before.map(|other| other.artifact.template.clone());
        pairs.push(Pair { name: unit.name().to_owned(), before, after: Some(unit.artifact.template.clone()) });
    }
    for unit in &then.units {
        if now.units.iter().all(|other| other.name() != unit.name()) {
            pairs.push(Pair { name: unit.name().to_owned(), before: Some(unit.artifact.template.clone()), after: None });
        }
    }
    Ok(pairs)
}

/// Builds what the program was at a commit, in a folder of its own that is removed afterwards.
fn at_commit(args: &Args, revision: &str, global: &Global) -> Result<Units, Failure> {
    if revision.starts_with('-') {
        return Err(Failure::usage(format!("`{revision}` is no revision")));
    }
    let git = |arguments: &[&str]| {
        let out = Command::new("git")
            .args(arguments)
            .output()
            .map_err(|error| Failure::world(format!("git cannot be started: {error}")))?;
        if out.status.success() {
            return Ok(out.stdout);
        }
        let said = String::from_utf8_lossy(&out.stderr).trim().lines().next().unwrap_or_default().to_owned();
        Err(Failure::world(format!("git says: {said}")))
    };
    let line = |bytes: Vec<u8>| PathBuf::from(String::from_utf8_lossy(&bytes).trim().to_owned());
    let root = line(git(&["rev-parse", "--show-toplevel"])?);
    let inside = line(git(&["rev-parse", "--show-prefix"])?);
    let folder = std::env::temp_dir().join(format!("cloudc-diff-{}", cloudc_deploy::clock::unique()));
    let temporary = Temporary(folder.clone());
    std::fs::create_dir_all(&folder).map_err(|error| Failure::world(format!("cannot make a folder: {error}")))?;
    let index = folder.with_extension("index");
    // Its own index, so that the one of the user is left alone.
    let checkout = Command::new("git")
        .arg("-C")
        .arg(&root)
        .env("GIT_INDEX_FILE", &index)
        .arg(format!("--work-tree={}", folder.display()))
        .args(["checkout", revision, "--", "."])
        .output();
    let _ = std::fs::remove_file(&index);
    let checkout = checkout.map_err(|error| Failure::world(format!("git cannot be started: {error}")))?;
    if !checkout.status.success() {
        let said = String::from_utf8_lossy(&checkout.stderr).trim().lines().next().unwrap_or_default().to_owned();
        return Err(Failure::world(format!("git says: {said}")));
    }
    // The folder is a project, as the one with `.git` is.
    std::fs::create_dir_all(folder.join(".git")).map_err(|error| Failure::world(format!("cannot make a folder: {error}")))?;
    let paths: Vec<PathBuf> =
        args.units.paths.iter().map(|path| folder.join(&inside).join(path)).filter(|path| path.exists()).collect();
    if paths.is_empty() {
        return Ok(Units::bare(Vec::new()));
    }
    let sources = walk::sources(&paths).unwrap_or_default();
    let sessions = session::open(sources, &args.units.settings.options(Purpose::Build)?, global)?;
    let units = Units::quiet(sessions);
    drop(temporary);
    Ok(units)
}

/// A folder that is removed when nobody needs it any more.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn part(template: Json, only: Option<Part>) -> Json {
    let name = match only {
        None => {
            // It only has one value, and says nothing.
            let mut template = template;
            if let Some(map) = template.as_object_mut() {
                map.shift_remove("AWSTemplateFormatVersion");
            }
            return template;
        }
        Some(Part::Resources) => "Resources",
        Some(Part::Parameters) => "Parameters",
        Some(Part::Outputs) => "Outputs",
    };
    let mut whole = Map::new();
    whole.insert(name.to_owned(), section(&template, name).cloned().map(Json::Object).unwrap_or_default());
    Json::Object(whole)
}

fn json(pairs: &[Pair]) -> Json {
    let all = pairs.iter().map(|pair| {
        let changes = differences(pair.before.as_ref(), pair.after.as_ref());
        let changes: Vec<Json> = changes
            .into_iter()
            .map(|one| serde_json::json!({ "path": one.path, "before": one.before, "after": one.after }))
            .collect();
        serde_json::json!({ "name": pair.name, "changes": changes })
    });
    serde_json::json!({ "version": 1, "templates": all.collect::<Vec<_>>() })
}
