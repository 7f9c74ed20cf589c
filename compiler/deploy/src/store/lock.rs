//! One deployment of a stack at a time.
//!
//! A lock is an object that is only written when there is none (or when it is still the one that was read), so of two that try, one
//! gets it. Its holder writes it again every [`BEAT`]; one that was not for [`PATIENCE`] is dead, and so is one whose process on this
//! machine is gone. Always: only the holder removes a lock, or somebody who forces it and is told whose it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::aws::{Aws, Condition};
use crate::clock;
use crate::error::{Error, codes};

/// How often a holder says that it is alive.
pub const BEAT: Duration = Duration::from_secs(20);
/// How long a silent holder is believed to be alive, in seconds. Clocks may differ by some of it.
pub const PATIENCE: i64 = 120;

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The ARN that AWS knows them by.
    pub arn: String,
    /// The machine.
    pub host: String,
    /// The user there.
    pub user: String,
    /// The process.
    pub process: u32,
    /// Where the number of the process means something: a boot of the machine, and in it a container.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<String>,
    /// When it began, in the ticks of its machine's kernel: numbers of processes come again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub began: Option<u64>,
}

/// A lock as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// What tells it from others: of one run.
    pub id: String,
    /// The stack.
    pub stack: String,
    /// Whose.
    pub owner: Owner,
    /// What for.
    pub reason: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// When the holder was last heard of.
    pub beat: i64,
    /// Until when it holds although nobody is heard of; of locks that a person took.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<i64>,
}

impl Lock {
    /// Whether its holder is gone.
    pub fn is_stale(&self) -> bool {
        match self.until {
            Some(until) => clock::now() > until,
            None => {
                clock::now() - self.beat > PATIENCE
                    || self.owner.place.is_some() && self.owner.place == place() && !is_alive(&self.owner)
            }
        }
    }

    /// Whose it is, for a person.
    pub fn shown(&self) -> String {
        let Owner { user, host, process, .. } = &self.owner;
        let until = self.until.map_or_else(String::new, |until| format!(" until {}", clock::written(until)));
        format!("{user}@{host} (process {process}) since {}{until}: {}", clock::written(self.since), self.reason)
    }
}

/// Whether a process of this machine runs. Where that cannot be known it counts as running, and its silence decides.
fn is_alive(owner: &Owner) -> bool {
    if !std::path::Path::new("/proc/self/stat").exists() {
        return true;
    }
    match process(owner.process) {
        None => false,
        Some((state, began)) => state != 'Z' && owner.began.is_none_or(|known| known == began),
    }
}

/// State and beginning of a process, where the system tells.
/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
fn process(id: u32) -> Option<(char, u64)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name before may hold anything, brackets too.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?.chars().next()?;
    Some((state, fields.nth(18)?.parse().ok()?))
}

/// Where this process runs: two containers of one machine, or two boots of it, count their processes apart.
pub fn place() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(crate::unit::hash(&[boot.trim().as_bytes(), space.to_string_lossy().as_bytes()]).chars().take(16).collect())
}

/// When this process began, where the system tells.
pub fn began() -> Option<u64> {
    process(std::process::id()).map(|(_, began)| began)
}

fn key(stack: &str) -> String {
    format!("locks/{stack}.json")
}

/// A lock that is held. It has to be given back with [`Held::release`]; a process that ends without leaves a stale one.
#[derive(Debug)]
pub struct Held {
    bucket: String,
    lock: Lock,
    tag: Arc<tokio::sync::Mutex<String>>,
    lost: Arc<AtomicBool>,
    beat: tokio::task::JoinHandle<()>,
}

impl Held {
    /// Whether somebody took it away.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Gives it back.
    pub async fn release(self, aws: &Aws) -> Result<(), Error> {
        // Waiting for a beat under way: it would write the lock again after its removal.
        let tag = self.tag.lock().await;
        self.beat.abort();
        if self.lost.load(Ordering::Relaxed) {
            return Ok(());
        }
        aws.delete_object(&self.bucket, &key(&self.lock.stack), Some(&tag)).await.map(|_| ())
    }
}

/// Takes the lock of a stack, waiting at most `wait` for whoever holds it. `until` makes it hold without a process.
pub async fn acquire(aws: &Aws, bucket: &str, stack: &str, owner: &Owner, reason: &str, wait: Duration) -> Result<Held, Error> {
    let lock = new(stack, owner, reason, None);
    let tag = take(aws, bucket, &lock, wait).await?;
    let (tag, lost) = (Arc::new(tokio::sync::Mutex::new(tag)), Arc::new(AtomicBool::new(false)));
    let beat = tokio::spawn(beats(aws.clone(), bucket.to_owned(), lock.clone(), tag.clone(), lost.clone()));
    Ok(Held { bucket: bucket.to_owned(), lock, tag, lost, beat })
}

/// Takes a lock that holds until a moment, without a process that keeps it.
pub async fn force(aws: &Aws, bucket: &str, stack: &str, owner: &Owner, reason: &str, until: i64) -> Result<Lock, Error> {
    let lock = new(stack, owner, reason, Some(until));
    take(aws, bucket, &lock, Duration::ZERO).await.map(|_| lock)
}

fn new(stack: &str, owner: &Owner, reason: &str, until: Option<i64>) -> Lock {
    let now = clock::now();
    let (stack, owner, reason) = (stack.to_owned(), owner.clone(), reason.to_owned());
    Lock { id: clock::unique(), stack, owner, reason, since: now, beat: now, until }
}

