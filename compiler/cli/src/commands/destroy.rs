//! `cloudc destroy`: deletes stacks, those that need others first.

use std::sync::Arc;
use std::time::Duration;

use cloudc_deploy::aws::{Aws, Stack};
use cloudc_deploy::run::{self, Settings};
use cloudc_deploy::store::{self, History, Outcome};
use cloudc_deploy::{Error, clock, codes, waves};

use crate::args::Global;
use crate::aws::access::{self, AccessArgs, Accounts};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::progress::Progress;
use crate::aws::units::Units;
use crate::aws::{block_on, failure, failures, local};
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `destroy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Resources with `@retain` stay. A stack that is protected, or whose exports others import, is
refused before anything is deleted.

Examples:
  cloudc destroy api
  cloudc destroy --env dev                         every stack of the project, last first
  cloudc destroy api --yes --confirm api
  cloudc destroy api --retain Data,Logs            of a stack that could not be deleted before")]
pub struct Args {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Ask nothing but what `--confirm` has to say
    #[arg(long, short)]
    yes: bool,
    /// Agree to deleting this stack with the data in it; may be repeated
    #[arg(long, value_name = "STACK")]
    confirm: Vec<String>,
    /// Resources that are left as they are when a deletion that failed is tried again, separated by commas
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    retain: Vec<String>,
    /// Role that CloudFormation acts as
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// How long to wait for somebody else's lock: `30s`, `10m`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = crate::session::duration)]
    lock_wait: Duration,
    /// Print events as JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// A stack that will be deleted.
struct Doomed {
    aws: Aws,
    stack: Stack,
    /// Resources that hold data and go with it.
    holds: Vec<String>,
}

/// Deletes.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (named, units) = named::find(&args.named, global)?;
    let order = order(&named, units.as_ref());
    let accounts = Accounts::new(&args.access);
    let progress = Arc::new(Progress::new(order.len(), args.json, global));
    block_on(async {
        let interrupts = local::Interrupts::new();
        let mut doomed = Vec::new();
        let going: Vec<String> = named.iter().map(|one| one.name.clone()).collect();
        for one in order {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            let Some(stack) = aws.stack(&one.name).await.map_err(failure)? else {
                progress.say(&one.name, "is not deployed");
                continue;
            };
            run::blockers(&aws, &stack, &going).await.map_err(failure)?;
            let holds = holding(&aws, &stack, global).await.map_err(failure)?;
            doomed.push(Doomed { aws, stack, holds });
        }
        if doomed.is_empty() {
            return Ok(Exit::Fine);
        }
        if !agreed(args, &doomed).map_err(failure)? {
            return Err(Failure::errors("nothing was deleted"));
        }
        interrupts.listen();
        for one in &doomed {
            let settings =
                Settings { role: args.role_arn.clone(), ..Settings::new(accounts.bucket(&one.aws), interrupts.wish()) };
            match delete(args, one, &settings, &progress).await {
                Ok(true) => progress.say(&one.stack.name, "deleted"),
                Ok(false) => return Ok(Exit::Errors),
                Err(error) => return Err(failure(error)),
            }
        }
        Ok(Exit::Fine)
    })
    .inspect(|_| progress.clear())
}

/// What needs others goes before them.
fn order<'a>(named: &'a [Named], units: Option<&Units>) -> Vec<&'a Named> {
    let mut order: Vec<&Named> = Vec::new();
    if let Some(units) = units {
        for wave in waves::waves(&units.units).into_iter().rev() {
            order.extend(wave.into_iter().filter_map(|at| named.iter().find(|one| one.unit == Some(at))));
        }
    }
    order.extend(named.iter().filter(|one| one.unit.is_none()));
    order
}

/// Resources that hold data and are not kept.
async fn holding(aws: &Aws, stack: &Stack, global: &Global) -> Result<Vec<String>, Error> {
    let schema = layers::schema(global);
    let template = aws.template(&stack.id).await?.and_then(|body| run::read_template(&body));
    let resources = aws.resources(&stack.id).await?;
    let kept = |id: &str| {
        let policy = template.as_ref().and_then(|template| template.get("Resources")?.get(id)?.get("DeletionPolicy")?.as_str());
        matches!(policy, Some("Retain" | "RetainExceptOnCreate" | "Snapshot"))
    };
    let holds =
        resources.into_iter().filter(|one| !kept(&one.id) && schema.ty(&one.ty).is_some_and(cloudc_schema::Type::is_stateful));
    Ok(holds.map(|one| format!("{} ({})", one.id, one.ty)).collect())
}

fn agreed(args: &Args, doomed: &[Doomed]) -> Result<bool, Error> {
    if !args.json {
        for one in doomed {
            output::line(&cloudc_base::render::printable(&format!(
                "delete {} in {} ({})",
                one.stack.name, one.aws.region, one.stack.status
            )));
            if !one.holds.is_empty() {
                output::line(&cloudc_base::render::printable(&format!("  what these hold is lost: {}", one.holds.join(", "))));
            }
        }
    }
    let dangerous: Vec<&str> = doomed
        .iter()
        .filter(|one| !one.holds.is_empty())
        .map(|one| one.stack.name.as_str())
        .filter(|name| !args.confirm.iter().any(|one| one == name))
        .collect();
    if !local::interactive() || args.json {
        return match (args.yes, dangerous.first()) {
            (true, None) => Ok(true),
            (true, Some(name)) => {
                Err(Error::new(codes::NOT_APPROVED, format!("deleting `{name}` destroys data, and nobody can be asked"))
                    .help(format!("`--yes --confirm {name}`")))
            }
            (false, _) => {
                Err(Error::new(codes::NOT_APPROVED, "nobody agreed, and nobody can be asked").help("`--yes` agrees to it"))
            }
        };
    }
    if !args.yes && dangerous.is_empty() {
        return Ok(local::ask("delete? [y]es, [n]o")
            .is_some_and(|answer| answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes")));
    }
    Ok(dangerous.iter().all(|name| local::ask(&format!("type `{name}` to delete it:")).as_deref() == Some(*name)))
}

/// Deletes one stack, under its lock, and records it. Gives whether it is gone.
async fn delete(args: &Args, one: &Doomed, settings: &Settings, progress: &Progress) -> Result<bool, Error> {
    let name = one.stack.name.as_str();
    let owner = access::owner(&one.aws);
    // A stack of somebody without cloudc's bucket can be deleted too.
    let bucket = one.aws.has_bucket(&settings.bucket).await?;
    let held = match bucket {
        true => Some(store::acquire(&one.aws, &settings.bucket, name, &owner, "destroy", args.lock_wait).await?),
        false => None,
    };
    let begun = clock::now();
    let result = run::destroy(&one.aws, &one.stack, &args.retain, settings, progress).await;
    let recorded = match (&result, bucket) {
        (Ok(done), true) if !done.detached => record(one, settings, done, begun).await,
        _ => Ok(()),
    };
    if let Some(held) = held {
        held.release(&one.aws).await?;
    }
    let done = result?;
    recorded?;
    if done.detached {
        progress.say(name, "CloudFormation goes on deleting");
        return Ok(false);
    }
    let Some(stack) = done.stack else { return Ok(true) };
    progress.clear();
    for cause in &done.failures {
        failures::tell(
            &Error::new(codes::RESOURCE_FAILED, format!("`{}` could not be deleted", cause.id))
                .note(format!("AWS says: {}", cause.reason))
                .help(
                    cause.advice.map_or_else(
                        || format!("`cloudc destroy {name} --retain {}` leaves it as it is", cause.top),
                        str::to_owned,
                    ),
                ),
        );
    }
    progress.say(name, &format!("is in {}", stack.status));
    Ok(false)
}

/// Notes in the history that the stack is gone, or what kept it.
async fn record(one: &Doomed, settings: &Settings, done: &run::Destroyed, begun: i64) -> Result<(), Error> {
    let history = History { aws: &one.aws, bucket: &settings.bucket };
    // A stack that cloudc never deployed has no history to end.
    let Some(head) = history.head(&one.stack.name).await? else { return Ok(()) };
    let template = history.template(&head).await.unwrap_or_default();
    let owner = access::owner(&one.aws);
    let mut record = head.clone();
    record.id = clock::unique();
    record.operation = "destroy".to_owned();
    record.outcome = if done.stack.is_none() { Outcome::Deleted } else { Outcome::Failed };
    record.reason = done.failures.first().map(|cause| format!("{}: {}", cause.id, cause.reason));
    (record.begun, record.ended) = (begun, Some(clock::now()));
    record.who.clone_from(&one.aws.identity.arn);
    record.from = format!("{}@{}", owner.user, owner.host);
    record.fingerprint = None;
    record.summary = "delete".to_owned();
    if template.is_empty() { Ok(()) } else { history.begin(record, &template).await.map(|_| ()) }
}
