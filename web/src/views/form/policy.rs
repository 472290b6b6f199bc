//! A policy in words: resources, and what may be done with each.

use lb_model::{
    format::Arn,
    path::Path,
    policy::{Policy, Statement},
};

/// What may be done with a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verbs {
    /// Looking at it.
    pub read: bool,
    /// Making and changing it.
    pub write: bool,
    /// Removing it.
    pub delete: bool,
    /// Anything else.
    pub manage: bool,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// What it is: `Bucket`.
    pub what: &'static str,
    /// Its name, or the ARN as it stands.
    pub name: String,
    /// Which service, and how much of it.
    pub about: String,
    /// What may be done with it.
    pub verbs: Verbs,
    /// Where it stands.
    pub paths: Vec<Path>,
}

impl Line {
    fn is_log(&self) -> bool {
        self.about.starts_with("CloudWatch Logs") || self.name == "CloudWatch Logs"
    }
}

/// The lines of a policy: a resource of several statements is one line.
pub(crate) fn lines(policy: &Policy<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for statement in policy.statements().iter().filter(|statement| !statement.denies()) {
        for line in of(statement) {
            match lines
                .iter_mut()
                .find(|other| (other.what, &other.name) == (line.what, &line.name))
            {
                Some(other) => {
                    other.verbs = other.verbs.with(line.verbs);
                    other.paths.extend(line.paths);
                    if other.about != line.about && other.what == "Bucket" {
                        other.about = WHOLE_BUCKET.to_owned();
                    }
                }
                None => lines.push(line),
            }
        }
    }
    lines
}

/// How many statements deny something; they are shown as they are.
pub(crate) fn denials(policy: &Policy<'_>) -> usize {
    policy
        .statements()
        .iter()
        .filter(|statement| statement.denies())
        .count()
}

const WHOLE_BUCKET: &str = "S3: the bucket and everything in it";

impl Verbs {
    fn with(self, other: Self) -> Self {
        Self {
            read: self.read || other.read,
            write: self.write || other.write,
            delete: self.delete || other.delete,
            manage: self.manage || other.manage,
        }
    }

    /// What an action's name says: `GetObject` reads.
    fn of(action: &str) -> Self {
        const READ: [&str; 10] = [
            "Get",
            "List",
            "Describe",
            "BatchGet",
            "BatchCheck",
            "Head",
            "Scan",
            "Query",
            "Check",
            "Lookup",
        ];
        const WRITE: [&str; 10] = [
            "Put",
            "Create",
            "Update",
            "Upload",
            "BatchWrite",
            "Tag",
            "Set",
            "Write",
            "Complete",
            "Initiate",
        ];
        const DELETE: [&str; 5] = ["Delete", "Remove", "Terminate", "BatchDelete", "Untag"];
        let begins = |names: &[&str]| names.iter().any(|name| action.starts_with(name));
        match action {
            "*" => Self {
                read: true,
                write: true,
                delete: true,
                manage: true,
            },
            _ if begins(&READ) => Self {
                read: true,
                ..Self::default()
            },
            _ if begins(&WRITE) => Self {
                write: true,
                ..Self::default()
            },
            _ if begins(&DELETE) => Self {
                delete: true,
                ..Self::default()
            },
            _ => Self {
                manage: true,
                ..Self::default()
            },
        }
    }
}

fn of(statement: &Statement<'_>) -> Vec<Line> {
    let actions = statement.actions();
    let verbs_in = |service: &str| {
        let mut verbs = Verbs::default();
        for action in &actions {
            match action.text.split_once(':') {
                Some((of, name)) if service.is_empty() || of.eq_ignore_ascii_case(service) => {
                    verbs = verbs.with(Verbs::of(name))
                }
                None if action.text == "*" => verbs = verbs.with(Verbs::of("*")),
                _ => {}
            }
        }
        verbs
    };
    let resources = statement.resources();
    resources
        .iter()
        .flat_map(|entry| match Arn::parse(entry.text) {
            Some(arn) => vec![Line {
                paths: vec![entry.path.clone()],
                ..resource(&arn, entry.text, verbs_in(arn.service))
            }],
            None => services(&actions)
                .into_iter()
                .map(|service| Line {
                    paths: vec![entry.path.clone()],
                    ..everything(&service, entry.text, verbs_in(&service), &actions)
                })
                .collect(),
        })
        .collect()
}

