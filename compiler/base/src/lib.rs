//! What every stage stands on: source files as salsa inputs, diagnostics as plain data, and how those are drawn.
//!
//! In: paths, texts and bytes that the outer crates read. Out: [`File`] handles, [`Diagnostic`] values, drawings of them.
//! Always: this crate reads no disk, clock, network or environment; a [`FileSystem`] given by the outside does.

pub mod diagnostic;
pub mod file;
pub mod folder;
pub mod line_index;
pub mod path;
pub mod render;
pub mod suggest;

pub use diagnostic::{Code, Diagnostic, Edit, Fix, Label, Severity, Tag};
pub use file::{Content, Db, File, FileSystem, Files, ReadError};
pub use line_index::{LineCol, LineIndex};
pub use text_size::{TextRange, TextSize};
