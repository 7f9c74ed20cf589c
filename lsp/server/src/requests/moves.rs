//! `workspace/willRenameFiles`: imports follow files that are moved.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{RenameFilesParams, Url, WorkspaceEdit};

use crate::convert::edit::workspace_edit;
use crate::convert::uri;
use crate::snapshot::Snapshot;

/// The edits that keep paths right.
pub fn will_rename(snapshot: &Snapshot, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
    let path = |text: &str| Url::parse(text).ok().filter(|uri| uri.scheme() == "file").map(|uri| uri::path(&uri));
    let moves = params.files.iter().filter_map(|file| Some((path(&file.old_uri)?, path(&file.new_uri)?)));
    let edits = cloudc_ide::will_rename_files(&snapshot.db, &moves.collect::<Vec<_>>(), &snapshot.files);
    Ok((!edits.is_empty()).then(|| workspace_edit(snapshot, &edits)))
}
