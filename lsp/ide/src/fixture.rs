//! Programs for tests: `$0` is the cursor (twice: a selection), `//- /net.cloud` starts a file; without such a line all is `/main.cloud`.
//!
//! ```text
//! //- /main.cloud
//! import { Vpc } from "./net"
//! resource v: V$0pc {}
//! //- /net.cloud
//! pub component Vpc {}
//! ```

use std::sync::Arc;

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::{Database, MemoryFs, Options, Purpose};
use cloudc_schema::Schema;

use crate::{FilePosition, FileRange};

/// A program opened for a test.
pub(crate) struct Fixture {
    /// With [`Purpose::Edit`].
    pub db: Database,
    /// In the order written.
    pub files: Vec<File>,
    /// Where each `$0` stood.
    pub cursors: Vec<FilePosition>,
}

impl Fixture {
    /// The only cursor.
    pub fn position(&self) -> FilePosition {
        let [position] = self.cursors.as_slice() else { panic!("one $0 is needed, {} found", self.cursors.len()) };
        *position
    }

    /// What lies between two cursors; empty at a single one.
    pub fn selection(&self) -> FileRange {
        let (first, last) = (self.cursors[0], self.cursors[self.cursors.len() - 1]);
        FileRange { file: first.file, range: TextRange::new(first.offset, last.offset) }
    }
}

/// Opens a program.
pub(crate) fn open(text: &str) -> Fixture {
    let mut sources: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- ") {
            sources.push((path.trim().to_owned(), String::new()));
        } else {
            if sources.is_empty() {
                sources.push(("/main.cloud".to_owned(), String::new()));
            }
            sources.last_mut().expect("pushed above").1.push_str(line);
        }
    }
    let mut places: Vec<(usize, TextSize)> = Vec::new();
    for (index, (_, source)) in sources.iter_mut().enumerate() {
        while let Some(at) = source.find("$0") {
            source.replace_range(at..at + 2, "");
            places.push((index, TextSize::new(at as u32)));
        }
    }
    let system = MemoryFs::new(sources.iter().map(|(path, source)| (path.as_str(), source.as_str())));
    let options = Options { purpose: Purpose::Edit, ..Options::default() };
    let db = cloudc_driver::open(Arc::new(system), options, Schema::embedded());
    let files: Vec<File> = sources.iter().map(|(path, _)| cloudc_driver::file(&db, path)).collect();
    let cursors = places.iter().map(|(index, offset)| FilePosition { file: files[*index], offset: *offset }).collect();
    Fixture { db, files, cursors }
}
