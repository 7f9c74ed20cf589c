//! `textDocument/codeAction` and `codeAction/resolve`.

use cloudc_ide::{Action, ActionKind, FileRange};
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Range, Url};

use crate::convert::diagnostic;
use crate::convert::edit::workspace_edit;
use crate::publish;
use crate::snapshot::Snapshot;

/// What comes back to resolve an action.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Data {
    uri: Url,
    version: Option<i32>,
    range: Range,
    id: String,
}

/// Every kind that is given.
pub const KINDS: [CodeActionKind; 6] = [
    CodeActionKind::QUICKFIX,
    CodeActionKind::REFACTOR_EXTRACT,
    CodeActionKind::REFACTOR_INLINE,
    CodeActionKind::REFACTOR_REWRITE,
    CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
    CodeActionKind::SOURCE_FIX_ALL,
];

/// What can be done with a selection; the edits follow when one is chosen, where the client can ask for them.
pub fn actions(snapshot: &Snapshot, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
    let selection = snapshot.part(&params.text_document, params.range)?;
    if selection.file.is_std(&snapshot.db) || !snapshot.client.action_literals {
        return Ok(None);
    }
    let diagnostics = publish::one(snapshot, selection.file);
    let only = params.context.only;
    let mut list = Vec::new();
    for action in cloudc_ide::actions(&snapshot.db, selection, &snapshot.files, &diagnostics) {
        let kind = kind(action.kind);
        if only.as_ref().is_some_and(|only| !only.iter().any(|wanted| is_within(&kind, wanted))) {
            continue;
        }
        let edit = if snapshot.client.action_edits_later {
            None
        } else {
            let edits = cloudc_ide::resolve_action(&snapshot.db, selection, &snapshot.files, &diagnostics, &action.id);
            edits.map(|edits| workspace_edit(snapshot, &edits))
        };
        let data = Data {
            uri: params.text_document.uri.clone(),
            version: snapshot.version(selection.file),
            range: params.range,
            id: action.id.clone(),
        };
        list.push(CodeActionOrCommand::CodeAction(CodeAction {
            edit,
            data: serde_json::to_value(data).ok(),
            ..shown(snapshot, action, kind)
        }));
    }
    Ok(Some(list))
}

fn shown(snapshot: &Snapshot, action: Action, kind: CodeActionKind) -> CodeAction {
    CodeAction {
        title: action.title,
        kind: Some(kind),
        diagnostics: action.diagnostic.map(|one| vec![diagnostic::diagnostic(snapshot, &one)]),
        is_preferred: action.preferred.then_some(true),
        ..CodeAction::default()
    }
}

/// Adds the edits.
pub fn resolve(snapshot: &Snapshot, mut action: CodeAction) -> Result<CodeAction> {
    let data = action.data.clone().and_then(|data| serde_json::from_value::<Data>(data).ok());
    let (None, Some(data)) = (&action.edit, data) else { return Ok(action) };
    let file = snapshot.file_of(&data.uri)?;
    if snapshot.version(file) != data.version {
        return Err(Error::content_modified());
    }
    let selection = FileRange { file, range: snapshot.bytes(file, data.range) };
    let diagnostics = publish::one(snapshot, file);
    let edits = cloudc_ide::resolve_action(&snapshot.db, selection, &snapshot.files, &diagnostics, &data.id);
    action.edit = edits.map(|edits| workspace_edit(snapshot, &edits));
    Ok(action)
}

fn kind(kind: ActionKind) -> CodeActionKind {
    match kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::RefactorExtract => CodeActionKind::REFACTOR_EXTRACT,
        ActionKind::RefactorInline => CodeActionKind::REFACTOR_INLINE,
        ActionKind::RefactorRewrite => CodeActionKind::REFACTOR_REWRITE,
        ActionKind::OrganizeImports => CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
        ActionKind::FixAll => CodeActionKind::SOURCE_FIX_ALL,
    }
}

/// `refactor.extract` is within `refactor`, and everything is within the empty kind.
fn is_within(kind: &CodeActionKind, wanted: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(wanted.as_str());
    wanted.as_str().is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
