//! The root of the file, the cluster's identity and its settings of one or two fields.

use super::*;
use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// One EKS cluster as eksctl describes it: the root of the file.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// Version of the file format.
    ///
    /// eksctl reads only this one.
    #[schema(
        required,
        default = "eksctl.io/v1alpha5",
        values("eksctl.io/v1alpha5"),
        source = "eksctl types.go"
    )]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// What the file describes.
    #[schema(
        required,
        default = "ClusterConfig",
        values("ClusterConfig"),
        source = "eksctl types.go"
    )]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The cluster's name, region, Kubernetes version and tags.
    #[schema(source = "eksctl types.go")]
    pub metadata: ClusterMeta,
    /// How long AWS keeps the cluster on its Kubernetes version.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upgrade_policy: Option<UpgradePolicy>,
    /// Address family and range of Kubernetes services.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes_network_config: Option<KubernetesNetworkConfig>,
    /// EKS Auto Mode, in which AWS itself makes and removes nodes.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_mode_config: Option<AutoModeConfig>,
    /// Networks of hybrid nodes, which run outside AWS.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_network_config: Option<RemoteNetworkConfig>,
    /// The cluster's IAM roles, and the roles of its service accounts.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam: Option<ClusterIAM>,
    /// IAM principals that may use the cluster, with the Kubernetes user and groups that they become.
    ///
    /// eksctl writes them to the `aws-auth` ConfigMap once, when it creates the cluster. `lb` makes
    /// access entries of them where the authentication mode allows it.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub iam_identity_mappings: Vec<IAMIdentityMapping>,
    /// OpenID Connect providers whose users may sign in to the cluster.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identity_providers: Vec<IdentityProvider>,
    /// How IAM principals get access to the cluster.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_config: Option<AccessConfig>,
    /// The network: made for the cluster, or an existing one.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<ClusterVPC>,
    /// EKS add-ons to install.
    ///
    /// Unless `addonsConfig.disableDefaultAddons` is true, vpc-cni, kube-proxy, coredns and
    /// metrics-server are added where they are missing.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addons: Vec<Addon>,
    /// Settings for all add-ons.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addons_config: Option<AddonsConfig>,
    /// A cluster without any way to and from the internet.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_cluster: Option<PrivateCluster>,
    /// Self-managed nodegroups: Auto Scaling groups with a launch template of our own.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub node_groups: Vec<NodeGroup>,
    /// Managed nodegroups: EKS makes and updates the Auto Scaling group.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub managed_node_groups: Vec<ManagedNodeGroup>,
    /// Which pods run on Fargate instead of nodes.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fargate_profiles: Vec<FargateProfile>,
    /// Zones for the subnets of a new VPC: none or at least two.
    ///
    /// Not together with `vpc.subnets`.
    #[schema(
        default = "three zones of the region that offer all instance types, two in us-east-1",
        source = "eksctl az.go"
    )]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub availability_zones: Vec<String>,
    /// Local zones for further subnets of a new VPC.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub local_zones: Vec<String>,
    /// Control-plane logs in CloudWatch.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_watch: Option<ClusterCloudWatch>,
    /// Envelope encryption of Kubernetes secrets with a KMS key.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets_encryption: Option<SecretsEncryption>,
    /// Flux, installed into the new cluster.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gitops: Option<GitOps>,
    /// Karpenter, installed into the new cluster.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub karpenter: Option<Karpenter>,
    /// A control plane on AWS Outposts.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outpost: Option<Outpost>,
    /// Capacity reserved for the control plane.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_plane_scaling_config: Option<ControlPlaneScalingConfig>,
    /// Zonal shift, which takes traffic away from a zone in trouble.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zonal_shift_config: Option<ZonalShiftConfig>,
    /// Settings of the Kubernetes API server.
    #[schema(source = "eksctl types.go")]
    #[serde(rename = "kubeAPIServerConfig", skip_serializing_if = "Option::is_none")]
    pub kube_api_server_config: Option<KubeAPIServerConfig>,
    /// Settings of the Kubernetes scheduler.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kube_scheduler_config: Option<KubeSchedulerConfig>,
    /// Settings of the Kubernetes controller manager.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kube_controller_manager_config: Option<KubeControllerManagerConfig>,
    /// EKS capabilities, such as a managed Argo CD.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
}

