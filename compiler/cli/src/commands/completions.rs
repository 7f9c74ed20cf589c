//! `cloudc completions`: completion scripts.

use clap::CommandFactory as _;

use crate::args::Cli;
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc completions bash > ~/.local/share/bash-completion/completions/cloudc
  cloudc completions zsh > ~/.zfunc/_cloudc
  cloudc completions fish > ~/.config/fish/completions/cloudc.fish")]
pub struct Args {
    /// Which shell
    shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cloudc", &mut script);
    output::print(&script)?;
    Ok(Exit::Fine)
}
