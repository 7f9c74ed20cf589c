//! Every attempt to call AWS: counted, timed, and told to whoever listens.
//!
//! Always: only names, times and results are kept. Parameters never are, so no secret can be among them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// One attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `CloudFormation.DescribeStacks`.
    pub operation: String,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// How long it took.
    pub took: Duration,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Whether the answer was one that could be used.
    pub fine: bool,
}

/// Told of every attempt.
pub type Listener = dyn Fn(&Call) + Send + Sync;

/// The log of calls, shared by all clients of a process.
#[derive(Clone, Default)]
pub struct Calls {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    listener: Option<Box<Listener>>,
    attempts: AtomicU64,
    busy: Mutex<Busy>,
}

/// How long at least one call was under way.
#[derive(Default)]
struct Busy {
    under_way: usize,
    since: Option<Instant>,
    total: Duration,
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Calls({})", self.attempts())
    }
}

impl Calls {
    /// A log that tells each attempt to a listener.
    pub fn told_to(listener: impl Fn(&Call) + Send + Sync + 'static) -> Self {
        Calls { shared: Arc::new(Shared { listener: Some(Box::new(listener)), ..Shared::default() }) }
    }

    /// How many attempts there were.
    pub fn attempts(&self) -> u64 {
        self.shared.attempts.load(Ordering::Relaxed)
    }

    /// How long at least one call was under way: what is left of the time of a command is its own.
    pub fn waited(&self) -> Duration {
        let busy = self.shared.busy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        busy.total + busy.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn begin(&self) {
        let mut busy = self.shared.busy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        busy.under_way += 1;
        busy.since.get_or_insert_with(Instant::now);
    }

    fn end(&self) {
        let mut busy = self.shared.busy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        busy.under_way = busy.under_way.saturating_sub(1);
        if busy.under_way == 0
            && let Some(since) = busy.since.take()
        {
            busy.total += since.elapsed();
        }
    }
}

/// What is remembered between the ends of an attempt.
#[derive(Debug, Clone)]
struct Begun {
    at: Instant,
    attempt: u32,
}

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "CallLog"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempt = bag.load::<Begun>().map_or(1, |begun| begun.attempt + 1);
        bag.interceptor_state().store_put(Begun { at: Instant::now(), attempt });
        self.begin();
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.end();
        self.shared.attempts.fetch_add(1, Ordering::Relaxed);
        if let (Some(listener), Some(begun)) = (&self.shared.listener, bag.load::<Begun>()) {
            let operation =
                bag.load::<Metadata>().map_or_else(String::new, |about| format!("{}.{}", about.service(), about.name()));
            listener(&Call {
                operation,
                attempt: begun.attempt,
                took: begun.at.elapsed(),
                status: context.response().map(|response| response.status().as_u16()),
                fine: matches!(context.output_or_error(), Some(Ok(_))),
            });
        }
        Ok(())
    }
}