/// The cluster's name, region, Kubernetes version and tags.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterMeta {
    /// Name of the cluster, unique in its account and region.
    ///
    /// Letters, digits and dashes, beginning with a letter, at most 100 characters. Names of AWS objects
    /// are made from it.
    #[schema(required, source = "eksctl validation.go, EKS CreateCluster")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// AWS region of the cluster.
    #[schema(required, source = "eksctl types.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Kubernetes version, written in quotes: `"1.34"`.
    ///
    /// Also `auto` (the default) or `latest`, the highest that EKS offers.
    #[schema(default = "1.34", source = "eksctl versions_manager.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether an upgrade of the version goes on in spite of blocking upgrade insights.
    #[schema(default = "false", source = "EKS UpdateClusterVersion")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_update_version: Option<bool>,
    /// How a version upgrade may be taken back.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_config: Option<RollbackConfig>,
    /// Tags of the cluster and of every AWS object made for it.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub tags: Map<String>,
    /// Notes for tools; without effect in AWS.
    ///
    /// `lb` reads those whose names begin with `lb/`.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub annotations: Map<String>,
}

/// How a version upgrade may be taken back.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RollbackConfig {
    /// How long a rollback may take, from 120 to 10080.
    #[schema(unit = "minutes", source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_minutes: Option<i64>,
}

/// How long AWS keeps the cluster on its Kubernetes version.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct UpgradePolicy {
    /// `STANDARD` upgrades by force at the end of standard support; `EXTENDED` keeps the version twelve months longer at six times the control-plane price.
    #[schema(
        default = "EXTENDED",
        values("STANDARD", "EXTENDED"),
        source = "EKS CreateCluster"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_type: Option<String>,
}

/// Control-plane logs in CloudWatch.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterCloudWatch {
    /// Which logs are kept, and for how long.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_logging: Option<ClusterCloudWatchLogging>,
}

/// Which control-plane logs CloudWatch keeps, and for how long.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterCloudWatchLogging {
    /// Kinds of log; `*` or `all` anywhere in the list means all five.
    #[schema(
        values("api", "audit", "authenticator", "controllerManager", "scheduler", "*", "all"),
        source = "eksctl validation.go"
    )]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enable_types: Vec<String>,
    /// How long CloudWatch keeps the logs; for ever without it.
    #[schema(
        default = "for ever",
        unit = "days",
        values(
            "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731",
            "1827", "3653"
        ),
        source = "eksctl validation.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_retention_in_days: Option<i64>,
}

/// Envelope encryption of Kubernetes secrets with a KMS key.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SecretsEncryption {
    /// ARN of the symmetric KMS key, in the cluster's region.
    ///
    /// It cannot be changed once the cluster uses it.
    #[schema(required, source = "EKS CreateCluster")]
    #[serde(rename = "keyARN", skip_serializing_if = "String::is_empty")]
    pub key_arn: String,
}

/// GitOps tools, installed into the new cluster.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GitOps {
    /// Flux version 2.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flux: Option<Flux>,
}

/// Flux version 2, bootstrapped into a Git repository.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Flux {
    /// Where the repository is: the subcommand of `flux bootstrap`, such as `github`.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_provider: Option<String>,
    /// Flags for `flux bootstrap`, without their leading dashes.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub flags: Map<String>,
}

/// Karpenter, installed into the new cluster.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Karpenter {
    /// Version of Karpenter, at least 0.20.0.
    #[schema(required, source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Whether eksctl makes Karpenter's service account instead of its Helm chart.
    #[schema(default = "false", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_service_account: Option<bool>,
    /// Instance profile for Karpenter's nodes.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_instance_profile: Option<String>,
    /// Whether to make an SQS queue for spot interruption notices.
    #[schema(default = "false", source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_spot_interruption_queue: Option<bool>,
}
