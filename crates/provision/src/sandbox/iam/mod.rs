//! IAM: global, names without case.

mod policies;
mod profiles;
mod providers;
mod roles;

use super::{Answer, Facts, Refusal, throttle::Throttle, world::World};
use crate::operations::{
    ec2::Tag,
    iam::{self, AttachedPolicy, InstanceProfile, OpenIDConnectProvider, Policy, PolicyDetail, Role, User},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What IAM holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Iam {
    /// By lower-cased name.
    roles: BTreeMap<String, RoleState>,
    /// By lower-cased name.
    profiles: BTreeMap<String, ProfileState>,
    /// By ARN.
    providers: BTreeMap<String, OpenIDConnectProvider>,
    /// From when an issuer of a cluster answers, by URL.
    pub(super) issuers: BTreeMap<String, Timestamp>,
    pub(super) throttle: Throttle,
}

/// A role with what hangs on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RoleState {
    pub(super) shape: Role,
    attached: Vec<AttachedPolicy>,
    inline: Vec<PolicyDetail>,
    /// From when other services see it.
    pub(super) effective: Timestamp,
}

/// An instance profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ProfileState {
    pub(super) shape: InstanceProfile,
    /// The lower-cased name of its role.
    pub(super) role: Option<String>,
    /// From when Auto Scaling sees it.
    pub(super) effective: Timestamp,
}

impl RoleState {
    /// Whether a managed policy of that name is attached.
    pub(super) fn has(&self, policy: &str) -> bool {
        self.attached
            .iter()
            .any(|attached| attached.policy_name == policy)
    }

    /// Whether an inline policy allows something of a service (`ecr:`), which is as closely as the sandbox looks.
    pub(super) fn allows_inline(&self, service: &str) -> bool {
        self.inline
            .iter()
            .any(|policy| policy.policy_document.contains(service))
    }
}

fn no_role(name: &str) -> Refusal {
    Refusal::new(
        "NoSuchEntity",
        format!("The role with name {name} cannot be found."),
    )
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationError", message)
}

/// IAM's rule for names.
fn check_name(kind: &str, name: &str, limit: usize) -> Answer<()> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if name.is_empty() || name.len() > limit || !name.chars().all(allowed) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at '{kind}' failed to satisfy constraint: at most {limit} of [\\w+=,.@-]"
        )));
    }
    Ok(())
}

/// A path as given, or `/`.
fn path(path: Option<String>) -> Answer<String> {
    let path = path.unwrap_or_else(|| "/".into());
    let whole = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    if !whole || !path.chars().all(|c| c.is_ascii_graphic()) {
        return Err(invalid(format!(
            "The specified value for path is invalid. It must begin and end with /: '{path}'"
        )));
    }
    Ok(path)
}

fn tags_at_creation(new: &[Tag]) -> Answer<Vec<Tag>> {
    let mut tags = Vec::new();
    set_tags(&mut tags, new)?;
    Ok(tags)
}

fn set_tags(tags: &mut Vec<Tag>, new: &[Tag]) -> Answer<()> {
    super::tags::set(tags, new).map_err(|refusal| match refusal.code.as_ref() {
        "TagLimitExceeded" => Refusal::new("LimitExceeded", refusal.message),
        _ => Refusal::new("InvalidInput", refusal.message),
    })
}

impl Iam {
    pub(super) fn new(facts: &Facts) -> Self {
        let mut iam = Self::default();
        for role in &facts.roles {
            iam.give_role(role, facts.start);
        }
        for (arn, role) in &facts.profiles {
            iam.give_profile(arn, role.as_deref(), facts.start);
        }
        iam
    }

    /// A role by its name in any case.
    pub(super) fn role(&self, name: &str) -> Option<&RoleState> {
        self.roles.get(&name.to_ascii_lowercase())
    }

    /// A role by its whole ARN, path included.
    pub(super) fn role_of_arn(&self, arn: &str) -> Option<&RoleState> {
        self.role(arn.rsplit('/').next()?)
            .filter(|role| role.shape.arn == arn)
    }

    fn role_mut(&mut self, name: &str) -> Answer<&mut RoleState> {
        self.roles
            .get_mut(&name.to_ascii_lowercase())
            .ok_or_else(|| no_role(name))
    }

    fn role_or(&self, name: &str) -> Answer<&RoleState> {
        self.role(name).ok_or_else(|| no_role(name))
    }

