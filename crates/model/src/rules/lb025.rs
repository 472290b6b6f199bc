//! What has to move with the region.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, NodeGroupRef, NodeGroupSSH, OrEmpty},
    path::Path,
    problem::{Code, Place, Problem},
};

const CODE: Code = Code("LB025");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "region changed, images and keys not",
    doc: "\
Images and key pairs exist in one region only. Whoever moves a config to another region and leaves them as they were \
gets instances that never start.

The file alone does not tell that it has moved: the rule compares with the file as it was before, which `lb validate \
--before OLD` and the configurator know (there it is the file as it was opened). A warning is the `ami` or \
`ssh.publicKeyName` of a nodegroup that is the same as before, where `metadata.region` is not. Without the file as it \
was, the rule has nothing to say; `LB024` still knows the region of the Leaderboard's own images.",
    bad: "",
    good: "metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let Some(before) = facts.before else { return };
    let (old, new) = (&before.metadata.region, &config.metadata.region);
    if old == new || old.is_empty() || new.is_empty() {
        return;
    }
    for group in config.all_node_groups() {
        let Some(same) = before.all_node_groups().find(|other| other.name == group.name) else {
            continue;
        };
        if group.ami.or_empty().starts_with("ami-") && group.ami == same.ami {
            let path = group.path().key("ami");
            problems.push(stays(path, &format!("image `{}`", group.ami.or_empty()), old));
        }
        if !key(&group).is_empty() && key(&group) == key(&same) {
            let path = group.path().key("ssh").key("publicKeyName");
            problems.push(stays(path, &format!("key pair `{}`", key(&group)), old));
        }
    }
}

fn key<'a>(group: &NodeGroupRef<'a>) -> &'a str {
    let name = |ssh: &'a NodeGroupSSH| ssh.public_key_name.or_empty();
    group.ssh.as_ref().map_or("", name)
}

fn stays(path: Path, what: &str, old: &str) -> Problem {
    let message = format!("the region has changed, and {what} is still that of `{old}`");
    Problem::warning(CODE, Place::Value(path), message)
        .with_help("name the one of the new region")
        .with_related(
            Place::Value(Path::root().key("metadata").key("region")),
            "the new region",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_stays_behind_in_a_move_is_told_and_only_then() {
        let config = |region: &str, ami: &str| {
            crate::testing::config(&format!(
                "metadata: {{name: a, region: {region}}}\nnodeGroups:\n- name: gpu\n  ami: {ami}\n  ssh: \
                 {{publicKeyName: ops}}\n"
            ))
        };
        let before = config("us-west-2", "ami-0123456789abcdef0");
        let say = |now: &ClusterConfig, before: Option<&ClusterConfig>| {
            let mut facts = Facts::on(date(2026, 11, 23));
            facts.before = before;
            let mut problems = Vec::new();
            check(now, &facts, &mut problems);
            problems.len()
        };
        let moved = config("us-east-1", "ami-0123456789abcdef0");
        assert_eq!(say(&moved, Some(&before)), 2);
        assert_eq!(say(&moved, None), 0);
        assert_eq!(say(&before, Some(&before)), 0);
        assert_eq!(
            say(&config("us-east-1", "ami-0fedcba9876543210"), Some(&before)),
            1
        );
    }
}
