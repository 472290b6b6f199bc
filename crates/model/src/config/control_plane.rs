//! Settings of the control plane's components.

use crate::schema::Schema;
use serde::{Deserialize, Serialize};

/// Capacity reserved for the control plane.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ControlPlaneScalingConfig {
    /// Provisioned capacity tier.
    #[schema(default = "standard", source = "EKS CreateCluster")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
}

/// Zonal shift, which takes traffic away from a zone in trouble.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ZonalShiftConfig {
    /// Whether AWS may shift traffic.
    #[schema(default = "false", source = "EKS CreateCluster")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Settings of the Kubernetes API server.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KubeAPIServerConfig {
    /// How long events are kept, as a duration such as `1h0m0s`.
    #[schema(source = "eksctl types.go")]
    #[serde(rename = "eventTTL", skip_serializing_if = "Option::is_none")]
    pub event_ttl: Option<String>,
    /// Ports for services of type NodePort.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_node_port_range: Option<ServiceNodePortRange>,
}

/// Ports for services of type NodePort.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ServiceNodePortRange {
    /// First port.
    #[schema(unit = "port number", source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_port: Option<i64>,
    /// Last port.
    #[schema(unit = "port number", source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_port: Option<i64>,
}

/// Settings of the Kubernetes scheduler.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KubeSchedulerConfig {
    /// How nodes are rated by the resources they have free.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_resources_fit: Option<NodeResourcesFitConfig>,
}

/// How the scheduler rates nodes by the resources they have free.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeResourcesFitConfig {
    /// What makes a node better.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoring_strategy: Option<ScoringStrategy>,
}

/// What makes a node better in the scheduler's eyes.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ScoringStrategy {
    /// Spread over empty nodes or fill up used ones.
    #[schema(
        values("LeastAllocated", "MostAllocated"),
        source = "Kubernetes NodeResourcesFit"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// Resources that count, and how much.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceWeight>,
}

/// How much one resource counts.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ResourceWeight {
    /// Name of the resource, such as `cpu`.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its weight, from 1 to 100.
    #[schema(unit = "share among the weights", source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
}

/// Settings of the Kubernetes controller manager.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KubeControllerManagerConfig {
    /// Settings of the horizontal pod autoscaler.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizontal_pod_autoscaler_controller_config: Option<HorizontalPodAutoscalerControllerConfig>,
}

/// Settings of the horizontal pod autoscaler.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct HorizontalPodAutoscalerControllerConfig {
    /// Time between two looks, as a duration such as `15s`.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizontal_pod_autoscaler_sync_period: Option<String>,
}
