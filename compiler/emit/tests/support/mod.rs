//! A database over texts in memory, and what a program builds to.
#![allow(dead_code)] // each test uses a part

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cloudc_base::{FileSystem, Files, ReadError, Severity};
use cloudc_emit::Artifact;
use cloudc_eval::{Settings, Target};
use cloudc_hir::items::all_declarations;
use cloudc_schema::Schema;
use cloudc_types::SchemaHandle;
use salsa::{DatabaseKeyIndex, Event, EventKind};

struct Memory(BTreeMap<String, String>);

impl FileSystem for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if let Some(text) = cloudc_stdlib::module(path) {
            return Ok(text.as_bytes().to_vec());
        }
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or(ReadError::Missing)
    }
}

#[salsa::db]
#[derive(Clone)]
pub struct TestDb {
    storage: salsa::Storage<Self>,
    files: Files,
    schema: Option<SchemaHandle>,
    settings: Option<Settings>,
}

#[salsa::db]
impl salsa::Database for TestDb {}

#[salsa::db]
impl cloudc_base::Db for TestDb {
    fn files(&self) -> &Files {
        &self.files
    }
}

#[salsa::db]
impl cloudc_types::Db for TestDb {
    fn schema(&self) -> SchemaHandle {
        self.schema.expect("set when the database is made")
    }
}

#[salsa::db]
impl cloudc_eval::Db for TestDb {
    fn settings(&self) -> Settings {
        self.settings.expect("set when the database is made")
    }

    fn verdict(&self, target: cloudc_eval::Target) -> cloudc_eval::Verdict {
        let artifact = cloudc_emit::artifact(self, target);
        let template = artifact.ok().map(|artifact| cloudc_emit::to_json(&artifact.template));
        cloudc_eval::Verdict { errors: Vec::new(), template }
    }
}

/// Queries that ran.
pub type Log = Arc<Mutex<Vec<DatabaseKeyIndex>>>;

/// A database that remembers which queries ran.
pub fn counted(files: &[(&str, &str)]) -> (TestDb, Log) {
    let log = Log::default();
    let sink = log.clone();
    let record = move |event: Event| {
        if let EventKind::WillExecute { database_key } = event.kind {
            sink.lock().expect("no test panics in here").push(database_key);
        }
    };
    (filled(salsa::Storage::new(Some(Box::new(record))), files, &[]), log)
}

/// How often each query ran since this was last asked.
pub fn taken(log: &Log, db: &TestDb) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for key in std::mem::take(&mut *log.lock().expect("no test panics in here")) {
        let name = salsa::Database::ingredient_debug_name(db, key.ingredient_index());
        *counts.entry(name.into_owned()).or_default() += 1;
    }
    counts
}

/// A database with some files and values from outside.
pub fn database(files: &[(&str, &str)], sets: &[(&str, &str)]) -> TestDb {
    filled(salsa::Storage::default(), files, sets)
}

fn filled(storage: salsa::Storage<TestDb>, files: &[(&str, &str)], sets: &[(&str, &str)]) -> TestDb {
    let system = Memory(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect());
    let mut db = TestDb { storage, files: Files::new(Arc::new(system)), schema: None, settings: None };
    db.schema = Some(SchemaHandle::new(&db, Schema::embedded()));
    let sets = sets.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())).collect();
    db.settings = Some(Settings::new(&db, sets, false));
    db
}

/// Builds `/main.cloud`; problems as `C0501 message @ text of the primary place`.
pub fn build_files(files: &[(&str, &str)], sets: &[(&str, &str)]) -> Result<Artifact, Vec<String>> {
    let db = database(files, sets);
    let file = cloudc_base::Db::files(&db).get(&db, "/main.cloud");
    let mut found = Vec::new();
    for decl in all_declarations(&db, file) {
        found.extend(cloudc_types::typed(&db, *decl).problems.iter().cloned());
    }
    found.retain(|problem| problem.severity == Severity::Error);
    let target = Target::new(&db, file, None, None);
    let result = match cloudc_emit::artifact(&db, target) {
        Ok(artifact) if found.is_empty() => return Ok(artifact),
        Ok(artifact) => artifact.notes,
        Err(problems) => problems,
    };
    found.extend(result);
    let shown = found.iter().map(|problem| {
        let placed = problem.place(&db);
        let text = &placed.file.text(&db)[usize::from(placed.range.start())..usize::from(placed.range.end())];
        format!("{} {} @ {text}", placed.code, placed.message)
    });
    Err(shown.collect())
}

/// Builds a program of one file.
pub fn build(text: &str) -> Result<Artifact, Vec<String>> {
    build_files(&[("/main.cloud", text)], &[])
}
