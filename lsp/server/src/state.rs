//! The workspace: what is open, what is on the disk, what is set.
//!
//! Only the owner's thread has it. Always: texts of open documents win over the disk; changes reach the database together, just before
//! somebody asks, so that a burst of edits costs one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloudc_base::{Content, Db as _, File, Files};
use cloudc_driver::{Database, Options, Purpose};
use cloudc_schema::Schema;
use tower_lsp::lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, FileChangeType, FileEvent, MessageType,
    TextDocumentContentChangeEvent, Url,
};

use crate::client::Client;
use crate::config::Config;
use crate::convert::position::Lines;
use crate::convert::uri;
use crate::host::Host;
use crate::memory::Memory;
use crate::publish;
use crate::roots::{self, Roots};
use crate::snapshot::{Document, Documents, Snapshot};
use crate::transport::outbox::Outbox;
use crate::transport::owner::{Lane, Pools};

/// The workspace.
pub struct Workspace {
    host: Arc<Host>,
    outbox: Outbox,
    client: Arc<Client>,
    config: Arc<Config>,
    schema: Schema,
    roots: Arc<Roots>,
    root_list: Arc<[String]>,
    /// What the client has opened, without a `/` at the end.
    folders: Vec<String>,
    db: Database,
    documents: Arc<Documents>,
    /// What is typed, by path; the database has it after [`Workspace::flush`].
    texts: BTreeMap<String, String>,
    edited: BTreeSet<String>,
    /// Sources on the disk.
    sources: BTreeSet<String>,
    files: Option<Arc<[File]>>,
    memory: Arc<Memory>,
    /// Whether something happened that diagnostics may depend on.
    changed: bool,
    /// Counts what diagnostics may depend on.
    generation: u64,
}

impl Workspace {
    /// A workspace in which nothing is open.
    pub fn new(host: Host, outbox: Outbox, client: Arc<Client>, folders: &[String]) -> Self {
        let schema = (host.schema)();
        let roots = Arc::new(Roots::new(host.clone()));
        let config = Arc::new(Config::default());
        let db = open(&roots, &config, &schema);
        let mut workspace = Workspace {
            host: Arc::new(host),
            outbox,
            client,
            config,
            schema,
            roots,
            root_list: Arc::default(),
            folders: Vec::new(),
            db,
            documents: Arc::default(),
            texts: BTreeMap::new(),
            edited: BTreeSet::new(),
            sources: BTreeSet::new(),
            files: None,
            memory: Arc::default(),
            changed: false,
            generation: 0,
        };
        workspace.add_folders(folders);
        workspace
    }

    /// What is opened.
    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    /// Where messages to the client are put.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// A document was opened.
    pub fn open_document(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let path = uri::path(&document.uri);
        if document.uri.scheme() == "file" && !self.roots.contains(&path) {
            self.roots.open(folder_of(&path));
            self.root_list = self.roots.list().into();
            self.read_again(|_| true);
        }
        let file = cloudc_driver::file(&self.db, &path);
        let program = document.language_id == "cloud" || path.ends_with(".cloud");
        let open = Document { uri: document.uri, version: document.version, file, program };
        Arc::make_mut(&mut self.documents).insert(path.clone(), open);
        // What is in the standard library stays what it is.
        if path.starts_with('/') {
            self.texts.insert(path.clone(), document.text);
            self.edited.insert(path);
        }
        self.files = None;
        self.touch();
    }

    /// A document was edited.
    pub fn change_document(&mut self, params: DidChangeTextDocumentParams) {
        let path = uri::path(&params.text_document.uri);
        let Some(text) = self.texts.get_mut(&path) else {
            let uri = &params.text_document.uri;
            return self.outbox.log(MessageType::WARNING, format!("an edit of `{uri}`, which is not open, is ignored"));
        };
        for change in params.content_changes {
            apply(text, change, &self.client);
        }
        if let Some(document) = Arc::make_mut(&mut self.documents).get_mut(&path) {
            document.version = params.text_document.version;
        }
        self.edited.insert(path);
        self.touch();
    }

