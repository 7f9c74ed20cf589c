//! The disk as a [`FileSystem`]: a project's folder, seen as `/`, and the standard library, seen as `std/`.
//!
//! In place of a program there may be its JSON form. Always: nothing outside the project's folder is read, also not through symbolic links.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use cloudc_base::{FileSystem, ReadError};

use crate::exit::Failure;
use crate::output;

/// Files larger than this are refused, in bytes.
const LARGEST: u64 = 32 << 20;

/// A project's folder.
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The folder with symbolic links resolved.
    pub fn new(root: PathBuf) -> Self {
        Disk { root }
    }
}

impl Disk {
    /// Where a path of the project really is, links followed, and what is there.
    fn find(&self, inside: &str) -> Result<(PathBuf, std::fs::Metadata), ReadError> {
        let real = self.root.join(inside).canonicalize().map_err(|error| refusal(&error))?;
        if !real.starts_with(&self.root) {
            return Err(ReadError::OutsideProject);
        }
        let about = std::fs::metadata(&real).map_err(|error| refusal(&error))?;
        Ok((real, about))
    }
}

impl FileSystem for Disk {
    fn list(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
        let inside = path.trim_start_matches('/');
        let (real, _) = self.find(inside)?;
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(real).map_err(|error| refusal(&error))? {
            let name = entry.map_err(|error| refusal(&error))?.file_name();
            let name = name.into_string().map_err(|name| ReadError::Other(format!("the name {name:?} is not UTF-8")))?;
            // What cannot be followed is told, with its own path, when it is read.
            let is_folder = self.find(format!("{inside}/{name}").trim_start_matches('/')).is_ok_and(|(_, about)| about.is_dir());
            entries.push((name, is_folder));
        }
        Ok(entries)
    }

    fn hash(&self, path: &str) -> Result<([u8; 32], u64), ReadError> {
        let (real, about) = self.find(path.trim_start_matches('/'))?;
        if about.is_dir() {
            return Err(ReadError::Directory);
        }
        // A pipe or device could block for ever or never end.
        if !about.is_file() {
            return Err(ReadError::Other("it is not a regular file".to_owned()));
        }
        let file = std::fs::File::open(&real).map_err(|error| refusal(&error))?;
        cloudc_base::folder::sha256_of(file).map_err(|error| refusal(&error))
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let Some(inside) = path.strip_prefix('/') else {
            return cloudc_stdlib::module(path).map(|text| text.as_bytes().to_vec()).ok_or(ReadError::Missing);
        };
        match self.bytes(inside) {
            // A program may be written as JSON, `main.cloud.json` for `main.cloud`.
            Err(ReadError::Missing) if inside.ends_with(".cloud") => match self.bytes(&format!("{inside}.json")) {
                Ok(bytes) => from_json(&bytes).map_err(|why| ReadError::Other(format!("`{inside}.json` is no program: {why}"))),
                Err(_) => Err(ReadError::Missing),
            },
            read => read,
        }
    }
}

/// The text of a program in JSON form, or why it is none in one line.
pub fn from_json(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let program: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    cloudc_format::json::from_json(&program).map(String::into_bytes).map_err(|error| error.to_string())
}

impl Disk {
    /// The bytes of a regular file of the project.
    fn bytes(&self, inside: &str) -> Result<Vec<u8>, ReadError> {
        let (real, about) = self.find(inside)?;
        if about.is_dir() {
            return Err(ReadError::Directory);
        }
        // A pipe or device could block for ever or never end.
        if !about.is_file() {
            return Err(ReadError::Other("it is not a regular file".to_owned()));
        }
        if about.len() > LARGEST {
            return Err(ReadError::TooLarge(LARGEST));
        }
        let mut bytes = Vec::with_capacity(about.len() as usize + 1);
        let file = std::fs::File::open(&real).map_err(|error| refusal(&error))?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| refusal(&error))?;
        if bytes.len() as u64 > LARGEST { Err(ReadError::TooLarge(LARGEST)) } else { Ok(bytes) }
    }
}

fn refusal(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        _ => ReadError::Other(output::reason(error)),
    }
}

/// Where a file is: its project's folder, and its path in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The project's folder, symbolic links resolved.
    pub root: PathBuf,
    /// The path as the compiler sees it: `/app/main.cloud`.
    pub path: String,
}

/// Finds the project of a file: the nearest folder above it that holds `project.cloud` or `.git`, else its own folder.
pub fn locate(file: &Path) -> Result<Place, Failure> {
    let shown = file.display();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().ok_or_else(|| Failure::usage(format!("`{shown}` is not a file's name")))?;
    let folder =
        folder.canonicalize().map_err(|error| Failure::world(format!("cannot read `{shown}`: {}", output::reason(&error))))?;
    let root = project(&folder);
    let full = folder.join(name);
    let inside = full.strip_prefix(&root).ok().and_then(Path::to_str);
    let inside = inside.ok_or_else(|| Failure::world(format!("the path `{shown}` is not UTF-8")))?;
    Ok(Place { path: format!("/{}", inside.replace(std::path::MAIN_SEPARATOR, "/")), root })
}

/// The root of a folder's project.
pub fn project(folder: &Path) -> PathBuf {
    let marked = |folder: &&Path| {
        folder.join("project.cloud").is_file() || folder.join("project.cloud.json").is_file() || folder.join(".git").exists()
    };
    folder.ancestors().find(marked).unwrap_or(folder).to_path_buf()
}

/// The way from the current folder to `root`, empty or ending in `/`: what diagnostics put before a path.
pub fn prefix_to(root: &Path) -> String {
    let Ok(here) = std::env::current_dir().and_then(|here| here.canonicalize()) else { return format!("{}/", root.display()) };
    if let Ok(below) = root.strip_prefix(&here) {
        return if below.as_os_str().is_empty() { String::new() } else { format!("{}/", below.display()) };
    }
    let Ok(above) = here.strip_prefix(root) else { return format!("{}/", root.display()) };
    "../".repeat(above.components().count())
}
