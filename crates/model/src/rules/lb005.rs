//! One account.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    format::Arn,
    leaderboard::is_leaderboard,
    path::Path,
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
    if !is_leaderboard(config) {
        return;
    }
    let found = account_ids(config);
    let Some(right) = account(config) else {
        return;
    };
    let accounts: BTreeSet<&str> = found.iter().map(|id| id.id.as_str()).collect();
    let Some(first) = found.iter().find(|id| id.id == right) else {
        return;
    };
    for wrong in found.iter().filter(|id| id.id != right) {
        let before = wrong.text.get(..wrong.range.start).unwrap_or_default();
        let behind = wrong.text.get(wrong.range.end..).unwrap_or_default();
        let value = format!("{before}{right}{behind}").into();
        let edits = vec![Edit::Set {
            path: wrong.path.clone(),
            value,
        }];
        problems.push(
            Problem::error(
                CODE,
                Place::Within(wrong.path.clone(), wrong.range.clone()),
                format!("{} accounts in the ARNs", accounts.len()),
            )
            .with_help(format!("use `{right}` everywhere"))
            // Only the operator knows which account is meant.
            .with_fix(Fix::on_request(format!("Use {right}"), edits))
            .with_related(
                Place::Within(first.path.clone(), first.range.clone()),
                "the other account",
            ),
        );
    }
}

/// An account id in a text of the config.
struct AccountId {
    path: Path,
    text: String,
    range: Range<usize>,
    id: String,
}

fn account_ids(config: &ClusterConfig) -> Vec<AccountId> {
    let mut found = Vec::new();
    for (path, text) in texts(config) {
        for (at, arn) in Arn::find(&text) {
            if let Some(id) = arn.account_id() {
                let range = arn.account_range();
                let range = at + range.start..at + range.end;
                found.push(AccountId {
                    path: path.clone(),
                    text: text.clone(),
                    range,
                    id: id.to_owned(),
                });
            }
        }
    }
    found
}
