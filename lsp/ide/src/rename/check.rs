//! Whether a renamed program still means what it meant.
//!
//! In: the changes, before they are made. Out: what would go wrong, in words. Always: nothing is guessed about scopes: the renamed files
//! are read into a database of their own, and every changed place and every other mention of the new name is asked what it means there.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloudc_base::{Content, Db as _, Edit, File, Severity, TextSize};
use cloudc_driver::{Database, MemoryFs, Options, Purpose};
use cloudc_hir::{Decl, Problem};
use cloudc_types::Db as _;
use rustc_hash::FxHashSet;

use super::Change;
use crate::references::occurrences;
use crate::symbol::{Symbol, declaration_range, describe, symbol_at};
use crate::{FilePosition, FileRange};

/// Says what would mean something else, or be wrong, after the changes and without the lines that are gone then.
pub(super) fn keeps_meaning(
    db: &Database,
    changes: &[Change],
    gone: &[&Edit],
    old: &str,
    new: &str,
    files: &[File],
) -> Result<(), String> {
    let of_change = |change: &Change| Edit { file: change.place.file, range: change.place.range, insert: change.insert.clone() };
    let edits: Vec<Edit> = changes.iter().map(of_change).chain(gone.iter().map(|edit| (*edit).clone())).collect();
    let mut shifts = Shifts::default();
    for edit in &edits {
        let delta = edit.insert.len() as i64 - i64::from(u32::from(edit.range.len()));
        shifts.by_path.entry(edit.file.path(db).to_string()).or_default().push((edit.range.start().into(), delta));
    }
    shifts.by_path.values_mut().for_each(|list| list.sort_unstable());
    let after = after(db, edits, files);
    let touched = touched(changes);
    let words = [old, new];
    touched.iter().try_for_each(|file| no_new_errors(db, &after, *file, words, doubles))?;
    for change in changes {
        changed_place(db, &after, &shifts, change, new)?;
    }
    for file in &touched {
        for at in occurrences(file.text(db), new) {
            let at = FilePosition { file: *file, offset: TextSize::new(at as u32) };
            if gone.iter().any(|edit| edit.file == *file && edit.range.contains(at.offset)) {
                continue;
            }
            if !changes.iter().any(|change| change.place.file == *file && change.place.range.contains_inclusive(at.offset)) {
                other_place(db, &after, &shifts, at, new)?;
            }
        }
    }
    touched.iter().try_for_each(|file| no_new_errors(db, &after, *file, words, mistakes))
}

/// How far offsets move, by file.
#[derive(Default)]
struct Shifts {
    by_path: BTreeMap<String, Vec<(u32, i64)>>,
}

impl Shifts {
    /// Where an offset is afterwards. The start of what changes stays before the change.
    fn map(&self, path: &str, offset: TextSize) -> TextSize {
        let offset = u32::from(offset);
        let before = self.by_path.get(path).into_iter().flatten().take_while(|(start, _)| *start < offset);
        let delta: i64 = before.map(|(_, delta)| delta).sum();
        TextSize::new(u32::try_from(i64::from(offset) + delta).unwrap_or_default())
    }
}

fn touched(changes: &[Change]) -> Vec<File> {
    let mut seen = FxHashSet::default();
    changes.iter().map(|change| change.place.file).filter(|file| seen.insert(*file)).collect()
}

/// A database that reads the files as they are after the edits.
fn after(db: &Database, mut edits: Vec<Edit>, files: &[File]) -> Database {
    let mut bytes: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in db.files().all().into_iter().chain(files.iter().copied()) {
        let path = file.path(db).to_string();
        match file.content(db) {
            _ if path.starts_with("std/") => {}
            Content::Text(text) => drop(bytes.insert(path, text.as_bytes().to_vec())),
            Content::Binary(raw, _) => drop(bytes.insert(path, raw.to_vec())),
            Content::Unreadable(_) => {}
        }
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start()));
    for edit in edits {
        if let Some(text) = bytes.get_mut(&edit.file.path(db).to_string()) {
            text.splice(std::ops::Range::<usize>::from(edit.range), edit.insert.bytes());
        }
    }
    let options = Options { purpose: Purpose::Edit, ..db.options().clone() };
    cloudc_driver::open(Arc::new(MemoryFs::new(bytes)), options, db.schema().schema(db).clone())
}

