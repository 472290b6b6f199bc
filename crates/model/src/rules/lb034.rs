//! Room for all nodes at once.

use super::{Facts, Rule, pools::known_types};
use crate::{
    catalog::QuotaFamily,
    config::{ClusterConfig, NodeGroupKind, NodeGroupRef},
    path::Path,
    problem::{Code, Place, Problem},
    settings::{QUOTAS_ANNOTATION, quotas},
};
use std::collections::BTreeMap;

const CODE: Code = Code("LB034");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "more vCPUs than the quota allows",
    doc: "\
AWS counts the vCPUs of all running instances of an account and region against a quota for each family: G and VT, P, \
and the standard ones. Groups that cannot grow to their `maxSize` leave jobs waiting without end, and new accounts have \
a quota of 0 for GPUs.

What an account has stands in no file. An account that is at hand is asked; for work without one, say it in the \
annotation `lb/quotas: g-vcpus=192, standard-vcpus=64` (also `p-vcpus`, and `g-spot-vcpus`, `p-spot-vcpus` for spot \
instances). A warning is a sum of `maxSize` times vCPUs above a quota that is said so; of several instance types the \
largest counts.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35', annotations: {lb/quotas: g-vcpus=64}}
nodeGroups: [{name: gpu, instanceType: g5.12xlarge, minSize: 0, maxSize: 4}]
",
    good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35', annotations: {lb/quotas: g-vcpus=192}}
nodeGroups: [{name: gpu, instanceType: g5.12xlarge, minSize: 0, maxSize: 4}]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let given = quotas(config);
    if given.is_empty() {
        return;
    }
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for group in config.all_node_groups() {
        if let Some((key, vcpus)) = at_most(&group, facts) {
            *sums.entry(key).or_default() += vcpus;
        }
    }
    let here = Path::root()
        .key("metadata")
        .key("annotations")
        .key(QUOTAS_ANNOTATION);
    for (key, limit) in given {
        let sum = sums.get(key).copied().unwrap_or_default();
        if sum <= limit {
            continue;
        }
        let what = facts.catalog.quota(key).map_or(key, |quota| quota.what);
        let message =
            format!("all nodegroups together may need {sum} vCPUs, and the quota is {limit}: {what}");
        problems.push(
            Problem::warning(CODE, Place::Value(here.clone()), message)
                .with_help(format!("ask AWS for {sum}, or lower `maxSize`")),
        );
    }
}

/// The vCPUs of a group at its largest, and the quota that they count against.
fn at_most(group: &NodeGroupRef<'_>, facts: &Facts<'_>) -> Option<(&'static str, u64)> {
    let largest = known_types(group, facts)
        .into_iter()
        .max_by_key(|instance| instance.vcpus)?;
    let sizes = [*group.max_size, *group.desired_capacity, *group.min_size];
    let nodes = sizes.into_iter().flatten().next().unwrap_or(2);
    let spot = match group.kind {
        NodeGroupKind::Managed(managed) => managed.spot == Some(true),
        NodeGroupKind::SelfManaged(own) => own.instances_distribution.is_some(),
    };
    let key = match (largest.quota_family()?, spot) {
        (QuotaFamily::G, true) => "g-spot-vcpus",
        (QuotaFamily::P, true) => "p-spot-vcpus",
        (family, false) => family.quota_key(),
        (QuotaFamily::Standard, true) => return None,
    };
    Some((key, u64::try_from(nodes).ok()? * u64::from(largest.vcpus)))
}
