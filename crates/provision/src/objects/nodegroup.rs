//! Managed nodegroups.

mod lifecycle;

use super::{Change, Kind, Property, Tags, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The tag of a nodegroup that keeps the release that was asked for: EKS says one whether or not.
pub(crate) const RELEASE_TAG: &str = "lb/release";
/// The same for the version of a given launch template.
pub(crate) const TEMPLATE_VERSION_TAG: &str = "lb/template-version";

/// A managed nodegroup: EKS makes its Auto Scaling group, starts its nodes and lets them in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Nodegroup {
    /// The cluster, by name.
    pub cluster_name: String,
    /// Its name.
    pub nodegroup_name: String,
    /// How many nodes it has.
    pub scaling_config: ScalingConfig,
    /// The subnets.
    pub subnets: BTreeSet<Text>,
    /// The role of its nodes, by ARN.
    pub node_role: Text,
    /// The image; none where the launch template names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ami_type: Option<String>,
    /// The release of the image; none is the newest at creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_version: Option<String>,
    /// Instance types, the preferred one first; empty where the launch template names one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_types: Vec<String>,
    /// `SPOT` or `CAPACITY_BLOCK`; none is AWS's default, on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_type: Option<String>,
    /// What its nodes are made from.
    pub launch_template: TemplateVersion,
    /// Labels of its nodes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Taints of its nodes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub taints: BTreeSet<Taint>,
    /// How many nodes an update takes out of service at once; none is AWS's default, one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_config: Option<UpdateConfig>,
    /// Whether EKS repairs nodes; none is AWS's default, no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_repair_config: Option<NodeRepairConfig>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Nodegroup {
    /// The same without what EKS gives when nobody asks.
    #[must_use]
    pub(crate) fn without_defaults(mut self) -> Self {
        let one = UpdateConfig {
            max_unavailable: Some(1),
            max_unavailable_percentage: None,
        };
        self.update_config = self.update_config.filter(|config| *config != one);
        let off = |config: &NodeRepairConfig| {
            let asked = NodeRepairConfig {
                enabled: config.enabled.filter(|on| *on),
                ..config.clone()
            };
            asked == NodeRepairConfig::default()
        };
        self.node_repair_config = self.node_repair_config.filter(|config| !off(config));
        self
    }
}

/// How many nodes a managed nodegroup has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingConfig {
    /// Fewest.
    pub min_size: u32,
    /// Most, at least one.
    pub max_size: u32,
    /// At creation. Afterwards the number belongs to whoever scales, as that of an Auto Scaling group does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_size: Option<u32>,
}

/// A launch template and one of its versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TemplateVersion {
    /// The template, by id.
    pub id: Text,
    /// The version's number; none is the template's default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Text>,
}

/// A taint of nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// `NO_SCHEDULE`, `NO_EXECUTE` or `PREFER_NO_SCHEDULE`.
    pub effect: String,
}

/// How many nodes an update takes out of service at once: a number or a share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateConfig {
    /// Nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<i64>,
    /// Percent of the nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unavailable_percentage: Option<i64>,
}

/// Whether EKS repairs nodes, and how many at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeRepairConfig {
    /// Whether it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// With more sick nodes than this it stops repairing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unhealthy_node_threshold_count: Option<i64>,
    /// The same as a share, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unhealthy_node_threshold_percentage: Option<i64>,
    /// Nodes in repair at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parallel_nodes_repaired_count: Option<i64>,
    /// The same as a share, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parallel_nodes_repaired_percentage: Option<i64>,
    /// What is repaired otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub node_repair_config_overrides: Vec<NodeRepairOverride>,
}

/// What is repaired otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeRepairOverride {
    /// Condition of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_monitoring_condition: Option<String>,
    /// Its reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_unhealthy_reason: Option<String>,
    /// Minutes before the repair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_repair_wait_time_mins: Option<i64>,
    /// `Replace`, `Reboot` or `NoAction`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair_action: Option<String>,
}

const ALL_NODES: &str = "all nodes of the group";
const ROLLING: &str = "EKS replaces the group's nodes, a few at a time";

const fn rolling(name: &'static str) -> Property {
    Property {
        name,
        change: Change::InPlace,
        disturbs: ROLLING,
    }
}

impl Kind for Nodegroup {
    const TYPE: &'static str = "AWS::EKS::Nodegroup";
    const NOUN: &'static str = "managed nodegroup";
    const TABLE: &'static [Property] = &[
        replaced("ClusterName", ALL_NODES),
        replaced("NodegroupName", ALL_NODES),
        in_place("ScalingConfig"),
        Property {
            name: "ScalingConfig.DesiredSize",
            change: Change::InPlace,
            disturbs: "nodes start or stop",
        },
        replaced("Subnets", ALL_NODES),
        replaced("NodeRole", ALL_NODES),
        replaced("AmiType", ALL_NODES),
        rolling("ReleaseVersion"),
        replaced("InstanceTypes", ALL_NODES),
        replaced("CapacityType", ALL_NODES),
        rolling("LaunchTemplate"),
        replaced("LaunchTemplate.Id", ALL_NODES),
        in_place("Labels"),
        in_place("Taints"),
        in_place("UpdateConfig"),
        in_place("NodeRepairConfig"),
        in_place("Tags"),
    ];
}
