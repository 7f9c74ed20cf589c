//! `textDocument/references` and `documentHighlight`.

use cloudc_ide::HighlightKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, Location, ReferenceParams};

use crate::snapshot::Snapshot;

/// Where it is used in the workspace.
pub fn references(snapshot: &Snapshot, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
    let at = snapshot.at(&params.text_document_position)?;
    let found = cloudc_ide::references(&snapshot.db, at, &snapshot.files, params.context.include_declaration);
    Ok(found.map(|list| list.iter().map(|one| snapshot.location(one.place.file, one.place.range)).collect()))
}

/// Where it is used in the document.
pub fn highlight(snapshot: &Snapshot, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    let found = cloudc_ide::highlights(&snapshot.db, at).into_iter().map(|one| DocumentHighlight {
        range: snapshot.range(at.file, one.range),
        kind: Some(match one.kind {
            HighlightKind::Text => DocumentHighlightKind::TEXT,
            HighlightKind::Read => DocumentHighlightKind::READ,
            HighlightKind::Write => DocumentHighlightKind::WRITE,
        }),
    });
    Ok(Some(found.collect()))
}
