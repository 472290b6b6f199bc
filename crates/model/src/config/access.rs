//! Who may use the cluster: authentication mode, access entries and identity providers.

use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// How IAM principals get access to the cluster.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AccessConfig {
    /// Where EKS looks for principals: access entries (`API`), the `aws-auth` ConfigMap (`CONFIG_MAP`), or both.
    #[schema(
        default = "API_AND_CONFIG_MAP",
        values("API", "API_AND_CONFIG_MAP", "CONFIG_MAP"),
        source = "eksctl defaults.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_mode: Option<String>,
    /// Whether whoever creates the cluster becomes its administrator.
    #[schema(default = "true", source = "eksctl cluster.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap_cluster_creator_admin_permissions: Option<bool>,
    /// Principals with their groups and access policies.
    ///
    /// Not in mode `CONFIG_MAP`.
    #[schema(source = "eksctl access_entry.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_entries: Vec<AccessEntry>,
}

/// What one IAM principal may do in the cluster.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AccessEntry {
    /// ARN of the role or user.
    #[schema(shape = Arn, required, source = "eksctl access_entry.go")]
    #[serde(rename = "principalARN", skip_serializing_if = "Option::is_none")]
    pub principal_arn: Option<String>,
    /// Kind of principal: people and programs are `STANDARD`, the others are for nodes.
    #[schema(
        default = "STANDARD",
        values(
            "STANDARD",
            "EC2",
            "EC2_LINUX",
            "EC2_WINDOWS",
            "FARGATE_LINUX",
            "HYBRID_LINUX"
        ),
        source = "eksctl access_entry.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// Kubernetes groups of the principal, for role bindings of your own.
    #[schema(source = "eksctl access_entry.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kubernetes_groups: Vec<String>,
    /// Kubernetes user that the principal becomes.
    #[schema(default = "made from the ARN", source = "EKS CreateAccessEntry")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes_username: Option<String>,
    /// EKS access policies of the principal.
    #[schema(source = "eksctl access_entry.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_policies: Vec<AccessPolicy>,
}

/// An EKS access policy and where it holds.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AccessPolicy {
    /// ARN of the policy: `arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy` and others of this form.
    #[schema(shape = Arn, required, source = "eksctl access_entry.go")]
    #[serde(rename = "policyARN", skip_serializing_if = "Option::is_none")]
    pub policy_arn: Option<String>,
    /// Where the policy holds.
    #[schema(required, source = "eksctl access_entry.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_scope: Option<AccessScope>,
}

/// Where an access policy holds.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AccessScope {
    /// The whole cluster, or some namespaces.
    #[schema(required, values("cluster", "namespace"), source = "eksctl access_entry.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// The namespaces, with type `namespace`.
    #[schema(source = "eksctl access_entry.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
}

/// An OpenID Connect provider whose users may sign in to the cluster.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(open)]
pub struct IdentityProvider {
    /// Kind of provider.
    #[schema(required, values("oidc"), source = "eksctl identity_provider.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub r#type: String,
    /// Name of the configuration.
    #[schema(required, source = "eksctl identity_provider.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// URL of the issuer, beginning with `https://`.
    #[schema(required, source = "eksctl identity_provider.go")]
    #[serde(rename = "issuerURL", skip_serializing_if = "String::is_empty")]
    pub issuer_url: String,
    /// Client that tokens are made for.
    #[schema(required, source = "eksctl identity_provider.go")]
    #[serde(rename = "clientID", skip_serializing_if = "String::is_empty")]
    pub client_id: String,
    /// Claim that is the user name.
    #[schema(default = "sub", source = "EKS AssociateIdentityProviderConfig")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username_claim: Option<String>,
    /// What is put before user names.
    #[schema(source = "eksctl identity_provider.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username_prefix: Option<String>,
    /// Claim that lists the groups.
    #[schema(source = "eksctl identity_provider.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups_claim: Option<String>,
    /// What is put before group names.
    #[schema(source = "eksctl identity_provider.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups_prefix: Option<String>,
    /// Claims that a token must have, with their values.
    #[schema(source = "eksctl identity_provider.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub required_claims: Map<String>,
    /// Tags of the configuration.
    #[schema(source = "eksctl identity_provider.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
}
