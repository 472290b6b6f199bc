//! Whether volumes can be encrypted with the keys that are meant for them (`aws-apply.md`, trap 13).
//!
//! Auto Scaling starts instances with a role of its own. A key that neither its policy nor a grant opens to that role
//! makes every instance end with `Client.InternalError` as soon as it starts, again and again.

use super::{Case, Findings, error};
use crate::{
    execute::{Cx, Failure},
    operations::{
        ec2::{GetEbsDefaultKmsKeyId, GetEbsEncryptionByDefault},
        kms::{DescribeKey, GetKeyPolicy, KeyMetadata, ListGrants},
    },
    support,
};
use lb_model::{config::OrEmpty as _, path::Path, policy::glob};
use serde_json::Value;
use std::collections::BTreeMap;

const WHAT: &str = "the keys of volumes";

/// What the role must be allowed for encrypted volumes.
const NEEDED: [&str; 2] = ["kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext"];

pub(super) async fn check(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let mut keys = named(case);
    if let Some(path) = unnamed(cx, case, findings).await?
        && let Some(default) = findings.answer(WHAT, cx.call(GetEbsDefaultKmsKeyId {}).await)?
    {
        keys.entry(default).or_insert(path);
    }
    for (key, path) in keys {
        if !key.ends_with("alias/aws/ebs") && !findings.is_blind(WHAT) {
            one(cx, case, findings, &key, path).await?;
        }
    }
    Ok(())
}

/// The keys that the config names for volumes, each with the first place that does.
fn named(case: &Case<'_>) -> BTreeMap<String, Path> {
    let mut keys = BTreeMap::new();
    for group in case.groups() {
        let own = (
            group.path().key("volumeKmsKeyID"),
            group.volume_kms_key_id.or_empty(),
        );
        let more = group
            .additional_volumes
            .iter()
            .enumerate()
            .map(|(place, volume)| {
                let path = group
                    .path()
                    .key("additionalVolumes")
                    .index(place)
                    .key("volumeKmsKeyID");
                (path, volume.volume_kms_key_id.or_empty())
            });
        for (path, key) in std::iter::once(own)
            .chain(more)
            .filter(|(_, key)| !key.is_empty())
        {
            keys.entry(key.to_owned()).or_insert(path);
        }
    }
    keys
}

