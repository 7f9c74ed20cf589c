//! `cloudc state`: what is recorded about stacks, beside what CloudFormation knows.

use std::path::PathBuf;

use clap::Subcommand;
use cloudc_deploy::aws::Aws;
use cloudc_deploy::store::state::{self, State};
use cloudc_deploy::store::{self, History, Record};
use cloudc_deploy::{Error, clock, codes};

use crate::args::Global;
use crate::aws::access::{self, AccessArgs, Accounts};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::{block_on, failure, local, printed};
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};
use crate::session::SettingArgs;

/// Options of `state`.
#[derive(Debug, clap::Args)]
#[command(after_help = "What is recorded is history: deployments with their templates. CloudFormation knows what
exists.

Examples:
  cloudc state list
  cloudc state show api --record 12 --template
  cloudc state pull api -o api.state.json
  cloudc state push api.state.json       bring it back
  cloudc state mv shop-api store-api     the stack has another name now
  cloudc state rm old-api                the stack is gone, and so may its history")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// List stacks that something is recorded about
    List(ListArgs),
    /// Show one record
    Show(ShowArgs),
    /// Write everything recorded about a stack to a file
    Pull(PullArgs),
    /// Bring back what was pulled
    Push(PushArgs),
    /// Forget the history of a stack that is gone
    Rm(RemoveArgs),
    /// Keep the history under another name
    Mv(MoveArgs),
}

/// Options of `state list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc state list --region eu-west-1
  cloudc state list --env prod --json")]
