//! The source files that a command is about.

use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::output;

/// Folders that hold what was made or fetched, never sources.
const SKIPPED: [&str; 3] = ["target", "node_modules", "build"];

/// A source file that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where.
    pub path: PathBuf,
    /// Whether the user named it; else it was found in a folder.
    pub named: bool,
}

/// Files stay, folders become the `.cloud` files below them, sorted. Symbolic links to folders are not followed.
pub fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let about = std::fs::metadata(path);
        let about =
            about.map_err(|error| Failure::world(format!("cannot read `{}`: {}", path.display(), output::reason(&error))))?;
        if about.is_dir() {
            let before = found.len();
            below(path, &mut found)?;
            if found.len() == before {
                return Err(Failure::world(format!("there is no `.cloud` file below `{}`", path.display())));
            }
        } else {
            found.push(Source { path: as_program(path), named: true });
        }
    }
    Ok(found)
}

/// The path that a program in JSON form is read under: `main.cloud` for `main.cloud.json`.
fn as_program(path: &Path) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_suffix(".json")).filter(|text| text.ends_with(".cloud")) {
        Some(text) => PathBuf::from(text),
        None => path.to_path_buf(),
    }
}

fn below(folder: &Path, found: &mut Vec<Source>) -> Result<(), Failure> {
    let mut files = Vec::new();
    ending(folder, ".cloud", &mut files)?;
    let mut written = Vec::new();
    ending(folder, ".cloud.json", &mut written)?;
    if !written.is_empty() {
        files.extend(written.iter().map(|path| as_program(path)));
        files.sort();
        files.dedup();
    }
    found.extend(files.into_iter().map(|path| Source { path, named: false }));
    Ok(())
}

/// Adds the files below a folder whose names end so, sorted.
pub fn ending(folder: &Path, end: &str, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::world(format!("cannot read `{}`: {}", folder.display(), output::reason(&error)));
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(fail)?.collect();
    let mut entries = entries.map_err(fail)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type().map_err(fail)?;
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        if kind.is_dir() && !SKIPPED.contains(&&*name) {
            ending(&path, end, found)?;
        } else if !kind.is_dir() && name.ends_with(end) && path.is_file() {
            found.push(path.strip_prefix("./").map(Path::to_path_buf).unwrap_or(path));
        }
    }
    Ok(())
}
