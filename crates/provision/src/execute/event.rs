//! What a run tells whoever watches it.

use std::time::Duration;

use jiff::Timestamp;

use super::Failure;
use crate::key::Key;
use crate::plan::Plan;

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// A step began.
    Started {
        /// Its place in the plan.
        step: usize,
        /// The object that it is about.
        key: &'a Key,
    },
    /// A step waits for AWS.
    Waiting {
        /// Its place in the plan.
        step: usize,
        /// The object that it is about.
        key: &'a Key,
        /// Since when it has been waiting.
        elapsed: Duration,
        /// How long this usually takes.
        expected: Duration,
        /// The object's state in AWS's word, and AWS's reason where it gives one.
        state: &'a str,
    },
    /// A call is made again.
    Retried {
        /// The object that it is for, if it is for one.
        key: Option<&'a Key>,
        /// The API's operation.
        operation: &'static str,
        /// AWS's code.
        code: &'a str,
        /// How often it has been made.
        attempts: u32,
        /// How long until it is made again.
        pause: Duration,
    },
    /// A step is done.
    Done {
        /// Its place in the plan.
        step: usize,
        /// The object that it is about.
        key: &'a Key,
        /// The object's id; empty where it has none.
        id: &'a str,
        /// How long the step took.
        elapsed: Duration,
    },
    /// A step failed. Its siblings go on.
    Failed {
        /// Its place in the plan.
        step: usize,
        /// The object that it is about.
        key: &'a Key,
        /// Why.
        failure: &'a Failure,
    },
    /// A node joined and takes pods.
    NodeReady {
        /// Its nodegroup.
        nodegroup: &'a str,
        /// Its name in Kubernetes.
        node: &'a str,
    },
    /// AWS tells why something that is waited for does not come. Told once for each reason.
    Trouble {
        /// The object that is waited for.
        key: &'a Key,
        /// The reason, in a sentence.
        reason: &'a str,
    },
    /// The lock of a run that is no longer alive was taken over.
    LockTakenOver {
        /// Who held it.
        holder: &'a str,
    },
    /// The lock could not be given back; it goes stale by itself.
    LockLeft {
        /// Why.
        failure: &'a Failure,
    },
    /// Another plan than the one that was shown is carried out from here: the account changed meanwhile, or what was done
    /// was undone behind the run's back. Places of steps are places in this plan.
    Planned {
        /// The plan.
        plan: &'a Plan,
    },
    /// The run was asked to stop and finishes the calls that are under way.
    Stopping {
        /// How many there are.
        calls: usize,
    },
}

/// Who watches a run.
pub trait Listener: Send + Sync {
    /// Something happened at `at`.
    fn event(&self, at: Timestamp, event: &Event<'_>);
}

/// Nobody watches.
impl Listener for () {
    fn event(&self, _: Timestamp, _: &Event<'_>) {}
}
