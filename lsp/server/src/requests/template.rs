//! `cloud/showTemplate`: the template that a document's stack becomes.

use cloudc_ide::TemplateFormat;
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Range, TextDocumentIdentifier, Url};

use crate::convert::position::Lines;
use crate::snapshot::Snapshot;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateParams {
    text_document: TextDocumentIdentifier,
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Yaml,
    Json,
}

/// A template and where its parts come from.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    stack: String,
    language_id: Format,
    text: String,
    entries: Vec<Entry>,
    problem: Option<String>,
}

#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    template: Range,
    uri: Url,
    source: Range,
}

/// The template; while the program has errors the one before, and why it is not newer.
pub fn template(snapshot: &Snapshot, params: TemplateParams) -> Result<Template> {
    let file = snapshot.file(&params.text_document)?;
    let format = match params.format {
        Format::Yaml => TemplateFormat::Yaml,
        Format::Json => TemplateFormat::Json,
    };
    let built = cloudc_ide::template(&snapshot.db, file, format);
    let key = format!("{}#{:?}", snapshot.uri(file), params.format);
    if let Some(problem) = built.problem {
        let (text, language_id) = (snapshot.memory.template(&key).unwrap_or_default(), params.format);
        let problem = Some(snapshot.without_roots(problem));
        return Ok(Template { stack: built.stack, language_id, text, entries: Vec::new(), problem });
    }
    let lines = Lines::new(&built.text, snapshot.client.encoding);
    let entries = built.entries.into_iter().map(|entry| Entry {
        id: entry.id,
        template: lines.range(&built.text, entry.template),
        uri: snapshot.uri(entry.source.file),
        source: snapshot.range(entry.source.file, entry.source.range),
    });
    let entries = entries.collect();
    snapshot.memory.keep_template(key, built.text.clone());
    Ok(Template { stack: built.stack, language_id: params.format, text: built.text, entries, problem: None })
}
