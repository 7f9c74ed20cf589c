//! A plan kept in a file, to be executed later exactly as it was shown.
//!
//! Always: no secret is in it (the change set holds the values); before it is executed the program is built again and has to give the same
//! template.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cloudc_deploy::plan::Plan;
use cloudc_deploy::run::Prepared;
use cloudc_deploy::{Error, codes};
use serde::{Deserialize, Serialize};

use super::units::UnitArgs;
use crate::exit::Failure;
use crate::output::{self, Written};

/// The version of the form.
const VERSION: u32 = 2;

/// What a file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanFile {
    /// The version of this form.
    pub cloudc_plan: u32,
    /// What was built.
    pub paths: Vec<PathBuf>,
    /// `--set`.
    pub sets: Vec<(String, String)>,
    /// `--env`.
    pub environment: Option<String>,
    /// `--region`.
    pub regions: Vec<String>,
    /// `--target`.
    pub targets: Vec<String>,
    /// `--tag` and `--tags`.
    pub tags: BTreeMap<String, String>,
    /// The plans.
    pub plans: Vec<Saved>,
}

/// One stack's plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    /// What will be done.
    pub plan: Plan,
    /// Values of parameters, secrets as `****`.
    pub parameters: BTreeMap<String, String>,
    /// Names of those that are secret.
    pub secrets: Vec<String>,
    /// Whether a secret value was handed over.
    pub hands_secret: bool,
}

impl Saved {
    /// What has to be kept of a plan.
    pub fn new(plan: &Plan, prepared: &Prepared) -> Self {
        let given = &prepared.given;
        Saved {
            plan: plan.clone(),
            parameters: given.shown.clone(),
            secrets: given.secrets.clone(),
            hands_secret: given.hands_secret,
        }
    }
}

impl PlanFile {
    /// A file for plans of these stacks.
    pub fn new(args: &UnitArgs, tags: BTreeMap<String, String>, plans: Vec<Saved>) -> Self {
        let settings = args.settings.clone();
        PlanFile {
            cloudc_plan: VERSION,
            paths: args.paths.clone(),
            sets: settings.set,
            environment: settings.environments.into_iter().next(),
            regions: settings.regions,
            targets: args.target.clone(),
            tags,
            plans,
        }
    }

    /// The options that build the same stacks again.
    pub fn units(&self) -> UnitArgs {
        let environments = self.environment.iter().cloned().collect();
        let settings = crate::session::SettingArgs { set: self.sets.clone(), environments, regions: self.regions.clone() };
        UnitArgs { paths: self.paths.clone(), settings, target: self.targets.clone() }
    }
}

/// Writes a file that only its owner reads.
pub fn write(path: &Path, file: &PlanFile) -> Result<(), Failure> {
    let bytes =
        serde_json::to_vec_pretty(file).map_err(|error| Failure::world(format!("the plan cannot be written: {error}")))?;
    output::write_all(&[Written { path: path.to_path_buf(), bytes }])?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, mode)
            .map_err(|error| Failure::world(format!("cannot write `{}`: {}", path.display(), output::reason(&error))))?;
    }
    output::line(&format!("kept in {}: `cloudc deploy --plan {}` executes it", path.display(), path.display()));
    Ok(())
}

/// Reads a file.
pub fn read(path: &Path) -> Result<PlanFile, Error> {
    let shown = path.display();
    let bytes = std::fs::read(path)
        .map_err(|error| Error::new(codes::LOCAL_FILE, format!("cannot read `{shown}`: {}", output::reason(&error))))?;
    let read = serde_json::from_slice(&bytes).ok().filter(|file: &PlanFile| file.cloudc_plan == VERSION);
    read.ok_or_else(|| {
        Error::new(codes::STALE_PLAN, format!("`{shown}` is no plan of this cloudc")).help("`cloudc plan --out FILE` makes one")
    })
}
