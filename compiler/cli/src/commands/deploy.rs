//! `cloudc deploy`: plan, agree, execute, watch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cloudc_deploy::plan::{Plan, Risk};
use cloudc_deploy::store::Outcome;
use cloudc_deploy::{Error, Unit, codes};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::deployment::{Approver, Deployment, Fate, Options, worst};
use crate::aws::plan_file::{self, PlanFile, Saved};
use crate::aws::plan_text::{self, Style};
use crate::aws::progress::{Who, spoken};
use crate::aws::rounds::{self, Round};
use crate::aws::units::UnitArgs;
use crate::aws::{block_on, failure, local, offline};
use crate::exit::{Exit, Failure};
use crate::values::Values;
use crate::{layers, output, review};

/// Options of `deploy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc deploy                          every stack of the project, or below this folder
  cloudc deploy shop.cloud --param Stage=prod
  cloudc deploy --env prod --target api
  cloudc deploy --env dev,staging,prod   one after the other, none after one that failed
  cloudc deploy --region eu-west-1,us-east-1
  cloudc deploy --interactive            change by change, on a screen of its own
  cloudc deploy --plan prod.plan         what `cloudc plan --out prod.plan` showed
  cloudc deploy --yes --json             in a pipeline: no questions, one event a line
  cloudc deploy --yes --confirm shop     also what destroys data in the stack `shop`

What asks first is the environment's `approval`: `changes` (the usual) whenever something
changes, `always` also with --yes, `never` not at all. A change that can destroy data has to
be confirmed by the stack's name in any case.

Ctrl-C asks whether to watch on, to go back, or to let CloudFormation go on alone.
Exit codes: 0 deployed or nothing to do, 1 a stack failed or has errors, 3 AWS said no.")]
pub struct Args {
    #[command(flatten)]
    units: UnitArgs,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Execute what `cloudc plan --out` kept, and nothing else
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "target", "parameters", "set", "environments", "regions", "tags", "tag_files"])]
    plan: Option<PathBuf>,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
    /// Agree to changes of this stack that can destroy data; may be repeated
    #[arg(long, value_name = "STACK")]
    confirm: Vec<String>,
    /// Several environments at once, not one after the other
    #[arg(long)]
    together: bool,
    /// Go through the changes on a screen of their own before agreeing
    #[arg(long, short, conflicts_with_all = ["yes", "json"])]
    interactive: bool,
    /// Stacks deployed at once
    #[arg(long, value_name = "COUNT", default_value_t = 8)]
    parallel: usize,
    /// Begin nothing new after the first failure
    #[arg(long)]
    stop_on_error: bool,
    /// Also ask CloudFormation about stacks that are certainly unchanged
    #[arg(long)]
    force: bool,
    /// Resources that a rollback which failed goes on without, separated by commas
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    skip: Vec<String>,
    /// Print events and results as JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// Values that are chosen when deploying.
#[derive(Debug, Clone, clap::Args)]
pub struct ValueArgs {
    /// Value of a parameter of the stack; may be repeated
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE", value_parser = crate::session::pair)]
    pub parameters: Vec<(String, String)>,
    /// A parameter whose value is in a variable of the environment, so that no process list shows it; may be repeated
    #[arg(long = "param-env", value_name = "NAME=VARIABLE", value_parser = crate::session::variable)]
    pub variables: Vec<(String, String)>,
    /// JSON files with values of parameters, `{ "Name": "value" }` or as AWS's own tools have them; later ones win, and `--param` over all
    #[arg(long = "params", value_name = "FILE", value_parser = crate::values::parameters)]
    pub files: Vec<Values>,
    /// Tag of the stacks, beside those of the program; may be repeated
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = crate::values::tag)]
    pub tags: Vec<(String, String)>,
    /// JSON files with tags, in the forms of `--params`; later ones win, and `--tag` over all
    #[arg(long = "tags", value_name = "FILE", value_parser = crate::values::tags)]
    pub tag_files: Vec<Values>,
    /// Agree to a capability that the program does not show it needs; may be repeated
    #[arg(long = "capability", value_name = "NAME")]
    pub capabilities: Vec<String>,
    /// Role that CloudFormation acts as
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// How long to wait for somebody else's lock: `30s`, `10m`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = crate::session::duration)]
    pub lock_wait: Duration,
    /// Do not look first whether what the stack needs is there: secrets, stored parameters, quotas
    #[arg(long)]
    pub skip_checks: bool,
}

