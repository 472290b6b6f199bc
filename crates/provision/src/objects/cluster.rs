//! The EKS cluster.

mod lifecycle;
mod read;

use super::{Change, Kind, Property, Tags, in_place, is_false, is_true, never, yes};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An EKS cluster. `lb` always creates it without EKS's self-managed add-ons, which cannot be read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Kubernetes version: `1.35`.
    pub version: String,
    /// Its role, by ARN.
    pub role_arn: Text,
    /// Where it stands in the network.
    pub resources_vpc_config: ResourcesVpcConfig,
    /// Who may use its API, and how that is said.
    pub access_config: AccessConfig,
    /// Addresses of services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes_network_config: Option<KubernetesNetworkConfig>,
    /// Which secrets are encrypted with whose key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encryption_config: Vec<EncryptionConfig>,
    /// Which logs go to CloudWatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// What happens when the version's standard support ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_policy: Option<UpgradePolicy>,
    /// Whether AWS may take traffic away from a zone in trouble.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zonal_shift_config: Option<ZonalShiftConfig>,
    /// Whether EKS refuses to delete it; whoever switched it on decides.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deletion_protection: bool,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// Where a cluster stands in the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourcesVpcConfig {
    /// The subnets of the control plane's interfaces, at least two zones.
    pub subnet_ids: BTreeSet<Text>,
    /// The security groups of those interfaces, beside EKS's own.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub security_group_ids: BTreeSet<Text>,
    /// Whether the API answers on the internet; AWS's default is true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub endpoint_public_access: bool,
    /// Whether the API answers inside the VPC; AWS's default is false.
    #[serde(default, skip_serializing_if = "is_false")]
    pub endpoint_private_access: bool,
    /// From where on the internet; empty is everywhere.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub public_access_cidrs: BTreeSet<String>,
}

/// Who may use a cluster's API, and how that is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessConfig {
    /// `CONFIG_MAP`, `API_AND_CONFIG_MAP` or `API`; it only ever moves in this direction.
    pub authentication_mode: String,
    /// Whether the creator becomes an administrator; AWS's default is true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub bootstrap_cluster_creator_admin_permissions: bool,
}

/// Addresses of a cluster's services.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KubernetesNetworkConfig {
    /// Addresses of services; EKS chooses 10.100.0.0/16 or 172.20.0.0/16 when nobody asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_ipv4_cidr: Option<String>,
}

/// A key and what it encrypts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EncryptionConfig {
    /// The key.
    pub provider: Provider,
    /// `secrets`, the only one there is.
    pub resources: Vec<String>,
}

/// The key of an encryption.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Provider {
    /// ARN of a KMS key.
    pub key_arn: String,
}

/// Which logs go to CloudWatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Logging {
    /// Which logs go to CloudWatch.
    pub cluster_logging: ClusterLogging,
}

/// The kinds of logs that are on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClusterLogging {
    /// The kinds of logs that are on.
    pub enabled_types: BTreeSet<LogType>,
}

/// A kind of logs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogType {
    /// `api`, `audit`, `authenticator`, `controllerManager` or `scheduler`.
    pub r#type: String,
}

/// What happens when a version's standard support ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpgradePolicy {
    /// `STANDARD`: the cluster is upgraded; `EXTENDED`, AWS's default: it costs more.
    pub support_type: String,
}

/// Whether AWS may take traffic away from a zone in trouble; AWS's default is no.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ZonalShiftConfig {
    /// Whether it may.
    pub enabled: bool,
}

impl Kind for Cluster {
    const TYPE: &'static str = "AWS::EKS::Cluster";
    const NOUN: &'static str = "cluster";
    const TABLE: &'static [Property] = &[
        never("Name"),
        Property {
            name: "Version",
            change: Change::InPlace,
            disturbs: "the API for seconds; nodes keep their version",
        },
        never("RoleArn"),
        Property {
            name: "ResourcesVpcConfig",
            change: Change::InPlace,
            disturbs: "the API for seconds",
        },
        in_place("ResourcesVpcConfig.EndpointPublicAccess"),
        in_place("ResourcesVpcConfig.EndpointPrivateAccess"),
        in_place("ResourcesVpcConfig.PublicAccessCidrs"),
        Property {
            name: "AccessConfig.AuthenticationMode",
            change: Change::InPlace,
            disturbs: "it cannot be taken back",
        },
        never("AccessConfig.BootstrapClusterCreatorAdminPermissions"),
        never("KubernetesNetworkConfig"),
        Property {
            name: "EncryptionConfig",
            change: Change::InPlace,
            disturbs: "it cannot be taken back",
        },
        in_place("Logging"),
        in_place("UpgradePolicy"),
        in_place("ZonalShiftConfig"),
        in_place("DeletionProtection"),
        in_place("Tags"),
    ];
}
