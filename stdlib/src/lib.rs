//! The standard library, written in the language and carried inside the compiler.
//!
//! Out: the text of each module under its import path. Always: the list holds every `.cloud` file of this folder.

/// Import path and text of every module, sorted by path.
const MODULES: &[(&str, &str)] =
    &[("std/network", include_str!("../network.cloud")), ("std/storage", include_str!("../storage.cloud"))];

/// Import path (`std/storage`) and text of every module, sorted by path.
pub fn modules() -> &'static [(&'static str, &'static str)] {
    MODULES
}

/// The text of the module at an import path.
///
/// ```
/// assert!(cloudc_stdlib::module("std/storage").is_some());
/// assert!(cloudc_stdlib::module("std/storrage").is_none());
/// ```
pub fn module(path: &str) -> Option<&'static str> {
    MODULES.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    /// Adding a module is a file and a line in the list; this finds a forgotten line.
    #[test]
    fn the_list_is_the_folder() {
        let folder = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).expect("the crate's folder is readable");
        let mut found: Vec<String> = folder
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".cloud").map(|stem| format!("std/{stem}")))
            .collect();
        found.sort();
        let listed: Vec<&str> = super::modules().iter().map(|(path, _)| *path).collect();
        assert_eq!(listed, found);
    }
}
