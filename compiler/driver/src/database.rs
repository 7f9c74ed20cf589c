//! The salsa database: every stage's `Db` trait on one struct.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cloudc_base::{Content, File, FileSystem, Files};
use cloudc_eval::Settings;
use cloudc_schema::Schema;
use cloudc_types::SchemaHandle;
use salsa::{DatabaseKeyIndex, Durability, Event, EventKind, Setter as _};

/// Everything known about the programs that were opened. Cloning gives a snapshot for another thread.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    files: Files,
    options: Options,
    /// Invariant: both are there as soon as [`open`] returns.
    schema: Option<SchemaHandle>,
    settings: Option<Settings>,
    log: Option<Log>,
}

/// What salsa did since it was last asked.
type Log = Arc<Mutex<Done>>;

#[derive(Default)]
struct Done {
    /// Queries that ran, in order.
    executed: Vec<DatabaseKeyIndex>,
    /// How many memos it found still right by looking at what they read.
    verified: usize,
}

/// What is chosen from outside a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Values of inputs and parameters, as written on the command line.
    pub sets: BTreeMap<String, String>,
    /// The selected environment.
    pub environment: Option<String>,
    /// Build for these regions instead of the stack's own.
    pub regions: Vec<String>,
    /// What the answers are for.
    pub purpose: Purpose,
}

/// What the answers are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Templates: every input needs a value.
    #[default]
    Build,
    /// All mistakes: an input without a value is unknown, and silent; a stack without such inputs is emitted to see its limits.
    Check,
    /// The mistakes that matter while typing: as for `Check`, and nothing is emitted.
    Edit,
}

/// A database that reads from `system`.
pub fn open(system: Arc<dyn FileSystem>, options: Options, schema: Schema) -> Database {
    fill(salsa::Storage::new(None), system, options, schema, None)
}

/// A database that remembers which queries ran; for tests of incremental work.
pub fn open_logged(system: Arc<dyn FileSystem>, options: Options, schema: Schema) -> Database {
    let log: Log = Arc::default();
    let sink = log.clone();
    let record = move |event: Event| {
        let mut done = sink.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match event.kind {
            EventKind::WillExecute { database_key } => done.executed.push(database_key),
            EventKind::DidValidateMemoizedValue { .. } => done.verified += 1,
            _ => {}
        }
    };
    fill(salsa::Storage::new(Some(Box::new(record))), system, options, schema, Some(log))
}

fn fill(
    storage: salsa::Storage<Database>,
    system: Arc<dyn FileSystem>,
    options: Options,
    schema: Schema,
    log: Option<Log>,
) -> Database {
    let mut db = Database { storage, files: Files::new(system), options, schema: None, settings: None, log };
    db.schema = Some(SchemaHandle::builder(schema).durability(Durability::NEVER_CHANGE).new(&db));
    let sets = db.options.sets.iter().map(|(name, value)| (name.as_str().into(), value.clone())).collect();
    db.settings = Some(Settings::builder(sets, db.options.purpose != Purpose::Build).durability(Durability::MEDIUM).new(&db));
    db
}

/// The file at a path as the file system knows it: `/app/main.cloud`, `std/storage`.
pub fn file(db: &Database, path: &str) -> File {
    db.files.get(db, path)
}

/// Replaces a file's text, as an editor does.
pub fn edit(db: &mut Database, file: File, text: &str) {
    file.set_content(db).to(Content::Text(text.into()));
}

/// How often each query ran since this was last asked, by name. Empty unless opened by [`open_logged`].
pub fn executed(db: &Database) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let Some(log) = &db.log else { return counts };
    let keys = std::mem::take(&mut log.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).executed);
    for key in keys {
        let name = salsa::Database::ingredient_debug_name(db, key.ingredient_index());
        *counts.entry(name.into_owned()).or_default() += 1;
    }
    counts
}

/// How many memos were verified without running, or ran, since this was last asked. Empty unless opened by [`open_logged`].
pub fn verified(db: &Database) -> usize {
    let Some(log) = &db.log else { return 0 };
    let done = std::mem::take(&mut *log.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
    done.verified + done.executed.len()
}

impl Database {
    /// What was chosen from outside.
    pub fn options(&self) -> &Options {
        &self.options
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl cloudc_base::Db for Database {
    fn files(&self) -> &Files {
        &self.files
    }
}

#[salsa::db]
impl cloudc_types::Db for Database {
    fn schema(&self) -> SchemaHandle {
        self.schema.expect("set when the database is opened")
    }
}

#[salsa::db]
impl cloudc_eval::Db for Database {
    fn settings(&self) -> Settings {
        self.settings.expect("set when the database is opened")
    }

    fn verdict(&self, target: cloudc_eval::Target) -> cloudc_eval::Verdict {
        crate::tests::verdict(self, target)
    }
}