async fn take(aws: &Aws, bucket: &str, lock: &Lock, wait: Duration) -> Result<String, Error> {
    let give_up = tokio::time::Instant::now() + wait;
    let mut pause = Duration::from_millis(100);
    let mut when = Condition::Absent;
    loop {
        if let Some(tag) = aws.put_object(bucket, &key(&lock.stack), bytes(lock), &when).await? {
            return Ok(tag);
        }
        let Some((other, tag)) = read(aws, bucket, &lock.stack).await? else {
            when = Condition::Absent;
            continue;
        };
        match other {
            // An answer was lost and the write made again.
            Some(other) if other.id == lock.id => return Ok(tag),
            Some(other) if !other.is_stale() => {
                if tokio::time::Instant::now() >= give_up {
                    return Err(locked(&other));
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
                when = Condition::Absent;
            }
            // Its holder is gone, or it is no lock that could be read.
            _ => when = Condition::Unchanged(tag),
        }
    }
}

fn locked(other: &Lock) -> Error {
    let help =
        format!("wait for it (`--lock-wait 10m`), or `cloudc unlock {} --force` if you know that nobody is at work", other.stack);
    Error::new(codes::LOCKED, format!("`{}` is locked by {}", other.stack, other.shown())).help(help)
}

fn bytes(lock: &Lock) -> Vec<u8> {
    serde_json::to_vec_pretty(lock).unwrap_or_default()
}

/// The lock of a stack with its entity tag; one that cannot be read is `None` inside.
async fn read(aws: &Aws, bucket: &str, stack: &str) -> Result<Option<(Option<Lock>, String)>, Error> {
    super::read(aws, bucket, &key(stack)).await
}

/// Writes the lock again and again.
async fn beats(aws: Aws, bucket: String, lock: Lock, tag: Arc<tokio::sync::Mutex<String>>, lost: Arc<AtomicBool>) {
    loop {
        tokio::time::sleep(BEAT).await;
        let mut tag = tag.lock().await;
        let now = Lock { beat: clock::now(), ..lock.clone() };
        match aws.put_object(&bucket, &key(&lock.stack), bytes(&now), &Condition::Unchanged(tag.clone())).await {
            Ok(Some(new)) => *tag = new,
            Ok(None) => match read(&aws, &bucket, &lock.stack).await {
                Ok(Some((Some(other), new))) if other.id == lock.id => *tag = new,
                Ok(_) => {
                    lost.store(true, Ordering::Relaxed);
                    return;
                }
                Err(_) => {}
            },
            // The next beat is soon enough.
            Err(_) => {}
        }
    }
}

/// The lock of a stack, if there is one.
pub async fn peek(aws: &Aws, bucket: &str, stack: &str) -> Result<Option<Lock>, Error> {
    Ok(read(aws, bucket, stack).await?.and_then(|(lock, _)| lock))
}

/// All locks of the bucket.
pub async fn locks(aws: &Aws, bucket: &str) -> Result<Vec<Lock>, Error> {
    let mut all = Vec::new();
    for key in aws.keys(bucket, "locks/").await? {
        all.extend(super::read::<Lock>(aws, bucket, &key).await?.and_then(|(lock, _)| lock));
    }
    Ok(all)
}

/// Removes the lock of a stack; somebody else's only with `force`. Gives whose it was.
pub async fn unlock(aws: &Aws, bucket: &str, stack: &str, owner: &Owner, force: bool) -> Result<Option<Lock>, Error> {
    let Some((lock, tag)) = read(aws, bucket, stack).await? else { return Ok(None) };
    if let Some(other) = &lock {
        let mine = other.owner.arn == owner.arn && other.owner.user == owner.user && other.until.is_some();
        if !force && !mine && !other.is_stale() {
            return Err(locked(other));
        }
    }
    aws.delete_object(bucket, &key(stack), Some(&tag)).await?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::{Lock, Owner, PATIENCE};
    use crate::clock;

    fn lock(beat: i64, until: Option<i64>, process: u32) -> Lock {
        let owner = Owner {
            arn: String::new(),
            host: "here".to_owned(),
            user: "me".to_owned(),
            process,
            place: super::place(),
            began: None,
        };
        Lock { id: "1".to_owned(), stack: "s".to_owned(), owner, reason: "deploy".to_owned(), since: beat, beat, until }
    }

    #[test]
    fn silence_makes_a_lock_stale() {
        assert!(!lock(clock::now(), None, 1).is_stale());
        assert!(lock(clock::now() - PATIENCE - 1, None, 1).is_stale());
        let mut elsewhere = lock(clock::now(), None, u32::MAX - 1);
        elsewhere.owner.place = Some("another container".to_owned());
        assert!(!elsewhere.is_stale(), "its processes are not seen from here");
    }

    #[test]
    fn a_lock_until_a_moment_holds_that_long() {
        assert!(!lock(0, Some(clock::now() + 60), 0).is_stale());
        assert!(lock(clock::now(), Some(clock::now() - 1), std::process::id()).is_stale());
    }

    #[test]
    fn a_process_of_this_machine_that_is_gone_holds_nothing() {
        assert!(!lock(clock::now(), None, std::process::id()).is_stale());
        if super::began().is_some() {
            assert!(lock(clock::now(), None, u32::MAX - 1).is_stale());
            let mut other = lock(clock::now(), None, std::process::id());
            other.owner.began = super::began().map(|began| began + 1);
            assert!(other.is_stale(), "its number came again");
        }
    }
}
