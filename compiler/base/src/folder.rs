//! Files and folders as what is uploaded: one hash over everything in them.
//!
//! In: a [`FileSystem`], a normalised path. Out: a [`Digest`]. Always: the same names and bytes give the same hash, wherever they
//! lie and whatever their dates and modes are; what tools leave behind ([`IGNORED`]) does not count.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::file::{FileSystem, ReadError};

/// Names of files and folders that are never part of an asset.
pub const IGNORED: [&str; 7] = [".git", ".hg", ".svn", ".DS_Store", "Thumbs.db", "__pycache__", ".cloudc"];

/// Files and folders an asset may have.
pub const MOST_FILES: usize = 50_000;
/// Bytes an asset may have: more than any service takes.
pub const MOST_BYTES: u64 = 4 << 30;
/// Folders inside folders. A link that leads back would go on for ever.
const DEEPEST: usize = 64;

/// What is uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// SHA-256 in hexadecimal digits: of a file its bytes, of a folder every path in it with the hash of its bytes, sorted.
    pub hash: String,
    /// Files relative to the folder, sorted; empty for a single file.
    pub files: Vec<String>,
    /// Bytes in all.
    pub bytes: u64,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Why there is no digest: what is wrong, and where below the asset (empty for the asset itself).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Path of the entry, relative to the asset.
    pub at: String,
    /// What is wrong with it.
    pub error: ReadError,
}

/// The digest of what is at a path.
pub fn digest(system: &dyn FileSystem, path: &str) -> Result<Digest, Refused> {
    let refused = |error| Refused { at: String::new(), error };
    match system.hash(path) {
        Ok((hash, bytes)) => return Ok(Digest { hash: hex(&hash), files: Vec::new(), bytes, is_folder: false }),
        Err(ReadError::Directory) => {}
        Err(error) => return Err(refused(error)),
    }
    let path = path.trim_end_matches('/');
    let mut files = Vec::new();
    below(system, path, "", 0, &mut 0, &mut files)?;
    files.sort();
    let mut all = Sha256::new();
    let mut bytes = 0;
    for file in &files {
        let (hash, length) = system.hash(&format!("{path}/{file}")).map_err(|error| Refused { at: file.clone(), error })?;
        bytes += length;
        if bytes > MOST_BYTES {
            return Err(refused(ReadError::TooLarge(MOST_BYTES)));
        }
        all.update(file.as_bytes());
        all.update([0]);
        all.update(hash);
    }
    Ok(Digest { hash: hex(&all.finalize().into()), files, bytes, is_folder: true })
}

/// The files below a folder, by path relative to the asset. `met` counts what was listed: links that lead back can make a few
/// folders look like endlessly many.
fn below(
    system: &dyn FileSystem,
    root: &str,
    inside: &str,
    depth: usize,
    met: &mut usize,
    files: &mut Vec<String>,
) -> Result<(), Refused> {
    let refused = |error| Refused { at: inside.trim_end_matches('/').to_owned(), error };
    if depth > DEEPEST {
        return Err(refused(ReadError::Other(format!("more than {DEEPEST} folders are inside each other"))));
    }
    let folder = format!("{root}/{inside}");
    for (name, is_folder) in system.list(folder.trim_end_matches('/')).map_err(refused)? {
        if IGNORED.contains(&name.as_str()) {
            continue;
        }
        *met += 1;
        if *met > MOST_FILES {
            return Err(refused(ReadError::Other(format!("it holds more than {MOST_FILES} files and folders"))));
        }
        if is_folder {
            below(system, root, &format!("{inside}{name}/"), depth + 1, met, files)?;
        } else {
            files.push(format!("{inside}{name}"));
        }
    }
    Ok(())
}

/// The hash of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The hash of everything a reader gives, and how many bytes that was.
pub fn sha256_of(mut reader: impl std::io::Read) -> std::io::Result<([u8; 32], u64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut length = 0;
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok((hash.finalize().into(), length)),
            count => {
                hash.update(&buffer[..count]);
                length += count as u64;
            }
        }
    }
}

/// As hexadecimal digits.
pub fn hex(hash: &[u8; 32]) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    struct Map(BTreeMap<&'static str, &'static str>);

    impl FileSystem for Map {
        fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
            match self.0.get(path) {
                Some(text) => Ok(text.as_bytes().to_vec()),
                None if self.0.keys().any(|known| known.starts_with(&format!("{path}/"))) => Err(ReadError::Directory),
                None => Err(ReadError::Missing),
            }
        }

        fn list(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
            let folder = format!("{path}/");
            let mut names: Vec<(String, bool)> = Vec::new();
            for inside in self.0.keys().filter_map(|known| known.strip_prefix(&folder)) {
                let entry = match inside.split_once('/') {
                    Some((name, _)) => (name.to_owned(), true),
                    None => (inside.to_owned(), false),
                };
                if !names.contains(&entry) {
                    names.push(entry);
                }
            }
            Ok(names)
        }
    }

    fn hash(files: &[(&'static str, &'static str)]) -> String {
        digest(&Map(files.iter().copied().collect()), "/fn").expect("a digest").hash
    }

    #[test]
    fn names_and_bytes_count_and_nothing_else() {
        let one = hash(&[("/fn/a.py", "1"), ("/fn/lib/b.py", "2")]);
        assert_eq!(one, hash(&[("/fn/lib/b.py", "2"), ("/fn/a.py", "1"), ("/fn/.git/HEAD", "x"), ("/other", "3")]));
        assert_ne!(one, hash(&[("/fn/a.py", "1"), ("/fn/lib/b.py", "3")]));
        assert_ne!(one, hash(&[("/fn/a.py", "1"), ("/fn/lib/c.py", "2")]));
    }

    #[test]
    fn a_file_is_its_bytes() {
        assert_eq!(hash(&[("/fn", "abc")]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn links_that_lead_back_end() {
        struct Loop;
        impl FileSystem for Loop {
            fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
                Err(ReadError::Directory)
            }
            fn list(&self, path: &str) -> Result<Vec<(String, bool)>, ReadError> {
                let deep = path.matches('/').count() > 40;
                Ok(if deep { Vec::new() } else { vec![("a".to_owned(), true), ("b".to_owned(), true)] })
            }
        }
        assert!(matches!(digest(&Loop, "/fn"), Err(Refused { error: ReadError::Other(_), .. })));
    }

    #[test]
    fn what_is_not_there_is_told() {
        let empty = Map(BTreeMap::new());
        assert_eq!(digest(&empty, "/fn"), Err(Refused { at: String::new(), error: ReadError::Missing }));
    }
}
