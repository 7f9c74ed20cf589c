//! How `cloudc watch` tells what happens: lines for people, or JSON; and the bell.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use cloudc_base::render::printable;
use serde_json::json;

use super::round::Outcome;
use crate::args::Global;
use crate::exit::Failure;
use crate::output;

/// Names of changed files that are shown.
const SHOWN: usize = 4;

/// Where it is told.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// One object a line.
    pub json: bool,
    quiet: bool,
    bell: bool,
}

impl Voice {
    /// With what the command line chose.
    pub fn new(json: bool, notify: bool, global: &Global) -> Voice {
        Voice { json, quiet: json || global.quiet, bell: notify && std::io::stderr().is_terminal() }
    }

    /// A line for people.
    pub fn line(self, text: &str) {
        if !self.quiet {
            output::line(&printable(text));
        }
    }

    /// An object for machines.
    pub fn object(self, object: &serde_json::Value) -> Result<(), Failure> {
        if self.json { output::print(format!("{object}\n").as_bytes()) } else { Ok(()) }
    }

    /// A round begins because of these.
    pub fn changed(self, changed: &[PathBuf]) {
        let names = names(changed);
        match names.len() {
            0 => {}
            1..=SHOWN => self.line(&format!("\nchanged: {}", names.join(", "))),
            count => self.line(&format!("\nchanged: {} and {} more", names[..SHOWN].join(", "), count - SHOWN)),
        }
    }

    /// The round is over, and the next one waits for a change.
    pub fn waiting(self, files: usize) -> Result<(), Failure> {
        self.line(&format!("watching {files} file{}; stop with Ctrl-C", if files == 1 { "" } else { "s" }));
        self.object(&json!({ "event": "waiting", "files": files }))
    }

    /// Nobody watches any more.
    pub fn ended(self) -> Result<(), Failure> {
        self.line("\nno longer watching");
        self.object(&json!({ "event": "ended" }))
    }

    /// Rings, and has the terminal say what happened (OSC 9, which terminals that do not know it leave out).
    pub fn ring(self, outcome: &Outcome) {
        if self.bell {
            let text: String = printable(&format!("cloudc: {}", outcome.words())).chars().filter(|c| !c.is_control()).collect();
            let _ = write!(std::io::stderr().lock(), "\u{1b}]9;{text}\u{1b}\\\u{7}");
        }
    }
}

/// Paths as somebody in this folder writes them.
pub fn names(changed: &[PathBuf]) -> Vec<String> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    changed.iter().map(|path| path.strip_prefix(&here).unwrap_or(path).display().to_string()).collect()
}