/// The first group with an encrypted volume that names no key. Volumes are encrypted unless the file says no, and even
/// then where the region encrypts all of them.
async fn unnamed(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<Option<Path>, Failure> {
    if let Some(path) = group_with_volume(case, true) {
        return Ok(Some(path));
    }
    let Some(path) = group_with_volume(case, false) else {
        return Ok(None);
    };
    let all = findings.answer(WHAT, cx.call(GetEbsEncryptionByDefault {}).await)?;
    Ok(all.unwrap_or_default().then_some(path))
}

/// The first group with a volume that names no key and is meant to be encrypted, or not to be.
fn group_with_volume(case: &Case<'_>, encrypted: bool) -> Option<Path> {
    let fits = |volume: Option<bool>, key: &Option<String>| {
        volume.unwrap_or(true) == encrypted && key.or_empty().is_empty()
    };
    let mut groups = case.groups().into_iter();
    let group = groups.find(|group| {
        let mut more = group.additional_volumes.iter();
        fits(*group.volume_encrypted, group.volume_kms_key_id)
            || more.any(|volume| fits(volume.volume_encrypted, &volume.volume_kms_key_id))
    })?;
    Some(group.path().key("name"))
}

async fn one(
    cx: &Cx<'_>,
    case: &Case<'_>,
    findings: &mut Findings,
    key: &str,
    path: Path,
) -> Result<(), Failure> {
    let describe = DescribeKey {
        key_id: key.to_owned(),
    };
    let answer = cx.call(describe).await;
    let absent = answer.as_ref().is_err_and(Failure::is_absent);
    let found = findings.answer(WHAT, answer)?;
    if absent {
        findings.problems.push(error(
            support::KEY,
            path,
            format!("there is no KMS key `{key}` in {}", case.config.metadata.region),
            "name a key of this region by its ARN",
        ));
        return Ok(());
    }
    let Some(found) = found.filter(|found| found.key_manager != "AWS") else {
        return Ok(());
    };
    if let Some(problem) = unusable(&found, &path) {
        findings.problems.push(problem);
        return Ok(());
    }
    let account = case.facts.account.as_deref().unwrap_or_default();
    let role = format!(
        "arn:{}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        case.partition()
    );
    let policy = GetKeyPolicy {
        key_id: found.arn.clone(),
        policy_name: "default".to_owned(),
    };
    let policy = findings.answer(WHAT, cx.call(policy).await)?;
    let Some(policy) = policy.and_then(|text| serde_json::from_str::<Value>(&text).ok()) else {
        return Ok(());
    };
    if allows(&policy, &role) {
        return Ok(());
    }
    let grants = ListGrants {
        key_id: found.arn.clone(),
        grantee_principal: Some(role.clone()),
    };
    let grants = findings.answer(WHAT, cx.call(grants).await)?;
    if grants.is_some_and(|grants| grants.is_empty()) {
        findings.problems.push(error(
            support::KEY,
            path,
            format!(
                "KMS key `{key}` does not let Auto Scaling use it, so no node with this volume would start"
            ),
            format!("allow `{role}` to use the key and to make grants for it in the key's policy"),
        ));
    }
    Ok(())
}

fn unusable(key: &KeyMetadata, path: &Path) -> Option<lb_model::problem::Problem> {
    if key.key_state != "Enabled" {
        let message = format!("KMS key `{}` is `{}`", key.key_id, key.key_state);
        return Some(error(
            support::KEY,
            path.clone(),
            message,
            "enable it, or name another one",
        ));
    }
    (!key.key_spec.is_empty() && key.key_spec != "SYMMETRIC_DEFAULT").then(|| {
        let message = format!(
            "KMS key `{}` is of kind `{}`; volumes need a symmetric one",
            key.key_id, key.key_spec
        );
        error(support::KEY, path.clone(), message, "name another one")
    })
}

/// Whether the policy of a key gives a role what volumes need. Conditions of what is allowed are taken to hold: those
/// that AWS's own documentation puts there (`kms:GrantIsForAWSResource`, `kms:ViaService`) do. Those of what is denied
/// are taken not to.
fn allows(policy: &Value, role: &str) -> bool {
    let statements: Vec<&Value> = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let says = |effect: &str, action: &str| {
        statements.iter().any(|statement| {
            let principal = statement.get("Principal");
            let aws = principal.and_then(|principal| principal.get("AWS")).or(principal);
            statement.get("Effect").and_then(Value::as_str) == Some(effect)
                && (effect == "Allow" || statement.get("Condition").is_none())
                && texts(aws).any(|named| named == "*" || named == role)
                && texts(statement.get("Action")).any(|pattern| glob(pattern, action))
        })
    };
    NEEDED
        .iter()
        .all(|action| says("Allow", action) && !says("Deny", action))
}

/// The texts of a value that is one or a list of them.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.chain(value).filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_open_to_those_whom_its_policy_names() {
        let role = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
        let allow = |principal: Value, actions: Value| json!({"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"});
        let open = |statements: Vec<Value>| allows(&json!({ "Statement": statements }), role);
        let root = allow(json!({"AWS": "arn:aws:iam::111122223333:root"}), json!("kms:*"));
        assert!(!open(vec![root.clone()]));
        let usage = [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:DescribeKey",
        ];
        let using = allow(json!({"AWS": [role]}), json!(usage));
        assert!(!open(vec![root.clone(), using.clone()]));
        let granting = allow(json!({ "AWS": role }), json!("kms:CreateGrant"));
        assert!(open(vec![root, using, granting]));
        assert!(open(vec![allow(json!("*"), json!(["kms:*"]))]));
        let mut deny = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:Create*"});
        assert!(!open(vec![allow(json!("*"), json!("kms:*")), deny.clone()]));
        deny["Condition"] = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}});
        assert!(open(vec![allow(json!("*"), json!("kms:*")), deny]));
        assert!(allows(
            &json!({"Statement": allow(json!({ "AWS": role }), json!("*"))}),
            role
        ));
    }
}
