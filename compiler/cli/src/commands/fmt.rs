//! `cloudc fmt`: one layout for all sources.
//!
//! Always: a file with a syntax error is left as it is.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use cloudc_base::{FileSystem, ReadError};

use crate::args::{DiagnosticFormat, Global};
use crate::disk::{self, Disk};
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};
use crate::session::{self, Findings, Session};
use crate::walk::{self, Source};

/// Options of `fmt`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc fmt
  cloudc fmt --check .          # exit code 1 when something would change
  cloudc fmt - < main.cloud     # standard input to standard output")]
pub struct Args {
    /// Files, or folders whose `.cloud` files are formatted; `-` is standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Change nothing; name what would change
    #[arg(long)]
    check: bool,
}

/// Formats.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return match args.paths.as_slice() {
            [_] => standard_input(args, global),
            _ => Err(Failure::usage("`-` stands alone")),
        };
    }
    let mut changed: Vec<Written> = Vec::new();
    let mut broken = false;
    for source in walk::sources(&args.paths)? {
        let place = disk::locate(&source.path)?;
        let system: Arc<dyn FileSystem> = Arc::new(Disk::new(place.root.clone()));
        match formatted(system, &place.path, disk::prefix_to(&place.root), &source, global)? {
            None => broken = true,
            Some((before, after)) if before != after => changed.push(Written { path: source.path, bytes: after.into_bytes() }),
            Some(_) => {}
        }
    }
    if !args.check {
        output::write_all(&changed)?;
    }
    if !global.quiet || args.check {
        for file in &changed {
            let word = if args.check { "would change" } else { "formatted" };
            output::line(&format!("{word}: {}", file.path.display()));
        }
    }
    Ok(if broken || (args.check && !changed.is_empty()) { Exit::Errors } else { Exit::Fine })
}

fn standard_input(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Failure::world(format!("cannot read standard input: {}", output::reason(&error))))?;
    let source = Source { path: PathBuf::from("<stdin>"), named: true };
    let system: Arc<dyn FileSystem> = Arc::new(Only(bytes));
    let Some((before, after)) = formatted(system, "/<stdin>", String::new(), &source, global)? else { return Ok(Exit::Errors) };
    if args.check {
        return Ok(if before == after { Exit::Fine } else { Exit::Errors });
    }
    output::print(after.as_bytes())?;
    Ok(Exit::Fine)
}

/// Standard input as the only file there is.
struct Only(Vec<u8>);

impl FileSystem for Only {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone())
    }
}

/// The text before and after; none, with its errors printed, when it cannot be parsed.
fn formatted(
    system: Arc<dyn FileSystem>,
    path: &str,
    prefix: String,
    source: &Source,
    global: &Global,
) -> Result<Option<(String, String)>, Failure> {
    let db = cloudc_driver::open(system, cloudc_driver::Options::default(), cloudc_schema::Schema::embedded());
    let file = cloudc_driver::file(&db, path);
    let list = cloudc_driver::syntax(&db, file);
    if !list.is_empty() {
        let root = source.path.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
        let session = Session { db, prefix, root, files: vec![(Source { path: source.path.clone(), named: true }, file)] };
        session::print(&[Findings { session: &session, list }], DiagnosticFormat::Text, global, true)?;
        return Ok(None);
    }
    let before = file.text(&db).to_owned();
    match cloudc_format::format(&before) {
        Ok(after) => Ok(Some((before, after))),
        // What the file's parts accept, the whole accepts; should they ever differ, say so instead of guessing.
        Err(errors) => {
            errors.iter().for_each(|error| output::error(None, &format!("{}: {}", source.path.display(), error.message)));
            Ok(None)
        }
    }
}
