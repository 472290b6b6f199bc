//! The seam to an account: one method that takes a call and gives its answer. Behind it are AWS or the sandbox.

mod errors;
mod trouble;
pub mod wrappers;

pub use errors::{ROWS, Row, Verdict, verdict};
pub use trouble::Trouble;

use crate::operations::{Info, Operation, Reply, Request, table};
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

    /// The IAM action whose permission is missing, if that is why it was refused.
    #[must_use]
    pub fn missing_action(&self) -> Option<String> {
        // Inside a cluster no policy of IAM decides.
        if !self.is_denied() || self.service == "kubernetes" {
            return None;
        }
        // AWS names the action for most calls; else it is the call's own.
        let named = self
            .message
            .split_once("perform: ")
            .and_then(|(_, rest)| rest.split_whitespace().next());
        let row = || table().find(|info| info.service == self.service && info.operation == self.operation);
        let own = || row().and_then(|info| info.actions.first().copied());
        named.or_else(own).map(str::to_owned)
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
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        if let Some(action) = self.missing_action() {
            write!(
                f,
                "; the credentials lack `{action}`, `lb iam-policy` prints all that is needed (docs/iam-policy.json)"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for CallError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{ec2, iam};

    #[test]
    fn a_denied_call_names_the_action_that_is_missing() {
        let told = "User: arn:aws:iam::111122223333:user/a is not authorized to perform: iam:PassRole on resource: b";
        let error = CallError::new(&iam::AddRoleToInstanceProfile::INFO, "AccessDenied", told);
        assert_eq!(error.missing_action().as_deref(), Some("iam:PassRole"));
        let untold = CallError::new(
            &ec2::CreateVpc::INFO,
            "UnauthorizedOperation",
            "You are not authorized.",
        );
        assert_eq!(untold.missing_action().as_deref(), Some("ec2:CreateVpc"));
        assert!(untold.to_string().ends_with("(docs/iam-policy.json)"), "{untold}");
        let other = CallError::new(&ec2::CreateVpc::INFO, "VpcLimitExceeded", "no");
        assert_eq!(other.missing_action(), None);
    }
}