impl ValueArgs {
    /// Values of parameters from wherever they come, the strongest last.
    pub fn all(&self) -> Vec<(String, String)> {
        let files = self.files.iter().flat_map(|file| &file.pairs);
        files.chain(&self.variables).chain(&self.parameters).cloned().collect()
    }

    /// Tags from wherever they come.
    pub fn all_tags(&self) -> BTreeMap<String, String> {
        let files = self.tag_files.iter().flat_map(|file| &file.pairs);
        files.chain(&self.tags).cloned().collect()
    }

    /// The files with values.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().chain(&self.tag_files).map(|file| file.path.clone())
    }

    /// The same with its files read again.
    pub fn again(&self) -> Result<ValueArgs, Failure> {
        let each = |files: &[Values], read: fn(&str) -> Result<Values, String>| {
            let one = |file: &Values| {
                let path = file.path.display();
                read(&path.to_string()).map_err(|why| Failure::world(format!("`{path}`: {why}")))
            };
            files.iter().map(one).collect::<Result<Vec<Values>, Failure>>()
        };
        let files = each(&self.files, crate::values::parameters)?;
        let tag_files = each(&self.tag_files, crate::values::tags)?;
        Ok(ValueArgs { files, tag_files, ..self.clone() })
    }
}

/// Deploys.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let begun = std::time::Instant::now();
    let kept = args.plan.as_deref().map(plan_file::read).transpose().map_err(failure)?;
    let asked = kept.as_ref().map_or_else(|| args.units.clone(), PlanFile::units);
    let tags = kept.as_ref().map_or_else(|| args.values.all_tags(), |file| file.tags.clone());
    let built = rounds::build(&asked, &tags, global)?;
    rounds::parameters(&built, &args.values.all()).map_err(failure)?;
    let (mut rounds, progress) = rounds::rounds(built, args.json, global);
    let approver = Asker::new(args.yes, args.json, &args.confirm, global).reviewing(args.interactive);
    let accounts = Accounts::new(&args.access);
    let kept = kept.map(|file| file.plans).unwrap_or_default();
    block_on(async {
        if rounds::check(&accounts, &mut rounds).await {
            let interrupts = local::Interrupts::new();
            deploy(args, &mut rounds, &accounts, &kept, &approver, &interrupts, global).await;
        }
        Ok(())
    })?;
    progress.clear();
    let code = finish(args.json, &rounds, global)?;
    if args.access.verbose {
        let (total, waited) = (begun.elapsed(), accounts.waited());
        let own = total.saturating_sub(waited).as_millis();
        output::line(&format!(
            "  {} ms, {} calls to AWS; {own} ms of it not waiting for them",
            total.as_millis(),
            accounts.attempts()
        ));
    }
    if !global.quiet && !args.json && begun.elapsed().as_secs() > 0 {
        output::line(&format!("took {}", spoken(begun.elapsed())));
    }
    rounds.into_iter().for_each(|round| round.units.leave());
    Ok(code)
}

/// Deploys the environments: one after the other, as long as all goes well, or all at once.
async fn deploy(
    args: &Args,
    rounds: &mut [Round],
    accounts: &Arc<Accounts>,
    kept: &[Saved],
    approver: &Asker<'_>,
    interrupts: &local::Interrupts,
    global: &Global,
) {
    let run = async |round: &mut Round| {
        let deployment = Deployment {
            units: &round.units,
            accounts: accounts.clone(),
            options: options(args),
            kept: kept.to_vec(),
            schema: layers::schema(global),
            voices: round.voices.clone(),
            approver,
            interrupts,
            global,
        };
        round.fates = deployment.run().await;
    };
    if args.together {
        futures_util::future::join_all(rounds.iter_mut().map(run)).await;
        return;
    }
    let mut failed: Option<String> = None;
    for round in rounds {
        match &failed {
            Some(name) => round.fates = round.units.units.iter().map(|_| Fate::Blocked(name.clone())).collect(),
            None => run(round).await,
        }
        if failed.is_none() && !round.fates.iter().all(Fate::is_fine) {
            failed = Some(round.environment.clone().unwrap_or_default());
        }
    }
}

