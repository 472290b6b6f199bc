//! Tags by which the cluster autoscaler finds its groups.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    leaderboard::{AUTOSCALER_TAG, named_here},
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB001");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "autoscaler tag of another cluster",
    doc: "\
The cluster autoscaler finds the groups that it may scale by two tags: `k8s.io/cluster-autoscaler/enabled` and \
`k8s.io/cluster-autoscaler/NAME` with the cluster's name. A group tagged with another name is scaled by that cluster's \
autoscaler, or by none: its pods stay pending for ever.

An error is a tag that names another cluster than `metadata.name`; `enabled` and `node-template/...` are no names. An \
info is a value other than `owned` or `shared`, which the autoscaler does not look at.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
nodeGroups:
  - name: gpu
    tags:
      k8s.io/cluster-autoscaler/enabled: \"true\"
      k8s.io/cluster-autoscaler/leaderboard-10: \"owned\"
",
    good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
nodeGroups:
  - name: gpu
    tags:
      k8s.io/cluster-autoscaler/enabled: \"true\"
      k8s.io/cluster-autoscaler/leaderboard-20: \"owned\"
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let name = config.metadata.name.as_str();
    if name.is_empty() {
        return;
    }
    let metadata = Path::root().key("metadata");
    let groups = config.all_node_groups().map(|group| (group.path(), group.tags));
    for (owner, tags) in groups.chain([(metadata, &config.metadata.tags)]) {
        for (key, value) in tags {
            let Some(cluster) = named_cluster(key) else {
                continue;
            };
            let path = owner.key("tags").key(key);
            if cluster != name {
                let (place, words) = named_here();
                let right = format!("{AUTOSCALER_TAG}{name}");
                let message = format!("tag `{key}` names another cluster");
                let problem =
                    Problem::error(CODE, Place::Key(path.clone()), message).with_related(place, words);
                problems.push(if tags.contains_key(&right) {
                    problem
                        .with_help(format!("remove it; `{right}` is there already"))
                        .with_fix(Fix::safe("Remove the tag", vec![Edit::Remove { path }]))
                } else {
                    problem
                        .with_help(format!("rename it to `{right}`"))
                        .with_fix(Fix::safe(
                            "Rename the tag",
                            vec![Edit::RenameKey { path, key: right }],
                        ))
                });
            } else if value != "owned" && value != "shared" {
                let edit = Edit::Set {
                    path: path.clone(),
                    value: "owned".into(),
                };
                let message =
                    format!("tag `{key}` has the value `{value}`, which means nothing to the autoscaler");
                problems.push(
                    Problem::info(CODE, Place::Value(path), message)
                        .with_help("write `owned`")
                        .with_fix(Fix::safe("Use owned", vec![edit])),
                );
            }
        }
    }
}

/// The cluster that a tag of the autoscaler names.
pub(super) fn named_cluster(key: &str) -> Option<&str> {
    let rest = key.strip_prefix(AUTOSCALER_TAG)?;
    (rest != "enabled" && !rest.starts_with("node-template/")).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        crate::testing::said(check, text)
    }

    #[test]
    fn tags_of_the_cluster_are_on_every_group() {
        let tag =
            |name: &str| format!("metadata: {{name: races-20, tags: {{{AUTOSCALER_TAG}{name}: owned}}}}");
        assert_eq!(say(&tag("races-20")), [""; 0]);
        assert_eq!(say(&tag("node-template/label/role")), [""; 0]);
        assert_eq!(
            say(&tag("races-2")),
            ["tag `k8s.io/cluster-autoscaler/races-2` names another cluster"]
        );
    }
}
