//! A few threads with deep stacks, outside the runtime, that answer questions.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use cloudc_driver::STACK;

/// Something to do. It must not unwind.
pub type Task = Box<dyn FnOnce() + Send>;

/// Threads that take tasks in the order in which they came.
pub struct Pool {
    shared: Arc<Shared>,
    /// None when the system gave no thread: then tasks are done where they are given.
    threads: usize,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    news: Condvar,
}

#[derive(Default)]
struct Waiting {
    tasks: VecDeque<Task>,
    closed: bool,
}

impl Pool {
    /// Starts the threads; as many as the system gives.
    pub fn new(name: &str, threads: usize) -> Self {
        let shared = Arc::<Shared>::default();
        let start = || {
            let shared = shared.clone();
            std::thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn(move || work(&shared))
        };
        let threads = (0..threads).filter(|_| start().is_ok()).count();
        Pool { shared, threads }
    }

    /// Has something done.
    pub fn run(&self, task: Task) {
        if self.threads == 0 {
            return task();
        }
        let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.tasks.push_back(task);
        drop(waiting);
        self.shared.news.notify_one();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.news.notify_all();
    }
}

fn work(shared: &Shared) {
    loop {
        let mut waiting = shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let task = loop {
            if let Some(task) = waiting.tasks.pop_front() {
                break task;
            }
            if waiting.closed {
                return;
            }
            waiting = shared.news.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        };
        drop(waiting);
        task();
    }
}
