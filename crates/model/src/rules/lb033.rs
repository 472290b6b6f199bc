//! Nodes for GPU jobs that have no GPU to give.

use super::{
    Facts, Rule,
    pools::{instance_types, known_types},
};
use crate::{
    config::{ClusterConfig, NodeGroupRef, OrEmpty},
    leaderboard::{SUBMISSION_WORKER, is_leaderboard},
    problem::{Code, Place, Problem},
};

const CODE: Code = Code("LB033");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "no usable GPU on these nodes",
    doc: "\
Jobs ask for `nvidia.com/gpu: 1`, a whole GPU that the device plugin has found. Nodes without one start, cost money, \
and no job ever runs on them.

A warning is a GPU type on a stock image that has no NVIDIA driver: Ubuntu and Windows. On Leaderboard clusters \
(annotation `lb/edition`, a name with `leaderboard`, or a service account `submission-worker`) an error is a type with \
only a share of a GPU, g6f and gr6f, and a warning a group that is called `submission-worker...` but has no GPU.",
    bad: "nodeGroups: [{name: submission-worker, instanceType: g6f.xlarge}]\n",
    good: "nodeGroups: [{name: submission-worker, instanceType: g6.xlarge}]\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let for_jobs = is_leaderboard(config);
    for group in config.all_node_groups() {
        problems.extend(without_driver(&group, facts));
        if for_jobs {
            problems.extend(without_whole_gpu(&group, facts));
        }
    }
}

fn without_driver(group: &NodeGroupRef<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let family = facts.catalog.family(group.ami_family.or_empty())?;
    let has_gpu = known_types(group, facts)
        .iter()
        .any(|instance| instance.gpus.is_some());
    if family.nvidia_driver || !has_gpu || group.ami.or_empty().starts_with("ami-") {
        return None;
    }
    let message = format!("the stock image of `{}` has no NVIDIA driver", family.name);
    let place = Place::Value(group.path().key("amiFamily"));
    Some(
        Problem::warning(CODE, place, message)
            .with_help("use `AmazonLinux2023`, or an `ami` of your own with the driver"),
    )
}

fn without_whole_gpu(group: &NodeGroupRef<'_>, facts: &Facts<'_>) -> Option<Problem> {
    instance_types(group).into_iter().find_map(|(path, name)| {
        let instance = facts
            .catalog
            .instance(name)
            .filter(|instance| instance.gpu_count() == 0)?;
        let problem = if instance.gpus.is_some() {
            let message = format!("`{name}` has only a share of a GPU, and jobs ask for a whole one");
            Problem::error(CODE, Place::Value(path), message)
        } else if group.name.starts_with(SUBMISSION_WORKER) {
            let message = format!("`{}` is for jobs with a GPU, and `{name}` has none", group.name);
            Problem::warning(CODE, Place::Value(path), message)
        } else {
            return None;
        };
        Some(problem.with_help("take a type with a whole GPU, such as `g5.xlarge`"))
    })
}
