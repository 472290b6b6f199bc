//! Objects under their ids, with the moments from which reads see them, and the filters of Describe calls.

use super::Refusal;
use crate::operations::ec2::{Filter, Tag};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From when reads see an object: EC2's reads lag behind its writes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// Reads by id, and calls that name it.
    pub(super) id: Timestamp,
    /// Reads by filter.
    pub(super) filter: Timestamp,
}

impl Seen {
    /// What was always there.
    pub(super) const ALWAYS: Self = Self {
        id: Timestamp::MIN,
        filter: Timestamp::MIN,
    };
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Held<T> {
    value: T,
    seen: Seen,
}

/// Objects of a kind, by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Shelf<T>(BTreeMap<String, Held<T>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Shelf<T> {
    pub(super) fn insert(&mut self, id: impl Into<String>, value: T, seen: Seen) {
        self.0.insert(id.into(), Held { value, seen });
    }

    /// As the account knows it, whether reads see it already or not.
    pub(super) fn get(&self, id: &str) -> Option<&T> {
        self.0.get(id).map(|held| &held.value)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.0.get_mut(id).map(|held| &mut held.value)
    }

    /// As a call that names it sees it.
    pub(super) fn named(&self, id: &str, now: Timestamp) -> Option<&T> {
        self.0
            .get(id)
            .filter(|held| held.seen.id <= now)
            .map(|held| &held.value)
    }

    /// The same, to change it.
    pub(super) fn named_mut(&mut self, id: &str, now: Timestamp) -> Option<&mut T> {
        self.0
            .get_mut(id)
            .filter(|held| held.seen.id <= now)
            .map(|held| &mut held.value)
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<T> {
        self.0.remove(id).map(|held| held.value)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.0.values().map(|held| &held.value)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.values_mut().map(|held| &mut held.value)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.0.retain(|_, held| keep(&held.value));
    }
}

/// What filters look at.
pub(super) trait Described {
    /// Its tags.
    fn tags(&self) -> &[Tag];

    /// Whether the field of that filter passes the test; None if there is no such filter.
    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool>;
}

impl<T: Described> Shelf<T> {
    /// A Describe call: every id must exist, every filter pass; without ids, what reads by filter do not see yet is
    /// missing.
    pub(super) fn describe(
        &self,
        ids: &[String],
        filters: &[Filter],
        now: Timestamp,
        missing: impl Fn(&str) -> Refusal,
    ) -> Result<Vec<&T>, Refusal> {
        let candidates: Vec<&T> = if ids.is_empty() {
            self.0
                .values()
                .filter(|held| held.seen.filter <= now)
                .map(|held| &held.value)
                .collect()
        } else {
            ids.iter()
                .map(|id| self.named(id, now).ok_or_else(|| missing(id)))
                .collect::<Result<_, _>>()?
        };
        let mut found = Vec::new();
        for candidate in candidates {
            if passes_all(candidate, filters)? {
                found.push(candidate);
            }
        }
        Ok(found)
    }
}

/// Whether an object passes every filter.
pub(super) fn passes_all<T: Described>(object: &T, filters: &[Filter]) -> Result<bool, Refusal> {
    for filter in filters {
        let test = |value: &str| filter.values.iter().any(|pattern| matches(pattern, value));
        let passes = if let Some(key) = filter.name.strip_prefix("tag:") {
            object.tags().iter().any(|tag| tag.key == key && test(&tag.value))
        } else if filter.name == "tag-key" {
            object.tags().iter().any(|tag| test(&tag.key))
        } else {
            object.passes(&filter.name, &test).ok_or_else(|| {
                Refusal::new(
                    "InvalidParameterValue",
                    format!("The filter '{}' is invalid", filter.name),
                )
            })?
        };
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

/// EC2's wildcards: `*` any text, `?` one character, a backslash before either means itself.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut pattern_rest = pattern.chars();
    let Some(first) = pattern_rest.next() else {
        return text.is_empty();
    };
    let mut text_rest = text.chars();
    match first {
        '*' => (0..=text.len())
            .filter_map(|start| text.get(start..))
            .any(|rest| matches(pattern_rest.as_str(), rest)),
        '?' => text_rest.next().is_some() && matches(pattern_rest.as_str(), text_rest.as_str()),
        '\\' => match pattern_rest.next() {
            Some(literal) => {
                text_rest.next() == Some(literal) && matches(pattern_rest.as_str(), text_rest.as_str())
            }
            None => text == "\\",
        },
        literal => text_rest.next() == Some(literal) && matches(pattern_rest.as_str(), text_rest.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("leaderboard-1", "leaderboard-10", false),
            ("leaderboard-1*", "leaderboard-10", true),
            ("*-10", "leaderboard-10", true),
            ("leaderboard-??", "leaderboard-10", true),
            ("leaderboard-?", "leaderboard-10", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
