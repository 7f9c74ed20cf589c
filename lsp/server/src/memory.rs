//! What earlier answers are remembered for later ones: nothing here is needed for an answer to be right.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloudc_base::{Diagnostic, File};
use cloudc_ide::completion::Item;
use rustc_hash::FxHashMap;
use tower_lsp::lsp_types::notification::PublishDiagnostics;
use tower_lsp::lsp_types::{PublishDiagnosticsParams, SemanticToken, Url};

use crate::convert::diagnostic;
use crate::transport::outbox::Outbox;

/// Diagnostics by the file they are in.
type Across = Arc<FxHashMap<File, Vec<Diagnostic>>>;

/// Remembered answers.
#[derive(Debug, Default)]
pub struct Memory {
    tokens: Mutex<Tokens>,
    templates: Mutex<BTreeMap<String, String>>,
    published: Mutex<Published>,
    items: Mutex<(u64, Vec<Item>)>,
    across: Mutex<(u64, Across)>,
    failed: AtomicBool,
}

#[derive(Debug, Default)]
struct Tokens {
    last: u64,
    by_uri: BTreeMap<Url, (String, Vec<SemanticToken>)>,
}

#[derive(Debug, Default)]
struct Published {
    generation: u64,
    last: BTreeMap<Url, (Option<i32>, String)>,
}

impl Memory {
    /// Remembers the last template of a document and format.
    pub fn keep_template(&self, key: String, text: String) {
        self.templates.lock().unwrap_or_else(PoisonError::into_inner).insert(key, text);
    }

    /// The last template of a document and format.
    pub fn template(&self, key: &str) -> Option<String> {
        self.templates.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// What documents find in others, made once for each generation. Who comes meanwhile waits for it.
    pub fn across(&self, generation: u64, make: impl FnOnce() -> FxHashMap<File, Vec<Diagnostic>>) -> Across {
        let mut across = self.across.lock().unwrap_or_else(PoisonError::into_inner);
        if across.0 != generation {
            // When making it is cancelled, what was there before stays, and is of an older generation.
            *across = (generation, Arc::new(make()));
        }
        across.1.clone()
    }

    /// Looking for mistakes went wrong.
    pub fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    /// Looking for mistakes went right; tells whether it went wrong before.
    pub fn recovered(&self) -> bool {
        self.failed.swap(false, Ordering::Relaxed)
    }

    /// Remembers the last completions, and the generation they are of.
    pub fn keep_items(&self, generation: u64, items: Vec<Item>) {
        *self.items.lock().unwrap_or_else(PoisonError::into_inner) = (generation, items);
    }

    /// One of the last completions, when they are those of this generation.
    pub fn item(&self, generation: u64, index: usize) -> Option<Item> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.1.get(index).filter(|_| items.0 == generation).cloned()
    }

    /// Remembers a document's semantic tokens in place of those before; gives the id of this result.
    pub fn keep_tokens(&self, uri: &Url, tokens: Vec<SemanticToken>) -> String {
        let mut kept = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last += 1;
        let id = kept.last.to_string();
        kept.by_uri.insert(uri.clone(), (id.clone(), tokens));
        id
    }

    /// Takes what was kept under this id.
    pub fn take_tokens(&self, uri: &Url, id: &str) -> Option<Vec<SemanticToken>> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tokens.by_uri.get(uri).is_some_and(|(known, _)| known == id);
        known.then(|| tokens.by_uri.remove(uri)).flatten().map(|(_, tokens)| tokens)
    }

    /// Pushes diagnostics found in a generation of the workspace, unless they were the last that were, or the workspace has moved on.
    pub fn publish(&self, generation: u64, outbox: &Outbox, params: PublishDiagnosticsParams) {
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let what = (params.version, diagnostic::result_id(&params.diagnostics));
        if published.generation != generation || published.last.get(&params.uri) == Some(&what) {
            return;
        }
        published.last.insert(params.uri.clone(), what);
        outbox.notify::<PublishDiagnostics>(params);
    }

    /// A new generation begins: what was found before is not pushed any more.
    pub fn next_generation(&self, generation: u64) {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).generation = generation;
    }

    /// Forgets a document that was closed, and takes back what was pushed for it.
    pub fn forget(&self, outbox: &Outbox, uri: &Url) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).by_uri.remove(uri);
        let of_document = format!("{uri}#");
        self.templates.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| !key.starts_with(&of_document));
        let known = self.published.lock().unwrap_or_else(PoisonError::into_inner).last.remove(uri);
        if known.is_some() {
            let params = PublishDiagnosticsParams { uri: uri.clone(), version: None, diagnostics: Vec::new() };
            outbox.notify::<PublishDiagnostics>(params);
        }
    }
}