    /// A profile by its name in any case.
    pub(super) fn profile(&self, name: &str) -> Option<&ProfileState> {
        self.profiles.get(&name.to_ascii_lowercase())
    }

    /// A profile by its whole ARN.
    pub(super) fn profile_of_arn(&self, arn: &str) -> Option<&ProfileState> {
        self.profile(arn.rsplit('/').next()?)
            .filter(|profile| profile.shape.arn == arn)
    }

    /// The provider of an issuer, given without `https://`.
    pub(super) fn provider_of(&self, issuer: &str) -> Option<&OpenIDConnectProvider> {
        self.providers.values().find(|provider| provider.url == issuer)
    }
}

impl World<'_> {
    pub(super) fn iam(&mut self, request: iam::Request) -> Answer<iam::Reply> {
        dispatch!(self, request, iam:
            CreateRole => create_role,
            GetRole => get_role,
            ListRoles => list_roles,
            GetAccountAuthorizationDetails => get_account_authorization_details,
            DeleteRole => delete_role,
            UpdateAssumeRolePolicy => update_assume_role_policy,
            TagRole => tag_role,
            UntagRole => untag_role,
            PutRolePermissionsBoundary => put_role_permissions_boundary,
            DeleteRolePermissionsBoundary => delete_role_permissions_boundary,
            AttachRolePolicy => attach_role_policy,
            DetachRolePolicy => detach_role_policy,
            ListAttachedRolePolicies => list_attached_role_policies,
            PutRolePolicy => put_role_policy,
            GetRolePolicy => get_role_policy,
            DeleteRolePolicy => delete_role_policy,
            ListRolePolicies => list_role_policies,
            ListInstanceProfilesForRole => list_instance_profiles_for_role,
            CreateInstanceProfile => create_instance_profile,
            GetInstanceProfile => get_instance_profile,
            ListInstanceProfiles => list_instance_profiles,
            DeleteInstanceProfile => delete_instance_profile,
            AddRoleToInstanceProfile => add_role_to_instance_profile,
            RemoveRoleFromInstanceProfile => remove_role_from_instance_profile,
            TagInstanceProfile => tag_instance_profile,
            UntagInstanceProfile => untag_instance_profile,
            CreateOpenIDConnectProvider => create_provider,
            GetOpenIDConnectProvider => get_provider,
            ListOpenIDConnectProviders => list_providers,
            DeleteOpenIDConnectProvider => delete_provider,
            AddClientIDToOpenIDConnectProvider => add_client_id,
            TagOpenIDConnectProvider => tag_provider,
            CreateServiceLinkedRole => create_service_linked_role,
            GetPolicy => get_policy,
            GetUser => get_user,
        )
    }

    fn get_policy(&mut self, input: iam::GetPolicy) -> Answer<Policy> {
        let arn = &input.policy_arn;
        if !self.policy_exists(arn) {
            return Err(Refusal::new(
                "NoSuchEntity",
                format!("Policy {arn} was not found."),
            ));
        }
        let attached = |role: &&RoleState| role.attached.iter().any(|policy| policy.policy_arn == *arn);
        let count = self.iam.roles.values().filter(attached).count();
        let after = arn.split_once(":policy").map_or("/", |(_, rest)| rest);
        let (path, name) = after.rsplit_once('/').unwrap_or(("", after));
        Ok(Policy {
            policy_name: name.to_owned(),
            arn: arn.clone(),
            path: format!("{path}/"),
            attachment_count: i64::try_from(count).unwrap_or(i64::MAX),
        })
    }

    fn get_user(&mut self, input: iam::GetUser) -> Answer<User> {
        let arn = &self.facts.caller;
        let named = arn.contains(":user/") && arn.rsplit('/').next() == Some(input.user_name.as_str());
        if !named {
            let text = format!("The user with name {} cannot be found.", input.user_name);
            return Err(Refusal::new("NoSuchEntity", text));
        }
        let path = arn
            .split_once(":user")
            .and_then(|(_, rest)| rest.rsplit_once('/'))
            .map_or("", |(path, _)| path);
        Ok(User {
            user_name: input.user_name,
            user_id: "AIDASANDBOXSANDBOX000".into(),
            arn: arn.clone(),
            path: format!("{path}/"),
            create_date: self.facts.start,
        })
    }
}
