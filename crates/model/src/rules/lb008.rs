//! Log groups of this environment, and of no other.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    format::Arn,
    leaderboard::{Kinship, is_leaderboard, kinship, moved_to, named_here},
    policy::{Entry, policies},
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB008");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "log group of another environment",
    doc: "\
The log shipper writes to a log group that is called like the cluster, and its policy says which it may write to. When \
a config is copied and the policy keeps the old name, logs of this environment are refused, or end up among those of \
another one.

A warning is a log group in a written-out policy that is named after another environment (another edition, `beta-`, \
`staging-`). `leaderboard-20-tests` is a group of `leaderboard-20`. What the manifests say (the log group and region of \
fluentd, the cluster in the autoscaler's arguments, the instance types of the jobs) stands outside this file, and is not \
seen here; `LB050` looks at the service accounts that they name.

The rule looks at Leaderboard clusters only: annotation `lb/edition`, a name with `leaderboard`, or a service account \
`submission-worker`.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: fluentd, namespace: kube-system}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement:
      - Effect: Allow
        Action: [\"logs:PutLogEvents\"]
        Resource: [\"arn:aws:logs:us-west-2:111122223333:log-group:leaderboard-10:*\"]
",
    good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: fluentd, namespace: kube-system}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement:
      - Effect: Allow
        Action: [\"logs:PutLogEvents\"]
        Resource: [\"arn:aws:logs:us-west-2:111122223333:log-group:leaderboard-20:*\"]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let environment = config.metadata.name.as_str();
    if environment.is_empty() || !is_leaderboard(config) {
        return;
    }
    for policy in policies(config) {
        let statements = policy.statements();
        let resources = statements
            .iter()
            .filter(|statement| !statement.denies())
            .flat_map(|statement| statement.resources());
        problems.extend(resources.filter_map(|entry| judge(&entry, policy.owner, environment)));
    }
}

fn judge(entry: &Entry<'_>, owner: &str, environment: &str) -> Option<Problem> {
    const KIND: &str = "log-group:";
    let arn = Arn::parse(entry.text).filter(|arn| arn.service == "logs")?;
    let whole = arn.resource.strip_prefix(KIND)?.split(':').next()?;
    // Of a path such as `/aws/eks/NAME/cluster`, one part is the name.
    let kin = |part: &str| kinship(part.trim_end_matches('*'), environment);
    let is_own = |part: &str| {
        let covers = part
            .strip_suffix('*')
            .is_some_and(|fixed| environment.starts_with(fixed));
        covers || matches!(kin(part), Kinship::Same | Kinship::Derived)
    };
    let mut parts = whole.split('/');
    if parts.clone().any(is_own) {
        return None;
    }
    let group = parts.find(|part| kin(part) == Kinship::Sibling)?;
    let start = arn.resource_range().start + KIND.len() + whole.find(group)?;
    let range = start..start + group.len();
    let (here, words) = named_here();
    let message = format!("`{owner}` writes to log group `{whole}`, but this environment is `{environment}`");
    let problem = Problem::warning(CODE, Place::Within(entry.path.clone(), range.clone()), message)
        .with_related(here, words);
    let right = moved_to(group.trim_end_matches('*'), environment);
    let Some((right, (before, behind))) =
        right.zip(entry.text.get(..range.start).zip(entry.text.get(range.end..)))
    else {
        return Some(problem.with_help(format!("use `log-group:{environment}`")));
    };
    let edits = vec![Edit::Set {
        path: entry.path.clone(),
        value: format!("{before}{right}{behind}").into(),
    }];
    Some(
        problem
            .with_help(format!("use `log-group:{right}`"))
            .with_fix(Fix::on_request(format!("Use {right}"), edits)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        crate::testing::said(check, text)
    }

    #[test]
    fn one_part_of_a_group_s_path_is_the_environment() {
        let group = |name: &str| {
            say(&format!(
                "metadata: {{name: leaderboard-20}}\niam: {{serviceAccounts: [{{metadata: {{name: a}}, attachPolicy: \
                 {{Statement: [{{Effect: Allow, Action: 'logs:*', Resource: 'arn:aws:logs:*:*:log-group:{name}:*'}}]}}}}]}}"
            ))
            .len()
        };
        for own in [
            "leaderboard-20",
            "leaderboard-20-tests",
            "/aws/eks/leaderboard-20/cluster",
            "leaderboard-2*",
            "*",
            "app",
        ] {
            assert_eq!(group(own), 0, "{own}");
        }
        for other in [
            "leaderboard-10",
            "/aws/eks/leaderboard-10/cluster",
            "beta-leaderboard-20*",
        ] {
            assert_eq!(group(other), 1, "{other}");
        }
    }
}
