//! `cloudc drift`: what was changed behind CloudFormation's back, at the source line.

use std::sync::Arc;

use clap::ValueEnum;
use cloudc_base::render;
use cloudc_deploy::aws::{DriftedResource, Resource, StackDrift};
use cloudc_deploy::{Error, codes};

use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::named::{self, LookArgs, Named};
use crate::aws::progress::Who;
use crate::aws::units::{Report, Units};
use crate::aws::{block_on, failure, local, no_stack, printed, remedy, rounds};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::session::SettingArgs;

/// Options of `drift`.
#[derive(Debug, clap::Args)]
#[command(after_help = "CloudFormation cannot look at every type of resource; those it could not are named.

Examples:
  cloudc drift                          every stack of the program here
  cloudc drift api --json
  cloudc drift --env staging,prod
  cloudc drift api --remediate accept   write what is there into the program
  cloudc drift api --remediate revert   make it again what the program says

Exit codes: 0 nothing was changed, 2 something was, 3 AWS said no.")]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// Mend what was found
    #[arg(long, value_name = "HOW", conflicts_with = "json")]
    remediate: Option<Remedy>,
    /// Ask nothing before something is reverted
    #[arg(long, short)]
    yes: bool,
}

/// How drift is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Remedy {
    /// What is there is written into the program.
    Accept,
    /// What is there is made again what the template says.
    Revert,
}

/// What was found about a stack.
struct Found {
    name: String,
    /// What it is spoken of as.
    label: String,
    /// Which of the environments' programs it belongs to.
    program: usize,
    named: Named,
    drift: StackDrift,
    /// Resources that CloudFormation could not look at.
    unchecked: Vec<Resource>,
}

/// Looks and prints. A place that cannot be asked is told, and the others are shown.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let all = named::each(&args.look.named, global)?;
    let accounts = Accounts::new(&args.look.access);
    let looked = block_on(async { Ok(rounds::look(&accounts, &all, look).await) })?;
    let stacks = || all.iter().enumerate().flat_map(|(at, (stacks, _))| stacks.iter().map(move |one| (at, one)));
    let labels = Who::all(stacks().map(|(_, one)| one.place()));
    let found = looked.into_iter().zip(stacks()).zip(labels).map(|((looked, (program, named)), who)| {
        let (drift, unchecked) = looked?;
        Ok(Found { name: named.name.clone(), label: who.label, program, named: named.clone(), drift, unchecked })
    });
    let (found, failed) = rounds::sorted_out(found.collect());
    if args.look.json {
        let all: Vec<_> = found
            .iter()
            .map(|one| {
                let (_, region, environment) = one.named.place();
                serde_json::json!({
                    "stack": one.name, "region": region, "environment": environment, "status": one.drift.status,
                    "resources": one.drift.resources, "unchecked": one.unchecked,
                })
            })
            .collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "stacks": all })).as_bytes())?;
    } else {
        for one in &found {
            show(one, all[one.program].1.as_ref(), global)?;
        }
    }
    if let Some(remedy) = args.remediate.filter(|_| !failed) {
        return mend(args, remedy, &all, &found, &accounts, global);
    }
    let drifted = found.iter().any(|one| one.drift.resources.iter().any(is_drifted));
    Ok(match (failed, drifted) {
        (true, _) => Exit::World,
        (false, true) => Exit::Changes,
        (false, false) => Exit::Fine,
    })
}

async fn look(accounts: &Accounts, one: &Named) -> Result<(StackDrift, Vec<Resource>), Error> {
    let aws = accounts.connect(one.wanted()).await?;
    let stack = aws.stack(&one.name).await?.ok_or_else(|| no_stack(&one.name, &aws.region))?;
    let drift = aws.drift(&stack.id).await?;
    let looked = |id: &str| drift.resources.iter().any(|one| one.id == id && one.status != "NOT_CHECKED");
    let mut unchecked = aws.resources(&stack.id).await?;
    unchecked.retain(|one| !looked(&one.id) && !one.status.is_deleted());
    Ok((drift, unchecked))
}

