//! AWS's time. Every answer carries it; a machine whose clock is wrong signs requests that AWS refuses, and takes a
//! living lock for a dead one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime};

use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use jiff::{SignedDuration, Timestamp};

/// Headers tell whole seconds, and answers take a while: less than this is no difference.
const SAME: i64 = 5_000;
/// AWS refuses signatures that are five minutes off.
const TOLERATED: i64 = 240_000;

/// AWS's clock, as its last answer told it. Clones share it.
#[derive(Clone, Debug)]
pub struct ServerClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Timestamp,
    since: Instant,
    /// How far AWS's clock is ahead of this machine's, in milliseconds.
    ahead_ms: AtomicI64,
}

impl ServerClock {
    /// This machine's clock, until AWS has answered.
    #[allow(clippy::new_without_default)]
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            start: Timestamp::now(),
            since: Instant::now(),
            ahead_ms: AtomicI64::new(0),
        }))
    }

    /// The present moment on AWS's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let local = self.local();
        local.checked_add(self.ahead()).unwrap_or(local)
    }

    /// How far AWS's clock is ahead of this machine's, where that is more than AWS tolerates.
    #[must_use]
    pub fn wrong_by(&self) -> Option<SignedDuration> {
        self.moved_since(SignedDuration::ZERO).then(|| self.ahead())
    }

    /// How far AWS's clock is ahead of this machine's.
    pub(super) fn ahead(&self) -> SignedDuration {
        SignedDuration::from_millis(self.0.ahead_ms.load(Ordering::SeqCst))
    }

    /// Whether a signature of that time is refused by now.
    pub(super) fn moved_since(&self, ahead: SignedDuration) -> bool {
        (self.ahead() - ahead).abs().as_millis() >= TOLERATED.into()
    }

    fn local(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.0.since.elapsed()).unwrap_or_default();
        self.0.start.checked_add(passed).unwrap_or(self.0.start)
    }

    /// Takes over what AWS says the time is.
    fn hear(&self, date: Timestamp) {
        let ahead = date.duration_since(self.local());
        let ahead_ms = i64::try_from(ahead.as_millis()).unwrap_or_default();
        let known = self.0.ahead_ms.load(Ordering::SeqCst);
        if (ahead_ms - known).abs() >= SAME {
            self.0.ahead_ms.store(ahead_ms, Ordering::SeqCst);
        }
    }
}

impl TimeSource for ServerClock {
    fn now(&self) -> SystemTime {
        // AWS's time is in this range.
        SystemTime::try_from(Self::now(self)).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

/// Reads the time from every answer, refusals included.
impl Intercept for ServerClock {
    fn name(&self) -> &'static str {
        "ServerClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        if let Some(date) = date.and_then(|date| Timestamp::from_second(date.secs()).ok()) {
            self.hear(date);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_follows_aws_and_does_not_mind_a_second() {
        let clock = ServerClock::new();
        clock.hear(clock.local());
        assert_eq!(clock.ahead(), SignedDuration::ZERO);
        assert_eq!(clock.wrong_by(), None);
        let before = clock.ahead();
        clock.hear(clock.local().checked_sub(SignedDuration::from_mins(10)).unwrap());
        assert!(clock.moved_since(before));
        assert_eq!(clock.wrong_by().map(|off| off.as_mins()), Some(-10));
        clock.hear(clock.local());
        assert_eq!(clock.wrong_by(), None);
    }
}
