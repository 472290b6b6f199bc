//! The calls that read what of IAM may be a cluster's.

use futures_util::future::{try_join, try_join_all, try_join4};

use super::calls::value;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::names::{CLUSTER_TAG, KEY_TAG, Names, REGION_TAG};
use crate::objects::lifecycle::present;
use crate::operations::iam;
use crate::ownership::Owner;

/// What of IAM may be the cluster's.
pub(super) struct Iam {
    pub(super) roles: Vec<iam::RoleDetail>,
    pub(super) profiles: Vec<iam::InstanceProfile>,
    /// Whether the roles had to be read one by one: then only those under the cluster's path are known.
    pub(super) one_by_one: bool,
}

impl Iam {
    pub(super) async fn of(cx: &Cx<'_>) -> Result<Self, Failure> {
        let path = Names::new(&cx.owner().cluster, &cx.owner().region).iam_path();
        let list = iam::ListInstanceProfiles {
            path_prefix: Some(path.clone()),
        };
        let ((roles, one_by_one), listed) = try_join(all_roles(cx, &path), cx.call(list)).await?;
        let profiles = listed.into_iter().map(|profile| with_tags(cx, profile, &roles));
        let profiles = try_join_all(profiles).await?.into_iter().flatten().collect();
        Ok(Self {
            roles,
            profiles,
            one_by_one,
        })
    }
}

/// All roles of the account in one listing; where that is denied, those under `path` one by one.
async fn all_roles(cx: &Cx<'_>, path: &str) -> Result<(Vec<iam::RoleDetail>, bool), Failure> {
    let all = iam::GetAccountAuthorizationDetails {
        filter: vec!["Role".to_owned()],
    };
    match cx.call(all).await {
        Err(failure) if failure.is_denied() => {}
        listed => return Ok((listed?, false)),
    }
    let listed = iam::ListRoles {
        path_prefix: Some(path.to_owned()),
    };
    let each = cx
        .call(listed)
        .await?
        .into_iter()
        .map(|role| detail(cx, role.role_name));
    let found = try_join_all(each).await?.into_iter().flatten().collect();
    Ok((found, true))
}

/// A role with all that hangs on it; `None` if it is gone.
async fn detail(cx: &Cx<'_>, role_name: String) -> Result<Option<iam::RoleDetail>, Failure> {
    let name = || role_name.clone();
    let role = async { present(cx.call(iam::GetRole { role_name: name() }).await) };
    let attached = async { present(cx.call(iam::ListAttachedRolePolicies { role_name: name() }).await) };
    let inline = async { present(cx.call(iam::ListRolePolicies { role_name: name() }).await) };
    let profiles = async {
        present(
            cx.call(iam::ListInstanceProfilesForRole { role_name: name() })
                .await,
        )
    };
    let (role, attached, inline, profiles) = try_join4(role, attached, inline, profiles).await?;
    let Some(role) = role else { return Ok(None) };
    let policies = inline.unwrap_or_default().into_iter().map(|policy_name| async {
        let role_name = role_name.clone();
        present(
            cx.call(iam::GetRolePolicy {
                role_name,
                policy_name,
            })
            .await,
        )
    });
    Ok(Some(iam::RoleDetail {
        path: role.path,
        role_name: role.role_name,
        role_id: role.role_id,
        arn: role.arn,
        create_date: role.create_date,
        assume_role_policy_document: role.assume_role_policy_document,
        instance_profile_list: profiles.unwrap_or_default(),
        role_policy_list: try_join_all(policies).await?.into_iter().flatten().collect(),
        attached_managed_policies: attached.unwrap_or_default(),
        permissions_boundary: role.permissions_boundary,
        tags: role.tags,
    }))
}

/// A profile with its tags, which AWS lists it without. One that holds a role of the cluster is what that role is;
/// only others are asked for.
async fn with_tags(
    cx: &Cx<'_>,
    profile: iam::InstanceProfile,
    roles: &[iam::RoleDetail],
) -> Result<Option<iam::InstanceProfile>, Failure> {
    if let Some(tags) = tags_of_role(cx.owner(), &profile, roles) {
        return Ok(Some(iam::InstanceProfile { tags, ..profile }));
    }
    let instance_profile_name = profile.instance_profile_name;
    present(
        cx.call(iam::GetInstanceProfile {
            instance_profile_name,
        })
        .await,
    )
}

fn tags_of_role(
    owner: &Owner,
    profile: &iam::InstanceProfile,
    roles: &[iam::RoleDetail],
) -> Option<Vec<crate::operations::ec2::Tag>> {
    let held = profile.roles.first()?;
    let role = roles.iter().find(|role| role.arn == held.arn)?;
    let tag = |name: &str| value(&role.tags, name);
    if tag(CLUSTER_TAG) != Some(&owner.cluster) || tag(REGION_TAG) != Some(&owner.region) {
        return None;
    }
    let group = Key::new(tag(KEY_TAG)?);
    let key = Key::nodegroup(group.nodegroup_name()?, "NodeInstanceProfile");
    let mut tags = role.tags.clone();
    // Tags that were chosen for the role are the role's alone.
    tags.retain(|tag| crate::ownership::is_own_tag(&tag.key));
    for tag in tags.iter_mut().filter(|tag| tag.key == KEY_TAG) {
        tag.value = key.as_str().to_owned();
    }
    Some(tags)
}
