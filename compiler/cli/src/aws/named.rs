//! Stacks by name: those of the program here, or any other of the account.
//!
//! Always: a name that the program here uses means the stack where the program puts it; any other is looked for in the region of `--region`,
//! the environment or the profile.

use std::collections::BTreeSet;

use cloudc_driver::Purpose;

use super::access::{AccessArgs, Wanted};
use super::units::Units;
use crate::args::Global;
use crate::exit::Failure;
use crate::session::{self, SettingArgs};
use crate::walk;

/// Which stacks.
#[derive(Debug, Clone, clap::Args)]
pub struct NamedArgs {
    /// Stacks, by the name of their declaration or the one they are deployed under; all of the program here otherwise
    #[arg(value_name = "STACK")]
    pub stacks: Vec<String>,
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// Options of commands that look at stacks by name.
#[derive(Debug, Clone, clap::Args)]
pub struct LookArgs {
    #[command(flatten)]
    pub named: NamedArgs,
    #[command(flatten)]
    pub access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A stack and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name it is deployed under.
    pub name: String,
    region: Option<String>,
    account: Option<String>,
    role: Option<String>,
    external_id: Option<String>,
    environment: Option<String>,
    /// Which unit of the program it is.
    pub unit: Option<usize>,
}

impl Named {
    /// No stack in particular, in a region or the one of the profile.
    pub fn anywhere(region: Option<String>) -> Self {
        Named::elsewhere(String::new(), region)
    }

    /// A stack that is none of the program's.
    fn elsewhere(name: String, region: Option<String>) -> Self {
        Named { name, region, account: None, role: None, external_id: None, environment: None, unit: None }
    }

    /// The same in another region.
    pub fn in_region(&self, region: String) -> Self {
        Named { region: Some(region), ..self.clone() }
    }

    /// Its name, region and environment.
    pub fn place(&self) -> (&str, Option<&str>, Option<&str>) {
        (&self.name, self.region.as_deref(), self.environment.as_deref())
    }

    /// Where it is.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            region: self.region.as_deref(),
            account: self.account.as_deref(),
            role: self.role.as_deref(),
            external_id: self.external_id.as_deref(),
            environment: self.environment.as_deref(),
        }
    }
}

/// Stacks of an environment, with the program as it is built for it.
pub type Found = (Vec<Named>, Option<Units>);

/// Finds the stacks of each environment. Those that are none of the program's are there once.
pub fn each(args: &NamedArgs, global: &Global) -> Result<Vec<Found>, Failure> {
    let mut all: Vec<Found> = Vec::new();
    for settings in args.settings.each() {
        let (mut stacks, units) = find(&NamedArgs { settings, ..args.clone() }, global)?;
        stacks.retain(|one| one.unit.is_some() || all.iter().all(|(known, _)| !known.contains(one)));
        all.push((stacks, units));
    }
    Ok(all)
}

/// Finds stacks, with the program here as far as it can be built.
pub fn find(args: &NamedArgs, global: &Global) -> Result<Found, Failure> {
    let here = vec![std::path::PathBuf::from(".")];
    if args.stacks.is_empty() {
        let units = super::units::build(
            &super::units::UnitArgs { paths: here, settings: args.settings.clone(), target: Vec::new() },
            global,
        )?;
        let all = (0..units.units.len()).map(|at| of_unit(&units, at)).collect();
        return Ok((all, Some(units)));
    }
    // Without a program, or with a wrong one, names mean stacks of the account.
    let sources = walk::sources(&here).unwrap_or_default();
    let options = args.settings.options(Purpose::Build)?;
    let units = if sources.is_empty() { None } else { Some(Units::quiet(session::open(sources, &options, global)?)) };
    let regions: Vec<Option<String>> = match args.settings.regions.as_slice() {
        [] => vec![None],
        regions => regions.iter().cloned().map(Some).collect(),
    };
    let mut found = Vec::new();
    for wanted in &args.stacks {
        let here: Vec<Named> = match &units {
            Some(units) => units.positions(wanted).into_iter().map(|at| of_unit(units, at)).collect(),
            None => Vec::new(),
        };
        match here.is_empty() {
            true => found.extend(regions.iter().map(|region| Named::elsewhere(wanted.clone(), region.clone()))),
            false => found.extend(here),
        }
    }
    Ok((found, units))
}

/// The one stack that a command is about. `what` begins the sentence: `a rollback is of`.
pub fn only<'a>(stacks: &'a [Named], what: &str, example: &str) -> Result<&'a Named, Failure> {
    match stacks {
        [one] => Ok(one),
        [first, others @ ..] if others.iter().all(|one| one.name == first.name) => {
            let regions: Vec<&str> = stacks.iter().filter_map(|one| one.region.as_deref()).collect();
            let message = format!("{what} one stack, and `{}` is deployed in {}", first.name, regions.join(", "));
            Err(Failure::usage(message).help(format!("say which: `--region {}`", regions.first().unwrap_or(&"REGION"))))
        }
        _ => Err(Failure::usage(format!("{what} one stack")).help(format!("name it: `{example}`"))),
    }
}

/// Where the stacks of the program here are, each account and region once; without a program, where the profile says.
pub fn places(settings: &SettingArgs, global: &Global) -> Vec<Named> {
    let mut places: Vec<Named> = Vec::new();
    for settings in settings.each() {
        let sources = walk::sources(&[std::path::PathBuf::from(".")]).unwrap_or_default();
        let options = settings.options(Purpose::Build);
        let sessions = options.and_then(|options| session::open(sources, &options, global)).unwrap_or_default();
        let units = Units::quiet(sessions);
        for at in 0..units.units.len() {
            let one = of_unit(&units, at);
            if places.iter().all(|known| place(known) != place(&one)) {
                places.push(one);
            }
        }
        units.leave();
    }
    if places.is_empty() {
        match settings.regions.is_empty() {
            true => places.push(Named::anywhere(None)),
            false => places.extend(settings.regions.iter().cloned().map(|region| Named::anywhere(Some(region)))),
        }
    }
    places
}

/// What makes two stacks be in one place.
fn place(one: &Named) -> impl PartialEq + use<'_> {
    (&one.region, &one.account, &one.role, &one.external_id)
}

/// Types of the resources of the program here, as far as it can be built.
pub fn types(settings: &SettingArgs, global: &Global) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for settings in settings.each() {
        let sources = walk::sources(&[std::path::PathBuf::from(".")]).unwrap_or_default();
        let options = settings.options(Purpose::Build);
        let sessions = options.and_then(|options| session::open(sources, &options, global)).unwrap_or_default();
        let units = Units::quiet(sessions);
        let resources = units.units.iter().flat_map(|unit| unit.section("Resources").into_iter().flatten());
        types.extend(resources.filter_map(|(_, about)| Some(about.get("Type")?.as_str()?.to_owned())));
        units.leave();
    }
    types
}

fn of_unit(units: &Units, at: usize) -> Named {
    let manifest = units.units[at].manifest().clone();
    Named {
        name: manifest.stack_name,
        region: manifest.region,
        account: manifest.account,
        role: manifest.role,
        external_id: manifest.external_id,
        environment: manifest.environment,
        unit: Some(at),
    }
}
