//! `textDocument/definition`, `typeDefinition` and `implementation`.

use cloudc_ide::{Definition, FilePosition};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::request::{GotoImplementationParams, GotoTypeDefinitionParams};
use tower_lsp::lsp_types::{GotoDefinitionParams, GotoDefinitionResponse, LocationLink};

use crate::snapshot::Snapshot;

/// Where it is declared.
pub fn definition(snapshot: &Snapshot, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    Ok(places(snapshot, at, cloudc_ide::definition(&snapshot.db, at)))
}

/// Where its type is declared.
pub fn type_definition(snapshot: &Snapshot, params: GotoTypeDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    Ok(places(snapshot, at, cloudc_ide::type_definition(&snapshot.db, at)))
}

/// What is made of it.
pub fn implementation(snapshot: &Snapshot, params: GotoImplementationParams) -> Result<Option<GotoDefinitionResponse>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    Ok(places(snapshot, at, cloudc_ide::implementation(&snapshot.db, at, &snapshot.files)))
}

fn places(snapshot: &Snapshot, at: FilePosition, found: Option<Definition>) -> Option<GotoDefinitionResponse> {
    let found = found?;
    if !snapshot.client.links {
        let places = found.targets.iter().map(|target| snapshot.location(target.place.file, target.place.range));
        return Some(GotoDefinitionResponse::Array(places.collect()));
    }
    let origin = snapshot.range(at.file, found.origin);
    let links = found.targets.iter().map(|target| LocationLink {
        origin_selection_range: Some(origin),
        target_uri: snapshot.uri(target.full.file),
        target_range: snapshot.range(target.full.file, target.full.range),
        target_selection_range: snapshot.range(target.place.file, target.place.range),
    });
    Some(GotoDefinitionResponse::Link(links.collect()))
}
