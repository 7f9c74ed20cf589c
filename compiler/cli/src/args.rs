//! The command line: options that every command has, and the list of commands.

use clap::{Parser, ValueEnum};

use crate::commands::Command;

/// What `cloudc` was asked to do.
#[derive(Debug, Parser)]
#[command(
    name = "cloudc",
    version,
    about = "A typed language for AWS infrastructure that compiles to CloudFormation",
    after_help = EXIT_CODES,
    after_long_help = EXAMPLES_AND_EXIT_CODES,
    disable_help_subcommand = true,
    propagate_version = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options that every command has.
    #[command(flatten)]
    pub global: Global,
}

/// Options that every command has.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// When to use colours; `auto` also obeys NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Print errors only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Use the resource types that came with the compiler, not those that `cloudc schema sync` or `import` added
    #[arg(long, global = true)]
    pub embedded_schemas: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that shows them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiagnosticFormat {
    /// For people.
    Text,
    /// For machines: one JSON object.
    Json,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the program has errors
  2  the command line makes no sense
  3  the outside world said no (a missing file, a full disk, no network)";

const EXAMPLES_AND_EXIT_CODES: &str = "\
Examples:
  cloudc new shop                       start a project in ./shop
  cloudc import template.yaml           write the program of a CloudFormation template
  cloudc check                          check every file below this folder
  cloudc test                           run every test below this folder
  cloudc build main.cloud               write build/<stack>.template.json
  cloudc build main.cloud -o - --format yaml
  cloudc build --env prod               every stack of the project, for an environment
  cloudc explain C0301                  what an error means, with an example
  cloudc schema show AWS::S3::Bucket    a resource type as a person wants to read it

Exit codes:
  0  done
  1  the program has errors
  2  the command line makes no sense
  3  the outside world said no (a missing file, a full disk, no network)";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    /// Help is wrapped at a hundred columns; lines that are laid out must be shorter to stay as they are.
    fn laid_out(command: &clap::Command, path: &str, wrong: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        wrong.extend(text.lines().filter(|line| line.chars().count() > 95).map(|line| format!("{path}: {line}")));
        let takes =
            command.get_arguments().any(|arg| !arg.is_global_set() && arg.get_id() != "help" && arg.get_id() != "version");
        if (takes || command.has_subcommands()) && text.is_empty() {
            wrong.push(format!("{path} shows no example"));
        }
        for inner in command.get_subcommands() {
            laid_out(inner, &path, wrong);
        }
    }

    #[test]
    fn every_command_has_examples_that_fit() {
        let mut wrong = Vec::new();
        laid_out(&Cli::command(), "", &mut wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
