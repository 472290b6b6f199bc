//! What the jobs need in AWS.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, OrEmpty},
    leaderboard::{SUBMISSION_WORKER, is_leaderboard},
    path::Path,
    policy::{Policy, Statement, policies},
    problem::{Code, Place, Problem},
};
use std::collections::HashMap;

const CODE: Code = Code("LB053");

/// What the containers of a job call.
const NEEDED: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
];

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "jobs lack a permission they need",
    doc: "\
The containers of a job read and write the submissions bucket, delete stale state there, and keep the submission's \
state in the table. Without one of these permissions a job fails at its end, after hours of simulation.

A warning is a service account `submission-worker` whose only policy is written out in the config and lacks an action \
that jobs call. Attached policies and roles cannot be looked into, and are trusted. Other clusters have no account of \
that name.",
    bad: "\
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: submission-worker}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement: [{Effect: Allow, Action: [\"s3:GetObject\"], Resource: [\"arn:aws:s3:::leaderboard-20/*\"]}]
",
    good: "\
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: submission-worker}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement:
      - Effect: Allow
        Action: [\"s3:GetObject\", \"s3:PutObject\", \"s3:DeleteObject\", \"s3:ListBucket\"]
        Resource: [\"arn:aws:s3:::leaderboard-20\", \"arn:aws:s3:::leaderboard-20/*\"]
      - Effect: Allow
        Action: [\"dynamodb:GetItem\", \"dynamodb:PutItem\", \"dynamodb:UpdateItem\"]
        Resource: [\"arn:aws:dynamodb:us-west-2:111122223333:table/leaderboard-20\"]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !is_leaderboard(config) {
        return;
    }
    let accounts = Path::root().key("iam").key("serviceAccounts");
    let of_path: HashMap<Path, Policy<'_>> = policies(config)
        .into_iter()
        .map(|policy| (policy.path.clone(), policy))
        .collect();
    for (index, account) in config
        .iam
        .iter()
        .flat_map(|iam| iam.service_accounts.iter().enumerate())
    {
        let is_jobs = account
            .metadata
            .as_ref()
            .is_some_and(|metadata| metadata.name == SUBMISSION_WORKER);
        let other = !account.attach_policy_arns.is_empty() || !account.attach_role_arn.or_empty().is_empty();
        if !is_jobs || other {
            continue;
        }
        let path = accounts.index(index).key("attachPolicy");
        let Some(policy) = of_path.get(&path) else {
            continue;
        };
        let statements = policy.statements();
        let has = |action: &str| {
            let covering = || statements.iter().filter(|statement| statement.covers(action));
            let is_everything = |statement: &&Statement<'_>| {
                let on_all = statement.resources().iter().any(|entry| entry.text == "*");
                on_all && !statement.elements.contains_key("Condition")
            };
            let denied = covering().filter(is_everything).any(Statement::denies);
            !denied && covering().any(|statement| !statement.denies())
        };
        let missing: Vec<String> = NEEDED
            .iter()
            .filter(|action| !has(action))
            .map(|action| format!("`{action}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "jobs need {}, which `{SUBMISSION_WORKER}` may not",
                missing.join(", ")
            );
            problems.push(
                Problem::warning(CODE, Place::Key(path), message)
                    .with_help("add them to a statement for the bucket or the table"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        crate::testing::said(check, text)
    }

    #[test]
    fn what_is_denied_on_everything_is_lacking() {
        let with = |denied: &str| {
            say(&format!(
                "metadata: {{name: races}}\niam: {{serviceAccounts: [{{metadata: {{name: submission-worker}}, attachPolicy: \
                 {{Statement: [{{Effect: Allow, Action: '*', Resource: '*'}}, {{Effect: Deny, Action: 's3:DeleteObject', {denied}}}]}}}}]}}"
            ))
        };
        assert_eq!(
            with("Resource: '*'"),
            ["jobs need `s3:DeleteObject`, which `submission-worker` may not"]
        );
        assert_eq!(with("Resource: 'arn:aws:s3:::other/*'"), [""; 0]);
        assert_eq!(with("Resource: '*', Condition: {Bool: {a: true}}"), [""; 0]);
    }
}
