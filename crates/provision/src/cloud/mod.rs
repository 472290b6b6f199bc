//! The seam to an account: one method that takes a call and gives its answer. Behind it are AWS or the sandbox.

mod errors;
pub mod wrappers;

pub use errors::{ROWS, Row, Verdict, verdict};

use crate::operations::{Info, Operation, Reply, Request};
use futures_util::future::BoxFuture;
use std::fmt;

/// An account in one region, as it answers calls. It never retries: whoever calls counts, waits and retries.
pub trait Cloud: Send + Sync {
    /// Makes one call.
    ///
    /// # Errors
    /// What the account refused, or that its answer was lost ([`Outcome`]).
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>>;
}

impl dyn Cloud + '_ {
    /// Makes one call, typed.
    ///
    /// # Errors
    /// As [`Cloud::call`].
    pub async fn send<O: Operation>(&self, operation: O) -> Result<O::Reply, CallError> {
        O::reply(self.call(operation.request()).await?).map_err(|_| {
            CallError::new(
                &O::INFO,
                "WrongReply",
                "the answer belongs to another operation; please report this",
            )
        })
    }
}

/// Whether a call that failed may have had its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was refused: nothing was done.
    Refused,
    /// The answer was lost (timeout, reset connection, 5xx): it may have been done or not.
    Unknown,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The service, under botocore's name.
    pub service: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// AWS's error code, such as `DependencyViolation`; for a lost answer `LostAnswer`.
    pub code: String,
    /// AWS's message.
    pub message: String,
    /// AWS's id of the request, which its support asks for. None if no answer came.
    pub request_id: Option<String>,
    /// Whether it may have had its effect.
    pub outcome: Outcome,
}

impl CallError {
    /// A refusal.
    pub fn new(info: &Info, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            service: info.service,
            operation: info.operation,
            code: code.into(),
            message: message.into(),
            request_id: None,
            outcome: Outcome::Refused,
        }
    }

    /// An answer that never came.
    pub fn lost(info: &Info, message: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Unknown,
            ..Self::new(info, "LostAnswer", message)
        }
    }

    /// What to do about it, from the one table of codes.
    pub fn verdict(&self) -> Verdict {
        verdict(self)
    }

    /// True if the caller lacks a permission for it.
    pub fn is_denied(&self) -> bool {
        [
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "Forbidden",
        ]
        .contains(&self.code.as_str())
    }

    /// True if the object that was asked for or deleted does not exist.
    pub fn is_absent(&self) -> bool {
        self.verdict() == Verdict::Absent
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}: {}",
            self.service, self.operation, self.code, self.message
        )?;
        self.request_id
            .as_ref()
            .map_or(Ok(()), |id| write!(f, " (request {id})"))
    }
}

impl std::error::Error for CallError {}
