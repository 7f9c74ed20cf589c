//! The one thread that owns the workspace, and what is put before it.
//!
//! Always: jobs are handled in the order in which they were put into the queue; the owner never waits for the client, and for a question
//! only as long as that takes to notice that it was cancelled.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use cloudc_driver::STACK;
use salsa::{CancellationToken, Cancelled, Database as _};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::MessageType;

use super::outbox::Outbox;
use super::pool::Pool;
use crate::snapshot::Snapshot;
use crate::state::Workspace;

/// Something for the owner.
pub enum Job {
    /// Changes the workspace.
    Change(Box<dyn FnOnce(&mut Workspace) + Send>),
    /// Asks about it, as it is after all that came before.
    Ask(Lane, Box<dyn FnOnce(Snapshot) + Send>),
}

/// Which threads answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Somebody waits for it with a finger on a key.
    Quick,
    /// Goes through the whole workspace.
    Long,
    /// Looks for mistakes after an edit.
    Push,
}

/// The threads that answer.
pub struct Pools {
    quick: Pool,
    long: Pool,
    push: Pool,
}

impl Pools {
    /// Starts them.
    pub fn start() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, 4);
        Pools { quick: Pool::new("cloudc-ask", threads), long: Pool::new("cloudc-long", 1), push: Pool::new("cloudc-push", 1) }
    }

    /// Has something done in a lane.
    pub fn run(&self, lane: Lane, task: super::pool::Task) {
        match lane {
            Lane::Quick => self.quick.run(task),
            Lane::Long => self.long.run(task),
            Lane::Push => self.push.run(task),
        }
    }
}

/// Starts the owner; it ends when nobody holds the other end of the queue.
pub fn start(make: impl FnOnce() -> Workspace + Send + 'static, jobs: Receiver<Job>, outbox: Outbox) {
    let own = move || {
        let mut workspace = make();
        let pools = Pools::start();
        while let Ok(first) = jobs.recv() {
            let mut next = Some(first);
            while let Some(job) = next {
                guarded(&outbox, || handle(&mut workspace, &pools, job));
                next = jobs.try_recv().ok();
            }
            guarded(&outbox, || workspace.settle(&pools));
        }
    };
    let _ = std::thread::Builder::new().name("cloudc-owner".to_owned()).stack_size(STACK).spawn(own);
}

fn handle(workspace: &mut Workspace, pools: &Pools, job: Job) {
    match job {
        Job::Change(change) => change(workspace),
        Job::Ask(lane, answer) => {
            let snapshot = workspace.snapshot();
            pools.run(lane, Box::new(move || answer(snapshot)));
        }
    }
}

/// A panic costs the job that it happened in.
fn guarded(outbox: &Outbox, job: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(job)) {
        outbox.log(MessageType::ERROR, format!("something went wrong: {}", reason(&*panic)));
    }
}

/// What a panic says.
fn reason(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}

/// Where jobs are put.
#[derive(Clone)]
pub struct Desk {
    jobs: Sender<Job>,
    outbox: Outbox,
}

impl Desk {
    /// A desk before a queue.
    pub fn new(jobs: Sender<Job>, outbox: Outbox) -> Self {
        Desk { jobs, outbox }
    }

    /// Puts a change into the queue.
    pub fn change(&self, change: impl FnOnce(&mut Workspace) + Send + 'static) {
        let _ = self.jobs.send(Job::Change(Box::new(change)));
    }

    /// Puts a question into the queue at once, not only when the future is polled. Dropping the future cancels it.
    pub fn ask<P, R>(
        &self,
        lane: Lane,
        params: P,
        answer: fn(&Snapshot, P) -> Result<R>,
    ) -> impl Future<Output = Result<R>> + Send + use<P, R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let stop = Stop::default();
        let (heard, outbox) = (stop.clone(), self.outbox.clone());
        let job = move |snapshot: Snapshot| {
            let result = match heard.listen(&snapshot) {
                true => answered(&snapshot, &outbox, || answer(&snapshot, params)),
                false => Err(Error::request_cancelled()),
            };
            // Invariant: an edit waits until all snapshots are gone, so this one goes before anybody hears the answer.
            drop(snapshot);
            let _ = sender.send(result);
        };
        let _ = self.jobs.send(Job::Ask(lane, Box::new(job)));
        let guard = Guard(stop);
        async move {
            let result = receiver.await;
            drop(guard);
            result.unwrap_or_else(|_| Err(Error::internal_error()))
        }
    }
}

/// Answers; being cancelled and panics are errors.
fn answered<R>(snapshot: &Snapshot, outbox: &Outbox, answer: impl FnOnce() -> Result<R>) -> Result<R> {
    let attempt = || {
        snapshot.db.unwind_if_revision_cancelled();
        answer()
    };
    let panic = match catch_unwind(AssertUnwindSafe(attempt)) {
        Ok(result) => return result,
        Err(panic) => panic,
    };
    let words = match panic.downcast_ref::<Cancelled>() {
        Some(Cancelled::Local) => return Err(Error::request_cancelled()),
        Some(Cancelled::PendingWrite) => return Err(content_modified()),
        Some(_) => "another question about the same went wrong",
        None => reason(&*panic),
    };
    outbox.log(MessageType::ERROR, format!("a question could not be answered: {words}"));
    Err(Error { code: ErrorCode::InternalError, message: format!("something went wrong: {words}").into(), data: None })
}

fn content_modified() -> Error {
    Error::content_modified()
}

/// Whether a question is still wanted, and how to stop it when it is not.
#[derive(Clone, Default)]
struct Stop(Arc<Mutex<Wanted>>);

#[derive(Default)]
enum Wanted {
    #[default]
    Waiting,
    Running(CancellationToken),
    No,
}

impl Stop {
    /// The question begins; false when nobody wants it any more.
    fn listen(&self, snapshot: &Snapshot) -> bool {
        let mut wanted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*wanted, Wanted::No) {
            return false;
        }
        *wanted = Wanted::Running(snapshot.db.cancellation_token());
        true
    }
}

/// Stops its question when dropped.
struct Guard(Stop);

impl Drop for Guard {
    fn drop(&mut self) {
        let before = std::mem::replace(&mut *self.0.0.lock().unwrap_or_else(PoisonError::into_inner), Wanted::No);
        if let Wanted::Running(token) = before {
            token.cancel();
        }
    }
}
