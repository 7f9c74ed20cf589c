//! `textDocument/documentLink` and `documentLink/resolve`.

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentLink, DocumentLinkParams};

use crate::convert::uri;
use crate::snapshot::Snapshot;

/// What comes back to resolve a link.
#[derive(Debug, Serialize, Deserialize)]
struct Data {
    path: String,
}

/// The paths in a document.
pub fn links(snapshot: &Snapshot, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
    let file = snapshot.file(&params.text_document)?;
    let links = cloudc_ide::document_links(&snapshot.db, file).into_iter().map(|link| DocumentLink {
        range: snapshot.range(file, link.range),
        target: Some(target(snapshot, &link.path)),
        tooltip: Some(snapshot.without_roots(link.tooltip)),
        data: serde_json::to_value(Data { path: link.path.to_string() }).ok(),
    });
    Ok(Some(links.collect()))
}

/// Adds where a link leads.
pub fn resolve(snapshot: &Snapshot, mut link: DocumentLink) -> Result<DocumentLink> {
    let data = link.data.clone().and_then(|data| serde_json::from_value::<Data>(data).ok());
    if let (None, Some(data)) = (&link.target, data) {
        link.target = Some(target(snapshot, &data.path));
    }
    Ok(link)
}

fn target(snapshot: &Snapshot, path: &str) -> tower_lsp::lsp_types::Url {
    snapshot.documents.get(path).map_or_else(|| uri::uri(path), |document| document.uri.clone())
}
