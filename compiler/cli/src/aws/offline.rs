//! Plans without asking CloudFormation, from what was deployed from this machine before.
//!
//! After each deployment the newest record and its template are kept in the project's `.cloudc/deployed/`. Always: it is a copy; losing it
//! only means that the next plan without credentials knows nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cloudc_deploy::aws::{Aws, Stack};
use cloudc_deploy::plan::{self, Plan, Recorded, Whereabouts};
use cloudc_deploy::run::{self, Settings};
use cloudc_deploy::{Error, Unit, codes};
use cloudc_schema::Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::commands::deploy::ValueArgs;
use crate::output::{self, Written};

/// What is kept of a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    account: String,
    region: String,
    parameters: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
    template: Json,
}

fn path(unit: &Unit) -> PathBuf {
    let region = unit.manifest().region.clone().unwrap_or_else(|| "default".to_owned());
    // Environments in several accounts may use one name.
    let account = unit.manifest().account.as_ref().map_or_else(String::new, |account| format!(".{account}"));
    unit.root.join(".cloudc").join("deployed").join(format!("{}.{region}{account}.json", unit.name()))
}

/// Keeps what was deployed.
pub fn keep(unit: &Unit, stack: &Stack) {
    // `arn:aws:cloudformation:REGION:ACCOUNT:stack/…`
    let part = |at: usize| stack.id.split(':').nth(at).unwrap_or_default().to_owned();
    let kept = Kept {
        account: part(4),
        region: part(3),
        parameters: stack.parameters.clone(),
        tags: unit.manifest().tags.clone(),
        template: unit.artifact.template.clone(),
    };
    let path = path(unit);
    // A folder that cannot be written to is no reason to say that the deployment failed.
    let ignore = unit.root.join(".cloudc").join(".gitignore");
    let _ = serde_json::to_vec_pretty(&kept).map(|bytes| output::write_all(&[Written { path, bytes }]));
    if !ignore.exists() {
        let _ = output::write_all(&[Written { path: ignore, bytes: b"*\n".to_vec() }]);
    }
}

/// A stack as it was built once, to compare with where no deployment is known.
#[derive(Debug, Clone)]
pub struct Snapshot(Kept);

impl Snapshot {
    /// Of a unit as it is now.
    pub fn of(unit: &Unit, values: &ValueArgs) -> Snapshot {
        let chosen = values.all().into_iter().collect();
        Snapshot(Kept {
            account: "unknown".to_owned(),
            region: unit.manifest().region.clone().unwrap_or_default(),
            parameters: parameters(unit, &chosen, None),
            tags: unit.manifest().tags.clone(),
            template: unit.artifact.template.clone(),
        })
    }
}

/// Compares a unit with what was kept.
pub fn plan(unit: &Unit, values: &ValueArgs, schema: &Schema) -> Result<Plan, Error> {
    let kept = read(unit)?;
    let mut plan = compare(unit, kept.as_ref(), values, schema);
    if kept.is_none() {
        plan.notes.push("no deployment of this stack was seen from here, so everything counts as new".to_owned());
    }
    Ok(plan)
}

/// Compares a unit with what was kept, else with what it was before.
pub fn since(unit: &Unit, before: Option<&Snapshot>, values: &ValueArgs, schema: &Schema) -> Result<Plan, Error> {
    let kept = read(unit)?;
    let known = kept.as_ref().or(before.map(|snapshot| &snapshot.0));
    let mut plan = compare(unit, known, values, schema);
    if kept.is_none() {
        plan.notes.push(match before {
            Some(_) => "no deployment of this stack was seen from here: compared with the program as it was at first".to_owned(),
            None => "this stack is new".to_owned(),
        });
    }
    Ok(plan)
}

fn read(unit: &Unit) -> Result<Option<Kept>, Error> {
    let path = path(unit);
    Ok(match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice::<Kept>(&bytes).map_err(|error| {
            Error::new(codes::LOCAL_FILE, format!("`{}` cannot be read: {error}", path.display()))
                .help("remove it; the next deployment writes it again")
        })?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Error::new(codes::LOCAL_FILE, format!("cannot read `{}`: {}", path.display(), output::reason(&error))));
        }
    })
}

fn compare(unit: &Unit, kept: Option<&Kept>, values: &ValueArgs, schema: &Schema) -> Plan {
    let chosen: BTreeMap<String, String> = values.all().into_iter().collect();
    let after = parameters(unit, &chosen, kept);
    let region = kept.map(|kept| kept.region.clone()).or_else(|| unit.manifest().region.clone()).unwrap_or_default();
    let account = kept.map_or_else(|| "unknown".to_owned(), |kept| kept.account.clone());
    let recorded = kept.map(|kept| Recorded { template: &kept.template, parameters: &kept.parameters, tags: &kept.tags });
    plan::offline(unit, recorded, &after, schema, Whereabouts { account: &account, region: &region })
}

/// What parameters will be, as far as that is known without asking.
fn parameters(unit: &Unit, chosen: &BTreeMap<String, String>, kept: Option<&Kept>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, about) in unit.section("Parameters").into_iter().flatten() {
        let said = chosen.get(name).or_else(|| unit.manifest().parameters.get(name)).cloned();
        let default = about.get("Default").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let value = said.or(default).or_else(|| kept?.parameters.get(name).cloned());
        if let Some(value) = value {
            all.insert(name.clone(), if run::is_secret(about) { run::HIDDEN.to_owned() } else { value });
        }
    }
    all
}

/// A plan of a stack that needs others which are deployed before it, in the same run.
pub fn before_others(aws: &Aws, unit: &Unit, settings: &Settings, schema: &Schema) -> Result<Plan, Error> {
    let given = run::given(unit, None, &settings.parameters, &settings.bucket)?;
    let at = Whereabouts { account: &aws.identity.account, region: &aws.region };
    let mut plan = plan::offline(unit, None, &given.shown, schema, at);
    plan.notes.push("it needs stacks that are deployed before it, so CloudFormation can only plan it then".to_owned());
    Ok(plan)
}