    /// A document was closed: from now on it is what is on the disk.
    pub fn close_document(&mut self, params: &DidCloseTextDocumentParams) {
        let uri = &params.text_document.uri;
        let path = uri::path(uri);
        let Some(document) = Arc::make_mut(&mut self.documents).remove(&path) else { return };
        self.texts.remove(&path);
        self.edited.remove(&path);
        Files::refresh(&mut self.db, &path);
        self.files = None;
        self.touch();
        self.memory.forget(&self.outbox, &document.uri);
    }

    /// Files were changed on the disk by somebody else.
    pub fn disk_changed(&mut self, events: &[FileEvent]) {
        let mut changed = false;
        for event in events {
            let path = uri::path(&event.uri);
            if event.typ == FileChangeType::DELETED {
                // Of a folder only its own deletion is told.
                let folder = format!("{path}/");
                let gone = |known: &String| *known == path || known.starts_with(&folder);
                let lost: Vec<String> =
                    self.db.files().all().iter().map(|file| file.path(&self.db).to_string()).filter(gone).collect();
                self.sources.retain(|known| !gone(known));
                changed |= lost.iter().fold(false, |changed, path| self.refresh(path) | changed);
            } else if roots::is_source(&self.folders, &path) {
                changed |= self.sources.insert(path.clone());
            }
            changed |= self.refresh(&path);
        }
        // Saving what is open changes nothing.
        if changed {
            self.files = None;
            self.touch();
            publish::refresh(&self.outbox, &self.client);
        }
    }

    /// Something was saved: reads again what the client does not tell about when it changes on the disk. Clients that watch files watch
    /// sources and the usual kinds of texts, and programs may read any file.
    pub fn look_at_disk(&mut self) {
        let watched = self.client.watches_files;
        self.read_again(|path| !(watched && path.ends_with(".cloud")));
    }

    /// Reads again what was read of the disk and is not open.
    fn read_again(&mut self, wanted: impl Fn(&str) -> bool) {
        let known: Vec<String> = self.db.files().all().iter().map(|file| file.path(&self.db).to_string()).collect();
        let known = known.iter().filter(|path| path.starts_with('/') && wanted(path));
        if known.fold(false, |changed, path| self.refresh(path) | changed) {
            self.touch();
        }
    }

    /// Reads a file again unless it is open; tells whether it is different.
    fn refresh(&mut self, path: &str) -> bool {
        !self.documents.contains_key(path) && Files::refresh(&mut self.db, path)
    }

    /// Folders were opened in the editor.
    pub fn add_folders(&mut self, folders: &[String]) {
        for folder in folders {
            self.roots.open(folder);
            if !self.folders.contains(folder) {
                self.folders.push(folder.clone());
            }
        }
        self.root_list = self.roots.list().into();
        self.read_again(|_| true);
    }

    /// Folders were closed in the editor.
    pub fn remove_folders(&mut self, folders: &[String]) {
        if folders.is_empty() {
            return;
        }
        self.folders.retain(|folder| !folders.contains(folder));
        let (left, open) = (self.folders.clone(), self.documents.clone());
        self.roots.clear();
        self.add_folders(&left);
        // Documents opened alone keep their projects.
        for document in open.values().filter(|document| document.uri.scheme() == "file") {
            let path = uri::path(&document.uri);
            if !self.roots.contains(&path) {
                self.roots.open(folder_of(&path));
            }
        }
        self.root_list = self.roots.list().into();
        self.sources.retain(|path| roots::is_source(&left, path));
        self.files = None;
        self.reopen();
    }

    /// Sources were found on the disk.
    pub fn found(&mut self, sources: Vec<String>) {
        for path in &sources {
            // Read here, so that the first question about all files does not have to.
            cloudc_driver::file(&self.db, path);
        }
        self.sources.extend(sources);
        self.files = None;
        self.touch();
    }

    /// Settings were changed.
    pub fn configure(&mut self, config: Config) {
        if *self.config == config {
            return;
        }
        let options = (config.environment != self.config.environment) || (config.region != self.config.region);
        self.config = Arc::new(config);
        if options {
            self.reopen();
        }
        self.touch();
        publish::refresh(&self.outbox, &self.client);
    }

