//! `cloudc show`: a deployed stack with everything in it.

use cloudc_deploy::aws::{Resource, Stack};

use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::named::{self, LookArgs};
use crate::aws::{block_on, failure, no_stack, printed};
use crate::exit::{Exit, Failure};
use crate::{output, records};

/// Options of `show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc show api
  cloudc show api --resource Queue
  cloudc show api --json")]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// Only this resource, by logical id
    #[arg(long, value_name = "ID")]
    resource: Option<String>,
}

/// What is shown of a stack.
struct Shown {
    region: String,
    stack: Stack,
    resources: Vec<Resource>,
    change_sets: Vec<String>,
}

/// Prints stacks.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.look.named, global)?;
    let accounts = Accounts::new(&args.look.access);
    let found: Vec<Shown> = block_on(async {
        let mut all = Vec::new();
        for one in &stacks {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            let stack = aws.stack(&one.name).await.map_err(failure)?;
            let stack = stack.ok_or_else(|| failure(no_stack(&one.name, &aws.region)))?;
            let mut resources = aws.resources(&stack.id).await.map_err(failure)?;
            resources.retain(|one| args.resource.as_ref().is_none_or(|id| *id == one.id));
            resources.sort_by(|a, b| a.id.cmp(&b.id));
            let change_sets = aws.change_sets(&stack.id).await.map_err(failure)?;
            all.push(Shown { region: aws.region.clone(), stack, resources, change_sets });
        }
        Ok(all)
    })?;
    if let Some(id) = args.resource.as_ref().filter(|_| found.iter().all(|one| one.resources.is_empty())) {
        return Err(Failure::errors(format!("there is no resource `{id}`")));
    }
    if args.look.json {
        let all: Vec<_> = found
            .iter()
            .map(|one| {
                let resources: Vec<_> = one.resources.iter().map(|resource| records::resource(resource, &one.region)).collect();
                serde_json::json!({
                    "stack": records::stack(&one.stack, &one.region),
                    "resources": resources,
                    "change_sets": one.change_sets,
                })
            })
            .collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "stacks": all })).as_bytes())?;
        return Ok(Exit::Fine);
    }
    for one in &found {
        output::print(text(one).as_bytes())?;
    }
    Ok(Exit::Fine)
}

fn text(shown: &Shown) -> String {
    let Shown { stack, resources, change_sets, .. } = shown;
    let mut lines = vec![format!("{}  {}", stack.name, stack.status), format!("  {}", stack.id)];
    lines.extend(stack.description.as_ref().map(|text| format!("  {text}")));
    let mut section = |title: &str, pairs: Vec<(String, String)>| {
        if !pairs.is_empty() {
            lines.push(format!("  {title}:"));
            lines.extend(pairs.into_iter().map(|(name, value)| format!("    {name} = {value}")));
        }
    };
    section("Parameters", stack.parameters.clone().into_iter().collect());
    section("Outputs", stack.outputs.iter().map(|(name, output)| (name.clone(), output.value.clone())).collect());
    section("Tags", stack.tags.clone().into_iter().collect());
    if !change_sets.is_empty() {
        lines.push(format!("  Change sets that wait: {}", change_sets.join(", ")));
    }
    lines.push(format!("  Resources ({}):", resources.len()));
    for one in resources {
        let drifted = if one.drifted { "  changed outside" } else { "" };
        let reason = one.reason.as_ref().filter(|_| one.status.failed()).map_or_else(String::new, |reason| format!("  {reason}"));
        let physical = one.physical.as_deref().unwrap_or("-");
        lines.push(format!("    {}  {}  {}  {physical}{drifted}{reason}", one.id, one.ty, one.status));
    }
    printed(&lines)
}
