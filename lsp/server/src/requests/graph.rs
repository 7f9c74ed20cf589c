//! `cloud/graph`.

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Range, TextDocumentIdentifier, Url};

use crate::snapshot::Snapshot;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphParams {
    text_document: TextDocumentIdentifier,
}

/// The resources of a stack and what they need.
#[derive(Debug, Serialize)]
pub struct Graph {
    stack: String,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

#[derive(Debug, Serialize)]
struct Node {
    id: String,
    #[serde(rename = "type")]
    ty: String,
    uri: Url,
    range: Range,
    conditional: bool,
}

#[derive(Debug, Serialize)]
struct Edge {
    from: String,
    to: String,
    label: String,
    written: bool,
}

/// The graph of the document's stack; null when it has none that could be put in order.
pub fn graph(snapshot: &Snapshot, params: GraphParams) -> Result<Option<Graph>> {
    let file = snapshot.file(&params.text_document)?;
    let Some(graph) = cloudc_ide::graph(&snapshot.db, file) else { return Ok(None) };
    let nodes = graph.nodes.into_iter().map(|node| Node {
        uri: snapshot.uri(node.file),
        range: snapshot.range(node.file, node.range),
        id: node.id,
        ty: node.ty,
        conditional: node.conditional,
    });
    let edges =
        graph.edges.into_iter().map(|edge| Edge { from: edge.from, to: edge.to, label: edge.label, written: edge.written });
    Ok(Some(Graph { stack: graph.stack, nodes: nodes.collect(), edges: edges.collect() }))
}
