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

/// The smallest replacement, in whole lines, that makes `after` out of `before`; none when they are the same.
pub fn difference(before: &str, after: &str) -> Option<(TextRange, String)> {
    if before == after {
        return None;
    }
    let common = |a: &str, b: &str| {
        a.split_inclusive('\n').zip(b.split_inclusive('\n')).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum()
    };
    let start: usize = common(before, after);
    let (old, new) = (&before[start..], &after[start..]);
    let mut same = 0;
    for (a, b) in old.split_inclusive('\n').rev().zip(new.split_inclusive('\n').rev()) {
        if a != b {
            break;
        }
        same += a.len();
    }
    let range = TextRange::new((start as u32).into(), ((before.len() - same) as u32).into());
    Some((range, new[..new.len() - same].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_makes_one_of_the_other() {
        for (before, after) in
            [("", "a"), ("a\nb\nc\n", "a\nx\nc\n"), ("a\na\n", "a\na\na\n"), ("a", "a\n"), ("a\nb", "b"), ("x\n", "")]
        {
            let (range, insert) = difference(before, after).expect("they differ");
            let mut text = before.to_owned();
            text.replace_range(usize::from(range.start())..usize::from(range.end()), &insert);
            assert_eq!(text, after);
        }
        assert_eq!(difference("a", "a"), None);
    }
}
