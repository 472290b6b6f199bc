//! Roles and their policies.

use super::{Iam, RoleState, check_name, invalid, no_role, path, set_tags, tags_at_creation};
use crate::{
    operations::iam::{
        AttachRolePolicy, AttachedPermissionsBoundary, AttachedPolicy, CreateRole, CreateServiceLinkedRole,
        DeleteRole, DeleteRolePermissionsBoundary, DeleteRolePolicy, DetachRolePolicy,
        GetAccountAuthorizationDetails, GetRole, GetRolePolicy, ListAttachedRolePolicies, ListRolePolicies,
        ListRoles, PolicyDetail, PutRolePermissionsBoundary, PutRolePolicy, Role, RoleDetail, TagRole,
        UntagRole, UpdateAssumeRolePolicy,
    },
    sandbox::{
        Answer, GivenRole, Refusal,
        policy::{self, Kind},
        world::World,
    },
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// Inline policies of a role together, white space not counted.
const INLINE: usize = 10_240;

/// AWS's service-linked roles that a cluster needs: the service and the role's name.
const LINKED: &[(&str, &str)] = &[
    ("eks.amazonaws.com", "AWSServiceRoleForAmazonEKS"),
    (
        "eks-nodegroup.amazonaws.com",
        "AWSServiceRoleForAmazonEKSNodegroup",
    ),
    ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"),
    ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
    (
        "elasticloadbalancing.amazonaws.com",
        "AWSServiceRoleForElasticLoadBalancing",
    ),
];

/// The trust policy of a role that services may take.
fn trust_of(services: &[String]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    ]})
}

fn attached(arn: &str) -> AttachedPolicy {
    AttachedPolicy {
        policy_name: arn.rsplit('/').next().unwrap_or(arn).to_owned(),
        policy_arn: arn.to_owned(),
    }
}

impl Iam {
    /// A role that was there before.
    pub(super) fn give_role(&mut self, given: &GivenRole, since: Timestamp) {
        let after = given.arn.split_once(":role").map_or("/", |(_, rest)| rest);
        let (path, name) = after.rsplit_once('/').unwrap_or(("", after));
        let shape = Role {
            path: format!("{path}/"),
            role_name: name.to_owned(),
            role_id: format!("AROAGIVEN{:012}", self.roles.len()),
            arn: given.arn.clone(),
            create_date: since,
            assume_role_policy_document: trust_of(&given.services).to_string(),
            ..Role::default()
        };
        let state = RoleState {
            attached: given.policies.iter().map(|arn| attached(arn)).collect(),
            inline: Vec::new(),
            effective: Timestamp::MIN,
            shape,
        };
        self.roles.insert(name.to_ascii_lowercase(), state);
    }
}

