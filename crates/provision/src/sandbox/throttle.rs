//! AWS's token buckets: how many calls the account takes.

use crate::operations::Info;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The buckets of a region. EC2 meters every action by itself; the others are taken to meter families.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Throttle(BTreeMap<String, Level>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

impl Throttle {
    /// Takes a token; false if there is none.
    pub(super) fn take(&mut self, info: &Info, now: Timestamp) -> bool {
        let key = if info.service == "ec2" {
            info.operation
        } else {
            info.family.name
        };
        let full = Level {
            tokens: info.family.capacity,
            at: now,
        };
        if !self.0.contains_key(key) {
            self.0.insert(key.to_owned(), full);
        }
        let Some(level) = self.0.get_mut(key) else {
            return true;
        };
        let gained = now.duration_since(level.at).as_secs_f64().max(0.0) * info.family.refill_per_second;
        level.tokens = (level.tokens + gained).min(info.family.capacity);
        level.at = level.at.max(now);
        let enough = level.tokens >= 1.0;
        if enough {
            level.tokens -= 1.0;
        }
        enough
    }
}
