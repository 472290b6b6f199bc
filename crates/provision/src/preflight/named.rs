//! Whether what a config names instead of having it made is there: roles, policies, SSH keys,
//! placement groups. Instance profiles and launch templates are facts that planning needs. Principals that it only maps may come later.

use super::{Case, Findings, arns, error};
use crate::{
    execute::{Cx, Failure},
    objects::Spec,
    operations::{
        ec2::{DescribeKeyPairs, DescribePlacementGroups, Filter},
        iam::GetPolicy,
    },
    support,
};
use futures_util::future::join_all;
use lb_model::{
    config::{ClusterConfig, OrEmpty as _},
    path::{Path, Segment},
};
use std::collections::{BTreeMap, BTreeSet};

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
    key_pairs(cx, case, findings).await?;
    placement_groups(cx, case, findings).await
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
    let named = groups.iter().filter_map(|group| {
        let ssh = group.ssh.as_ref().filter(|ssh| ssh.allow != Some(false))?;
        let path = group.path().key("ssh").key("publicKeyName");
        Some((path, ssh.public_key_name.or_empty()))
    });
    let named = Named::of(named);
    let Some(filter) = named.filter("key-name") else {
        return Ok(());
    };
    let call = DescribeKeyPairs {
        filters: vec![filter],
        ..DescribeKeyPairs::default()
    };
    if let Some(found) = findings.answer("SSH keys", cx.call(call).await)? {
        let found = found.iter().map(|pair| pair.key_name.as_str()).collect();
        let help = "import it there under this name, or write the key itself into `ssh.publicKey`";
        named.tell("key pair", &found, help, case, findings);
    }
    Ok(())
}

async fn placement_groups(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let groups = case.groups();
    let named = groups.iter().filter_map(|group| {
        let path = group.path().key("placement").key("groupName");
        Some((path, group.placement.as_ref()?.group_name.or_empty()))
    });
    let named = Named::of(named);
    let Some(filter) = named.filter("group-name") else {
        return Ok(());
    };
    let call = DescribePlacementGroups {
        filters: vec![filter],
        ..DescribePlacementGroups::default()
    };
    if let Some(found) = findings.answer("placement groups", cx.call(call).await)? {
        let found = found.iter().map(|group| group.group_name.as_str()).collect();
        named.tell(
            "placement group",
            &found,
            "correct the name, or make it first",
            case,
            findings,
        );
    }
    Ok(())
}

/// What nodegroups name in EC2, with where they do.
struct Named<'a>(Vec<(Path, &'a str)>);

impl<'a> Named<'a> {
    fn of(named: impl Iterator<Item = (Path, &'a str)>) -> Self {
        Self(named.filter(|(_, name)| !name.is_empty()).collect())
    }

    /// A filter on all of the names, which leaves out what does not exist; none where nothing is named.
    fn filter(&self, name: &str) -> Option<Filter> {
        let values: BTreeSet<&str> = self.0.iter().map(|(_, name)| *name).collect();
        (!values.is_empty()).then(|| Filter {
            name: name.to_owned(),
            values: values.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Tells of what was not found.
    fn tell(self, noun: &str, found: &BTreeSet<&str>, help: &str, case: &Case<'_>, findings: &mut Findings) {
        let region = &case.config.metadata.region;
        for (path, name) in self.0.into_iter().filter(|(_, name)| !found.contains(name)) {
            let message = format!("there is no {noun} `{name}` in {region}");
            findings
                .problems
                .push(error(support::NOT_THERE, path, message, help));
        }
    }
}
