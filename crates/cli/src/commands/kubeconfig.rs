//! `lb kubeconfig`.

use crate::{
    account,
    args::Account,
    error::{Error, Result},
    target,
    ui::Ui,
};

/// Make kubectl point at a cluster.
///
/// Writes the context `CLUSTER.REGION` into the first file of `KUBECONFIG`, or `~/.kube/config`, and makes it the current
/// one. Other contexts stay.
#[derive(Debug, clap::Args)]
pub(crate) struct Kubeconfig {
    /// A cluster's name, or its config
    cluster: Option<String>,
    #[command(flatten)]
    account: Account,
}

pub(crate) fn run(ui: &mut Ui, command: &Kubeconfig) -> Result {
    if matches!(account::find(&command.account)?, account::Account::Sandbox(_)) {
        return Err(Error::usage(
            "a sandbox's cluster has no API that kubectl could talk to; leave out `--sandbox`",
        ));
    }
    write(ui, &target::find(command.cluster.as_deref(), &command.account)?)
}

#[cfg(feature = "aws")]
fn write(ui: &mut Ui, target: &target::Target) -> Result {
    use crate::{args::Speed, error::Exit, kubeconfig, session::Session};

    let session = Session::open(ui, target, Speed::Max)?;
    let written = kubeconfig::write(&session)?;
    ui.always(format_args!(
        "kubectl now points at {} (context {} in {})",
        target.cluster,
        written.context,
        written.path.display()
    ));
    Ok(Exit::Done)
}

#[cfg(not(feature = "aws"))]
fn write(_: &mut Ui, _: &target::Target) -> Result {
    Err(Error::failed("this build has no backend for AWS itself"))
}
