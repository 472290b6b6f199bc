//! Access entries in an account.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{AccessEntry, AccessPolicy, AccessScope};
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, all_tags, attributes, literal, object, present, retag_eks, tag_changes, token,
    unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::eks;
use crate::text::{Attribute, Text};

fn described(entry: &eks::AccessEntry) -> Attributes {
    attributes([
        (Attribute::Id, &entry.principal_arn),
        (Attribute::Arn, &entry.access_entry_arn),
    ])
}

/// The user name that EKS gives a principal when nobody asks for another one.
fn default_username(principal: &str) -> String {
    let parts: Vec<&str> = principal.splitn(6, ':').collect();
    match parts.as_slice() {
        [arn, partition, "iam", region, account, resource] if resource.starts_with("role/") => {
            let name = resource.rsplit('/').next().unwrap_or_default();
            format!("{arn}:{partition}:sts:{region}:{account}:assumed-role/{name}/{{{{SessionName}}}}")
        }
        _ => principal.to_owned(),
    }
}

impl AccessEntry {
    fn principal(&self) -> Result<String, Failure> {
        literal(&self.principal_arn).map(str::to_owned)
    }

    async fn describe(&self, cx: &Cx<'_>) -> Result<eks::AccessEntry, Failure> {
        let cluster_name = self.cluster_name.clone();
        cx.call(eks::DescribeAccessEntry {
            cluster_name,
            principal_arn: self.principal()?,
        })
        .await
    }

    async fn set_policies(&self, cx: &Cx<'_>, from: &BTreeSet<AccessPolicy>) -> Result<(), Failure> {
        let principal_arn = self.principal()?;
        for policy in self.access_policies.difference(from) {
            let associate = eks::AssociateAccessPolicy {
                cluster_name: self.cluster_name.clone(),
                principal_arn: principal_arn.clone(),
                policy_arn: policy.policy_arn.clone(),
                access_scope: eks::AccessScope {
                    kind: policy.access_scope.r#type.clone(),
                    namespaces: policy.access_scope.namespaces.iter().cloned().collect(),
                },
            };
            cx.call(associate).await?;
        }
        let kept: BTreeSet<_> = self
            .access_policies
            .iter()
            .map(|policy| &policy.policy_arn)
            .collect();
        for policy in from.iter().filter(|policy| !kept.contains(&policy.policy_arn)) {
            let disassociate = eks::DisassociateAccessPolicy {
                cluster_name: self.cluster_name.clone(),
                principal_arn: principal_arn.clone(),
                policy_arn: policy.policy_arn.clone(),
            };
            present(cx.call(disassociate).await)?;
        }
        Ok(())
    }

    async fn set_identity(&self, cx: &Cx<'_>, key: &Key) -> Result<(), Failure> {
        let principal_arn = self.principal()?;
        let mut update = eks::UpdateAccessEntry {
            cluster_name: self.cluster_name.clone(),
            kubernetes_groups: Some(self.kubernetes_groups.iter().cloned().collect()),
            client_request_token: None,
            username: Some(
                self.username
                    .clone()
                    .unwrap_or_else(|| default_username(&principal_arn)),
            ),
            principal_arn,
        };
        update.client_request_token = Some(token(cx, key, &(update.clone(), cx.now().as_second()), 0));
        cx.call(update).await.map(|_| ())
    }

    /// The entry that is there already: of an earlier run, or the one that EKS gave to the cluster's creator. It is
    /// brought to what is wanted and becomes ours by its tags.
    async fn adopted(&self, cx: &Cx<'_>, key: &Key) -> Result<eks::AccessEntry, Failure> {
        let found = self.describe(cx).await?;
        if found.kind == "STANDARD" {
            let groups: BTreeSet<_> = found.kubernetes_groups.iter().cloned().collect();
            let username = self
                .username
                .clone()
                .unwrap_or_else(|| default_username(&found.principal_arn));
            if groups != self.kubernetes_groups || username != found.username {
                self.set_identity(cx, key).await?;
            }
        }
        let tags = all_tags(cx, key, &self.tags);
        if tag_changes(&found.tags, &tags).0.is_empty() {
            return Ok(found);
        }
        cx.call(eks::TagResource {
            resource_arn: found.access_entry_arn.clone(),
            tags,
        })
        .await?;
        Ok(found)
    }
}

