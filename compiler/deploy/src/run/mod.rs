//! Bringing a stack to what its program says.
//!
//! [`prepare`] takes the stack out of whatever state it is in, uploads, and asks CloudFormation for a change set: the plan. [`apply`]
//! executes it and watches. Always: every step can be done again after the process died at any moment; a change set that nobody
//! executes is removed again; nothing here prints, a [`Watcher`] is told.

mod apply;
mod destroy;
mod failure;
mod parameters;
pub mod policy;
mod prepare;
pub mod publish;
mod set;
mod settle;
mod stages;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::aws::{Event, Stack};
use crate::plan::Plan;
use crate::status::Status;
use crate::upload::Sent;

pub use apply::{Applied, Author, apply, fingerprint, is_unchanged, record};
pub use destroy::{Destroyed, blockers, destroy};
pub use failure::{Failure, advice};
pub use parameters::{Given, HIDDEN, given, is_secret};
pub use prepare::{Prepared, discard, prepare, read_template};
pub use set::set_template;
pub use settle::{Settle, look, settle};
pub use stages::Stage;
pub use watch::{Ended, watch};

/// How a deployment is to go.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where templates, assets, history and locks are.
    pub bucket: String,
    /// Values of parameters from the command line, by logical id.
    pub parameters: BTreeMap<String, String>,
    /// The role that CloudFormation acts as.
    pub role: Option<String>,
    /// Capabilities that the user agrees to beside those that the program needs.
    pub capabilities: Vec<String>,
    /// Resources that a rollback which failed is to go on without.
    pub skip: Vec<String>,
    /// Pause between two looks at a stack, at first and at most.
    pub pace: (Duration, Duration),
    /// What the user wishes meanwhile.
    pub wish: tokio::sync::watch::Receiver<Wish>,
}

/// Pause between two looks at a stack, at first and at most.
const PACE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(4));

impl Settings {
    /// With nothing chosen.
    pub fn new(bucket: String, wish: tokio::sync::watch::Receiver<Wish>) -> Self {
        let (parameters, role) = (BTreeMap::new(), None);
        Settings { bucket, parameters, role, capabilities: Vec::new(), skip: Vec::new(), pace: PACE, wish }
    }
}

/// What the user wishes while a deployment goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    Continue,
    /// Go back to what was before.
    Cancel,
    /// Stop watching; CloudFormation goes on.
    Detach,
}

/// What is told while something goes on.
#[derive(Debug, Clone)]
pub enum News<'a> {
    /// An operation that somebody began is waited for.
    Attached(&'a Stack),
    /// What a failed attempt left is removed, before the stack is made again.
    Clearing(&'a Stack),
    /// A rollback that failed is taken up again.
    Continuing(&'a Stack),
    /// Assets were uploaded.
    Uploaded(Sent),
    /// The plan is made.
    Planned(&'a Plan),
    /// It begins.
    Begun {
        /// How many resources it touches.
        resources: usize,
        /// How long they took last time, in seconds, by logical id.
        took: &'a BTreeMap<String, u32>,
    },
    /// Something happened.
    Event(&'a Event),
    /// CloudFormation is still at it, and nothing happened.
    Waiting(&'a Status),
    /// The update is being taken back, because the user wished so.
    Cancelling,
}

/// Is told what goes on.
pub trait Watcher: Send + Sync {
    /// Something about a stack.
    fn tell(&self, stack: &str, news: News<'_>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Watcher for Silent {
    fn tell(&self, _: &str, _: News<'_>) {}
}
