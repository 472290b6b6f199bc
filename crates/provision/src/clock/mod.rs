//! Time as a step sees it: an instant, and a way to wait for another one.
//!
//! `provision` reads no clock. Whoever runs a plan brings one: `lb` a clock on its runtime's timers, the simulator and
//! the browser a [`VirtualClock`] that never waits.

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

mod virtual_clock;

pub use virtual_clock::{Stuck, VirtualClock};

/// A source of time. Used as `&dyn Clock`.
pub trait Clock: Send + Sync {
    /// The present instant. It never goes back.
    fn now(&self) -> Timestamp;

    /// Ends when `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// `at` moved by `duration`, or the end of time if that is out of range.
#[must_use]
pub fn after(at: Timestamp, duration: Duration) -> Timestamp {
    SignedDuration::try_from(duration)
        .ok()
        .and_then(|d| at.checked_add(d).ok())
        .unwrap_or(Timestamp::MAX)
}

/// How long it is from `from` to `to`; zero if `to` is not later.
#[must_use]
pub fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}
