//! IAM: roles, policies, instance profiles, identity providers. Names are unique in the account, whatever the
//! region, and compared without case.

use super::ec2::Tag;

shapes! { "PascalCase";
/// A role.
Role {
    path: String,
    role_name: String,
    /// Changes when a role of the same name is made again: whoever trusted the old id does not trust the new one.
    role_id: String,
    arn: String,
    create_date: jiff::Timestamp,
    /// JSON, not percent-encoded.
    assume_role_policy_document: String,
    description: Option<String>,
    permissions_boundary: Option<AttachedPermissionsBoundary>,
    tags: Vec<Tag>,
}

/// The boundary of a role.
AttachedPermissionsBoundary { permissions_boundary_arn: String, permissions_boundary_type: String }

/// A managed policy on a role.
AttachedPolicy { policy_name: String, policy_arn: String }

/// An inline policy.
PolicyDetail {
    policy_name: String,
    /// JSON, not percent-encoded.
    policy_document: String,
}

/// A role with all that hangs on it.
RoleDetail {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: jiff::Timestamp,
    assume_role_policy_document: String,
    instance_profile_list: Vec<InstanceProfile>,
    role_policy_list: Vec<PolicyDetail>,
    attached_managed_policies: Vec<AttachedPolicy>,
    permissions_boundary: Option<AttachedPermissionsBoundary>,
    tags: Vec<Tag>,
}

/// An instance profile: holds at most one role.
InstanceProfile {
    path: String,
    instance_profile_name: String,
    instance_profile_id: String,
    arn: String,
    create_date: jiff::Timestamp,
    roles: Vec<Role>,
    tags: Vec<Tag>,
}

/// An OpenID Connect provider.
OpenIDConnectProvider {
    /// Without `https://`.
    url: String,
    #[serde(rename = "ClientIDList")]
    client_id_list: Vec<String>,
    thumbprint_list: Vec<String>,
    create_date: jiff::Timestamp,
    tags: Vec<Tag>,
}

/// A managed policy.
Policy { policy_name: String, arn: String, path: String, attachment_count: i64 }

/// A user.
User { user_name: String, user_id: String, arn: String, path: String, create_date: jiff::Timestamp }
}