impl Lifecycle for AccessEntry {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let mut create = eks::CreateAccessEntry {
            cluster_name: self.cluster_name.clone(),
            principal_arn: self.principal()?,
            kubernetes_groups: self.kubernetes_groups.iter().cloned().collect(),
            tags: all_tags(cx, key, &self.tags),
            client_request_token: None,
            username: self.username.clone(),
            kind: self.r#type.clone(),
        };
        // The instant keeps the token of an entry that was deleted since from answering for this one.
        create.client_request_token = Some(token(cx, key, &(create.clone(), cx.now().as_second()), 0));
        let entry = match unless_exists(cx.call(create).await)? {
            Some(made) => made,
            None => self.adopted(cx, key).await?,
        };
        self.set_policies(cx, &BTreeSet::new()).await?;
        Ok(described(&entry))
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, from: &Self) -> Result<Attributes, Failure> {
        if self.username != from.username || self.kubernetes_groups != from.kubernetes_groups {
            self.set_identity(cx, key).await?;
        }
        self.set_policies(cx, &from.access_policies).await?;
        let found = self.describe(cx).await?;
        retag_eks(cx, &found.access_entry_arn, &from.tags, &self.tags).await?;
        Ok(described(&found))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let delete = eks::DeleteAccessEntry {
            cluster_name: self.cluster_name.clone(),
            principal_arn: id.to_owned(),
        };
        present(cx.call(delete).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        reading
            .entries
            .iter()
            .map(|(entry, policies)| read(reading, entry, policies))
            .collect()
    }
}

fn read(
    reading: &Reading,
    entry: &eks::AccessEntry,
    policies: &[eks::AssociatedAccessPolicy],
) -> (Key, Object) {
    let tag = |name: &str| entry.tags.get(name).map(String::as_str);
    let standard = entry.kind == "STANDARD";
    let by_aws =
        entry.principal_arn.contains(":role/aws-service-role/") || reading.is_caller(&entry.principal_arn);
    let ownership = match reading.owner.judge(tag) {
        Ownership::Foreign if by_aws || !standard => Ownership::Aws,
        whose => whose,
    };
    let key = match tag(crate::names::KEY_TAG) {
        Some(key) if ownership == Ownership::Ours => Key::new(key),
        _ => Key::access_entry(&entry.principal_arn),
    };
    // EKS decides user name and groups of nodes.
    let username = (standard && entry.username != default_username(&entry.principal_arn))
        .then(|| entry.username.clone());
    let groups = entry.kubernetes_groups.iter().filter(|_| standard).cloned();
    let access_policies = policies.iter().map(|policy| AccessPolicy {
        policy_arn: policy.policy_arn.clone(),
        access_scope: AccessScope {
            r#type: policy.access_scope.kind.clone(),
            namespaces: policy.access_scope.namespaces.iter().cloned().collect(),
        },
    });
    let spec = AccessEntry {
        cluster_name: entry.cluster_name.clone(),
        principal_arn: Text::from(entry.principal_arn.as_str()),
        r#type: (!standard).then(|| entry.kind.clone()),
        username,
        kubernetes_groups: groups.collect(),
        access_policies: access_policies.collect(),
        tags: reading.chosen_of(&entry.tags),
    };
    let role = reading.roles.iter().find(|role| role.arn == entry.principal_arn);
    let state = state(role.map(|role| role.create_date), entry.created_at);
    (key, object(spec, described(entry), ownership, state))
}

/// An entry holds to its role's id. A role that was deleted and made again has its old name and another id, and its
/// entry refuses everybody for ever, though nothing about it looks wrong. IAM tells whole seconds: within one, nothing
/// can be said.
fn state(role_made: Option<Timestamp>, entry_made: Timestamp) -> State {
    if role_made.is_some_and(|role_made| role_made.as_second() > entry_made.as_second()) {
        State::Failed("its role was deleted and made again since".to_owned())
    } else {
        State::Ready
    }
}

#[cfg(test)]
mod tests {
    use super::{default_username, state};
    use crate::observed::State;

    #[test]
    fn an_entry_of_a_role_that_was_made_again_has_failed() {
        let at = |text: &str| text.parse().unwrap();
        let entry = at("2026-01-01T00:00:05Z");
        let failed = |role| matches!(state(role, entry), State::Failed(_));
        assert!(failed(Some(at("2026-01-01T00:00:06Z"))));
        assert!(!failed(Some(at("2026-01-01T00:00:05.7Z"))));
        assert!(!failed(Some(at("2026-01-01T00:00:04Z"))));
        assert!(!failed(None));
    }

    #[test]
    fn a_roles_default_name_is_its_session() {
        assert_eq!(
            default_username("arn:aws:iam::111122223333:role/lb/us-west-2/c/operator"),
            "arn:aws:sts::111122223333:assumed-role/operator/{{SessionName}}"
        );
        assert_eq!(
            default_username("arn:aws:iam::111122223333:user/me"),
            "arn:aws:iam::111122223333:user/me"
        );
    }
}
