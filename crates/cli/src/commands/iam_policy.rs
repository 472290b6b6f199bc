//! `lb iam-policy`.

use crate::{
    error::{Exit, Result},
    input,
    ui::Ui,
};
use lb_model::{
    config::{ClusterConfig, OrEmpty as _},
    format::Arn,
    rename,
};
use lb_provision::{iam_policy::Scope, names::role_of_profile};
use std::path::PathBuf;

/// Print the smallest IAM policy that lb needs.
///
/// Without a config for its clusters in any region and account; with one for that cluster only. A role that the config
/// gives to its nodes only by an instance profile is taken to have the profile's name: name it in `instanceRoleARN` if not.
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
    // EC2 gets the role of a given instance profile too; which one only the account knows, unless the file says it.
    let profiles = config.node_groups.iter().filter_map(|group| group.iam.as_ref());
    let held = profiles
        .filter(|iam| iam.instance_role_arn.or_empty().is_empty())
        .filter_map(|iam| role_of_profile(iam.instance_profile_arn.or_empty()));
    Scope {
        account: rename::account(config),
        region: given(&config.metadata.region),
        cluster: given(&config.metadata.name),
        roles: rename::texts(config)
            .into_iter()
            .filter(|(path, _)| !mapped(path))
            .map(|(_, text)| text)
            .filter(is_role)
            .chain(held)
            .collect(),
    }
}
