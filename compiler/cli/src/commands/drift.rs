//! `cloudc drift`: what was changed behind CloudFormation's back, at the source line.

use std::sync::Arc;

use clap::ValueEnum;
use cloudc_base::render;
use cloudc_deploy::aws::{Aws, DriftedResource, Resource, StackDrift};
use cloudc_deploy::{Error, codes};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::units::{Report, Units};
use crate::aws::{block_on, failure, local, no_stack, printed, remedy};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `drift`.
#[derive(Debug, clap::Args)]
#[command(after_help = "CloudFormation cannot look at every type of resource; those it could not are named.

Examples:
  cloudc drift                          every stack of the program here
  cloudc drift api --json
  cloudc drift api --remediate accept   write what is there into the program
  cloudc drift api --remediate revert   make it again what the program says

Exit codes: 0 nothing was changed, 2 something was, 3 AWS said no.")]
pub struct Args {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Mend what was found
    #[arg(long, value_name = "HOW", conflicts_with = "json")]
    remediate: Option<Remedy>,
    /// Ask nothing before something is reverted
    #[arg(long, short)]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
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
    unit: Option<usize>,
    drift: StackDrift,
    /// Resources that CloudFormation could not look at.
    unchecked: Vec<Resource>,
}

/// Looks and prints.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, units) = named::find(&args.named, global)?;
    let accounts = Accounts::new(&args.access);
    let found = block_on(async {
        let mut all = Vec::new();
        for one in &stacks {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            all.push(look(&aws, &one.name, one.unit).await?);
        }
        Ok(all)
    })?;
    if args.json {
        let all: Vec<_> = found
            .iter()
            .map(|one| serde_json::json!({ "stack": one.name, "status": one.drift.status, "resources": one.drift.resources, "unchecked": one.unchecked }))
            .collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "stacks": all })).as_bytes())?;
    } else {
        for one in &found {
            show(one, units.as_ref(), global)?;
        }
    }
    if let Some(remedy) = args.remediate {
        return mend(args, remedy, &stacks, &found, units.as_ref(), &accounts, global);
    }
    let drifted = found.iter().any(|one| one.drift.resources.iter().any(is_drifted));
    Ok(if drifted { Exit::Changes } else { Exit::Fine })
}

async fn look(aws: &Aws, name: &str, unit: Option<usize>) -> Result<Found, Failure> {
    let stack = aws.stack(name).await.map_err(failure)?.ok_or_else(|| failure(no_stack(name, &aws.region)))?;
    let drift = aws.drift(&stack.id).await.map_err(failure)?;
    let looked = |id: &str| drift.resources.iter().any(|one| one.id == id && one.status != "NOT_CHECKED");
    let mut unchecked = aws.resources(&stack.id).await.map_err(failure)?;
    unchecked.retain(|one| !looked(&one.id) && !one.status.is_deleted());
    Ok(Found { name: name.to_owned(), unit, drift, unchecked })
}

/// Mends, and says what could not be.
fn mend(
    args: &Args,
    remedy: Remedy,
    stacks: &[Named],
    found: &[Found],
    units: Option<&Units>,
    accounts: &Arc<Accounts>,
    global: &Global,
) -> Result<Exit, Failure> {
    let mut left = 0;
    for (named, one) in stacks.iter().zip(found) {
        let drifted: Vec<&DriftedResource> = one.drift.resources.iter().filter(|one| is_drifted(one)).collect();
        if drifted.is_empty() {
            continue;
        }
        left += match remedy {
            Remedy::Accept => {
                let Some((units, at)) = units.zip(one.unit) else {
                    return Err(
                        Failure::errors(format!("`{}` is no stack of the program here", one.name)).help("change to its folder")
                    );
                };
                remedy::accept(units, at, &drifted, &args.named.settings, global)?
            }
            Remedy::Revert => {
                let agreed = args.yes
                    || local::interactive()
                        && local::ask("make it again what the template says? [y]es, [n]o")
                            .is_some_and(|said| said.starts_with('y'));
                if !agreed {
                    return Err(failure(Error::new(codes::NOT_APPROVED, "nothing was reverted").help("`--yes` agrees to it")));
                }
                block_on(remedy::revert(named, &drifted, accounts, global))?
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
        let place = units.zip(found.unit).and_then(|(units, at)| place(units, at, one));
        match (place, units.zip(found.unit)) {
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
        0 => format!("{}: nothing was changed outside", found.name),
        1 => format!("{}: 1 resource was changed outside", found.name),
        count => format!("{}: {count} resources were changed outside", found.name),
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
