//! A control plane on AWS Outposts.

use super::node::Placement;
use crate::schema::Schema;
use serde::{Deserialize, Serialize};

/// A control plane on AWS Outposts.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Outpost {
    /// ARN of the Outpost.
    #[schema(required, source = "eksctl outposts.go")]
    #[serde(rename = "controlPlaneOutpostARN", skip_serializing_if = "Option::is_none")]
    pub control_plane_outpost_arn: Option<String>,
    /// Instance type of the control plane.
    #[schema(source = "eksctl outposts.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_plane_instance_type: Option<String>,
    /// Placement group of the control plane.
    #[schema(source = "eksctl outposts.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_plane_placement: Option<Placement>,
    /// Instance type of etcd, where it runs apart from the control plane.
    #[schema(source = "eksctl outposts.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etcd_instance_type: Option<String>,
    /// Placement group of etcd.
    #[schema(source = "eksctl outposts.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etcd_placement: Option<Placement>,
}
