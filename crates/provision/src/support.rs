//! What `lb` does not provision, and what changes nothing in AWS: by path, each with its reason.
//!
//! Every field of the config does one of three things: it changes the desired state, it is refused here, or it is
//! listed here as without effect. A test asks each for one of the three.

use lb_model::{
    config::ClusterConfig,
    path::Path,
    problem::{Code, Place, Problem, Severity},
};
use serde_json::Value;

/// A field or value that `lb` does not provision.
pub const NOT_PROVISIONED: Code = Code("NP001");
/// An identity mapping that cannot be an access entry.
pub const MAPPING: Code = Code("NP002");
/// User data that is larger than EC2 takes.
pub const USER_DATA: Code = Code("NP003");
/// A VPC that cannot be cut into subnets.
pub const SUBNETS: Code = Code("NP004");
/// An image that the account cannot name.
pub const IMAGE: Code = Code("AC001");
/// Zones that do not offer what the config wants.
pub const ZONES: Code = Code("AC002");
/// A version that an add-on does not have.
pub const ADDON_VERSION: Code = Code("AC003");
/// A VPC or subnet that is not there, or is not as the config says.
pub const NETWORK: Code = Code("AC020");
/// A launch template that is not there.
pub const TEMPLATE: Code = Code("AC021");
/// Instance types that cannot have the Elastic Fabric Adapters that the config asks for.
pub const EFA: Code = Code("AC022");

/// Credentials of another account than the file's.
pub const ACCOUNT: Code = lb_model::problem::OTHER_ACCOUNT;
/// A Kubernetes version that EKS does not offer here.
pub const VERSION: Code = Code("AC005");
/// A quota that is too small.
pub const QUOTA: Code = Code("AC006");
/// An image that does not fit what is started from it.
pub const IMAGE_UNFIT: Code = Code("AC007");
/// A KMS key that nodes cannot use.
pub const KEY: Code = Code("AC008");
/// Something that the config names and that does not exist.
pub const NOT_THERE: Code = Code("AC009");
/// Something of the account that could not be looked at.
pub const NOT_CHECKED: Code = Code("AC010");

/// How many nodegroups `lb` provisions: several times as many as EKS and the security groups of one cluster take.
pub const MAX_NODEGROUPS: usize = 100;

/// The problem of more nodegroups than are provisioned, at the first that is too many.
pub(crate) fn too_many_nodegroups(config: &ClusterConfig) -> Option<Problem> {
    let first = config.all_node_groups().nth(MAX_NODEGROUPS)?;
    let message = format!("a cluster of more than {MAX_NODEGROUPS} nodegroups is not provisioned by lb");
    let problem = Problem::error(NOT_PROVISIONED, Place::Value(first.path()), message);
    Some(problem.with_help("spread the nodegroups over several clusters"))
}

/// What a field does when it is neither absent nor as it is by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `lb` does not provision it.
    Refused,
    /// It changes nothing in AWS.
    None,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The path: `[]` is any item of a list, `*` any key of a map.
    pub path: &'static str,
    /// Which values the row is about.
    applies: fn(&Value) -> bool,
    /// What they do.
    pub effect: Effect,
    /// Why; for what is refused, what it is: `... is not provisioned by lb`.
    pub reason: &'static str,
}

fn set(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn is_enabled(value: &Value) -> bool {
    value
        .get("enabled")
        .is_some_and(|enabled| *enabled == Value::Bool(true))
}

fn is_ipv6(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|family| family.eq_ignore_ascii_case("ipv6"))
}

fn is_other_runtime(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|runtime| !runtime.is_empty() && runtime != "containerd")
}

fn is_windows(value: &Value) -> bool {
    let family = value.as_str().unwrap_or_default().to_ascii_lowercase();
    family.starts_with("windows")
}

fn is_search(value: &Value) -> bool {
    value.as_str() == Some("auto")
}

/// Entries of Auto Mode's and HyperPod's nodes.
fn is_other_type(value: &Value) -> bool {
    matches!(value.as_str(), Some("EC2" | "HYPERPOD_LINUX"))
}

/// SSH that would read a file of the machine that runs: its key is not in the config.
fn reads_a_file(ssh: &Value) -> bool {
    let text = |key: &str| ssh.get(key).and_then(Value::as_str).unwrap_or_default();
    let allowed = ssh.get("allow").and_then(Value::as_bool);
    let inline = !text("publicKey").is_empty() || !text("publicKeyName").is_empty();
    match allowed {
        Some(false) => false,
        Some(true) => !inline,
        None => !inline && !text("publicKeyPath").is_empty(),
    }
}

const fn refused(path: &'static str, reason: &'static str) -> Row {
    Row {
        path,
        applies: set,
        effect: Effect::Refused,
        reason,
    }
}

const fn refused_if(path: &'static str, applies: fn(&Value) -> bool, reason: &'static str) -> Row {
    Row {
        path,
        applies,
        effect: Effect::Refused,
        reason,
    }
}

