//! `textDocument/documentSymbol`, `workspace/symbol` and `workspaceSymbol/resolve`.

use cloudc_base::File;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, OneOf, SymbolInformation, SymbolTag, WorkspaceSymbol,
    WorkspaceSymbolParams,
};

use crate::convert::symbol::kind;
use crate::snapshot::Snapshot;

/// More symbols of the workspace than this are not told; the user types on.
const MOST: usize = 256;

/// What a document declares.
pub fn document(snapshot: &Snapshot, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
    let file = snapshot.file(&params.text_document)?;
    let symbols = cloudc_ide::document_symbols(&snapshot.db, file);
    if snapshot.client.symbol_tree {
        let tree = symbols.into_iter().map(|symbol| nested(snapshot, file, symbol)).collect();
        return Ok(Some(DocumentSymbolResponse::Nested(tree)));
    }
    let mut list = Vec::new();
    flat(snapshot, file, symbols, None, &mut list);
    Ok(Some(DocumentSymbolResponse::Flat(list)))
}

#[allow(deprecated)] // the field has to be filled
fn nested(snapshot: &Snapshot, file: File, symbol: cloudc_ide::DocumentSymbol) -> DocumentSymbol {
    DocumentSymbol {
        name: symbol.name,
        detail: Some(symbol.detail).filter(|detail| !detail.is_empty()),
        kind: kind(symbol.kind),
        tags: symbol.deprecated.then(|| vec![SymbolTag::DEPRECATED]),
        deprecated: None,
        range: snapshot.range(file, symbol.range),
        selection_range: snapshot.range(file, symbol.selection),
        children: Some(symbol.children.into_iter().map(|child| nested(snapshot, file, child)).collect()),
    }
}

#[allow(deprecated)] // the field has to be filled
fn flat(
    snapshot: &Snapshot,
    file: File,
    symbols: Vec<cloudc_ide::DocumentSymbol>,
    container: Option<&str>,
    list: &mut Vec<SymbolInformation>,
) {
    for symbol in symbols {
        list.push(SymbolInformation {
            name: symbol.name.clone(),
            kind: kind(symbol.kind),
            tags: symbol.deprecated.then(|| vec![SymbolTag::DEPRECATED]),
            deprecated: None,
            location: snapshot.location(file, symbol.range),
            container_name: container.map(str::to_owned),
        });
        flat(snapshot, file, symbol.children, Some(&symbol.name), list);
    }
}

/// What the workspace declares.
#[allow(deprecated)] // the field has to be filled
pub fn workspace(snapshot: &Snapshot, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
    let found = cloudc_ide::workspace_symbols(&snapshot.db, &params.query, &snapshot.files, MOST);
    let symbols = found.into_iter().map(|symbol| SymbolInformation {
        name: symbol.name.to_string(),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        location: snapshot.location(symbol.place.file, symbol.place.range),
        container_name: Some(snapshot.short(&symbol.container)),
    });
    Ok(Some(symbols.collect()))
}

/// Adds the place of a symbol of which only the document is known.
pub fn resolve(snapshot: &Snapshot, mut symbol: WorkspaceSymbol) -> Result<WorkspaceSymbol> {
    let OneOf::Right(document) = &symbol.location else { return Ok(symbol) };
    let file = snapshot.file_of(&document.uri)?;
    let found = cloudc_ide::workspace_symbols(&snapshot.db, &symbol.name, &[file], MOST);
    let found = found.iter().find(|one| one.name == symbol.name.as_str());
    let location =
        found.map_or_else(|| snapshot.location(file, Default::default()), |one| snapshot.location(file, one.place.range));
    symbol.location = OneOf::Left(Location { uri: document.uri.clone(), ..location });
    Ok(symbol)
}
