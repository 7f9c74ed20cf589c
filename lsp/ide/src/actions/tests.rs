//! How actions are tested: what one makes of a program, that the result has no new mistakes, and that layout stays canonical.

use cloudc_base::{File, Severity};
use cloudc_driver::Database;

use super::{actions, resolve_action};
use crate::fixture::{Fixture, open};
use crate::formatting::apply;

/// The mistakes of a file and of what it imports, by code.
pub(crate) fn mistakes(db: &Database, files: &[File]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for file in files {
        let list = cloudc_driver::check(db, *file);
        let errors = list.iter().filter(|one| one.severity == Severity::Error && one.file == *file);
        all.extend(errors.map(|one| format!("{} {}", one.code, one.message)));
    }
    all.sort();
    all
}

/// The files of a program as one text.
fn written(files: &[(String, String)]) -> String {
    files.iter().map(|(path, text)| format!("//- {path}\n{text}")).collect()
}

/// The ids that are offered.
fn offered(fixture: &Fixture) -> Vec<String> {
    let selection = fixture.selection();
    let diagnostics = crate::diagnostics(&fixture.db, selection.file);
    actions(&fixture.db, selection, &fixture.files, &diagnostics).into_iter().map(|action| action.id).collect()
}

/// Takes the first action whose id begins with `id`; the file of the cursor must become `after`.
pub(crate) fn check_action(id: &str, before: &str, after: &str) {
    let fixture = open(before);
    let selection = fixture.selection();
    let diagnostics = crate::diagnostics(&fixture.db, selection.file);
    let offered = offered(&fixture);
    let Some(found) = offered.iter().find(|known| *known == id || known.starts_with(&format!("{id}:"))) else {
        panic!("`{id}` is not offered, but {offered:?}; {diagnostics:#?}");
    };
    let edits = resolve_action(&fixture.db, selection, &fixture.files, &diagnostics, found).expect("edits");
    let mut files = Vec::new();
    for file in &fixture.files {
        let text = file.text(&fixture.db);
        let new = apply(text, edits.iter().filter(|edit| edit.file == *file));
        if *file == selection.file {
            assert_eq!(new, after);
            if cloudc_format::format(text).is_ok_and(|formatted| formatted == text) {
                assert_eq!(cloudc_format::format(&new).ok().as_deref(), Some(new.as_str()), "the layout");
            }
        }
        files.push((file.path(&fixture.db).to_string(), new));
    }
    let result = open(&written(&files));
    let mut known = mistakes(&fixture.db, &fixture.files);
    for mistake in mistakes(&result.db, &result.files) {
        match known.iter().position(|old| *old == mistake) {
            Some(at) => drop(known.remove(at)),
            None => panic!("a new mistake: {mistake}"),
        }
    }
}

/// The action is not offered.
pub(crate) fn check_none(id: &str, text: &str) {
    let offered = offered(&open(text));
    assert!(!offered.iter().any(|known| known == id || known.starts_with(&format!("{id}:"))), "`{id}` is offered");
}
