//! `cloudc rollback`: back to what was deployed before.

use std::sync::Arc;

use cloudc_deploy::aws::Aws;
use cloudc_deploy::store::History;
use cloudc_deploy::{Error, Unit, codes};
use serde_json::Value as Json;

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::deployment::{Deployment, Options};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::progress::{Progress, Voice, Who};
use crate::aws::units::Units;
use crate::aws::{block_on, failure, failures, local, recorded};
use crate::commands::deploy::{Asker, ValueArgs, exit, result};
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `rollback`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Deploys the template and the parameters of an earlier deployment again, as a new one: plan and
agreement are those of `cloudc deploy`. What was deleted or replaced since comes back empty;
the plan says so. Secret parameters are not recorded and keep the value they have.

Examples:
  cloudc rollback api                   to the last deployment that went well before this one
  cloudc rollback api --to 12           to version 12 of `cloudc history api`
  cloudc rollback api --yes --confirm api")]
pub struct Args {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Version in the history
    #[arg(long, value_name = "VERSION")]
    to: Option<u32>,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
    /// Agree to changes of this stack that can destroy data; may be repeated
    #[arg(long, value_name = "STACK")]
    confirm: Vec<String>,
    /// Go through the changes on a screen of their own before agreeing
    #[arg(long, short, conflicts_with_all = ["yes", "json"])]
    interactive: bool,
    /// Print events and results as JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// Goes back.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.named, global)?;
    let one = named::only(&stacks, "a rollback is of", "cloudc rollback STACK")?;
    let accounts = Accounts::new(&args.access);
    let progress = Arc::new(Progress::new(1, args.json, global));
    let asker = Asker::new(args.yes, args.json, &args.confirm, global).reviewing(args.interactive);
    block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let bucket = accounts.bucket(&aws);
        let history = History { aws: &aws, bucket: &bucket };
        let record = recorded::chosen(&history, &one.name, args.to).await.map_err(failure)?;
        let template = history.template(&record).await.map_err(failure)?;
        let mut unit = recorded::unit(&aws, &record, &template).map_err(failure)?;
        unit.artifact.manifest.tags.extend(args.values.all_tags());
        if !global.quiet && !args.json {
            output::line(&format!(
                "back to version {} of `{}`, deployed {}",
                record.version,
                record.stack,
                cloudc_deploy::clock::written(record.begun)
            ));
        }
        let units = Units::bare(vec![unit]);
        let who = Who::all(units.units.iter().map(Unit::place));
        let voices = who.into_iter().map(|who| Voice::new(&progress, who)).collect();
        let interrupts = local::Interrupts::new();
        let deployment = Deployment {
            units: &units,
            accounts: accounts.clone(),
            options: Options {
                parameters: args.values.all(),
                capabilities: record.capabilities.clone(),
                role: args.values.role_arn.clone(),
                skip: Vec::new(),
                lock_wait: args.values.lock_wait,
                parallel: 1,
                stop_on_error: false,
                force: true,
                skip_checks: args.values.skip_checks,
                operation: "rollback".to_owned(),
                restores: Some(record.original()),
            },
            kept: Vec::new(),
            schema: layers::schema(global),
            voices,
            approver: &asker,
            interrupts: &interrupts,
            global,
        };
        let fates = deployment.run().await;
        progress.clear();
        if args.json {
            for (voice, fate) in deployment.voices.iter().zip(&fates) {
                output::print(format!("{}\n", result(&voice.who, fate)).as_bytes())?;
            }
        }
        if !fates.iter().all(crate::aws::deployment::Fate::is_fine) {
            return Ok(exit(&fates.iter().collect::<Vec<_>>()));
        }
        check(&aws, one, &template).await.map_err(failure)?;
        if !global.quiet && !args.json {
            output::line(&format!("`{}` has the template of version {} again", one.name, record.version));
        }
        Ok(Exit::Fine)
    })
}

/// Whether the stack has the template it should have now.
async fn check(aws: &Aws, one: &Named, template: &str) -> Result<(), Error> {
    let now = aws.template(&one.name).await?.unwrap_or_default();
    let parsed = |text: &str| serde_json::from_str::<Json>(text).ok();
    if parsed(&now).is_some() && parsed(&now) == parsed(template) {
        return Ok(());
    }
    failures::tell(&Error::new(
        codes::STACK_FAILED,
        format!("`{}` has another template than the one it was brought back to", one.name),
    ));
    Err(Error::new(codes::STACK_FAILED, "the rollback cannot be confirmed").help("`cloudc diff --stack` shows the difference"))
}
