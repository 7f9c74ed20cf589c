//! Drawing diagnostics, for people ([`terminal()`]) and for machines ([`json()`]).
//!
//! In: diagnostics as the driver gives them, sorted. Out: text, or a JSON value. Always: nothing that a source, a path or a message
//! holds can move the reader's cursor or colour their terminal, and no span can make drawing panic.

mod excerpt;
mod json;
mod safe;
mod terminal;

pub use json::json;
pub use safe::printable;
pub use terminal::terminal;

use crate::{Db, Diagnostic, File, Severity};

/// How to draw for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether to use colours (ANSI escapes).
    pub color: bool,
    /// Columns after which notes and messages wrap.
    pub width: usize,
    /// What stands before a project path: the way from where the reader is to the project's root, empty or ending in `/`.
    pub prefix: String,
    /// Drawings after which the rest is only counted.
    pub limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { color: false, width: 100, prefix: String::new(), limit: 200 }
    }
}

/// How many there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
}

impl Counts {
    /// Counts; notes are left out.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        Counts { errors: count(Severity::Error), warnings: count(Severity::Warning) }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        match (self.errors, self.warnings) {
            (0, 0) => f.write_str("no errors"),
            (errors, 0) => f.write_str(&plural(errors, "error")),
            (0, warnings) => f.write_str(&plural(warnings, "warning")),
            (errors, warnings) => write!(f, "{}, {}", plural(errors, "error"), plural(warnings, "warning")),
        }
    }
}

/// A file's path as the reader knows it.
fn shown_path(db: &dyn Db, file: File, prefix: &str) -> String {
    let path: &str = file.path(db);
    match path.strip_prefix('/') {
        Some(inside) => format!("{prefix}{inside}"),
        None => path.to_owned(),
    }
}
