//! Edits as the protocol has them.

use std::collections::{BTreeMap, HashMap};

use cloudc_base::{Edit, File, TextRange};
use tower_lsp::lsp_types::{
    AnnotatedTextEdit, ChangeAnnotation, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Url, WorkspaceEdit,
};

use crate::snapshot::Snapshot;

/// Edits with a reason that the client can show.
pub struct Annotated<'a> {
    /// Names the reason.
    pub id: &'a str,
    /// A few words.
    pub label: &'a str,
    /// A sentence.
    pub description: &'a str,
    /// The edits.
    pub edits: &'a [Edit],
}

/// Edits of one file, and the version they were made for.
type Changes = (Option<i32>, Vec<OneOf<TextEdit, AnnotatedTextEdit>>);

/// One replacement.
pub fn text_edit(snapshot: &Snapshot, file: File, range: TextRange, insert: impl Into<String>) -> TextEdit {
    TextEdit { range: snapshot.range(file, range), new_text: insert.into() }
}

/// Edits in any number of files, with the versions they were made for where the client checks them. Edits in the standard library, which
/// cannot be written, are left out.
pub fn workspace_edit(snapshot: &Snapshot, edits: &[Edit]) -> WorkspaceEdit {
    annotated_edit(snapshot, edits, &Annotated { id: "", label: "", description: "", edits: &[] })
}

/// Edits, and those among them that have a reason of their own.
pub fn annotated_edit(snapshot: &Snapshot, edits: &[Edit], further: &Annotated<'_>) -> WorkspaceEdit {
    let mut files: BTreeMap<Url, Changes> = BTreeMap::new();
    let annotate = snapshot.client.annotations && snapshot.client.document_changes && !further.edits.is_empty();
    let all = edits.iter().map(|edit| (edit, false)).chain(further.edits.iter().map(|edit| (edit, annotate)));
    for (edit, annotated) in all.filter(|(edit, _)| !edit.file.is_std(&snapshot.db)) {
        let entry = files.entry(snapshot.uri(edit.file)).or_insert_with(|| (snapshot.version(edit.file), Vec::new()));
        let text_edit = text_edit(snapshot, edit.file, edit.range, edit.insert.clone());
        entry.1.push(match annotated {
            true => OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: further.id.to_owned() }),
            false => OneOf::Left(text_edit),
        });
    }
    if !snapshot.client.document_changes {
        let plain = |edit| match edit {
            OneOf::Left(edit) => edit,
            OneOf::Right(AnnotatedTextEdit { text_edit, .. }) => text_edit,
        };
        let changes = files.into_iter().map(|(uri, (_, edits))| (uri, edits.into_iter().map(plain).collect())).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes = files.into_iter().map(|(uri, (version, edits))| {
        let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
        DocumentChangeOperation::Edit(TextDocumentEdit { text_document, edits })
    });
    let annotation = ChangeAnnotation {
        label: further.label.to_owned(),
        needs_confirmation: None,
        description: Some(further.description.to_owned()),
    };
    WorkspaceEdit {
        changes: None,
        document_changes: Some(DocumentChanges::Operations(changes.collect())),
        change_annotations: annotate.then(|| HashMap::from([(further.id.to_owned(), annotation)])),
    }
}