    /// Resource types may have changed.
    pub fn reload_schema(&mut self) {
        self.schema = (self.host.schema)();
        self.reopen();
        publish::refresh(&self.outbox, &self.client);
    }

    /// Something happened that diagnostics may depend on.
    fn touch(&mut self) {
        self.changed = true;
        self.generation += 1;
        self.memory.next_generation(self.generation);
    }

    /// Starts from nothing with the same documents.
    fn reopen(&mut self) {
        self.db = open(&self.roots, &self.config, &self.schema);
        let db = &self.db;
        for (path, document) in Arc::make_mut(&mut self.documents) {
            document.file = cloudc_driver::file(db, path);
        }
        self.edited.extend(self.texts.keys().cloned());
        self.files = None;
        self.touch();
    }

    /// Gives the database what was typed.
    fn flush(&mut self) {
        for path in std::mem::take(&mut self.edited) {
            let (Some(text), Some(document)) = (self.texts.get(&path), self.documents.get(&path)) else { continue };
            let same = matches!(document.file.content(&self.db), Content::Text(known) if **known == **text);
            if !same {
                cloudc_driver::edit(&mut self.db, document.file, text);
            }
        }
    }

    /// What a question is asked about.
    pub fn snapshot(&mut self) -> Snapshot {
        self.flush();
        let files = self.files.get_or_insert_with(|| all_files(&self.db, &self.sources, &self.documents)).clone();
        Snapshot {
            db: self.db.clone(),
            documents: self.documents.clone(),
            files,
            config: self.config.clone(),
            client: self.client.clone(),
            host: self.host.clone(),
            roots: self.root_list.clone(),
            memory: self.memory.clone(),
            outbox: self.outbox.clone(),
            generation: self.generation,
            lines: Default::default(),
        }
    }

    /// The queue is empty: what was typed goes into the database, which cancels questions about what was before, and diagnostics are
    /// looked for.
    pub fn settle(&mut self, pools: &Pools) {
        self.flush();
        if !std::mem::take(&mut self.changed) || self.client.pulls_diagnostics {
            return;
        }
        let snapshot = self.snapshot();
        pools.run(Lane::Push, Box::new(move || publish::all(snapshot)));
    }

    /// The text of an open document as the server has it.
    pub fn text(&self, uri: &Url) -> Option<&str> {
        self.texts.get(&uri::path(uri)).map(String::as_str)
    }
}

fn open(roots: &Arc<Roots>, config: &Config, schema: &Schema) -> Database {
    let options = Options {
        environment: config.environment.clone(),
        regions: config.region.iter().cloned().collect(),
        purpose: Purpose::Edit,
        ..Options::default()
    };
    cloudc_driver::open(roots.clone(), options, schema.clone())
}

/// Sources and what is open, each once, by path.
fn all_files(db: &Database, sources: &BTreeSet<String>, documents: &Documents) -> Arc<[File]> {
    let open = documents.iter().filter(|(path, document)| path.starts_with('/') && document.program);
    let paths: BTreeSet<&String> = sources.iter().chain(open.map(|(path, _)| path)).collect();
    paths.into_iter().map(|path| cloudc_driver::file(db, path)).collect()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// Makes one edit in a text.
fn apply(text: &mut String, change: TextDocumentContentChangeEvent, client: &Client) {
    match change.range {
        Some(range) => {
            let bytes = Lines::new(text, client.encoding).bytes(text, range);
            text.replace_range(usize::from(bytes.start())..usize::from(bytes.end()), &change.text);
        }
        None => *text = change.text,
    }
}

/// `cloud/status`: how the server is doing, for an editor's status bar.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Status {
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Status {
    /// Works on something.
    pub fn busy(message: &str) -> Self {
        Status { state: "busy".to_owned(), message: Some(message.to_owned()) }
    }

    /// Waits for questions.
    pub fn ready() -> Self {
        Status { state: "ready".to_owned(), message: None }
    }

    /// Something went wrong.
    pub fn error(message: &str) -> Self {
        Status { state: "error".to_owned(), message: Some(message.to_owned()) }
    }
}

impl tower_lsp::lsp_types::notification::Notification for Status {
    type Params = Status;
    const METHOD: &'static str = "cloud/status";
}
