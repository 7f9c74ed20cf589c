//! `cloudc outputs`: what stacks tell.

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, NamedArgs};
use crate::aws::{block_on, failure, no_stack};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `outputs`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc outputs api
  cloudc outputs api --name Url         the value alone
  cloudc outputs --json")]
pub struct Args {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print only the value of this output
    #[arg(long, value_name = "OUTPUT")]
    name: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints outputs.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.named, global)?;
    let accounts = Accounts::new(&args.access);
    let found = block_on(async {
        let mut all = Vec::new();
        for one in &stacks {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            let stack = aws.stack(&one.name).await.map_err(failure)?;
            all.push(stack.ok_or_else(|| failure(no_stack(&one.name, &aws.region)))?);
        }
        Ok(all)
    })?;
    if let Some(name) = &args.name {
        let value = found.iter().find_map(|stack| stack.outputs.get(name));
        let value = value.ok_or_else(|| Failure::errors(format!("there is no output `{name}`")))?;
        output::print(format!("{}\n", cloudc_base::render::printable(&value.value)).as_bytes())?;
        return Ok(Exit::Fine);
    }
    if args.json {
        let all: serde_json::Map<_, _> =
            found.iter().map(|stack| (stack.name.clone(), serde_json::to_value(&stack.outputs).unwrap_or_default())).collect();
        output::print(format!("{:#}\n", serde_json::Value::Object(all)).as_bytes())?;
        return Ok(Exit::Fine);
    }
    for stack in &found {
        for (name, value) in &stack.outputs {
            let prefix = if found.len() > 1 { format!("{}.", stack.name) } else { String::new() };
            output::print(
                format!("{}\n", cloudc_base::render::printable(&format!("{prefix}{name} = {}", value.value))).as_bytes(),
            )?;
        }
    }
    Ok(Exit::Fine)
}
