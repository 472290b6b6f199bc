//! Taints that never reach the nodes.

use super::{
    Facts, Rule,
    lb003::{bootstrap_calls, scripts},
};
use crate::{
    catalog::UserData,
    config::{ClusterConfig, OrEmpty},
    problem::{Code, Place, Problem},
};

const CODE: Code = Code("LB035");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "taints not passed to the kubelet",
    doc: "\
On AmazonLinux2 and Ubuntu eksctl hands a nodegroup's taints to the bootstrap script. `overrideBootstrapCommand` \
replaces that call: unless it passes them on, nodes register without the taints, and any pod may keep a GPU node \
alive.

A warning is a group with `taints` whose own command calls `bootstrap.sh` without `--kubelet-extra-args` that contain \
`$KUBELET_EXTRA_ARGS` or `--register-with-taints`. The variable comes from eksctl's \
`/var/lib/cloud/scripts/eksctl/bootstrap.helper.sh`.",
    bad: "\
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2204
    ami: ami-0123456789abcdef0
    taints: [{key: nvidia.com/gpu, value: \"true\", effect: NoSchedule}]
    overrideBootstrapCommand: /etc/eks/bootstrap.sh leaderboard-20
",
    good: "\
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2204
    ami: ami-0123456789abcdef0
    taints: [{key: nvidia.com/gpu, value: \"true\", effect: NoSchedule}]
    overrideBootstrapCommand: |
      source /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh
      /etc/eks/bootstrap.sh leaderboard-20 --kubelet-extra-args \"${KUBELET_EXTRA_ARGS}\"
",
    check: Some(check),
};

/// What passes taints on, inside the kubelet's arguments.
const CARRIERS: &[&str] = &["KUBELET_EXTRA_ARGS", "NODE_TAINTS", "--register-with-taints"];

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let family = facts.catalog.family(group.ami_family.or_empty());
        let by_script = family.is_some_and(|family| family.user_data == UserData::CloudConfig);
        if !by_script || group.taints().is_empty() || group.override_bootstrap_command.is_none() {
            continue;
        }
        let calls: Vec<_> = scripts(&group)
            .iter()
            .flat_map(|(_, script)| bootstrap_calls(script))
            .collect();
        let passes = |text: &str| CARRIERS.iter().any(|carrier| text.contains(carrier));
        // A script that boots the node in another way cannot be judged.
        if calls.is_empty()
            || calls.iter().any(|call| {
                let words = call.arguments.iter().map(|word| &word.text);
                words.chain(&call.values).any(|text| passes(text))
            })
        {
            continue;
        }
        let message = format!(
            "the taints of `{}` never reach its nodes: its own bootstrap command drops them",
            group.name
        );
        problems.push(
            Problem::warning(CODE, Place::Key(group.path().key("taints")), message)
                .with_help(
                    "source `/var/lib/cloud/scripts/eksctl/bootstrap.helper.sh`, and pass `--kubelet-extra-args \
                     \"${KUBELET_EXTRA_ARGS}\"` to `bootstrap.sh`",
                )
                .with_related(Place::Key(group.path().key("overrideBootstrapCommand")), "this command"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        crate::testing::said(check, text)
    }

    #[test]
    fn taints_are_passed_on_by_way_of_variables_too() {
        let script = |lines: &str| {
            say(&format!(
                "nodeGroups:\n- name: gpu\n  amiFamily: Ubuntu2204\n  ami: ami-1\n  taints: [{{key: a, effect: NoSchedule}}]\n  \
                 overrideBootstrapCommand: |\n    {}\n",
                lines.replace('\n', "\n    ")
            ))
            .len()
        };
        let call = "/etc/eks/bootstrap.sh x --kubelet-extra-args";
        assert_eq!(
            script(&format!("ARGS=\"$KUBELET_EXTRA_ARGS -v 2\"\n{call} \"$ARGS\"")),
            0
        );
        assert_eq!(
            script(&format!(
                "ARGS=--register-with-taints=a=:NoSchedule\n{call} \"-v 2 ${{ARGS}}\""
            )),
            0
        );
        assert_eq!(
            script(&format!("ARGS=\"$KUBELET_EXTRA_ARGS\"\n{call} \"$ARGS_OF_MINE\"")),
            1
        );
        assert_eq!(script(&format!("ARGS=--node-labels=a=b\n{call} \"$ARGS\"")), 1);
    }
}