/// Mends, and says what could not be.
fn mend(
    args: &Args,
    remedy: Remedy,
    programs: &[named::Found],
    found: &[Found],
    accounts: &Arc<Accounts>,
    global: &Global,
) -> Result<Exit, Failure> {
    let mut left = 0;
    for one in found {
        let units = programs[one.program].1.as_ref();
        let drifted: Vec<&DriftedResource> = one.drift.resources.iter().filter(|one| is_drifted(one)).collect();
        if drifted.is_empty() {
            continue;
        }
        left += match remedy {
            Remedy::Accept => {
                let Some((units, at)) = units.zip(one.named.unit) else {
                    return Err(
                        Failure::errors(format!("`{}` is no stack of the program here", one.name)).help("change to its folder")
                    );
                };
                {
                    let environments = one.named.place().2.map(str::to_owned).into_iter().collect();
                    let settings = SettingArgs { environments, ..args.look.named.settings.clone() };
                    remedy::accept(units, at, &drifted, &settings, global)?
                }
            }
            Remedy::Revert => {
                let agreed = args.yes
                    || local::interactive()
                        && local::ask("make it again what the template says? [y]es, [n]o")
                            .is_some_and(|said| said.starts_with('y'));
                if !agreed {
                    return Err(failure(Error::new(codes::NOT_APPROVED, "nothing was reverted").help("`--yes` agrees to it")));
                }
                block_on(remedy::revert(&one.named, &drifted, accounts, global))?
            }
        };
    }
    Ok(if left > 0 { Exit::Changes } else { Exit::Fine })
}

/// Whether a resource is not what its template says.
pub fn is_drifted(one: &DriftedResource) -> bool {
    matches!(one.status.as_str(), "MODIFIED" | "DELETED")
}

fn show(found: &Found, units: Option<&Units>, global: &Global) -> Result<(), Failure> {
    let drifted: Vec<&DriftedResource> = found.drift.resources.iter().filter(|one| is_drifted(one)).collect();
    for one in &drifted {
        let place = units.zip(found.named.unit).and_then(|(units, at)| place(units, at, one));
        match (place, units.zip(found.named.unit)) {
            (Some(place), Some((units, at))) => {
                output::print(
                    units.drawn(at, &[(place, report(one))], global, output::color_on_stdout(global.color)).as_bytes(),
                )?;
            }
            _ => {
                let mut lines = vec![format!("{}: {}", one.id, message(one))];
                lines.extend(differences(one).into_iter().map(|line| format!("  {line}")));
                output::print(printed(&lines).as_bytes())?;
            }
        }
    }
    let mut lines = vec![match drifted.len() {
        0 => format!("{}: nothing was changed outside", found.label),
        1 => format!("{}: 1 resource was changed outside", found.label),
        count => format!("{}: {count} resources were changed outside", found.label),
    }];
    if !found.unchecked.is_empty() {
        lines.push(format!("  CloudFormation cannot look at {} of its resources:", found.unchecked.len()));
        lines.extend(found.unchecked.iter().map(|one| format!("    {}  {}", one.id, one.ty)));
    }
    output::print(printed(&lines).as_bytes())?;
    Ok(())
}

/// Where the first thing that differs is written.
fn place(units: &Units, at: usize, one: &DriftedResource) -> Option<cloudc_emit::Place> {
    let pointer = one.differences.first().map_or_else(String::new, |first| format!("/Properties{}", first.path));
    units.units[at].written(&one.id, &pointer).map(|entry| entry.site.clone())
}

fn message(one: &DriftedResource) -> String {
    match one.status.as_str() {
        "DELETED" => format!("`{}` does not exist any more", one.physical.as_deref().unwrap_or(&one.id)),
        _ => format!("{} was changed outside", one.ty),
    }
}

fn differences(one: &DriftedResource) -> Vec<String> {
    let line = |found: &cloudc_deploy::aws::Difference| {
        let name = found.path.trim_start_matches('/').replace('/', ".");
        match found.kind.as_str() {
            "ADD" => format!("{name}: {} is there, and the template does not say it", found.actual),
            "REMOVE" => format!("{name}: {} is gone", found.expected),
            _ => format!("{name}: the template says {}, it is {}", found.expected, found.actual),
        }
    };
    one.differences.iter().map(line).collect()
}

fn report(one: &DriftedResource) -> Report {
    Report {
        code: codes::DRIFTED,
        message: render::printable(&format!("`{}`: {}", one.id, message(one))),
        label: "written here".to_owned(),
        notes: differences(one).iter().map(|line| render::printable(line)).collect(),
        help: Some(
            "`--remediate accept` writes what is there into the program, `--remediate revert` makes it again what is written"
                .to_owned(),
        ),
    }
}
