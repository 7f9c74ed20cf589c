//! `cloudc permissions`: the policy that a deployment needs.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_deploy::permissions::{self, For};
use cloudc_deploy::secrets::{self, Kind};
use cloudc_deploy::{Unit, store};
use serde_json::Value as Json;

use crate::args::Global;
use crate::aws::units::{self, UnitArgs};
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `permissions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Computed from what the handlers of the program's resource types call, and what cloudc itself
calls. Nothing is asked of AWS.

Examples:
  cloudc permissions > deployer.json
  cloudc permissions --env prod --account 123456789012")]
pub struct Args {
    #[command(flatten)]
    units: UnitArgs,
    /// The account, where the environment does not say it
    #[arg(long, value_name = "ID", default_value = "*")]
    account: String,
    /// The partition
    #[arg(long, value_name = "NAME", default_value = "aws")]
    partition: String,
    /// cloudc's bucket [default: cloudc-ACCOUNT-REGION]
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
}

/// Prints the policy.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let units = units::build(&args.units, global)?;
    let mut types: BTreeSet<&str> = BTreeSet::new();
    let mut stacks = Vec::new();
    for unit in &units.units {
        if !stacks.iter().any(|known| known == unit.name()) {
            stacks.push(unit.name().to_owned());
        }
        let templates = std::iter::once(&unit.artifact.template);
        for template in templates {
            let resources = template.get("Resources").and_then(Json::as_object).into_iter().flatten();
            types.extend(resources.filter_map(|(_, resource)| resource.get("Type").and_then(Json::as_str)));
        }
    }
    let made: Vec<Json> = units.units.iter().flat_map(|unit| unit.artifact.made()).collect();
    for template in &made {
        let resources = template.get("Resources").and_then(Json::as_object).into_iter().flatten();
        types.extend(resources.filter_map(|(_, resource)| resource.get("Type").and_then(Json::as_str)));
    }
    // One place is named; several are all there are.
    let one = |of: fn(&Unit) -> Option<String>| {
        let mut all: Vec<Option<String>> = units.units.iter().map(of).collect();
        all.dedup();
        if let [one] = all.as_slice() { one.clone() } else { None }
    };
    let region = one(|unit| unit.manifest().region.clone()).unwrap_or_else(|| "*".to_owned());
    let account = one(|unit| unit.manifest().account.clone()).unwrap_or_else(|| args.account.clone());
    let published: Vec<String> =
        units.units.iter().filter(|unit| unit.manifest().publish).map(|unit| unit.name().to_owned()).collect();
    let bucket = args.bucket.clone().unwrap_or_else(|| store::default_bucket(&account, &region));
    let none = BTreeMap::new();
    let read: Vec<Kind> =
        units.units.iter().flat_map(|unit| secrets::references(unit, None, &none)).map(|one| one.wanted.kind).collect();
    let about = For {
        partition: &args.partition,
        account: &account,
        region: &region,
        stacks: &stacks,
        published: &published,
        bucket: &bucket,
        secrets: &read,
    };
    let needed = permissions::policy(&types, &layers::schema(global), about);
    output::print(format!("{:#}\n", needed.policy).as_bytes())?;
    if !needed.unknown.is_empty() && !global.quiet {
        output::line(&format!("AWS does not say what these need: {}", needed.unknown.join(", ")));
    }
    Ok(Exit::Fine)
}
