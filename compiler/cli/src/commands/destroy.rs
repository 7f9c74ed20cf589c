//! `cloudc destroy`: deletes stacks, those that need others first.

use std::sync::Arc;
use std::time::Duration;

use cloudc_deploy::aws::{Aws, Resource, Stack};
use cloudc_deploy::plan::{Action, Plan, Planned, Risk, StackAction, deleted, dependents};
use cloudc_deploy::run::{self, Settings};
use cloudc_deploy::store::{self, History, Outcome};
use cloudc_deploy::{Error, clock, codes, waves};

use crate::args::Global;
use crate::aws::access::{self, AccessArgs, Accounts};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::progress::{Progress, Voice, Who};
use crate::aws::units::Units;
use crate::aws::{block_on, failure, failures, local, rounds};
use crate::exit::{Exit, Failure};
use crate::{layers, output, review};

/// Options of `destroy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Resources with `@retain` stay. A stack that is protected, or whose exports others import, is
refused before anything is deleted.

Examples:
  cloudc destroy api
  cloudc destroy --env dev                         every stack of the project, last first
  cloudc destroy --env dev,staging --yes           both, in this order
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
    /// Go through what is deleted on a screen of its own before agreeing
    #[arg(long, short, conflicts_with_all = ["yes", "json"])]
    interactive: bool,
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
    voice: Voice,
    /// Which turn it has: what reads others goes before them.
    turn: usize,
    /// What becomes of everything in it.
    plan: Plan,
}

impl Doomed {
    /// Resources that hold data and go with it.
    fn holds(&self) -> Vec<String> {
        let lost = self.plan.resources.iter().filter(|one| one.risk == Risk::Critical);
        lost.map(|one| format!("{} ({})", one.id, one.ty)).collect()
    }
}

/// Deletes.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let found = named::each(&args.named, global)?;
    let order: Vec<Vec<&Named>> = found.iter().flat_map(|(named, units)| order(named, units.as_ref())).collect();
    let all = || order.iter().enumerate().flat_map(|(turn, wave)| wave.iter().map(move |one| (turn, *one)));
    let accounts = Accounts::new(&args.access);
    let progress = Arc::new(Progress::new(all().count(), args.json, global));
    let who = Who::all(all().map(|(_, one)| one.place()));
    block_on(async {
        let interrupts = local::Interrupts::new();
        let places = rounds::places(&accounts, all().map(|(_, one)| one.wanted())).await;
        if let Some(error) = rounds::wrong(&places) {
            return Err(failure(error));
        }
        let mut doomed = Vec::new();
        for ((turn, one), who) in all().zip(who) {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            let voice = Voice::new(&progress, who);
            match aws.stack(&one.name).await.map_err(failure)? {
                Some(stack) => {
                    let plan = plan(&aws, &stack, global).await.map_err(failure)?;
                    doomed.push(Doomed { aws, stack, voice, turn, plan });
                }
                None => voice.say("is not deployed"),
            }
        }
        for one in &doomed {
            let here =
                |other: &&Doomed| other.aws.identity.account == one.aws.identity.account && other.aws.region == one.aws.region;
            let going: Vec<String> = doomed.iter().filter(here).map(|other| other.stack.name.clone()).collect();
            run::blockers(&one.aws, &one.stack, &going).await.map_err(failure)?;
        }
        if doomed.is_empty() {
            return Ok(Exit::Fine);
        }
        if !agreed(args, &doomed, global).map_err(failure)? {
            return Err(Failure::errors("nothing was deleted"));
        }
        interrupts.listen(&progress);
        for wave in doomed.chunk_by(|a, b| a.turn == b.turn) {
            let work = wave.iter().map(|one| {
                let wish = interrupts.wish();
                let settings = Settings { role: args.role_arn.clone(), ..Settings::new(accounts.bucket(&one.aws), wish) };
                async move { delete(args, one, &settings).await }
            });
            let ended: Vec<Result<bool, Error>> = futures_util::future::join_all(work).await;
            for (one, _) in wave.iter().zip(&ended).filter(|(_, ended)| matches!(ended, Ok(true))) {
                one.voice.say("deleted");
            }
            let all = ended.into_iter().collect::<Result<Vec<bool>, Error>>().map_err(failure)?;
            if all.contains(&false) {
                return Ok(Exit::Errors);
            }
        }
        Ok(Exit::Fine)
    })
    .inspect(|_| progress.clear())
}

/// What needs others goes before them, and beside what has nothing to do with it.
fn order<'a>(named: &'a [Named], units: Option<&Units>) -> Vec<Vec<&'a Named>> {
    let mut order: Vec<Vec<&Named>> = Vec::new();
    if let Some(units) = units {
        let of = |at: usize| named.iter().find(|one| one.unit == Some(at));
        order.extend(waves::waves(&units.units).into_iter().rev().map(|wave| wave.into_iter().filter_map(of).collect()));
    }
    // Nothing is known of the others: as they were given.
    order.extend(named.iter().filter(|one| one.unit.is_none()).map(|one| vec![one]));
    order
}

