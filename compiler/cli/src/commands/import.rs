//! `cloudc import`: CloudFormation templates to `.cloud` programs.
//!
//! Always: nothing is overwritten without `--force`; nothing is written when any of the templates cannot be read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use cloudc_import::{Imported, Options, Part};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts, Wanted};
use crate::aws::{block_on, failure, no_stack};
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};
use crate::templates::{self, Template};
use crate::{layers, session};

/// Options of `import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc import network.yaml             # writes network.cloud
  cloudc import network.yaml -o -        # prints it
  cloudc import cdk.out --into stacks    # what `cdk synth` made; large stacks as several files
  cloudc import --stack legacy-vpc       # what is deployed, under the name it has
  cat network.yaml | cloudc import -")]
pub struct Args {
    /// Templates (JSON or YAML), folders of them, `cdk.out`; `-` is standard input
    #[arg(required_unless_present = "stack")]
    paths: Vec<PathBuf>,
    /// The template of this deployed stack; may be repeated. The program goes on where it is
    #[arg(long, value_name = "STACK")]
    stack: Vec<String>,
    /// Where deployed stacks are
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    #[command(flatten)]
    access: AccessArgs,
    /// The file to write; `-` prints the program
    #[arg(short, long, value_name = "FILE", conflicts_with = "into")]
    output: Option<PathBuf>,
    /// The folder to write to, instead of beside each template. A large stack gets a folder there, with a file for each concern
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// With `--into`: one file for each stack, also where it is large
    #[arg(long)]
    one_file: bool,
    /// The stack's name, instead of the file's
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Keep the metadata that the CDK writes for itself (`aws:cdk:path`, `aws:asset:*`)
    #[arg(long)]
    keep_cdk_metadata: bool,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

/// A template that was imported, and where the program goes.
struct Done {
    template: Template,
    imported: Imported,
    to: Option<PathBuf>,
}

/// Imports.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let found = read(args)?;
    if found.len() > 1 && (args.output.is_some() || args.name.is_some()) {
        return Err(Failure::usage("`--output` and `--name` are for one template").help("use `--into DIR` for several"));
    }
    let schema = layers::schema(global);
    let mut all = Vec::new();
    for template in found {
        let name = args.name.clone().unwrap_or_else(|| template.stack.clone());
        let settings = template.settings.clone();
        let options = Options {
            name: templates::stack_name(&name),
            keep_cdk_metadata: args.keep_cdk_metadata,
            settings,
            split: args.into.is_some() && !args.one_file,
        };
        let imported = cloudc_driver::with_stack(|| cloudc_import::import(&schema, &template.bytes, &options));
        let to = target(args, &template, &imported);
        all.push(Done { template, imported, to });
    }
    if all.iter().any(|done| done.imported.source.is_empty()) {
        all.iter().try_for_each(|done| templates::print_faults(&done.template, &done.imported.faults, global))?;
        return Ok(Exit::Errors);
    }
    write(&all, args)?;
    let mut failed = false;
    for done in &all {
        failed |= report(done, global)?;
    }
    session::leave(all);
    Ok(if failed { Exit::Errors } else { Exit::Fine })
}

fn read(args: &Args) -> Result<Vec<Template>, Failure> {
    let mut found = Vec::new();
    for path in &args.paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| Failure::world(format!("cannot read standard input: {}", output::reason(&error))))?;
            found.push(Template { path: PathBuf::from("<stdin>"), stack: "main".to_owned(), bytes, settings: Vec::new() });
        } else {
            found.extend(templates::below(path)?);
        }
    }
    if !args.stack.is_empty() {
        found.extend(deployed(args)?);
    }
    Ok(found)
}

