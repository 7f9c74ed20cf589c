//! The resource types in use: the embedded ones, then those the user synced or imported.
//!
//! They are kept in the user's cache folder (`CLOUDC_CACHE_DIR`, else `cloudc` in `XDG_CACHE_HOME`, else `~/.cache/cloudc`), in the
//! compiler's own form. Always: a damaged or outdated file there is told and skipped, and the embedded types remain.

use std::path::{Path, PathBuf};

use cloudc_schema::{Layer, Schema};

use crate::args::Global;
use crate::exit::Failure;
use crate::output::{self, Written};

/// The file of synced types.
const SYNCED: &str = "synced.layer";
/// The folder of imported types, one file each.
const IMPORTED: &str = "imported";

/// The schema that this command works with.
pub fn schema(global: &Global) -> Schema {
    let mut schema = Schema::embedded();
    if global.embedded_schemas {
        return schema;
    }
    for path in kept() {
        match load(&path) {
            Ok(layer) => schema = schema.with_layer(&layer),
            Err(why) => output::line(&format!("warning: `{}` is not used: {why}", path.display())),
        }
    }
    schema
}

/// Keeps synced types, in place of those synced before.
pub fn keep_synced(layer: &Layer) -> Result<PathBuf, Failure> {
    keep(&folder()?.join(SYNCED), layer)
}

/// Keeps one imported type, in place of the one imported before under its name.
pub fn keep_imported(name: &str, layer: &Layer) -> Result<PathBuf, Failure> {
    keep(&folder()?.join(IMPORTED).join(format!("{}.layer", name.replace("::", "-"))), layer)
}

fn keep(path: &Path, layer: &Layer) -> Result<PathBuf, Failure> {
    let bytes = layer.to_bytes();
    // What cannot be read back must not replace what can.
    Layer::from_bytes(&bytes).map_err(|error| Failure::world(format!("the types cannot be kept: {error}")))?;
    output::write_all(&[Written { path: path.to_path_buf(), bytes }])?;
    Ok(path.to_path_buf())
}

/// Files with kept types: synced ones first, so that imported ones hide them.
fn kept() -> Vec<PathBuf> {
    let Ok(folder) = folder() else { return Vec::new() };
    let mut files = vec![folder.join(SYNCED)];
    let imported = std::fs::read_dir(folder.join(IMPORTED)).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut imported: Vec<PathBuf> = imported.filter(|path| path.extension().is_some_and(|end| end == "layer")).collect();
    imported.sort();
    files.append(&mut imported);
    files.retain(|path| path.is_file());
    files
}

fn load(path: &Path) -> Result<Layer, String> {
    let bytes = std::fs::read(path).map_err(|error| output::reason(&error))?;
    Layer::from_bytes(&bytes).map_err(|error| error.to_string())
}

fn folder() -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The XDG specification: a relative path in there is to be ignored.
    let xdg = || set("XDG_CACHE_HOME").filter(|path| path.is_absolute()).map(|path| path.join("cloudc"));
    let home = || set("HOME").map(|path| path.join(".cache").join("cloudc"));
    set("CLOUDC_CACHE_DIR")
        .or_else(xdg)
        .or_else(home)
        .ok_or_else(|| Failure::world("there is no place for a cache").help("set CLOUDC_CACHE_DIR, XDG_CACHE_HOME or HOME"))
}
