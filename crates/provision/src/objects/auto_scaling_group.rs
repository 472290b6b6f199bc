//! Auto Scaling groups.

mod lifecycle;
mod roll;
mod trouble;
mod waiting;

pub(crate) use roll::is_outdated;
pub use trouble::NoNode;
pub(super) use waiting::refusal;

use super::{Change, Kind, Property, Tags, in_place, is_false, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An Auto Scaling group. All its tags are propagated to instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutoScalingGroup {
    /// Its name, unique in the region.
    pub auto_scaling_group_name: String,
    /// Fewest nodes.
    pub min_size: u32,
    /// Most nodes.
    pub max_size: u32,
    /// Nodes at creation. Afterwards the number belongs to whoever scales: in a step that changes a group it is set
    /// only where it has to move into changed limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_capacity: Option<u32>,
    /// What its nodes are made from.
    pub launch_template: LaunchTemplateReference,
    /// The subnets.
    #[serde(rename = "VPCZoneIdentifier")]
    pub vpc_zone_identifier: BTreeSet<Text>,
    /// Whether spot nodes are replaced before AWS takes them; AWS's default is false.
    #[serde(default, skip_serializing_if = "is_false")]
    pub capacity_rebalance: bool,
    /// Which metrics the group reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics_collection: Vec<MetricsCollection>,
    /// How long a node lives at most, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_instance_lifetime: Option<u32>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A launch template and one of its versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateReference {
    /// The template, by id.
    pub launch_template_id: Text,
    /// The version's number.
    pub version: Text,
}

/// Which metrics a group reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricsCollection {
    /// `1Minute`.
    pub granularity: String,
    /// The metrics; empty is all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub metrics: BTreeSet<String>,
}

impl Kind for AutoScalingGroup {
    const TYPE: &'static str = "AWS::AutoScaling::AutoScalingGroup";
    const NOUN: &'static str = "Auto Scaling group";
    const TABLE: &'static [Property] = &[
        replaced("AutoScalingGroupName", "all nodes of the group"),
        in_place("MinSize"),
        in_place("MaxSize"),
        Property {
            name: "DesiredCapacity",
            change: Change::InPlace,
            disturbs: "nodes start or stop",
        },
        Property {
            name: "LaunchTemplate",
            change: Change::InPlace,
            disturbs: "only nodes that start from now on",
        },
        Property {
            name: "VPCZoneIdentifier",
            change: Change::InPlace,
            disturbs: "nodes may move between zones",
        },
        in_place("CapacityRebalance"),
        in_place("MetricsCollection"),
        Property {
            name: "MaxInstanceLifetime",
            change: Change::InPlace,
            disturbs: "older nodes are replaced",
        },
        Property {
            name: "Tags",
            change: Change::InPlace,
            disturbs: "only nodes that start from now on",
        },
    ];
}
