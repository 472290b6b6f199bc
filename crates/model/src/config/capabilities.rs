//! EKS capabilities, such as a managed Argo CD.

use super::AnyMap;
use super::access::AccessPolicy;
use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// An EKS capability: a controller that AWS runs for the cluster.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Capability {
    /// Name of the capability.
    #[schema(required, source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Kind of capability.
    #[schema(required, values("ACK", "ARGOCD", "KRO"), source = "EKS CreateCapability")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub r#type: String,
    /// An existing role for the capability; one is made from the policies without it.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// What happens to the resources it made when it is deleted.
    #[schema(values("RETAIN"), source = "EKS CreateCapability")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_propagation_policy: Option<String>,
    /// Settings of the kind of capability.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<CapabilityConfiguration>,
    /// Tags of the capability.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
    /// EKS access policies of the capability's role.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_policies: Vec<AccessPolicy>,
    /// ARNs of managed policies for a role to be made.
    #[schema(source = "eksctl capability.go")]
    #[serde(rename = "attachPolicyARNs", skip_serializing_if = "Vec::is_empty")]
    pub attach_policy_arns: Vec<String>,
    /// A policy document for a role to be made, as IAM takes it.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_policy: Option<AnyMap>,
    /// ARN of the permissions boundary of that role.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
}

/// Settings of a kind of capability.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CapabilityConfiguration {
    /// Settings of Argo CD.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argocd: Option<ArgoCDConfiguration>,
}

/// Settings of Argo CD.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ArgoCDConfiguration {
    /// Namespace of Argo CD.
    #[schema(default = "argocd", source = "EKS CreateCapability")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// From where Argo CD is reached.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_access: Option<ArgoCDNetworkAccess>,
    /// Who has which role in Argo CD.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rbac_role_mappings: Vec<ArgoCDRoleMapping>,
    /// IAM Identity Center, where its users come from.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_idc: Option<ArgoCDAWSIDC>,
}

/// From where Argo CD is reached.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ArgoCDNetworkAccess {
    /// VPC endpoints that lead to it; the internet does without any.
    #[schema(source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vpce_ids: Vec<String>,
}

/// Who has one role in Argo CD.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ArgoCDRoleMapping {
    /// The role.
    #[schema(
        required,
        values("ADMIN", "EDITOR", "VIEWER"),
        source = "EKS CreateCapability"
    )]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Users and groups with this role.
    #[schema(required, source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<SSOIdentity>,
}

/// A user or group of IAM Identity Center.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SSOIdentity {
    /// Id in IAM Identity Center.
    #[schema(required, source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// User or group.
    #[schema(required, values("SSO_USER", "SSO_GROUP"), source = "EKS CreateCapability")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub r#type: String,
}

/// The instance of IAM Identity Center that Argo CD's users come from.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ArgoCDAWSIDC {
    /// ARN of the instance.
    #[schema(required, source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub idc_instance_arn: String,
    /// Region of the instance.
    #[schema(default = "the cluster's region", source = "eksctl capability.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idc_region: Option<String>,
}
