//! A diagnostic: what is wrong, where, why it was expected otherwise, and what to do. Plain data.

use crate::{File, TextRange};

/// A stable name of a kind of diagnostic, `C0312` or a lint's name. Never reused for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is built.
    Error,
    /// Built, and probably not what was wanted.
    Warning,
    /// Worth knowing.
    Note,
}

/// How an editor should show the place besides underlining it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Not used: shown faded.
    Unused,
    /// Out of favour: shown struck through.
    Deprecated,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// One lowercase line in the user's terms, no full stop, user text in backticks.
    pub message: String,
    /// Where: byte offsets into that file.
    pub file: File,
    /// The range to underline, in bytes.
    pub range: TextRange,
    /// What is at the primary range, in a few words; may be empty.
    pub label: String,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// Why something else was expected.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
    /// How to show it.
    pub tag: Option<Tag>,
}

/// A related place and what it has to do with the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Which file.
    pub file: File,
    /// Byte range in it.
    pub range: TextRange,
    /// What is there.
    pub text: String,
}

/// Edits that belong together, under a title an editor can offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// In the imperative: "change it to `BucketName`".
    pub title: String,
    /// None of them overlap.
    pub edits: Vec<Edit>,
}

/// Replace a range by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Which file.
    pub file: File,
    /// Byte range in it.
    pub range: TextRange,
    /// What stands there afterwards.
    pub insert: String,
}

impl Diagnostic {
    /// An error without anything but its message.
    pub fn error(code: Code, file: File, range: TextRange, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            file,
            range,
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fixes: Vec::new(),
            tag: None,
        }
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}
