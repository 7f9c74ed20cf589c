//! `cloudc status`: how stacks stand.

use cloudc_deploy::aws::{Aws, Stack};
use cloudc_deploy::clock;
use cloudc_deploy::store::{self, History, Lock, Record};
use cloudc_deploy::{Error, codes};

use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::named::{self, LookArgs, Named};
use crate::aws::{block_on, printed, rounds};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc status                 every stack of the program here
  cloudc status api --env prod
  cloudc status --env dev,staging,prod
  cloudc status legacy-vpc --region eu-west-1 --json")]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
}

/// What is known of a stack.
struct Known {
    name: String,
    region: String,
    account: String,
    environment: Option<String>,
    stack: Option<Stack>,
    head: Option<Record>,
    lock: Option<Lock>,
}

/// Prints how stacks stand. A place that cannot be asked is told, and the others are shown.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let LookArgs { named, access, json } = &args.look;
    let found = named::each(named, global)?;
    let accounts = Accounts::new(access);
    let looked = block_on(async { Ok(rounds::look(&accounts, &found, look).await) })?;
    let (known, failed) = rounds::sorted_out(looked);
    if *json {
        let all: Vec<_> = known
            .iter()
            .map(|one| {
                serde_json::json!({
                    "name": one.name, "region": one.region, "account": one.account, "environment": one.environment,
                    "stack": one.stack, "last": one.head, "lock": one.lock,
                })
            })
            .collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "stacks": all })).as_bytes())?;
    } else {
        let several = known.iter().any(|one| one.account != known[0].account);
        for one in &known {
            output::print(text(one, several).as_bytes())?;
        }
    }
    let missing = known.iter().any(|one| one.stack.is_none());
    Ok(match (failed, missing) {
        (true, _) => Exit::World,
        (false, true) => Exit::Errors,
        (false, false) => Exit::Fine,
    })
}

async fn look(accounts: &Accounts, one: &Named) -> Result<Known, Error> {
    let aws = accounts.connect(one.wanted()).await?;
    let bucket = accounts.bucket(&aws);
    let (head, lock) = recorded(&aws, &bucket, &one.name).await?;
    let (region, account) = (aws.region.clone(), aws.identity.account.clone());
    let environment = one.place().2.map(str::to_owned);
    Ok(Known { name: one.name.clone(), region, account, environment, stack: aws.stack(&one.name).await?, head, lock })
}

/// What the bucket knows; nothing where there is no bucket.
async fn recorded(aws: &Aws, bucket: &str, name: &str) -> Result<(Option<Record>, Option<Lock>), Error> {
    match (History { aws, bucket }).head(name).await {
        Ok(head) => Ok((head, store::peek(aws, bucket, name).await?)),
        Err(error) if error.code == codes::NO_BUCKET => Ok((None, None)),
        Err(error) => Err(error),
    }
}

fn text(one: &Known, accounts: bool) -> String {
    let mut lines = Vec::new();
    let account = if accounts { format!(" (account {})", one.account) } else { String::new() };
    let place = format!("{} in {}{account}", one.name, one.region);
    match &one.stack {
        None => lines.push(format!("{place}: not deployed")),
        Some(stack) => {
            lines.push(format!("{place}: {}", stack.status));
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
