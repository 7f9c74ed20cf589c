//! The same job for many things at once, on snapshots of a database.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Database, STACK};

/// Runs `job` for each item on as many threads as the machine has; answers come in the order of the items.
///
/// What is shared between items is computed once: the snapshots share their memory. One item needs no further thread.
pub fn for_each<T: Sync, R: Send>(db: &Database, items: &[T], job: impl Fn(&Database, &T) -> R + Sync) -> Vec<R> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(items.len());
    if workers <= 1 {
        return items.iter().map(|item| job(db, item)).collect();
    }
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let snapshot = db.clone();
            let (next, answers, job) = (&next, &answers, &job);
            let work = move || {
                while let Some((index, item)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
                {
                    let answer = job(&snapshot, item);
                    answers.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[index] = Some(answer);
                }
            };
            // A thread less is only slower; the last resort is below.
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        }
    });
    let answers = answers.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    answers.into_iter().zip(items).map(|(answer, item)| answer.unwrap_or_else(|| job(db, item))).collect()
}
