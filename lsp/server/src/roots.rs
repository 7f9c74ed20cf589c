//! The folders the server may read, as one file system, and the sources in them.
//!
//! Paths are those of the disk (`/home/me/shop/main.cloud`). Always: nothing outside the roots is read; a root is the project of a folder that
//! the client opened, or of a file opened alone, just what the command line would read for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

use cloudc_base::{FileSystem, ReadError};

use crate::convert::uri;
use crate::host::Host;

/// Folders that hold what was made or fetched, never sources.
const SKIPPED: [&str; 3] = ["target", "node_modules", "build"];
/// Sources are looked for this many folders deep, and this many of them.
const DEEPEST: usize = 32;
const MOST: usize = 20_000;

/// Where files may be read.
pub struct Roots {
    host: Host,
    /// Disks by the path of their root, without a `/` at its end.
    disks: RwLock<BTreeMap<String, Arc<dyn FileSystem>>>,
}

impl Roots {
    /// Nowhere yet.
    pub fn new(host: Host) -> Self {
        Roots { host, disks: RwLock::default() }
    }

    /// Opens the project of a folder.
    pub fn open(&self, folder: &str) {
        let root = (self.host.project)(&uri::on_disk(folder));
        // The folder's own path is kept beside the real one, so that links to it work.
        for root in [uri::of_disk(&root), Some(folder.to_owned()).filter(|_| !inside(folder, &root))] {
            let Some(root) = root.map(|root| root.trim_end_matches('/').to_owned()) else { continue };
            let disk = (self.host.disk)(&uri::on_disk(if root.is_empty() { "/" } else { &root }));
            self.disks.write().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(root, disk);
        }
    }

    /// Forgets all roots.
    pub fn clear(&self) {
        self.disks.write().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
    }

    /// The paths of the roots.
    pub fn list(&self) -> Vec<String> {
        self.disks.read().unwrap_or_else(|poisoned| poisoned.into_inner()).keys().cloned().collect()
    }

    /// Whether a path is below a root.
    pub fn contains(&self, path: &str) -> bool {
        self.list().iter().any(|root| below(root, path).is_some())
    }
}

fn inside(folder: &str, root: &Path) -> bool {
    uri::of_disk(root).is_some_and(|root| folder == root || below(root.trim_end_matches('/'), folder).is_some())
}

/// What comes after a root in a path, with its `/`.
fn below<'a>(root: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(root).filter(|rest| rest.starts_with('/'))
}

impl FileSystem for Roots {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if !path.starts_with('/') {
            return cloudc_stdlib::module(path).map(|text| text.as_bytes().to_vec()).ok_or(ReadError::Missing);
        }
        let (disk, inside) = self.innermost(path)?;
        disk.read(&inside)
    }

    fn list(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
        let (disk, inside) = self.innermost(path)?;
        disk.list(&inside)
    }

    fn hash(&self, path: &str) -> Result<([u8; 32], u64), ReadError> {
        let (disk, inside) = self.innermost(path)?;
        disk.hash(&inside)
    }
}

impl Roots {
    /// The project that a file belongs to, and its path in there.
    fn innermost(&self, path: &str) -> Result<(Arc<dyn FileSystem>, String), ReadError> {
        let disks = self.disks.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        let innermost = disks.iter().rev().find_map(|(root, disk)| Some((disk.clone(), below(root, path)?.to_owned())));
        innermost.ok_or(ReadError::OutsideProject)
    }
}

/// The `.cloud` files below a folder, sorted. Links to folders are not followed.
pub fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    search(&uri::on_disk(folder), DEEPEST, &mut found);
    found.sort();
    found
}

fn search(folder: &Path, depth: usize, found: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || found.len() >= MOST {
            continue;
        }
        if kind.is_dir() && !SKIPPED.contains(&&*name) {
            search(&entry.path(), depth - 1, found);
        } else if !kind.is_dir() && name.ends_with(".cloud") {
            found.extend(uri::of_disk(&entry.path()));
        }
    }
}

/// Whether a path below one of the folders would be found by [`sources`].
pub fn is_source(folders: &[String], path: &str) -> bool {
    let parts = |inside: &str| inside.split('/').skip(1).all(|part| !part.starts_with('.') && !SKIPPED.contains(&part));
    path.ends_with(".cloud") && folders.iter().any(|folder| below(folder.trim_end_matches('/'), path).is_some_and(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_no_source() {
        let folders = ["/p".to_owned()];
        for (path, wanted) in [
            ("/p/main.cloud", true),
            ("/p/a/b.cloud", true),
            ("/p/build/main.cloud", false),
            ("/p/.git/main.cloud", false),
            ("/p/a/node_modules/x/main.cloud", false),
            ("/px/main.cloud", false),
            ("/p/main.txt", false),
        ] {
            assert_eq!(is_source(&folders, path), wanted, "{path}");
        }
    }
}
