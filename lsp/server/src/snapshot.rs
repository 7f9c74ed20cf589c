//! The workspace as it is between two edits, for one question.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use cloudc_base::{Content, Db as _, File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_ide::{FilePosition, FileRange};
use rustc_hash::FxHashMap;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{Location, Position, Range, TextDocumentIdentifier, TextDocumentPositionParams, Url};

use crate::client::Client;
use crate::config::Config;
use crate::convert::position::Lines;
use crate::convert::uri;
use crate::host::Host;
use crate::memory::Memory;
use crate::transport::outbox::Outbox;

/// A document that is open in the editor.
#[derive(Debug, Clone)]
pub struct Document {
    /// As the client writes it.
    pub uri: Url,
    /// Of the text in the database.
    pub version: i32,
    /// The file.
    pub file: File,
    /// Whether it is a program; else a text that programs read.
    pub program: bool,
}

/// Open documents by path.
pub type Documents = BTreeMap<String, Document>;

/// The path of no file.
const NOTHING: &str = "/.cloudc/nothing.cloud";

/// The workspace at one moment. Edits wait until all snapshots are gone.
pub struct Snapshot {
    /// All that is known about the programs.
    pub db: Database,
    /// What is open.
    pub documents: Arc<Documents>,
    /// All sources of the workspace and all open documents.
    pub files: Arc<[File]>,
    /// What the user set.
    pub config: Arc<Config>,
    /// What the client can do.
    pub client: Arc<Client>,
    /// The outside world.
    pub host: Arc<Host>,
    /// Where the roots are.
    pub roots: Arc<[String]>,
    /// What earlier answers are remembered for later ones.
    pub memory: Arc<Memory>,
    /// Where messages to the client are put.
    pub outbox: Outbox,
    /// Counts changes.
    pub generation: u64,
    pub(crate) lines: RefCell<FxHashMap<File, Arc<Lines>>>,
}

impl Snapshot {
    /// The file of a document: an open one, or one that can be read.
    /// What programs have, templates do not: for those it is a file with nothing in it.
    pub fn file(&self, document: &TextDocumentIdentifier) -> Result<File> {
        let file = self.file_of(&document.uri)?;
        Ok(if self.is_template(file) { cloudc_driver::file(&self.db, NOTHING) } else { file })
    }

    /// The file of a URI.
    pub fn file_of(&self, uri: &Url) -> Result<File> {
        let path = uri::path(uri);
        if let Some(document) = self.documents.get(&path) {
            return Ok(document.file);
        }
        let file = cloudc_driver::file(&self.db, &path);
        match file.content(&self.db) {
            Content::Text(_) | Content::Binary(..) => Ok(file),
            Content::Unreadable(_) => Err(Error::invalid_params(format!("`{uri}` is not open, and cannot be read"))),
        }
    }

    /// A place in a file.
    pub fn at(&self, place: &TextDocumentPositionParams) -> Result<FilePosition> {
        let file = self.file(&place.text_document)?;
        Ok(FilePosition { file, offset: self.offset(file, place.position) })
    }

    /// The same, also in a template.
    pub fn at_any(&self, place: &TextDocumentPositionParams) -> Result<FilePosition> {
        let file = self.file_of(&place.text_document.uri)?;
        Ok(FilePosition { file, offset: self.offset(file, place.position) })
    }

    /// A part of a file.
    pub fn part(&self, document: &TextDocumentIdentifier, range: Range) -> Result<FileRange> {
        let file = self.file(document)?;
        Ok(FileRange { file, range: self.bytes(file, range) })
    }

    /// The offset of a position.
    pub fn offset(&self, file: File, at: Position) -> TextSize {
        self.lines(file).offset(file.text(&self.db), at)
    }

    /// The position of an offset.
    pub fn position(&self, file: File, offset: TextSize) -> Position {
        self.lines(file).position(file.text(&self.db), offset)
    }

    /// The range of some bytes.
    pub fn range(&self, file: File, bytes: TextRange) -> Range {
        self.lines(file).range(file.text(&self.db), bytes)
    }

    /// The bytes of a range.
    pub fn bytes(&self, file: File, range: Range) -> TextRange {
        self.lines(file).bytes(file.text(&self.db), range)
    }

    /// A place for the client.
    pub fn location(&self, file: File, bytes: TextRange) -> Location {
        Location { uri: self.uri(file), range: self.range(file, bytes) }
    }

    /// The URI of a file, spelled as the client does.
    pub fn uri(&self, file: File) -> Url {
        let path = file.path(&self.db);
        self.documents.get(&**path).map_or_else(|| uri::uri(path), |document| document.uri.clone())
    }

    /// Whether a file is a program, not a text that programs read.
    pub fn is_program(&self, file: File) -> bool {
        let path = file.path(&self.db);
        self.documents.get(&**path).map_or_else(|| path.ends_with(".cloud"), |document| document.program)
    }

    /// Whether a file is an open CloudFormation template, and the user wants help with those.
    pub fn is_template(&self, file: File) -> bool {
        let path = file.path(&self.db);
        let named = ["yaml", "yml", "json", "template"].iter().any(|ending| path.rsplit('.').next() == Some(ending));
        self.config.check_cloudformation
            && self.documents.get(&**path).is_some_and(|document| !document.program)
            && named
            && cloudc_ide::is_template(file.text(&self.db))
    }

    /// The version of an open document.
    pub fn version(&self, file: File) -> Option<i32> {
        self.documents.get(&**file.path(&self.db)).map(|document| document.version)
    }

    /// The file at a path that something has asked for before.
    pub fn known(&self, path: &str) -> Option<File> {
        self.db.files().peek(path)
    }

    /// A text in which paths are those inside the project, as the command line shows them.
    pub fn without_roots(&self, text: String) -> String {
        let roots = self.roots.iter().rev().filter(|root| root.len() > 1);
        roots.fold(text, |text, root| match text.contains(&root[1..]) {
            // Some texts name paths with the `/` in front, some without.
            true => text.replace(&format!("{root}/"), "/").replace(&format!("{}/", &root[1..]), ""),
            false => text,
        })
    }

    /// A path, or a text that starts with one, as seen from its root.
    pub fn short(&self, text: &str) -> String {
        let inside = |root: &String| text.strip_prefix(root.as_str()).filter(|rest| rest.starts_with('/'));
        self.roots.iter().rev().find_map(inside).map_or_else(|| text.to_owned(), |rest| rest[1..].to_owned())
    }

    fn lines(&self, file: File) -> Arc<Lines> {
        let mut known = self.lines.borrow_mut();
        known.entry(file).or_insert_with(|| Arc::new(Lines::new(file.text(&self.db), self.client.encoding))).clone()
    }
}
