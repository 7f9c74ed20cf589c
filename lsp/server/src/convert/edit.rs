//! Edits as the protocol has them.

use std::collections::BTreeMap;

use cloudc_base::{Edit, File, TextRange};
use tower_lsp::lsp_types::{
    DocumentChangeOperation, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Url,
    WorkspaceEdit,
};

use crate::snapshot::Snapshot;

/// One replacement.
pub fn text_edit(snapshot: &Snapshot, file: File, range: TextRange, insert: impl Into<String>) -> TextEdit {
    TextEdit { range: snapshot.range(file, range), new_text: insert.into() }
}

/// Edits in any number of files, with the versions they were made for where the client checks them. Edits in the standard library, which
/// cannot be written, are left out.
pub fn workspace_edit(snapshot: &Snapshot, edits: &[Edit]) -> WorkspaceEdit {
    let mut files: BTreeMap<Url, (Option<i32>, Vec<TextEdit>)> = BTreeMap::new();
    for edit in edits.iter().filter(|edit| !edit.file.is_std(&snapshot.db)) {
        let entry = files.entry(snapshot.uri(edit.file)).or_insert_with(|| (snapshot.version(edit.file), Vec::new()));
        entry.1.push(text_edit(snapshot, edit.file, edit.range, edit.insert.clone()));
    }
    if !snapshot.client.document_changes {
        let changes = files.into_iter().map(|(uri, (_, edits))| (uri, edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes = files.into_iter().map(|(uri, (version, edits))| {
        DocumentChangeOperation::Edit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        })
    });
    WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(changes.collect())), ..WorkspaceEdit::default() }
}
