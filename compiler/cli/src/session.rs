//! Databases over the disk, one for each project, and how their findings are printed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use cloudc_base::{Diagnostic, File, render};
use cloudc_driver::Database;

use crate::args::{DiagnosticFormat, Global};
use crate::disk::{self, Disk};
use crate::exit::Failure;
use crate::walk::Source;
use crate::{layers, output};

/// One project with the files that were asked for.
pub struct Session {
    /// Its database.
    pub db: Database,
    /// What diagnostics put before a path.
    pub prefix: String,
    /// The project's folder, symbolic links resolved.
    pub root: PathBuf,
    /// The files, as asked for.
    pub files: Vec<(Source, File)>,
}

/// Opens the projects of `sources`, in the order in which they come.
pub fn open(sources: Vec<Source>, options: &cloudc_driver::Options, global: &Global) -> Result<Vec<Session>, Failure> {
    let schema = layers::schema(global);
    let mut sessions: Vec<Session> = Vec::new();
    let mut roots: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for source in sources {
        let place = disk::locate(&source.path)?;
        let slot = *roots.entry(place.root.clone()).or_insert_with(|| {
            let db = cloudc_driver::open(Arc::new(Disk::new(place.root.clone())), options.clone(), schema.clone());
            sessions.push(Session { db, prefix: disk::prefix_to(&place.root), root: place.root.clone(), files: Vec::new() });
            sessions.len() - 1
        });
        let session = &mut sessions[slot];
        let file = cloudc_driver::file(&session.db, &place.path);
        if session.files.iter().all(|(_, known)| *known != file) {
            session.files.push((source, file));
        }
    }
    for session in &sessions {
        cloudc_driver::warm(&session.db, schema.clone(), session.files.iter().map(|(_, file)| *file));
    }
    Ok(sessions)
}

/// Leaves databases and what was made from them to the end of the process, which is near: taking trees and values apart piece by
/// piece would only take time.
pub fn leave<T>(everything: T) {
    std::mem::forget(everything);
}

/// Findings of one project, for printing.
pub struct Findings<'a> {
    /// Whose they are.
    pub session: &'a Session,
    /// Sorted, each once.
    pub list: Vec<Diagnostic>,
}

/// Draws findings for people.
pub fn drawn(findings: &[Findings<'_>], global: &Global, color: bool) -> String {
    let mut out = String::new();
    for part in findings {
        let errors_only: Vec<Diagnostic>;
        let list = if global.quiet {
            errors_only = part.list.iter().filter(|one| one.severity == cloudc_base::Severity::Error).cloned().collect();
            &errors_only
        } else {
            &part.list
        };
        let options =
            render::Options { color, width: output::width(), prefix: part.session.prefix.clone(), ..render::Options::default() };
        out.push_str(&render::terminal(&part.session.db, list, &options));
    }
    out
}

/// All findings as one JSON object, the shape of [`render::json`].
pub fn as_json(findings: &[Findings<'_>]) -> String {
    let mut whole = serde_json::json!({ "version": 1, "errors": 0, "warnings": 0, "diagnostics": [] });
    for part in findings {
        let one = render::json(&part.session.db, &part.list, &part.session.prefix);
        for count in ["errors", "warnings"] {
            whole[count] = (whole[count].as_u64().unwrap_or(0) + one[count].as_u64().unwrap_or(0)).into();
        }
        if let (Some(all), Some(more)) = (whole["diagnostics"].as_array_mut(), one["diagnostics"].as_array()) {
            all.extend(more.iter().cloned());
        }
    }
    format!("{whole:#}\n")
}

/// Prints findings: text to standard error, JSON to standard output unless something else goes there.
pub fn print(findings: &[Findings<'_>], format: DiagnosticFormat, global: &Global, stdout_taken: bool) -> Result<(), Failure> {
    match format {
        DiagnosticFormat::Text => output::drawing(&drawn(findings, global, output::color_on_stderr(global.color))),
        DiagnosticFormat::Json if stdout_taken => output::drawing(&as_json(findings)),
        DiagnosticFormat::Json => output::print(as_json(findings).as_bytes())?,
    }
    Ok(())
}

/// Values for inputs and the environment, from the command line.
#[derive(Debug, Clone, clap::Args)]
pub struct SettingArgs {
    /// Value of an input or a default of a param; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Environment of `project.cloud`; several, separated by commas, where stacks are deployed, deleted or looked at
    #[arg(long = "env", visible_alias = "envs", value_name = "NAME", value_delimiter = ',')]
    pub environments: Vec<String>,
    /// Only this region of the stack's regions; several, separated by commas
    #[arg(long = "region", visible_alias = "regions", value_name = "REGION", value_delimiter = ',', value_parser = region)]
    pub regions: Vec<String>,
}

impl SettingArgs {
    /// For the driver, which builds for one environment.
    pub fn options(&self, purpose: cloudc_driver::Purpose) -> Result<cloudc_driver::Options, Failure> {
        if self.environments.len() > 1 {
            let names = self.environments.join("`, `");
            return Err(Failure::usage(format!("this is done for one environment, not for `{names}`")).help(
                "give the command once for each; `plan`, `deploy`, `destroy`, `status`, `outputs` and `drift` take several",
            ));
        }
        let sets = self.set.iter().cloned().collect();
        let environment = self.environments.first().cloned();
        Ok(cloudc_driver::Options { sets, environment, regions: self.regions.clone(), purpose })
    }

    /// The same for each environment by itself, each once, in order.
    pub fn each(&self) -> Vec<SettingArgs> {
        let mut all: Vec<SettingArgs> = Vec::new();
        for name in &self.environments {
            if all.iter().all(|one| one.environments.first() != Some(name)) {
                all.push(SettingArgs { environments: vec![name.clone()], ..self.clone() });
            }
        }
        if all.is_empty() { vec![self.clone()] } else { all }
    }
}

/// A region on the command line. One that is not known may be newer than this program, so it only has to look like one.
fn region(text: &str) -> Result<String, String> {
    let whole = !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if whole { Ok(text.to_owned()) } else { Err("write it as `eu-west-1`, several as `eu-west-1,us-east-1`".to_owned()) }
}

/// A length of time on the command line: `90`, `30s`, `10m`, `2h`.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err("write it as `30s`, `10m` or `2h`".to_owned()),
    };
    let count: u64 = digits.parse().map_err(|_| "write it as `30s`, `10m` or `2h`".to_owned())?;
    Ok(std::time::Duration::from_secs(count.saturating_mul(factor)))
}

/// `NAME=VARIABLE` on the command line: the name with the variable's value.
pub fn variable(text: &str) -> Result<(String, String), String> {
    let (name, variable) = pair(text)?;
    std::env::var(&variable).map(|value| (name, value)).map_err(|_| format!("there is no variable `{variable}`"))
}

/// `NAME=VALUE` on the command line.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
