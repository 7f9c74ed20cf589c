//! `textDocument/hover`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use crate::snapshot::Snapshot;

/// What stands at the cursor.
pub fn hover(snapshot: &Snapshot, params: HoverParams) -> Result<Option<Hover>> {
    let at = snapshot.at_any(&params.text_document_position_params)?;
    let found = if snapshot.is_template(at.file) {
        cloudc_ide::template_hover(&snapshot.db, at)
    } else {
        cloudc_ide::hover(&snapshot.db, at, &snapshot.files)
    };
    let kind = if snapshot.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    Ok(found.map(|hover| Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value: snapshot.without_roots(hover.markdown) }),
        range: Some(snapshot.range(at.file, hover.range)),
    }))
}
