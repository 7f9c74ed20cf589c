//! `cloudc plan`: what a deployment would do.

use std::path::PathBuf;

use cloudc_deploy::aws::Aws;
use cloudc_deploy::plan::Plan;
use cloudc_deploy::run::{self, Prepared, Settings, Silent};
use cloudc_deploy::{Error, Unit, exports};
use futures_util::StreamExt as _;

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::deployment::wanted;
use crate::aws::plan_file::{self, PlanFile, Saved};
use crate::aws::plan_text::{self, Style};
use crate::aws::units::{UnitArgs, Units};
use crate::aws::{block_on, failure, failures, local, offline, prechecks, rounds};
use crate::commands::deploy::ValueArgs;
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Stacks asked about at once.
const AT_ONCE: usize = 8;

/// Options of `plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Asks CloudFormation for a change set, explains it, and removes it again unless --out keeps it.

Examples:
  cloudc plan                            every stack of the project, or below this folder
  cloudc plan shop.cloud --param Stage=prod
  cloudc plan --env dev,staging,prod     every environment, each in its account
  cloudc plan --env prod --out prod.plan && cloudc deploy --plan prod.plan
  cloudc plan --offline                  against the last deployment from this machine
  cloudc plan --json | jq '.plans[].resources[] | select(.risk == \"critical\")'

Exit codes: 0 nothing to change, 2 something to change, 1 errors, 3 AWS said no.")]
pub struct Args {
    #[command(flatten)]
    units: UnitArgs,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Keep the change sets, and write to this file what `cloudc deploy --plan` executes
    #[arg(long, value_name = "FILE", conflicts_with = "offline")]
    out: Option<PathBuf>,
    /// Compare with the last deployment that was seen from here, without credentials
    #[arg(long)]
    offline: bool,
    /// Show values whole
    #[arg(long)]
    detail: bool,
    /// Print the plans as JSON
    #[arg(long)]
    json: bool,
}

/// Plans and prints.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let built = rounds::build(&args.units, &args.values.all_tags(), global)?;
    if args.out.is_some() && built.len() > 1 {
        return Err(Failure::usage("a file keeps the plan of one environment").help("`--out` once for each"));
    }
    rounds::parameters(&built, &args.values.all()).map_err(failure)?;
    let accounts = Accounts::new(&args.access);
    let schema = layers::schema(global);
    let question = Question { values: &args.values, keep: args.out.is_some(), schema: schema.clone() };
    let mut found = Vec::new();
    for units in &built {
        found.push(match args.offline {
            true => units.units.iter().map(|unit| offline::plan(unit, &args.values, &schema).map(|plan| (plan, None))).collect(),
            false => block_on(async { Ok(question.ask(&accounts, units).await) })?,
        });
    }
    let exit = print(args, &built, found, global)?;
    built.into_iter().for_each(Units::leave);
    Ok(exit)
}

/// A plan, and what a file has to keep of it.
pub type Found = Result<(Plan, Option<Prepared>), Error>;

/// How CloudFormation is asked for plans.
pub struct Question<'a> {
    /// Values of parameters.
    pub values: &'a ValueArgs,
    /// Whether the change sets stay.
    pub keep: bool,
    /// Types.
    pub schema: cloudc_schema::Schema,
}

