//! Stacks by name: those of the program here, or any other of the account.
//!
//! Always: a name that the program here uses means the stack where the program puts it; any other is looked for in the region of `--region`,
//! the environment or the profile.

use cloudc_driver::Purpose;

use super::access::Wanted;
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

/// A stack and where it is.
#[derive(Debug, Clone)]
pub struct Named {
    /// The name it is deployed under.
    pub name: String,
    region: Option<String>,
    account: Option<String>,
    role: Option<String>,
    environment: Option<String>,
    /// Which unit of the program it is.
    pub unit: Option<usize>,
}

impl Named {
    /// No stack in particular, in a region or the one of the profile.
    pub fn anywhere(region: Option<String>) -> Self {
        Named { name: String::new(), region, account: None, role: None, environment: None, unit: None }
    }

    /// Where it is.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            region: self.region.as_deref(),
            account: self.account.as_deref(),
            role: self.role.as_deref(),
            environment: self.environment.as_deref(),
        }
    }
}

/// Finds stacks, with the program here as far as it can be built.
pub fn find(args: &NamedArgs, global: &Global) -> Result<(Vec<Named>, Option<Units>), Failure> {
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
    let units = if sources.is_empty() {
        None
    } else {
        let sessions = session::open(sources, &args.settings.options(Purpose::Build), global)?;
        Some(Units::quiet(sessions))
    };
    let named = |wanted: &String| {
        let at = units.as_ref().and_then(|units| units.position(wanted));
        match (at, &units) {
            (Some(at), Some(units)) => of_unit(units, at),
            _ => Named {
                name: wanted.clone(),
                region: args.settings.region.clone(),
                account: None,
                role: None,
                environment: None,
                unit: None,
            },
        }
    };
    Ok((args.stacks.iter().map(named).collect(), units))
}

/// Where the stacks of the program here are, each account and region once; without a program, where the profile says.
pub fn places(settings: &SettingArgs, global: &Global) -> Vec<Named> {
    let sources = walk::sources(&[std::path::PathBuf::from(".")]).unwrap_or_default();
    let sessions = session::open(sources, &settings.options(Purpose::Build), global).unwrap_or_default();
    let units = Units::quiet(sessions);
    let mut places: Vec<Named> = Vec::new();
    for at in 0..units.units.len() {
        let one = of_unit(&units, at);
        if places.iter().all(|known| (&known.region, &known.account, &known.role) != (&one.region, &one.account, &one.role)) {
            places.push(one);
        }
    }
    units.leave();
    if places.is_empty() {
        places.push(Named::anywhere(settings.region.clone()));
    }
    places
}

fn of_unit(units: &Units, at: usize) -> Named {
    let manifest = units.units[at].manifest().clone();
    Named {
        name: manifest.stack_name,
        region: manifest.region,
        account: manifest.account,
        role: manifest.role,
        environment: manifest.environment,
        unit: Some(at),
    }
}
