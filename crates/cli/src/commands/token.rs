//! `lb token`: what `kubectl` asks for before each call.

use crate::{args::Account, error::Result, ui::Ui};

/// Print a token for a cluster's API, as kubectl's plugin.
///
/// `lb kubeconfig` writes a context that calls it.
#[derive(Debug, clap::Args)]
pub(crate) struct Token {
    /// The cluster's name
    #[arg(long, value_name = "NAME")]
    cluster: String,
    #[command(flatten)]
    account: Account,
}

#[cfg(feature = "aws")]
pub(crate) fn run(ui: &mut Ui, command: &Token) -> Result {
    use crate::{account, aws, error::Error, error::Exit};

    let account::Account::Aws = account::find(&command.account)? else {
        return Err(Error::usage(
            "a sandbox's cluster takes no tokens; leave out `--sandbox`",
        ));
    };
    let region = match &command.account.region {
        Some(region) => Some(region.clone()),
        None => aws::region()?,
    };
    let Some(region) = region else {
        return Err(Error::usage(format!("in which region is `{}`?", command.cluster))
            .next("add `--region`, or set `AWS_REGION`"));
    };
    let token = aws::token(&command.cluster, &region)?;
    ui.json(&serde_json::json!({
        "apiVersion": version(),
        "kind": "ExecCredential",
        "spec": {},
        "status": { "expirationTimestamp": token.until.to_string(), "token": token.text },
    }))?;
    Ok(Exit::Done)
}

/// The version of the answer that kubectl asks for.
#[cfg(feature = "aws")]
fn version() -> String {
    let asked = std::env::var("KUBERNETES_EXEC_INFO").ok();
    let asked = asked.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let version = asked.and_then(|asked| Some(asked.get("apiVersion")?.as_str()?.to_owned()));
    version.unwrap_or_else(|| crate::kubeconfig::EXEC_VERSION.to_owned())
}

#[cfg(not(feature = "aws"))]
pub(crate) fn run(_: &mut Ui, command: &Token) -> Result {
    crate::account::find(&command.account)?;
    Err(crate::error::Error::usage("a sandbox's cluster takes no tokens"))
}