struct ListArgs {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Options of `state show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc state show api                  the newest record
  cloudc state show api --record 12 --template")]
struct ShowArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// This version instead of the newest
    #[arg(long, value_name = "VERSION")]
    record: Option<u32>,
    /// Print the template that was deployed
    #[arg(long)]
    template: bool,
}

/// Options of `state pull`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Values of secret parameters are not recorded, and so not in the file.

Examples:
  cloudc state pull api > api.state.json
  cloudc state pull api --env prod -o backup/api.state.json")]
struct PullArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// File to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Options of `state push`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Nothing is written over what is newer in the bucket, or different, without --force.

Examples:
  cloudc state push api.state.json
  cloudc state push api.state.json --bucket restored-bucket")]
struct PushArgs {
    /// What `cloudc state pull` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    access: AccessArgs,
    /// Also over what is newer, or into another account or region
    #[arg(long)]
    force: bool,
    /// Region of the bucket [default: the one the history is from]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// Options of `state rm`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Templates stay: other stacks may have been deployed from the same ones.

Examples:
  cloudc state rm old-api
  cloudc state rm api --force --yes      although the stack is there")]
struct RemoveArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Also of a stack that is there
    #[arg(long)]
    force: bool,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
}

/// Options of `state mv`.
#[derive(Debug, clap::Args)]
#[command(after_help = "What is recorded under the new name already is kept; versions are numbered anew, by time.

Examples:
  cloudc state mv shop-api store-api
  cloudc state mv shop-api store-api --region eu-west-1")]
struct MoveArgs {
    /// The name it is recorded under
    #[arg(value_name = "OLD")]
    from: String,
    /// The name of the stack now
    #[arg(value_name = "NEW")]
    to: String,
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    access: AccessArgs,
}

/// Does it.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(args) => list(args, global),
        Command::Show(args) => show(args, global),
        Command::Pull(args) => pull(args, global),
        Command::Push(args) => push(args, global),
        Command::Rm(args) => remove(args, global),
        Command::Mv(args) => rename(args, global),
    }
}

fn list(args: &ListArgs, global: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    let found = block_on(async {
        let mut all: Vec<(String, Record)> = Vec::new();
        for place in named::places(&args.settings, global) {
            let aws = accounts.connect(place.wanted()).await.map_err(failure)?;
            let stacks = state::stacks(&aws, &accounts.bucket(&aws)).await.map_err(failure)?;
            all.extend(stacks.into_iter().map(|record| (aws.region.clone(), record)));
        }
        Ok(all)
    })?;
    if args.json {
        let all: Vec<_> =
            found.iter().map(|(region, record)| serde_json::json!({ "region": region, "newest": record })).collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "stacks": all })).as_bytes())?;
        return Ok(Exit::Fine);
    }
    let line = |(region, record): &(String, Record)| {
        format!(
            "{}  {region}  version {}  {}  {}  {}",
            record.stack,
            record.version,
            record.outcome.word(),
            clock::written(record.begun),
            record.operation
        )
    };
    let lines: Vec<String> = found.iter().map(line).collect();
    output::print(printed(&lines).as_bytes())?;
    if found.is_empty() && !global.quiet {
        output::line("nothing is recorded here");
    }
    Ok(Exit::Fine)
}

/// The only stack that is meant.
fn one(named: &NamedArgs, command: &str, global: &Global) -> Result<Named, Failure> {
    let (stacks, units) = named::find(named, global)?;
    if let Some(units) = units {
        units.leave();
    }
    match <[Named; 1]>::try_from(stacks) {
        Ok([one]) => Ok(one),
        Err(_) => Err(Failure::usage("this is about one stack").help(format!("name it: `cloudc state {command} STACK`"))),
    }
}

fn unrecorded(stack: &str) -> Failure {
    failure(
        Error::new(codes::NO_RECORD, format!("nothing is recorded about `{stack}`")).help("`cloudc state list` shows what is"),
    )
}

fn show(args: &ShowArgs, global: &Global) -> Result<Exit, Failure> {
    let one = one(&args.named, "show", global)?;
    let accounts = Accounts::new(&args.access);
    let text = block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let bucket = accounts.bucket(&aws);
        let history = History { aws: &aws, bucket: &bucket };
        let record = match args.record {
            Some(version) => history.record(&one.name, version).await.map_err(failure)?,
            None => history.head(&one.name).await.map_err(failure)?,
        };
        let record = record.ok_or_else(|| unrecorded(&one.name))?;
        if args.template {
            return history.template(&record).await.map_err(failure);
        }
        Ok(format!("{:#}\n", serde_json::to_value(&record).unwrap_or_default()))
    })?;
    output::print(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn pull(args: &PullArgs, global: &Global) -> Result<Exit, Failure> {
    let one = one(&args.named, "pull", global)?;
    let accounts = Accounts::new(&args.access);
    let state: State = block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let found = state::pull(&aws, &accounts.bucket(&aws), &one.name).await.map_err(failure)?;
        found.ok_or_else(|| unrecorded(&one.name))
    })?;
    let text = format!("{:#}\n", serde_json::to_value(&state).unwrap_or_default());
    match &args.output {
        Some(path) => {
            output::write_all(&[Written { path: path.clone(), bytes: text.into_bytes() }])?;
            if !global.quiet {
                let (records, templates) = (state.records.len(), state.templates.len());
                output::line(&format!("{records} records and {templates} templates of `{}` are in {}", one.name, path.display()));
            }
        }
        None => output::print(text.as_bytes())?,
    }
    Ok(Exit::Fine)
}

/// Holds the locks of stacks while something is done.
async fn locked<T>(
    aws: &Aws,
    bucket: &str,
    stacks: &[&str],
    operation: &str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    let owner = access::owner(aws);
    let mut held = Vec::new();
    let mut refused = None;
    for stack in stacks {
        match store::acquire(aws, bucket, stack, &owner, operation, std::time::Duration::ZERO).await {
            Ok(lock) => held.push(lock),
            Err(error) => refused = Some(error),
        }
        if refused.is_some() {
            break;
        }
    }
    let done = match refused {
        Some(error) => Err(error),
        None => work.await,
    };
    for lock in held {
        lock.release(aws).await.map_err(failure)?;
    }
    done.map_err(failure)
}

fn push(args: &PushArgs, global: &Global) -> Result<Exit, Failure> {
    let text = std::fs::read_to_string(&args.file)
        .map_err(|error| Failure::world(format!("cannot read `{}`: {}", args.file.display(), output::reason(&error))))?;
    let state = state::read(&text).map_err(failure)?;
    let accounts = Accounts::new(&args.access);
    let region = args.region.clone().or_else(|| Some(state.region.clone()));
    let pushed = block_on(async {
        let aws = accounts.connect(Named::anywhere(region).wanted()).await.map_err(failure)?;
        let bucket = accounts.bucket(&aws);
        let work = state::push(&aws, &bucket, &state, args.force);
        locked(&aws, &bucket, &[&state.stack], "state push", work).await
    })?;
    if !global.quiet {
        let said = format!(
            "`{}`: {} records brought back, {} were there, {} replaced",
            state.stack, pushed.new, pushed.there, pushed.replaced
        );
        output::line(&cloudc_base::render::printable(&said));
    }
    Ok(Exit::Fine)
}

fn remove(args: &RemoveArgs, global: &Global) -> Result<Exit, Failure> {
    if args.named.stacks.is_empty() {
        return Err(Failure::usage("whose history is removed has to be named").help("`cloudc state rm STACK`"));
    }
    let one = one(&args.named, "rm", global)?;
    let accounts = Accounts::new(&args.access);
    block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let bucket = accounts.bucket(&aws);
        let history = History { aws: &aws, bucket: &bucket };
        let head = history.head(&one.name).await.map_err(failure)?;
        let keys = aws.keys(&bucket, &format!("history/{}/", one.name)).await.map_err(failure)?;
        if head.is_none() && keys.is_empty() {
            return Err(unrecorded(&one.name));
        }
        if !args.force && aws.stack(&one.name).await.map_err(failure)?.is_some() {
            let message = format!("the stack `{}` is there: its history is what a rollback goes by", one.name);
            return Err(failure(Error::new(codes::BAD_STATE, message).help("`--force` removes it all the same")));
        }
        if !args.yes {
            if !local::interactive() {
                return Err(failure(Error::new(codes::NOT_APPROVED, "nobody can be asked").help("`--yes` agrees")));
            }
            let question = format!("remove {} records of `{}`? [y]es, [n]o", keys.len(), one.name);
            if !local::ask(&question).is_some_and(|answer| answer.to_lowercase().starts_with('y')) {
                return Ok(Exit::Errors);
            }
        }
        let count = locked(&aws, &bucket, &[&one.name], "state rm", state::remove(&aws, &bucket, &one.name)).await?;
        if !global.quiet {
            output::line(&format!("{count} records of `{}` are removed; the bucket keeps them for 90 days", one.name));
        }
        Ok(Exit::Fine)
    })
}

fn rename(args: &MoveArgs, global: &Global) -> Result<Exit, Failure> {
    if args.from == args.to {
        return Err(Failure::usage("both names are the same"));
    }
    let accounts = Accounts::new(&args.access);
    let places = named::places(&args.settings, global);
    let [place] = places.as_slice() else {
        return Err(Failure::usage("the program here goes to several places").help("say which: `--env`, `--region`"));
    };
    block_on(async {
        let aws = accounts.connect(place.wanted()).await.map_err(failure)?;
        let bucket = accounts.bucket(&aws);
        let work = state::rename(&aws, &bucket, &args.from, &args.to);
        let count = locked(&aws, &bucket, &[&args.from, &args.to], "state mv", work).await?;
        if !global.quiet {
            output::line(&format!("`{}` has the history of `{}`: {count} records", args.to, args.from));
        }
        Ok(Exit::Fine)
    })
}
