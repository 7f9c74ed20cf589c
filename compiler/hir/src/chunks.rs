//! A file as chunks: one per declaration in column 0, so that an edit parses again only what it touched.
//!
//! In: a [`File`]. Out: its [`Chunk`]s in order, their trees, and what is wrong with the text as such.
//! Always: the chunks cover the text; a chunk keeps its identity while its kind, name and rank among equals stay the same.

#![allow(missing_docs)] // the constructors that salsa generates have none

use std::sync::Arc;

use cloudc_base::{Code, Content, Db, Diagnostic, Edit, File, Fix, Label, ReadError, TextRange, TextSize};
use cloudc_syntax::SyntaxError;
pub use cloudc_syntax::{ChunkKind, Parse};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::codes;
use crate::decl::Decl;

/// One declaration of a file as text.
#[salsa::tracked(debug)]
pub struct Chunk<'db> {
    /// The file it is part of.
    #[returns(copy)]
    pub file: File,
    /// What it starts with.
    #[returns(copy)]
    pub kind: ChunkKind,
    /// The name written after the keyword; may be empty.
    pub name: SmolStr,
    /// How many chunks of the same kind and name stand before it.
    #[returns(copy)]
    pub nth: u32,
    /// Its text.
    #[tracked]
    pub text: Arc<str>,
    /// Where it starts in the file, in bytes.
    #[tracked]
    #[returns(copy)]
    pub offset: TextSize,
}

/// The chunks of a file, in order. Equal as long as only texts and offsets change.
pub fn chunks(db: &dyn Db, file: File) -> &Vec<Chunk<'_>> {
    chunks_of(db, file)
}

#[salsa::tracked(returns(ref))]
fn chunks_of(db: &dyn Db, file: File) -> Vec<Chunk<'_>> {
    let text = file.text(db);
    let mut seen: FxHashMap<(ChunkKind, SmolStr), u32> = FxHashMap::default();
    let mut chunks = Vec::new();
    for raw in cloudc_syntax::split(text) {
        let nth = seen.entry((raw.kind, raw.name.clone())).or_default();
        let part: Arc<str> = text[std::ops::Range::<usize>::from(raw.range)].into();
        chunks.push(Chunk::new(db, file, raw.kind, raw.name, *nth, part, raw.range.start()));
        *nth += 1;
    }
    chunks
}

/// The tree of a chunk; ranges count from the chunk's start. For questions about a place: checking keeps no trees.
#[salsa::tracked(returns(ref), no_eq, lru = 256)]
pub fn parse<'db>(db: &'db dyn Db, chunk: Chunk<'db>) -> Parse {
    cloudc_syntax::parse_chunk(chunk.text(db))
}

/// The chunk a declaration is written in; none when it has been removed.
pub fn chunk_of(db: &dyn Db, decl: Decl) -> Option<Chunk<'_>> {
    crate::items::slot(db, decl.top(db)).map(|slot| slot.chunk)
}

/// What is wrong with a file as text: unreadable content, else the parser's errors, in order.
///
/// For a file that is only imported, unreadable content is told at the import as well; show this only for files that the user named.
pub fn syntax_diagnostics(db: &dyn Db, file: File) -> Vec<Diagnostic> {
    if let Some(problem) = content_problem(db, file) {
        return vec![problem];
    }
    let per_chunk = chunks(db, file).iter().flat_map(|chunk| {
        let offset = chunk.offset(db);
        crate::lower::errors(db, *chunk).iter().map(move |error| diagnostic(file, offset, error))
    });
    per_chunk.collect()
}

fn content_problem(db: &dyn Db, file: File) -> Option<Diagnostic> {
    let path = file.path(db);
    let error = |code, message: String| Diagnostic::error(Code(code), file, TextRange::default(), message);
    let problem = match file.content(db) {
        Content::Text(_) => return None,
        Content::Binary(_, at) => {
            let message = format!("`{path}` is not UTF-8 text: byte {at} fits no character");
            Diagnostic { help: Some("save the file as UTF-8".into()), ..error(codes::NOT_UTF8, message) }
        }
        Content::Unreadable(reason) => {
            let (code, message) = match reason {
                ReadError::Missing => (codes::NO_FILE, format!("there is no file `{path}`")),
                ReadError::Directory => (codes::IS_DIRECTORY, format!("`{path}` is a directory, not a file")),
                ReadError::OutsideProject => (codes::OUTSIDE, format!("`{path}` is outside the project")),
                ReadError::TooLarge(limit) => (codes::TOO_LARGE, format!("`{path}` is larger than {limit} bytes")),
                ReadError::Other(words) => (codes::UNREADABLE, format!("`{path}` cannot be read: {words}")),
            };
            error(code, message)
        }
    };
    Some(problem)
}

fn diagnostic(file: File, offset: TextSize, error: &SyntaxError) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(Code(error.code), file, error.range + offset, error.message.clone());
    diagnostic.label.clone_from(&error.label);
    diagnostic.help.clone_from(&error.help);
    let related = error.related.iter();
    diagnostic.labels = related.map(|(range, text)| Label { file, range: *range + offset, text: text.clone() }).collect();
    diagnostic.fixes = error
        .fix
        .iter()
        .map(|fix| Fix {
            title: fix.title.clone(),
            edits: vec![Edit { file, range: fix.range + offset, insert: fix.insert.clone() }],
        })
        .collect();
    diagnostic
}