operations! { Iam, "iam", "PascalCase";
/// Makes a role.
Write CreateRole(IAM_WRITE, Refused, "iam:CreateRole", "iam:TagRole") -> Role {
    path: Option<String>,
    role_name: String,
    assume_role_policy_document: String,
    description: Option<String>,
    /// An ARN.
    permissions_boundary: Option<String>,
    tags: Vec<Tag>,
}
/// A role.
Read GetRole(IAM_READ, Same, "iam:GetRole") -> Role { role_name: String }
/// The roles under a path; without their tags and boundaries, as AWS lists them.
Read ListRoles(IAM_READ, Same, "iam:ListRoles") -> Vec<Role> { path_prefix: Option<String> }
/// All roles with trust, policies, profiles and tags in one listing (with the filter `Role`).
Read GetAccountAuthorizationDetails(IAM_READ, Same, "iam:GetAccountAuthorizationDetails") -> Vec<RoleDetail> {
    filter: Vec<String>,
}
/// Deletes a role with nothing attached to it; else `DeleteConflict`.
Write DeleteRole(IAM_WRITE, Same, "iam:DeleteRole") -> () { role_name: String }
/// Replaces the trust policy.
Write UpdateAssumeRolePolicy(IAM_WRITE, Same, "iam:UpdateAssumeRolePolicy") -> () {
    role_name: String,
    policy_document: String,
}
/// Sets tags.
Write TagRole(IAM_WRITE, Same, "iam:TagRole") -> () { role_name: String, tags: Vec<Tag> }
/// Removes tags.
Write UntagRole(IAM_WRITE, Same, "iam:UntagRole") -> () { role_name: String, tag_keys: Vec<String> }
/// Puts a boundary on a role.
Write PutRolePermissionsBoundary(IAM_WRITE, Same, "iam:PutRolePermissionsBoundary") -> () {
    role_name: String,
    permissions_boundary: String,
}
/// Takes the boundary off a role.
Write DeleteRolePermissionsBoundary(IAM_WRITE, Same, "iam:DeleteRolePermissionsBoundary") -> () { role_name: String }
/// Attaches a managed policy.
Write AttachRolePolicy(IAM_WRITE, Same, "iam:AttachRolePolicy") -> () { role_name: String, policy_arn: String }
/// Detaches a managed policy.
Write DetachRolePolicy(IAM_WRITE, Same, "iam:DetachRolePolicy") -> () { role_name: String, policy_arn: String }
/// The managed policies of a role.
Read ListAttachedRolePolicies(IAM_READ, Same, "iam:ListAttachedRolePolicies") -> Vec<AttachedPolicy> { role_name: String }
/// Sets an inline policy.
Write PutRolePolicy(IAM_WRITE, Same, "iam:PutRolePolicy") -> () {
    role_name: String,
    policy_name: String,
    policy_document: String,
}
/// An inline policy.
Read GetRolePolicy(IAM_READ, Same, "iam:GetRolePolicy") -> PolicyDetail { role_name: String, policy_name: String }
/// Deletes an inline policy.
Write DeleteRolePolicy(IAM_WRITE, Same, "iam:DeleteRolePolicy") -> () { role_name: String, policy_name: String }
/// The names of a role's inline policies.
Read ListRolePolicies(IAM_READ, Same, "iam:ListRolePolicies") -> Vec<String> { role_name: String }
/// The profiles that hold a role.
Read ListInstanceProfilesForRole(IAM_READ, Same, "iam:ListInstanceProfilesForRole") -> Vec<InstanceProfile> {
    role_name: String,
}
/// Makes an empty instance profile.
Write CreateInstanceProfile(IAM_WRITE, Refused, "iam:CreateInstanceProfile", "iam:TagInstanceProfile") -> InstanceProfile {
    instance_profile_name: String,
    path: Option<String>,
    tags: Vec<Tag>,
}
/// An instance profile with its role.
Read GetInstanceProfile(IAM_READ, Same, "iam:GetInstanceProfile") -> InstanceProfile { instance_profile_name: String }
/// The instance profiles under a path; without their tags, as AWS lists them.
Read ListInstanceProfiles(IAM_READ, Same, "iam:ListInstanceProfiles") -> Vec<InstanceProfile> {
    path_prefix: Option<String>,
}
/// Deletes an empty instance profile, also one that instances or templates use.
Write DeleteInstanceProfile(IAM_WRITE, Same, "iam:DeleteInstanceProfile") -> () { instance_profile_name: String }
/// Puts a role into a profile; `LimitExceeded` if it holds one, the same one included.
Write AddRoleToInstanceProfile(IAM_WRITE, Refused, "iam:AddRoleToInstanceProfile", "iam:PassRole") -> () {
    instance_profile_name: String,
    role_name: String,
}
/// Takes a role out of a profile.
Write RemoveRoleFromInstanceProfile(IAM_WRITE, Same, "iam:RemoveRoleFromInstanceProfile") -> () {
    instance_profile_name: String,
    role_name: String,
}
/// Sets tags of a profile.
Write TagInstanceProfile(IAM_WRITE, Same, "iam:TagInstanceProfile") -> () {
    instance_profile_name: String,
    tags: Vec<Tag>,
}
/// Removes tags of a profile.
Write UntagInstanceProfile(IAM_WRITE, Same, "iam:UntagInstanceProfile") -> () {
    instance_profile_name: String,
    tag_keys: Vec<String>,
}
/// Makes an OpenID Connect provider and answers its ARN. No thumbprint is needed.
Write CreateOpenIDConnectProvider(IAM_WRITE, Refused, "iam:CreateOpenIDConnectProvider", "iam:TagOpenIDConnectProvider") -> String {
    /// With `https://`, without port.
    url: String,
    #[serde(rename = "ClientIDList")]
    client_id_list: Vec<String>,
    thumbprint_list: Vec<String>,
    tags: Vec<Tag>,
}
/// An OpenID Connect provider.
Read GetOpenIDConnectProvider(IAM_READ, Same, "iam:GetOpenIDConnectProvider") -> OpenIDConnectProvider {
    #[serde(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
}
/// The ARNs of all OpenID Connect providers.
Read ListOpenIDConnectProviders(IAM_READ, Same, "iam:ListOpenIDConnectProviders") -> Vec<String> {}
/// Deletes an OpenID Connect provider.
Write DeleteOpenIDConnectProvider(IAM_WRITE, Same, "iam:DeleteOpenIDConnectProvider") -> () {
    #[serde(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
}
/// Adds an audience.
Write AddClientIDToOpenIDConnectProvider(IAM_WRITE, Same, "iam:AddClientIDToOpenIDConnectProvider") -> () {
    #[serde(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    #[serde(rename = "ClientID")]
    client_id: String,
}
/// Sets tags of a provider.
Write TagOpenIDConnectProvider(IAM_WRITE, Same, "iam:TagOpenIDConnectProvider") -> () {
    #[serde(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    tags: Vec<Tag>,
}
/// Makes a service's role; `InvalidInput` if it exists.
Write CreateServiceLinkedRole(IAM_WRITE, Refused, "iam:CreateServiceLinkedRole") -> Role {
    #[serde(rename = "AWSServiceName")]
    aws_service_name: String,
}
/// A managed policy.
Read GetPolicy(IAM_READ, Same, "iam:GetPolicy") -> Policy { policy_arn: String }
/// A user.
Read GetUser(IAM_READ, Same, "iam:GetUser") -> User { user_name: String }
}
