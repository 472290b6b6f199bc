//! Fargate profiles.

use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// Which pods run on Fargate instead of nodes.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FargateProfile {
    /// Name of the profile.
    #[schema(required, source = "eksctl fargate.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// An existing role for Fargate.
    #[schema(source = "eksctl fargate.go")]
    #[serde(rename = "podExecutionRoleARN", skip_serializing_if = "Option::is_none")]
    pub pod_execution_role_arn: Option<String>,
    /// Pods of the profile: those that match any of these, at most five.
    #[schema(required, source = "eksctl fargate.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selectors: Vec<FargateProfileSelector>,
    /// Private subnets for the pods.
    #[schema(default = "all private subnets", source = "eksctl fargate.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<String>,
    /// Tags of the profile.
    #[schema(source = "eksctl fargate.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
    /// What eksctl reports of an existing profile; without effect when written.
    #[schema(source = "eksctl fargate.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Pods by namespace and labels.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FargateProfileSelector {
    /// Namespace of the pods.
    #[schema(required, source = "eksctl fargate.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Labels that the pods must have.
    #[schema(source = "eksctl fargate.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub labels: Map<String>,
}