const fn without_effect(path: &'static str, reason: &'static str) -> Row {
    Row {
        path,
        applies: set,
        effect: Effect::None,
        reason,
    }
}

/// The table.
pub const TABLE: &[Row] = &[
    without_effect("apiVersion", "it names the format"),
    without_effect("kind", "it names the format"),
    without_effect("metadata.annotations.*", "annotations are notes for tools"),
    refused(
        "metadata.forceUpdateVersion",
        "an upgrade in spite of blocking insights",
    ),
    refused("metadata.rollbackConfig", "taking an upgrade back"),
    refused_if("kubernetesNetworkConfig.ipFamily", is_ipv6, "an IPv6 cluster"),
    without_effect("kubernetesNetworkConfig.ipFamily", "IPv4 is the family anyway"),
    without_effect(
        "kubernetesNetworkConfig.serviceIPv6CIDR",
        "EKS chooses it; it is only ever read",
    ),
    refused_if("autoModeConfig", is_enabled, "EKS Auto Mode"),
    without_effect("autoModeConfig.*", "EKS Auto Mode is off"),
    refused("remoteNetworkConfig", "a network of hybrid nodes"),
    refused("identityProviders", "an identity provider"),
    refused("iam.fargatePodExecutionRoleARN", "Fargate"),
    refused("iam.fargatePodExecutionRolePermissionsBoundary", "Fargate"),
    without_effect("iam.serviceAccounts[].status", "eksctl only reports it"),
    without_effect(
        "iamIdentityMappings[].noDuplicateARNs",
        "one principal never gets two entries",
    ),
    without_effect("iamIdentityMappings[].namespace", "it belongs to `serviceName`"),
    refused_if(
        "accessConfig.accessEntries[].type",
        is_other_type,
        "an access entry of this type",
    ),
    refused("vpc.ipv6Cidr", "an IPv6 range"),
    refused("vpc.ipv6Pool", "an IPv6 range"),
    refused("vpc.extraIPv6CIDRs", "an IPv6 range"),
    refused("vpc.autoAllocateIPv6", "an IPv6 range"),
    refused(
        "vpc.controlPlaneEgressMode",
        "a way out of the control plane's own",
    ),
    without_effect(
        "addons[].resolveConflicts",
        "add-ons always overwrite while a cluster is made",
    ),
    without_effect("addons[].publishers", "it only searches"),
    without_effect("addons[].types", "it only searches"),
    without_effect("addons[].owners", "it only searches"),
    refused_if("privateCluster", is_enabled, "a fully private cluster"),
    without_effect("privateCluster.*", "the cluster is not fully private"),
    refused("fargateProfiles", "a Fargate profile"),
    refused("localZones", "a local zone"),
    refused("gitops", "GitOps"),
    refused("karpenter", "Karpenter"),
    refused("outpost", "an Outpost"),
    refused(
        "controlPlaneScalingConfig",
        "reserved capacity of the control plane",
    ),
    refused("kubeAPIServerConfig", "a setting of the API server"),
    refused("kubeSchedulerConfig", "a setting of the scheduler"),
    refused(
        "kubeControllerManagerConfig",
        "a setting of the controller manager",
    ),
    refused("capabilities", "an EKS capability"),
    refused_if("nodeGroups[].amiFamily", is_windows, "a nodegroup of this family"),
    refused_if("nodeGroups[].ami", is_search, "a search for an image"),
    refused(
        "nodeGroups[].instanceSelector",
        "a nodegroup of several instance types",
    ),
    refused("nodeGroups[].localZones", "a local zone"),
    refused("nodeGroups[].outpostARN", "an Outpost"),
    refused_if(
        "nodeGroups[].containerRuntime",
        is_other_runtime,
        "a container runtime other than containerd",
    ),
    without_effect(
        "nodeGroups[].containerRuntime",
        "containerd is the runtime anyway",
    ),
    without_effect("nodeGroups[].updateConfig", "only managed nodegroups have it"),
    without_effect("nodeGroups[].ssh.enableSsm", "nodes always have Systems Manager"),
    without_effect("nodeGroups[].placement.spreadLevel", "only Outposts have it"),
    without_effect(
        "nodeGroups[].instanceMarketOptions",
        "it only counts beside `capacityReservation`",
    ),
    refused_if(
        "managedNodeGroups[].amiFamily",
        is_windows,
        "a nodegroup of this family",
    ),
    refused(
        "managedNodeGroups[].instanceSelector",
        "a nodegroup of several instance types by their size",
    ),
    refused("managedNodeGroups[].outpostARN", "an Outpost"),
    refused(
        "managedNodeGroups[].asgSuspendProcesses",
        "stopping processes of EKS's own group",
    ),
    without_effect(
        "managedNodeGroups[].ssh.enableSsm",
        "nodes always have Systems Manager",
    ),
    refused_if(
        "managedNodeGroups[].ssh",
        reads_a_file,
        "a key from a file of this machine",
    ),
    without_effect(
        "managedNodeGroups[].placement.spreadLevel",
        "only Outposts have it",
    ),
    without_effect(
        "managedNodeGroups[].iam.instanceProfileARN",
        "EKS makes the profile of its nodes",
    ),
    without_effect(
        "managedNodeGroups[].securityGroups.withShared",
        "nodes that EKS starts have EKS's own group",
    ),
    without_effect(
        "managedNodeGroups[].securityGroups.withLocal",
        "nodes that EKS starts have EKS's own group",
    ),
    refused_if(
        "nodeGroups[].ssh",
        reads_a_file,
        "a key from a file of this machine",
    ),
];

