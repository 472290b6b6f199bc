//! Permissions: the cluster's roles, roles of service accounts, pod identities and identity mappings.

use super::AnyMap;
use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// The cluster's IAM roles, and the roles of its service accounts.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterIAM {
    /// An existing role for the control plane; one is made without it.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "serviceRoleARN", skip_serializing_if = "Option::is_none")]
    pub service_role_arn: Option<String>,
    /// ARN of the permissions boundary of the control plane's role.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_role_permissions_boundary: Option<String>,
    /// An existing role for Fargate; one is made without it.
    #[schema(source = "eksctl iam.go")]
    #[serde(
        rename = "fargatePodExecutionRoleARN",
        skip_serializing_if = "Option::is_none"
    )]
    pub fargate_pod_execution_role_arn: Option<String>,
    /// ARN of the permissions boundary of Fargate's role.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fargate_pod_execution_role_permissions_boundary: Option<String>,
    /// Whether to register the cluster's OpenID Connect provider with IAM, so that service accounts can have roles.
    #[schema(default = "false", source = "eksctl defaults.go")]
    #[serde(rename = "withOIDC", skip_serializing_if = "Option::is_none")]
    pub with_oidc: Option<bool>,
    /// Kubernetes service accounts with an IAM role each.
    ///
    /// They need `withOIDC: true`.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_accounts: Vec<ClusterIAMServiceAccount>,
    /// IAM roles for service accounts by EKS Pod Identity.
    ///
    /// They need the add-on `eks-pod-identity-agent`.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pod_identity_associations: Vec<PodIdentityAssociation>,
    /// Whether the control plane's role may manage pods' own network interfaces.
    #[schema(default = "true", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_resource_controller_policy: Option<bool>,
}

/// A Kubernetes service account and its IAM role.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterIAMServiceAccount {
    /// Name and namespace of the service account.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<ClusterIAMMeta>,
    /// ARNs of managed policies for the role.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "attachPolicyARNs", skip_serializing_if = "Vec::is_empty")]
    pub attach_policy_arns: Vec<String>,
    /// Policies for common controllers, by name.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub well_known_policies: Option<WellKnownPolicies>,
    /// A policy document for the role, as IAM takes it.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_policy: Option<AnyMap>,
    /// An existing role to use.
    ///
    /// No role is made then, and the policies have no effect.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "attachRoleARN", skip_serializing_if = "Option::is_none")]
    pub attach_role_arn: Option<String>,
    /// ARN of the permissions boundary of the role.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// What eksctl reports of an existing account; without effect when written.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ClusterIAMServiceAccountStatus>,
    /// Name of the role; IAM names are unique in an account.
    #[schema(
        default = "made from the cluster, namespace and name",
        source = "eksctl iam.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// Whether to make the role only, and no Kubernetes service account.
    #[schema(default = "false", source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_only: Option<bool>,
    /// Tags of the role.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
    /// Pattern of service account names in the namespace that may take the role, with `*` and `?`.
    #[schema(default = "the name", source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_pattern: Option<String>,
}

/// Name, namespace, labels and annotations of a service account.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterIAMMeta {
    /// Name of the service account.
    #[schema(required, source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Namespace of the service account; made where it is missing.
    #[schema(default = "default", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Labels of the service account.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub labels: Map<String>,
    /// Annotations of the service account.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub annotations: Map<String>,
}

/// What eksctl reports of a service account's role.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterIAMServiceAccountStatus {
    /// ARN of the role that was made.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "roleARN", skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// CloudFormation stack of the role.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_name: Option<String>,
    /// Tags of the stack.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
    /// Capabilities of the stack.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
}

/// Policies for common controllers, by name.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WellKnownPolicies {
    /// Push to and pull from ECR.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_builder: Option<bool>,
    /// What the cluster autoscaler does with Auto Scaling groups.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_scaler: Option<bool>,
    /// What the AWS Load Balancer Controller does.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_load_balancer_controller: Option<bool>,
    /// Change records in Route 53.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(rename = "externalDNS", skip_serializing_if = "Option::is_none")]
    pub external_dns: Option<bool>,
    /// Solve DNS challenges in Route 53.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert_manager: Option<bool>,
    /// What the EBS CSI driver does with volumes.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(rename = "ebsCSIController", skip_serializing_if = "Option::is_none")]
    pub ebs_csi_controller: Option<bool>,
    /// What the EFS CSI driver does with access points.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(rename = "efsCSIController", skip_serializing_if = "Option::is_none")]
    pub efs_csi_controller: Option<bool>,
}

/// An IAM role for a service account by EKS Pod Identity.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PodIdentityAssociation {
    /// Namespace of the service account.
    #[schema(required, source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name of the service account.
    #[schema(required, source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<String>,
    /// An existing role to use; one is made from the policies without it.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "roleARN", skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// Whether to make the Kubernetes service account too.
    #[schema(default = "false", source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_service_account: Option<bool>,
    /// Name of the role.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// ARN of the permissions boundary of the role.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "permissionsBoundaryARN", skip_serializing_if = "Option::is_none")]
    pub permissions_boundary_arn: Option<String>,
    /// ARNs of managed policies for the role.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "permissionPolicyARNs", skip_serializing_if = "Vec::is_empty")]
    pub permission_policy_arns: Vec<String>,
    /// Name of the inline policy made from `permissionPolicy`.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_policy_name: Option<String>,
    /// A policy document for the role, as IAM takes it.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_policy: Option<AnyMap>,
    /// Policies for common controllers, by name.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub well_known_policies: Option<WellKnownPolicies>,
    /// Tags of the association and its role.
    ///
    /// An add-on's association takes none, not even an empty map.
    #[schema(source = "eksctl iam.go, validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Map<String>>,
    /// A role, of another account for example, that the pods' role goes on to assume.
    #[schema(source = "EKS CreatePodIdentityAssociation")]
    #[serde(rename = "targetRoleARN", skip_serializing_if = "Option::is_none")]
    pub target_role_arn: Option<String>,
    /// Whether to leave out the session tags that EKS adds.
    #[schema(default = "false", source = "EKS CreatePodIdentityAssociation")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_session_tags: Option<bool>,
    /// A session policy, as JSON, that narrows the role.
    #[schema(source = "EKS CreatePodIdentityAssociation")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// An IAM principal, account or AWS service that may use the cluster.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IAMIdentityMapping {
    /// ARN of a role or user.
    #[schema(source = "eksctl identitymapping.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Kubernetes user that the principal becomes.
    #[schema(source = "eksctl identitymapping.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Kubernetes groups of the principal; `system:masters` may do everything.
    #[schema(source = "eksctl identitymapping.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// AWS account whose principals all may sign in, under their ARN; not together with any other field.
    #[schema(source = "eksctl identitymapping.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// AWS service that gets access to a namespace; needs `namespace`.
    #[schema(values("emr-containers"), source = "eksctl mapping.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// Namespace for `serviceName`.
    #[schema(source = "eksctl identitymapping.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Whether a second mapping of the same ARN is an error.
    #[schema(default = "false", source = "eksctl identitymapping.go")]
    #[serde(rename = "noDuplicateARNs", skip_serializing_if = "Option::is_none")]
    pub no_duplicate_arns: Option<bool>,
}
