//! A database over texts in memory, and what a program builds to.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloudc_base::{FileSystem, Files, ReadError, Severity};
use cloudc_emit::Artifact;
use cloudc_eval::{Settings, Target};
use cloudc_hir::items::all_declarations;
use cloudc_schema::Schema;
use cloudc_types::SchemaHandle;

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
}

/// A database with some files and values from outside.
pub fn database(files: &[(&str, &str)], sets: &[(&str, &str)]) -> TestDb {
    let system = Memory(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect());
    let mut db = TestDb { storage: salsa::Storage::default(), files: Files::new(Arc::new(system)), schema: None, settings: None };
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
