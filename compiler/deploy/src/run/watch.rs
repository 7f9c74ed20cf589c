//! Following an operation of CloudFormation to its end.
//!
//! Always: events are told once and in the order in which they happened; the end is the status of the stack itself, not an event,
//! so a lost event loses nothing.

use std::time::{Duration, Instant};

use super::{News, Settings, Watcher, Wish};
use crate::aws::{Aws, Event, Stack};
use crate::clock;
use crate::error::Error;

/// Events looked at in one go: more than a stack of 500 resources makes between two looks.
const MOST: usize = 5_000;

/// How an operation ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The stack, or nothing when it was deleted or is not watched any more.
    pub stack: Option<Stack>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// Whether the user stopped watching.
    pub detached: bool,
    /// Whether the user had it taken back.
    pub cancelled: bool,
}

/// Follows a stack, by ARN, until CloudFormation is done with it. `after` is the newest event that is known already.
pub async fn watch(
    aws: &Aws,
    name: &str,
    stack_id: &str,
    after: Option<String>,
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<Ended, Error> {
    let mut known = after;
    let mut events: Vec<Event> = Vec::new();
    let (first, most) = settings.pace;
    let mut pause = first;
    let mut wish = settings.wish.clone();
    let mut cancelled = false;
    let mut told = Instant::now();
    loop {
        // The stack first: what happens after this look is still among the events, or comes with the next look.
        let stack = aws.stack(stack_id).await?;
        let fresh = aws.events(stack_id, known.as_deref(), MOST).await?;
        known = fresh.first().map(|event| event.id.clone()).or(known);
        let quiet = fresh.is_empty();
        for event in fresh.into_iter().rev() {
            watcher.tell(name, News::Event(&event));
            events.push(event);
        }
        match stack {
            Some(stack) if stack.status.in_progress() => {
                if quiet && told.elapsed() > Duration::from_secs(30) {
                    watcher.tell(name, News::Waiting(&stack.status));
                    told = Instant::now();
                }
                if *wish.borrow_and_update() == Wish::Cancel && !cancelled && stack.status.as_str() == "UPDATE_IN_PROGRESS" {
                    cancelled = true;
                    watcher.tell(name, News::Cancelling);
                    aws.cancel_update(name, &format!("cancel-{}", clock::unique())).await?;
                }
            }
            stack => return Ok(Ended { stack, events, detached: false, cancelled }),
        }
        if !quiet {
            (pause, told) = (first, Instant::now());
        }
        if *wish.borrow() == Wish::Detach {
            return Ok(Ended { stack: None, events, detached: true, cancelled });
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = wish.changed() => if changed.is_err() { tokio::time::sleep(pause).await },
        }
        pause = (pause * 3 / 2).min(most);
    }
}