/// Templates of deployed stacks.
fn deployed(args: &Args) -> Result<Vec<Template>, Failure> {
    let accounts = Accounts::new(&args.access);
    block_on(async {
        let aws = accounts.connect(Wanted { region: args.region.as_deref(), ..Wanted::default() }).await.map_err(failure)?;
        let mut found = Vec::new();
        for name in &args.stack {
            let missing = || failure(no_stack(name, &aws.region));
            let stack = aws.stack(name).await.map_err(failure)?.ok_or_else(missing)?;
            let bytes = aws.template(&stack.id).await.map_err(failure)?.ok_or_else(missing)?.into_bytes();
            let settings = vec![("name", stack.name.clone()), ("region", aws.region.clone())];
            found.push(Template { path: PathBuf::from(&stack.name), stack: stack.name, bytes, settings });
        }
        Ok(found)
    })
}

/// Where a program goes; nowhere is standard output.
fn target(args: &Args, template: &Template, imported: &Imported) -> Option<PathBuf> {
    let stdin = template.path.as_os_str() == "<stdin>";
    match (&args.output, &args.into) {
        (Some(path), _) => (path.as_os_str() != "-").then(|| path.clone()),
        // Parts stand beside the file of their stack.
        (None, Some(folder)) if !imported.parts.is_empty() => Some(folder.join(&template.stack).join(&imported.parts[0].name)),
        (None, Some(folder)) => Some(folder.join(format!("{}.cloud", template.stack))),
        (None, None) if stdin => None,
        (None, None) => Some(template.path.with_file_name(format!("{}.cloud", template.stack))),
    }
}

fn write(all: &[Done], args: &Args) -> Result<(), Failure> {
    let mut files: Vec<Written> = Vec::new();
    for done in all {
        let Some(path) = &done.to else {
            output::print(done.imported.source.as_bytes())?;
            continue;
        };
        for Written { path, bytes } in programs(&done.imported, path) {
            if files.iter().any(|file| file.path == path) {
                return Err(Failure::usage(format!("two templates would both become `{}`", path.display()))
                    .help("import them one by one, with `--output`"));
            }
            if !args.force && path.symlink_metadata().is_ok() {
                return Err(Failure::world(format!("`{}` exists already", path.display()))
                    .help("nothing was written; `--force` replaces it, `-o` writes elsewhere"));
            }
            files.push(Written { path, bytes });
        }
    }
    output::write_all(&files)
}

/// The files of a program: one, or its parts in the folder of the first.
fn programs(imported: &Imported, path: &Path) -> Vec<Written> {
    if imported.parts.is_empty() {
        return vec![Written { path: path.to_path_buf(), bytes: imported.source.clone().into_bytes() }];
    }
    let part = |part: &Part| Written { path: path.with_file_name(&part.name), bytes: part.text.clone().into_bytes() };
    imported.parts.iter().map(part).collect()
}

/// Says what became of a template. True when the program is not all that the template is.
fn report(done: &Done, global: &Global) -> Result<bool, Failure> {
    let Done { template, imported, to } = done;
    templates::print_faults(template, &imported.faults, global)?;
    let shown = template.path.display();
    if let (Some(to), false) = (to, global.quiet) {
        let others: Vec<&str> = imported.parts.iter().skip(1).map(|part| part.name.as_str()).collect();
        let others = if others.is_empty() { String::new() } else { format!(", with {}", others.join(", ")) };
        output::line(&format!("imported {shown} → {}{others}", to.display()));
    }
    if !global.quiet {
        for note in &imported.notes {
            output::line(&format!("note: {shown}: {note}"));
        }
        if !imported.raws.is_empty() {
            let count = imported.raws.len();
            let pieces = if count == 1 { "1 piece is".to_owned() } else { format!("{count} pieces are") };
            output::line(&format!("note: {shown}: {pieces} written as `raw`, unchecked"));
        }
    }
    for error in &imported.errors {
        output::line(&format!("warning: {shown}: the program has an error: {}", cloudc_base::render::printable(error)));
    }
    for difference in &imported.differences {
        let path = cloudc_base::render::printable(&difference.path);
        output::line(&format!("warning: {shown}: the program builds something else at {path}"));
    }
    Ok(!imported.errors.is_empty() || !imported.differences.is_empty() || imported.faults.iter().any(|fault| fault.fatal))
}
