//! Roles of this environment.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    format::Arn,
    leaderboard::{Edition, STAGES, is_leaderboard, named_here},
    problem::{Code, Place, Problem},
    rename::texts,
};

const CODE: Code = Code("LB007");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "role of another environment",
    doc: "\
Environments are told apart by a stage before the name (`beta-`, `staging-`, none for the real one) and the edition \
behind it. A role that is let in, or that pods or nodes have, whose name carries another stage or another edition belongs \
to another environment: its state machine would start jobs here.

A role without stage and edition may be shared, as `LB2-eks-admin` is. The rule looks at Leaderboard clusters only: \
annotation `lb/edition`, a name with `leaderboard`, or a service account `submission-worker`.",
    bad: "\
metadata: {name: staging-leaderboard-20, region: us-west-2, version: '1.35'}
iamIdentityMappings:
  - arn: arn:aws:iam::111122223333:role/beta-leaderboard-20-stepfunction-role
    groups: [system:masters]
    username: step-functions
",
    good: "\
metadata: {name: staging-leaderboard-20, region: us-west-2, version: '1.35'}
iamIdentityMappings:
  - arn: arn:aws:iam::111122223333:role/staging-leaderboard-20-stepfunction-role
    groups: [system:masters]
    username: step-functions
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let environment = config.metadata.name.as_str();
    if environment.is_empty() || !is_leaderboard(config) {
        return;
    }
    for (path, text) in texts(config) {
        let is_role = |arn: &Arn<'_>| {
            let kind = arn.typed_resource().map_or("", |(kind, _)| kind);
            arn.service == "iam" && ["role", "user", "instance-profile"].contains(&kind)
        };
        let Some(arn) = Arn::parse(&text).filter(is_role) else {
            continue;
        };
        let Some(what) = differs(arn.resource, environment) else {
            continue;
        };
        let (here, words) = named_here();
        let message = format!(
            "role `{}` is one of {what}, but this environment is `{environment}`",
            arn.resource
        );
        problems.push(
            Problem::warning(CODE, Place::Within(path, arn.resource_range()), message)
                .with_help(format!("name the role of `{environment}`"))
                .with_related(here, words),
        );
    }
}

/// The stage or the edition that a role's name carries and the environment's does not.
fn differs(role: &str, environment: &str) -> Option<String> {
    let stage_of = |text: &str| {
        let begins = |stage: &str| {
            text.starts_with(stage)
                || text.contains(&format!("/{stage}"))
                || text.contains(&format!("-{stage}"))
        };
        STAGES.iter().find(|stage| begins(stage)).copied()
    };
    let edition_of = |text: &str| {
        Edition::ALL
            .into_iter()
            .find(|edition| text.contains(&format!("leaderboard{}", edition.suffix())))
    };
    let stage = stage_of(role).filter(|stage| stage_of(environment) != Some(*stage));
    let edition =
        edition_of(role).filter(|edition| edition_of(environment).is_some_and(|own| own != *edition));
    match (stage, edition) {
        (Some(stage), _) => Some(format!("`{stage}`")),
        (None, Some(edition)) => Some(format!("edition {}", edition.number())),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_roles_belong_everywhere() {
        for (role, environment, differing) in [
            ("role/LB2-eks-admin", "staging-leaderboard-20", false),
            ("role/LeaderboardStepFunctionRole", "leaderboard-10", false),
            (
                "role/StepFunctions-beta-leaderboard-10-role-633a67a1",
                "beta-leaderboard-10",
                false,
            ),
            (
                "role/StepFunctions-beta-leaderboard-10-role-633a67a1",
                "beta-leaderboard-20",
                true,
            ),
            ("role/staging-steps", "leaderboard-10", true),
            ("role/latest-admin", "leaderboard-10", false),
        ] {
            assert_eq!(
                differs(role, environment).is_some(),
                differing,
                "{role} in {environment}"
            );
        }
    }

    #[test]
    fn roles_are_found_wherever_they_stand() {
        let role = "arn:aws:iam::111122223333:role/beta-leaderboard-20-x";
        for text in [
            format!("iamIdentityMappings: [{{arn: '{role}'}}]"),
            format!("accessConfig: {{accessEntries: [{{principalARN: '{role}'}}]}}"),
            format!("iam: {{podIdentityAssociations: [{{roleARN: '{role}'}}]}}"),
            format!("nodeGroups: [{{name: a, iam: {{instanceRoleARN: '{role}'}}}}]"),
        ] {
            let config = crate::testing::config(&format!("metadata: {{name: leaderboard-20}}\n{text}"));
            let mut problems = Vec::new();
            check(
                &config,
                &Facts::on(jiff::civil::date(2026, 11, 23)),
                &mut problems,
            );
            assert_eq!(problems.len(), 1, "{text}");
        }
    }
}
