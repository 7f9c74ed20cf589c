//! `textDocument/prepareRename` and `rename`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{PrepareRenameResponse, RenameParams, TextDocumentPositionParams, WorkspaceEdit};

use crate::convert::edit::{Annotated, annotated_edit};
use crate::requests::failed;
use crate::snapshot::Snapshot;

/// What would be renamed.
pub fn prepare(snapshot: &Snapshot, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
    let at = snapshot.at(&params)?;
    let site = cloudc_ide::prepare_rename(&snapshot.db, at).map_err(failed)?;
    let range = snapshot.range(at.file, site.range);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder: site.placeholder.to_string() }))
}

/// The edits that rename, and those that keep what is deployed.
pub fn rename(snapshot: &Snapshot, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
    let at = snapshot.at(&params.text_document_position)?;
    let renamed = cloudc_ide::rename(&snapshot.db, at, &params.new_name, &snapshot.files).map_err(failed)?;
    let moved = Annotated {
        id: "moved",
        label: "Keep deployed resources",
        description: "Without a `moved` line the next deployment would replace them.",
        edits: &renamed.moved,
    };
    Ok(Some(annotated_edit(snapshot, &renamed.edits, &moved)))
}
