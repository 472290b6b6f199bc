//! How many nodes a nodegroup has, and how large their volumes are.

use super::group::*;
use super::shape::*;
use crate::{
    config::*,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

pub(super) const SIZES: Code = Code("EK320");
const VOLUME: Code = Code("EK321");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: SIZES,
        title: "sizes of a nodegroup contradict",
        doc: "\
The Auto Scaling group needs `minSize` <= `desiredCapacity` <= `maxSize`, none below zero. What is absent has a \
default: `minSize` is `desiredCapacity`, else 2; `maxSize` is `desiredCapacity`, else `minSize`, in a managed \
nodegroup at least 1. So `maxSize: 1` alone contradicts the default minimum.

For a self-managed nodegroup eksctl finds this only when the cluster exists already.",
        bad: "nodeGroups: [{name: worker, minSize: 2, maxSize: 1}]\n",
        good: "nodeGroups: [{name: worker, minSize: 0, maxSize: 1}]\n",
        check: Some(sizes),
    },
    Rule {
        code: VOLUME,
        title: "volume type does not fit",
        doc: "\
Only gp3, io1 and io2 volumes take IOPS: 3000 to 16000, 100 to 64000 and 100 to 256000. Only gp3 volumes take a \
throughput. Without `volumeType` the volume is gp3.",
        bad: "nodeGroups: [{name: worker, volumeType: gp2, volumeIOPS: 3000}]\n",
        good: "nodeGroups: [{name: worker, volumeType: gp3, volumeIOPS: 4000}]\n",
        check: Some(volumes),
    },
];

fn sizes(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let desired = *group.desired_capacity;
        let (min, max) = node_bounds(&group);
        let said = |key: &str, value: Option<i64>, taken: i64| match value {
            Some(value) => format!("`{key}` {value}"),
            None => format!("the default `{key}` {taken}"),
        };
        let (least, most) = (
            said("minSize", *group.min_size, min),
            said("maxSize", *group.max_size, max),
        );
        let negative = [
            ("minSize", *group.min_size),
            ("maxSize", *group.max_size),
            ("desiredCapacity", desired),
        ]
        .into_iter()
        .find(|(_, size)| size.is_some_and(|size| size < 0));
        let (key, message) = match (negative, desired) {
            (Some((key, _)), _) => (key, format!("`{key}` is below zero")),
            (None, Some(desired)) if desired < min => (
                "desiredCapacity",
                format!("`desiredCapacity` {desired} is below {least}"),
            ),
            (None, Some(desired)) if desired > max => (
                "desiredCapacity",
                format!("`desiredCapacity` {desired} is above {most}"),
            ),
            (None, _) if max < min => ("maxSize", format!("{most} is below {least}")),
            _ => continue,
        };
        let key = if key == "maxSize" && group.max_size.is_none() {
            "minSize"
        } else {
            key
        };
        let problem = Problem::error(SIZES, Place::Value(group.path().key(key)), message);
        problems.push(problem.with_help("write sizes with `minSize` <= `desiredCapacity` <= `maxSize`"));
    }
}

fn volumes(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let at = group.path();
        let kind = group.volume_type.as_deref().unwrap_or("gp3");
        let limits = match kind {
            "gp3" => Some((3000, 16_000)),
            "io1" => Some((100, 64_000)),
            "io2" => Some((100, 256_000)),
            _ => None,
        };
        match (*group.volume_iops, limits) {
            (Some(_), None) => problems.push(misfit(&at, "volumeIOPS", kind, "`gp3`, `io1` and `io2`")),
            (Some(iops), Some((min, max))) if !(min..=max).contains(&iops) => {
                problems.push(out_of_range(VOLUME, at.key("volumeIOPS"), iops, min, max));
            }
            _ => {}
        }
        if group.volume_throughput.is_some() && kind != "gp3" {
            problems.push(misfit(&at, "volumeThroughput", kind, "`gp3`"));
        }
    }
}

fn misfit(group: &Path, key: &str, kind: &str, fitting: &str) -> Problem {
    let message = format!("`{key}` is for {fitting} volumes, and this one is `{kind}`");
    Problem::error(VOLUME, Place::Value(group.key(key)), message)
        .with_help("remove it, or change `volumeType`")
}
