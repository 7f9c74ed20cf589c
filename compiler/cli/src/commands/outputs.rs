//! `cloudc outputs`: what stacks tell.

use cloudc_deploy::Error;
use cloudc_deploy::aws::Stack;

use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::named::{self, LookArgs, Named};
use crate::aws::progress::Who;
use crate::aws::{block_on, no_stack, rounds};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `outputs`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc outputs api
  cloudc outputs api --name Url         the value alone
  cloudc outputs --env dev,prod --json")]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// Print only the value of this output
    #[arg(long, value_name = "OUTPUT")]
    name: Option<String>,
}

/// Prints outputs. A place that cannot be asked, and a stack that is not there, are told, and the others are shown.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let all = named::each(&args.look.named, global)?;
    let accounts = Accounts::new(&args.look.access);
    let looked = block_on(async { Ok(rounds::look(&accounts, &all, look).await) })?;
    let (found, failed) = rounds::sorted_out(looked);
    let exit = if failed { Exit::World } else { Exit::Fine };
    let who = Who::all(found.iter().map(|one| (one.stack.name.as_str(), Some(one.region.as_str()), one.environment.as_deref())));
    let labelled = || who.iter().zip(&found).map(|(who, one)| (who.label.as_str(), &one.stack));
    if let Some(name) = &args.name {
        let value = labelled().find_map(|(_, stack)| stack.outputs.get(name));
        let Some(value) = value else {
            return if failed { Ok(exit) } else { Err(Failure::errors(format!("there is no output `{name}`"))) };
        };
        output::print(format!("{}\n", cloudc_base::render::printable(&value.value)).as_bytes())?;
        return Ok(exit);
    }
    if args.look.json {
        let all: serde_json::Map<_, _> = labelled()
            .map(|(label, stack)| (label.to_owned(), serde_json::to_value(&stack.outputs).unwrap_or_default()))
            .collect();
        output::print(format!("{:#}\n", serde_json::Value::Object(all)).as_bytes())?;
        return Ok(exit);
    }
    for (label, stack) in labelled() {
        for (name, value) in &stack.outputs {
            let prefix = if found.len() > 1 { format!("{label}.") } else { String::new() };
            output::print(
                format!("{}\n", cloudc_base::render::printable(&format!("{prefix}{name} = {}", value.value))).as_bytes(),
            )?;
        }
    }
    Ok(exit)
}

/// A stack and where it is.
struct Found {
    stack: Stack,
    region: String,
    environment: Option<String>,
}

async fn look(accounts: &Accounts, one: &Named) -> Result<Found, Error> {
    let aws = accounts.connect(one.wanted()).await?;
    let stack = aws.stack(&one.name).await?.ok_or_else(|| no_stack(&one.name, &aws.region))?;
    Ok(Found { stack, region: aws.region.clone(), environment: one.place().2.map(str::to_owned) })
}