/// The services of some actions, each once.
fn services(actions: &[lb_model::policy::Entry<'_>]) -> Vec<String> {
    let mut services: Vec<String> = actions
        .iter()
        .map(|action| action.text.split(':').next().unwrap_or_default().to_lowercase())
        .collect();
    services.sort_unstable();
    services.dedup();
    services
}

/// A service in the words of its users.
fn service_name(service: &str) -> String {
    match service {
        "s3" => "S3",
        "dynamodb" => "DynamoDB",
        "ecr" => "ECR",
        "logs" => "CloudWatch Logs",
        "ec2" => "EC2",
        "iam" => "IAM",
        "sts" => "STS",
        "kms" => "KMS",
        "sqs" => "SQS",
        "states" => "Step Functions",
        "autoscaling" => "Auto Scaling",
        "eks" => "EKS",
        "cloudwatch" => "CloudWatch",
        "*" => "every service",
        other => return other.to_owned(),
    }
    .to_owned()
}

/// A pattern that stands for everything of a service.
fn everything(service: &str, pattern: &str, verbs: Verbs, actions: &[lb_model::policy::Entry<'_>]) -> Line {
    let login = actions.len() == 1
        && actions
            .first()
            .is_some_and(|action| action.text == "ecr:GetAuthorizationToken");
    let (what, name, about) = if login {
        (
            "Image registry login",
            String::new(),
            "ECR: a token; AWS accepts no narrower resource".to_owned(),
        )
    } else if pattern == "*" {
        (
            "Everything in",
            service_name(service),
            "every resource of the account".to_owned(),
        )
    } else {
        (
            "Resource",
            pattern.to_owned(),
            format!("{}, in AWS's words", service_name(service)),
        )
    };
    Line {
        what,
        name,
        about,
        verbs,
        paths: Vec::new(),
    }
}

/// The resource of an ARN.
fn resource(arn: &Arn<'_>, text: &str, verbs: Verbs) -> Line {
    let place = if arn.region == "*" || arn.region.is_empty() {
        ", in all regions"
    } else {
        ""
    };
    let line = |what, name: &str, about: String| Line {
        what,
        name: name.to_owned(),
        about,
        verbs,
        paths: Vec::new(),
    };
    let (kind, name) = arn.resource.split_once(['/', ':']).unwrap_or((arn.resource, ""));
    match (arn.service, kind) {
        ("s3", bucket) if arn.resource.contains('/') => {
            line("Bucket", bucket, "S3: what is in the bucket".into())
        }
        ("s3", bucket) => line("Bucket", bucket, "S3: the bucket itself".into()),
        ("dynamodb", "table") => line("Table", name, format!("DynamoDB{place}")),
        ("ecr", "repository") if name == "*" => {
            line("Every image repository of", arn.account, format!("ECR{place}"))
        }
        ("ecr", "repository") => line("Image repository", name, format!("ECR{place}")),
        ("logs", "log-group") if name.starts_with('*') || name.is_empty() => {
            line("All log groups", "", format!("CloudWatch Logs{place}"))
        }
        ("logs", "log-group") => {
            let group = name.split(':').next().unwrap_or(name);
            line("Log group", group, format!("CloudWatch Logs{place}"))
        }
        ("logs", "*") => line("All log groups", "", format!("CloudWatch Logs{place}")),
        (service, _) => line(
            "Resource",
            text,
            format!("{}, in AWS's words", service_name(service)),
        ),
    }
}

/// What pods may do, in one sentence's end: `read, write and delete in 1 bucket and 1 table, and pull images`.
pub(crate) fn summary(lines: &[Line]) -> String {
    let count = |what: &str| lines.iter().filter(|line| line.what == what).count();
    let stores: Vec<String> = [(count("Bucket"), "bucket"), (count("Table"), "table")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| crate::components::words::count(n, word))
        .collect();
    let verbs = lines
        .iter()
        .filter(|line| matches!(line.what, "Bucket" | "Table"))
        .fold(Verbs::default(), |verbs, line| verbs.with(line.verbs));
    let named: Vec<&str> = [
        (verbs.read, "read"),
        (verbs.write, "write"),
        (verbs.delete, "delete"),
    ]
    .iter()
    .filter(|(on, _)| *on)
    .map(|(_, word)| *word)
    .collect();
    let mut parts = Vec::new();
    if !stores.is_empty() {
        let verbs = if named.is_empty() {
            "act".to_owned()
        } else {
            crate::components::words::list(&named)
        };
        parts.push(format!("{verbs} in {}", crate::components::words::list(&stores)));
    }
    let images = lines.iter().any(|line| line.what.contains("mage repositor"));
    if images {
        parts.push("pull images".to_owned());
    }
    if lines.iter().any(Line::is_log) {
        parts.push("write logs".to_owned());
    }
    let known = |line: &&Line| {
        matches!(line.what, "Bucket" | "Table" | "Image registry login")
            || line.what.contains("mage repositor")
            || line.is_log()
    };
    let rest = lines.len() - lines.iter().filter(known).count();
    if rest > 0 {
        parts.push(format!(
            "use {} more",
            crate::components::words::count(rest, "resource")
        ));
    }
    crate::components::words::list(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lb_model::{document::Document, policy::policies};

    const CONFIG: &str = r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a, region: us-west-2}
iam:
  serviceAccounts:
  - metadata: {name: worker}
    attachPolicy:
      Statement:
      - {Effect: Allow, Action: "ecr:GetAuthorizationToken", Resource: "*"}
      - {Effect: Allow, Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}
      - {Effect: Allow, Action: "dynamodb:DeleteItem", Resource: "arn:aws:dynamodb:*:111122223333:table/t"}
      - {Effect: Deny, Action: "*", Resource: "*"}
      - {Effect: Allow, Action: "sqs:*", Resource: "arn:aws:sqs:us-west-2:111122223333:q"}
"#;

    #[test]
    fn statements_become_lines() {
        let document = Document::parse(CONFIG);
        let all = policies(document.config());
        let lines = lines(&all[0]);
        let words: Vec<(&str, &str)> = lines.iter().map(|line| (line.what, line.name.as_str())).collect();
        assert_eq!(
            words,
            [
                ("Image registry login", ""),
                ("Bucket", "b"),
                ("Table", "t"),
                ("Resource", "arn:aws:sqs:us-west-2:111122223333:q"),
            ]
        );
        assert_eq!(lines[1].about, WHOLE_BUCKET);
        assert_eq!(
            lines[1].verbs,
            Verbs {
                read: true,
                write: true,
                ..Verbs::default()
            }
        );
        assert!(lines[2].verbs.delete && !lines[2].verbs.read);
        assert!(lines[3].verbs.manage);
        assert_eq!(denials(&all[0]), 1);
        assert_eq!(
            summary(&lines),
            "read, write and delete in 1 bucket and 1 table and use 1 resource more"
        );
    }
}
