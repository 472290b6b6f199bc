//! Buckets and tables of this environment, and of no other.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    format::Arn,
    leaderboard::{Kinship, is_leaderboard, kinship, moved_to, named_here},
    path::Segment,
    policy::{Entry, Statement, policies},
    problem::{Code, Edit, Fix, Place, Problem, Severity},
};
use std::ops::Range;

const CODE: Code = Code("LB004");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "bucket or table of another environment",
    doc: "\
An environment's bucket and table are called like its cluster. The policies that the config writes out must name them: \
a copied policy with another name lets jobs overwrite the results of another environment, or refuses them their own.

An error is a name of another environment (another edition, `beta-`, `staging-`). A warning is a bucket or table that \
has nothing to do with the name, a table that is not called exactly so, and a wildcard that covers more than the \
environment's own: `NAME*` also means the bucket `NAME0`. Buckets may be called `NAME-something`.

The rule looks at Leaderboard clusters only: annotation `lb/edition`, a name with `leaderboard`, or a service account \
`submission-worker`.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: submission-worker}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement:
      - Effect: Allow
        Action: [\"dynamodb:PutItem\"]
        Resource: [\"arn:aws:dynamodb:us-west-2:111122223333:table/leaderboard-10\"]
",
    good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: submission-worker}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement:
      - Effect: Allow
        Action: [\"dynamodb:PutItem\"]
        Resource: [\"arn:aws:dynamodb:us-west-2:111122223333:table/leaderboard-20\"]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let environment = config.metadata.name.as_str();
    if environment.is_empty() || !is_leaderboard(config) {
        return;
    }
    for policy in policies(config) {
        let owner = if policy.owner.is_empty() {
            "policy"
        } else {
            policy.owner
        };
        for statement in policy.statements().iter().filter(|statement| !statement.denies()) {
            let granted = Granted::by(statement);
            let resources = granted
                .resources
                .iter()
                .filter_map(|entry| Resource::of(entry, &granted));
            problems.extend(resources.filter_map(|resource| resource.judge(owner, environment)));
        }
    }
}

/// What a statement allows, and on what.
struct Granted<'a> {
    writes_buckets: bool,
    writes_tables: bool,
    resources: Vec<Entry<'a>>,
}

impl<'a> Granted<'a> {
    fn by(statement: &Statement<'a>) -> Self {
        let any = |actions: &[&str]| actions.iter().any(|action| statement.covers(action));
        Self {
            writes_buckets: any(&["s3:PutObject", "s3:DeleteObject"]),
            writes_tables: any(&["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]),
            resources: statement.resources(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bucket,
    Table,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Table => "table",
        }
    }
}

/// A bucket or a table that a statement names.
struct Resource<'a> {
    kind: Kind,
    entry: &'a Entry<'a>,
    /// The name, wildcards included, and where it stands in the entry.
    name: &'a str,
    range: Range<usize>,
    granted: &'a Granted<'a>,
}

impl<'a> Resource<'a> {
    fn of(entry: &'a Entry<'a>, granted: &'a Granted<'a>) -> Option<Self> {
        let arn = Arn::parse(entry.text)?;
        let (kind, prefix) = match arn.service {
            "s3" => (Kind::Bucket, ""),
            "dynamodb" => (Kind::Table, "table/"),
            _ => return None,
        };
        let name = arn.resource.strip_prefix(prefix)?.split('/').next()?;
        // A variable of IAM's stands for a name that is not here.
        if name.contains("${") {
            return None;
        }
        let start = arn.resource_range().start + prefix.len();
        Some(Self {
            kind,
            entry,
            name,
            range: start..start + name.len(),
            granted,
        })
    }

    /// What a job does with it.
    fn verb(&self) -> &'static str {
        let writes = match self.kind {
            Kind::Bucket => self.granted.writes_buckets,
            Kind::Table => self.granted.writes_tables,
        };
        if writes { "writes to" } else { "reads from" }
    }

    fn judge(&self, owner: &str, environment: &str) -> Option<Problem> {
        if let Some(wildcard) = self.name.find(['*', '?']) {
            return self.judge_wildcard(wildcard, owner, environment);
        }
        let (kind, name) = (self.kind.word(), self.name);
        let severity = match (kinship(name, environment), self.kind) {
            (Kinship::Same, _) | (Kinship::Derived, Kind::Bucket) => return None,
            (Kinship::Sibling, _) => Severity::Error,
            (Kinship::Derived, Kind::Table) | (Kinship::Stranger, _) => Severity::Warning,
        };
        let does = self.verb();
        let message = if kinship(name, environment) == Kinship::Derived {
            format!("`{owner}` {does} {kind} `{name}`, but the jobs of this environment use `{environment}`")
        } else {
            format!("`{owner}` {does} {kind} `{name}`, but this environment is `{environment}`")
        };
        Some(self.problem(severity, self.range.clone(), message, environment))
    }

    /// A wildcard at `wildcard` covers more than the environment's own, unless `NAME-` stands before it.
    fn judge_wildcard(&self, wildcard: usize, owner: &str, environment: &str) -> Option<Problem> {
        let fixed = self.name.get(..wildcard)?;
        let kind = self.kind.word();
        if self.kind == Kind::Bucket && fixed.starts_with(&format!("{environment}-")) {
            return None;
        }
        let at = self.range.start + wildcard..self.range.end;
        if fixed.is_empty() {
            let message = format!("`{owner}` may use every {kind} of the account");
            return Some(self.narrowed(at, message, environment));
        }
        if environment.starts_with(fixed) || kinship(fixed, environment) == Kinship::Derived {
            let message = format!("`{owner}` may use every {kind} whose name begins with `{fixed}`");
            return Some(self.narrowed(at, message, environment));
        }
        let sibling = kinship(fixed, environment) == Kinship::Sibling;
        let severity = if sibling {
            Severity::Error
        } else {
            Severity::Warning
        };
        let message = format!(
            "`{owner}` may use every {kind} whose name begins with `{fixed}`, but this environment is `{environment}`"
        );
        Some(self.problem(severity, self.range.clone(), message, environment))
    }

    /// The problem of a name that is not the environment's.
    fn problem(
        &self,
        severity: Severity,
        range: Range<usize>,
        message: String,
        environment: &str,
    ) -> Problem {
        let place = Place::Within(self.entry.path.clone(), range);
        let (here, words) = named_here();
        let right = match self.kind {
            Kind::Bucket => moved_to(self.name.trim_end_matches('*'), environment),
            Kind::Table => Some(environment.to_owned()),
        };
        let help = match (self.kind, &right) {
            (Kind::Table, _) => format!("use `table/{environment}`"),
            (Kind::Bucket, Some(right)) => format!("use `{right}`"),
            (Kind::Bucket, None) => format!("use a bucket whose name begins with `{environment}`"),
        };
        let new = if severity == Severity::Error {
            Problem::error
        } else {
            Problem::warning
        };
        let problem = new(CODE, place, message)
            .with_help(help)
            .with_related(here, words);
        let Some(right) = right else { return problem };
        let edits = vec![Edit::Set {
            path: self.entry.path.clone(),
            value: self.with_name(&right).into(),
        }];
        let title = format!("Use {right}");
        problem.with_fix(if severity == Severity::Error {
            Fix::safe(title, edits)
        } else {
            Fix::on_request(title, edits)
        })
    }

    /// The problem of a wildcard, with the edit that names the environment's own instead.
    fn narrowed(&self, range: Range<usize>, message: String, environment: &str) -> Problem {
        let path = self.entry.path.clone();
        let own = self.with_name(environment);
        let (help, wanted) = match self.kind {
            Kind::Table => (format!("use `table/{environment}`"), vec![own]),
            // Listing a bucket is a permission on the bucket, reading and writing one on the objects in it.
            Kind::Bucket => {
                let bucket = own.split('/').next().unwrap_or_default().to_owned();
                (
                    format!("use `{environment}` and `{environment}/*`"),
                    vec![bucket.clone(), format!("{bucket}/*")],
                )
            }
        };
        let mut wanted = wanted
            .into_iter()
            .filter(|text| !self.granted.resources.iter().any(|entry| entry.text == text))
            .peekable();
        let mut edits = Vec::new();
        match path.split_last() {
            Some((list, Segment::Index(index))) => {
                match wanted.next() {
                    Some(first) => edits.push(Edit::Set {
                        path: path.clone(),
                        value: first.into(),
                    }),
                    None => edits.push(Edit::Remove { path: path.clone() }),
                }
                for (more, text) in wanted.enumerate() {
                    edits.push(Edit::Insert {
                        path: list.clone(),
                        index: index + 1 + more,
                        value: text.into(),
                    });
                }
            }
            _ => edits.push(Edit::Set {
                path: path.clone(),
                value: wanted.collect(),
            }),
        }
        // What was granted may be in use, so it is not taken away without asking.
        Problem::warning(CODE, Place::Within(path, range), message)
            .with_help(help)
            .with_fix(Fix::on_request(format!("Only {environment}"), edits))
    }

    /// The entry with another name in it.
    fn with_name(&self, name: &str) -> String {
        let text = self.entry.text;
        let before = text.get(..self.range.start).unwrap_or_default();
        let behind = text.get(self.range.end..).unwrap_or_default();
        format!("{before}{name}{behind}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn say(actions: &str, resource: &str) -> Option<(Severity, String, String)> {
        let text = format!(
            "metadata: {{name: leaderboard-20}}\niam:\n  serviceAccounts:\n  - metadata: {{name: worker}}\n    \
             attachPolicy:\n      Statement:\n      - {{Effect: Allow, Action: '{actions}', Resource: ['{resource}']}}\n"
        );
        let config = crate::testing::config(&text);
        let mut problems = Vec::new();
        check(&config, &Facts::on(date(2026, 11, 23)), &mut problems);
        assert!(problems.len() < 2, "{problems:?}");
        problems.pop().map(|problem| {
            let Place::Within(_, range) = problem.place else {
                panic!("no range")
            };
            (problem.severity, resource[range].to_owned(), problem.message)
        })
    }

    #[test]
    fn names_of_other_environments_are_errors() {
        let (severity, at, message) = say(
            "dynamodb:*",
            "arn:aws:dynamodb:us-west-2:111122223333:table/leaderboard-10",
        )
        .unwrap();
        assert_eq!((severity, at.as_str()), (Severity::Error, "leaderboard-10"));
        assert_eq!(
            message,
            "`worker` writes to table `leaderboard-10`, but this environment is `leaderboard-20`"
        );
        let (severity, ..) = say("s3:GetObject", "arn:aws:s3:::beta-leaderboard-20/*").unwrap();
        assert_eq!(severity, Severity::Error);
        let (severity, at, _) = say("s3:GetObject", "arn:aws:s3:::leaderboard-10*").unwrap();
        assert_eq!((severity, at.as_str()), (Severity::Error, "leaderboard-10*"));
    }

    #[test]
    fn loose_names_are_warnings_at_the_wildcard() {
        for (resource, at) in [
            ("arn:aws:s3:::leaderboard-20*", "*"),
            ("arn:aws:s3:::leaderboard-*/*", "*"),
            ("arn:aws:s3:::*", "*"),
            ("arn:aws:dynamodb:*:*:table/*", "*"),
            (
                "arn:aws:dynamodb:*:*:table/leaderboard-20-submissions",
                "leaderboard-20-submissions",
            ),
            ("arn:aws:s3:::datasets", "datasets"),
        ] {
            let (severity, found, _) = say("*", resource).unwrap_or_else(|| panic!("{resource}"));
            assert_eq!((severity, found.as_str()), (Severity::Warning, at), "{resource}");
        }
    }

    #[test]
    fn own_names_are_fine() {
        for resource in [
            "arn:aws:s3:::leaderboard-20",
            "arn:aws:s3:::leaderboard-20/*",
            "arn:aws:s3:::leaderboard-20-bucket/*",
            "arn:aws:s3:::leaderboard-20-*",
            "arn:aws:dynamodb:*:111122223333:table/leaderboard-20",
            "arn:aws:dynamodb:*:111122223333:table/leaderboard-20/index/*",
            "arn:aws:logs:*:*:*",
            "arn:aws:s3:::${aws:PrincipalTag/bucket}/*",
            "*",
        ] {
            assert_eq!(say("*", resource), None, "{resource}");
        }
    }
}
