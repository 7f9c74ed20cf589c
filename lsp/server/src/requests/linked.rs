//! `textDocument/linkedEditingRange`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{LinkedEditingRangeParams, LinkedEditingRanges};

use crate::snapshot::Snapshot;

/// The places that change together with the name at the cursor.
pub fn linked(snapshot: &Snapshot, params: LinkedEditingRangeParams) -> Result<Option<LinkedEditingRanges>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    let ranges = cloudc_ide::linked_ranges(&snapshot.db, at);
    let ranges: Vec<_> = ranges.into_iter().map(|range| snapshot.range(at.file, range)).collect();
    Ok((ranges.len() > 1).then_some(LinkedEditingRanges { ranges, word_pattern: None }))
}
