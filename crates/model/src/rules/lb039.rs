//! Two pools that jobs cannot tell apart.

use super::{
    Facts, Rule,
    pools::{has_gpus, instance_types},
};
use crate::{
    config::{ClusterConfig, NodeGroupRef},
    leaderboard::is_leaderboard,
    problem::{Code, Place, Problem},
};
use std::collections::HashMap;

const CODE: Code = Code("LB039");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "two GPU pools of one type",
    doc: "\
The Leaderboard's jobs choose their nodes by instance type. With two GPU pools of one type it is the autoscaler's choice \
which of them grows, and limits, disks and labels of the other do not hold.

Pools in different zones or subnets are told apart. The rule looks at Leaderboard clusters only: annotation \
`lb/edition`, a name with `leaderboard`, or a service account `submission-worker`.",
    bad: "nodeGroups: [{name: a, instanceType: g5.xlarge}, {name: b, instanceType: g5.xlarge}]\n",
    good: "nodeGroups: [{name: a, instanceType: g5.xlarge}, {name: b, instanceType: g5.2xlarge}]\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !is_leaderboard(config) {
        return;
    }
    let mut seen: HashMap<(&str, &[String], &[String]), NodeGroupRef<'_>> = HashMap::new();
    for group in config.all_node_groups().filter(|group| has_gpus(group, facts)) {
        for (path, name) in instance_types(&group) {
            let key = (
                name,
                group.availability_zones.as_slice(),
                group.subnets.as_slice(),
            );
            let other = seen.entry(key).or_insert(group);
            if other.path() != group.path() {
                let message = format!(
                    "`{}` and `{}` are both `{name}`, by which jobs choose",
                    other.name, group.name
                );
                problems.push(
                    Problem::warning(CODE, Place::Value(path), message)
                        .with_help("make one pool of them, or take another type")
                        .with_related(Place::Key(other.path()), "the other pool"),
                );
            }
        }
    }
}
