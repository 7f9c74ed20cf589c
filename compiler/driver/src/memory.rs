//! File systems without a disk: for tests and editors.
//!
//! Always: `std/…` is the embedded standard library.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use cloudc_base::{FileSystem, ReadError};

/// Files in memory, by normalised path.
#[derive(Debug, Clone, Default)]
pub struct MemoryFs {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFs {
    /// A file system with these files.
    pub fn new<P: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        MemoryFs { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}

impl FileSystem for MemoryFs {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if !path.starts_with('/') {
            return cloudc_stdlib::module(path).map(|text| text.as_bytes().to_vec()).ok_or(ReadError::Missing);
        }
        if let Some(bytes) = self.files.get(path) {
            return Ok(bytes.clone());
        }
        let folder = format!("{path}/");
        let inside = self.files.range(folder.clone()..).next().is_some_and(|(known, _)| known.starts_with(&folder));
        Err(if inside { ReadError::Directory } else { ReadError::Missing })
    }

    fn list(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
        let folder = format!("{}/", path.trim_end_matches('/'));
        let mut entries: Vec<(String, bool)> = Vec::new();
        for (known, _) in self.files.range(folder.clone()..) {
            let Some(inside) = known.strip_prefix(&folder) else { break };
            let entry = match inside.split_once('/') {
                Some((name, _)) => (name.to_owned(), true),
                None => (inside.to_owned(), false),
            };
            if entries.last() != Some(&entry) {
                entries.push(entry);
            }
        }
        if entries.is_empty() { Err(ReadError::Missing) } else { Ok(entries) }
    }
}

/// Unsaved texts in front of another file system.
pub struct OverlayFs {
    below: Arc<dyn FileSystem>,
    texts: RwLock<BTreeMap<String, Arc<str>>>,
}

impl OverlayFs {
    /// Nothing in front of `below` yet.
    pub fn new(below: Arc<dyn FileSystem>) -> Self {
        OverlayFs { below, texts: RwLock::default() }
    }

    /// Puts a text in front of what is at `path`, or takes it away. Tell the database with
    /// [`Files::refresh`](cloudc_base::Files::refresh).
    pub fn set(&self, path: &str, text: Option<&str>) {
        let mut texts = self.texts.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        match text {
            Some(text) => texts.insert(path.to_owned(), text.into()),
            None => texts.remove(path),
        };
    }
}

impl FileSystem for OverlayFs {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let texts = self.texts.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        match texts.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.below.read(path),
        }
    }

    fn list(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
        self.below.list(path)
    }

    fn hash(&self, path: &str) -> Result<([u8; 32], u64), ReadError> {
        self.below.hash(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_gaps_are_told_apart() {
        let system = MemoryFs::new([("/a/b.cloud", "let x = 1")]);
        assert_eq!(system.read("/a"), Err(ReadError::Directory));
        assert_eq!(system.read("/b"), Err(ReadError::Missing));
        assert!(system.read("std/storage").is_ok());
    }

    #[test]
    fn an_overlay_hides_and_gives_back() {
        let system = OverlayFs::new(Arc::new(MemoryFs::new([("/a.cloud", "old")])));
        system.set("/a.cloud", Some("new"));
        assert_eq!(system.read("/a.cloud"), Ok(b"new".to_vec()));
        system.set("/a.cloud", None);
        assert_eq!(system.read("/a.cloud"), Ok(b"old".to_vec()));
    }
}
