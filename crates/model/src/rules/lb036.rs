//! Taints of GPU nodes, and who tolerates them.

use super::{
    Facts, Rule,
    pools::{has_gpus, keeps_off},
};
use crate::{
    config::{ClusterConfig, NodeGroupTaint, OrEmpty},
    leaderboard::{Edition, is_leaderboard},
    problem::{Code, Place, Problem},
};

const CODE: Code = Code("LB036");

/// The taint that NVIDIA's device plugin and GPU jobs in general tolerate.
const GPU_TAINT: &str = "nvidia.com/gpu";

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "taint missing, or tolerated by nobody",
    doc: "\
A GPU node without a taint takes any pod: one of coredns is enough to keep a machine of several dollars an hour alive. \
A taint keeps them off, if those who are meant to run there tolerate it: jobs by `tolerations`, the device plugin, which \
tolerates `nvidia.com/gpu` only.

Whether jobs tolerate a taint stands in their manifests. Those of Leaderboard 1.0 and 2.0 tolerate none. So on a cluster \
whose edition is known (annotation `lb/edition`, or a Leaderboard name that ends with `-10` or `-20`) a warning is any \
taint on a GPU group: no job of the edition would ever run there. On other clusters a warning is a GPU group without a \
`NoSchedule` or `NoExecute` taint, and a taint other than `nvidia.com/gpu`, which the device plugin would have to be told \
of. If your manifests say otherwise, keep it with `# lb: allow LB036 reason`.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
nodeGroups:
  - name: gpu
    instanceType: g5.xlarge
    taints: [{key: nvidia.com/gpu, value: \"true\", effect: NoSchedule}]
",
    good: "\
metadata: {name: training, region: us-west-2, version: '1.35'}
nodeGroups:
  - name: gpu
    instanceType: g5.xlarge
    taints: [{key: nvidia.com/gpu, value: \"true\", effect: NoSchedule}]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let edition = Edition::of(config).filter(|_| is_leaderboard(config));
    for group in config.all_node_groups().filter(|group| has_gpus(group, facts)) {
        let name = group.name;
        let keeps_off: Vec<&NodeGroupTaint> =
            group.taints().iter().filter(|taint| keeps_off(taint)).collect();
        let taints = Place::Key(group.path().key("taints"));
        let (place, message, help) = match (edition, keeps_off.as_slice()) {
            (Some(_), []) => continue,
            (Some(edition), _) => (
                taints,
                format!(
                    "the jobs of Leaderboard {} tolerate no taint, so none of them runs on `{name}`",
                    edition.number()
                ),
                "remove the taint, unless your jobs tolerate it",
            ),
            (None, []) => (
                Place::Value(group.path().key("name")),
                format!("any pod may keep a GPU node of `{name}` alive"),
                "add `taints: [{key: nvidia.com/gpu, value: \"true\", effect: NoSchedule}]`, which GPU jobs then \
                 tolerate",
            ),
            (None, taints_there) if taints_there.iter().all(|taint| taint.key.or_empty() == GPU_TAINT) => {
                continue;
            }
            (None, _) => (
                taints,
                format!(
                    "NVIDIA's device plugin does not tolerate the taints of `{name}`, unless it is told to"
                ),
                "use the key `nvidia.com/gpu`, or give the plugin a toleration",
            ),
        };
        problems.push(Problem::warning(CODE, place, message).with_help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::said;

    fn say(name: &str, group: &str) -> Vec<String> {
        let text =
            format!("metadata: {{name: {name}}}\nnodeGroups:\n- {{name: gpu, instanceType: {group}}}\n");
        said(check, &text)
    }

    #[test]
    fn a_taint_is_missed_where_jobs_may_tolerate_it_and_told_where_they_do_not() {
        let taint = |key: &str| format!("g5.xlarge, taints: [{{key: {key}, effect: NoSchedule}}]");
        assert_eq!(say("leaderboard-20", "g5.xlarge"), [""; 0]);
        assert_eq!(
            say("leaderboard-10", &taint("nvidia.com/gpu")),
            ["the jobs of Leaderboard 1.0 tolerate no taint, so none of them runs on `gpu`"]
        );
        assert_eq!(
            say("training", "g5.xlarge"),
            ["any pod may keep a GPU node of `gpu` alive"]
        );
        assert_eq!(say("training", &taint("nvidia.com/gpu")), [""; 0]);
        assert_eq!(say("training", &taint("dedicated")).len(), 1);
        assert_eq!(say("training", "t3.large"), [""; 0]);
    }
}
