//! More than one processor: the same job for many things at once, and the schema decoded ahead.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cloudc_base::{Content, File};
use cloudc_hir::DeclKind;
use cloudc_schema::Schema;

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

/// Lowers and types a file from its end, on a thread of its own while
/// `main` begins at its beginning: another processor would have nothing to do.
pub fn ahead<R>(db: &Database, file: File, main: impl FnOnce() -> R) -> R {
    let aside = db.clone();
    let backwards = move || {
        cloudc_hir::lower_backwards(&aside, file);
        type_backwards(&aside, file);
    };
    beside(backwards, main).1
}

/// Types what has no ring through components, types or functions: what is said of a ring depends on where it is entered.
fn type_backwards(db: &Database, file: File) {
    let all = cloudc_hir::all_declarations(db, file);
    let plain = [DeclKind::Param, DeclKind::Let, DeclKind::Resource, DeclKind::Output, DeclKind::If, DeclKind::Stack];
    if all.iter().all(|decl| plain.contains(&decl.kind(db))) {
        for decl in all.iter().rev() {
            cloudc_types::typed(db, *decl);
        }
    }
}

/// Decodes what the schema knows about the types that files name, on a thread of its own: while this one parses, another
/// processor would have nothing to do.
pub fn warm(db: &Database, schema: Schema, files: impl IntoIterator<Item = File>) {
    let text = |file: File| match file.content(db) {
        Content::Text(text) => Some(text.clone()),
        _ => None,
    };
    warm_types(schema, files.into_iter().filter_map(text).collect());
}

/// The same for texts that are no files of a database.
pub fn warm_types(schema: Schema, texts: Vec<Arc<str>>) {
    if is_several() {
        // Without the thread everything is decoded when it is needed.
        let _ = std::thread::Builder::new().spawn(move || {
            for ty in texts.iter().flat_map(|text| type_names(text)).filter_map(|name| schema.ty(name)) {
                ty.body();
            }
        });
    }
}

/// Does `main`, and at the same time `aside` where there is a processor for it.
pub fn beside<A: Send, B>(aside: impl FnOnce() -> A + Send, main: impl FnOnce() -> B) -> (Option<A>, B) {
    if !is_several() {
        return (None, main());
    }
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, aside);
        let done = main();
        match worker.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(answer)) => (Some(answer), done),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => (None, done),
        }
    })
}

/// Frees something large, on a thread of its own where there is one.
pub fn discard<T: Send + 'static>(everything: T) {
    if is_several() {
        // Without the thread it is freed here, with the job.
        let _ = std::thread::Builder::new().stack_size(STACK).spawn(move || drop(everything));
    }
}

fn is_several() -> bool {
    std::thread::available_parallelism().is_ok_and(|count| count.get() > 1)
}

/// Whatever looks like the name of a type, also in comments and texts.
fn type_names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("AWS::").map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != ':');
        &rest[..end.unwrap_or(rest.len())]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_names_end() {
        let names: Vec<&str> = type_names("resource a: AWS::SQS::Queue {} // AWS::S3::Bucket").collect();
        assert_eq!(names, ["AWS::SQS::Queue", "AWS::S3::Bucket"]);
    }
}
