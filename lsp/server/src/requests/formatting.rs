//! `textDocument/formatting`, `rangeFormatting` and `onTypeFormatting`.

use cloudc_base::{Edit, File};
use cloudc_ide::FilePosition;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentFormattingParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams, TextEdit};

use crate::convert::edit::text_edit;
use crate::snapshot::Snapshot;

/// The whole document.
pub fn document(snapshot: &Snapshot, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
    let file = snapshot.file(&params.text_document)?;
    Ok(Some(edits(snapshot, file, cloudc_ide::format(&snapshot.db, file))))
}

/// The declarations that a range touches.
pub fn range(snapshot: &Snapshot, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
    let part = snapshot.part(&params.text_document, params.range)?;
    Ok(Some(edits(snapshot, part.file, cloudc_ide::format_range(&snapshot.db, part))))
}

/// What a character brings with it.
pub fn on_type(snapshot: &Snapshot, params: DocumentOnTypeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
    let FilePosition { file, offset } = snapshot.at(&params.text_document_position)?;
    let typed = params.ch.chars().next().filter(|_| snapshot.config.format_on_type);
    let found = typed.map(|typed| cloudc_ide::on_type(&snapshot.db, FilePosition { file, offset }, typed)).unwrap_or_default();
    Ok(Some(edits(snapshot, file, found)))
}

fn edits(snapshot: &Snapshot, file: File, edits: Vec<Edit>) -> Vec<TextEdit> {
    let edits = edits.into_iter().filter(|edit| edit.file == file);
    edits.map(|edit| text_edit(snapshot, file, edit.range, edit.insert)).collect()
}
