//! `workspace/executeCommand`.
//!
//! What writes files or uses the network is done by the command line as a process of its own, so that it is done in one way only.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cloudc_base::Severity;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::Url;

use crate::config::Config;
use crate::convert::uri;
use crate::publish;
use crate::requests::failed;
use crate::snapshot::Snapshot;

/// Builds the stack of a document.
pub const BUILD: &str = "cloudc.build";
/// Looks for mistakes in the whole workspace.
pub const CHECK: &str = "cloudc.check";
/// Fetches CloudFormation's resource types.
pub const SYNC: &str = "cloudc.syncSchemas";

/// Everything that can be executed.
pub const ALL: [&str; 3] = [BUILD, CHECK, SYNC];

/// Counts what is wrong in the workspace: `{ files, errors, warnings }`.
pub fn check(snapshot: &Snapshot, (): ()) -> Result<Option<Value>> {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for file in snapshot.files.iter() {
        for one in publish::one(snapshot, *file) {
            *counts.entry(one.severity).or_default() += 1;
        }
    }
    let count = |severity| counts.get(&severity).copied().unwrap_or(0);
    Ok(Some(json!({ "files": snapshot.files.len(), "errors": count(Severity::Error), "warnings": count(Severity::Warning) })))
}

/// What the command line is to be run with.
pub struct Process {
    program: PathBuf,
    arguments: Vec<String>,
    folder: Option<PathBuf>,
}

/// Building: finds the file and what is set.
pub fn build(snapshot: &Snapshot, arguments: Vec<Value>) -> Result<Process> {
    let first = arguments.first().and_then(Value::as_str).and_then(|text| Url::parse(text).ok());
    let uri = first
        .filter(|uri| uri.scheme() == "file")
        .ok_or_else(|| Error::invalid_params(format!("`{BUILD}` needs the URI of a file as its argument")))?;
    let file = uri::on_disk(&uri::path(&uri));
    let Config { environment, region, .. } = &*snapshot.config;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // A name must not be taken for an option.
    let mut arguments = vec!["build".to_owned(), format!("./{name}"), "--color".to_owned(), "never".to_owned()];
    for (option, value) in [("--env", environment), ("--region", region)] {
        arguments.extend(value.iter().flat_map(|value| [option.to_owned(), value.clone()]));
    }
    process(snapshot, arguments, file.parent().map(PathBuf::from))
}

/// Fetching resource types.
pub fn sync(snapshot: &Snapshot, _: Vec<Value>) -> Result<Process> {
    process(snapshot, ["schema", "sync", "--color", "never"].map(str::to_owned).to_vec(), None)
}

fn process(snapshot: &Snapshot, arguments: Vec<String>, folder: Option<PathBuf>) -> Result<Process> {
    let program = snapshot.host.program.clone();
    let program = program.ok_or_else(|| failed("there is no command line here to do that".to_owned()))?;
    Ok(Process { program, arguments, folder })
}

/// Runs it to its end; what it said is the answer. Blocks.
pub fn run(process: &Process) -> Result<Value> {
    let mut command = Command::new(&process.program);
    command.args(&process.arguments).stdin(Stdio::null());
    if let Some(folder) = &process.folder {
        command.current_dir(folder);
    }
    let output = command.output().map_err(|error| failed(format!("cannot run cloudc: {error}")))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        return Ok(json!({ "output": said.trim_end() }));
    }
    Err(failed(said.trim_end().to_owned()))
}
