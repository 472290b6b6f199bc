//! Roles in an account.

use std::collections::BTreeSet;

use super::Role;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, list, must_be_ours, object, present, tag_changes, tag_list,
    unless_exists,
};
use crate::objects::{Policy, Tags};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::iam::{
    AttachRolePolicy, CreateRole, DeleteRole, DeleteRolePermissionsBoundary, DeleteRolePolicy,
    DetachRolePolicy, GetRole, ListAttachedRolePolicies, ListInstanceProfilesForRole, ListRolePolicies,
    PutRolePermissionsBoundary, RemoveRoleFromInstanceProfile, Role as IamRole, TagRole, UntagRole,
    UpdateAssumeRolePolicy,
};
use crate::text::Attribute;

fn described(name: &str, arn: &str) -> Attributes {
    attributes([
        (Attribute::Id, name),
        (Attribute::Arn, arn),
        (Attribute::PlainArn, &crate::names::plain_arn(arn)),
    ])
}

impl Role {
    fn trust(&self) -> String {
        self.assume_role_policy_document.document().to_string()
    }

    /// The role of this name, made by an earlier run, brought to the trust that is wanted now.
    async fn existing(&self, cx: &Cx<'_>, key: &Key) -> Result<IamRole, Failure> {
        let role = cx
            .call(GetRole {
                role_name: self.role_name.clone(),
            })
            .await?;
        must_be_ours(cx, key, &format!("role `{}`", self.role_name), &role.tags)?;
        if Policy::parse(&role.assume_role_policy_document) != self.assume_role_policy_document {
            self.set_trust(cx).await?;
        }
        Ok(role)
    }

    async fn set_trust(&self, cx: &Cx<'_>) -> Result<(), Failure> {
        cx.call(UpdateAssumeRolePolicy {
            role_name: self.role_name.clone(),
            policy_document: self.trust(),
        })
        .await
    }

    async fn set_policies(&self, cx: &Cx<'_>, from: &BTreeSet<String>) -> Result<(), Failure> {
        let role_name = &self.role_name;
        for policy_arn in self.managed_policy_arns.difference(from).cloned() {
            cx.call(AttachRolePolicy {
                role_name: role_name.clone(),
                policy_arn,
            })
            .await?;
        }
        for policy_arn in from.difference(&self.managed_policy_arns).cloned() {
            present(
                cx.call(DetachRolePolicy {
                    role_name: role_name.clone(),
                    policy_arn,
                })
                .await,
            )?;
        }
        Ok(())
    }

    async fn set_boundary(&self, cx: &Cx<'_>, from: Option<&String>) -> Result<(), Failure> {
        let role_name = self.role_name.clone();
        match self.permissions_boundary.clone() {
            boundary if boundary.as_ref() == from => Ok(()),
            Some(permissions_boundary) => {
                cx.call(PutRolePermissionsBoundary {
                    role_name,
                    permissions_boundary,
                })
                .await
            }
            None => present(cx.call(DeleteRolePermissionsBoundary { role_name }).await).map(|_| ()),
        }
    }

    async fn set_tags(&self, cx: &Cx<'_>, from: &Tags) -> Result<(), Failure> {
        let (set, tag_keys) = tag_changes(from, &self.tags);
        let role_name = self.role_name.clone();
        if !set.is_empty() {
            cx.call(TagRole {
                role_name: role_name.clone(),
                tags: list(&set),
            })
            .await?;
        }
        if !tag_keys.is_empty() {
            cx.call(UntagRole { role_name, tag_keys }).await?;
        }
        Ok(())
    }
}

impl Lifecycle for Role {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let create = CreateRole {
            path: Some(self.path.clone()),
            role_name: self.role_name.clone(),
            assume_role_policy_document: self.trust(),
            description: None,
            permissions_boundary: self.permissions_boundary.clone(),
            tags: tag_list(cx, key, &self.tags),
        };
        let role = match unless_exists(cx.call(create).await)? {
            Some(made) => made,
            None => self.existing(cx, key).await?,
        };
        self.set_policies(cx, &BTreeSet::new()).await?;
        Ok(described(&role.role_name, &role.arn))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        if self.assume_role_policy_document != from.assume_role_policy_document {
            self.set_trust(cx).await?;
        }
        self.set_policies(cx, &from.managed_policy_arns).await?;
        self.set_boundary(cx, from.permissions_boundary.as_ref()).await?;
        self.set_tags(cx, &from.tags).await?;
        // Its ARN and age stay as they were read.
        Ok(attributes([(Attribute::Id, id)]))
    }

    /// A role with anything attached cannot be deleted, whoever attached it.
    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let role_name = id.to_owned();
        let attached = cx
            .call(ListAttachedRolePolicies {
                role_name: role_name.clone(),
            })
            .await;
        for policy in present(attached)?.into_iter().flatten() {
            let detach = DetachRolePolicy {
                role_name: role_name.clone(),
                policy_arn: policy.policy_arn,
            };
            present(cx.call(detach).await)?;
        }
        let inline = cx
            .call(ListRolePolicies {
                role_name: role_name.clone(),
            })
            .await;
        for policy_name in present(inline)?.into_iter().flatten() {
            present(
                cx.call(DeleteRolePolicy {
                    role_name: role_name.clone(),
                    policy_name,
                })
                .await,
            )?;
        }
        let profiles = cx
            .call(ListInstanceProfilesForRole {
                role_name: role_name.clone(),
            })
            .await;
        for profile in present(profiles)?.into_iter().flatten() {
            let instance_profile_name = profile.instance_profile_name;
            let remove = RemoveRoleFromInstanceProfile {
                instance_profile_name,
                role_name: role_name.clone(),
            };
            present(cx.call(remove).await)?;
        }
        present(cx.call(DeleteRole { role_name }).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.roles.iter().filter_map(|role| {
            let (key, ownership) = reading.key_of(&role.tags)?;
            let arns = role
                .attached_managed_policies
                .iter()
                .map(|policy| policy.policy_arn.clone());
            let spec = Self {
                role_name: role.role_name.clone(),
                path: role.path.clone(),
                assume_role_policy_document: Policy::parse(&role.assume_role_policy_document),
                managed_policy_arns: arns.collect(),
                permissions_boundary: role
                    .permissions_boundary
                    .as_ref()
                    .map(|boundary| boundary.permissions_boundary_arn.clone()),
                tags: reading.chosen(&role.tags),
            };
            let attributes = described(&role.role_name, &role.arn);
            Some((key, object(spec, attributes, ownership, State::Ready)))
        });
        ours.collect()
    }
}