fn options(args: &Args) -> Options {
    Options {
        parameters: args.values.all(),
        capabilities: args.values.capabilities.clone(),
        role: args.values.role_arn.clone(),
        skip: args.skip.clone(),
        lock_wait: args.values.lock_wait,
        parallel: args.parallel,
        stop_on_error: args.stop_on_error,
        force: args.force,
        skip_checks: args.values.skip_checks,
        operation: "deploy".to_owned(),
        restores: None,
    }
}

/// Keeps what was deployed for plans without credentials, and prints outputs and a line for each of several stacks.
pub fn finish(json: bool, rounds: &[Round], global: &Global) -> Result<Exit, Failure> {
    let all = || rounds.iter().flat_map(|round| round.voices.iter().map(|voice| &voice.who).zip(&round.fates));
    let fates: Vec<&Fate> = all().map(|(_, fate)| fate).collect();
    let several = fates.len() > 1;
    for (unit, fate) in rounds.iter().flat_map(|round| round.units.units.iter().zip(&round.fates)) {
        if let Some(stack) = deployed(fate) {
            offline::keep(unit, stack);
        }
    }
    for (who, fate) in all() {
        if json {
            output::print(format!("{}\n", result(who, fate)).as_bytes())?;
            continue;
        }
        if let Some(stack) = deployed(fate) {
            for (name, value) in &stack.outputs {
                let prefix = if several { format!("{}.", who.label) } else { String::new() };
                output::print(
                    format!("{}\n", cloudc_base::render::printable(&format!("{prefix}{name} = {}", value.value))).as_bytes(),
                )?;
            }
        }
    }
    if several && !global.quiet && !json {
        let report = rounds::report(rounds);
        if report.is_empty() {
            let skipped = all().filter(|(_, fate)| matches!(fate, Fate::Blocked(_) | Fate::Refused));
            skipped.for_each(|(who, fate)| output::line(&format!("{}: {}", who.label, rounds::verdict(fate))));
        } else {
            output::drawing(&cloudc_base::render::printable(&report));
        }
        let fine = fates.iter().filter(|fate| fate.is_fine()).count();
        output::line(&format!("{fine} of {} stacks are what they should be", fates.len()));
    }
    Ok(exit(&fates))
}

/// The stack that was deployed well.
fn deployed(fate: &Fate) -> Option<&cloudc_deploy::aws::Stack> {
    match fate {
        Fate::Done(applied) if applied.outcome == Outcome::Succeeded => applied.stack.as_ref(),
        _ => None,
    }
}

/// 1 when a stack was tried and is not what it should be, 3 when AWS or the user said no before.
pub fn exit(fates: &[&Fate]) -> Exit {
    let tried = fates.iter().any(|fate| matches!(fate, Fate::Done(_)) && !fate.is_fine());
    match fates.iter().all(|fate| fate.is_fine()) {
        true => Exit::Fine,
        false if tried => Exit::Errors,
        false => Exit::World,
    }
}

