//! Text in, a lossless tree and its errors out.
//!
//! [`split`] cuts a file into chunks, one per column-0 declaration; [`parse_chunk`] parses one of them, so that
//! an edit costs one chunk. [`parse_file`] is the concatenation of both, for whoever wants the whole file.
//! [`ast`] is the typed view of a tree.
//!
//! Parsing never fails: there is always a tree, its text is always the input, and every mistake is one
//! [`SyntaxError`] beside it. This crate knows neither salsa nor the editor.

pub mod ast;
mod cook;
pub mod errors;
mod grammar;
mod input;
mod kind;
mod lexer;
mod log;
mod parse;
mod report;
mod split;
mod suggest;
mod tree;

pub use errors::{SyntaxError, SyntaxFix};
pub use kind::{Cloud, SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};
pub use parse::{Parse, parse_chunk, parse_file};
pub use rowan::{GreenNode, NodeOrToken, TextRange, TextSize, TokenAtOffset, WalkEvent};
pub use split::{ChunkKind, RawChunk, split};
