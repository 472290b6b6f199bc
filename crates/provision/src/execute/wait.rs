//! When to ask whether something is ready.

use std::time::Duration;

/// At most one poll of an object in this time.
pub const POLL_INTERVAL: Duration = Duration::from_secs(10);

/// How long something takes on AWS: seconds in samples from public logs (`usual` the median, `slow` the 95th
/// percentile), and when to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Half of them are ready by then.
    pub usual: Duration,
    /// Nearly all are ready by then.
    pub slow: Duration,
    /// None takes longer and comes to a good end.
    pub limit: Duration,
}

impl Expected {
    /// Durations in seconds.
    #[must_use]
    pub const fn seconds(usual: u64, slow: u64, limit: u64) -> Self {
        Self {
            usual: Duration::from_secs(usual),
            slow: Duration::from_secs(slow),
            limit: Duration::from_secs(limit),
        }
    }

    /// How long to wait before asking again, `elapsed` after the start: first until the object may be ready at all,
    /// then often, as the moment is near; rarely once it is later than nearly all of its kind. `None` past the limit.
    #[must_use]
    pub fn next_poll(&self, elapsed: Duration) -> Option<Duration> {
        let earliest = self.usual * 3 / 4;
        if elapsed >= self.limit {
            None
        } else if elapsed < earliest {
            Some((earliest - elapsed).max(Duration::from_secs(1)))
        } else if elapsed < self.slow {
            Some(POLL_INTERVAL)
        } else {
            Some(POLL_INTERVAL * 2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments, in seconds after the start, at which something is asked.
    fn polls(expected: Expected) -> Vec<u64> {
        let mut elapsed = Duration::ZERO;
        let mut moments = vec![];
        while let Some(wait) = expected.next_poll(elapsed) {
            elapsed += wait;
            moments.push(elapsed.as_secs());
        }
        moments
    }

    #[test]
    fn first_when_it_may_be_ready_then_often_then_rarely() {
        assert_eq!(
            polls(Expected::seconds(40, 60, 120)),
            [30, 40, 50, 60, 80, 100, 120]
        );
    }

    #[test]
    fn a_control_plane_is_asked_for_rarely_enough() {
        let moments = polls(Expected::seconds(585, 780, 1800));
        assert!(
            moments
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= POLL_INTERVAL.as_secs())
        );
        assert!(
            moments.iter().filter(|&&moment| moment <= 585).count() < 20,
            "{moments:?}"
        );
    }
}
