//! `cloudc convert`: programs as JSON, and JSON as programs.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use cloudc_base::render::printable;
use cloudc_format::json;

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};

/// JSON that is no program.
const NO_PROGRAM: &str = "C0797";

/// Options of `convert`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Records, lists, texts and numbers are JSON's own, other expressions `{ \"$\": \"their text\" }`.
Comments and line breaks come back too. `main.cloud.json` is also built as it is.

Examples:
  cloudc convert main.cloud                     # the JSON form on standard output
  cloudc convert main.cloud -o main.cloud.json
  cloudc convert main.cloud.json -o main.cloud
  generate | cloudc convert - --to cloud
  cloudc convert main.cloud --to tree           # the syntax tree, for tools
  cloudc schema export --of program             # what the JSON form holds")]
pub struct Args {
    /// A program, or one in JSON form; `-` is standard input
    file: PathBuf,
    /// What to write; otherwise the other of the two
    #[arg(long, value_name = "FORM")]
    to: Option<Form>,
    /// File to write; `-` prints it
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The JSON form.
    Json,
    /// The language.
    Cloud,
    /// Every node and token.
    Tree,
}

/// Converts.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let text = read(&args.file)?;
    let is_json = matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['));
    let shown = args.file.display().to_string();
    let program = if is_json { from_json(&text, &shown)? } else { text };
    let made = match args.to.unwrap_or(if is_json { Form::Cloud } else { Form::Json }) {
        Form::Tree => format!("{:#}\n", json::tree(&program)),
        form => match json::to_json(&program) {
            Ok(made) if form == Form::Json => format!("{made:#}\n"),
            Ok(_) => cloudc_format::format(&program).unwrap_or(program),
            Err(errors) => {
                errors.iter().for_each(|error| {
                    let before = program.get(..usize::from(error.range.start())).unwrap_or_default();
                    let line = before.matches('\n').count() + 1;
                    output::error(Some(error.code), &format!("{shown}:{line}: {}", error.message));
                });
                return Err(Failure::silent());
            }
        },
    };
    if args.output.as_os_str() == "-" {
        output::print(made.as_bytes())?;
        return Ok(Exit::Fine);
    }
    output::write_all(&[Written { path: args.output.clone(), bytes: made.into_bytes() }])?;
    if !global.quiet {
        output::line(&format!("{shown} → {}", args.output.display()));
    }
    Ok(Exit::Fine)
}

/// The program of a JSON form, or of a syntax tree.
fn from_json(text: &str, shown: &str) -> Result<String, Failure> {
    let fail = |why: String| {
        let message = format!("`{shown}` is no program in JSON form: {}", printable(&why));
        Failure::errors(message).coded(NO_PROGRAM).help("`cloudc schema export --of program` says what it holds")
    };
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
    let read = if value.is_array() { json::text_of_tree(&value) } else { json::from_json(&value) };
    read.map_err(|error| fail(error.to_string()))
}

fn read(path: &Path) -> Result<String, Failure> {
    let fail = |error: std::io::Error| Failure::world(format!("cannot read `{}`: {}", path.display(), output::reason(&error)));
    if path.as_os_str() != "-" {
        return std::fs::read_to_string(path).map_err(fail);
    }
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(fail)?;
    Ok(text)
}
