//! Places in files.

use cloudc_base::{File, TextRange, TextSize};

/// A place between two characters of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FilePosition {
    /// The file.
    pub file: File,
    /// Bytes from its start.
    pub offset: TextSize,
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileRange {
    /// The file.
    pub file: File,
    /// In bytes from its start.
    pub range: TextRange,
}
