//! Permissions that are written and never granted, and such that grant too much.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    format::Arn,
    path::Path,
    policy::{Entry, Policy, Statement, glob, policies},
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB052");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "permission that is never granted",
    doc: "\
IAM takes a policy whose actions never match its resources, and grants nothing. Warnings: an action that has no \
resources of its own (`logs:DescribeLogGroups` apart, `ec2:Describe*`, `autoscaling:Describe*`, \
`ecr:GetAuthorizationToken`) on ARNs in place of `\"*\"`; an action of one service on ARNs of others only; an ARN of \
another partition, or of another region than the cluster's, in a service whose resources belong to a region. And one \
that grants more than anyone means: all actions, or all of a service, on `\"*\"`.

Two cases are left alone, for nothing depends on them: ECR permissions of service accounts, since images are pulled with \
the nodes' role; and `SERVICE:*` that matches nothing in a statement that grants something else, which comes with copies \
of AWS' managed policies (`s3-object-lambda:*` beside `s3:*`).",
    bad: "\
nodeGroups:
  - name: builder
    iam:
      attachPolicy:
        Version: \"2012-10-17\"
        Statement:
        - Effect: Allow
          Action: [\"ecr:GetAuthorizationToken\"]
          Resource: [\"arn:aws:ecr:us-west-2:111122223333:repository/*\"]
",
    good: "\
nodeGroups:
  - name: builder
    iam:
      attachPolicy:
        Version: \"2012-10-17\"
        Statement:
        - Effect: Allow
          Action: [\"ecr:GetAuthorizationToken\"]
          Resource: [\"*\"]
",
    check: Some(check),
};

/// Actions that IAM grants on `*` only. Source: AWS' service authorization reference.
const WITHOUT_RESOURCES: &[&str] = &[
    "autoscaling:Describe*",
    "cloudwatch:PutMetricData",
    "dynamodb:ListTables",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "eks:ListClusters",
    "elasticloadbalancing:Describe*",
    "route53:ListHostedZones",
    "route53:ListHostedZonesByName",
    "s3:ListAllMyBuckets",
    "sts:GetCallerIdentity",
];

/// Services whose resources belong to a region, so that an ARN of another region names nothing of this cluster.
/// Repositories of ECR are often read across regions.
const REGIONAL: &[&str] = &["dynamodb", "logs"];

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let region = config.metadata.region.as_str();
    let partition = facts.catalog.region(region).map(|region| region.partition);
    let accounts = Path::root().key("iam");
    for policy in policies(config) {
        let of_pods = policy.path.starts_with(&accounts);
        for statement in policy.statements().iter().filter(|statement| !statement.denies()) {
            let judged = Judged {
                policy: &policy,
                statement,
                of_pods,
                resources: statement.resources(),
            };
            judged.actions(problems);
            for entry in &judged.resources {
                problems.extend(elsewhere(entry, region, partition));
            }
        }
    }
}

/// A statement with what is known around it.
struct Judged<'a> {
    policy: &'a Policy<'a>,
    statement: &'a Statement<'a>,
    /// Whether pods use it, not nodes.
    of_pods: bool,
    resources: Vec<Entry<'a>>,
}

impl Judged<'_> {
    fn actions(&self, problems: &mut Vec<Problem>) {
        let actions = self.statement.actions();
        if self.resources.is_empty() {
            return;
        }
        if self.resources.iter().any(|entry| entry.text == "*") {
            problems.extend(actions.iter().filter_map(|entry| self.too_much(entry)));
            return;
        }
        let grants = |entry: &Entry<'_>| self.matches(service(entry.text)) && !needs_all(entry.text);
        let grants_something = actions.iter().any(grants);
        for entry in &actions {
            let service = service(entry.text);
            let is_whole = entry.text.ends_with(":*");
            if grants(entry) || (self.of_pods && service == "ecr") || (is_whole && grants_something) {
                continue;
            }
            problems.push(self.never(entry, service));
        }
    }

    /// Whether one of the resources may be of a service.
    fn matches(&self, service: &str) -> bool {
        self.resources.iter().any(|entry| {
            // What cannot be read is another rule's matter.
            Arn::parse(entry.text).is_none_or(|arn| glob(arn.service, service) || glob(service, arn.service))
        })
    }

    fn never(&self, entry: &Entry<'_>, service: &str) -> Problem {
        let place = Place::Value(entry.path.clone());
        if !needs_all(entry.text) {
            let message = format!(
                "`{}` is never granted: no resource here is one of `{service}`",
                entry.text
            );
            return Problem::warning(CODE, place, message)
                .with_help(format!("add an ARN of `{service}`, or remove the action"));
        }
        let message = format!(
            "`{}` is granted on `\"*\"` only, so this grants nothing",
            entry.text
        );
        let problem = Problem::warning(CODE, place, message)
            .with_help("give it a statement of its own with `Resource: \"*\"`");
        let list = self.policy.path.key("Statement");
        let (Some(count), Some(actions)) = (
            self.policy
                .document
                .get("Statement")
                .and_then(|list| Some(list.as_array()?.len())),
            self.statement
                .elements
                .get("Action")
                .and_then(|list| list.as_array()),
        ) else {
            return problem;
        };
        if actions.len() < 2 {
            return problem;
        }
        let own = serde_json::json!({"Effect": "Allow", "Action": entry.text, "Resource": "*"});
        let edits = vec![
            Edit::Insert {
                path: list,
                index: count,
                value: own,
            },
            Edit::Remove {
                path: entry.path.clone(),
            },
        ];
        problem.with_fix(Fix::on_request("A statement of its own", edits))
    }

    fn too_much(&self, entry: &Entry<'_>) -> Option<Problem> {
        let what = match (entry.text, entry.text.strip_suffix(":*")) {
            ("*" | "*:*", _) => "everything in the account".to_owned(),
            (_, Some(service)) if !service.contains('*') => format!("everything in `{service}`"),
            _ => return None,
        };
        let message = format!("`{}` may do {what}", self.policy.owner);
        Some(
            Problem::warning(CODE, Place::Value(entry.path.clone()), message)
                .with_help("name the actions and the resources that are needed"),
        )
    }
}

