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
    list: Vec<(&'static str, Name, String, Anchor, Option<Anchor>)>,
}

impl Notes {
    /// A whole section entry.
    pub fn whole(&mut self, section: &'static str, id: &Name, at: Anchor) {
        self.list.push((section, id.clone(), String::new(), at, None));
    }

    /// A value.
    pub fn value(&mut self, section: &'static str, id: &Name, pointer: String, site: Src, src: Src) {
        let born = (src != site).then(|| src.anchor());
        self.list.push((section, id.clone(), pointer, site.anchor(), born));
    }

    /// Turns them into places.
    pub fn finish(self, db: &dyn Db) -> SourceMap {
        let entries = self.list.into_iter().map(|(section, id, pointer, site, src)| Entry {
            section,
            id,
            pointer,
            site: place(db, site),
            src: src.map(|src| place(db, src)),
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort();
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
