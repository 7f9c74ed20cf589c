//! `cargo xtask corpus`: public templates through import and checks, and what became of them as a page of the documentation.
//!
//! Nothing that is fetched is kept in the repository: it lies in `target/corpus`.

use std::path::{Path, PathBuf};

use super::{root, target, test};
use crate::Outcome;
use crate::corpus::{files, judge, pages, sources};

/// Options of `cargo xtask corpus`.
#[derive(clap::Args)]
pub struct Args {
    /// A folder with templates, or NAME=FOLDER; takes the place of the source with that name
    #[arg(long)]
    from: Vec<String>,
    /// Fetch nothing: use what is there and what `--from` gives
    #[arg(long)]
    offline: bool,
    /// Only these collections, by name; the page is printed, because the written one is about all of them
    #[arg(long)]
    only: Vec<String>,
    /// How the compiler is built for it
    #[arg(long, default_value = "release")]
    profile: String,
}

/// Fetches, judges, imports, checks, writes `docs/import-corpus.md`.
pub fn run(args: &Args) -> Outcome {
    let folder = std::path::absolute(target().join("corpus")).map_err(|error| error.to_string())?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let given: Vec<(String, PathBuf)> = args.from.iter().map(|from| named(from)).collect();
    let collections = sources::collections(&folder, &given, args.offline, &args.only)?;
    let files = files::find(&collections)?;
    println!("{} templates in {} collections", files.len(), collections.len());
    let verdicts = judge::lint(&test::oracles()?, &folder, &files)?;
    let results = judge::import(&folder, &files, &args.profile)?;
    let page = pages::page(&collections, &files, &verdicts, &results);
    if !args.only.is_empty() {
        println!("{page}");
        return Ok(());
    }
    let path = root().join("docs").join("import-corpus.md");
    std::fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}

/// `NAME=FOLDER`, or a folder that has its own name.
fn named(from: &str) -> (String, PathBuf) {
    if let Some((name, folder)) = from.split_once('=') {
        return (name.to_owned(), PathBuf::from(folder));
    }
    let folder = Path::new(from);
    (folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), folder.to_path_buf())
}
