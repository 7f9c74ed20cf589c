//! What is kept beside the stacks: history, templates and locks, as objects in a bucket of the account and region.
//!
//! | key | |
//! |---|---|
//! | `history/STACK/000001.json` | a [`Record`] for each deployment |
//! | `heads/STACK.json` | the newest of them, for a quick look |
//! | `templates/SHA256.json` | templates by content |
//! | `locks/STACK.json` | who is at work |
//! | `assets/…` | what stacks upload, by content |
//!
//! Always: the truth about resources is the stack; losing everything here loses the past, not the present. No secret is in it.

mod history;
mod lock;

pub use history::{History, Outcome, Record, Value};
pub use lock::{Held, Lock, Owner, acquire, began, force, locks, peek, unlock};

/// The bucket's name, unless the user chose one.
pub fn default_bucket(account: &str, region: &str) -> String {
    format!("cloudc-{account}-{region}")
}