/// An ARN that names nothing where the cluster is.
fn elsewhere(entry: &Entry<'_>, region: &str, partition: Option<&str>) -> Option<Problem> {
    let arn = Arn::parse(entry.text)?;
    let fixed = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    if let Some(right) = partition.filter(|right| fixed(arn.partition) && arn.partition != *right) {
        let range = "arn:".len().."arn:".len() + arn.partition.len();
        let message = format!(
            "ARNs of `{region}` begin with `arn:{right}:`, not with `arn:{}:`",
            arn.partition
        );
        return Some(
            Problem::warning(CODE, Place::Within(entry.path.clone(), range), message)
                .with_help(format!("write `arn:{right}:`")),
        );
    }
    let other = fixed(arn.region) && !region.is_empty() && arn.region != region;
    if !other || !REGIONAL.contains(&arn.service) {
        return None;
    }
    let range = arn.region_range();
    let (before, behind) = entry.text.get(..range.start).zip(entry.text.get(range.end..))?;
    let edits = vec![Edit::Set {
        path: entry.path.clone(),
        value: format!("{before}{region}{behind}").into(),
    }];
    let message = format!("this is in `{}`, and the cluster in `{region}`", arn.region);
    Some(
        Problem::warning(CODE, Place::Within(entry.path.clone(), range), message)
            .with_help(format!("use `{region}`, unless the other region is meant"))
            .with_fix(Fix::on_request(format!("Use {region}"), edits)),
    )
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

fn needs_all(action: &str) -> bool {
    WITHOUT_RESOURCES.iter().any(|pattern| glob(pattern, action))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(statement: &str) -> Vec<String> {
        let text = format!(
            "metadata: {{name: a, region: us-west-2}}\niam: {{serviceAccounts: [{{metadata: {{name: pod}}, \
             attachPolicy: {{Statement: [{{Effect: Allow, {statement}}}]}}}}]}}"
        );
        crate::testing::said(check, &text)
    }

    #[test]
    fn what_never_matches_is_told_and_what_nobody_needs_is_left() {
        let bucket = "Resource: ['arn:aws:s3:::b/*']";
        assert_eq!(
            say(&format!(
                "Action: ['s3:*', 's3-object-lambda:*', 'ecr:GetAuthorizationToken'], {bucket}"
            )),
            [""; 0]
        );
        assert_eq!(
            say(&format!(
                "Action: ['s3:GetObject', 'dynamodb:GetItem', 's3:ListAllMyBuckets'], {bucket}"
            )),
            [
                "`dynamodb:GetItem` is never granted: no resource here is one of `dynamodb`",
                "`s3:ListAllMyBuckets` is granted on `\"*\"` only, so this grants nothing"
            ]
        );
        assert_eq!(say("Action: 'ec2:DescribeTags', Resource: '*'"), [""; 0]);
        assert_eq!(
            say("Action: 's3:*', Resource: '*'"),
            ["`pod` may do everything in `s3`"]
        );
    }

    #[test]
    fn arns_of_elsewhere_are_told() {
        let with = |arn: &str| say(&format!("Action: ['logs:PutLogEvents'], Resource: ['{arn}']"));
        assert_eq!(with("arn:aws:logs:*:*:*"), [""; 0]);
        assert_eq!(
            with("arn:aws:logs:us-east-1:111122223333:log-group:a"),
            ["this is in `us-east-1`, and the cluster in `us-west-2`"]
        );
        assert_eq!(
            with("arn:aws-cn:logs:us-west-2:111122223333:log-group:a"),
            ["ARNs of `us-west-2` begin with `arn:aws:`, not with `arn:aws-cn:`"]
        );
    }
}
