//! Disks that jobs fit on.

use super::{Facts, Rule, pools::has_gpus};
use crate::{
    config::{ClusterConfig, OrEmpty},
    leaderboard::is_leaderboard,
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB041");

/// Simulator, agent and their logs, with room for the next image.
const LEAST_GIB: i64 = 200;

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "disk too small for simulator images",
    doc: "\
The images of the simulator and of an agent have tens of GiB each, and a job's recordings lie on the same disk. When it \
is full, Kubernetes evicts the job, hours into its routes. eksctl's default is 80 GiB; upstream uses 400.

A warning is a GPU group with less than 200 GiB, and one with `gp2`, which costs more than `gp3` and is slower. The rule \
looks at Leaderboard clusters only: annotation `lb/edition`, a name with `leaderboard`, or a service account \
`submission-worker`.",
    bad: "nodeGroups: [{name: gpu, instanceType: g5.xlarge, volumeSize: 100}]\n",
    good: "nodeGroups: [{name: gpu, instanceType: g5.xlarge, volumeSize: 400}]\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !is_leaderboard(config) {
        return;
    }
    for group in config.all_node_groups().filter(|group| has_gpus(group, facts)) {
        if group
            .as_managed()
            .is_some_and(|managed| managed.launch_template.is_some())
        {
            continue;
        }
        let size = group.path().key("volumeSize");
        let gib = group.volume_size.unwrap_or(80);
        if gib < LEAST_GIB {
            let message =
                format!("a disk of {gib} GiB is too small for the simulator's and the agents' images");
            let edits = vec![Edit::Set {
                path: size.clone(),
                value: 400.into(),
            }];
            problems.push(
                Problem::warning(CODE, Place::Value(size), message)
                    .with_help("set `volumeSize: 400`")
                    .with_fix(Fix::on_request("Use 400 GiB", edits)),
            );
        }
        if group.volume_type.or_empty() == "gp2" {
            let path = group.path().key("volumeType");
            let edits = vec![Edit::Set {
                path: path.clone(),
                value: "gp3".into(),
            }];
            problems.push(
                Problem::warning(
                    CODE,
                    Place::Value(path),
                    "`gp2` costs more than `gp3` and is slower",
                )
                .with_help("use `gp3`")
                .with_fix(Fix::on_request("Use gp3", edits)),
            );
        }
    }
}
