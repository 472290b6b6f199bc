//! IPv6 clusters and hybrid nodes: what they need besides a network.

use super::auto_mode::{auto_mode_is_on, has_addon};
use super::network::hybrid_network;
use super::shape::*;
use crate::{
    catalog::minor,
    config::*,
    format::LooseVersion,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const IPV6: Code = Code("EK212");
const HYBRID: Code = Code("EK213");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: IPV6,
        title: "an IPv6 cluster lacks what it needs",
        doc: "\
An IPv6 cluster needs Kubernetes 1.21, the add-ons vpc-cni (from 1.10.0), coredns and kube-proxy in the file, and a \
way for vpc-cni to get its permissions: `iam.withOIDC`, or the add-on eks-pod-identity-agent together with a pod \
identity association for vpc-cni. EKS Auto Mode needs none of this.",
        bad: "kubernetesNetworkConfig: {ipFamily: IPv6}\n",
        good: "\
kubernetesNetworkConfig: {ipFamily: IPv6}
iam: {withOIDC: true}
addons: [{name: vpc-cni}, {name: coredns}, {name: kube-proxy}]
",
        check: Some(ipv6),
    },
    Rule {
        code: HYBRID,
        title: "hybrid nodes lack what they need",
        doc: "\
`remoteNetworkConfig` lists one network of nodes and at most one network of pods. It needs access entries, so the \
authentication mode cannot be `CONFIG_MAP`. IAM Roles Anywhere needs the certificate bundle of its authority; Systems \
Manager has none.",
        bad: "remoteNetworkConfig: {vpcGatewayID: tgw-0a}\n",
        good: "remoteNetworkConfig: {vpcGatewayID: tgw-0a, remoteNodeNetworks: [{cidrs: [10.80.0.0/16]}]}\n",
        check: Some(hybrid),
    },
];

/// Whether pods and services have IPv6 addresses.
pub(super) fn is_ipv6(config: &ClusterConfig) -> bool {
    let network = config.kubernetes_network_config.as_ref();
    network.is_some_and(|network| network.ip_family.or_empty().eq_ignore_ascii_case("IPv6"))
}

fn ipv6(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !is_ipv6(config) {
        return;
    }
    if config
        .metadata
        .version
        .as_deref()
        .and_then(minor)
        .is_some_and(|minor| minor < 21)
    {
        let message = "IPv6 needs Kubernetes `1.21` or later";
        let place = Place::Value(below(&Path::root(), "metadata.version"));
        problems.push(Problem::error(IPV6, place, message).with_help("choose a later version"));
    }
    if !auto_mode_is_on(config) {
        ipv6_addons(config, problems);
    }
}

/// What an IPv6 cluster needs of its add-ons.
fn ipv6_addons(config: &ClusterConfig, problems: &mut Vec<Problem>) {
    let root = Path::root();
    let mut complain = |at: Path, message: &str, help: &str| {
        problems.push(Problem::error(IPV6, Place::Value(at), message).with_help(help));
    };
    if !has_addon(config, "coredns") {
        let message = "an IPv6 cluster needs the add-on `coredns` in the file";
        complain(root.key("addons"), message, "add `- name: coredns` to `addons`");
    }
    let Some((index, cni)) = config
        .addons
        .iter()
        .enumerate()
        .find(|(_, addon)| addon.name == "vpc-cni")
    else {
        return;
    };
    let at = root.key("addons").index(index);
    let iam = config.iam.as_ref();
    let with_oidc = iam.is_some_and(|iam| yes(iam.with_oidc));
    if has_addon(config, "eks-pod-identity-agent") {
        let has_route = yes(cni.use_default_pod_identity_associations)
            || cni
                .pod_identity_associations
                .as_ref()
                .is_some_and(|list| !list.is_empty())
            || config
                .addons_config
                .as_ref()
                .is_some_and(|all| yes(all.auto_apply_pod_identity_associations));
        if !has_route {
            let message = "`vpc-cni` has no pod identity association, and needs one for IPv6";
            complain(
                at.clone(),
                message,
                "set `useDefaultPodIdentityAssociations: true` on it",
            );
        }
    } else if !with_oidc {
        let message = "`vpc-cni` has no way to get the permissions that it needs for IPv6";
        complain(
            at.clone(),
            message,
            "set `iam.withOIDC: true`, or add the add-on `eks-pod-identity-agent`",
        );
    }
    let version = cni.version.or_empty();
    let is_new_enough =
        |version: &str| LooseVersion::parse(version).is_some_and(|v| v.is_at_least(&[1, 10, 0]));
    if !matches!(version, "" | "latest") && !is_new_enough(version) {
        complain(
            at.key("version"),
            "IPv6 needs `vpc-cni` from `1.10.0` on",
            "remove the version, or write a later one",
        );
    }
}

fn hybrid(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let Some(remote) = &config.remote_network_config else {
        return;
    };
    let at = |key: &str| below(&Path::root().key("remoteNetworkConfig"), key);
    let mut complain = |at: Path, message: &str, help: &str| {
        problems.push(Problem::error(HYBRID, Place::Value(at), message).with_help(help));
    };
    let access = config.access_config.as_ref();
    if access.is_some_and(|access| access.authentication_mode.or_empty() == "CONFIG_MAP") {
        let message = "hybrid nodes need access entries, which mode `CONFIG_MAP` does not have";
        complain(
            below(&Path::root(), "accessConfig.authenticationMode"),
            message,
            "choose `API_AND_CONFIG_MAP`",
        );
    }
    for (key, networks) in [
        ("remoteNodeNetworks", &remote.remote_node_networks),
        ("remotePodNetworks", &remote.remote_pod_networks),
    ] {
        if networks.as_ref().is_some_and(|networks| networks.len() > 1) {
            complain(
                at(key),
                "EKS takes one remote network of this kind",
                "put all ranges into one entry",
            );
        }
    }
    let count = |networks: &Option<Vec<RemoteNetwork>>| networks.as_ref().map(Vec::len);
    match (
        count(&remote.remote_node_networks),
        count(&remote.remote_pod_networks),
    ) {
        (None | Some(0), Some(0)) => {}
        (None | Some(0), Some(1..)) if config.outpost.is_some() => {}
        (None | Some(0), _) => {
            complain(
                at("remoteNodeNetworks"),
                "the networks of the hybrid nodes are missing",
                "list their ranges",
            );
        }
        _ => {}
    }
    let iam = hybrid_network(config).and_then(|remote| remote.iam.as_ref());
    let anywhere = iam.is_some_and(|iam| iam.provider.or_empty().eq_ignore_ascii_case("ira"));
    match iam.map(|iam| iam.ca_bundle_cert.as_deref()) {
        Some(Some(_)) if !anywhere => {
            let help = "remove it, or choose `provider: ira`";
            complain(
                at("iam.caBundleCert"),
                "Systems Manager takes no certificate bundle",
                help,
            );
        }
        Some(None) if anywhere => {
            let message = "IAM Roles Anywhere needs the certificate bundle of its authority";
            complain(at("iam.caBundleCert"), message, "add `caBundleCert`");
        }
        _ => {}
    }
}