/// A renamed place must mean what it meant.
fn changed_place(db: &Database, after: &Database, shifts: &Shifts, change: &Change, new: &str) -> Result<(), String> {
    let path = change.place.file.path(db);
    let offset = shifts.map(path, change.place.range.start()) + TextSize::new(change.name_at);
    let now = symbol_at(after, FilePosition { file: cloudc_driver::file(after, path), offset });
    let now = now.map(|found| found.symbol);
    if now.as_ref().is_some_and(|now| same(db, after, shifts, &change.symbol, now)) {
        return Ok(());
    }
    let line = line(db, change.place);
    Err(match now {
        Some(now) => format!("in `{path}`, line {line}, the new `{new}` would mean the {} instead", describe(after, &now)),
        None => format!("in `{path}`, line {line}, the new `{new}` would mean nothing"),
    })
}

/// A place that names something else by the new name already must go on doing so.
fn other_place(db: &Database, after: &Database, shifts: &Shifts, at: FilePosition, new: &str) -> Result<(), String> {
    let Some(was) = symbol_at(db, at).map(|found| found.symbol) else { return Ok(()) };
    let path = at.file.path(db);
    let offset = shifts.map(path, at.offset);
    let now = symbol_at(after, FilePosition { file: cloudc_driver::file(after, path), offset });
    let now = now.map(|found| found.symbol);
    if now.as_ref().is_some_and(|now| same(db, after, shifts, &was, now)) {
        return Ok(());
    }
    let line = line(db, FileRange { file: at.file, range: cloudc_base::TextRange::empty(at.offset) });
    let was = describe(db, &was);
    Err(match now {
        Some(now) => {
            format!("in `{path}`, line {line}, `{new}` would mean the {} instead of the {was}", describe(after, &now))
        }
        None => format!("in `{path}`, line {line}, `{new}` would no longer mean the {was}"),
    })
}

/// Whether two symbols, before and after, are the same thing: declared at the same place, else called the same.
fn same(db: &Database, after: &Database, shifts: &Shifts, was: &Symbol, now: &Symbol) -> bool {
    if std::mem::discriminant(was) != std::mem::discriminant(now) {
        return false;
    }
    match (declaration_range(db, was), declaration_range(after, now)) {
        (Some(was), Some(now)) => {
            let path = was.file.path(db);
            *path == *now.file.path(after) && shifts.map(path, was.range.start()) == now.range.start()
        }
        (None, None) => describe(db, was) == describe(after, now),
        _ => false,
    }
}

/// What is wrong with a file where it mentions one of some words.
type Find = fn(&Database, File, &[&str]) -> Vec<Problem>;

/// Errors that were not there before.
fn no_new_errors(db: &Database, after: &Database, file: File, words: [&str; 2], find: Find) -> Result<(), String> {
    let other = cloudc_driver::file(after, file.path(db));
    let (old, new) = (format!("`{}`", words[0]), format!("`{}`", words[1]));
    let mut known: Vec<String> = errors(find(db, file, &words)).map(|text| text.replace(&old, &new)).collect();
    for error in errors(find(after, other, &words)) {
        match known.iter().position(|text| *text == error) {
            Some(at) => drop(known.swap_remove(at)),
            None => return Err(format!("`{}` would have an error: {error}", file.path(db))),
        }
    }
    Ok(())
}

fn errors(problems: Vec<Problem>) -> impl Iterator<Item = String> {
    problems.into_iter().filter(|problem| problem.severity == Severity::Error).map(|problem| problem.message)
}

/// Names that are declared or written twice, and the like.
fn doubles(db: &Database, file: File, words: &[&str]) -> Vec<Problem> {
    let mut all = cloudc_hir::scope_problems(db, file).to_vec();
    all.extend(mentioning(db, file, words).flat_map(|decl| cloudc_hir::lower_problems(db, decl)));
    all
}

/// What is wrong with types.
fn mistakes(db: &Database, file: File, words: &[&str]) -> Vec<Problem> {
    mentioning(db, file, words).flat_map(|decl| cloudc_types::typed(db, decl).problems.clone()).collect()
}

/// The declarations of a file in whose text one of the words stands, or beside which it does.
fn mentioning<'a>(db: &'a Database, file: File, words: &'a [&str]) -> impl Iterator<Item = Decl> + 'a {
    let chunks = cloudc_hir::chunks(db, file).iter();
    let chunks = chunks.filter(|chunk| words.iter().any(|word| occurrences(chunk.text(db), word).next().is_some()));
    chunks.flat_map(|chunk| cloudc_hir::chunk_declarations(db, *chunk).iter().copied())
}

fn line(db: &Database, place: FileRange) -> usize {
    let text = place.file.text(db);
    text.get(..usize::from(place.range.start())).unwrap_or_default().matches('\n').count() + 1
}
