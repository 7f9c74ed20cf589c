//! `cloudc schema export`: resource types for other tools, and the forms of what `cloudc` itself reads and prints.

use std::path::PathBuf;

use clap::ValueEnum;
use cloudc_schema::export::{self, Form};
use cloudc_schema::{Schema, Type};

use crate::args::Global;
use crate::documents::{self, DOCUMENTS};
use crate::exit::{Exit, Failure};
use crate::layers;
use crate::output::{self, Written};

/// Options of `schema export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "JSON Schema is draft 2020-12. What is said beside it begins with `x-`: what changing a property
does, units, what a value refers to, attributes, regions.

Examples:
  cloudc schema export AWS::S3::Bucket
  cloudc schema export 'AWS::SQS::*' 'AWS::SNS::*' -o schemas
  cloudc schema export --all -o schemas --template  # with functions; template.schema.json
  cloudc schema export --all -o pages --format markdown
  cloudc schema export --of contract                  # what a contract's file holds
  cloudc schema export --of all -o schemas")]
pub struct Args {
    /// Types by name; `*` at the end stands for any letters
    #[arg(required_unless_present_any = ["all", "of"])]
    types: Vec<String>,
    /// Every type
    #[arg(long, conflicts_with = "types")]
    all: bool,
    /// The form of something that cloudc reads or prints; `all` for each of them
    #[arg(long, value_name = "DOCUMENT", conflicts_with_all = ["types", "all"])]
    of: Vec<String>,
    /// Folder to write to, a file for each type; `-` prints one
    #[arg(long, short, visible_alias = "out", value_name = "DIR", default_value = "-")]
    output: PathBuf,
    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "json-schema", conflicts_with = "of")]
    format: Format,
    /// As templates say it: intrinsic functions anywhere, numbers as text
    #[arg(long, conflicts_with = "of")]
    template: bool,
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON Schema.
    JsonSchema,
    /// Pages.
    Markdown,
}

/// Writes types or documents.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let files = if args.of.is_empty() { types(args, &layers::schema(global))? } else { of(args)? };
    if args.output.as_os_str() == "-" {
        let [(_, text)] = files.as_slice() else {
            let message = format!("{} files do not fit into one output", files.len());
            return Err(Failure::usage(message).help("name a folder: `-o schemas`"));
        };
        output::print(text.as_bytes())?;
        return Ok(Exit::Fine);
    }
    let count = files.len();
    let written = files.into_iter().map(|(name, text)| Written { path: args.output.join(name), bytes: text.into_bytes() });
    output::write_all(&written.collect::<Vec<_>>())?;
    if !global.quiet {
        output::line(&format!("{count} file{} → {}", if count == 1 { "" } else { "s" }, args.output.display()));
    }
    Ok(Exit::Fine)
}

/// Files of the types asked for; in a folder something that leads to them comes with them.
fn types(args: &Args, schema: &Schema) -> Result<Vec<(String, String)>, Failure> {
    let found = if args.all { schema.types().collect() } else { chosen(&args.types, schema)? };
    let form = if args.template { Form::Template } else { Form::Plain };
    let mut files: Vec<(String, String)> = found
        .iter()
        .map(|ty| match args.format {
            Format::JsonSchema => {
                (format!("{}.schema.json", export::file_stem(ty.name())), format!("{:#}\n", export::json_schema(*ty, form)))
            }
            Format::Markdown => (format!("{}.md", export::file_stem(ty.name())), export::markdown(*ty)),
        })
        .collect();
    if args.output.as_os_str() != "-" {
        match args.format {
            Format::JsonSchema if args.template => {
                files.push(("template.schema.json".to_owned(), format!("{:#}\n", export::template_schema(&found))));
            }
            Format::JsonSchema => {}
            Format::Markdown => files.push(("README.md".to_owned(), export::index(&found))),
        }
    }
    Ok(files)
}

fn chosen(wanted: &[String], schema: &Schema) -> Result<Vec<Type>, Failure> {
    let mut found: Vec<Type> = Vec::new();
    for name in wanted {
        let fitting: Vec<Type> = match name.strip_suffix('*') {
            Some(start) => schema.types().filter(|ty| ty.name().starts_with(start)).collect(),
            None => schema.ty(name).into_iter().collect(),
        };
        if fitting.is_empty() {
            let failure = Failure::errors(format!("there is no resource type `{name}`"));
            return Err(match schema.suggest(name.trim_end_matches('*')) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("`cloudc schema search TEXT` finds types by a part of their name"),
            });
        }
        for ty in fitting {
            if !found.contains(&ty) {
                found.push(ty);
            }
        }
    }
    found.sort_by_key(|ty| ty.name());
    Ok(found)
}

/// Files of the documents asked for.
fn of(args: &Args) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    for wanted in &args.of {
        if wanted == "all" {
            files = DOCUMENTS.iter().map(|(name, text)| (format!("{name}.schema.json"), (*text).to_owned())).collect();
            break;
        }
        let Some(text) = documents::schema(wanted) else {
            let names: Vec<&str> = DOCUMENTS.iter().map(|(name, _)| *name).collect();
            let failure = Failure::usage(format!("there is no document `{wanted}`"));
            return Err(failure.help(format!("there are {}, and `all`", names.join(", "))));
        };
        files.push((format!("{wanted}.schema.json"), text.to_owned()));
    }
    Ok(files)
}
