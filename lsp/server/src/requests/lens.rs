//! `textDocument/codeLens` and `codeLens/resolve`.

use cloudc_ide::{FileRange, LensKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{CodeLens, CodeLensParams, Command, Url};

use crate::snapshot::Snapshot;

/// What comes back to resolve a lens.
#[derive(Debug, Serialize, Deserialize)]
struct Data {
    uri: Url,
    version: Option<i32>,
}

/// What stands above declarations.
pub fn lenses(snapshot: &Snapshot, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
    let file = snapshot.file(&params.text_document)?;
    let uri = snapshot.uri(file);
    let lenses = cloudc_ide::lenses(&snapshot.db, file).into_iter().filter_map(|lens| {
        let range = snapshot.range(file, lens.range);
        match lens.kind {
            LensKind::References if snapshot.config.lens_references => {
                let data = Data { uri: uri.clone(), version: snapshot.version(file) };
                Some(CodeLens { range, command: None, data: serde_json::to_value(data).ok() })
            }
            LensKind::Test { name } if snapshot.config.lens_tests => {
                let command = command("▶ Run test", "cloudc.runTest", vec![json!(uri), json!(name)]);
                Some(CodeLens { range, command: Some(command), data: None })
            }
            _ => None,
        }
    });
    Ok(Some(lenses.collect()))
}

/// Counts references.
pub fn resolve(snapshot: &Snapshot, mut lens: CodeLens) -> Result<CodeLens> {
    let data = lens.data.take().and_then(|data| serde_json::from_value::<Data>(data).ok());
    let Some(data) = data else { return Ok(lens) };
    let file = snapshot.file_of(&data.uri)?;
    if snapshot.version(file) != data.version {
        return Err(Error::content_modified());
    }
    let name = FileRange { file, range: snapshot.bytes(file, lens.range) };
    let used = cloudc_ide::used_at(&snapshot.db, name, &snapshot.files);
    let places: Vec<_> = used.iter().map(|place| snapshot.location(place.file, place.range)).collect();
    let title = match places.len() {
        0 => "not used".to_owned(),
        1 => "1 reference".to_owned(),
        count => format!("{count} references"),
    };
    // Without a command it can only be read.
    let id = if places.is_empty() { "" } else { "cloudc.showReferences" };
    lens.command = Some(command(&title, id, vec![json!(data.uri), json!(lens.range.start), json!(places)]));
    Ok(lens)
}

fn command(title: &str, id: &str, arguments: Vec<Value>) -> Command {
    let arguments = (!id.is_empty()).then_some(arguments);
    Command { title: title.to_owned(), command: id.to_owned(), arguments }
}