/// What became of a stack, for machines.
pub fn result(who: &Who, fate: &Fate) -> serde_json::Value {
    let rest = match fate {
        Fate::Skipped => serde_json::json!({ "outcome": "unchanged" }),
        Fate::Done(applied) => serde_json::json!({
            "outcome": applied.outcome, "action": applied.action, "version": applied.version, "detached": applied.detached,
            "status": applied.stack.as_ref().map(|stack| &stack.status), "failures": applied.failures, "cancelled": applied.cancelled,
            "outputs": applied.stack.as_ref().map(|stack| &stack.outputs),
        }),
        Fate::Failed(error) => serde_json::json!({
            "outcome": "error", "code": error.code, "message": error.message, "notes": error.notes, "help": error.help,
        }),
        Fate::Blocked(because) => serde_json::json!({ "outcome": "blocked", "because": because }),
        Fate::Refused => serde_json::json!({ "outcome": "refused" }),
    };
    let mut line = who.json("result");
    if let (Some(line), Some(rest)) = (line.as_object_mut(), rest.as_object()) {
        line.extend(rest.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    line
}

/// Shows plans and asks the user.
pub struct Asker<'a> {
    yes: bool,
    json: bool,
    confirm: &'a [String],
    color: bool,
    silent: bool,
    interactive: bool,
}

/// What somebody said to a plan.
enum Answer {
    Yes,
    No,
    Review,
}

impl<'a> Asker<'a> {
    /// With what the command line agrees to already.
    pub fn new(yes: bool, json: bool, confirm: &'a [String], global: &Global) -> Self {
        Asker {
            yes,
            json,
            confirm,
            color: output::color_on_stderr(global.color),
            silent: json || global.quiet,
            interactive: false,
        }
    }

    /// Whether the review comes without being asked for.
    pub fn reviewing(self, interactive: bool) -> Self {
        Asker { interactive, ..self }
    }

    /// Whether nobody is asked because a machine reads.
    pub fn is_for_machines(&self) -> bool {
        self.json
    }
}

impl Approver for Asker<'_> {
    fn approve(&self, plans: &[&Plan], units: &[&Unit]) -> Result<bool, Error> {
        let style = Style { color: self.color, detail: false };
        if !self.silent {
            plans.iter().for_each(|plan| output::drawing(&plan_text::text(plan, style)));
        }
        let rule = |unit: &&Unit| unit.manifest().approval.clone().unwrap_or_else(|| "changes".to_owned());
        let always = units.iter().any(|unit| rule(unit) == "always");
        let never = units.iter().all(|unit| rule(unit) == "never");
        let critical: Vec<&&Plan> = plans.iter().filter(|plan| plan.risk == Risk::Critical).collect();
        let unconfirmed: Vec<&str> =
            critical.iter().map(|plan| plan.stack.as_str()).filter(|name| !self.confirm.iter().any(|one| one == name)).collect();
        if self.interactive && !local::interactive() {
            return Err(review::no_terminal());
        }
        if !local::interactive() || self.json {
            if let Some(name) = unconfirmed.first() {
                return Err(Error::new(
                    codes::NOT_APPROVED,
                    format!("this can destroy data in `{name}`, and nobody can be asked"),
                )
                .help(format!("look at the plan above, then `--yes --confirm {name}`")));
            }
            let each = plans.iter().all(|plan| self.confirm.contains(&plan.stack));
            if never || self.yes && (!always || each) {
                return Ok(true);
            }
            let error = Error::new(codes::NOT_APPROVED, "nobody agreed to the plan, and nobody can be asked");
            return Err(match always {
                true => error
                    .note("the environment wants every deployment agreed to")
                    .help("`--yes --confirm STACK` for each stack, or a terminal"),
                false => error.help("`--yes` agrees to it"),
            });
        }
        let asks = always || !(never || self.yes);
        let answer = match self.interactive {
            true => Answer::Review,
            false if asks => self.ask(plans),
            false => Answer::Yes,
        };
        match answer {
            Answer::Yes => {}
            Answer::No => return Ok(false),
            Answer::Review => return self.review(plans, units, &unconfirmed),
        }
        Ok(unconfirmed.iter().all(|name| {
            output::line(&format!("this can destroy data in `{name}`"));
            local::ask("type the stack's name to go on:").as_deref() == Some(*name)
        }))
    }
}

impl Asker<'_> {
    fn ask(&self, plans: &[&Plan]) -> Answer {
        let risk = worst(plans).word();
        loop {
            let answer = local::ask(&format!("deploy this (risk: {risk})? [y]es, [n]o, [d]etails, [r]eview"));
            match answer.as_deref().map(|answer| answer.chars().next().unwrap_or('n').to_ascii_lowercase()) {
                Some('y') => return Answer::Yes,
                Some('r') => return Answer::Review,
                Some('d') => {
                    let style = Style { color: self.color, detail: true };
                    plans.iter().for_each(|plan| output::drawing(&plan_text::text(plan, style)));
                }
                _ => return Answer::No,
            }
        }
    }

    fn review(&self, plans: &[&Plan], units: &[&Unit], unconfirmed: &[&str]) -> Result<bool, Error> {
        let roots: Vec<&Path> = units.iter().map(|unit| unit.root.as_path()).collect();
        let confirm = unconfirmed.iter().map(|name| (*name).to_owned()).collect();
        review::review(review::Subject {
            plans,
            roots: &roots,
            title: review::title("deploy", plans),
            confirm,
            color: self.color,
        })
    }
}
