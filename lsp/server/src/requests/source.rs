//! `cloud/source`: texts that no editor can read by itself, such as those of the standard library.

use serde::Deserialize;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::Url;

use crate::convert::uri;
use crate::requests::tree::Text;
use crate::snapshot::Snapshot;

/// What is asked.
#[derive(Debug, Deserialize)]
pub struct SourceParams {
    uri: Url,
}

/// The text of a module of the standard library.
pub fn source(snapshot: &Snapshot, params: SourceParams) -> Result<Text> {
    let missing = || Error::invalid_params(format!("`{}` is no module of the standard library", params.uri));
    if params.uri.scheme() != uri::STD {
        return Err(missing());
    }
    let file = snapshot.file_of(&params.uri).map_err(|_| missing())?;
    Ok(Text { text: file.text(&snapshot.db).to_owned() })
}
