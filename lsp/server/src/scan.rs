//! The first look at the workspace, with progress.

use std::sync::{Arc, Mutex, PoisonError};

use tower_lsp::lsp_types::notification::Progress;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressCreateParams,
    WorkDoneProgressEnd,
};

use crate::roots;
use crate::state::Status;
use crate::transport::outbox::Outbox;
use crate::transport::owner::Desk;

/// Files are given to the owner in parts, so that edits come in between.
const PART: usize = 64;

/// Looks for sources in folders on a thread of its own and gives them to the owner.
pub fn start(desk: Desk, outbox: Outbox, folders: Vec<String>, progress: bool) {
    let shown = progress.then(|| Shown::new(&outbox));
    let look = move || {
        outbox.notify::<Status>(Status::busy("looking for sources"));
        let mut count = 0;
        for folder in &folders {
            let found = roots::sources(folder);
            count += found.len();
            for part in found.chunks(PART) {
                let part = part.to_vec();
                desk.change(move |workspace| workspace.found(part));
            }
        }
        // After the last part has been handled.
        desk.change(move |_| {
            if let Some(shown) = shown {
                shown.end(format!("{count} source{}", if count == 1 { "" } else { "s" }));
            }
            outbox.notify::<Status>(Status::ready());
        });
    };
    let _ = std::thread::Builder::new().name("cloudc-scan".to_owned()).spawn(look);
}

/// Progress that the client shows once it said that it will.
#[derive(Clone)]
struct Shown {
    outbox: Outbox,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    allowed: bool,
    message: Option<String>,
}

fn token() -> NumberOrString {
    NumberOrString::String("cloudc/scan".to_owned())
}

impl Shown {
    /// Asks for leave to show it; without an answer nothing is shown.
    fn new(outbox: &Outbox) -> Self {
        let shown = Shown { outbox: outbox.clone(), state: Arc::default() };
        let later = shown.clone();
        outbox.ask::<WorkDoneProgressCreate>(WorkDoneProgressCreateParams { token: token() }, move |()| {
            let mut state = later.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.allowed = true;
            later.send(WorkDoneProgress::Begin(WorkDoneProgressBegin {
                title: "Looking for .cloud files".to_owned(),
                ..WorkDoneProgressBegin::default()
            }));
            if let Some(message) = state.message.take() {
                later.send(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message) }));
            }
        });
        shown
    }

    fn end(&self, message: String) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.allowed {
            true => self.send(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message) })),
            false => state.message = Some(message),
        }
    }

    fn send(&self, value: WorkDoneProgress) {
        self.outbox.notify::<Progress>(ProgressParams { token: token(), value: ProgressParamsValue::WorkDone(value) });
    }
}
