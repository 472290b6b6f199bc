//! A node for the cluster's own services.

use super::{
    Facts, Rule,
    pools::{instance_types, keeps_off, known_types},
};
use crate::{
    config::{ClusterConfig, NodeGroupRef},
    leaderboard::is_leaderboard,
    path::Path,
    problem::{Code, Place, Problem},
};

const CODE: Code = Code("LB040");

/// Pods of a fresh cluster with the Leaderboard's services on one node.
const LEAST_PODS: u32 = 12;
/// Memory of t3.large, in MiB.
const LEAST_MEMORY_MIB: u64 = 8192;

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "no CPU node for cluster services",
    doc: "\
coredns, the cluster autoscaler and the metrics server need a node before any job can start: with GPU pools at zero and \
no CPU node, the autoscaler itself waits for a node, and nobody adds one. On a GPU node they keep it alive for dollars \
an hour.

A warning is a cluster without a CPU group that has at least one node at the start and no taint that keeps pods off, and one whose type is \
smaller than t3.large or has fewer than 12 pods. Clusters with Fargate, Karpenter or Auto Mode are left alone. The rule \
looks at Leaderboard clusters only: annotation `lb/edition`, a name with `leaderboard`, or a service account \
`submission-worker`.",
    bad: "nodeGroups: [{name: gpu, instanceType: g5.xlarge, desiredCapacity: 0, minSize: 0, maxSize: 4}]\n",
    good: "\
nodeGroups:
  - {name: basic-worker, instanceType: t3.large, desiredCapacity: 1}
  - {name: gpu, instanceType: g5.xlarge, desiredCapacity: 0, minSize: 0, maxSize: 4}
",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let auto_mode = config
        .auto_mode_config
        .as_ref()
        .is_some_and(|auto| auto.enabled == Some(true));
    let elsewhere = auto_mode || config.karpenter.is_some() || !config.fargate_profiles.is_empty();
    let Some(first) = config.all_node_groups().next() else {
        return;
    };
    if elsewhere || !is_leaderboard(config) {
        return;
    }
    let services: Vec<_> = config
        .all_node_groups()
        .filter(|group| is_for_services(group, facts))
        .collect();
    if services.is_empty() {
        let list = first
            .path()
            .split_last()
            .map_or_else(Path::root, |(list, _)| list);
        let message = "no CPU node is there at the start for coredns and the autoscaler";
        problems.push(
            Problem::warning(CODE, Place::Key(list), message)
                .with_help("add a nodegroup such as `basic-worker`: `t3.large` with `desiredCapacity: 1`"),
        );
    } else if services.iter().all(|group| is_small(group, facts)) {
        for group in services {
            let place = instance_types(&group)
                .into_iter()
                .next()
                .map_or(group.path(), |(path, _)| path);
            let message = format!(
                "the nodes of `{}` are too small for the cluster's services",
                group.name
            );
            problems.push(
                Problem::warning(CODE, Place::Value(place), message).with_help("take `t3.large` or larger"),
            );
        }
    }
}

/// Whether it has CPU nodes at the start that any pod may use.
fn is_for_services(group: &NodeGroupRef<'_>, facts: &Facts<'_>) -> bool {
    // eksctl's default is two nodes.
    let at_start = group.desired_capacity.or(*group.min_size).unwrap_or(2);
    let has_gpu = known_types(group, facts)
        .iter()
        .any(|instance| instance.gpus.is_some());
    at_start >= 1 && !has_gpu && !group.taints().iter().any(keeps_off)
}

/// Whether all its types are known and too small.
fn is_small(group: &NodeGroupRef<'_>, facts: &Facts<'_>) -> bool {
    let types = known_types(group, facts);
    let small = |pods: u32, memory: u64| pods < LEAST_PODS || memory < LEAST_MEMORY_MIB;
    !types.is_empty()
        && types.len() == instance_types(group).len()
        && types
            .iter()
            .all(|instance| small(instance.max_pods, instance.memory_mib))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        crate::testing::said(check, text)
    }

    #[test]
    fn a_taint_that_only_prefers_other_nodes_keeps_nobody_off() {
        let with = |effect: &str| {
            say(&format!(
                "metadata: {{name: leaderboard-20}}\nnodeGroups: [{{name: basic, instanceType: t3.large, \
                 taints: [{{key: a, effect: {effect}}}]}}]"
            ))
            .len()
        };
        assert_eq!((with("PreferNoSchedule"), with("NoSchedule")), (0, 1));
    }
}