impl Question<'_> {
    /// Asks for the plans of all stacks, in their order.
    pub async fn ask(&self, accounts: &Accounts, units: &Units) -> Vec<Found> {
        let interrupts = &local::Interrupts::new();
        // Connections are made once; what is wrong with one comes again below.
        rounds::places(accounts, units.units.iter().map(wanted)).await;
        let plans = futures_util::stream::iter(units.units.iter().enumerate()).map(|(at, unit)| async move {
            let found = async {
                let aws = accounts.connect(wanted(unit)).await?;
                let several = units.units.len() > 1;
                let declared = |name: &str| unit.section("Parameters").is_some_and(|all| all.contains_key(name));
                let mine = self.values.all().into_iter().filter(|(name, _)| !several || declared(name));
                let settings = Settings {
                    parameters: mine.collect(),
                    role: self.values.role_arn.clone(),
                    capabilities: self.values.capabilities.clone(),
                    ..Settings::new(accounts.bucket(&aws), interrupts.wish())
                };
                self.one(&aws, unit, &settings, units).await
            };
            (at, found.await)
        });
        let mut plans: Vec<(usize, Found)> = plans.buffer_unordered(AT_ONCE).collect().await;
        plans.sort_by_key(|(at, _)| *at);
        plans.into_iter().map(|(_, found)| found).collect()
    }

    async fn one(&self, aws: &Aws, unit: &Unit, settings: &Settings, units: &Units) -> Found {
        let schema = &self.schema;
        if waits(aws, unit, units).await? {
            return Ok((offline::before_others(aws, unit, settings, schema)?, None));
        }
        let deploying: Vec<String> = units.units.iter().map(|unit| unit.name().to_owned()).collect();
        let kept = match aws.stack(unit.name()).await?.filter(|stack| !stack.outputs.is_empty()) {
            Some(stack) => exports::keep(aws, unit, &stack, &deploying).await?,
            None => None,
        };
        let planned = kept.as_ref().unwrap_or(unit);
        let looked = match self.values.skip_checks {
            true => Vec::new(),
            false => prechecks::look(aws, planned, settings, units).await?,
        };
        let mut prepared = run::prepare(aws, planned, settings, schema, "plan", &Silent).await?;
        prepared.plan.notes.extend(looked);
        if !self.values.skip_checks {
            prepared.plan.notes.extend(prechecks::of_plan(aws, &prepared.plan).await);
        }
        if kept.is_some() {
            prepared.plan.notes.push(
                "exports that other stacks still import stay until those are changed, and leave in a second step".to_owned(),
            );
        }
        if let Some(stack) = &prepared.stack {
            prepared.plan.drifted = aws
                .resources(&stack.id)
                .await
                .map(|all| all.into_iter().filter(|one| one.drifted).map(|one| one.id).collect())
                .unwrap_or_default();
        }
        if !self.keep {
            run::discard(aws, &prepared).await?;
            prepared.plan.change_set = None;
        }
        Ok((prepared.plan.clone(), Some(prepared)))
    }
}

/// Whether a stack reads others of this run that are not deployed yet, so that CloudFormation could not plan it.
async fn waits(aws: &Aws, unit: &Unit, units: &Units) -> Result<bool, Error> {
    for needed in &unit.manifest().after {
        let here = units.units.iter().any(|other| other.name() == needed.stack_name);
        let same = needed.region.as_ref().is_none_or(|region| *region == aws.region);
        if here && same && aws.stack(&needed.stack_name).await?.is_none_or(|stack| !stack.status.is_whole()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn print(args: &Args, built: &[Units], found: Vec<Vec<Found>>, global: &Global) -> Result<Exit, Failure> {
    let style = Style { color: output::color_on_stdout(global.color), detail: args.detail };
    let (mut plans, mut saved, mut failed) = (Vec::new(), Vec::new(), Vec::<Error>::new());
    let all = built.iter().zip(found).flat_map(|(units, found)| found.into_iter().enumerate().map(move |one| (units, one)));
    for (units, (at, found)) in all {
        match found {
            Ok((plan, prepared)) => {
                if !args.json {
                    output::print(plan_text::text(&plan, style).as_bytes())?;
                }
                saved.extend(prepared.map(|prepared| Saved::new(&plan, &prepared)));
                plans.push(plan);
            }
            // What is wrong with an account is wrong for each of its stacks, and told once.
            Err(error) if failed.contains(&error) => {}
            Err(error) => {
                failures::show_error(units, at, &error, global);
                failed.push(error);
            }
        }
    }
    if args.json {
        let errors: Vec<_> =
            failed.iter().map(|error| serde_json::json!({ "code": error.code, "message": error.message })).collect();
        let whole = serde_json::json!({ "version": 1, "plans": plans, "errors": errors });
        output::print(format!("{whole:#}\n").as_bytes())?;
    }
    if !failed.is_empty() {
        return Ok(Exit::World);
    }
    if let Some(path) = &args.out {
        plan_file::write(path, &PlanFile::new(&args.units, args.values.all_tags(), saved))?;
    }
    let nothing = plans.iter().all(Plan::is_empty);
    Ok(if nothing { Exit::Fine } else { Exit::Changes })
}
