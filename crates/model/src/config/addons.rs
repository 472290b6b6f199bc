//! EKS add-ons.

use super::AnyMap;
use super::iam::{PodIdentityAssociation, WellKnownPolicies};
use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// An EKS add-on.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Addon {
    /// Name of the add-on, such as `vpc-cni`.
    #[schema(required, source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Version, exactly or in part; `latest` is the highest.
    #[schema(
        default = "the default of EKS for the cluster's version",
        source = "eksctl addon.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// An existing role for the add-on's service account.
    #[schema(source = "eksctl addon.go")]
    #[serde(rename = "serviceAccountRoleARN", skip_serializing_if = "Option::is_none")]
    pub service_account_role_arn: Option<String>,
    /// ARNs of managed policies for a role to be made.
    #[schema(source = "eksctl addon.go")]
    #[serde(rename = "attachPolicyARNs", skip_serializing_if = "Vec::is_empty")]
    pub attach_policy_arns: Vec<String>,
    /// A policy document for a role to be made, as IAM takes it.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_policy: Option<AnyMap>,
    /// ARN of the permissions boundary of that role.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// Policies for a role to be made, by name.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub well_known_policies: Option<WellKnownPolicies>,
    /// Tags of the add-on.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
    /// What happens to settings that someone else made.
    ///
    /// While a cluster is created it is always `overwrite`.
    #[schema(values("none", "overwrite", "preserve"), source = "EKS CreateAddon")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve_conflicts: Option<String>,
    /// Roles for the add-on's service accounts by EKS Pod Identity.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_identity_associations: Option<Vec<PodIdentityAssociation>>,
    /// Whether to make the pod identity associations that the add-on recommends.
    #[schema(default = "false", source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_default_pod_identity_associations: Option<bool>,
    /// Settings of the add-on, as JSON or YAML text.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_values: Option<String>,
    /// Where the add-on goes.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_config: Option<AddonNamespaceConfig>,
    /// Only used to search for add-ons, not to install them.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publishers: Vec<String>,
    /// Only used to search for add-ons, not to install them.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Only used to search for add-ons, not to install them.
    #[schema(source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<String>,
}

/// Where an add-on goes.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AddonNamespaceConfig {
    /// Namespace of the add-on: lower-case letters, digits and dashes, at most 63 characters.
    #[schema(default = "the add-on's own", source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// Settings for all add-ons.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AddonsConfig {
    /// Whether to make the pod identity associations that add-ons recommend.
    #[schema(default = "false", source = "eksctl addon.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_apply_pod_identity_associations: Option<bool>,
    /// Whether to leave out vpc-cni, kube-proxy, coredns and metrics-server where they are not listed.
    #[schema(default = "false", source = "eksctl known_addons.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_default_addons: Option<bool>,
}
