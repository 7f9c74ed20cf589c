//! `cloudc stack`: stacks of the account, whoever made them.

use clap::Subcommand;

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, NamedArgs};
use crate::aws::{block_on, failure, no_stack};
use crate::commands::{destroy, events, list, outputs, show};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `stack`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc stack list 'shop-*'
  cloudc stack export legacy-vpc > legacy-vpc.yaml
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
}

/// Options of `stack export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc stack export legacy-vpc --region eu-west-1 > legacy-vpc.yaml
  cloudc stack export api --json        with parameters, tags and outputs")]
struct ExportArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// The stack as JSON, its template inside
    #[arg(long)]
    json: bool,
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
    }
}

fn export(args: &ExportArgs, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.named, global)?;
    let [one] = stacks.as_slice() else {
        return Err(Failure::usage("one stack is exported").help("name it: `cloudc stack export STACK`"));
    };
    let accounts = Accounts::new(&args.access);
    let (stack, template) = block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let stack = aws.stack(&one.name).await.map_err(failure)?.ok_or_else(|| failure(no_stack(&one.name, &aws.region)))?;
        let template = aws.template(&stack.id).await.map_err(failure)?.unwrap_or_default();
        Ok((stack, template))
    })?;
    if args.json {
        let whole = serde_json::json!({ "version": 1, "stack": stack, "template": template });
        output::print(format!("{whole:#}\n").as_bytes())?;
    } else {
        output::print(template.as_bytes())?;
    }
    Ok(Exit::Fine)
}
