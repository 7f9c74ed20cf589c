//! What Ctrl-C means while watching: the end of it, at once or after the round; during a deployment that asks itself, nothing here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::aws::local;
use crate::output;

/// Whether somebody wants to stop.
#[derive(Debug, Clone)]
pub struct Stop {
    wished: Arc<watch::Sender<bool>>,
    /// While a deployment is under way: whether an interrupt is its question.
    deploying: Arc<Mutex<Option<Arc<AtomicBool>>>>,
}

impl Stop {
    /// Listens from now on.
    pub fn listen() -> Stop {
        let stop = Stop { wished: Arc::new(watch::channel(false).0), deploying: Arc::default() };
        let heard = stop.clone();
        tokio::spawn(async move {
            while local::interrupt().await.is_ok() {
                heard.interrupted();
            }
        });
        stop
    }

    fn interrupted(&self) {
        let deploying = self.deploying.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match deploying {
            // It asks what is meant.
            Some(asks) if asks.load(Ordering::Relaxed) => {}
            // Nothing was begun yet, and somebody may sit before a question: as with `cloudc deploy`, this ends everything.
            Some(_) => {
                output::line("");
                std::process::exit(0);
            }
            None => self.wish(),
        }
    }

    /// Ends it.
    pub fn wish(&self) {
        self.wished.send_replace(true);
    }

    /// Whether it is to end.
    pub fn is_wished(&self) -> bool {
        *self.wished.borrow()
    }

    /// Comes when it is to end.
    pub async fn wished(&self) {
        let mut wished = self.wished.subscribe();
        // The sender lives as long as this does.
        let _ = wished.wait_for(|wished| *wished).await;
    }

    /// A deployment begins, and tells when an interrupt is for it; or it is over.
    pub fn deploying(&self, asks: Option<Arc<AtomicBool>>) {
        *self.deploying.lock().unwrap_or_else(PoisonError::into_inner) = asks;
    }
}
