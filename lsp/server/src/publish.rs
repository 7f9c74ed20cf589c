//! Diagnostics: found for what is open, pushed to clients that do not ask.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cloudc_base::{Diagnostic, File, Tag};
use rustc_hash::FxHashMap;
use salsa::Cancelled;
use tower_lsp::lsp_types::request::{
    CodeLensRefresh, InlayHintRefreshRequest, SemanticTokensRefresh, WorkspaceDiagnosticRefresh,
};
use tower_lsp::lsp_types::{MessageType, PublishDiagnosticsParams};

use crate::client::Client;
use crate::convert::diagnostic;
use crate::snapshot::{Document, Snapshot};
use crate::state::Status;
use crate::transport::outbox::Outbox;

/// What is wrong with a file, as far as the user wants to see it. Of a file that others use, only what is wrong by itself: what they make
/// of it is found where they are.
pub fn one(snapshot: &Snapshot, file: File) -> Vec<Diagnostic> {
    if snapshot.is_template(file) {
        return cloudc_ide::template_diagnostics(&snapshot.db, file);
    }
    if !snapshot.is_program(file) {
        return Vec::new();
    }
    let mut list = cloudc_ide::diagnostics(&snapshot.db, file);
    // What another open document finds in here, when it is evaluated.
    list.extend(snapshot.memory.across(snapshot.generation, || across(snapshot)).get(&file).into_iter().flatten().cloned());
    list.retain(|one| snapshot.config.unused || one.tag != Some(Tag::Unused));
    cloudc_driver::sorted(&snapshot.db, list)
}

/// What open documents find in others that they use.
fn across(snapshot: &Snapshot) -> FxHashMap<File, Vec<Diagnostic>> {
    let mut found: FxHashMap<File, Vec<Diagnostic>> = FxHashMap::default();
    let open = snapshot.documents.values().map(|document| document.file);
    for file in open.filter(|file| snapshot.is_program(*file) && imports_others(file.text(&snapshot.db))) {
        for one in cloudc_driver::check(&snapshot.db, file).into_iter().filter(|one| one.file != file) {
            found.entry(one.file).or_default().push(one);
        }
    }
    found
}

/// Whether a text imports something that is not of the standard library.
fn imports_others(text: &str) -> bool {
    text.match_indices("import").any(|(at, word)| {
        let path = text[at + word.len()..].trim_start();
        path.starts_with('"') && !path.starts_with("\"std/")
    })
}

/// Pushes what is new. Being cancelled means that an edit came, after which this runs again.
pub fn all(snapshot: Snapshot) {
    let outbox = snapshot.outbox.clone();
    let attempt = || {
        let publish = |document: &Document| PublishDiagnosticsParams {
            uri: document.uri.clone(),
            version: Some(document.version),
            diagnostics: one(&snapshot, document.file).iter().map(|one| diagnostic::diagnostic(&snapshot, one)).collect(),
        };
        snapshot.documents.values().map(publish).collect::<Vec<_>>()
    };
    let outcome = catch_unwind(AssertUnwindSafe(attempt));
    let (memory, generation) = (snapshot.memory.clone(), snapshot.generation);
    // Invariant: an edit waits until all snapshots are gone.
    drop(snapshot);
    match outcome {
        Ok(list) => {
            if memory.recovered() {
                outbox.notify::<Status>(Status::ready());
            }
            for params in list {
                memory.publish(generation, &outbox, params);
            }
        }
        Err(panic) if panic.is::<Cancelled>() => {}
        Err(_) => {
            let words = "something went wrong while looking for mistakes";
            memory.fail();
            outbox.notify::<Status>(Status::error(words));
            outbox.log(MessageType::ERROR, words);
        }
    }
}

/// Tells the client that answers may have changed though no document did.
pub fn refresh(outbox: &Outbox, client: &Client) {
    if client.refreshes.diagnostics {
        outbox.ask::<WorkspaceDiagnosticRefresh>((), drop);
    }
    if client.refreshes.hints {
        outbox.ask::<InlayHintRefreshRequest>((), drop);
    }
    if client.refreshes.lenses {
        outbox.ask::<CodeLensRefresh>((), drop);
    }
    if client.refreshes.tokens {
        outbox.ask::<SemanticTokensRefresh>((), drop);
    }
}
