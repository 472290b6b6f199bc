//! EKS Auto Mode.

use crate::schema::Schema;
use serde::{Deserialize, Serialize};

/// EKS Auto Mode, in which AWS itself makes and removes nodes.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AutoModeConfig {
    /// Whether Auto Mode is on.
    #[schema(default = "false", source = "eksctl auto_mode.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// An existing role for the nodes.
    ///
    /// Not with `permissionsBoundaryARN`.
    #[schema(shape = Arn, source = "eksctl auto_mode.go")]
    #[serde(rename = "nodeRoleARN", skip_serializing_if = "Option::is_none")]
    pub node_role_arn: Option<String>,
    /// ARN of the permissions boundary of the nodes' role.
    #[schema(shape = Arn, source = "eksctl auto_mode.go")]
    #[serde(rename = "permissionsBoundaryARN", skip_serializing_if = "Option::is_none")]
    pub permissions_boundary_arn: Option<String>,
    /// Built-in node pools; an empty list means none.
    #[schema(
        default = "general-purpose and system",
        values("general-purpose", "system"),
        source = "eksctl defaults.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_pools: Option<Vec<String>>,
}
