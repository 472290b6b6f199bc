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
    /// Several instance types in place of the template's, on demand and spot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mixed_instances_policy: Option<MixedInstancesPolicy>,
    /// Classic load balancers in front of its nodes, by name.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub load_balancer_names: BTreeSet<String>,
    /// Target groups of its nodes, by ARN.
    #[serde(
        default,
        rename = "TargetGroupARNs",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    pub target_group_arns: BTreeSet<String>,
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

/// Several instance types, on demand and spot. The template is the group's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MixedInstancesPolicy {
    /// How many are spot, and which.
    #[serde(default)]
    pub instances_distribution: InstancesDistribution,
    /// The instance types, the preferred one first.
    pub overrides: Vec<InstanceTypeOverride>,
}

/// How many nodes are spot, and which; what is left out is as AWS has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstancesDistribution {
    /// Nodes on demand before any spot ones; AWS's default is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_base_capacity: Option<i64>,
    /// Percent of the others that are on demand; AWS's default is 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_percentage_above_base_capacity: Option<i64>,
    /// `lowest-price` (AWS's default), `capacity-optimized`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot_allocation_strategy: Option<String>,
    /// The cheapest pools to spread over, with `lowest-price`; AWS's default is 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot_instance_pools: Option<i64>,
    /// The most to pay, USD an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot_max_price: Option<String>,
}

/// An instance type in place of the template's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceTypeOverride {
    /// The type.
    pub instance_type: String,
}

impl InstancesDistribution {
    const BASE: i64 = 0;
    const PERCENTAGE: i64 = 100;
    const STRATEGY: &str = "lowest-price";

    /// The same with what AWS takes when nobody asks: in a change, what is left out stays as it was.
    #[must_use]
    pub(crate) fn with_defaults(mut self) -> Self {
        self.on_demand_base_capacity.get_or_insert(Self::BASE);
        self.on_demand_percentage_above_base_capacity
            .get_or_insert(Self::PERCENTAGE);
        self.spot_allocation_strategy
            .get_or_insert_with(|| Self::STRATEGY.to_owned());
        self
    }

    /// The same without what AWS takes when nobody asks.
    #[must_use]
    pub(crate) fn without_defaults(mut self) -> Self {
        let strategy = self.spot_allocation_strategy.as_deref();
        let lowest = strategy.is_none_or(|strategy| strategy == Self::STRATEGY);
        self.on_demand_base_capacity = self.on_demand_base_capacity.filter(|nodes| *nodes != Self::BASE);
        self.on_demand_percentage_above_base_capacity = self
            .on_demand_percentage_above_base_capacity
            .filter(|share| *share != Self::PERCENTAGE);
        self.spot_instance_pools = self.spot_instance_pools.filter(|pools| lowest && *pools != 2);
        self.spot_allocation_strategy = self
            .spot_allocation_strategy
            .filter(|name| name != Self::STRATEGY);
        self.spot_max_price = self.spot_max_price.filter(|price| !price.is_empty());
        self
    }
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

/// The metrics of a group; those of its warm pool are beside them.
pub(crate) const METRICS: [&str; 8] = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
];

impl MetricsCollection {
    /// Named one by one or not at all, all metrics are the same: AWS reads them back one by one.
    pub(crate) fn new(granularity: &str, metrics: impl IntoIterator<Item = String>) -> Self {
        let mut metrics: BTreeSet<String> = metrics.into_iter().collect();
        if METRICS.iter().all(|metric| metrics.contains(*metric)) {
            metrics.clear();
        }
        Self {
            granularity: granularity.to_owned(),
            metrics,
        }
    }
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
            name: "MixedInstancesPolicy",
            change: Change::InPlace,
            disturbs: "only nodes that start from now on",
        },
        in_place("LoadBalancerNames"),
        in_place("TargetGroupARNs"),
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
