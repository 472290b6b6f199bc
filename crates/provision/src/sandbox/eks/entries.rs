//! Access entries and their policies.

use super::{EntryState, invalid};
use crate::{
    operations::eks::{
        AccessEntry, AccessScope, AssociateAccessPolicy, AssociatedAccessPolicy, CreateAccessEntry,
        DeleteAccessEntry, DescribeAccessEntry, DisassociateAccessPolicy, ListAccessEntries,
        ListAssociatedAccessPolicies, UpdateAccessEntry,
    },
    sandbox::{Answer, Refusal, tags, world::World},
};
use std::collections::BTreeMap;

/// Access policies that EKS has for people.
const POLICIES: [&str; 7] = [
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSAutoNodePolicy",
];
const KINDS: [&str; 7] = [
    "STANDARD",
    "EC2_LINUX",
    "EC2_WINDOWS",
    "FARGATE_LINUX",
    "EC2",
    "HYBRID_LINUX",
    "HYPERPOD_LINUX",
];
/// Groups that no entry may name begin so.
const RESERVED: [&str; 5] = ["system:", "eks:", "aws:", "amazon:", "iam:"];

fn no_entry(arn: &str) -> Refusal {
    Refusal::new(
        "ResourceNotFoundException",
        format!(
            "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries': {arn}"
        ),
    )
}

fn check_groups(groups: &[String]) -> Answer<()> {
    match groups
        .iter()
        .find(|group| RESERVED.iter().any(|prefix| group.starts_with(prefix)))
    {
        Some(group) => Err(invalid(format!(
            "The kubernetes group name {group} is invalid, it cannot start with {RESERVED:?}"
        ))),
        None => Ok(()),
    }
}

/// The user name of an entry that asks for none.
fn user_name(arn: &str) -> String {
    let mut parts = arn.split(':');
    let (account, resource) = (parts.nth(4).unwrap_or_default(), parts.next().unwrap_or_default());
    if !resource.starts_with("role/") {
        return arn.to_owned();
    }
    let name = resource.rsplit('/').next().unwrap_or_default();
    format!("arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}")
}

