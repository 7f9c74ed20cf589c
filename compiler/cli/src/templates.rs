//! CloudFormation templates on disk: finding them, and showing what is wrong with them.
//!
//! In: paths. Out: templates with the names of their stacks; drawings. Always: files are looked at in the order of their names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloudc_base::{Diagnostic, File, FileSystem, Label, ReadError, TextRange};
use cloudc_import::Finding;
use cloudc_import::tree::{Fault, Span};

use crate::args::{DiagnosticFormat, Global};
use crate::exit::Failure;
use crate::output;
use crate::session::{self, Findings, Session};
use crate::walk::Source;

/// Ends of names of files that may be templates.
const ENDS: [&str; 4] = ["yaml", "yml", "json", "template"];

/// A template.
pub struct Template {
    /// Where it is.
    pub path: PathBuf,
    /// What its stack is called.
    pub stack: String,
    /// Its text.
    pub bytes: Vec<u8>,
    /// Settings of the stack that are known besides.
    pub settings: Vec<(&'static str, String)>,
}

/// Whether a path looks like a template's.
pub fn is_template(path: &Path) -> bool {
    path.extension().and_then(|end| end.to_str()).is_some_and(|end| ENDS.contains(&end))
}

/// The template at a path, or those below a folder.
pub fn below(path: &Path) -> Result<Vec<Template>, Failure> {
    if !path.is_dir() {
        return Ok(vec![template(path)?]);
    }
    let mut found = match path.join("manifest.json").is_file() && path.join("cdk.out").is_file() {
        true => assembly(path)?,
        false => Vec::new(),
    };
    if found.is_empty() {
        walk(path, &mut found)?;
    }
    if found.is_empty() {
        return Err(Failure::world(format!("there is no CloudFormation template below `{}`", path.display())));
    }
    Ok(found)
}

fn template(path: &Path) -> Result<Template, Failure> {
    let bytes = std::fs::read(path);
    let bytes = bytes.map_err(|error| Failure::world(format!("cannot read `{}`: {}", path.display(), output::reason(&error))))?;
    Ok(Template { path: path.to_path_buf(), stack: called(path), bytes, settings: Vec::new() })
}

/// A stack is called like its template, and where that is called `template`, as SAM has it, like the folder.
fn called(path: &Path) -> String {
    let stem = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.split('.').next().unwrap_or_default().to_owned()
    };
    let own = stem(path);
    let folder = || std::path::absolute(path).ok().as_deref().and_then(Path::parent).map(stem);
    let around = if own == "template" { folder().filter(|name| !name.is_empty()) } else { None };
    around.unwrap_or(own)
}

/// The stacks of what `cdk synth` made, by its manifest; nested assemblies (stages) too.
fn assembly(folder: &Path) -> Result<Vec<Template>, Failure> {
    let path = folder.join("manifest.json");
    let read = std::fs::read(&path);
    let bytes = read.map_err(|error| Failure::world(format!("cannot read `{}`: {}", path.display(), output::reason(&error))))?;
    let manifest: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::errors(format!("`{}` is no manifest of the CDK: {error}", path.display())))?;
    let mut found = Vec::new();
    for (name, artifact) in manifest.get("artifacts").and_then(|all| all.as_object()).into_iter().flatten() {
        let text = |key: &str| artifact.get("properties").and_then(|all| all.get(key)).and_then(|value| value.as_str());
        // The file is inside: a manifest names it without folders.
        let file = text("templateFile").filter(|file| !file.contains(['/', '\\']));
        let inner = text("directoryName").filter(|file| !file.contains(['/', '\\']));
        if let Some(file) = file {
            // The artifact is called like its place in the app, the stack may be called otherwise.
            let stack = text("stackName").unwrap_or(name).to_owned();
            found.push(Template { stack, ..template(&folder.join(file))? });
        } else if let Some(inner) = inner {
            found.extend(assembly(&folder.join(inner))?);
        }
    }
    Ok(found)
}

/// Every file below a folder that says it is a template.
fn walk(folder: &Path, found: &mut Vec<Template>) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::world(format!("cannot read `{}`: {}", folder.display(), output::reason(&error)));
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(fail)?.collect();
    let mut entries = entries.map_err(fail)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') || entry.file_name() == "node_modules" {
            continue;
        }
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() {
            walk(&path, found)?;
        } else if kind.is_file() && is_template(&path) {
            let template = template(&path)?;
            if cloudc_import::looks_like_template(&template.bytes) {
                found.push(template);
            }
        }
    }
    Ok(())
}

/// A name of the language for a stack: `my-web.App` as `my_web_app`.
pub fn stack_name(text: &str) -> String {
    cloudc_import::write::names::snake(text)
}

/// Findings as diagnostics of a file.
pub fn diagnostics(file: File, findings: Vec<Finding>) -> Vec<Diagnostic> {
    let diagnostic = |finding: Finding| Diagnostic {
        code: finding.code,
        severity: finding.severity,
        message: finding.message,
        file,
        range: range(finding.span),
        label: finding.label,
        labels: finding.labels.into_iter().map(|(span, text)| Label { file, range: range(span), text }).collect(),
        notes: finding.notes,
        help: finding.help,
        fixes: Vec::new(),
        tag: None,
    };
    findings.into_iter().map(diagnostic).collect()
}

fn range(span: Span) -> TextRange {
    TextRange::new(span.start.into(), span.end.max(span.start).into())
}

/// Draws what is wrong with a template's text.
pub fn print_faults(template: &Template, faults: &[Fault], global: &Global) -> Result<(), Failure> {
    if faults.is_empty() {
        return Ok(());
    }
    let system = Arc::new(Only(template.bytes.clone()));
    let schema = cloudc_schema::Schema::embedded();
    let db = cloudc_driver::open(system, cloudc_driver::Options::default(), schema);
    let path = format!("/{}", template.path.display());
    let file = cloudc_driver::file(&db, &path);
    let list = diagnostics(file, faults.iter().map(Finding::from).collect());
    let source = Source { path: template.path.clone(), named: true };
    let session = Session { db, prefix: String::new(), root: PathBuf::new(), files: vec![(source, file)] };
    session::print(&[Findings { session: &session, list }], DiagnosticFormat::Text, global, true)
}

/// A template as the only file there is.
struct Only(Vec<u8>);

impl FileSystem for Only {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone())
    }
}
