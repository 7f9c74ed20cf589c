//! The order in which findings are shown.

use std::collections::BTreeSet;

use cloudc_base::{Db, Diagnostic, File, Severity};

/// Sorted by file, place and code; each once; of several errors about the very same place only those of the earliest stage.
pub fn sorted(db: &dyn Db, mut list: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |one: &Diagnostic| (one.file.path(db).clone(), one.range.start(), one.range.end());
    list.sort_by(|a, b| {
        place(a)
            .cmp(&place(b))
            .then_with(|| a.severity.cmp(&b.severity))
            .then_with(|| (a.code, &a.message).cmp(&(b.code, &b.message)))
    });
    list.dedup();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for one in list {
        // Sorted by code, so that an earlier stage comes first.
        let known = kept.iter().rev().take_while(|known| known.file == one.file && known.range == one.range);
        let repeated = known
            .filter(|known| known.severity == Severity::Error && one.severity == Severity::Error)
            .any(|known| stage(known) != stage(&one) || known.message == one.message);
        if !repeated {
            kept.push(one);
        }
    }
    kept
}

/// `C03` of `C0312`.
fn stage(one: &Diagnostic) -> &str {
    one.code.0.get(..3).unwrap_or(one.code.0)
}

/// Whether anything in it stops a build.
pub(crate) fn has_errors(list: &[Diagnostic]) -> bool {
    list.iter().any(|one| one.severity == Severity::Error)
}

/// The files of a list, each once, in order.
pub(crate) fn unique(files: impl IntoIterator<Item = File>) -> Vec<File> {
    let mut seen = BTreeSet::new();
    files.into_iter().filter(|file| seen.insert(salsa::plumbing::AsId::as_id(file))).collect()
}
