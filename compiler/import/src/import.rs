//! A template as a program that was tried: what the checker refuses is written more plainly, until it builds and means the same.
//!
//! In: text of a template, the schema. Out: [`Imported`]. Always: the program is formatted; what could not be said, is not the
//! same, or is wrong in the template itself is told.

use cloudc_base::{Diagnostic, Severity};
use cloudc_schema::Schema;
use rustc_hash::FxHashSet;
use serde_json::Value as Json;

use crate::equivalent::{Difference, Original};
use crate::repair::{self, Limit};
use crate::split::{Part, split};
use crate::tree::{Fault, Node};
use crate::trial::{Trials, Tried};
use crate::write::Forms;

/// How often a program is tried; each time at least one thing is written more plainly.
const TRIES: usize = 24;

/// What to import as, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The stack's name, as the language takes it.
    pub name: String,
    /// Keep what the CDK writes into metadata for itself.
    pub keep_cdk_metadata: bool,
    /// Settings of the stack that its template does not know, as text: under which name it is deployed, and where.
    pub settings: Vec<(&'static str, String)>,
    /// Write a large program as several files.
    pub split: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { name: "main".to_owned(), keep_cdk_metadata: false, settings: Vec::new(), split: false }
    }
}

/// What became of a template.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The program, formatted. Empty when the text is no template.
    pub source: String,
    /// The same program as several files, when that was wanted and is better; that of the `stack` first.
    pub parts: Vec<Part>,
    /// What is wrong with the template's text.
    pub faults: Vec<Fault>,
    /// Errors that the program still has, as one line each.
    pub errors: Vec<String>,
    /// Where the built template means something else.
    pub differences: Vec<Difference>,
    /// Pieces of the template that are written as `raw`.
    pub raws: Vec<String>,
    /// How many references are in them as text, which the compiler does not see.
    pub raw_references: usize,
    /// The template that the program builds.
    pub template: Option<Json>,
    /// What was left out on purpose.
    pub notes: Vec<String>,
}

/// Imports a template. On a stack of [`cloudc_driver::STACK`] bytes, please.
pub fn import(schema: &Schema, bytes: &[u8], options: &Options) -> Imported {
    if let Ok(text) = std::str::from_utf8(bytes) {
        cloudc_driver::warm_types(schema.clone(), vec![text.into()]);
    }
    let tree = crate::read::bytes(bytes);
    let mut imported = Imported { faults: tree.faults, ..Imported::default() };
    let Some(mut root) = tree.root else { return imported };
    if let Err(fault) = is_template(&root) {
        imported.faults.push(fault);
        return imported;
    }
    crate::foreach::expand(&mut root);
    let paths = crate::cdk::paths(&root);
    if !options.keep_cdk_metadata {
        let dropped = crate::cdk::strip(&mut root);
        if dropped > 0 {
            imported.notes.push(format!("metadata of the CDK was left out in {dropped} places; `--keep-cdk-metadata` keeps it"));
        }
    }
    let name = options.name.as_str();
    let mut trials = Trials::new(schema, &root, name, paths);
    let mut forms = Forms::default();
    let means = || Original::new(schema, &root.to_json());
    let (original, mut tried) = cloudc_driver::beside(means, || trials.build(&forms, false));
    let original = original.unwrap_or_else(means);
    let differing = |tried: &Tried| tried.template.as_ref().and_then(|template| original.compare(template).err());
    let mut differences = differing(&tried);
    // The second try is good nearly always, so from there on each is formatted while it is looked at.
    let mut formatted = None;
    for left in (0..=TRIES).rev() {
        let mut done = FxHashSet::default();
        let mut changed = false;
        for error in errors(&tried.found) {
            if error.code.0 == cloudc_types::SECRET_SEEN {
                changed |= repair::allow(&mut forms, &root, &repair::around(&tried.written, error.range));
                continue;
            }
            // A property that the schema does not know can still be merged in.
            let limit = if [cloudc_types::UNKNOWN_PROPERTY, cloudc_types::SET_BY_AWS].contains(&error.code.0) {
                Limit::Out
            } else {
                Limit::Raw
            };
            changed |= repair::step(&mut forms, &mut done, &repair::around(&tried.written, error.range), limit);
        }
        imported.differences = differences.take().unwrap_or_default();
        for difference in &imported.differences {
            changed |= repair::step(&mut forms, &mut done, &repair::along(&root, &difference.path), Limit::Out);
        }
        if !changed || left == 0 {
            break;
        }
        let written = trials.write(&forms, false);
        let text = with_settings(written.text.clone(), options);
        (formatted, (tried, differences)) = cloudc_driver::beside(
            || cloudc_format::format(&text).ok(),
            || {
                let tried = trials.tried(written);
                let differences = differing(&tried);
                (tried, differences)
            },
        );
    }
    if imported.differences.is_empty() && tried.template.is_some() && trials.is_repeated() {
        let shorter = trials.build(&forms, true);
        let same = shorter.template.is_some() && differing(&shorter).is_none();
        if same && shorter.written.raws.len() == tried.written.raws.len() {
            (formatted, tried) = (None, shorter);
        }
    }
    imported.errors = errors(&tried.found).map(|error| format!("{}: {}", error.code.0, error.message)).collect();
    let nodes = repair::nodes(&root);
    for node in tried.written.raws.iter().filter_map(|id| nodes.get(id)) {
        imported.raws.push(node.to_json().to_string());
    }
    imported.raw_references = tried.written.loose;
    imported.template = tried.template;
    imported.source = formatted.flatten().unwrap_or_else(|| {
        let text = with_settings(std::mem::take(&mut tried.written.text), options);
        cloudc_format::format(&text).unwrap_or(text)
    });
    if options.split && imported.errors.is_empty() && imported.differences.is_empty() {
        imported.parts = same_in_parts(schema, &imported.source, &original);
    }
    trials.discard();
    original.discard();
    imported
}

/// The program as several files, where they build the same.
fn same_in_parts(schema: &Schema, source: &str, original: &Original<'_>) -> Vec<Part> {
    let parts = split(source);
    let built = if parts.is_empty() { None } else { crate::trial::built(schema, &parts) };
    if built.is_some_and(|template| original.compare(&template).is_ok()) { parts } else { Vec::new() }
}

/// Writes what is known besides into the `stack`.
fn with_settings(mut text: String, options: &Options) -> String {
    let head = format!("stack {} {{\n", options.name);
    if let Some(at) = text.find(&head) {
        let settings = options.settings.iter().map(|(name, value)| format!("{name}: {}\n", crate::write::text::quoted(value)));
        text.insert_str(at + head.len(), &settings.collect::<String>());
    }
    text
}

fn errors(found: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    found.iter().filter(|one| one.severity == Severity::Error)
}

/// Whether a file is meant to be a template: it can be read, and has resources.
pub fn looks_like_template(bytes: &[u8]) -> bool {
    let tree = crate::read::bytes(bytes);
    tree.root.is_some_and(|root| root.get("Resources").is_some_and(|resources| resources.map().is_some()))
}

/// Whether a tree is a template at all: a map with resources, or with what makes some.
pub(crate) fn is_template(root: &Node) -> Result<(), Fault> {
    let Some(entries) = root.map() else {
        return Err(Fault::fatal(root.span, "this is no CloudFormation template: it is no map of sections"));
    };
    let has = |name: &str| entries.iter().any(|entry| entry.key == name);
    if has("Resources") || has("Transform") || has("AWSTemplateFormatVersion") {
        return Ok(());
    }
    Err(Fault::fatal(root.span, "this is no CloudFormation template: it has no `Resources`"))
}
