//! What only self-managed nodegroups have.

use super::cluster::check_name;
use super::group::*;
use super::shape::*;
use crate::{
    config::*,
    format::Arn,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};
use std::collections::BTreeSet;

const EXCLUDES: Code = Code("EK402");
const ONE_OF: Code = Code("EK404");
const RANGE: Code = Code("EK405");
const FORMAT: Code = Code("EK406");
pub(super) const POLICY_RESOURCE: Code = Code("EK450");
const INSTANCES: Code = Code("EK410");
const CPU_CREDITS: Code = Code("EK411");
const RUNTIME: Code = Code("EK412");
const BOTTLEROCKET: Code = Code("EK413");
const KUBELET: Code = Code("EK414");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: EXCLUDES,
        title: "two settings exclude each other",
        doc: "\
Nodes are in local zones or in availability zones. There is one SSH key for a nodegroup, and `albIngress` is the old \
name of `awsLoadBalancerController`.",
        bad: "nodeGroups: [{name: worker, ssh: {publicKeyName: key, publicKeyPath: key.pub}}]\n",
        good: "nodeGroups: [{name: worker, ssh: {publicKeyName: key}}]\n",
        check: Some(|config, _, problems| {
            each(config, |at, group| excludes(EXCLUDES, EXCLUDES_ROWS, at, &group, problems));
        }),
    },
    Rule {
        code: ONE_OF,
        title: "a setting has an unknown value",
        doc: "\
Processes of the Auto Scaling group, CPU credits and the strategy for spot instances each have a fixed set of values.",
        bad: "nodeGroups: [{name: worker, asgSuspendProcesses: [launch]}]\n",
        good: "nodeGroups: [{name: worker, asgSuspendProcesses: [Launch]}]\n",
        check: Some(|config, _, problems| {
            each(config, |at, group| one_of(ONE_OF, ONE_OF_ROWS, at, &group, problems));
        }),
    },
    Rule {
        code: RANGE,
        title: "a number is out of range",
        doc: "\
A node lives at least a day (86400 seconds) before it is replaced by age. Of mixed instances the on-demand base is not \
below zero, the on-demand percentage is from 0 to 100, and the number of spot pools from 1 to 20.",
        bad: "nodeGroups: [{name: worker, maxInstanceLifetime: 3600}]\n",
        good: "nodeGroups: [{name: worker, maxInstanceLifetime: 86400}]\n",
        check: Some(|config, _, problems| {
            each(config, |at, group| range(RANGE, RANGE_ROWS, at, &group, problems));
        }),
    },
    Rule {
        code: FORMAT,
        title: "a text has the wrong form",
        doc: "\
The name of a self-managed nodegroup has letters, digits and dashes only, because names of AWS objects are made from \
it. Policies are given by their ARN.",
        bad: "nodeGroups: [{name: gpu_worker}]\n",
        good: "nodeGroups: [{name: gpu-worker}]\n",
        check: Some(formats),
    },
    Rule {
        code: INSTANCES,
        title: "instance types contradict",
        doc: "\
With `instancesDistribution` or `instanceSelector` the types come from there, so `instanceType` is absent or `mixed`. \
A distribution lists 1 to 20 types, unless a selector finds them. The number of spot pools is for the strategy \
`lowest-price`, not for those that look at capacity.",
        bad: "\
nodeGroups: [{name: worker, instanceType: m5.large, instancesDistribution: {instanceTypes: [m5.large, m5.xlarge]}}]
",
        good: "nodeGroups: [{name: worker, instancesDistribution: {instanceTypes: [m5.large, m5.xlarge]}}]\n",
        check: Some(instances),
    },
    Rule {
        code: CPU_CREDITS,
        title: "CPU credits without burstable types",
        doc: "Only burstable types, whose names begin with `t`, have CPU credits.",
        bad: "nodeGroups: [{name: worker, instanceType: m5.large, cpuCredits: unlimited}]\n",
        good: "nodeGroups: [{name: worker, instanceType: t3.large, cpuCredits: unlimited}]\n",
        check: Some(cpu_credits),
    },
    Rule {
        code: RUNTIME,
        title: "container runtime does not fit",
        doc: "\
Kubernetes from 1.24 on and AmazonLinux2023 have containerd only. A bootstrap command of your own chooses the runtime \
itself.",
        bad: "nodeGroups: [{name: worker, containerRuntime: dockerd}]\n",
        good: "nodeGroups: [{name: worker, containerRuntime: containerd}]\n",
        check: Some(container_runtime),
    },
    Rule {
        code: BOTTLEROCKET,
        title: "not for this AMI family",
        doc: "\
`bottlerocket` settings are for Bottlerocket families. Those and Windows take no `kubeletExtraConfig`. Of the \
Kubernetes settings of Bottlerocket those that the nodegroup has fields for are set there: labels, taints, pods, DNS.",
        bad: "nodeGroups: [{name: worker, amiFamily: Ubuntu2404, bottlerocket: {settings: {motd: hello}}}]\n",
        good: "nodeGroups: [{name: worker, amiFamily: Bottlerocket, bottlerocket: {settings: {motd: hello}}}]\n",
        check: Some(family_settings),
    },
    Rule {
        code: KUBELET,
        title: "kubelet setting belongs to eksctl",
        doc: "\
Some settings of the kubelet make the node join the cluster; `kubeletExtraConfig` cannot change `kind`, `apiVersion`, \
`address`, `clusterDomain`, `authentication`, `authorization` and `serverTLSBootstrap`.",
        bad: "nodeGroups: [{name: worker, kubeletExtraConfig: {clusterDomain: example.org}}]\n",
        good: "nodeGroups: [{name: worker, kubeletExtraConfig: {maxOpenFiles: 100000}}]\n",
        check: Some(kubelet),
    },
    Rule {
        code: POLICY_RESOURCE,
        title: "ARN of something else than a policy",
        doc: "\
The ARN of a policy ends with `policy/` and its name. eksctl finds another one only while it makes the nodegroup, when \
the cluster exists already.",
        bad: "nodeGroups: [{name: worker, iam: {attachPolicyARNs: ['arn:aws:iam::111122223333:root']}}]\n",
        good: "\
nodeGroups: [{name: worker, iam: {attachPolicyARNs: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']}}]
",
        check: Some(policy_resources),
    },
];

