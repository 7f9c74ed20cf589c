//! `cloudc list`: the stacks of the accounts and regions that the program here goes to.

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::{block_on, failure, named, printed};
use crate::commands::events::fits;
use crate::exit::{Exit, Failure};
use crate::session::SettingArgs;
use crate::{output, records};

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
    #[command(flatten)]
    settings: SettingArgs,
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
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    let mut stacks = block_on(async {
        let mut all = Vec::new();
        for place in named::places(&args.settings, global) {
            let aws = accounts.connect(place.wanted()).await.map_err(failure)?;
            let found = aws.stacks().await.map_err(failure)?;
            all.extend(found.into_iter().map(|stack| (aws.region.clone(), stack)));
        }
        Ok(all)
    })?;
    let word = args.status.as_ref().map(|word| word.to_uppercase());
    stacks.retain(|(_, stack)| args.pattern.as_ref().is_none_or(|pattern| fits(pattern, &stack.name)));
    stacks.retain(|(_, stack)| word.as_ref().is_none_or(|word| stack.status.as_str().contains(word.as_str())));
    stacks.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    if args.json {
        let records: Vec<_> = stacks.iter().map(|(region, stack)| records::stack(stack, region)).collect();
        let whole = serde_json::json!({ "version": 1, "stacks": records });
        output::print(format!("{whole:#}\n").as_bytes())?;
        return Ok(Exit::Fine);
    }
    let width = stacks.iter().map(|(_, stack)| stack.name.len()).max().unwrap_or(0);
    let lines: Vec<String> = stacks
        .iter()
        .map(|(_, stack)| {
            let changed = cloudc_deploy::clock::written(stack.updated.unwrap_or(stack.created));
            let nested = if stack.root.is_some() { "  (nested)" } else { "" };
            format!("{:<width$}  {:<28}  {changed}{nested}", stack.name, stack.status.as_str())
        })
        .collect();
    output::print(printed(&lines).as_bytes())?;
    Ok(Exit::Fine)
}
