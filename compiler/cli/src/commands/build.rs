//! `cloudc build`: templates, their source maps and manifests.
//!
//! Always: when any stack has an error nothing is written; a file appears complete or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use cloudc_base::{Diagnostic, File, Severity};
use cloudc_driver::{Artifact, Database};

use crate::args::{DiagnosticFormat, Global};
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};
use crate::session::{self, Findings, Session, SettingArgs};
use crate::walk::{self, Source};

/// Options of `build`.
#[derive(Debug, clap::Args)]
#[command(after_help = "For each stack three files are written:
  NAME.template.json (or .yaml)  the template
  NAME.map.json                  where in the sources each part of it was written
  NAME.manifest.json             what a deployment needs to know: name, region, parameters,
                                 tags, capabilities, what to upload and to deploy before
Templates of nested stacks go to assets/, where the manifest names them.

Examples:
  cloudc build main.cloud
  cloudc build stacks -o out --format yaml
  cloudc build --env prod -o build/prod
  cloudc build main.cloud --set stage=prod --set nodes=3
  cloudc build main.cloud -o - | cfn-lint -")]
pub struct Args {
    /// Files with a stack, or folders in which every stack is built
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Where to write; `-` prints the template
    #[arg(long, short, value_name = "DIR", default_value = "build")]
    output: PathBuf,
    /// Form of the template
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: TemplateFormat,
    #[command(flatten)]
    settings: SettingArgs,
    /// How to print what is found; JSON goes to standard output, or to standard error when the template goes there
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    diagnostics: DiagnosticFormat,
}

/// Form of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TemplateFormat {
    /// JSON
    Json,
    /// YAML with CloudFormation's short forms
    Yaml,
}

/// One built stack.
struct Built {
    /// File name without its ending.
    stem: String,
    source: String,
    resources: usize,
    template: String,
    map: String,
    manifest: String,
    /// What is uploaded and made here: templates of nested stacks, by where they go below the output.
    made: Vec<(String, String)>,
}

/// Builds and writes.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let to_stdout = args.output.as_os_str() == "-";
    let sessions = session::open(walk::sources(&args.paths)?, &args.settings.options(cloudc_driver::Purpose::Build)?, global)?;
    let mut all = Vec::new();
    let mut built = Vec::new();
    for session in &sessions {
        let list = build_session(session, args.format, &mut built);
        all.push(Findings { session, list });
    }
    session::print(&all, args.diagnostics, global, to_stdout)?;
    let failed = all.iter().flat_map(|part| &part.list).any(|one| one.severity == Severity::Error);
    if failed {
        return Ok(Exit::Errors);
    }
    if built.is_empty() {
        return Err(Failure::errors("there is no stack to build").help("a file is built when it holds `stack name { … }`"));
    }
    let exit = if to_stdout { print_one(&built) } else { write(built, args, global) };
    drop(all);
    session::leave(sessions);
    exit
}

/// Builds every stack of a project's files; gives what was found.
fn build_session(session: &Session, format: TemplateFormat, built: &mut Vec<Built>) -> Vec<Diagnostic> {
    let mut list = Vec::new();
    let build = |db: &Database, (source, file): &(Source, File)| build_file(db, source, *file, format);
    for (made, found) in cloudc_driver::for_each(&session.db, &session.files, build) {
        built.extend(made);
        list.extend(found);
    }
    cloudc_driver::sorted(&session.db, list)
}

/// Builds the stack of one file for each of its targets.
fn build_file(db: &Database, source: &Source, file: File, format: TemplateFormat) -> (Vec<Built>, Vec<Diagnostic>) {
    let targets = cloudc_driver::targets(db, file);
    if targets.is_empty() {
        // Modules found in a folder are built with the stacks that import them.
        let mut list = if source.named { cloudc_driver::check(db, file) } else { Vec::new() };
        list.extend(cloudc_driver::no_stack(db, file).filter(|_| source.named));
        return (Vec::new(), list);
    }
    let (mut built, mut list) = (Vec::new(), Vec::new());
    let several = targets.len() > 1;
    for target in targets {
        let (artifact, found) = cloudc_driver::build(db, target);
        list.extend(found);
        let name = cloudc_driver::stack_name(db, file);
        let stem = match target.region(db) {
            Some(region) if several => format!("{name}.{region}"),
            _ => name.to_string(),
        };
        built.extend(artifact.map(|artifact| Built {
            stem,
            source: source.path.display().to_string(),
            resources: cloudc_driver::resource_count(&artifact),
            template: template(&artifact, format),
            map: cloudc_driver::source_map_json(&artifact),
            manifest: cloudc_driver::manifest_json(&artifact),
            made: artifact.uploads.iter().filter_map(|upload| Some((upload.name.clone(), upload.content.clone()?))).collect(),
        }));
    }
    (built, list)
}

fn print_one(built: &[Built]) -> Result<Exit, Failure> {
    let [one] = built else {
        let message = format!("{} templates do not fit into one output", built.len());
        return Err(Failure::usage(message).help("name one file, or a folder to write to with `-o DIR`"));
    };
    output::print(one.template.as_bytes())?;
    Ok(Exit::Fine)
}

fn write(mut built: Vec<Built>, args: &Args, global: &Global) -> Result<Exit, Failure> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for one in &built {
        if let Some(other) = owners.insert(&one.stem, &one.source) {
            let message = format!("`{other}` and `{}` both make a stack called `{}`", one.source, one.stem);
            return Err(
                Failure::errors(message).help("give one of them another name, or build them to different folders with `-o`")
            );
        }
    }
    let mut files = Vec::new();
    for one in &mut built {
        let mut add = |path: PathBuf, text: &mut String| files.push(Written { path, bytes: std::mem::take(text).into_bytes() });
        add(template_path(one, &args.output, args.format), &mut one.template);
        add(args.output.join(format!("{}.map.json", one.stem)), &mut one.map);
        add(args.output.join(format!("{}.manifest.json", one.stem)), &mut one.manifest);
        for (name, content) in &mut one.made {
            add(args.output.join(name), content);
        }
    }
    // Stacks may share what they upload.
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    output::write_all(&files)?;
    if !global.quiet && args.diagnostics == DiagnosticFormat::Text {
        for one in &built {
            let path = template_path(one, &args.output, args.format);
            let count = one.resources;
            let plural = if count == 1 { "" } else { "s" };
            output::line(&format!("{} → {} ({count} resource{plural})", one.source, path.display()));
        }
    }
    Ok(Exit::Fine)
}

fn template_path(one: &Built, folder: &Path, format: TemplateFormat) -> PathBuf {
    let ending = match format {
        TemplateFormat::Json => "json",
        TemplateFormat::Yaml => "yaml",
    };
    folder.join(format!("{}.template.{ending}", one.stem))
}

fn template(artifact: &Artifact, format: TemplateFormat) -> String {
    match format {
        TemplateFormat::Json => cloudc_driver::template_json(artifact),
        TemplateFormat::Yaml => cloudc_driver::template_yaml(artifact),
    }
}
