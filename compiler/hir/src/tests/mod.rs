//! Tests of the whole crate over texts in memory, with a log of the queries that ran.

mod increments;
mod lowering;
mod names;
mod problems;
mod programs;
mod units;
mod uses;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cloudc_base::{File, FileSystem, Files, ReadError};

use crate::{Decl, all_declarations};

/// A database over files in memory; `std/` is the real one.
#[salsa::db]
#[derive(Clone)]
pub(crate) struct TestDb {
    storage: salsa::Storage<Self>,
    files: Files,
    disk: Disk,
    log: Arc<Mutex<Vec<String>>>,
}

#[salsa::db]
impl salsa::Database for TestDb {}

#[salsa::db]
impl cloudc_base::Db for TestDb {
    fn files(&self) -> &Files {
        &self.files
    }
}

#[derive(Clone, Default)]
struct Disk(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl FileSystem for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if let Some(text) = cloudc_stdlib::module(path) {
            return Ok(text.as_bytes().to_vec());
        }
        self.0.lock().unwrap().get(path).cloned().ok_or(ReadError::Missing)
    }
}

impl TestDb {
    /// Files as `//- /path.cloud` headers; without a header it is `/main.cloud`.
    pub fn new(text: &str) -> Self {
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let disk = Disk::default();
        let writer = log.clone();
        let storage = salsa::Storage::new(Some(Box::new(move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                writer.lock().unwrap().push(format!("{database_key:?}"));
            }
        })));
        let db = TestDb { storage, files: Files::new(Arc::new(disk.clone())), disk, log };
        let mut path = "/main.cloud".to_owned();
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("//- ") {
                Some(header) => path = header.trim().to_owned(),
                None => texts.entry(path.clone()).or_default().push_str(line),
            }
        }
        for (path, text) in texts {
            db.write(&path, text.as_bytes());
        }
        db
    }

    /// Puts bytes on the disk; nobody is told.
    pub fn write(&self, path: &str, bytes: &[u8]) {
        self.disk.0.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
    }

    /// Changes a file as an editor would.
    pub fn edit(&mut self, path: &str, text: &str) {
        self.write(path, text.as_bytes());
        Files::refresh(self, path);
    }

    pub fn file(&self, path: &str) -> File {
        self.files.get(self, path)
    }

    pub fn main(&self) -> File {
        self.file("/main.cloud")
    }

    /// The first declaration of `/main.cloud` written as `kind name`, such as `let a`, or `if` alone.
    pub fn decl(&self, written: &str) -> Decl {
        self.decl_in("/main.cloud", written)
    }

    pub fn decl_in(&self, path: &str, written: &str) -> Decl {
        let (kind, name) = written.split_once(' ').unwrap_or((written, ""));
        let all = all_declarations(self, self.file(path));
        let fits = |decl: &&Decl| decl.kind(self).keyword() == kind && decl.name(self) == name;
        *all.iter().find(fits).unwrap_or_else(|| panic!("no `{written}` in {path}: {all:?}"))
    }

    /// The names of the queries that ran since the last call, with how often.
    pub fn ran(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for key in std::mem::take(&mut *self.log.lock().unwrap()) {
            let name = key.split('(').next().unwrap_or_default().to_owned();
            *counts.entry(name).or_default() += 1;
        }
        counts
    }
}