impl World<'_> {
    /// A trust policy as IAM takes it: well formed, short enough, naming only principals of this account that exist.
    fn check_trust(&self, text: &str) -> Answer<()> {
        let document = policy::read(text, Kind::Trust)?;
        if !self.allows("L-C07B4B0D", policy::counted(text).saturating_sub(1)) {
            return Err(Refusal::new(
                "LimitExceeded",
                "Cannot exceed quota for ACLSizePerRole: 2048",
            ));
        }
        for principal in policy::trusted(&document, "AWS") {
            let own = principal.split(':').nth(4) == Some(self.facts.account.as_str());
            let whole = principal.ends_with(":root") || !principal.contains(':');
            if own && !whole && !self.principal_exists(principal) {
                return Err(Refusal::new(
                    "MalformedPolicyDocument",
                    format!("Invalid principal in policy: \"AWS\":\"{principal}\""),
                ));
            }
        }
        Ok(())
    }

    /// Whether a user or role exists, by its whole ARN.
    pub(in crate::sandbox) fn principal_exists(&self, arn: &str) -> bool {
        arn == self.facts.caller
            || self.facts.foreign_principals.contains(arn)
            || self.iam.role_of_arn(arn).is_some()
    }

    pub(super) fn create_role(&mut self, input: CreateRole) -> Answer<Role> {
        check_name("roleName", &input.role_name, 64)?;
        let path = path(input.path)?;
        self.check_trust(&input.assume_role_policy_document)?;
        let tags = tags_at_creation(&input.tags)?;
        if let Some(boundary) = &input.permissions_boundary
            && !self.policy_exists(boundary)
        {
            return Err(Refusal::new(
                "NoSuchEntity",
                format!("Scope ARN: {boundary} does not exist or is not attachable."),
            ));
        }
        let key = input.role_name.to_ascii_lowercase();
        if self.iam.roles.contains_key(&key) {
            let text = format!("Role with name {} already exists.", input.role_name);
            return Err(Refusal::new("EntityAlreadyExists", text));
        }
        if !self.allows("L-FE177D64", self.iam.roles.len()) {
            return Err(Refusal::new(
                "LimitExceeded",
                "Cannot exceed quota for RolesPerAccount: 1000",
            ));
        }
        let shape = Role {
            arn: format!(
                "arn:{}:iam::{}:role{path}{}",
                self.partition(),
                self.facts.account,
                input.role_name
            ),
            path,
            role_name: input.role_name,
            role_id: self.random.unique_id("AROA"),
            create_date: self.now,
            assume_role_policy_document: input.assume_role_policy_document,
            description: input.description,
            permissions_boundary: input.permissions_boundary.map(boundary),
            tags,
        };
        // Other services see it after some seconds, sometimes a minute, at most two.
        let wait = self.random.lasting(6.0, 60.0).min(Duration::from_secs(120));
        let effective = self.after(wait);
        let state = RoleState {
            shape: shape.clone(),
            attached: Vec::new(),
            inline: Vec::new(),
            effective,
        };
        self.iam.roles.insert(key, state);
        Ok(shape)
    }

    pub(super) fn get_role(&mut self, input: GetRole) -> Answer<Role> {
        Ok(self.iam.role_or(&input.role_name)?.shape.clone())
    }

    pub(super) fn list_roles(&mut self, input: ListRoles) -> Answer<Vec<Role>> {
        let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
        let listed = |role: &RoleState| Role {
            tags: Vec::new(),
            permissions_boundary: None,
            ..role.shape.clone()
        };
        Ok(self
            .iam
            .roles
            .values()
            .filter(|role| role.shape.path.starts_with(&prefix))
            .map(listed)
            .collect())
    }

    pub(super) fn get_account_authorization_details(
        &mut self,
        input: GetAccountAuthorizationDetails,
    ) -> Answer<Vec<RoleDetail>> {
        if !input.filter.is_empty() && !input.filter.iter().any(|kind| kind == "Role") {
            return Ok(Vec::new());
        }
        let detail = |(key, role): (&String, &RoleState)| RoleDetail {
            path: role.shape.path.clone(),
            role_name: role.shape.role_name.clone(),
            role_id: role.shape.role_id.clone(),
            arn: role.shape.arn.clone(),
            create_date: role.shape.create_date,
            assume_role_policy_document: role.shape.assume_role_policy_document.clone(),
            instance_profile_list: self.iam.profiles_of(key).collect(),
            role_policy_list: role.inline.clone(),
            attached_managed_policies: role.attached.clone(),
            permissions_boundary: role.shape.permissions_boundary.clone(),
            tags: role.shape.tags.clone(),
        };
        Ok(self.iam.roles.iter().map(detail).collect())
    }

    pub(super) fn delete_role(&mut self, input: DeleteRole) -> Answer<()> {
        let name = &input.role_name;
        let role = self.own_role(name)?;
        let conflict = |what: &str| {
            Err(Refusal::new(
                "DeleteConflict",
                format!("Cannot delete entity, must {what} first."),
            ))
        };
        if !role.attached.is_empty() {
            return conflict("detach all policies");
        }
        if !role.inline.is_empty() {
            return conflict("delete policies");
        }
        let key = name.to_ascii_lowercase();
        if self.iam.profiles_of(&key).next().is_some() {
            return conflict("remove roles from instance profile");
        }
        self.iam.roles.remove(&key);
        Ok(())
    }

    /// A role that is not a service's own.
    fn own_role(&mut self, name: &str) -> Answer<&mut RoleState> {
        let role = self.iam.role_mut(name)?;
        if role.shape.path.starts_with("/aws-service-role/") {
            return Err(Refusal::new(
                "UnmodifiableEntity",
                format!(
                    "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
                ),
            ));
        }
        Ok(role)
    }

    pub(super) fn update_assume_role_policy(&mut self, input: UpdateAssumeRolePolicy) -> Answer<()> {
        self.own_role(&input.role_name)?;
        self.check_trust(&input.policy_document)?;
        self.own_role(&input.role_name)?.shape.assume_role_policy_document = input.policy_document;
        Ok(())
    }

    pub(super) fn tag_role(&mut self, input: TagRole) -> Answer<()> {
        set_tags(&mut self.iam.role_mut(&input.role_name)?.shape.tags, &input.tags)
    }

    pub(super) fn untag_role(&mut self, input: UntagRole) -> Answer<()> {
        self.iam
            .role_mut(&input.role_name)?
            .shape
            .tags
            .retain(|tag| !input.tag_keys.contains(&tag.key));
        Ok(())
    }

    pub(super) fn put_role_permissions_boundary(&mut self, input: PutRolePermissionsBoundary) -> Answer<()> {
        if !self.policy_exists(&input.permissions_boundary) {
            let text = format!(
                "Policy {} does not exist or is not attachable.",
                input.permissions_boundary
            );
            return Err(Refusal::new("NoSuchEntity", text));
        }
        self.own_role(&input.role_name)?.shape.permissions_boundary =
            Some(boundary(input.permissions_boundary));
        Ok(())
    }

    pub(super) fn delete_role_permissions_boundary(
        &mut self,
        input: DeleteRolePermissionsBoundary,
    ) -> Answer<()> {
        let role = self.own_role(&input.role_name)?;
        let none = || {
            Refusal::new(
                "NoSuchEntity",
                format!("The role {} has no boundary.", input.role_name),
            )
        };
        role.shape
            .permissions_boundary
            .take()
            .map(|_| ())
            .ok_or_else(none)
    }

    pub(super) fn attach_role_policy(&mut self, input: AttachRolePolicy) -> Answer<()> {
        self.own_role(&input.role_name)?;
        if !self.policy_exists(&input.policy_arn) {
            let text = format!("Policy {} does not exist or is not attachable.", input.policy_arn);
            return Err(Refusal::new("NoSuchEntity", text));
        }
        let limit = self.quota("L-0DA4ABF3").unwrap_or(10.0);
        let role = self.own_role(&input.role_name)?;
        if role
            .attached
            .iter()
            .any(|policy| policy.policy_arn == input.policy_arn)
        {
            return Ok(());
        }
        if role.attached.len() as f64 >= limit {
            return Err(Refusal::new(
                "LimitExceeded",
                format!("Cannot exceed quota for PoliciesPerRole: {limit}"),
            ));
        }
        role.attached.push(attached(&input.policy_arn));
        Ok(())
    }

    pub(super) fn detach_role_policy(&mut self, input: DetachRolePolicy) -> Answer<()> {
        let role = self.own_role(&input.role_name)?;
        let place = role
            .attached
            .iter()
            .position(|policy| policy.policy_arn == input.policy_arn);
        let missing = || {
            Refusal::new(
                "NoSuchEntity",
                format!("Policy {} was not found.", input.policy_arn),
            )
        };
        role.attached.remove(place.ok_or_else(missing)?);
        Ok(())
    }

    pub(super) fn list_attached_role_policies(
        &mut self,
        input: ListAttachedRolePolicies,
    ) -> Answer<Vec<AttachedPolicy>> {
        Ok(self.iam.role_or(&input.role_name)?.attached.clone())
    }

    pub(super) fn put_role_policy(&mut self, input: PutRolePolicy) -> Answer<()> {
        check_name("policyName", &input.policy_name, 128)?;
        policy::read(&input.policy_document, Kind::Identity)?;
        let role = self.own_role(&input.role_name)?;
        let others = role
            .inline
            .iter()
            .filter(|policy| policy.policy_name != input.policy_name);
        let size: usize = others
            .map(|policy| policy::counted(&policy.policy_document))
            .sum();
        if size + policy::counted(&input.policy_document) > INLINE {
            let text = format!(
                "Maximum policy size of {INLINE} bytes exceeded for role {}",
                input.role_name
            );
            return Err(Refusal::new("LimitExceeded", text));
        }
        let new = PolicyDetail {
            policy_name: input.policy_name,
            policy_document: input.policy_document,
        };
        match role
            .inline
            .iter_mut()
            .find(|policy| policy.policy_name == new.policy_name)
        {
            Some(old) => *old = new,
            None => role.inline.push(new),
        }
        Ok(())
    }

    pub(super) fn get_role_policy(&mut self, input: GetRolePolicy) -> Answer<PolicyDetail> {
        let role = self.iam.role_or(&input.role_name)?;
        let found = role
            .inline
            .iter()
            .find(|policy| policy.policy_name == input.policy_name);
        found.cloned().ok_or_else(|| no_inline(&input.policy_name))
    }

    pub(super) fn delete_role_policy(&mut self, input: DeleteRolePolicy) -> Answer<()> {
        let role = self.own_role(&input.role_name)?;
        let place = role
            .inline
            .iter()
            .position(|policy| policy.policy_name == input.policy_name);
        role.inline
            .remove(place.ok_or_else(|| no_inline(&input.policy_name))?);
        Ok(())
    }

    pub(super) fn list_role_policies(&mut self, input: ListRolePolicies) -> Answer<Vec<String>> {
        let role = self.iam.role_or(&input.role_name)?;
        Ok(role
            .inline
            .iter()
            .map(|policy| policy.policy_name.clone())
            .collect())
    }

    pub(super) fn create_service_linked_role(&mut self, input: CreateServiceLinkedRole) -> Answer<Role> {
        let service = input.aws_service_name;
        let known = LINKED.iter().find(|(name, _)| *name == service);
        let (_, name) = known.ok_or_else(|| invalid(format!("Service name {service} is not valid.")))?;
        if self.iam.role(name).is_some() {
            return Err(Refusal::new(
                "InvalidInput",
                format!(
                    "Service role name {name} has been taken in this account, please try a different suffix."
                ),
            ));
        }
        self.make_linked_role(&service);
        self.iam
            .role(name)
            .map(|role| role.shape.clone())
            .ok_or_else(|| no_role(name))
    }

    /// Makes a service's own role unless it exists, and says from when the service sees it.
    pub(in crate::sandbox) fn make_linked_role(&mut self, service: &str) -> Timestamp {
        let Some((_, name)) = LINKED.iter().find(|(known, _)| *known == service) else {
            return self.now;
        };
        if let Some(role) = self.iam.role(name) {
            return role.effective;
        }
        let path = format!("/aws-service-role/{service}/");
        let shape = Role {
            arn: format!(
                "arn:{}:iam::{}:role{path}{name}",
                self.partition(),
                self.facts.account
            ),
            path,
            role_name: (*name).to_owned(),
            role_id: self.random.unique_id("AROA"),
            create_date: self.now,
            assume_role_policy_document: trust_of(&[service.to_owned()]).to_string(),
            ..Role::default()
        };
        let effective = self.later(12.0, 45.0);
        let state = RoleState {
            shape,
            attached: Vec::new(),
            inline: Vec::new(),
            effective,
        };
        self.iam.roles.insert(name.to_ascii_lowercase(), state);
        effective
    }
}

fn boundary(arn: String) -> AttachedPermissionsBoundary {
    AttachedPermissionsBoundary {
        permissions_boundary_arn: arn,
        permissions_boundary_type: "Policy".into(),
    }
}

fn no_inline(name: &str) -> Refusal {
    Refusal::new(
        "NoSuchEntity",
        format!("The role policy with name {name} cannot be found."),
    )
}
