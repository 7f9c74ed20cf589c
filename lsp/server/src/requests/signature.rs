//! `textDocument/signatureHelp`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{ParameterInformation, ParameterLabel, SignatureHelp, SignatureHelpParams, SignatureInformation};

use crate::convert::position::Encoding;
use crate::requests::completion::documentation;
use crate::snapshot::Snapshot;

/// What a function or component takes, and which of it is being written.
pub fn help(snapshot: &Snapshot, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    let Some(help) = cloudc_ide::signature_help(&snapshot.db, at) else { return Ok(None) };
    let parameters = help.parameters.iter().map(|parameter| ParameterInformation {
        label: ParameterLabel::LabelOffsets(
            [parameter.range.start, parameter.range.end].map(|at| column(snapshot, &help.label, at)),
        ),
        documentation: None,
    });
    // Past the last one means none.
    let active = help.active.unwrap_or(help.parameters.len()) as u32;
    let signature = SignatureInformation {
        parameters: Some(parameters.collect()),
        documentation: Some(help.documentation).filter(|text| !text.is_empty()).map(|text| documentation(snapshot, text)),
        label: help.label,
        active_parameter: Some(active),
    };
    Ok(Some(SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter: Some(active) }))
}

/// A place in the label as the client counts.
fn column(snapshot: &Snapshot, label: &str, at: usize) -> u32 {
    let before = label.get(..at).unwrap_or(label);
    match snapshot.client.encoding {
        Encoding::Utf8 => before.len() as u32,
        Encoding::Utf16 => before.encode_utf16().count() as u32,
    }
}
