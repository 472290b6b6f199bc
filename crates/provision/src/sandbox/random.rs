//! Seeded chance: ids, durations, and what sometimes happens.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A generator that is part of the account's state. Only integer steps and products: every machine draws the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        let mut rng = fastrand::Rng::with_seed(self.state);
        let value = rng.u64(..);
        self.state = rng.get_seed();
        value
    }

    /// In 0..1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in `share` of the cases.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Seconds between `low` and `high`, evenly.
    pub(super) fn between(&mut self, low: f64, high: f64) -> Duration {
        seconds(low + (high - low) * self.unit())
    }

    /// A duration whose median and 95th percentile are given, in seconds: rising straight from three quarters of the
    /// median to it, from there to the 95th percentile, and 15 % beyond for the unlucky rest.
    pub(super) fn lasting(&mut self, median: f64, p95: f64) -> Duration {
        let u = self.unit();
        let step = |from: f64, to: f64, low: f64, high: f64| low + (high - low) * (u - from) / (to - from);
        seconds(if u < 0.5 {
            step(0.0, 0.5, median * 0.75, median)
        } else if u < 0.95 {
            step(0.5, 0.95, median, p95)
        } else {
            step(0.95, 1.0, p95, p95 * 1.15)
        })
    }

    /// 32 bits.
    pub(super) fn bits(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }

    /// `length` digits of the alphabet of 16 or 32.
    fn digits(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| {
                alphabet
                    .get(self.next() as usize % alphabet.len().max(1))
                    .map_or('0', |b| char::from(*b))
            })
            .collect()
    }

    /// `length` hexadecimal digits.
    pub(super) fn hex(&mut self, length: usize) -> String {
        self.digits(b"0123456789abcdef", length)
    }

    /// An EC2 id: the prefix and 17 hexadecimal digits.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{}", self.hex(16))
    }

    /// An IAM id: the prefix and 17 letters or digits.
    pub(super) fn unique_id(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.digits(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17))
    }

    /// A UUID.
    pub(super) fn uuid(&mut self) -> String {
        format!(
            "{}-{}-4{}-a{}-{}",
            self.hex(8),
            self.hex(4),
            self.hex(3),
            self.hex(3),
            self.hex(12)
        )
    }
}

/// Seconds, to the millisecond.
fn seconds(seconds: f64) -> Duration {
    Duration::from_millis((seconds * 1000.0).max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_median_and_the_percentile_that_were_asked_for() {
        let mut random = Random::new(7);
        let mut drawn: Vec<_> = (0..20_000)
            .map(|_| random.lasting(100.0, 130.0).as_secs_f64())
            .collect();
        drawn.sort_by(f64::total_cmp);
        assert!((drawn[10_000] - 100.0).abs() < 1.0, "{}", drawn[10_000]);
        assert!((drawn[19_000] - 130.0).abs() < 1.0, "{}", drawn[19_000]);
        assert!(drawn[0] >= 75.0 && drawn[19_999] < 150.0);
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (
                random.id("vpc"),
                random.uuid(),
                random.unique_id("AROA"),
                random.chance(0.5),
            )
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