/// Every self-managed nodegroup with its path.
fn each<'a>(config: &'a ClusterConfig, mut check: impl FnMut(&Path, &'a NodeGroup)) {
    for (index, group) in config.node_groups.iter().enumerate() {
        check(&Path::root().key("nodeGroups").index(index), group);
    }
}

fn ssh(group: &NodeGroup, is: impl Fn(&NodeGroupSSH) -> &Option<String>) -> bool {
    group.ssh.as_ref().is_some_and(|ssh| is(ssh).is_given())
}

fn addon_policy(group: &NodeGroup, is: impl Fn(&NodeGroupIAMAddonPolicies) -> Option<bool>) -> bool {
    let policies = group
        .iam
        .as_ref()
        .and_then(|iam| iam.with_addon_policies.as_ref());
    policies.is_some_and(|policies| is(policies) == Some(true))
}

const ONE_KEY: &str = "keep one of the keys";

const EXCLUDES_ROWS: &[Excludes<NodeGroup>] = &[
    Excludes {
        a: ("localZones", |g| g.local_zones.is_given()),
        b: ("availabilityZones", |g| g.availability_zones.is_given()),
        help: "keep one of them, and make a second nodegroup for the other",
    },
    Excludes {
        a: ("ssh.publicKeyName", |g| ssh(g, |ssh| &ssh.public_key_name)),
        b: ("ssh.publicKeyPath", |g| ssh(g, |ssh| &ssh.public_key_path)),
        help: ONE_KEY,
    },
    Excludes {
        a: ("ssh.publicKeyName", |g| ssh(g, |ssh| &ssh.public_key_name)),
        b: ("ssh.publicKey", |g| ssh(g, |ssh| &ssh.public_key)),
        help: ONE_KEY,
    },
    Excludes {
        a: ("ssh.publicKeyPath", |g| ssh(g, |ssh| &ssh.public_key_path)),
        b: ("ssh.publicKey", |g| ssh(g, |ssh| &ssh.public_key)),
        help: ONE_KEY,
    },
    Excludes {
        a: ("iam.withAddonPolicies.awsLoadBalancerController", |g| {
            addon_policy(g, |policies| policies.aws_load_balancer_controller)
        }),
        b: ("iam.withAddonPolicies.albIngress", |g| {
            addon_policy(g, |policies| policies.alb_ingress)
        }),
        help: "remove `albIngress`, the old name of the same",
    },
];

const ONE_OF_ROWS: &[OneOf<NodeGroup>] = &[
    OneOf {
        path: "asgSuspendProcesses",
        values: |g| &g.asg_suspend_processes,
        any_case: false,
        may_be_empty: false,
    },
    OneOf {
        path: "cpuCredits",
        values: |g| g.cpu_credits.as_slice(),
        any_case: true,
        may_be_empty: false,
    },
    OneOf {
        path: "instancesDistribution.spotAllocationStrategy",
        values: |g| {
            g.instances_distribution
                .as_ref()
                .map_or(&[], |mixed| mixed.spot_allocation_strategy.as_slice())
        },
        any_case: false,
        may_be_empty: false,
    },
];

