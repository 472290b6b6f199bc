//! Why a step came to no good end.

use std::fmt;
use std::time::Duration;

use crate::cloud::{CallError, Outcome};
use crate::observed::Ownership;
use crate::text::Hole;

/// Why a step came to no good end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A call was refused for good, or its answer is lost for good.
    Call(CallError),
    /// Something of the right name is there, but it is not ours to use or change.
    NotOurs {
        /// What, with its id.
        what: String,
        /// Whose.
        whose: Ownership,
    },
    /// AWS took the order and then said that it failed.
    Broken {
        /// What, with its id.
        what: String,
        /// AWS's reason.
        reason: String,
    },
    /// It was not ready in the longest time that makes sense.
    TooSlow {
        /// What, with its id.
        what: String,
        /// How long it was waited for.
        waited: Duration,
        /// Its last state, and AWS's reason if it gave one.
        state: String,
    },
    /// A nodegroup that was waited for gets no node.
    NoNode(Box<crate::objects::NoNode>),
    /// There are several objects where there must be one, and none of them is clearly the right one.
    Several {
        /// What they are.
        what: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// Something of somebody else keeps it from being deleted.
    Blocked {
        /// What cannot go.
        what: String,
        /// What keeps it.
        by: String,
    },
    /// A step needs a value that no earlier step gave.
    Unknown(Hole),
    /// The run was asked to stop.
    Stopped,
    /// Another run has taken the lock, so this one stopped changing things.
    LockLost,
}

impl Failure {
    /// The refused call, if it was one.
    #[must_use]
    pub fn call(&self) -> Option<&CallError> {
        match self {
            Self::Call(error) => Some(error),
            _ => None,
        }
    }

    /// True if what was asked for or deleted does not exist.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.call().is_some_and(CallError::is_absent)
    }

    /// True if whoever asked may not.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.call().is_some_and(CallError::is_denied)
    }

    /// True if it is unknown whether the call was carried out.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.call().is_some_and(|error| error.outcome == Outcome::Unknown)
    }

    /// True if a cluster's API does not know who asks.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.call().is_some_and(|error| error.code == "Unauthorized")
    }

    /// True if nothing failed, the run was only told to end.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        matches!(self, Self::Stopped | Self::LockLost)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::NotOurs { what, whose } => match whose {
                Ownership::Ours => write!(f, "{what} is ours, but stands for something else"),
                Ownership::Stack(stack) => write!(f, "{what} belongs to the CloudFormation stack `{stack}`"),
                Ownership::Aws => write!(f, "{what} belongs to AWS itself"),
                Ownership::Foreign => write!(f, "{what} exists and was not made by `lb`"),
            },
            Self::Broken { what, reason } => write!(f, "{what} failed: {reason}"),
            Self::TooSlow { what, waited, state } => {
                write!(f, "{what} takes more than {} min: {state}", waited.as_secs() / 60)
            }
            Self::NoNode(why) => f.write_str(&why.message),
            Self::Several { what, ids } => {
                write!(
                    f,
                    "there are {} of {what} where one belongs: {}",
                    ids.len(),
                    ids.join(", ")
                )
            }
            Self::Blocked { what, by } => write!(f, "{what} cannot be deleted because of {by}"),
            Self::Unknown(hole) => write!(f, "`{hole}` is not known; please report this"),
            Self::Stopped => f.write_str("stopped before it was done"),
            Self::LockLost => f.write_str("another run took over the lock, so this one stopped"),
        }
    }
}

impl std::error::Error for Failure {}
