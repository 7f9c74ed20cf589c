//! Looking up: what programs ask of an account, and the lock file that holds the answers.
//!
//! In: targets. Out: questions with their places, entries of the file. Always: nothing is asked of AWS here.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_base::{Diagnostic, File, TextRange};
use cloudc_eval::questions::{Place, place, questions, read_of_type};
use cloudc_eval::{Target, codes, lock};
use cloudc_hir::{Anchor, Problem};

use crate::{Database, edit, file};

/// A question, and where it is asked.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The file of the `existing`.
    pub file: File,
    /// Its name there.
    pub range: TextRange,
    /// Its name.
    pub name: String,
    /// The resource type.
    pub ty: String,
    /// `id`, `tags`, `where`, as far as they are given.
    pub query: serde_json::Value,
    /// Names of properties and attributes that the program reads.
    pub properties: BTreeSet<String>,
}

/// Where a target is built for, and what it asks, with the lock file as it is.
pub fn lookups(db: &Database, target: Target) -> (Place, Vec<Looked>) {
    let mut read: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let looked = questions(db, target).into_iter().map(|question| {
        let at = Problem::error("", Anchor::name(question.decl), "").place(db);
        let of_type = || read_of_type(db, target.file(db), &question.ty);
        let properties = read.entry(question.ty.clone()).or_insert_with(of_type).clone();
        let name = question.decl.name(db).to_string();
        Looked { file: at.file, range: at.range, name, ty: question.ty, query: question.query, properties }
    });
    let looked = looked.collect();
    (place(db, target), looked)
}

/// The entries of the lock file, or why it cannot be read.
pub fn lock_entries(db: &Database) -> Result<Vec<lock::Entry>, String> {
    lock::entries(db).clone().map(|entries| entries.to_vec())
}

/// Whether a finding says that a question has no answer. That an answer lacks a property points to the `existing`, too.
pub fn is_unanswered(found: &Diagnostic) -> bool {
    [codes::LOOKUP_MISSING, codes::LOOKUP_SEVERAL].contains(&found.code.0) && found.labels.is_empty()
}

/// Builds with these entries from now on, whatever the file holds.
pub fn with_lock(db: &mut Database, entries: &[lock::Entry]) {
    let kept = file(db, lock::PATH);
    edit(db, kept, &lock::text(entries));
}

/// The environments of the project, in order.
pub fn environments(db: &Database) -> Vec<String> {
    cloudc_types::project::environments(db).into_iter().map(|(name, _)| name.to_string()).collect()
}
