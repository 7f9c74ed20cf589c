//! Lists the pages of `docs/errors` for `cloudc explain`, so that adding one is adding a file.

use std::path::{Path, PathBuf};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = std::fs::read_dir(&folder).expect("docs/errors is there");
    let mut pages: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    pages.retain(|path| code(path).starts_with('C') && path.extension().is_some_and(|end| end == "md"));
    pages.sort();
    let mut out = String::from("/// Code and text of each page, sorted.\npub const PAGES: &[(&str, &str)] = &[\n");
    for path in &pages {
        out.push_str(&format!("    ({:?}, include_str!({:?})),\n", code(path), path.display().to_string()));
    }
    out.push_str("];\n");
    let target = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where")).join("pages.rs");
    std::fs::write(target, out).expect("the build folder can be written");
}

fn code(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
