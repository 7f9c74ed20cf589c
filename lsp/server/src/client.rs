//! What the client can do, as far as answers depend on it.

use serde_json::{Map, Value, json};
use tower_lsp::lsp_types::{ClientCapabilities, MarkupKind, PositionEncodingKind, ResourceOperationKind};

use crate::convert::position::Encoding;

/// What the client can do.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// What its columns count.
    pub encoding: Encoding,
    /// Asks for diagnostics; otherwise they are pushed.
    pub pulls_diagnostics: bool,
    /// Shows other places of a diagnostic.
    pub related_information: bool,
    /// Shows links of codes.
    pub code_descriptions: bool,
    /// Gives back the data of a diagnostic.
    pub diagnostic_data: bool,
    /// Takes edits with versions.
    pub document_changes: bool,
    /// Creates files in edits.
    pub creates_files: bool,
    /// Understands placeholders in completions.
    pub snippets: bool,
    /// Shows Markdown in hovers and documentation.
    pub markdown: bool,
    /// Takes links with what they stand on and all of what they lead to.
    pub links: bool,
    /// Takes actions with edits, not only commands.
    pub action_literals: bool,
    /// Asks for the edits of an action when it is chosen.
    pub action_edits_later: bool,
    /// Shows why edits are made.
    pub annotations: bool,
    /// Tells what is inserted from what is replaced.
    pub insert_replace: bool,
    /// Shows a few words beside a completion.
    pub label_details: bool,
    /// Accepts completions with characters that are typed.
    pub commit_characters: bool,
    /// Completes again behind an inserted text when told so; a command of VS Code.
    pub suggests_again: bool,
    /// Shows symbols in a tree.
    pub symbol_tree: bool,
    /// Tells changes on disk when asked.
    pub watches_files: bool,
    /// Gives its configuration when asked.
    pub configuration: bool,
    /// Tells when its configuration changes, when asked.
    pub configuration_changes: bool,
    /// Shows progress.
    pub progress: bool,
    /// Refreshes when asked: diagnostics, inlay hints, code lenses, semantic tokens.
    pub refreshes: Refreshes,
}

/// What a client refreshes when it is told that answers may have changed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Refreshes {
    /// Diagnostics it pulled.
    pub diagnostics: bool,
    /// Inlay hints.
    pub hints: bool,
    /// Code lenses.
    pub lenses: bool,
    /// Semantic tokens.
    pub tokens: bool,
}

impl Client {
    /// Reads what a client says of itself; its name may be empty.
    pub fn new(said: &ClientCapabilities, name: &str) -> Self {
        let general = said.general.as_ref();
        let document = said.text_document.clone().unwrap_or_default();
        let workspace = said.workspace.clone().unwrap_or_default();
        let published = document.publish_diagnostics.unwrap_or_default();
        let edits = workspace.workspace_edit.unwrap_or_default();
        let item = document.completion.and_then(|completion| completion.completion_item).unwrap_or_default();
        let encodings = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
        let actions = document.code_action.unwrap_or_default();
        let hover = document.hover.and_then(|hover| hover.content_format).unwrap_or_default();
        Client {
            encoding: if encodings.contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { Encoding::Utf16 },
            pulls_diagnostics: document.diagnostic.is_some(),
            related_information: published.related_information.unwrap_or(document.diagnostic.is_some()),
            code_descriptions: published.code_description_support.unwrap_or(document.diagnostic.is_some()),
            diagnostic_data: published.data_support.unwrap_or(document.diagnostic.is_some()),
            document_changes: edits.document_changes.unwrap_or(false),
            creates_files: edits.resource_operations.is_some_and(|kinds| kinds.contains(&ResourceOperationKind::Create)),
            snippets: item.snippet_support.unwrap_or(false),
            markdown: hover.contains(&MarkupKind::Markdown) || hover.is_empty(),
            links: document.definition.is_some_and(|definition| definition.link_support == Some(true)),
            action_literals: actions.code_action_literal_support.is_some(),
            action_edits_later: actions
                .resolve_support
                .is_some_and(|lazily| lazily.properties.iter().any(|property| property == "edit")),
            annotations: edits.change_annotation_support.is_some(),
            insert_replace: item.insert_replace_support.unwrap_or(false),
            label_details: item.label_details_support.unwrap_or(false),
            commit_characters: item.commit_characters_support.unwrap_or(false),
            suggests_again: ["Visual Studio Code", "VSCodium", "code-server", "Code - OSS"]
                .iter()
                .any(|known| name.starts_with(known)),
            symbol_tree: document.document_symbol.is_some_and(|symbol| symbol.hierarchical_document_symbol_support == Some(true)),
            watches_files: workspace.did_change_watched_files.is_some_and(|files| files.dynamic_registration == Some(true)),
            configuration: workspace.configuration.unwrap_or(false),
            configuration_changes: workspace
                .did_change_configuration
                .is_some_and(|change| change.dynamic_registration == Some(true)),
            progress: said.window.as_ref().and_then(|window| window.work_done_progress).unwrap_or(false),
            refreshes: Refreshes {
                diagnostics: workspace.diagnostic.is_some_and(|refresh| refresh.refresh_support == Some(true)),
                hints: workspace.inlay_hint.is_some_and(|refresh| refresh.refresh_support == Some(true)),
                lenses: workspace.code_lens.is_some_and(|refresh| refresh.refresh_support == Some(true)),
                tokens: workspace.semantic_tokens.is_some_and(|refresh| refresh.refresh_support == Some(true)),
            },
        }
    }

    /// The name of the encoding that was agreed on.
    pub fn encoding_kind(&self) -> PositionEncodingKind {
        match self.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// Parameters of `initialize` without the capabilities that make no sense to the types of the protocol here: a client that is newer than they
/// are, or sloppy, is served all the same.
pub fn understood(mut params: Value) -> Value {
    let Some(Value::Object(sections)) = params.get_mut("capabilities") else { return params };
    sections.retain(|section, said| {
        if is_understood(json!({ section: said })) {
            return true;
        }
        let Value::Object(features) = said else { return false };
        features.retain(|feature, said| {
            let one: Map<String, Value> = [(feature.clone(), said.clone())].into_iter().collect();
            is_understood(json!({ section: one }))
        });
        true
    });
    params
}

fn is_understood(capabilities: Value) -> bool {
    serde_json::from_value::<ClientCapabilities>(capabilities).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_left_out() {
        let hover = json!({ "contentFormat": ["markdown"] });
        let odd = json!({ "capabilities": {
            "textDocument": { "hover": hover, "completion": 7, "fromTheFuture": {} }, "window": "yes", "general": null
        } });
        let kept = json!({ "capabilities": { "textDocument": { "hover": hover, "fromTheFuture": {} }, "general": null } });
        assert_eq!(understood(odd), kept);
    }
}
