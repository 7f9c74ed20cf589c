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
pub mod state;

use crate::aws::Aws;
use crate::error::Error;

pub use history::{History, Outcome, Record, Value};
pub use lock::{Held, Lock, Owner, acquire, began, force, locks, peek, place, unlock};

/// The bucket's name, unless the user chose one.
pub fn default_bucket(account: &str, region: &str) -> String {
    format!("cloudc-{account}-{region}")
}

/// An object as what it stands for, with its entity tag; nothing when there is none. What cannot be read is asked for again, because an
/// answer may have been cut off, and is `None` inside only when it stays so.
pub(crate) async fn read<T: serde::de::DeserializeOwned>(
    aws: &Aws,
    bucket: &str,
    key: &str,
) -> Result<Option<(Option<T>, String)>, Error> {
    let mut tag = String::new();
    for pause in [0, 100, 400] {
        tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
        let Some(object) = aws.whole_object(bucket, key).await? else { return Ok(None) };
        if let Ok(found) = serde_json::from_slice(&object.bytes) {
            return Ok(Some((Some(found), object.tag)));
        }
        tag = object.tag;
    }
    Ok(Some((None, tag)))
}