fn mixed(group: &NodeGroup, of: impl Fn(&NodeGroupInstancesDistribution) -> Option<i64>) -> Option<i64> {
    group.instances_distribution.as_ref().and_then(of)
}

const RANGE_ROWS: &[Range<NodeGroup>] = &[
    Range {
        path: "maxInstanceLifetime",
        value: |g| g.max_instance_lifetime,
        min: 86_400,
        max: i64::MAX,
    },
    Range {
        path: "instancesDistribution.onDemandBaseCapacity",
        value: |g| mixed(g, |mixed| mixed.on_demand_base_capacity),
        min: 0,
        max: i64::MAX,
    },
    Range {
        path: "instancesDistribution.onDemandPercentageAboveBaseCapacity",
        value: |g| mixed(g, |mixed| mixed.on_demand_percentage_above_base_capacity),
        min: 0,
        max: 100,
    },
    Range {
        path: "instancesDistribution.spotInstancePools",
        value: |g| mixed(g, |mixed| mixed.spot_instance_pools),
        min: 1,
        max: 20,
    },
];

/// Every policy of a nodegroup with its place.
fn each_policy(at: &Path, group: &NodeGroup, mut check: impl FnMut(Place, &str)) {
    let policies = group.iam.as_ref().map_or(&[][..], |iam| &iam.attach_policy_arns);
    for (index, policy) in policies.iter().enumerate() {
        check(
            Place::Value(below(at, "iam.attachPolicyARNs").index(index)),
            policy,
        );
    }
}

fn no_policy(code: Code, place: Place, policy: &str) -> Problem {
    let problem = Problem::error(code, place, format!("`{policy}` is not the ARN of a policy"));
    problem.with_help("write it as `arn:aws:iam::aws:policy/NAME`")
}

fn policy_resources(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        each_policy(at, group, |place, policy| {
            if Arn::parse(policy).is_some_and(|arn| arn.typed_resource().is_none()) {
                problems.push(no_policy(POLICY_RESOURCE, place, policy));
            }
        });
    });
}

fn formats(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        check_name(FORMAT, at.key("name"), &group.name, problems);
        each_policy(at, group, |place, policy| {
            if Arn::parse(policy).is_none() {
                problems.push(no_policy(FORMAT, place, policy));
            }
        });
    });
}

fn instances(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        let mut complain = |key: &str, message: &str, help: &str| {
            problems.push(Problem::error(INSTANCES, Place::Value(below(at, key)), message).with_help(help));
        };
        let has_single = !matches!(group.instance_type.or_empty(), "" | "mixed");
        if has_single && (group.instances_distribution.is_some() || selects(group.instance_selector.as_ref()))
        {
            let message = "`instanceType` cannot be set beside a distribution or selector of types";
            complain("instanceType", message, "remove it, or write `mixed`");
        }
        let Some(mixed) = &group.instances_distribution else {
            return;
        };
        let types: BTreeSet<&String> = mixed.instance_types.iter().collect();
        if types.is_empty() && !selects(group.instance_selector.as_ref()) {
            complain(
                "instancesDistribution.instanceTypes",
                "the types to mix are missing",
                "list at least one type",
            );
        } else if types.len() > 20 {
            complain(
                "instancesDistribution.instanceTypes",
                "a group mixes at most 20 types",
                "remove some of them",
            );
        }
        let strategy = mixed.spot_allocation_strategy.or_empty();
        let by_capacity = matches!(strategy, "capacity-optimized" | "capacity-optimized-prioritized");
        if by_capacity && mixed.spot_instance_pools.is_some() {
            let message = format!("strategy `{strategy}` has no number of pools");
            complain("instancesDistribution.spotInstancePools", &message, "remove it");
        }
    });
}

fn cpu_credits(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        let mixed = group
            .instances_distribution
            .as_ref()
            .map_or(&[][..], |mixed| &mixed.instance_types);
        let mut types = group.instance_type.iter().chain(mixed);
        if group.cpu_credits.is_some() && !types.any(|name| name.starts_with('t')) {
            let place = Place::Value(at.key("cpuCredits"));
            let message = "none of the instance types has CPU credits";
            problems.push(
                Problem::error(CPU_CREDITS, place, message)
                    .with_help("remove it, or choose burstable types such as `t3.large`"),
            );
        }
    });
}

