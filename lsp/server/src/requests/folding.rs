//! `textDocument/foldingRange`.

use cloudc_ide::FoldKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::snapshot::Snapshot;

/// Everything that can be folded.
pub fn folding(snapshot: &Snapshot, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
    let file = snapshot.file(&params.text_document)?;
    let folds = cloudc_ide::folding(&snapshot.db, file).into_iter().map(|fold| {
        let range = snapshot.range(file, fold.range);
        FoldingRange {
            start_line: range.start.line,
            start_character: Some(range.start.character),
            end_line: range.end.line,
            end_character: Some(range.end.character),
            kind: match fold.kind {
                FoldKind::Block => None,
                FoldKind::Comment => Some(FoldingRangeKind::Comment),
                FoldKind::Imports => Some(FoldingRangeKind::Imports),
                FoldKind::Region => Some(FoldingRangeKind::Region),
            },
            collapsed_text: None,
        }
    });
    Ok(Some(folds.collect()))
}
