//! Identity mappings that name someone else than they seem to.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, IAMIdentityMapping, OrEmpty},
    format::Arn,
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
};
use std::collections::{BTreeSet, HashMap};

const CODE: Code = Code("LB006");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "identity mapping of someone else",
    doc: "\
A mapping lets a role or user of IAM act in the cluster. Some are taken by eksctl and AWS alike, and still let nobody \
in, or the wrong one. Warnings:

A role with a path (`role/team/admin`): whoever takes it comes without the path, so the entry in `aws-auth` that eksctl \
makes never matches. `lb` makes an access entry, which does. A principal that is mapped twice to the same user and \
groups: one of them is a copy that somebody forgot to change. A user name with different groups in several mappings: \
what Kubernetes gives to the user by name then holds for all of them.

`system:masters` for several roles with one user name, as upstream has it, is left alone: all of them may do everything \
anyway, though the audit log cannot tell them apart. Access entries (`accessConfig.accessEntries`) are the newer way to \
say the same.",
    bad: "\
iamIdentityMappings:
  - arn: arn:aws:iam::111122223333:role/operators/LB2-eks-admin
    username: admin
    groups: [system:masters]
",
    good: "\
iamIdentityMappings:
  - arn: arn:aws:iam::111122223333:role/LB2-eks-admin
    username: admin
    groups: [system:masters]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let list = Path::root().key("iamIdentityMappings");
    let mut seen: HashMap<(&str, &str, BTreeSet<&str>), usize> = HashMap::new();
    let mut users: HashMap<&str, (usize, BTreeSet<&str>)> = HashMap::new();
    for (index, mapping) in config.iam_identity_mappings.iter().enumerate() {
        let (path, arn, user) = (
            list.index(index),
            mapping.arn.or_empty(),
            mapping.username.or_empty(),
        );
        if arn.is_empty() {
            continue;
        }
        problems.extend(with_path(arn, &path));
        let groups = groups(mapping);
        let first = *seen.entry((arn, user, groups.clone())).or_insert(index);
        if first != index {
            problems.push(twice(arn, &path, &list.index(first)));
        }
        if user.is_empty() {
            continue;
        }
        let (first, those) = users.entry(user).or_insert((index, groups.clone()));
        if *those != groups {
            let message = format!("user `{user}` has other groups here than in another mapping");
            problems.push(
                Problem::warning(CODE, Place::Value(path.key("username")), message)
                    .with_help("give each set of groups a user name of its own")
                    .with_related(
                        Place::Value(list.index(*first).key("username")),
                        "the other mapping",
                    ),
            );
        }
    }
}

fn groups(mapping: &IAMIdentityMapping) -> BTreeSet<&str> {
    mapping.groups.iter().map(String::as_str).collect()
}

/// `aws-auth` knows roles without their path.
fn with_path(arn: &str, path: &Path) -> Option<Problem> {
    let (kind, name) = Arn::parse(arn)?.typed_resource()?;
    let (folder, _) = name.rsplit_once('/').filter(|_| kind == "role")?;
    let start = arn.len() - name.len();
    let message =
        format!("whoever takes this role comes without its path `{folder}/`, so `aws-auth` never matches");
    let place = Place::Within(path.key("arn"), start..start + folder.len() + 1);
    Some(
        Problem::warning(CODE, place, message)
            .with_help("use a role without path, or an entry in `accessConfig.accessEntries`"),
    )
}

fn twice(arn: &str, path: &Path, first: &Path) -> Problem {
    let name = arn.rsplit(['/', ':']).next().unwrap_or(arn);
    let edits = vec![Edit::Remove { path: path.clone() }];
    Problem::warning(
        CODE,
        Place::Value(path.key("arn")),
        format!("`{name}` is mapped twice to the same user and groups"),
    )
    .with_help("name the principal that was meant, or remove one of them")
    .with_fix(Fix::on_request("Remove the second", edits))
    .with_related(Place::Value(first.key("arn")), "the first")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn mappings_that_let_in_nobody_or_someone_else_are_told() {
        let say = |mappings: &str| -> Vec<String> {
            let config = crate::testing::config(&format!("iamIdentityMappings: [{mappings}]"));
            let mut problems = Vec::new();
            check(&config, &Facts::on(date(2026, 11, 23)), &mut problems);
            problems.into_iter().map(|problem| problem.message).collect()
        };
        let role = |name: &str, user: &str, group: &str| {
            format!("{{arn: 'arn:aws:iam::111122223333:{name}', username: {user}, groups: ['{group}']}}")
        };
        let a = role("role/a", "admin", "system:masters");
        assert_eq!(
            say(&format!("{a}, {}", role("role/b", "admin", "system:masters"))),
            [""; 0]
        );
        assert_eq!(say(&role("user/team/me", "me", "view")), [""; 0]);
        assert_eq!(
            say(&format!("{a}, {a}")),
            ["`a` is mapped twice to the same user and groups"]
        );
        assert_eq!(
            say(&format!("{a}, {}", role("role/b", "admin", "view"))),
            ["user `admin` has other groups here than in another mapping"]
        );
    }
}
