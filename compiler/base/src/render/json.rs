//! Diagnostics for machines.
//!
//! In: diagnostics. Out: `{ "version": 1, "errors": n, "warnings": n, "diagnostics": [ … ] }`, where each diagnostic is
//!
//! ```json
//! { "code": "C0xxx", "severity": "error", "message": "…", "file": "main.cloud",
//!   "range": { "start": { "line": 3, "column": 5, "offset": 61 }, "end": { "line": 3, "column": 9, "offset": 65 } },
//!   "label": "…", "labels": [{ "file": "…", "range": { … }, "message": "…" }],
//!   "notes": ["…"], "help": "…" or null, "fixes": [{ "title": "…", "edits": [{ "file": "…", "range": { … }, "insert": "…" }] }] }
//! ```
//! Always: lines and columns count from one, columns in characters; offsets count bytes from zero. `tag` (`unused`, `deprecated`) is
//! there only when it says something. Fields may be added within version 1, none is renamed.

use serde_json::{Value, json};

use super::{Counts, excerpt, shown_path};
use crate::line_index::line_index;
use crate::{Db, Diagnostic, Edit, File, Fix, Label, Tag, TextRange, TextSize};

/// Everything known about `diagnostics`; `prefix` as in [`super::Options`].
pub fn json(db: &dyn Db, diagnostics: &[Diagnostic], prefix: &str) -> Value {
    let counts = Counts::of(diagnostics);
    let list: Vec<Value> = diagnostics.iter().map(|diagnostic| one(db, diagnostic, prefix)).collect();
    json!({ "version": 1, "errors": counts.errors, "warnings": counts.warnings, "diagnostics": list })
}

fn one(db: &dyn Db, diagnostic: &Diagnostic, prefix: &str) -> Value {
    let mut value = json!({
        "code": diagnostic.code.0,
        "severity": diagnostic.severity.to_string(),
        "message": diagnostic.message,
        "file": shown_path(db, diagnostic.file, prefix),
        "range": range(db, diagnostic.file, diagnostic.range),
        "label": diagnostic.label,
        "labels": diagnostic.labels.iter().map(|part| label(db, part, prefix)).collect::<Vec<_>>(),
        "notes": diagnostic.notes,
        "help": diagnostic.help,
        "fixes": diagnostic.fixes.iter().map(|part| fix(db, part, prefix)).collect::<Vec<_>>(),
    });
    if let Some(tag) = diagnostic.tag {
        value["tag"] = match tag {
            Tag::Unused => "unused".into(),
            Tag::Deprecated => "deprecated".into(),
        };
    }
    value
}

fn label(db: &dyn Db, label: &Label, prefix: &str) -> Value {
    json!({ "file": shown_path(db, label.file, prefix), "range": range(db, label.file, label.range), "message": label.text })
}

fn fix(db: &dyn Db, fix: &Fix, prefix: &str) -> Value {
    let edit = |edit: &Edit| json!({ "file": shown_path(db, edit.file, prefix), "range": range(db, edit.file, edit.range), "insert": edit.insert });
    json!({ "title": fix.title, "edits": fix.edits.iter().map(edit).collect::<Vec<_>>() })
}

fn range(db: &dyn Db, file: File, range: TextRange) -> Value {
    json!({ "start": position(db, file, range.start()), "end": position(db, file, range.end()) })
}

fn position(db: &dyn Db, file: File, offset: TextSize) -> Value {
    let at = excerpt::position(line_index(db, file), offset, file.text(db));
    json!({ "line": at.line + 1, "column": at.col + 1, "offset": u32::from(offset) })
}
