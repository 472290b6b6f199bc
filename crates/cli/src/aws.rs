//! A session with AWS itself: credentials, clock and the account they belong to.

use crate::{
    error::{Error, Result},
    pace::{self, Pace},
    target::Target,
    ui::Ui,
    words,
};
use lb_model::problem::Severity;
use lb_provision::{
    aws::{Aws, ConnectError, Token, configured_region},
    cloud::Cloud,
    preflight::other_account,
};
use std::env;

impl From<ConnectError> for Error {
    fn from(error: ConnectError) -> Self {
        Self::failed(error.message).next(error.next)
    }
}

/// Connects to the account of the credentials, and makes sure that it is the one that the file means.
pub(crate) fn open(ui: &mut Ui, target: &Target) -> Result<(Pace, Box<dyn Cloud>)> {
    let runtime = pace::runtime()?;
    if target.document.is_some()
        && let Some(other) = target
            .asked_region
            .clone()
            .or_else(|| runtime.block_on(configured_region()))
        && other != target.region
    {
        ui.say(format_args!(
            "in `{}` as the file says, not in `{other}` as your settings do",
            target.region
        ));
    }
    let aws = runtime.block_on(Aws::connect(&target.region))?;
    if let Some(off) = aws.clock().wrong_by() {
        let side = if off.is_negative() { "ahead of" } else { "behind" };
        ui.say(format_args!(
            "this machine's clock is {} {side} AWS's, which is used instead; set it right",
            words::about(off.abs())
        ));
    }
    let document = target.document.as_ref();
    let other = document.and_then(|document| other_account(document, &aws.caller().account));
    if let Some(problem) = other.filter(|problem| problem.severity == Severity::Error) {
        return Err(Error::failed(format!("{}{}", problem.message, profile()))
            .next("`AWS_PROFILE=...`, or `lb validate --select LB005` to see where the account is written"));
    }
    Ok((Pace::live(runtime, aws.clock().clone()), Box::new(aws)))
}

/// The profile whose credentials are used, where it is one.
fn profile() -> String {
    let named = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    match (named("AWS_ACCESS_KEY_ID"), named("AWS_PROFILE")) {
        (Some(_), _) => " (`AWS_ACCESS_KEY_ID`)".to_owned(),
        (None, profile) => format!(" (profile `{}`)", profile.as_deref().unwrap_or("default")),
    }
}

/// A token for a cluster's API.
pub(crate) fn token(cluster: &str, region: &str) -> Result<Token> {
    Ok(pace::runtime()?.block_on(lb_provision::aws::token(cluster, region))?)
}

/// The region that the environment or the profile names.
pub(crate) fn region() -> Result<Option<String>> {
    Ok(pace::runtime()?.block_on(configured_region()))
}

/// Whether anything names credentials. Without, asking the network for an instance's role would take seconds to find
/// that there is none.
pub(crate) fn is_configured() -> bool {
    const NAMES: [&str; 7] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
    ];
    let named = NAMES
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    let kept = |home: std::path::PathBuf| {
        let folder = home.join(".aws");
        folder.join("config").exists() || folder.join("credentials").exists()
    };
    named || env::home_dir().is_some_and(kept)
}
