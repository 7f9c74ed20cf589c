//! `cloudc rollback`: back to what was deployed before.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use cloudc_deploy::aws::Aws;
use cloudc_deploy::store::{History, Outcome, Record};
use cloudc_deploy::{Error, Unit, codes};
use cloudc_emit::{Artifact, Manifest};
use serde_json::Value as Json;

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::deployment::{Deployment, Options};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::progress::Progress;
use crate::aws::units::Units;
use crate::aws::{block_on, failure, failures, local};
use crate::commands::deploy::{Asker, ValueArgs};
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
    /// Print events and results as JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// Goes back.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.named, global)?;
    let [one] = stacks.as_slice() else {
        return Err(Failure::usage("a rollback is of one stack").help("name it: `cloudc rollback STACK`"));
    };
    let accounts = Accounts::new(&args.access);
    let progress = Arc::new(Progress::new(1, args.json, global));
    let asker = Asker::new(args.yes, args.json, &args.confirm, global);
    block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let bucket = accounts.bucket(&aws);
        let history = History { aws: &aws, bucket: &bucket };
        let record = chosen(&history, one, args.to).await.map_err(failure)?;
        let template = history.template(&record).await.map_err(failure)?;
        let unit = unit(&aws, &record, &template).map_err(failure)?;
        if !global.quiet && !args.json {
            output::line(&format!(
                "back to version {} of `{}`, deployed {}",
                record.version,
                record.stack,
                cloudc_deploy::clock::written(record.begun)
            ));
        }
        let units = Units::bare(vec![unit]);
        let deployment = Deployment {
            units: &units,
            accounts: accounts.clone(),
            options: Options {
                parameters: args.values.parameters.clone(),
                capabilities: record.capabilities.clone(),
                role: args.values.role_arn.clone(),
                skip: Vec::new(),
                lock_wait: args.values.lock_wait,
                parallel: 1,
                stop_on_error: false,
                force: true,
                operation: "rollback".to_owned(),
            },
            kept: Vec::new(),
            schema: layers::schema(global),
            progress: progress.clone(),
            approver: &asker,
            wish: local::wishes(),
            global,
        };
        let fates = deployment.run().await;
        progress.clear();
        if !fates.iter().all(crate::aws::deployment::Fate::is_fine) {
            return Ok(Exit::Errors);
        }
        check(&aws, one, &template).await.map_err(failure)?;
        if !global.quiet && !args.json {
            output::line(&format!("`{}` has the template of version {} again", one.name, record.version));
        }
        Ok(Exit::Fine)
    })
}

/// The deployment to go back to.
async fn chosen(history: &History<'_>, one: &Named, to: Option<u32>) -> Result<Record, Error> {
    let missing = |message: String| {
        Error::new(codes::NO_RECORD, message).help(format!("`cloudc history {}` shows those there are", one.name))
    };
    if let Some(version) = to {
        let found = history.record(&one.name, version).await?;
        return found.ok_or_else(|| missing(format!("there is no version {version} of `{}`", one.name)));
    }
    let records = history.records(&one.name, 200).await?;
    let mut fine = records.iter().filter(|record| record.outcome == Outcome::Succeeded);
    let current = fine.next().ok_or_else(|| missing(format!("no deployment of `{}` went well", one.name)))?;
    // When the last one failed, the last that went well is what the stack has; going back means the one before all the same, unless
    // the stack was left half-way.
    let half_way = records.first().is_some_and(|record| record.outcome == Outcome::Failed);
    if half_way {
        return Ok(current.clone());
    }
    let other = |record: &&Record| record.template != current.template || record.parameters != current.parameters;
    fine.find(other)
        .cloned()
        .ok_or_else(|| missing(format!("there is nothing before version {} of `{}` to go back to", current.version, one.name)))
}

/// A unit of what was recorded.
fn unit(aws: &Aws, record: &Record, template: &str) -> Result<Unit, Error> {
    let template: Json = serde_json::from_str(template).map_err(|error| {
        Error::new(codes::NO_RECORD, format!("the template of version {} is not JSON: {error}", record.version))
    })?;
    let parameters: BTreeMap<String, String> = record.plain_parameters();
    let manifest = Manifest {
        stack_name: record.stack.clone(),
        region: Some(aws.region.clone()),
        environment: record.environment.clone(),
        account: None,
        role: None,
        approval: None,
        after: Vec::new(),
        parameters,
        capabilities: Vec::new(),
        tags: record.tags.clone(),
        protection: record.protection,
        protected: record.protected.clone(),
        adopt: BTreeMap::new(),
        forget: Vec::new(),
        notifications: record.notifications.clone(),
        assets: Vec::new(),
    };
    let artifact = Artifact { template, source_map: Default::default(), manifest, uploads: Vec::new(), notes: Vec::new() };
    Ok(Unit::new(artifact, record.source.clone(), PathBuf::from(".")))
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
