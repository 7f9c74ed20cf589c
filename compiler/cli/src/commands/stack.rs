//! `cloudc stack`: stacks of the account, whoever made them.

use clap::Subcommand;

use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::named::{self, LookArgs};
use crate::aws::{block_on, failure, no_stack};
use crate::commands::{destroy, events, list, outputs, policy, show};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `stack`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc stack list 'shop-*'
  cloudc stack export legacy-vpc > legacy-vpc.yaml
  cloudc stack policy set legacy-vpc --stateful
  cloudc stack delete old-api")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// List stacks
    List(list::Args),
    /// Show a stack with everything in it
    Show(show::Args),
    /// Show what happened
    Events(events::Args),
    /// Show outputs
    Outputs(outputs::Args),
    /// Print the template as it was deployed
    Export(ExportArgs),
    /// Delete
    Delete(destroy::Args),
    /// What updates may do to the resources
    Policy(policy::Args),
}

/// Options of `stack export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc stack export legacy-vpc --region eu-west-1 > legacy-vpc.yaml
  cloudc stack export api --json        with parameters, tags and outputs")]
struct ExportArgs {
    #[command(flatten)]
    look: LookArgs,
}

/// Does it.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(args) => list::run(args, global),
        Command::Show(args) => show::run(args, global),
        Command::Events(args) => events::run(args, global),
        Command::Outputs(args) => outputs::run(args, global),
        Command::Export(args) => export(args, global),
        Command::Delete(args) => destroy::run(args, global),
        Command::Policy(args) => policy::run(args, global),
    }
}

fn export(args: &ExportArgs, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.look.named, global)?;
    let one = named::only(&stacks, "an export is of", "cloudc stack export STACK")?;
    let accounts = Accounts::new(&args.look.access);
    let (stack, template) = block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let stack = aws.stack(&one.name).await.map_err(failure)?.ok_or_else(|| failure(no_stack(&one.name, &aws.region)))?;
        let template = aws.template(&stack.id).await.map_err(failure)?.unwrap_or_default();
        Ok((stack, template))
    })?;
    if args.look.json {
        let whole = serde_json::json!({ "version": 1, "stack": stack, "template": template });
        output::print(format!("{whole:#}\n").as_bytes())?;
    } else {
        output::print(template.as_bytes())?;
    }
    Ok(Exit::Fine)
}
