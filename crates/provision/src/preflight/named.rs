//! Whether what a config names instead of having it made is there: roles, policies, SSH keys. Instance
//! profiles and launch templates are facts that planning needs. Principals that it only maps may come later.

use super::{Case, Findings, arns, error};
use crate::{
    execute::{Cx, Failure},
    objects::Spec,
    operations::{
        ec2::{DescribeKeyPairs, Filter},
        iam::GetPolicy,
    },
    support,
};
use futures_util::future::join_all;
use lb_model::{
    config::{ClusterConfig, OrEmpty as _},
    path::{Path, Segment},
};
use std::collections::BTreeMap;

pub(super) async fn check(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    for (path, arn) in roles(case.config) {
        if case.observed.missing_principals.contains(&arn) {
            let help = "make it first, or leave the field out: then `lb` makes one";
            let message = format!("there is no role `{arn}`");
            findings
                .problems
                .push(error(support::NOT_THERE, path, message, help));
        }
    }
    policies(cx, case, findings).await?;
    key_pairs(cx, case, findings).await
}

/// The roles that a config gives to what AWS makes, with where it does.
pub(super) fn roles(config: &ClusterConfig) -> Vec<(Path, String)> {
    const GIVEN: [&str; 5] = [
        "serviceRoleARN",
        "instanceRoleARN",
        "attachRoleARN",
        "serviceAccountRoleARN",
        "roleARN",
    ];
    let mut roles = arns(config);
    roles.retain(|(path, arn)| {
        field(path).is_some_and(|field| GIVEN.contains(&field)) && arn.contains(":role/")
    });
    roles
}

/// The field that a value stands in; of a list, the list's.
fn field(path: &Path) -> Option<&str> {
    match path.split_last()? {
        (_, Segment::Key(key)) => Some(key),
        (_, Segment::Index(_)) => match path.segments() {
            [.., Segment::Key(key), _] => Some(key),
            _ => None,
        },
    }
}

async fn policies(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let roles = case.making().filter_map(|step| match &step.spec {
        Some(Spec::Role(role)) => serde_json::to_string(role).ok(),
        _ => None,
    });
    let attached: String = roles.collect();
    let mut named: BTreeMap<String, Path> = BTreeMap::new();
    for (path, arn) in arns(case.config) {
        let is_policy = field(&path).is_some_and(|field| {
            field == "attachPolicyARNs" || field.to_lowercase().ends_with("permissionsboundary")
        });
        if is_policy && attached.contains(&arn) {
            named.entry(arn).or_insert(path);
        }
    }
    let calls = named.keys().map(|arn| {
        let policy_arn = arn.clone();
        cx.call(GetPolicy { policy_arn })
    });
    let answers = join_all(calls).await;
    for ((arn, path), answer) in named.into_iter().zip(answers) {
        if answer.as_ref().is_err_and(Failure::is_absent) {
            let message = format!("there is no policy `{arn}`");
            let help = "correct its ARN, or make it first";
            findings
                .problems
                .push(error(support::NOT_THERE, path, message, help));
        }
        findings.answer("policies", answer)?;
    }
    Ok(())
}

async fn key_pairs(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let groups = case.groups();
    let named: Vec<(Path, &str)> = groups
        .iter()
        .filter_map(|group| {
            let ssh = group.ssh.as_ref().filter(|ssh| ssh.allow != Some(false))?;
            let path = group.path().key("ssh").key("publicKeyName");
            Some((path, ssh.public_key_name.or_empty()))
        })
        .filter(|(_, name)| !name.is_empty())
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    let mut values: Vec<String> = named.iter().map(|(_, name)| (*name).to_owned()).collect();
    values.sort_unstable();
    values.dedup();
    let filter = Filter {
        name: "key-name".to_owned(),
        values,
    };
    let call = DescribeKeyPairs {
        filters: vec![filter],
        ..DescribeKeyPairs::default()
    };
    let Some(found) = findings.answer("SSH keys", cx.call(call).await)? else {
        return Ok(());
    };
    for (path, name) in named {
        if !found.iter().any(|pair| pair.key_name == name) {
            let region = &case.config.metadata.region;
            let message = format!("there is no key pair `{name}` in {region}");
            let help = "import it there under this name, or write the key itself into `ssh.publicKey`";
            findings
                .problems
                .push(error(support::NOT_THERE, path, message, help));
        }
    }
    Ok(())
}
