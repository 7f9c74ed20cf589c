//! `cloudc check`: every mistake, nothing written.

use std::path::PathBuf;

use cloudc_base::{Content, Diagnostic, File, Severity};
use cloudc_driver::Database;

use crate::args::{DiagnosticFormat, Global};
use crate::exit::{Exit, Failure};
use crate::session::{self, Findings, SettingArgs};
use crate::{output, templates, walk};

/// Options of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc check
  cloudc check stacks/shop.cloud --set stage=prod
  cloudc check --env prod
  cloudc check network.yaml              # a CloudFormation template
  cloudc check --format json . > findings.json")]
pub struct Args {
    /// Files (CloudFormation templates too), or folders whose `.cloud` files are checked
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
    /// How to print what is found
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DiagnosticFormat,
}

/// Checks and prints.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let sources = walk::sources(&args.paths)?;
    let sessions = session::open(sources, &args.settings.options(cloudc_driver::Purpose::Check)?, global)?;
    let mut all = Vec::new();
    let mut files = 0;
    for session in &sessions {
        files += session.files.len();
        let found = cloudc_driver::for_each(&session.db, &session.files, |db, (source, file)| {
            match source.named && templates::is_template(&source.path) {
                true => template(db, *file),
                false => cloudc_driver::check(db, *file),
            }
        });
        all.push(Findings { session, list: cloudc_driver::sorted(&session.db, found.into_iter().flatten().collect()) });
    }
    session::print(&all, args.format, global, false)?;
    let failed = all.iter().flat_map(|part| &part.list).any(|one| one.severity == Severity::Error);
    drop(all);
    session::leave(sessions);
    if failed {
        return Ok(Exit::Errors);
    }
    if !global.quiet && args.format == DiagnosticFormat::Text {
        output::line(&format!("checked {files} file{}: no errors", if files == 1 { "" } else { "s" }));
    }
    Ok(Exit::Fine)
}

/// What is wrong with a CloudFormation template, and with what it gives to the templates beside it.
fn template(db: &Database, file: File) -> Vec<Diagnostic> {
    match file.content(db) {
        Content::Text(_) => templates::diagnostics(file, cloudc_import::check_file(db, file)),
        _ => cloudc_driver::syntax(db, file),
    }
}
