//! `cloudc list`: the stacks of an account in a region.

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts, Wanted};
use crate::aws::{block_on, failure, printed};
use crate::commands::events::fits;
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc list --region eu-west-1
  cloudc list 'shop-*' --status failed
  cloudc list --json | jq -r '.stacks[].name'")]
pub struct Args {
    /// Only names like this; `*` stands for any letters
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
    /// Where
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Only stacks whose status contains this: `failed`, `in_progress`
    #[arg(long, value_name = "WORD")]
    status: Option<String>,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the stacks.
pub fn run(args: &Args, _: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    let (mut stacks, region) = block_on(async {
        let wanted = Wanted { region: args.region.as_deref(), ..Wanted::default() };
        let aws = accounts.connect(wanted).await.map_err(failure)?;
        Ok((aws.stacks().await.map_err(failure)?, aws.region.clone()))
    })?;
    let word = args.status.as_ref().map(|word| word.to_uppercase());
    stacks.retain(|stack| args.pattern.as_ref().is_none_or(|pattern| fits(pattern, &stack.name)));
    stacks.retain(|stack| word.as_ref().is_none_or(|word| stack.status.as_str().contains(word.as_str())));
    stacks.sort_by(|a, b| a.name.cmp(&b.name));
    if args.json {
        let whole = serde_json::json!({ "version": 1, "region": region, "stacks": stacks });
        output::print(format!("{whole:#}\n").as_bytes())?;
        return Ok(Exit::Fine);
    }
    let width = stacks.iter().map(|stack| stack.name.len()).max().unwrap_or(0);
    let lines: Vec<String> = stacks
        .iter()
        .map(|stack| {
            let changed = cloudc_deploy::clock::written(stack.updated.unwrap_or(stack.created));
            let nested = if stack.root.is_some() { "  (nested)" } else { "" };
            format!("{:<width$}  {:<28}  {changed}{nested}", stack.name, stack.status.as_str())
        })
        .collect();
    output::print(printed(&lines).as_bytes())?;
    Ok(Exit::Fine)
}
