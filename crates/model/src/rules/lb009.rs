//! Lengths of names.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, OrEmpty},
    path::Path,
    problem::{Code, Place, Problem},
};

const CODE: Code = Code("LB009");

/// Longest value of a Kubernetes label.
const LABEL_CHARACTERS: usize = 63;
/// Longest name of an IAM role.
const ROLE_CHARACTERS: usize = 64;

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "name longer than AWS allows",
    doc: "\
eksctl takes names that AWS or Kubernetes refuse later, when half of the cluster exists. Nodes carry the cluster's and \
the nodegroup's name as labels, which end at 63 characters: with a longer name no node can register. A role's name ends \
at 64 characters and has letters, digits and `+=,.@_-` only.

Names that `lb` makes itself always fit.",
    bad: "nodeGroups: [{name: submission-worker-with-a-name-that-says-everything-about-its-purpose-here}]\n",
    good: "nodeGroups: [{name: submission-worker}]\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let mut label = |path: Path, name: &str| {
        let length = name.chars().count();
        if length > LABEL_CHARACTERS {
            let message =
                format!("`{name}` has {length} characters, and a label that nodes carry ends at 63");
            problems
                .push(Problem::error(CODE, Place::Value(path), message).with_help("choose a shorter name"));
        }
    };
    let has_nodes = config.all_node_groups().next().is_some();
    if has_nodes {
        label(Path::root().key("metadata").key("name"), &config.metadata.name);
    }
    for group in config.all_node_groups() {
        label(group.path().key("name"), group.name);
    }
    for (path, name) in role_names(config) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
        let length = name.chars().count();
        let message = if length > ROLE_CHARACTERS {
            format!("`{name}` has {length} characters, and the name of a role ends at 64")
        } else if let Some(odd) = name.chars().find(|c| !plain(*c)) {
            format!("`{name}` cannot be the name of a role: `{odd}` is not allowed in it")
        } else {
            continue;
        };
        problems.push(
            Problem::error(CODE, Place::Value(path), message)
                .with_help("take at most 64 letters, digits and `+=,.@_-`, or leave the name to eksctl"),
        );
    }
}

/// The names of roles that the config chooses.
fn role_names(config: &ClusterConfig) -> Vec<(Path, &str)> {
    let iam = Path::root().key("iam");
    let mut found = Vec::new();
    for (index, account) in config
        .iam
        .iter()
        .flat_map(|iam| iam.service_accounts.iter().enumerate())
    {
        found.push((
            iam.key("serviceAccounts").index(index).key("roleName"),
            account.role_name.or_empty(),
        ));
    }
    for (index, identity) in config
        .iam
        .iter()
        .flat_map(|iam| iam.pod_identity_associations.iter().enumerate())
    {
        found.push((
            iam.key("podIdentityAssociations").index(index).key("roleName"),
            identity.role_name.or_empty(),
        ));
    }
    for group in config.all_node_groups() {
        let name = group
            .iam
            .as_ref()
            .map_or("", |iam| iam.instance_role_name.or_empty());
        found.push((group.path().key("iam").key("instanceRoleName"), name));
    }
    found
}
