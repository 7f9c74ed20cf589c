//! `textDocument/inlayHint` and `inlayHint/resolve`.

use cloudc_ide::{InlayHint as Hint, InlayKind, InlayOptions, inlay_hints};
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    InlayHint, InlayHintKind, InlayHintLabel, InlayHintParams, InlayHintTooltip, MarkupContent, MarkupKind, TextEdit, Url,
};

use crate::snapshot::Snapshot;

/// What comes back to resolve a hint.
#[derive(Debug, Serialize, Deserialize)]
struct Data {
    uri: Url,
    version: Option<i32>,
    tooltip: String,
}

/// What is not written and can be seen.
pub fn hints(snapshot: &Snapshot, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let part = snapshot.part(&params.text_document, params.range)?;
    let config = &snapshot.config;
    let options = InlayOptions {
        types: config.hint_types,
        parameter_names: config.hint_parameters,
        values: config.hint_values,
        blocks: config.hint_values,
    };
    let shown = |hint: Hint| {
        let position = snapshot.position(part.file, hint.offset);
        let edits = hint
            .insert
            .map(|text| vec![TextEdit { range: tower_lsp::lsp_types::Range::new(position, position), new_text: text }]);
        let data = hint.tooltip.map(|tooltip| Data {
            uri: params.text_document.uri.clone(),
            version: snapshot.version(part.file),
            tooltip,
        });
        InlayHint {
            position,
            label: InlayHintLabel::String(hint.label),
            kind: match hint.kind {
                InlayKind::Type => Some(InlayHintKind::TYPE),
                InlayKind::Parameter => Some(InlayHintKind::PARAMETER),
                InlayKind::Value => None,
            },
            text_edits: edits,
            tooltip: None,
            padding_left: hint.space_before.then_some(true),
            padding_right: hint.space_after.then_some(true),
            data: data.and_then(|data| serde_json::to_value(data).ok()),
        }
    };
    Ok(Some(inlay_hints(&snapshot.db, part, &options).into_iter().map(shown).collect()))
}

/// Adds all of a value that was cut short.
pub fn resolve(_: &Snapshot, mut hint: InlayHint) -> Result<InlayHint> {
    let data = hint.data.clone().and_then(|data| serde_json::from_value::<Data>(data).ok());
    if let Some(data) = data {
        let value = format!("```cloud\n{}\n```", data.tooltip);
        hint.tooltip = Some(InlayHintTooltip::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value }));
    }
    Ok(hint)
}
