//! Which text each part of a template came from.
//!
//! In: declarations and expressions noted while lowering. Out: places by logical id and JSON pointer. Always: sorted by both.

use std::sync::Arc;

use cloudc_base::line_index::line_index;
use cloudc_eval::{Db, Src};
use cloudc_hir::{Anchor, Name};

/// Where every resource, parameter, output and value was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    /// Sorted by section, logical id and pointer.
    pub entries: Vec<Entry>,
}

/// One part of the template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// `Resources`, `Parameters`, `Outputs`, `Rules`.
    pub section: &'static str,
    /// The logical id in it.
    pub id: Name,
    /// JSON pointer from there; empty for the whole.
    pub pointer: String,
    /// Where it was written.
    pub site: Place,
    /// Where its value was born, when that is elsewhere.
    pub src: Option<Place>,
}

/// A range of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's path.
    pub file: Arc<str>,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Line of the first byte, from 1.
    pub line: u32,
    /// Column of the first byte in bytes, from 1.
    pub col: u32,
}

impl SourceMap {
    /// The nearest entry at or above a pointer.
    pub fn find(&self, section: &str, id: &str, pointer: &str) -> Option<&Entry> {
        let mut pointer = pointer;
        loop {
            let here = self.entries.iter().find(|entry| entry.section == section && entry.id == id && entry.pointer == pointer);
            if here.is_some() || pointer.is_empty() {
                return here;
            }
            pointer = pointer.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
    }
}

/// What is noted while lowering; placed at the end.
#[derive(Debug, Default)]
pub struct Notes {
    /// By what they are about, in the order of lowering.
    groups: Vec<Group>,
    silent: bool,
}

/// The notes about one entry of a section.
#[derive(Debug)]
struct Group {
    section: &'static str,
    id: Name,
    /// Pointer, where it was written, where its value was born.
    notes: Vec<(String, Anchor, Option<Anchor>)>,
}

impl Notes {
    /// Notes nothing.
    pub fn silent() -> Self {
        Notes { groups: Vec::new(), silent: true }
    }

    /// A whole section entry.
    pub fn whole(&mut self, section: &'static str, id: &Name, at: Anchor) {
        self.note(section, id, "", at, None);
    }

    /// A value.
    pub fn value(&mut self, section: &'static str, id: &Name, pointer: &str, site: Src, src: Src) {
        let born = (src != site).then(|| src.anchor());
        self.note(section, id, pointer, site.anchor(), born);
    }

    fn note(&mut self, section: &'static str, id: &Name, pointer: &str, site: Anchor, src: Option<Anchor>) {
        if self.silent {
            return;
        }
        let note = (pointer.to_owned(), site, src);
        match self.groups.last_mut() {
            Some(group) if group.id == *id && group.section == section => group.notes.push(note),
            _ => self.groups.push(Group { section, id: id.clone(), notes: vec![note] }),
        }
    }

    /// Turns them into places.
    pub fn finish(mut self, db: &dyn Db) -> SourceMap {
        self.groups.sort_by(|a, b| (a.section, &a.id).cmp(&(b.section, &b.id)));
        let mut entries: Vec<Entry> = Vec::with_capacity(self.groups.iter().map(|group| group.notes.len()).sum());
        for same in self.groups.chunk_by_mut(|a, b| a.section == b.section && a.id == b.id) {
            let from = entries.len();
            let (section, id) = (same[0].section, same[0].id.clone());
            for (pointer, site, src) in same.iter_mut().flat_map(|group| group.notes.drain(..)) {
                let (site, src) = (place(db, site), src.map(|src| place(db, src)));
                entries.push(Entry { section, id: id.clone(), pointer, site, src });
            }
            entries[from..].sort_by(|a, b| (&a.pointer, &a.site, &a.src).cmp(&(&b.pointer, &b.site, &b.src)));
        }
        entries.dedup_by(|b, a| a.section == b.section && a.id == b.id && a.pointer == b.pointer);
        SourceMap { entries }
    }
}

fn place(db: &dyn Db, anchor: Anchor) -> Place {
    let (file, range) = anchor.locate(db);
    let at = line_index(db, file).line_col(range.start());
    Place {
        file: file.path(db).clone(),
        start: range.start().into(),
        end: range.end().into(),
        line: at.line + 1,
        col: at.col + 1,
    }
}
