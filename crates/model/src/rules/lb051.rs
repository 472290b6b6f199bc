//! Policies that IAM takes.

use super::{Facts, Rule};
use crate::{
    config::{AnyMap, ClusterConfig},
    path::Path,
    policy::{Policy, Statement, policies},
    problem::{Code, Edit, Fix, Place, Problem},
};
use serde_json::Value;

const CODE: Code = Code("LB051");

/// Inline policies of a role together, white space not counted.
const MAX_CHARACTERS: usize = 10240;

/// Versions of the policy language.
const VERSIONS: &[&str] = &["2012-10-17", "2008-10-17"];

/// Elements of a policy, and of a statement that hangs on a role.
const DOCUMENT: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT: &[&str] = &[
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "policy that IAM refuses",
    doc: "\
eksctl passes policies on as they are, and IAM refuses a malformed one after the control plane has been made. Errors \
are: a `Version` other than `2012-10-17` and `2008-10-17`; no statement; an element that IAM does not know, as \
`Resources`; an `Effect` other than `Allow` and `Deny`; a statement without action or resource; an action that is not \
`service:Name` or `*`; a resource that is neither an ARN nor `*`; characters that IAM does not take, such as typographic \
quotes; more than 10,240 characters, white space not counted.

A policy without `Version` is a warning: it is read as of 2008, without variables.",
    bad: "\
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: uploader}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement: [{Effect: Allow, Action: [PutObject], Resource: [\"arn:aws:s3:::leaderboard-20/*\"]}]
",
    good: "\
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: uploader}
    attachPolicy:
      Version: \"2012-10-17\"
      Statement: [{Effect: Allow, Action: [\"s3:PutObject\"], Resource: [\"arn:aws:s3:::leaderboard-20/*\"]}]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for policy in policies(config) {
        document(&policy, problems);
        for statement in policy.statements() {
            elements(&statement, problems);
            entries(&statement, problems);
        }
        characters(&policy.path, &Value::Object(policy.document.clone()), problems);
    }
}

fn error(place: Place, message: String, help: &str) -> Problem {
    Problem::error(CODE, place, message).with_help(help)
}

fn document(policy: &Policy<'_>, problems: &mut Vec<Problem>) {
    let version = policy.path.key("Version");
    match policy.document.get("Version") {
        Some(Value::String(text)) if VERSIONS.contains(&text.as_str()) => {}
        given => {
            let edits = vec![Edit::Set {
                path: version.clone(),
                value: "2012-10-17".into(),
            }];
            let problem = match given {
                None => Problem::warning(
                    CODE,
                    Place::Key(policy.path.clone()),
                    "the policy does not say its `Version`",
                ),
                Some(other) => {
                    let message = format!("IAM knows no policy version `{}`", plain(other));
                    Problem::error(CODE, Place::Value(version), message)
                }
            };
            problems.push(
                problem
                    .with_help("write `Version: \"2012-10-17\"`")
                    .with_fix(Fix::safe("Use 2012-10-17", edits)),
            );
        }
    }
    unknown_elements(&policy.path, policy.document, DOCUMENT, problems);
    if policy.statements().is_empty() {
        let message = "the policy has no statement".to_owned();
        problems.push(error(
            Place::Key(policy.path.clone()),
            message,
            "add a `Statement` with `Effect`, `Action` and `Resource`",
        ));
    }
    let characters = policy_characters(policy.document);
    if characters > MAX_CHARACTERS {
        let message = format!(
            "the policy has {characters} characters, and a role's own policies end at {MAX_CHARACTERS}"
        );
        problems.push(error(
            Place::Key(policy.path.clone()),
            message,
            "use wildcards, or a managed policy in `attachPolicyARNs`",
        ));
    }
}

fn elements(statement: &Statement<'_>, problems: &mut Vec<Problem>) {
    let here = || Place::Value(statement.path.clone());
    unknown_elements(&statement.path, statement.elements, STATEMENT, problems);
    match statement.elements.get("Effect") {
        Some(Value::String(text)) if text == "Allow" || text == "Deny" => {}
        Some(other) => {
            let message = format!("IAM knows no effect `{}`", plain(other));
            problems.push(error(
                Place::Value(statement.path.key("Effect")),
                message,
                "write `Allow` or `Deny`",
            ));
        }
        None => problems.push(error(
            here(),
            "the statement has no `Effect`".to_owned(),
            "add `Effect: Allow`",
        )),
    }
    for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource")] {
        let has = |key: &str| statement.elements.get(key).is_some_and(is_given);
        if !has(one) && !has(other) {
            let message = format!("the statement has no `{one}`");
            problems.push(error(
                here(),
                message,
                &format!("add `{one}`, or remove the statement"),
            ));
        }
    }
}

fn entries(statement: &Statement<'_>, problems: &mut Vec<Problem>) {
    for entry in statement.actions() {
        let name = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_*?".contains(c))
        };
        let fine = entry
            .text
            .split_once(':')
            .is_some_and(|(service, verb)| name(service) && name(verb));
        if entry.text != "*" && !fine {
            let message = format!("`{}` is no action", entry.text);
            problems.push(error(
                Place::Value(entry.path),
                message,
                "write `service:Name`, as in `s3:GetObject`",
            ));
        }
    }
    for entry in statement.resources() {
        let fine = entry.text.split(':').next() == Some("arn") && entry.text.matches(':').count() >= 5;
        if !fine && !["*", ""].contains(&entry.text) && !entry.text.starts_with("arn:*") {
            let message = format!("`{}` is no ARN", entry.text);
            problems.push(error(
                Place::Value(entry.path),
                message,
                "write an ARN such as `arn:aws:s3:::bucket/*`, or `*`",
            ));
        }
    }
}

