//! `cloudc schema search`.

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `schema search`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  cloudc schema search bucket")]
pub struct Args {
    /// Part of a name
    text: String,
    /// At most this many
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

/// Prints names, best first.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let hits = layers::schema(global).search(&args.text, args.limit);
    if hits.is_empty() {
        return Err(Failure::errors(format!("no resource type is called anything like `{}`", args.text)));
    }
    let list: String = hits.iter().map(|hit| format!("{}\n", hit.name)).collect();
    output::print(list.as_bytes())?;
    Ok(Exit::Fine)
}
