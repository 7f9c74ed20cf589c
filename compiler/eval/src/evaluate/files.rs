//! `file("…")`: the text of a file beside the program.

use cloudc_base::{Content, ReadError, path};
use cloudc_hir::Problem;

use super::{Cx, MAX_TEXT, Out};
use crate::codes;
use crate::values::{Node, Src, Value};

impl Cx<'_> {
    /// Paths are relative to the file the call is written in.
    pub(super) fn file(&mut self, written: &Node, src: Src) -> Out {
        let Some(name) = written.value.as_str() else { return Err(self.misfit(src)) };
        let from = self.decl.file(self.db).path(self.db);
        let Some(path) = path::resolve(from, name) else {
            let problem = Problem::error(
                codes::FILE_UNREADABLE,
                written.src.anchor(),
                format!("`{name}` is not a path inside the project"),
            )
            .help("write a path relative to this file, like \"./boot.sh\"");
            return Err(self.fail(problem));
        };
        let file = self.db.files().get(self.db, &path);
        let (code, message) = match file.content(self.db) {
            Content::Text(text) if text.len() <= MAX_TEXT => return Ok(src.node(Value::text(&**text))),
            Content::Text(text) => return Err(self.too_long(text.len(), src)),
            Content::Binary(_, at) => (codes::FILE_NOT_TEXT, format!("`{name}` is not UTF-8 text: byte {at} cannot be read")),
            Content::Unreadable(ReadError::Missing) => (codes::FILE_MISSING, format!("there is no file `{name}`")),
            Content::Unreadable(ReadError::Directory) => (codes::FILE_UNREADABLE, format!("`{name}` is a directory")),
            Content::Unreadable(ReadError::OutsideProject) => {
                (codes::FILE_UNREADABLE, format!("`{name}` is outside the project"))
            }
            Content::Unreadable(ReadError::TooLarge(limit)) => {
                (codes::FILE_UNREADABLE, format!("`{name}` is larger than {limit} bytes"))
            }
            Content::Unreadable(ReadError::Other(reason)) => {
                (codes::FILE_UNREADABLE, format!("`{name}` cannot be read: {reason}"))
            }
        };
        Err(self.error(code, written.src, message))
    }
}
