//! Where the repository keeps what is tested.

use std::path::{Path, PathBuf};

use crate::page::{Case, cases};

/// The repository.
pub fn root() -> PathBuf {
    // Cargo says where this runs; several checkouts may share one folder for what is built.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Build products: `CARGO_TARGET_DIR`, else `target`.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A Markdown file with cases.
pub struct Page {
    /// Its path in the repository without its ending, for names of tests.
    pub name: String,
    /// What it holds.
    pub cases: Vec<Case>,
}

/// Every Markdown file whose `cloud` blocks are tested: fixtures, error pages, README and documentation.
pub fn pages() -> Vec<Page> {
    let root = root();
    let mut files = Vec::new();
    for folder in ["tests/fixtures/errors", "tests/fixtures/lang", "docs"] {
        markdown(&root.join(folder), &mut files);
    }
    files.extend(["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "compiler/README.md"].map(|name| root.join(name)));
    files.retain(|path| path.is_file());
    let page = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap_or(&path).with_extension("").display().to_string();
        Page { cases: cases(&read(&path)), name: name.replace("tests/fixtures/", "") }
    };
    files.into_iter().map(page).collect()
}

/// A folder with a program: its name, and its files by path from its own root.
pub struct Folder {
    /// `programs/loops`, `examples/static-site`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// `/main.cloud` and the bytes of it, sorted.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The golden programs.
pub fn programs() -> Vec<Folder> {
    folders("tests/fixtures/programs", "programs")
}

/// The examples.
pub fn examples() -> Vec<Folder> {
    folders("examples", "examples")
}

fn folders(below: &str, prefix: &str) -> Vec<Folder> {
    let mut found = Vec::new();
    for path in entries(&root().join(below)).into_iter().filter(|path| path.is_dir()) {
        let mut files = Vec::new();
        all_files(&path, &path, &mut files);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.push(Folder { name: format!("{prefix}/{name}"), path, files });
    }
    found
}

/// Every text of the language in the repository, with a name: for laws that hold for any text.
pub fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for (path, text) in cloudc_stdlib::modules() {
        texts.push(((*path).to_owned(), (*text).to_owned()));
    }
    for folder in programs().into_iter().chain(examples()) {
        for (path, bytes) in folder.files.into_iter().filter(|(path, _)| path.ends_with(".cloud")) {
            texts.extend(String::from_utf8(bytes).ok().map(|text| (format!("{}{path}", folder.name), text)));
        }
    }
    for page in pages() {
        for case in page.cases {
            for (nth, program) in case.programs.into_iter().enumerate() {
                for file in program.files.into_iter().filter(|file| file.path.ends_with(".cloud")) {
                    let name = format!("{} / {} / {}{}", page.name, case.title, nth + 1, file.path);
                    texts.extend(file.bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| (name, text)));
                }
            }
        }
    }
    texts
}

fn markdown(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            markdown(&path, found);
        } else if path.extension().is_some_and(|end| end == "md") {
            found.push(path);
        }
    }
}

fn all_files(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for path in entries(folder) {
        if path.is_dir() {
            all_files(root, &path, found);
        } else if let (Ok(inside), Ok(bytes)) = (path.strip_prefix(root), std::fs::read(&path)) {
            found.push((format!("/{}", inside.display()), bytes));
        }
    }
}

/// What a folder holds, sorted; nothing when it is not there.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
