//! What went wrong with a call, in the words of [`CallError`]: AWS's code and message where AWS answered, and otherwise
//! whether the request can have reached it. Never "service error".

use std::env;
use std::error::Error;
use std::io;

use aws_config::imds::client::error::ImdsError;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::RequestId as _;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;

use crate::cloud::{CallError, Outcome, Verdict};
use crate::operations::Info;

/// A [`CallError`] that does not know yet which operation it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    code: String,
    message: String,
    request_id: Option<String>,
    /// The HTTP status, if an answer came.
    status: Option<u16>,
    /// Whether the request may have had its effect.
    lost: bool,
}

impl Fault {
    fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            request_id: None,
            status: None,
            lost: false,
        }
    }

    /// A value that AWS's type cannot hold.
    pub(super) fn unfit(message: impl Into<String>) -> Self {
        Self::new("InvalidValue", message)
    }

    /// A request that was not sent, for a reason of our own.
    pub(super) fn unsent(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, message)
    }

    /// An answer that never came.
    pub(super) fn lost(message: impl Into<String>) -> Self {
        Self {
            lost: true,
            ..Self::new("LostAnswer", message)
        }
    }

    /// An answer of the service, refused with that code.
    pub(super) fn refused(code: &str, message: impl Into<String>, status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::new(code, message)
        }
    }

    /// The code.
    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// What was said.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The error of a call of that operation.
    pub(super) fn of(self, info: &Info) -> CallError {
        let error = CallError {
            request_id: self.request_id,
            ..CallError::new(info, self.code, self.message)
        };
        // A server's error may come after the effect, unless the table knows that this one refuses.
        let may_have_acted = matches!(self.status, Some(500 | 502..)) && error.verdict() != Verdict::Retry;
        if self.lost || may_have_acted {
            return CallError {
                outcome: Outcome::Unknown,
                ..error
            };
        }
        error
    }
}

impl From<BuildError> for Fault {
    fn from(error: BuildError) -> Self {
        Self::unfit(chain(&error))
    }
}

impl<E> From<SdkError<E, HttpResponse>> for Fault
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let answered = error.raw_response().map(Answer::of);
        let request_id = error.request_id().or(error.meta().request_id());
        let request_id = request_id.map(str::to_owned);
        let fault = match (&error, answered) {
            (SdkError::ServiceError(_), Some(answer)) => match error.code() {
                Some(code) => {
                    Self::refused(code, readable(error.message().unwrap_or_default()), answer.status)
                }
                None => answer.foreign(),
            },
            (SdkError::ResponseError(_), Some(answer)) => answer.foreign(),
            _ => unanswered(&error),
        };
        Self { request_id, ..fault }
    }
}

/// AWS's message without what only AWS can read.
fn readable(message: &str) -> &str {
    message
        .split_once(" Encoded authorization failure message")
        .map_or(message, |(said, _)| said)
}

/// What came back over HTTP.
struct Answer {
    status: u16,
    kind: String,
    body: String,
}

impl Answer {
    fn of(response: &HttpResponse) -> Self {
        let body = response.body().bytes().unwrap_or_default();
        Self {
            status: response.status().as_u16(),
            kind: response
                .headers()
                .get("content-type")
                .unwrap_or_default()
                .to_owned(),
            body: String::from_utf8_lossy(body.get(..300).unwrap_or(body)).into_owned(),
        }
    }

    /// An answer that is not in AWS's protocol: whoever gave it, it was not AWS.
    fn foreign(self) -> Fault {
        let what = if self.kind.contains("html") || self.body.trim_start().starts_with('<') {
            "a web page"
        } else {
            "something"
        };
        let start: String = self.body.split_whitespace().collect::<Vec<_>>().join(" ");
        let start: String = start.chars().take(80).collect();
        let message = if start.is_empty() {
            format!("answered with status {} and nothing in it", self.status)
        } else {
            format!(
                "answered with status {} and {what} that is not AWS's: `{start}`",
                self.status
            )
        };
        Fault {
            // Nobody knows what lies behind a page that says it went well.
            lost: self.status < 400,
            ..Fault::refused("NotAnAwsAnswer", message, self.status)
        }
    }
}

/// Why no answer came, from the chain of causes of an HTTP client's error.
pub(super) fn unanswered(error: &(dyn Error + 'static)) -> Fault {
    if causes(error).any(|cause| cause.is::<CredentialsError>()) {
        return Fault::new("NoCredentials", credentials(error));
    }
    let message = root(error);
    let unsent = causes(error).any(|cause| {
        cause
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
    });
    if !unsent {
        return Fault::lost(message);
    }
    let refused = causes(error).any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    });
    let code = match message.as_str() {
        _ if refused => "ConnectionRefused",
        text if text.contains("lookup address") => "NameNotResolved",
        text if text.contains("certificate") => "CertificateRefused",
        _ => "ConnectionFailed",
    };
    Fault::unsent(code, message)
}

fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // An `io::Error` steps over its own payload.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(payload) => Some(payload),
        None => error.source(),
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| next(*error))
}

/// What it all comes from, without the system's number for it: the client's layers only repeat that something failed.
pub(super) fn root(error: &(dyn Error + 'static)) -> String {
    let said = causes(error).last().map(ToString::to_string).unwrap_or_default();
    let said = said.split(" (os error").next().unwrap_or_default();
    let mut letters = said.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The causes in one line, without those that only repeat the one before.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// Why there are no credentials: that there is no trace of any, or what is wrong with those that are named.
fn credentials(error: &(dyn Error + 'static)) -> String {
    // The machine's role is asked for last, so nothing before it has named any.
    let of_machine = causes(error).any(|cause| cause.is::<ImdsError>());
    let found = causes(error).find_map(|cause| cause.downcast_ref::<CredentialsError>());
    match found {
        Some(CredentialsError::CredentialsNotLoaded(_)) => untraced(|name| env::var(name).ok()),
        Some(_) if of_machine => untraced(|name| env::var(name).ok()),
        Some(error) => chain(error).replace('\n', " "),
        None => chain(error),
    }
}

/// What was looked at in vain. The SDK passes over a profile that is not there and over half a pair of keys.
fn untraced(variable: impl Fn(&str) -> Option<String>) -> String {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let pair = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    match pair.map(set) {
        [Some(_), None] => return format!("`{}` is set without `{}`", pair[0], pair[1]),
        [None, Some(_)] => return format!("`{}` is set without `{}`", pair[1], pair[0]),
        _ => {}
    }
    match set("AWS_PROFILE") {
        Some(profile) => {
            format!("the profile `{profile}` that `AWS_PROFILE` names is not in `~/.aws/config`, or has none")
        }
        None => "neither the environment nor a profile names any, and this machine has no role".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{Operation as _, ec2::CreateVpc};

    fn of(fault: Fault) -> (Outcome, Verdict) {
        let error = fault.of(&CreateVpc::INFO);
        (error.outcome, error.verdict())
    }

    #[test]
    fn only_what_the_table_knows_to_be_refused_is_refused_with_a_server_s_error() {
        assert_eq!(
            of(Fault::refused("InternalError", "", 500)),
            (Outcome::Unknown, Verdict::Unknown)
        );
        assert_eq!(
            of(Fault::refused("RequestLimitExceeded", "", 503)),
            (Outcome::Refused, Verdict::Retry)
        );
        // Nothing that is not implemented has been done.
        assert_eq!(
            of(Fault::refused("InternalFailure", "", 501)),
            (Outcome::Refused, Verdict::Never)
        );
        assert_eq!(
            of(Fault::refused("VpcLimitExceeded", "", 400)),
            (Outcome::Refused, Verdict::Never)
        );
        assert_eq!(of(Fault::lost("reset")), (Outcome::Unknown, Verdict::Unknown));
    }

    #[test]
    fn a_page_that_says_it_went_well_leaves_open_what_happened() {
        let page = |status| Answer {
            status,
            kind: "text/html".into(),
            body: "<html>\n  hello".into(),
        };
        assert_eq!(of(page(200).foreign()).0, Outcome::Unknown);
        assert_eq!(of(page(502).foreign()).0, Outcome::Unknown);
        assert_eq!(of(page(404).foreign()).0, Outcome::Refused);
        assert!(
            page(404)
                .foreign()
                .message()
                .ends_with("a web page that is not AWS's: `<html> hello`")
        );
    }

    #[test]
    fn what_names_no_credentials_is_said() {
        let said = |variables: &[(&str, &str)]| {
            untraced(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        for (variables, words) in [
            (&[][..], "neither the environment nor a profile"),
            (&[("AWS_PROFILE", "")], "neither the environment nor a profile"),
            (
                &[("AWS_PROFILE", "team")],
                "the profile `team` that `AWS_PROFILE`",
            ),
            (
                &[("AWS_ACCESS_KEY_ID", "A")],
                "`AWS_ACCESS_KEY_ID` is set without `AWS_SECRET_ACCESS_KEY`",
            ),
            (
                &[("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_PROFILE", "team")],
                "`AWS_SECRET_ACCESS_KEY` is set without `AWS_ACCESS_KEY_ID`",
            ),
        ] {
            assert!(
                said(variables).starts_with(words),
                "{variables:?}: {}",
                said(variables)
            );
        }
    }

    #[test]
    fn what_only_aws_can_read_is_left_out() {
        let said =
            "You are not authorized to perform this operation. Encoded authorization failure message: Zm9v";
        assert_eq!(
            readable(said),
            "You are not authorized to perform this operation."
        );
    }
}
