//! Token buckets: how fast calls may go out before AWS would refuse them.
//!
//! AWS meters each account, region and action family with a bucket of tokens that refills at a fixed rate, and answers
//! `RequestLimitExceeded` when it is empty. Spending from a bucket of the same size on our side keeps calls just under
//! that, so the retries that a refusal costs never happen.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::between;

/// A token bucket. A token may be taken before it exists: the answer is how long to wait for it, so callers are served
/// in the order in which they asked.
#[derive(Clone, Debug)]
pub struct Bucket {
    capacity: f64,
    refill_per_second: f64,
    tokens: f64,
    at: Timestamp,
}

impl Bucket {
    /// A full bucket of `capacity` tokens that gains `refill_per_second`.
    #[must_use]
    pub fn new(capacity: f64, refill_per_second: f64, now: Timestamp) -> Self {
        Self {
            capacity,
            refill_per_second,
            tokens: capacity,
            at: now,
        }
    }

    /// Takes one token and says how long to wait before using it.
    pub fn take(&mut self, now: Timestamp) -> Duration {
        let gained = between(self.at, now).as_secs_f64() * self.refill_per_second;
        self.tokens = (self.tokens + gained).min(self.capacity) - 1.0;
        self.at = self.at.max(now);
        if self.tokens >= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(-self.tokens / self.refill_per_second).unwrap_or(Duration::MAX)
    }

    /// Empties the bucket: AWS refused a call, so its own bucket is emptier than this one thought.
    pub fn drain(&mut self) {
        self.tokens = self.tokens.min(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::after;

    #[test]
    fn a_burst_goes_out_at_once_and_the_rest_at_the_refill_rate() {
        let now = Timestamp::UNIX_EPOCH;
        let mut bucket = Bucket::new(3.0, 2.0, now);
        let waits: Vec<_> = (0..5).map(|_| bucket.take(now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 500, 1000]);
        assert_eq!(bucket.take(after(now, Duration::from_secs(60))), Duration::ZERO);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let now = Timestamp::UNIX_EPOCH;
        let mut bucket = Bucket::new(1.0, 1.0, now);
        let later = after(now, Duration::from_secs(3600));
        assert_eq!(bucket.take(later), Duration::ZERO);
        assert_eq!(bucket.take(later), Duration::from_secs(1));
    }
}