fn container_runtime(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let containerd_only = cluster_minor(config, facts.catalog).is_some_and(|minor| minor >= 24);
    for group in config.all_node_groups() {
        let Some((own, runtime)) = group
            .as_self_managed()
            .and_then(|own| Some((own, own.container_runtime.as_deref()?)))
        else {
            continue;
        };
        let at = group.path().key("containerRuntime");
        let is_2023 = family(&group, facts.catalog).is_some_and(is_amazon_linux_2023);
        let is_known = if containerd_only || is_2023 {
            runtime == "containerd"
        } else {
            matches!(runtime, "containerd" | "dockerd" | "docker")
        };
        if !is_known {
            let message = format!("nodes of this group cannot have the container runtime `{runtime}`");
            problems.push(Problem::error(RUNTIME, Place::Value(at), message).with_help("write `containerd`"));
        } else if own.override_bootstrap_command.is_some() {
            let message = "`containerRuntime` has no effect beside `overrideBootstrapCommand`";
            let problem = Problem::error(RUNTIME, Place::Value(at), message);
            problems.push(problem.with_help("remove it, and choose the runtime in the command"));
        }
    }
}

fn family_settings(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let Some(own) = group.as_self_managed() else {
            continue;
        };
        let family = family(&group, facts.catalog);
        let is_bottlerocket = family.is_some_and(is_bottlerocket);
        let mut complain = |path: &str, message: String, help: &str| {
            let place = Place::Value(below(&group.path(), path));
            problems.push(Problem::error(BOTTLEROCKET, place, message).with_help(help));
        };
        let name = family.map_or("", |family| family.name);
        if own.kubelet_extra_config.is_some() && (is_bottlerocket || family.is_some_and(is_windows)) {
            complain(
                "kubeletExtraConfig",
                format!("`{name}` takes no `kubeletExtraConfig`"),
                "remove it",
            );
        }
        if own.bottlerocket.is_some() && !is_bottlerocket {
            let help = "remove it, or set `amiFamily: Bottlerocket`";
            complain(
                "bottlerocket",
                "these settings are for Bottlerocket only".to_owned(),
                help,
            );
        }
        let settings = own
            .bottlerocket
            .as_ref()
            .and_then(|bottlerocket| bottlerocket.settings.as_ref());
        if let Some(kubernetes) = settings.and_then(|settings| settings.get("kubernetes")) {
            bottlerocket_kubernetes(own, kubernetes, &mut complain);
        }
    }
}

/// The settings of Bottlerocket that eksctl writes itself.
fn bottlerocket_kubernetes(
    group: &NodeGroup,
    kubernetes: &serde_json::Value,
    complain: &mut impl FnMut(&str, String, &str),
) {
    const AT: &str = "bottlerocket.settings.kubernetes";
    let Some(kubernetes) = kubernetes.as_object() else {
        complain(
            AT,
            "these settings are not a map".to_owned(),
            "write a map of settings",
        );
        return;
    };
    for (key, field) in [
        ("node-labels", "labels"),
        ("node-taints", "taints"),
        ("max-pods", "maxPodsPerNode"),
    ] {
        if kubernetes.contains_key(key) {
            let help = format!("remove it, and write `{field}` of the nodegroup");
            complain(
                &format!("{AT}.{key}"),
                format!("`{key}` is set by eksctl from `{field}`"),
                &help,
            );
        }
    }
    if kubernetes.contains_key("cluster-dns-ip") && group.cluster_dns.is_given() {
        let message = "`cluster-dns-ip` says the same as `clusterDNS` of the nodegroup".to_owned();
        complain(&format!("{AT}.cluster-dns-ip"), message, "remove one of them");
    }
}

fn kubelet(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    const OWNED: [&str; 7] = [
        "kind",
        "apiVersion",
        "address",
        "clusterDomain",
        "authentication",
        "authorization",
        "serverTLSBootstrap",
    ];
    each(config, |at, group| {
        let keys = group.kubelet_extra_config.iter().flat_map(|extra| extra.keys());
        for key in keys.filter(|key| OWNED.contains(&key.as_str())) {
            let place = Place::Key(at.key("kubeletExtraConfig").key(key));
            let message = format!("`{key}` of the kubelet is set by eksctl");
            problems.push(Problem::error(KUBELET, place, message).with_help("remove it"));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ek::shape::tests::*;

    #[test]
    fn rows_name_fields_of_the_schema() {
        assert_fields(EXCLUDES_ROWS);
        assert_fields(RANGE_ROWS);
        assert_values(ONE_OF_ROWS);
    }
}
