//! `cloudc status`: how stacks stand.

use cloudc_deploy::aws::{Aws, Stack};
use cloudc_deploy::clock;
use cloudc_deploy::store::{self, History, Lock, Record};
use cloudc_deploy::{Error, codes};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::{block_on, failure, printed};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc status                 every stack of the program here
  cloudc status api --env prod
  cloudc status legacy-vpc --region eu-west-1 --json")]
pub struct Args {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is known of a stack.
struct Known {
    name: String,
    region: String,
    stack: Option<Stack>,
    head: Option<Record>,
    lock: Option<Lock>,
}

/// Prints how stacks stand.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.named, global)?;
    let accounts = Accounts::new(&args.access);
    let known = block_on(async {
        let mut all = Vec::new();
        for one in &stacks {
            all.push(look(&accounts, one).await.map_err(failure)?);
        }
        Ok(all)
    })?;
    if args.json {
        let all: Vec<_> = known
            .iter()
            .map(|one| serde_json::json!({ "name": one.name, "region": one.region, "stack": one.stack, "last": one.head, "lock": one.lock }))
            .collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "stacks": all })).as_bytes())?;
    } else {
        for one in &known {
            output::print(text(one).as_bytes())?;
        }
    }
    let missing = known.iter().any(|one| one.stack.is_none());
    Ok(if missing { Exit::Errors } else { Exit::Fine })
}

async fn look(accounts: &Accounts, one: &Named) -> Result<Known, Error> {
    let aws = accounts.connect(one.wanted()).await?;
    let bucket = accounts.bucket(&aws);
    let (head, lock) = recorded(&aws, &bucket, &one.name).await?;
    Ok(Known { name: one.name.clone(), region: aws.region.clone(), stack: aws.stack(&one.name).await?, head, lock })
}

/// What the bucket knows; nothing where there is no bucket.
async fn recorded(aws: &Aws, bucket: &str, name: &str) -> Result<(Option<Record>, Option<Lock>), Error> {
    match (History { aws, bucket }).head(name).await {
        Ok(head) => Ok((head, store::peek(aws, bucket, name).await?)),
        Err(error) if error.code == codes::NO_BUCKET => Ok((None, None)),
        Err(error) => Err(error),
    }
}

fn text(one: &Known) -> String {
    let mut lines = Vec::new();
    match &one.stack {
        None => lines.push(format!("{} in {}: not deployed", one.name, one.region)),
        Some(stack) => {
            lines.push(format!("{} in {}: {}", one.name, one.region, stack.status));
            lines.extend(stack.reason.as_ref().map(|reason| format!("  {reason}")));
            lines.push(format!("  changed {}", clock::written(stack.updated.unwrap_or(stack.created))));
            if stack.protection {
                lines.push("  protected from being deleted".to_owned());
            }
        }
    }
    if let Some(head) = &one.head {
        let revision = head.revision.as_ref().map_or_else(String::new, |commit| format!(" at {}", short(commit)));
        let by = format!(
            "version {} {} by {}{revision}, {}",
            head.version,
            head.outcome.word(),
            head.from,
            clock::written(head.begun)
        );
        lines.push(format!("  {by}"));
    }
    if let Some(lock) = &one.lock {
        lines.push(format!("  locked by {}", lock.shown()));
    }
    printed(&lines)
}

/// The first digits of a commit.
pub fn short(commit: &str) -> String {
    let changed = if commit.ends_with('+') { "+" } else { "" };
    format!("{}{changed}", commit.chars().take(10).collect::<String>())
}
