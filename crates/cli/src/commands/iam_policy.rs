//! `lb iam-policy`.

use crate::{
    error::{Exit, Result},
    input,
    ui::Ui,
};
use lb_model::{config::ClusterConfig, format::Arn, rename};
use lb_provision::iam_policy::Scope;
use std::path::PathBuf;

/// Print the smallest IAM policy that lb needs.
///
/// Without a config for its clusters in any region and account; with one for that cluster only.
#[derive(Debug, clap::Args)]
pub(crate) struct IamPolicy {
    /// The config of the cluster to narrow it to
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(crate) fn run(ui: &mut Ui, command: &IamPolicy) -> Result {
    let scope = match &command.file {
        None => Scope::default(),
        Some(file) => scope(input::read(file)?.document().config()),
    };
    ui.json(&scope.policy())?;
    Ok(Exit::Done)
}

fn scope(config: &ClusterConfig) -> Scope {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let is_role =
        |arn: &String| Arn::parse(arn).is_some_and(|arn| matches!(arn.typed_resource(), Some(("role", _))));
    // Principals that are only mapped are never handed to a service.
    let mapped = |path: &lb_model::path::Path| {
        let path = path.to_string();
        path.contains("iamIdentityMappings") || path.contains("accessEntries")
    };
    Scope {
        account: rename::account(config),
        region: given(&config.metadata.region),
        cluster: given(&config.metadata.name),
        roles: rename::texts(config)
            .into_iter()
            .filter(|(path, _)| !mapped(path))
            .map(|(_, text)| text)
            .filter(is_role)
            .collect(),
    }
}