/// What to do about what is refused, by the beginning of its path; everything else is taken out or left to eksctl.
fn help(row: &Row) -> &'static str {
    match row.path {
        "nodeGroups[].ssh" | "managedNodeGroups[].ssh" => "write the key itself into `ssh.publicKey`",
        "nodeGroups[].ami" => "leave `ami` out for the newest image, or name one by its id",
        _ => "remove it, or create this cluster with eksctl",
    }
}

/// Everything in `config` that `lb` does not provision: an error where it would be provisioned, else an info.
pub fn refused_in(config: &ClusterConfig, severity: Severity) -> Vec<Problem> {
    let value = serde_json::to_value(config).unwrap_or_default();
    let mut problems: Vec<Problem> = Vec::new();
    for row in TABLE.iter().filter(|row| row.effect == Effect::Refused) {
        for path in found(row, &value) {
            problems.push(Problem {
                code: NOT_PROVISIONED,
                severity,
                place: Place::Key(path),
                message: format!("{} is not provisioned by `lb`", row.reason),
                help: Some(help(row).to_owned()),
                fix: None,
                related: Vec::new(),
            });
        }
    }
    problems
}

/// Where in a config a row applies.
pub fn found(row: &Row, config: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    search(config, row.path, &Path::root(), row.applies, &mut found);
    found
}

fn search(value: &Value, pattern: &str, path: &Path, applies: fn(&Value) -> bool, found: &mut Vec<Path>) {
    if pattern.is_empty() {
        if applies(value) {
            found.push(path.clone());
        }
        return;
    }
    if let Some(rest) = pattern.strip_prefix("[]") {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            search(
                item,
                rest.trim_start_matches('.'),
                &path.index(index),
                applies,
                found,
            );
        }
        return;
    }
    let (key, rest) = match pattern.strip_prefix("[\"") {
        Some(quoted) => quoted.split_once("\"]").unwrap_or((quoted, "")),
        None => {
            let end = pattern.find(['.', '[']).unwrap_or(pattern.len());
            pattern.split_at(end)
        }
    };
    let rest = rest.trim_start_matches('.');
    for (name, item) in value.as_object().into_iter().flatten() {
        if key == "*" || key == name {
            search(item, rest, &path.key(name), applies, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lb_model::config::{ClusterMeta, FargateProfile, NodeGroup, NodeGroupSSH};

    #[test]
    fn what_is_refused_is_named_by_its_path() {
        let mut config = ClusterConfig {
            fargate_profiles: vec![FargateProfile::default()],
            ..ClusterConfig::default()
        };
        config.metadata = ClusterMeta::default();
        config
            .metadata
            .annotations
            .insert("lb/edition".to_owned(), "1.0".to_owned());
        config.node_groups = vec![
            NodeGroup {
                outpost_arn: Some(String::new()),
                ..NodeGroup::default()
            },
            NodeGroup {
                outpost_arn: Some("arn".to_owned()),
                ..NodeGroup::default()
            },
        ];
        let problems = refused_in(&config, Severity::Info);
        let places: Vec<_> = problems.iter().map(|problem| problem.place.clone()).collect();
        let path = Path::root().key("nodeGroups").index(1).key("outpostARN");
        assert_eq!(
            places,
            [Place::Key(Path::root().key("fargateProfiles")), Place::Key(path)]
        );
    }

    #[test]
    fn only_keys_that_are_in_the_file_are_imported() {
        let refused = |ssh: NodeGroupSSH| {
            let group = NodeGroup {
                ssh: Some(ssh),
                ..NodeGroup::default()
            };
            !refused_in(
                &ClusterConfig {
                    node_groups: vec![group],
                    ..ClusterConfig::default()
                },
                Severity::Error,
            )
            .is_empty()
        };
        let ssh = NodeGroupSSH::default;
        assert!(!refused(ssh()));
        assert!(refused(NodeGroupSSH {
            allow: Some(true),
            ..ssh()
        }));
        assert!(refused(NodeGroupSSH {
            public_key_path: Some("~/.ssh/id.pub".to_owned()),
            ..ssh()
        }));
        assert!(!refused(NodeGroupSSH {
            public_key: Some("ssh-rsa AAAA".to_owned()),
            ..ssh()
        }));
        assert!(!refused(NodeGroupSSH {
            allow: Some(false),
            public_key_path: Some("x".to_owned()),
            ..ssh()
        }));
    }
}
