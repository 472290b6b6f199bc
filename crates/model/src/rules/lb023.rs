//! Copies of a pool that have drifted apart.

use super::{Facts, Rule, pools::has_gpus};
use crate::{
    config::{ClusterConfig, NodeGroupRef, OrEmpty},
    leaderboard::is_leaderboard,
    problem::{Code, Edit, Fix, Place, Problem},
};
use std::collections::BTreeMap;

const CODE: Code = Code("LB023");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "GPU pools with different images",
    doc: "\
GPU pools are copies of each other that differ in instance type and size. When the image of one is changed and that of \
another is not, jobs behave differently from pool to pool, and results cannot be compared.

A warning is a GPU group whose `ami` or `amiFamily` is not that of most GPU groups, if more than half agree. While a new \
image is tried on one pool, say so with `# lb: allow LB023 reason`. The rule looks at Leaderboard clusters only: \
annotation `lb/edition`, a name with `leaderboard`, or a service account `submission-worker`.",
    bad: "\
nodeGroups:
  - {name: a, instanceType: g5.xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: b, instanceType: g5.2xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: c, instanceType: g5.4xlarge, amiFamily: Ubuntu2204, ami: ami-0fedcba9876543210, overrideBootstrapCommand: run}
",
    good: "\
nodeGroups:
  - {name: a, instanceType: g5.xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: b, instanceType: g5.2xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: c, instanceType: g5.4xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !is_leaderboard(config) {
        return;
    }
    let pools: Vec<_> = config
        .all_node_groups()
        .filter(|group| has_gpus(group, facts))
        .collect();
    let family = |pool: &NodeGroupRef<'_>| match pool.ami_family.or_empty() {
        "" => "AmazonLinux2023".to_owned(),
        name => name.to_owned(),
    };
    let image = |pool: &NodeGroupRef<'_>| pool.ami.or_empty().to_owned();
    if let Some(usual) = usual(&pools, family) {
        for pool in pools.iter().filter(|pool| family(pool) != usual) {
            problems.push(differs(pool, "amiFamily", &usual));
        }
        // Images of another family are other images anyway.
        let alike: Vec<_> = pools.into_iter().filter(|pool| family(pool) == usual).collect();
        if let Some(usual) = self::usual(&alike, image) {
            for pool in alike.iter().filter(|pool| image(pool) != usual) {
                problems.push(differs(pool, "ami", &usual));
            }
        }
    }
}

/// What more than half of the pools have.
fn usual(pools: &[NodeGroupRef<'_>], value: impl Fn(&NodeGroupRef<'_>) -> String) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for pool in pools {
        *counts.entry(value(pool)).or_default() += 1;
    }
    counts
        .into_iter()
        .find(|(_, count)| count * 2 > pools.len())
        .map(|(value, _)| value)
}

fn differs(pool: &NodeGroupRef<'_>, key: &str, usual: &str) -> Problem {
    let path = pool.path().key(key);
    let message = format!("`{}` has another `{key}` than the other GPU pools", pool.name);
    let problem = Problem::warning(CODE, Place::Value(path.clone()), message);
    if usual.is_empty() {
        return problem.with_help(format!("remove `{key}`, as in the others"));
    }
    let edits = vec![Edit::Set {
        path,
        value: usual.into(),
    }];
    problem
        .with_help(format!("use `{usual}`"))
        .with_fix(Fix::on_request(format!("Use {usual}"), edits))
}
