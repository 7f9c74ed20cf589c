//! `cloudc schema show`.

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `schema show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc schema show AWS::S3::Bucket
  cloudc schema show AWS::S3::Bucket.LifecycleConfiguration
  cloudc schema show AWS::ECS::Service --depth 3")]
pub struct Args {
    /// A type's name, or `TYPE.Definition` for a part of it
    name: String,
    /// How many levels of nested properties to show
    #[arg(long, default_value_t = 1)]
    depth: usize,
}

/// Prints the type.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let schema = layers::schema(global);
    let (name, definition) = match args.name.split_once('.') {
        Some((name, definition)) => (name, Some(definition)),
        None => (args.name.as_str(), None),
    };
    let unknown = || {
        let failure = Failure::errors(format!("there is no resource type `{name}`"));
        match schema.suggest(name) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`cloudc schema search TEXT` finds types by a part of their name"),
        }
    };
    let ty = schema.ty(name).ok_or_else(unknown)?;
    let options = cloudc_schema::ShowOptions { width: output::width(), depth: args.depth, definition };
    let text = cloudc_schema::show(ty, &options);
    let text =
        text.ok_or_else(|| Failure::errors(format!("`{name}` has no part called `{}`", definition.unwrap_or_default())))?;
    output::print(text.as_bytes())?;
    Ok(Exit::Fine)
}