/// What deleting a stack does to its resources.
async fn plan(aws: &Aws, stack: &Stack, global: &Global) -> Result<Plan, Error> {
    let schema = layers::schema(global);
    let template = aws.template(&stack.id).await?.and_then(|body| run::read_template(&body));
    let used = template.as_ref().map(dependents).unwrap_or_default();
    let planned = |one: Resource| {
        let before = template.as_ref().and_then(|template| template.get("Resources")?.get(&one.id));
        let policy = before.and_then(|resource| resource.get("DeletionPolicy")?.as_str());
        let gone = deleted(&schema, &one.id, &one.ty, one.physical, before);
        match policy {
            Some("Retain" | "RetainExceptOnCreate") => Planned { action: Action::Release, risk: Risk::Low, danger: None, ..gone },
            _ => Planned { dependents: used.get(&one.id).cloned().unwrap_or_default(), ..gone },
        }
    };
    let resources: Vec<Planned> = aws.resources(&stack.id).await?.into_iter().map(planned).collect();
    Ok(Plan {
        stack: stack.name.clone(),
        region: aws.region.clone(),
        account: aws.identity.account.clone(),
        environment: None,
        action: StackAction::Delete,
        unchanged: 0,
        parameters: Vec::new(),
        outputs: Vec::new(),
        tags: Vec::new(),
        settings: Vec::new(),
        risk: resources.iter().map(|one| one.risk).max().unwrap_or(Risk::Low),
        resources,
        drifted: Vec::new(),
        notes: Vec::new(),
        exact: true,
        template: String::new(),
        change_set: None,
    })
}

fn agreed(args: &Args, doomed: &[Doomed], global: &Global) -> Result<bool, Error> {
    if !args.json {
        for one in doomed {
            let environment = one.voice.who.environment.as_ref().map_or_else(String::new, |name| format!(", environment {name}"));
            output::line(&cloudc_base::render::printable(&format!(
                "delete {} in {} (account {}{environment}, {})",
                one.stack.name, one.aws.region, one.aws.identity.account, one.stack.status
            )));
            let holds = one.holds();
            if !holds.is_empty() {
                output::line(&cloudc_base::render::printable(&format!("  what these hold is lost: {}", holds.join(", "))));
            }
        }
    }
    let dangerous: Vec<&str> = doomed
        .iter()
        .filter(|one| one.plan.risk == Risk::Critical)
        .map(|one| one.stack.name.as_str())
        .filter(|name| !args.confirm.iter().any(|one| one == name))
        .collect();
    if args.interactive && !local::interactive() {
        return Err(review::no_terminal());
    }
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
    let answer = if args.interactive { Some("r".to_owned()) } else { question(args.yes) };
    match answer.as_deref().and_then(|answer| answer.chars().next()).map(|letter| letter.to_ascii_lowercase()) {
        Some('y') => {}
        Some('r') => {
            let plans: Vec<&Plan> = doomed.iter().map(|one| &one.plan).collect();
            let confirm = dangerous.iter().map(|name| (*name).to_owned()).collect();
            let (title, color) = (review::title("delete", &plans), output::color_on_stderr(global.color));
            return review::review(review::Subject { plans: &plans, roots: &[], title, confirm, color });
        }
        _ => return Ok(false),
    }
    Ok(dangerous.iter().all(|name| local::ask(&format!("type `{name}` to delete it:")).as_deref() == Some(*name)))
}

fn question(yes: bool) -> Option<String> {
    if yes { Some("y".to_owned()) } else { local::ask("delete? [y]es, [n]o, [r]eview") }
}

/// Deletes one stack, under its lock, and records it. Gives whether it is gone.
async fn delete(args: &Args, one: &Doomed, settings: &Settings) -> Result<bool, Error> {
    let (name, voice) = (one.stack.name.as_str(), &one.voice);
    let owner = access::owner(&one.aws);
    // A stack of somebody without cloudc's bucket can be deleted too.
    let bucket = one.aws.has_bucket(&settings.bucket).await?;
    let held = match bucket {
        true => Some(store::acquire(&one.aws, &settings.bucket, name, &owner, "destroy", args.lock_wait).await?),
        false => None,
    };
    let begun = clock::now();
    let result = run::destroy(&one.aws, &one.stack, &args.retain, settings, voice).await;
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
        voice.say("CloudFormation goes on deleting");
        return Ok(false);
    }
    let Some(stack) = done.stack else { return Ok(true) };
    voice.clear();
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
    voice.say(&format!("is in {}", stack.status));
    Ok(false)
}

/// Notes in the history that the stack is gone, or what kept it.
async fn record(one: &Doomed, settings: &Settings, done: &run::Destroyed, begun: i64) -> Result<(), Error> {
    let history = History { aws: &one.aws, bucket: &settings.bucket };
    // A stack that cloudc never deployed has no history to end.
    let Some(head) = history.head(&one.stack.name).await? else { return Ok(()) };
    if head.published && done.stack.is_none() {
        run::publish::publish(&one.aws, &one.stack.name, &Default::default()).await?;
    }
    let template = history.template(&head).await.unwrap_or_default();
    let owner = access::owner(&one.aws);
    let mut record = head.clone();
    record.id = clock::unique();
    record.operation = "destroy".to_owned();
    record.restores = None;
    record.published = head.published && done.stack.is_some();
    record.outcome = if done.stack.is_none() { Outcome::Deleted } else { Outcome::Failed };
    record.reason = done.failures.first().map(|cause| format!("{}: {}", cause.id, cause.reason));
    (record.begun, record.ended) = (begun, Some(clock::now()));
    record.who.clone_from(&one.aws.identity.arn);
    record.from = format!("{}@{}", owner.user, owner.host);
    record.fingerprint = None;
    record.summary = "delete".to_owned();
    if template.is_empty() { Ok(()) } else { history.begin(record, &template).await.map(|_| ()) }
}
