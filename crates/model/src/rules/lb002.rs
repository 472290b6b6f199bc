//! Groups that the cluster autoscaler must find.

use super::{Facts, Rule, lb001::named_cluster};
use crate::{
    config::{ClusterConfig, NodeGroup, bounds},
    leaderboard::{AUTOSCALER_TAG, is_leaderboard},
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB002");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "scalable group without autoscaler tags",
    doc: "\
The cluster autoscaler changes only groups that carry both tags, `k8s.io/cluster-autoscaler/enabled` and \
`k8s.io/cluster-autoscaler/NAME`. A group that may grow but lacks one of them stays as it is: jobs for it wait for ever.

Tags under `metadata.tags` are on every group. The rule looks at self-managed nodegroups whose `maxSize` is above their `minSize` or `desiredCapacity`, on Leaderboard \
clusters (annotation `lb/edition`, a name with `leaderboard`, or a service account `submission-worker`). Managed \
nodegroups are tagged by EKS, and `iam.withAddonPolicies.autoScaler` tags by itself.",
    bad: "\
nodeGroups:
  - name: gpu
    instanceType: g5.xlarge
    minSize: 0
    maxSize: 4
",
    good: "\
nodeGroups:
  - name: gpu
    instanceType: g5.xlarge
    minSize: 0
    maxSize: 4
    tags:
      k8s.io/cluster-autoscaler/enabled: \"true\"
      k8s.io/cluster-autoscaler/leaderboard-20: \"owned\"
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let name = config.metadata.name.as_str();
    if name.is_empty() || !is_leaderboard(config) {
        return;
    }
    for (index, group) in config.node_groups.iter().enumerate() {
        if !may_grow(group) || tagged_by_eksctl(group) {
            continue;
        }
        let path = Path::root().key("nodeGroups").index(index);
        let enabled = format!("{AUTOSCALER_TAG}enabled");
        let own = format!("{AUTOSCALER_TAG}{name}");
        // A tag that names another cluster is told to change its name by another rule.
        let mut tags = group.tags.iter().chain(&config.metadata.tags);
        let names_a_cluster = tags.clone().any(|(key, _)| named_cluster(key).is_some());
        let is_enabled = tags.any(|(key, value)| *key == enabled && value == "true");
        let mut missing = Vec::new();
        if !is_enabled {
            missing.push((enabled, "true"));
        }
        if !names_a_cluster {
            missing.push((own, "owned"));
        }
        if missing.is_empty() {
            continue;
        }
        let names: Vec<String> = missing
            .iter()
            .map(|(key, value)| format!("`{key}: \"{value}\"`"))
            .collect();
        let edits = missing
            .iter()
            .map(|(key, value)| Edit::Set {
                path: path.key("tags").key(key),
                value: (*value).into(),
            })
            .collect();
        let place = if group.tags.is_empty() {
            path.key("name")
        } else {
            path.key("tags")
        };
        problems.push(
            Problem::warning(
                CODE,
                Place::Value(place),
                format!("the autoscaler does not find `{}`, so it never grows", group.name),
            )
            .with_help(format!("add the tags {}", names.join(" and ")))
            .with_fix(Fix::safe("Add the tags", edits)),
        );
    }
}

fn may_grow(group: &NodeGroup) -> bool {
    let (least, most) = bounds(group.min_size, group.max_size, group.desired_capacity, 0);
    least < most || group.desired_capacity.is_some_and(|start| start < most)
}

fn tagged_by_eksctl(group: &NodeGroup) -> bool {
    let policies = group
        .iam
        .as_ref()
        .and_then(|iam| iam.with_addon_policies.as_ref());
    policies.is_some_and(|policies| policies.auto_scaler == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        crate::testing::said(check, text)
    }

    #[test]
    fn a_group_may_grow_by_its_defaults_too_and_is_found_by_tags_of_the_cluster() {
        let group = |tags: &str, sizes: &str| {
            say(&format!(
                "metadata: {{name: leaderboard-20{tags}}}\nnodeGroups: [{{name: gpu, {sizes}}}]"
            ))
            .len()
        };
        assert_eq!(group("", "minSize: 0, maxSize: 4"), 1);
        // The default of `minSize` is 2.
        assert_eq!(group("", "maxSize: 5"), 1);
        assert_eq!(group("", "maxSize: 2"), 0);
        assert_eq!(group("", "minSize: 4, maxSize: 4, desiredCapacity: 4"), 0);
        let tags =
            format!(", tags: {{{AUTOSCALER_TAG}enabled: 'true', {AUTOSCALER_TAG}leaderboard-20: owned}}");
        assert_eq!(group(&tags, "maxSize: 5"), 0);
    }
}