fn unknown_elements(path: &Path, elements: &AnyMap, known: &[&str], problems: &mut Vec<Problem>) {
    for key in elements.keys().filter(|key| !known.contains(&key.as_str())) {
        let path = path.key(key);
        let meant = known.iter().find(|known| {
            known.eq_ignore_ascii_case(key) || known.eq_ignore_ascii_case(key.trim_end_matches(['s', 'S']))
        });
        let problem = Problem::error(
            CODE,
            Place::Key(path.clone()),
            format!("IAM knows no element `{key}` here"),
        );
        problems.push(match meant {
            None => problem.with_help(format!("use one of `{}`", known.join("`, `"))),
            Some(meant) if elements.contains_key(*meant) => {
                problem.with_help(format!("`{meant}` is there already; remove it"))
            }
            Some(meant) => problem.with_help(format!("write `{meant}`")).with_fix(Fix::safe(
                format!("Use {meant}"),
                vec![Edit::RenameKey {
                    path,
                    key: (*meant).to_owned(),
                }],
            )),
        });
    }
}

/// The texts with characters that IAM does not take: all but tab, line ends, and U+0020 to U+00FF.
fn characters(path: &Path, value: &Value, problems: &mut Vec<Problem>) {
    match value {
        Value::String(text) => {
            let taken = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
            if let Some((at, odd)) = text.char_indices().find(|(_, c)| !taken(*c)) {
                let place = Place::Within(path.clone(), at..at + odd.len_utf8());
                let message = format!(
                    "IAM does not take the character `{}` in a policy",
                    odd.escape_debug()
                );
                problems.push(error(place, message, "write it in plain characters"));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                characters(&path.index(index), item, problems);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                characters(&path.key(key), value, problems);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn policy_characters(document: &AnyMap) -> usize {
    let text = serde_json::to_string(document).unwrap_or_default();
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn is_given(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// A value as one would say it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(policy: &str) -> Vec<String> {
        let text = format!("iam: {{serviceAccounts: [{{metadata: {{name: a}}, attachPolicy: {policy}}}]}}");
        crate::testing::said(check, &text)
    }

    #[test]
    fn what_iam_refuses_is_said() {
        let with = |statement: &str| say(&format!("{{Version: '2012-10-17', Statement: [{statement}]}}"));
        assert_eq!(with("{Effect: Allow, Action: '*', Resource: '*'}"), [""; 0]);
        assert_eq!(
            with("{Effect: Allow, NotAction: 'iam:*', Resource: 'arn:aws:s3:::b'}"),
            [""; 0]
        );
        assert_eq!(
            with("{Effect: allow, Action: '*', Resource: '*'}"),
            ["IAM knows no effect `allow`"]
        );
        assert_eq!(
            with("{Action: '*', Resource: '*'}"),
            ["the statement has no `Effect`"]
        );
        assert_eq!(
            with("{Effect: Allow, Action: [], Resources: '*'}"),
            [
                "IAM knows no element `Resources` here",
                "the statement has no `Action`",
                "the statement has no `Resource`"
            ]
        );
        assert_eq!(
            with("{Effect: Allow, Action: 's3 Get', Resource: bucket}"),
            ["`s3 Get` is no action", "`bucket` is no ARN"]
        );
        assert_eq!(
            with("{Effect: Allow, Action: '*', Resource: 'arn:aws:s3:::b“'}"),
            ["IAM does not take the character `“` in a policy"]
        );
        assert_eq!(
            say("{}"),
            [
                "the policy does not say its `Version`",
                "the policy has no statement"
            ]
        );
        assert_eq!(
            say("{Version: 2012, Statement: {Effect: Deny, Action: '*', Resource: '*'}}"),
            ["IAM knows no policy version `2012`"]
        );
        let long = format!(
            "{{Effect: Allow, Action: '*', Resource: 'arn:aws:s3:::{}'}}",
            "x".repeat(10300)
        );
        assert_eq!(with(&long).len(), 1);
    }
}