impl World<'_> {
    pub(super) fn create_access_entry(&mut self, input: CreateAccessEntry) -> Answer<AccessEntry> {
        let (cluster, arn) = (input.cluster_name.clone(), input.principal_arn.clone());
        let kind = input.kind.clone().unwrap_or_else(|| "STANDARD".into());
        if !KINDS.contains(&kind.as_str()) {
            return Err(invalid(format!("The access entry type {kind} is invalid")));
        }
        if kind != "STANDARD" && (!input.kubernetes_groups.is_empty() || input.username.is_some()) {
            return Err(invalid(format!(
                "An access entry of type {kind} can have neither kubernetesGroups nor username"
            )));
        }
        check_groups(&input.kubernetes_groups)?;
        let tags = tags::map_at_creation(&input.tags)?;
        let find = |world: &mut Self, id: &str| {
            world
                .region
                .clusters
                .get(&cluster)?
                .entries
                .get(id)
                .map(|entry| entry.shape.clone())
        };
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            world.with_entries(&cluster)?;
            let seen = world
                .iam
                .role_of_arn(&arn)
                .is_none_or(|role| role.effective <= world.now);
            if !world.principal_exists(&arn) || !seen {
                return Err(invalid(
                    "The specified principalArn is invalid: invalid principal.",
                ));
            }
            if world.active(&cluster)?.entries.contains_key(&arn) {
                return Err(Refusal::new(
                    "ResourceInUseException",
                    "The specified access entry resource is already in use on this cluster.",
                ));
            }
            let groups = input.kubernetes_groups.clone();
            let entry = world.insert_entry(&cluster, &arn, &kind, groups, input.username.clone(), tags);
            entry
                .map(|entry| (entry, arn.clone()))
                .ok_or_else(|| no_entry(&arn))
        })
    }

    /// A cluster that has access entries.
    fn with_entries(&mut self, cluster: &str) -> Answer<()> {
        if self.active(cluster)?.has_entries() {
            return Ok(());
        }
        Err(Refusal::new(
            "InvalidRequestException",
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
        ))
    }

    pub(super) fn insert_entry(
        &mut self,
        cluster: &str,
        arn: &str,
        kind: &str,
        groups: Vec<String>,
        username: Option<String>,
        tags: BTreeMap<String, String>,
    ) -> Option<AccessEntry> {
        let uuid = self.random.uuid();
        let account = arn.split(':').nth(4).unwrap_or_default();
        let resource = arn.split(':').nth(5).unwrap_or_default();
        let (word, name) = (resource.split('/').next()?, resource.rsplit('/').next()?);
        let shape = AccessEntry {
            cluster_name: cluster.to_owned(),
            principal_arn: arn.to_owned(),
            kubernetes_groups: if kind == "EC2_LINUX" {
                vec!["system:nodes".into()]
            } else {
                groups
            },
            access_entry_arn: self.arn(
                "eks",
                &format!("access-entry/{cluster}/{word}/{account}/{name}/{uuid}"),
            ),
            created_at: self.now,
            modified_at: self.now,
            username: match kind {
                "EC2_LINUX" => "system:node:{{EC2PrivateDNSName}}".into(),
                _ => username.unwrap_or_else(|| user_name(arn)),
            },
            kind: kind.to_owned(),
            tags,
        };
        let role_id = self.iam.role_of_arn(arn).map(|role| role.shape.role_id.clone());
        let wait = if self.random.chance(0.7) {
            std::time::Duration::ZERO
        } else {
            self.random.between(0.5, 6.0)
        };
        let settled = self.after(wait);
        let state = EntryState {
            shape: shape.clone(),
            role_id,
            policies: Vec::new(),
            settled,
        };
        self.region
            .clusters
            .get_mut(cluster)?
            .entries
            .insert(arn.to_owned(), state);
        Some(shape)
    }

    fn entry(&mut self, cluster: &str, arn: &str) -> Answer<&mut EntryState> {
        self.cluster_mut(cluster)?
            .entries
            .get_mut(arn)
            .ok_or_else(|| no_entry(arn))
    }

    pub(super) fn describe_access_entry(&mut self, input: DescribeAccessEntry) -> Answer<AccessEntry> {
        self.entry(&input.cluster_name, &input.principal_arn)
            .map(|entry| entry.shape.clone())
    }

    pub(super) fn list_access_entries(&mut self, input: ListAccessEntries) -> Answer<Vec<String>> {
        self.with_entries(&input.cluster_name)?;
        Ok(self
            .cluster(&input.cluster_name)?
            .entries
            .keys()
            .cloned()
            .collect())
    }

    pub(super) fn update_access_entry(&mut self, input: UpdateAccessEntry) -> Answer<AccessEntry> {
        check_groups(input.kubernetes_groups.as_deref().unwrap_or_default())?;
        let now = self.now;
        let entry = self.entry(&input.cluster_name, &input.principal_arn)?;
        if entry.shape.kind != "STANDARD" {
            return Err(Refusal::new(
                "InvalidRequestException",
                "Only entries of type STANDARD can be updated",
            ));
        }
        if let Some(groups) = input.kubernetes_groups {
            entry.shape.kubernetes_groups = groups;
        }
        if let Some(username) = input.username {
            entry.shape.username = username;
        }
        entry.shape.modified_at = now;
        Ok(entry.shape.clone())
    }

    pub(super) fn delete_access_entry(&mut self, input: DeleteAccessEntry) -> Answer<()> {
        let cluster = self.active(&input.cluster_name)?;
        cluster
            .entries
            .remove(&input.principal_arn)
            .map(|_| ())
            .ok_or_else(|| no_entry(&input.principal_arn))
    }

    pub(super) fn associate_access_policy(
        &mut self,
        input: AssociateAccessPolicy,
    ) -> Answer<AssociatedAccessPolicy> {
        let name = input
            .policy_arn
            .split_once(":eks::aws:cluster-access-policy/")
            .map(|(_, name)| name);
        if name.is_none_or(|name| !POLICIES.contains(&name)) {
            return Err(invalid(format!(
                "The policyArn parameter format is not valid: {}",
                input.policy_arn
            )));
        }
        let scope = &input.access_scope;
        let scoped = match scope.kind.as_str() {
            "cluster" => scope.namespaces.is_empty(),
            "namespace" => !scope.namespaces.is_empty(),
            _ => false,
        };
        if !scoped {
            return Err(invalid(
                "The accessScope needs `cluster` without namespaces or `namespace` with some",
            ));
        }
        let (cluster, arn, now) = (&input.cluster_name, &input.principal_arn, self.now);
        self.active(cluster)?;
        let entry = self.entry(cluster, arn)?;
        if entry.settled > now {
            return Err(no_entry(arn));
        }
        if entry.shape.kind != "STANDARD" {
            return Err(Refusal::new(
                "InvalidRequestException",
                format!(
                    "Access policies cannot be associated with entries of type {}",
                    entry.shape.kind
                ),
            ));
        }
        let namespaces = scope.namespaces.clone();
        let associated = self.insert_policy(cluster, arn, &input.policy_arn, &scope.kind, namespaces);
        associated.ok_or_else(|| no_entry(arn))
    }

    pub(super) fn insert_policy(
        &mut self,
        cluster: &str,
        arn: &str,
        policy: &str,
        scope: &str,
        namespaces: Vec<String>,
    ) -> Option<AssociatedAccessPolicy> {
        let now = self.now;
        let entry = self.region.clusters.get_mut(cluster)?.entries.get_mut(arn)?;
        let old = entry.policies.iter().position(|held| held.policy_arn == policy);
        let since = old.map(|place| entry.policies.remove(place).associated_at);
        let associated = AssociatedAccessPolicy {
            policy_arn: policy.to_owned(),
            access_scope: AccessScope {
                kind: scope.to_owned(),
                namespaces,
            },
            associated_at: since.unwrap_or(now),
            modified_at: now,
        };
        entry.policies.push(associated.clone());
        Some(associated)
    }

    pub(super) fn disassociate_access_policy(&mut self, input: DisassociateAccessPolicy) -> Answer<()> {
        let entry = self.entry(&input.cluster_name, &input.principal_arn)?;
        let place = entry
            .policies
            .iter()
            .position(|held| held.policy_arn == input.policy_arn);
        let missing = || {
            Refusal::new(
                "ResourceNotFoundException",
                "The specified policy is not associated.",
            )
        };
        entry.policies.remove(place.ok_or_else(missing)?);
        Ok(())
    }

    pub(super) fn list_associated_access_policies(
        &mut self,
        input: ListAssociatedAccessPolicies,
    ) -> Answer<Vec<AssociatedAccessPolicy>> {
        self.entry(&input.cluster_name, &input.principal_arn)
            .map(|entry| entry.policies.clone())
    }
}
