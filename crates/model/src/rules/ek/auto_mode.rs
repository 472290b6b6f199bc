//! Clusters whose nodes or network plugin come from elsewhere: Auto Mode, and no default add-ons.

use super::shape::*;
use crate::{
    config::*,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const AUTO_MODE: Code = Code("EK112");
const NO_CNI: Code = Code("EK113");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: AUTO_MODE,
        title: "not while Auto Mode creates a cluster",
        doc: "\
With Auto Mode AWS makes the nodes and brings networking, DNS and proxy along. eksctl refuses nodegroups and the \
add-ons vpc-cni, kube-proxy and coredns when it creates such a cluster; the add-ons are allowed with Fargate profiles \
or hybrid nodes.",
        bad: "\
autoModeConfig: {enabled: true}
nodeGroups: [{name: worker}]
",
        good: "autoModeConfig: {enabled: true}\n",
        check: Some(auto_mode),
    },
    Rule {
        code: NO_CNI,
        title: "nodes without network plugin",
        doc: "\
With `addonsConfig.disableDefaultAddons` and without vpc-cni among the add-ons no pod gets an address. Then nothing \
may be asked for that needs pods: nodes, Fargate profiles, Karpenter, Flux, service accounts with roles, pod identity \
associations.",
        bad: "\
addonsConfig: {disableDefaultAddons: true}
nodeGroups: [{name: worker, desiredCapacity: 1}]
",
        good: "\
addonsConfig: {disableDefaultAddons: true}
addons: [{name: vpc-cni}, {name: coredns}, {name: kube-proxy}]
nodeGroups: [{name: worker, desiredCapacity: 1}]
",
        check: Some(no_network_plugin),
    },
];

/// Whether EKS makes the nodes itself.
pub(super) fn auto_mode_is_on(config: &ClusterConfig) -> bool {
    config
        .auto_mode_config
        .as_ref()
        .is_some_and(|auto| yes(auto.enabled))
}

/// Whether an add-on is listed, in exactly this spelling.
pub(super) fn has_addon(config: &ClusterConfig, name: &str) -> bool {
    config.addons.iter().any(|addon| addon.name == name)
}

fn auto_mode(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !auto_mode_is_on(config) {
        return;
    }
    for group in config.all_node_groups() {
        let message = "a nodegroup cannot be made together with a cluster in Auto Mode";
        let problem = Problem::error(AUTO_MODE, Place::Key(group.path()), message);
        problems.push(problem.with_help("remove the nodegroup, or `autoModeConfig`"));
    }
    if !config.fargate_profiles.is_empty() || config.remote_network_config.is_some() {
        return;
    }
    let core = ["vpc-cni", "kube-proxy", "coredns"];
    for (index, addon) in config
        .addons
        .iter()
        .enumerate()
        .filter(|(_, addon)| core.contains(&addon.name.as_str()))
    {
        let place = Place::Key(Path::root().key("addons").index(index));
        let message = format!("Auto Mode brings `{}` along", addon.name);
        problems.push(Problem::error(AUTO_MODE, place, message).with_help("remove the add-on"));
    }
}

fn no_network_plugin(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let disabled = config
        .addons_config
        .as_ref()
        .is_some_and(|addons| yes(addons.disable_default_addons));
    if !disabled || has_addon(config, "vpc-cni") || auto_mode_is_on(config) {
        return;
    }
    let iam = config.iam.as_ref();
    let mut found: Vec<Path> = config
        .all_node_groups()
        .filter(|group| group.desired_capacity.is_some_and(|nodes| nodes > 0))
        .map(|group| group.path())
        .collect();
    let others = [
        ("fargateProfiles", !config.fargate_profiles.is_empty()),
        ("karpenter", config.karpenter.is_some()),
        (
            "gitops.flux",
            config.gitops.as_ref().is_some_and(|gitops| gitops.flux.is_some()),
        ),
        (
            "iam.serviceAccounts",
            iam.is_some_and(|iam| !iam.service_accounts.is_empty()),
        ),
        (
            "iam.podIdentityAssociations",
            iam.is_some_and(|iam| !iam.pod_identity_associations.is_empty()),
        ),
    ];
    found.extend(
        others
            .iter()
            .filter(|(_, given)| *given)
            .map(|(path, _)| below(&Path::root(), path)),
    );
    for at in found {
        let message = format!("`{at}` cannot work without the add-on `vpc-cni`");
        problems.push(
            Problem::error(NO_CNI, Place::Key(at), message)
                .with_help("add `vpc-cni` to `addons`, or remove `addonsConfig.disableDefaultAddons`"),
        );
    }
}
