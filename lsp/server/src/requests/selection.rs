//! `textDocument/selectionRange`.

use cloudc_base::TextRange;
use cloudc_ide::FilePosition;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{SelectionRange, SelectionRangeParams};

use crate::snapshot::Snapshot;

/// What a selection at each position grows into.
pub fn selection(snapshot: &Snapshot, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
    let file = snapshot.file(&params.text_document)?;
    let chain = |position| {
        let offset = snapshot.offset(file, position);
        let ranges = cloudc_ide::selection_ranges(&snapshot.db, FilePosition { file, offset });
        let outermost: Option<SelectionRange> = None;
        let chain = ranges.into_iter().rev().fold(outermost, |parent, range| {
            Some(SelectionRange { range: snapshot.range(file, range), parent: parent.map(Box::new) })
        });
        // The client needs an answer for each position.
        chain.unwrap_or_else(|| SelectionRange { range: snapshot.range(file, TextRange::empty(offset)), parent: None })
    };
    Ok(Some(params.positions.into_iter().map(chain).collect()))
}
