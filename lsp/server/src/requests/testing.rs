//! Requests for tests of the transport. They exist only where the [`Host`](crate::Host) says so.

use std::time::{Duration, Instant};

use salsa::Database as _;
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::TextDocumentIdentifier;

use crate::snapshot::Snapshot;

/// How long to work.
#[derive(Debug, Deserialize)]
pub struct SlowParams {
    milliseconds: u64,
}

/// Which document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextParams {
    text_document: TextDocumentIdentifier,
}

/// A document as the server has it.
#[derive(Debug, Serialize)]
pub struct DocumentText {
    text: String,
    version: Option<i32>,
}

/// Works for a while, as a query does: it can be cancelled.
pub fn slow(snapshot: &Snapshot, params: SlowParams) -> Result<&'static str> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(params.milliseconds) {
        snapshot.db.unwind_if_revision_cancelled();
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok("done")
}

/// Panics.
pub fn panic(_: &Snapshot, _: serde_json::Value) -> Result<()> {
    panic!("as asked")
}

/// The text that answers are about.
pub fn text(snapshot: &Snapshot, params: TextParams) -> Result<DocumentText> {
    let file = snapshot.file_of(&params.text_document.uri)?;
    Ok(DocumentText { text: file.text(&snapshot.db).to_owned(), version: snapshot.version(file) })
}
