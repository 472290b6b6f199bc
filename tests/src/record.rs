//! The calls of an `lb`, as it wrote them down.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, fs, path::Path};

/// One call.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Call {
    /// When, by the account's clock.
    pub at: Timestamp,
    /// The service, under botocore's name.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The input, under the API's names.
    pub parameters: Value,
}

impl Call {
    /// Service and operation.
    pub fn name(&self) -> String {
        format!("{} {}", self.service, self.operation)
    }
}

/// The calls in a file that `LB_RECORD` named; none if there is no file.
///
/// # Errors
/// The file is something else.
pub fn read(path: &Path) -> Result<Vec<Call>, String> {
    let Ok(text) = fs::read_to_string(path) else {
        return Ok(Vec::new());
    };
    let parse = |line| serde_json::from_str(line).map_err(|error| format!("{error} in {line}"));
    text.lines().map(parse).collect()
}

/// How often each operation was called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<String, usize>);

impl Counts {
    /// Of these calls.
    pub fn of<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Self {
        let mut counts = BTreeMap::new();
        for call in calls {
            *counts.entry(call.name()).or_default() += 1;
        }
        Self(counts)
    }

    /// Of all operations together.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, times) in &self.0 {
            writeln!(f, "{times:>5}  {name}")?;
        }
        write!(f, "{:>5}  in all", self.total())
    }
}
