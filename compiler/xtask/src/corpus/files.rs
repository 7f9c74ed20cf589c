//! Which files of a collection are templates.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::sources::Collection;

/// Folders that hold what others wrote for other ends: dependencies, and what tests of a tool compare with.
const SKIPPED: [&str; 8] =
    ["node_modules", "site-packages", "dependencies", "botocore", "results", "aws-cn", "aws-us-gov", ".git"];

/// Larger files are data.
const LARGEST: u64 = 1_500_000;

/// A template.
pub struct File {
    /// Its collection, by position.
    pub collection: usize,
    /// Where it is.
    pub path: PathBuf,
    /// Its path in the collection.
    pub name: String,
}

/// Every file that looks like a template, each text once.
pub fn find(collections: &[Collection]) -> Result<Vec<File>, String> {
    let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut all = Vec::new();
    for (at, collection) in collections.iter().enumerate() {
        let mut paths = Vec::new();
        below(&collection.folder, &mut paths)?;
        paths.sort();
        for path in paths {
            let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
            // cfn-lint's own are all meant for it, also those that are hardly templates.
            if (collection.name == "cfn-lint" || (has(b"Resources") && has(b"AWS::"))) && seen.insert(bytes) {
                let name = path.strip_prefix(&collection.folder).unwrap_or(&path).display().to_string();
                all.push(File { collection: at, name, path });
            }
        }
    }
    Ok(all)
}

fn below(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let Ok(kind) = std::fs::metadata(&path) else { continue };
        if kind.is_dir() && SKIPPED.iter().all(|skipped| name != *skipped) {
            below(&path, paths)?;
        } else if kind.is_file() && kind.len() <= LARGEST && path.extension().is_some_and(is_template) {
            paths.push(path);
        }
    }
    Ok(())
}

fn is_template(ending: &std::ffi::OsStr) -> bool {
    ["json", "yaml", "yml", "template"].iter().any(|known| ending == *known)
}
