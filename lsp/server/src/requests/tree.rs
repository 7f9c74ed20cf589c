//! `cloud/syntaxTree`.

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Range, TextDocumentIdentifier};

use crate::snapshot::Snapshot;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyntaxTreeParams {
    text_document: TextDocumentIdentifier,
    range: Option<Range>,
}

/// A text to read.
#[derive(Debug, Serialize)]
pub struct Text {
    /// The text.
    pub text: String,
}

/// The tree of a document or of a part of it.
pub fn tree(snapshot: &Snapshot, params: SyntaxTreeParams) -> Result<Text> {
    let file = snapshot.file(&params.text_document)?;
    let range = params.range.map(|range| snapshot.bytes(file, range));
    Ok(Text { text: cloudc_ide::syntax_tree(&snapshot.db, file, range) })
}
