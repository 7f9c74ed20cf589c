//! Everything that goes to the client, in one line of messages.
//!
//! Always: putting something in never waits, and never depends on the client answering or reading.

use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Id, Request};
use tower_lsp::lsp_types::{MessageType, notification, request};

use super::frames;

/// How long the last messages may take to leave when the server ends.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Where messages to the client are put.
#[derive(Clone)]
pub struct Outbox {
    messages: Sender<Message>,
    client: Client,
    runtime: tokio::runtime::Handle,
}

/// To the writing thread.
enum Message {
    Bytes(Vec<u8>),
    /// Everything before it has been written when the sender is dropped.
    Last(Sender<()>),
}

/// The half of an outbox that exists before there is a client.
pub struct Line {
    messages: Sender<Message>,
}

/// Starts the thread that writes.
pub fn start(mut output: impl Write + Send + 'static) -> Line {
    let (messages, waiting) = channel();
    let write = move || write_all(&mut output, &waiting);
    // Without the thread nothing is ever answered; the client sees an end of the stream.
    let _ = std::thread::Builder::new().name("cloudc-write".to_owned()).spawn(write);
    Line { messages }
}

fn write_all(output: &mut impl Write, waiting: &Receiver<Message>) {
    let mut alive = true;
    for message in waiting {
        match message {
            // A client that went away is noticed where its messages are read.
            Message::Bytes(bytes) if alive => alive = frames::write(output, &bytes).is_ok(),
            Message::Bytes(_) => {}
            Message::Last(done) => drop(done),
        }
    }
}

impl Line {
    /// With the client that requests to the editor go through.
    pub fn with_client(&self, client: Client) -> Outbox {
        Outbox { messages: self.messages.clone(), client, runtime: tokio::runtime::Handle::current() }
    }

    /// Sends a message as it is.
    pub fn send(&self, message: &impl Serialize) {
        send(&self.messages, message);
    }

    /// Waits until everything is written, but not for ever.
    pub fn finish(&self) {
        let (done, wait) = channel();
        if self.messages.send(Message::Last(done)).is_ok() {
            let _ = wait.recv_timeout(LAST_WORDS);
        }
    }
}

impl Outbox {
    /// Sends a notification.
    pub fn notify<N: notification::Notification>(&self, params: N::Params) {
        let params = serde_json::to_value(params).unwrap_or(Value::Null);
        send(&self.messages, &Request::build(N::METHOD).params(params).finish());
    }

    /// Asks the client; `then` hears the answer, if there ever is one, on a thread of the runtime, where it must not wait.
    pub fn ask<R>(&self, params: R::Params, then: impl FnOnce(R::Result) + Send + 'static)
    where
        R: request::Request + 'static,
        R::Params: Send,
        R::Result: Send,
    {
        let client = self.client.clone();
        self.runtime.spawn(async move {
            if let Ok(result) = client.send_request::<R>(params).await {
                then(result);
            }
        });
    }

    /// Writes a line into the log that an editor keeps of this server.
    pub fn log(&self, typ: MessageType, message: impl Into<String>) {
        self.notify::<notification::LogMessage>(tower_lsp::lsp_types::LogMessageParams { typ, message: message.into() });
    }

    /// Shows a line to the user.
    pub fn show(&self, typ: MessageType, message: impl Into<String>) {
        self.notify::<notification::ShowMessage>(tower_lsp::lsp_types::ShowMessageParams { typ, message: message.into() });
    }
}

fn send(messages: &Sender<Message>, message: &impl Serialize) {
    if let Ok(bytes) = serde_json::to_vec(message) {
        // Fails only when the server is ending.
        let _ = messages.send(Message::Bytes(bytes));
    }
}

/// An error that answers no request in particular.
pub fn refusal(id: Id, error: tower_lsp::jsonrpc::Error) -> tower_lsp::jsonrpc::Response {
    tower_lsp::jsonrpc::Response::from_error(id, error)
}
