//! `cloudc schema sync`: newer types and AWS's descriptions, from the public archive, an archive on disk, or a folder.
//!
//! Always: what arrives is bounded in size and number, read as schemas, and only then replaces what was synced before.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cloudc_schema::{Layer, SchemaProblem};

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Where AWS publishes all schemas of a region.
const PUBLIC: &str = "https://schema.cloudformation.us-east-1.amazonaws.com/CloudformationSchema.zip";
/// Bytes of an archive; the public one has about 3 MB.
const MAX_ARCHIVE: u64 = 64 << 20;
/// Bytes of one schema; the largest public one has about 700 kB.
pub const MAX_FILE: u64 = 8 << 20;
/// Bytes of all schemas together.
const MAX_TOTAL: u64 = 512 << 20;
/// Schemas in one archive or folder; the public one has about 1,500.
const MAX_COUNT: usize = 20_000;

/// Options of `schema sync`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc schema sync
  cloudc schema sync --from CloudformationSchema.zip
  cloudc schema sync --from schemas/")]
pub struct Args {
    /// A URL, an archive (.zip), or a folder of JSON files
    #[arg(long, value_name = "URL|ZIP|DIR", default_value = PUBLIC)]
    from: String,
}

/// Fetches, checks, keeps.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let schemas = if args.from.starts_with("https://") || args.from.starts_with("http://") {
        unzip(&download(&args.from)?, &args.from)?
    } else if Path::new(&args.from).is_dir() {
        folder(Path::new(&args.from))?
    } else {
        unzip(&read_capped(Path::new(&args.from), MAX_ARCHIVE)?, &args.from)?
    };
    if schemas.is_empty() {
        return Err(Failure::world(format!("there are no schemas in `{}`", args.from)));
    }
    let layer = Layer::from_schemas(schemas).map_err(|found| problems(&found))?;
    let path = layers::keep_synced(&layer)?;
    if !global.quiet {
        output::line(&format!("synced {} resource types → {}", layer.len(), path.display()));
    }
    Ok(Exit::Fine)
}

/// What is wrong with schemas, the first few of it.
pub fn problems(found: &[SchemaProblem]) -> Failure {
    let mut lines: Vec<String> = found.iter().take(5).map(ToString::to_string).collect();
    if found.len() > 5 {
        lines.push(format!("and {} more", found.len() - 5));
    }
    Failure::errors(format!("these are no usable schemas: {}", lines.join("; "))).help("nothing was changed")
}

/// A file's bytes, at most `limit`.
pub fn read_capped(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let fail = |words: &str| Failure::world(format!("cannot read `{}`: {words}", path.display()));
    let file = std::fs::File::open(path).map_err(|error| fail(&output::reason(&error)))?;
    capped(file, limit).map_err(|words| fail(&words))
}

fn capped(from: impl Read, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes).map_err(|error| output::reason(&error))?;
    if bytes.len() as u64 > limit { Err(format!("it has more than {limit} bytes")) } else { Ok(bytes) }
}

fn download(url: &str) -> Result<Vec<u8>, Failure> {
    let fail = |words: String| {
        let help = "behind a proxy set HTTPS_PROXY, or download the archive and give it with `--from`";
        Failure::world(format!("cannot fetch `{url}`: {words}")).help(help)
    };
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(120)));
    let config = config.https_only(url.starts_with("https://")).build();
    let response = ureq::Agent::new_with_config(config).get(url).call().map_err(|error| fail(error.to_string()))?;
    capped(response.into_body().into_reader(), MAX_ARCHIVE).map_err(fail)
}

/// The JSON files of an archive, sorted by name.
fn unzip(bytes: &[u8], from: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let fail = |words: String| Failure::world(format!("`{from}` is not a usable archive: {words}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| fail(error.to_string()))?;
    let mut budget = Budget::default();
    let mut schemas = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| fail(error.to_string()))?;
        let name = entry.name().to_owned();
        if entry.is_dir() || !name.ends_with(".json") {
            continue;
        }
        // The size an archive claims is not trusted: the reader is capped.
        let content = capped(entry, MAX_FILE).map_err(|words| fail(format!("{name}: {words}")))?;
        budget.take(content.len()).map_err(fail)?;
        schemas.push((name, content));
    }
    schemas.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(schemas)
}

/// The JSON files of a folder, sorted by name.
fn folder(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let fail = |words: String| Failure::world(format!("cannot read `{}`: {words}", path.display()));
    let entries = std::fs::read_dir(path).map_err(|error| fail(output::reason(&error)))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    let mut budget = Budget::default();
    let mut schemas = Vec::new();
    for file in files {
        let content = read_capped(&file, MAX_FILE)?;
        budget.take(content.len()).map_err(fail)?;
        schemas.push((file.display().to_string(), content));
    }
    Ok(schemas)
}

/// What may still arrive.
#[derive(Default)]
struct Budget {
    bytes: u64,
    count: usize,
}

impl Budget {
    fn take(&mut self, bytes: usize) -> Result<(), String> {
        self.bytes += bytes as u64;
        self.count += 1;
        if self.bytes > MAX_TOTAL || self.count > MAX_COUNT {
            return Err(format!("it holds more than {MAX_COUNT} schemas or {MAX_TOTAL} bytes of them"));
        }
        Ok(())
    }
}
