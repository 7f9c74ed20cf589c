//! `cloudc list`: the stacks of the accounts and regions that the program here goes to.

use cloudc_deploy::Error;
use cloudc_deploy::aws::Stack;

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, Named};
use crate::aws::{block_on, failure, printed, rounds};
use crate::commands::events::fits;
use crate::exit::{Exit, Failure};
use crate::session::SettingArgs;
use crate::{output, records};

/// Options of `list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc list --region eu-west-1,us-east-1
  cloudc list --all-regions             wherever something may be left
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
    /// Look into every region that the account can use
    #[arg(long, conflicts_with = "regions")]
    all_regions: bool,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the stacks. A place that cannot be asked is told, and the others are shown.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    let places = named::places(&args.settings, global);
    let looked = block_on(async {
        let places = if args.all_regions { everywhere(&accounts, places).await.map_err(failure)? } else { places };
        Ok(rounds::look(&accounts, &[(places, None)], stacks).await)
    })?;
    let (found, failed) = rounds::sorted_out(looked);
    let several = found.len() > 1;
    let mut stacks: Vec<(String, Stack)> = found.into_iter().flatten().collect();
    let word = args.status.as_ref().map(|word| word.to_uppercase());
    stacks.retain(|(_, stack)| args.pattern.as_ref().is_none_or(|pattern| fits(pattern, &stack.name)));
    stacks.retain(|(_, stack)| word.as_ref().is_none_or(|word| stack.status.as_str().contains(word.as_str())));
    stacks.sort_by(|(_, a), (_, b)| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    stacks.dedup_by(|(_, a), (_, b)| a.id == b.id);
    let exit = if failed { Exit::World } else { Exit::Fine };
    if args.json {
        let records: Vec<_> = stacks.iter().map(|(region, stack)| records::stack(stack, region)).collect();
        let whole = serde_json::json!({ "version": 1, "stacks": records });
        output::print(format!("{whole:#}\n").as_bytes())?;
        return Ok(exit);
    }
    let width = stacks.iter().map(|(_, stack)| stack.name.len()).max().unwrap_or(0);
    let line = |(region, stack): &(String, Stack)| {
        let changed = cloudc_deploy::clock::written(stack.updated.unwrap_or(stack.created));
        let nested = if stack.root.is_some() { "  (nested)" } else { "" };
        // `arn:aws:cloudformation:REGION:ACCOUNT:stack/…`
        let account = stack.id.split(':').nth(4).unwrap_or_default();
        let place = if several { format!("  {region:<14}  {account}") } else { String::new() };
        format!("{:<width$}  {:<28}  {changed}{place}{nested}", stack.name, stack.status.as_str())
    };
    output::print(printed(&stacks.iter().map(line).collect::<Vec<_>>()).as_bytes())?;
    Ok(exit)
}

async fn stacks(accounts: &Accounts, place: &Named) -> Result<Vec<(String, Stack)>, Error> {
    let aws = accounts.connect(place.wanted()).await?;
    let found = aws.stacks().await?;
    Ok(found.into_iter().map(|stack| (aws.region.clone(), stack)).collect())
}

/// The same accounts in every region that they can use.
async fn everywhere(accounts: &Accounts, places: Vec<Named>) -> Result<Vec<Named>, Error> {
    let (mut all, mut known) = (Vec::new(), Vec::new());
    for place in places {
        let aws = accounts.connect(place.wanted()).await?;
        if known.contains(&aws.identity) {
            continue;
        }
        all.extend(aws.enabled_regions().await?.into_iter().map(|region| place.in_region(region)));
        known.push(aws.identity);
    }
    Ok(all)
}
