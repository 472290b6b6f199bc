//! The calls of an `lb`, as it wrote them down.

use jiff::{SignedDuration, Timestamp};
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

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To look, or to change something.
    Work,
    /// To see whether something is ready that takes its time.
    Poll,
    /// A change once more, because AWS did not know yet what it rests on.
    Again,
    /// To say that the holder of the lock is alive.
    Heartbeat,
    /// To see whether somebody holds the lock, and whether it is still ours.
    LockCheck,
}

/// How the names of locks begin.
const LOCK: &str = "lb-lock-";
/// The beginnings of operations that only look.
const LOOKS: [&str; 3] = ["Describe", "Get", "List"];
/// What is asked to see whether something is ready: one object, or the nodes that have joined.
const POLLS: [&str; 5] = [
    "DescribeAddon",
    "DescribeAutoScalingGroups",
    "DescribeCluster",
    "DescribeNatGateways",
    "List",
];
/// At most one poll of an object in this time.
const POLL_INTERVAL: SignedDuration = SignedDuration::from_secs(10);

/// The calls of a run with what each is for. A look at the whole cluster begins with its VPC, by its tags, or with the
/// lock, and goes on until something is changed; such operations beside a look wait for something.
pub fn purposes<'c>(calls: &'c [Call]) -> Vec<(Purpose, &'c Call)> {
    let lock = calls.iter().find(|call| {
        let name = call.parameters.get("LaunchTemplateName").and_then(Value::as_str);
        call.operation == "CreateLaunchTemplate" && name.is_some_and(|name| name.starts_with(LOCK))
    });
    let data = |call: &Call| call.parameters.get("LaunchTemplateData").cloned();
    let locked = lock.and_then(data);
    let (mut looking, mut changes) = (true, Vec::new());
    let purpose = |call: &'c Call| {
        let Call {
            operation,
            parameters,
            ..
        } = call;
        if operation == "CreateLaunchTemplateVersion" && data(call) == locked {
            return Purpose::Heartbeat;
        }
        let of_lock = |name: &Value| name.as_str().is_some_and(|name| name.starts_with(LOCK));
        if operation == "DescribeLaunchTemplates"
            && (parameters.get("LaunchTemplateIds").is_some()
                || parameters.pointer("/LaunchTemplateNames/0").is_some_and(of_lock))
        {
            return Purpose::LockCheck;
        }
        if LOOKS.iter().any(|look| operation.starts_with(look)) {
            looking |= operation == "DescribeVpcs" && parameters.get("Filters").is_some();
            let is_poll = !looking && POLLS.contains(&operation.as_str());
            return if is_poll { Purpose::Poll } else { Purpose::Work };
        }
        looking = lock.is_some_and(|lock| lock == call);
        if changes.contains(&(operation, parameters)) {
            return Purpose::Again;
        }
        changes.push((operation, parameters));
        Purpose::Work
    };
    let purposes: Vec<Purpose> = calls.iter().map(purpose).collect();
    purposes.into_iter().zip(calls).collect()
}

/// Polls that came too soon after the one before them.
pub fn hurried(calls: &[Call]) -> Vec<String> {
    let polls = purposes(calls).into_iter();
    let polls: Vec<&Call> = polls
        .filter_map(|(purpose, call)| (purpose == Purpose::Poll).then_some(call))
        .collect();
    let mut hurried = Vec::new();
    for (place, poll) in polls.iter().enumerate() {
        let same = |other: &&&Call| other.operation == poll.operation && other.parameters == poll.parameters;
        if let Some(before) = polls.iter().take(place).rfind(same)
            && poll.at.duration_since(before.at) < POLL_INTERVAL
        {
            hurried.push(format!("{} at {} and {}", poll.name(), before.at, poll.at));
        }
    }
    hurried
}

/// How often each operation was called, by purpose.
pub fn counts(calls: &[Call]) -> BTreeMap<Purpose, Counts> {
    let mut counts: BTreeMap<Purpose, Counts> = BTreeMap::new();
    for (purpose, call) in purposes(calls) {
        *counts
            .entry(purpose)
            .or_default()
            .0
            .entry(call.name())
            .or_default() += 1;
    }
    counts
}

/// How often each operation was called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<String, usize>);

impl Counts {
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
