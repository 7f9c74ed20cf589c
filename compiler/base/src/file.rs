//! Source files as salsa inputs, made when first asked for.
//!
//! In: a normalised path ([`crate::path`]). Out: a [`File`], always, also for paths where nothing is: then its content says why.
//! Always: one path has one `File` for as long as the database lives.

#![allow(missing_docs)] // the constructors that salsa generates have none

use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;
use salsa::{Durability, Setter};

use crate::folder::{self, Digest, Refused};

/// A file of the project or of the standard library, or a place where none is.
#[salsa::input(debug)]
pub struct File {
    /// Normalised path: absolute with `/`, or `std/name` for a module of the standard library.
    #[returns(ref)]
    pub path: Arc<str>,
    /// What is there.
    #[returns(ref)]
    pub content: Content,
}

/// What is found at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// UTF-8 text.
    Text(Arc<str>),
    /// Bytes that are not UTF-8, with the offset of the first wrong byte.
    Binary(Arc<[u8]>, usize),
    /// Nothing readable.
    Unreadable(ReadError),
}

/// Why a path gives no bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// Nothing is there.
    Missing,
    /// A directory is there.
    Directory,
    /// The path, symbolic links resolved, leaves the project.
    OutsideProject,
    /// More bytes than the compiler reads; the limit, in bytes.
    TooLarge(u64),
    /// The operating system said no, in its words.
    Other(String),
}

/// Where bytes come from. The command line reads the disk, the language server its overlays first, tests a map.
pub trait FileSystem: Send + Sync {
    /// The bytes at a normalised path; must not follow links out of the project.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// What is in a folder: names, and whether each is a folder, links resolved. In any order.
    fn list(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
        let _ = path;
        Err(ReadError::Other("folders cannot be listed here".to_owned()))
    }

    /// SHA-256 and length of the bytes at a path, which may be more than [`FileSystem::read`] takes.
    fn hash(&self, path: &str) -> Result<([u8; 32], u64), ReadError> {
        let bytes = self.read(path)?;
        Ok((folder::sha256(&bytes), bytes.len() as u64))
    }
}

/// A file or folder that is uploaded, as salsa sees it.
#[salsa::input(debug)]
pub struct Folder {
    /// What is there.
    #[returns(ref)]
    pub content: Result<Arc<Digest>, Refused>,
}

/// The database as this crate sees it.
#[salsa::db]
pub trait Db: salsa::Database {
    /// The file table of this database.
    fn files(&self) -> &Files;
}

/// All files a database has been asked for, shared by its snapshots.
#[derive(Clone)]
pub struct Files {
    system: Arc<dyn FileSystem>,
    known: Arc<Mutex<FxHashMap<Arc<str>, File>>>,
    folders: Arc<Mutex<FxHashMap<Arc<str>, Folder>>>,
}

impl Files {
    /// An empty table over `system`.
    pub fn new(system: Arc<dyn FileSystem>) -> Self {
        Files { system, known: Arc::default(), folders: Arc::default() }
    }

    /// The file at a normalised path, read when asked for the first time.
    pub fn get(&self, db: &dyn Db, path: &str) -> File {
        // A poisoned lock only means that a reader was cancelled; the map itself is whole.
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(file) = known.get(path) {
            return *file;
        }
        let path: Arc<str> = path.into();
        let content = Content::of(self.system.read(&path));
        let builder = File::builder(path.clone(), content).content_durability(durability(&path));
        let file = builder.path_durability(Durability::NEVER_CHANGE).new(db);
        known.insert(path, file);
        file
    }

    /// What would be uploaded from a path; everything there is read when asked for the first time.
    pub fn folder(&self, db: &dyn Db, path: &str) -> Folder {
        let mut known = self.folders.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(folder) = known.get(path) {
            return *folder;
        }
        let folder = Folder::new(db, folder::digest(&*self.system, path).map(Arc::new));
        known.insert(path.into(), folder);
        folder
    }

    /// What is in a folder now: names, and whether each is a folder. For answers that nothing remembers.
    pub fn list(&self, path: &str) -> Vec<(String, bool)> {
        let mut entries = self.system.list(path).unwrap_or_default();
        entries.sort();
        entries
    }

    /// Every path asked for so far of which everything would be uploaded, sorted.
    pub fn folders(&self) -> Vec<Arc<str>> {
        let known = self.folders.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut paths: Vec<Arc<str>> = known.keys().cloned().collect();
        paths.sort();
        paths
    }

    /// Folders asked for that a path is in.
    fn folders_around(&self, path: &str) -> Vec<(Arc<str>, Folder)> {
        let known = self.folders.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let around = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        known.iter().filter(|(folder, _)| around(folder)).map(|(path, folder)| (path.clone(), *folder)).collect()
    }

    /// The file at a path when something has asked for it before.
    pub fn peek(&self, path: &str) -> Option<File> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get(path).copied()
    }

    /// Every file asked for so far, by path.
    pub fn all(&self) -> Vec<File> {
        let known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut entries: Vec<_> = known.iter().map(|(path, file)| (path.clone(), *file)).collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.into_iter().map(|(_, file)| file).collect()
    }

    /// Reads `path` again when something has asked for it before; tells whether its content changed.
    pub fn refresh(db: &mut dyn Db, path: &str) -> bool {
        let mut changed = false;
        for (folder_path, folder) in db.files().folders_around(path) {
            let content = folder::digest(&*db.files().system, &folder_path).map(Arc::new);
            if *folder.content(db) != content {
                let _ = folder.set_content(db).to(content);
                changed = true;
            }
        }
        let Some(file) = db.files().peek(path) else { return changed };
        let content = Content::of(db.files().system.read(path));
        if *file.content(db) == content {
            return changed;
        }
        file.set_content(db).to(content);
        true
    }
}

/// What never changes costs nothing to verify: salsa keeps no dependency on it.
fn durability(path: &str) -> Durability {
    if path.starts_with("std/") { Durability::NEVER_CHANGE } else { Durability::LOW }
}

impl Content {
    /// Sorts what reading gave.
    pub fn of(read: Result<Vec<u8>, ReadError>) -> Self {
        match read {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Content::Text(text.into()),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    Content::Binary(error.into_bytes().into(), at)
                }
            },
            Err(error) => Content::Unreadable(error),
        }
    }
}

impl File {
    /// The text, empty when there is none.
    pub fn text(self, db: &dyn Db) -> &str {
        match self.content(db) {
            Content::Text(text) => text,
            _ => "",
        }
    }

    /// Whether this is a module of the standard library.
    pub fn is_std(self, db: &dyn Db) -> bool {
        self.path(db).starts_with("std/")
    }
}
