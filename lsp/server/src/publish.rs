//! Diagnostics: found for what is open, pushed to clients that do not ask.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cloudc_base::{Diagnostic, File, Tag};
use salsa::Cancelled;
use tower_lsp::lsp_types::request::{
    CodeLensRefresh, InlayHintRefreshRequest, SemanticTokensRefresh, WorkspaceDiagnosticRefresh,
};
use tower_lsp::lsp_types::{MessageType, PublishDiagnosticsParams};

use crate::client::Client;
use crate::convert::diagnostic;
use crate::snapshot::{Document, Snapshot};
use crate::transport::outbox::Outbox;

/// What is wrong with a file, as far as the user wants to see it. Of a file that others use, only what is wrong by itself: what they make
/// of it is found where they are.
pub fn one(snapshot: &Snapshot, file: File) -> Vec<Diagnostic> {
    let mut list = cloudc_ide::diagnostics(&snapshot.db, file);
    // What another open document finds in here, when it is evaluated.
    for other in snapshot.documents.values().filter(|other| other.file != file && uses_others(snapshot, other.file)) {
        list.extend(cloudc_driver::check(&snapshot.db, other.file).into_iter().filter(|one| one.file == file));
    }
    list.retain(|one| snapshot.config.unused || one.tag != Some(Tag::Unused));
    cloudc_driver::sorted(&snapshot.db, list)
}

fn uses_others(snapshot: &Snapshot, file: File) -> bool {
    file.text(&snapshot.db).contains("import")
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
            for params in list {
                memory.publish(generation, &outbox, params);
            }
        }
        Err(panic) if panic.is::<Cancelled>() => {}
        Err(_) => outbox.log(MessageType::ERROR, "something went wrong while looking for mistakes"),
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
