//! One account.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    format::Arn,
    leaderboard::is_leaderboard,
    problem::{Code, Edit, Fix, Place, Problem},
    rename::{account, texts},
};
use std::{collections::BTreeSet, ops::Range};

const CODE: Code = Code("LB005");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "ARNs of several accounts",
    doc: "\
The roles, repositories, tables and policies that a Leaderboard cluster uses are those of its own account. An ARN with \
another account id is most often a rest of the file that this one was copied from: a mapped role that nobody can take, \
a table that jobs are refused.

Every ARN in the file counts, also inside longer texts; ids of AWS itself and wildcards do not. The id that most ARNs \
have is taken for the right one. The rule looks at Leaderboard clusters only (annotation `lb/edition`, a name with \
`leaderboard`, or a service account `submission-worker`), for others may well use several accounts. What is meant so \
is kept with `# lb: allow LB005 reason`.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iamIdentityMappings:
  - arn: arn:aws:iam::111122223333:role/LB2-eks-admin
    groups: [system:masters]
  - arn: arn:aws:iam::444455556666:role/LeaderboardStepFunctionRole
    groups: [system:masters]
",
    good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iamIdentityMappings:
  - arn: arn:aws:iam::111122223333:role/LB2-eks-admin
    groups: [system:masters]
  - arn: arn:aws:iam::111122223333:role/LeaderboardStepFunctionRole
    groups: [system:masters]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let Some(right) = account(config).filter(|_| is_leaderboard(config)) else {
        return;
    };
    let texts = texts(config);
    let all: BTreeSet<&str> = texts
        .iter()
        .flat_map(|(_, text)| account_ids(text))
        .map(|(id, _)| id)
        .collect();
    let first = texts.iter().find_map(|(path, text)| {
        let (_, range) = account_ids(text).find(|(id, _)| *id == right)?;
        Some(Place::Within(path.clone(), range))
    });
    for (path, text) in &texts {
        // One problem a text, whose fix mends the whole of it.
        let Some((_, range)) = account_ids(text).find(|(id, _)| *id != right) else {
            continue;
        };
        let edits = vec![Edit::Set {
            path: path.clone(),
            value: with_account(text, &right).into(),
        }];
        let mut problem = Problem::error(
            CODE,
            Place::Within(path.clone(), range),
            format!("{} accounts in the ARNs", all.len()),
        )
        .with_help(format!("use `{right}` everywhere"))
        // Only the operator knows which account is meant.
        .with_fix(Fix::on_request(format!("Use {right}"), edits));
        if let Some(first) = &first {
            problem = problem.with_related(first.clone(), "the other account");
        }
        problems.push(problem);
    }
}

/// The account ids in the ARNs of a text, with where they stand.
fn account_ids(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    Arn::find(text).filter_map(|(at, arn)| {
        let range = arn.account_range();
        Some((arn.account_id()?, at + range.start..at + range.end))
    })
}

/// The text with one account in all its ARNs.
fn with_account(text: &str, account: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut done = 0;
    for (_, range) in account_ids(text) {
        written.push_str(text.get(done..range.start).unwrap_or_default());
        written.push_str(account);
        done = range.end;
    }
    written.push_str(text.get(done..).unwrap_or_default());
    written
}
