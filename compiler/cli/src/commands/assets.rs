//! `cloudc assets`: what is uploaded for stacks, and folders that are brought to buckets.

mod sync;

use std::collections::BTreeSet;

use clap::Subcommand;
use cloudc_deploy::aws::Aws;
use cloudc_deploy::{Error, assets, codes, upload};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::deployment::wanted;
use crate::aws::units::{self, UnitArgs};
use crate::aws::{block_on, failure, local, printed};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `assets`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc assets list                     what the program needs, and what is up already
  cloudc assets upload --env prod        ahead of a deployment
  cloudc assets prune --days 60          delete what no deployment needs any more
  cloudc assets sync dist --to web.SiteBucket --delete --invalidate web.DistributionId")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// List the assets of the program, and whether they are up
    List(ListArgs),
    /// Upload the assets of the program
    Upload(UploadArgs),
    /// Delete assets that no deployment needs any more
    Prune(PruneArgs),
    /// Bring a folder to a bucket: what changed, with types and caching
    Sync(sync::Args),
}

/// Options of `assets list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc assets list --env prod
  cloudc assets list shop.cloud --json")]
struct ListArgs {
    #[command(flatten)]
    units: UnitArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Options of `assets upload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "`cloudc deploy` uploads by itself; this is for doing it before.

Examples:
  cloudc assets upload
  cloudc assets upload --env prod --target api")]
struct UploadArgs {
    #[command(flatten)]
    units: UnitArgs,
    #[command(flatten)]
    access: AccessArgs,
}

/// Options of `assets prune`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Kept is what stacks were last deployed with, what any deployment of the last days used, what
the program here needs, and whatever was uploaded in these days. A rollback to what is older
finds its assets only as old versions of the bucket's objects.

Examples:
  cloudc assets prune
  cloudc assets prune --env prod --days 90 --yes")]
struct PruneArgs {
    #[command(flatten)]
    units: UnitArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Keep what was used in so many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u32,
    /// Say what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
}

/// Does it.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(args) => list(args, global),
        Command::Upload(args) => send(args, global),
        Command::Prune(args) => prune(args, global),
        Command::Sync(args) => sync::run(args, global),
    }
}

fn list(args: &ListArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let accounts = Accounts::new(&args.access);
    let found = block_on(async {
        let mut all = Vec::new();
        for unit in units.units.iter().filter(|unit| !unit.artifact.uploads.is_empty()) {
            let aws = accounts.connect(wanted(unit)).await.map_err(failure)?;
            let there = upload::there(&aws, &accounts.bucket(&aws), unit).await.map_err(failure)?;
            all.extend(there.into_iter().map(|(upload, there)| (unit.name().to_owned(), upload, there)));
        }
        Ok(all)
    })?;
    units.leave();
    if args.json {
        let all: Vec<_> = found
            .iter()
            .map(|(stack, upload, there)| {
                serde_json::json!({
                    "stack": stack, "kind": upload.kind, "path": upload.path, "key": upload.name, "hash": upload.hash, "uploaded": there,
                })
            })
            .collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "assets": all })).as_bytes())?;
        return Ok(Exit::Fine);
    }
    let line = |(stack, upload, there): &(String, cloudc_deploy::upload::Upload, Option<bool>)| {
        let (mark, note) = match there {
            Some(true) => ("✓", ""),
            Some(false) => ("-", "  not uploaded yet"),
            None => ("?", "  built and pushed outside"),
        };
        format!("{mark} {stack}: {} {}  {}{note}", upload.kind, upload.path, upload.name)
    };
    let lines: Vec<String> = found.iter().map(line).collect();
    output::print(printed(&lines).as_bytes())?;
    if found.is_empty() && !global.quiet {
        output::line("the program has no assets");
    }
    Ok(Exit::Fine)
}

fn send(args: &UploadArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let accounts = Accounts::new(&args.access);
    let sent = block_on(async {
        let mut sent = upload::Sent::default();
        for unit in units.units.iter().filter(|unit| !unit.artifact.uploads.is_empty()) {
            let aws = accounts.connect(wanted(unit)).await.map_err(failure)?;
            let one = upload::assets(&aws, &accounts.bucket(&aws), unit).await.map_err(failure)?;
            sent.sent += one.sent;
            sent.there += one.there;
        }
        Ok(sent)
    })?;
    units.leave();
    if !global.quiet {
        output::line(&format!("{} uploaded, {} there already", sent.sent, sent.there));
    }
    Ok(Exit::Fine)
}

fn prune(args: &PruneArgs, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let accounts = Accounts::new(&args.access);
    // Names are contents: what one stack here needs is kept wherever it is.
    let here: BTreeSet<String> =
        units.units.iter().flat_map(|unit| &unit.artifact.uploads).map(|upload| upload.name.clone()).collect();
    let done = block_on(async {
        let mut places: Vec<(Aws, String)> = Vec::new();
        for unit in &units.units {
            let aws = accounts.connect(wanted(unit)).await.map_err(failure)?;
            let bucket = accounts.bucket(&aws);
            if places.iter().all(|(known, name)| (&known.region, name) != (&aws.region, &bucket)) {
                places.push((aws, bucket));
            }
        }
        for (aws, bucket) in &places {
            if !prune_bucket(args, aws, bucket, &here, global).await? {
                return Ok(false);
            }
        }
        Ok(true)
    })?;
    units.leave();
    Ok(if done { Exit::Fine } else { Exit::Errors })
}

/// Gives whether it was agreed to.
async fn prune_bucket(
    args: &PruneArgs,
    aws: &Aws,
    bucket: &str,
    here: &BTreeSet<String>,
    global: &Global,
) -> Result<bool, Failure> {
    let kept = assets::sort(aws, bucket, args.days, here).await.map_err(failure)?;
    let bytes: u64 = kept.unneeded.iter().map(|object| object.size).sum();
    let lines: Vec<String> =
        kept.unneeded.iter().map(|object| format!("- {}  {}", object.key, sync::size(object.size))).collect();
    output::print(printed(&lines).as_bytes())?;
    let count = kept.unneeded.len();
    if !global.quiet {
        output::line(&format!("{bucket}: {count} unneeded ({}), {} needed", sync::size(bytes), kept.needed));
    }
    if count == 0 || args.dry_run {
        return Ok(true);
    }
    if !agreed(args.yes, &format!("delete {} from {bucket}?", objects(count)))? {
        return Ok(false);
    }
    assets::delete(aws, bucket, &kept.unneeded).await.map_err(failure)?;
    if !global.quiet {
        output::line(&format!("{count} deleted; the bucket keeps them for 90 days"));
    }
    Ok(true)
}

/// `1 object`, `2 objects`.
fn objects(count: usize) -> String {
    if count == 1 { "1 object".to_owned() } else { format!("{count} objects") }
}

/// Whether somebody agrees.
fn agreed(yes: bool, question: &str) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if !local::interactive() {
        return Err(failure(Error::new(codes::NOT_APPROVED, "nobody can be asked").help("`--yes` agrees")));
    }
    Ok(local::ask(&format!("{question} [y]es, [n]o")).is_some_and(|answer| answer.to_lowercase().starts_with('y')))
}
