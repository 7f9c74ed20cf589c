//! The one module that knows how to make tower-lsp sound.
//!
//! In: two byte streams. Out: the code that the process ends with. tower-lsp keeps the state of the protocol (initialized, shut down),
//! routes methods and drops cancelled requests; its own loop is not used, because it stops at the first malformed message, reads messages
//! of any size, waits for a free slot among handlers, and goes on after `exit` for as long as the input is open. Instead:
//!
//! 1. One thread reads messages ([`frames`]). Each is given to tower-lsp in the order in which it came, and its handler runs up to its
//!    first `await` before the next message is looked at. Handlers use that to put a job into the queue of the owner ([`owner`]).
//! 2. The owner applies changes in that order and hands out snapshots. Questions are answered on threads outside the runtime ([`pool`]);
//!    the next edit or `$/cancelRequest` cancels them.
//! 3. Nothing waits for the client: messages to it go into an unbounded queue ([`outbox`]), and what it answers is heard in passing.
//! 4. Any number of handlers may wait at once.
//! 5. A panic costs the answer it happened in.
//! 6. `exit` ends the process at once: with 0 after `shutdown`, else with 1; so does the end of the input, or of the editor's process.

pub mod frames;
pub mod outbox;
pub mod owner;
mod parent;
mod pool;

use std::io::{BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::future::poll_fn;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tower_lsp::jsonrpc::{Error, Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LspService};
use tower_service::Service as _;

use crate::backend::{self, Backend};
use crate::client;
use crate::host::Host;
use frames::Arrival;
use outbox::Line;

/// Messages are read in pieces of this size, in bytes.
const BUFFER: usize = 64 << 10;

/// Speaks with one client until it leaves; gives the exit code of the process.
pub fn serve(input: impl Read + Send + 'static, output: impl Write + Send + 'static, host: Host) -> u8 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("cloudc-io").build();
    // Without threads nothing works.
    let Ok(runtime) = runtime else { return 1 };
    let code = runtime.block_on(converse(input, output, host));
    runtime.shutdown_background();
    code
}

async fn converse(input: impl Read + Send + 'static, output: impl Write + Send + 'static, host: Host) -> u8 {
    let line = Arc::new(outbox::start(output));
    let (arrivals, mut next) = unbounded_channel();
    let leave = arrivals.clone();
    let (mut service, socket) = backend::service(host.testing, |client| {
        let leave = move |editor| {
            let leave = leave.clone();
            parent::watch(editor, move || drop(leave.send(Arrival::End)));
        };
        Backend::new(line.with_client(client), host, Box::new(leave))
    });
    let reader = std::thread::Builder::new().name("cloudc-read".to_owned()).spawn(move || read_all(input, &arrivals));
    if reader.is_err() {
        return 1;
    }
    let answers = forward(socket, &line);
    let mut shut_down = false;
    while let Some(arrival) = next.recv().await {
        match arrival {
            Arrival::Request(request) if request.method() == "exit" && request.id().is_none() => break,
            Arrival::Request(request) => {
                shut_down |= request.method() == "shutdown" && request.id().is_some();
                handle(&mut service, request, &line).await;
            }
            // One that nobody waits for is dropped there.
            Arrival::Response(response) => drop(answers.send(response)),
            Arrival::Broken(id, error) => line.send(&outbox::refusal(id, error)),
            Arrival::End => break,
        }
    }
    line.finish();
    u8::from(!shut_down)
}

fn read_all(input: impl Read, arrivals: &UnboundedSender<Arrival>) {
    let mut input = BufReader::with_capacity(BUFFER, input);
    loop {
        let arrival = frames::read(&mut input);
        let last = matches!(arrival, Arrival::End);
        if arrivals.send(arrival).is_err() || last {
            return;
        }
    }
}

/// Connects what tower-lsp asks the client with the streams: requests go out by themselves, answers are to be given to the sender.
fn forward(socket: ClientSocket, line: &Arc<Line>) -> UnboundedSender<Response> {
    let (mut requests, mut responses) = socket.split();
    let line = line.clone();
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            line.send(&request);
        }
    });
    let (sender, mut receiver) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(response) = receiver.recv().await {
            // An answer nobody waits for any more is a panic in there.
            let _ = AssertUnwindSafe(responses.send(response)).catch_unwind().await;
        }
    });
    sender
}

/// Starts a handler; what it does before its first `await` is done when this returns.
async fn handle(service: &mut LspService<Backend>, request: Request, line: &Arc<Line>) {
    let id = request.id().cloned();
    let first = request.method() == "initialize";
    let request = if first { understood(request) } else { request };
    if poll_fn(|context| service.poll_ready(context)).await.is_err() {
        return;
    }
    let Ok(handler) = catch_unwind(AssertUnwindSafe(|| service.call(request))) else {
        return told(line, id.map(|id| Response::from_error(id, Error::internal_error())));
    };
    let mut handler = Box::pin(AssertUnwindSafe(handler).catch_unwind());
    if let Some(outcome) = (&mut handler).now_or_never() {
        let response = outcome_of(outcome, id);
        return told(line, if first { response.map(backend::with_all_capabilities) } else { response });
    }
    let line = line.clone();
    tokio::spawn(async move {
        let outcome = handler.await;
        told(&line, outcome_of(outcome, id));
    });
}

/// A request whose parameters are read leniently.
fn understood(request: Request) -> Request {
    let (method, id, params) = request.into_parts();
    let mut same = Request::build(method);
    if let Some(params) = params {
        same = same.params(client::understood(params));
    }
    if let Some(id) = id {
        same = same.id(id);
    }
    same.finish()
}

/// The answer of a handler that came to its end in whatever way.
fn outcome_of(
    outcome: std::thread::Result<Result<Option<Response>, ExitedError>>,
    id: Option<tower_lsp::jsonrpc::Id>,
) -> Option<Response> {
    match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => None,
        Err(_) => id.map(|id| Response::from_error(id, Error::internal_error())),
    }
}

fn told(line: &Line, response: Option<Response>) {
    if let Some(response) = response {
        line.send(&response);
    }
}
