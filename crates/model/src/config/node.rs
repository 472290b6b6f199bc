//! Parts of a nodegroup.

use super::AnyMap;
use crate::schema::Schema;
use serde::{Deserialize, Serialize};

/// Access to the nodes over SSH.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupSSH {
    /// Whether port 22 is opened, to everyone or to `sourceSecurityGroupIds`.
    #[schema(default = "true if a key is given, else false", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<bool>,
    /// File with the public key, on the machine that creates the cluster.
    #[schema(
        default = "~/.ssh/id_rsa.pub if allowed and no other key is given",
        source = "eksctl defaults.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_path: Option<String>,
    /// The public key itself, as a line of `authorized_keys`.
    ///
    /// It alone opens port 22 to everyone, unless `allow` is false.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Name of an EC2 key pair that exists.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_name: Option<String>,
    /// Security groups that may connect; everyone without any.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_security_group_ids: Vec<String>,
    /// Has no effect any more: nodes always have Systems Manager.
    #[schema(default = "true", source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_ssm: Option<bool>,
}

/// IAM permissions of the nodes.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupIAM {
    /// A policy document for the nodes' role, as IAM takes it.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_policy: Option<AnyMap>,
    /// ARNs of managed policies for the nodes' role.
    ///
    /// They take the place of the default policies that nodes need, so these have to be listed too.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "attachPolicyARNs", skip_serializing_if = "Vec::is_empty")]
    pub attach_policy_arns: Vec<String>,
    /// An existing instance profile.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "instanceProfileARN", skip_serializing_if = "Option::is_none")]
    pub instance_profile_arn: Option<String>,
    /// An existing role for the nodes.
    ///
    /// Not with the fields that shape a new one.
    #[schema(source = "eksctl iam.go")]
    #[serde(rename = "instanceRoleARN", skip_serializing_if = "Option::is_none")]
    pub instance_role_arn: Option<String>,
    /// Name of the role to be made; IAM names are unique in an account.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_role_name: Option<String>,
    /// ARN of the permissions boundary of the role to be made.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_role_permissions_boundary: Option<String>,
    /// Policies for common controllers that run on the nodes, by name.
    #[schema(source = "eksctl iam.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_addon_policies: Option<NodeGroupIAMAddonPolicies>,
}

/// Policies for common controllers that run on the nodes, by name.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupIAMAddonPolicies {
    /// Push to and pull from ECR.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_builder: Option<bool>,
    /// What the cluster autoscaler does with Auto Scaling groups.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_scaler: Option<bool>,
    /// Change records in Route 53.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(rename = "externalDNS", skip_serializing_if = "Option::is_none")]
    pub external_dns: Option<bool>,
    /// Solve DNS challenges in Route 53.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert_manager: Option<bool>,
    /// Full access to App Mesh.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_mesh: Option<bool>,
    /// Full access to App Mesh's preview.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_mesh_preview: Option<bool>,
    /// What the EBS CSI driver does with volumes.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs: Option<bool>,
    /// Full access to FSx.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fsx: Option<bool>,
    /// Full access to EFS.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs: Option<bool>,
    /// What the AWS Load Balancer Controller does.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_load_balancer_controller: Option<bool>,
    /// The old name of `awsLoadBalancerController`; not together with it.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alb_ingress: Option<bool>,
    /// Send traces to X-Ray.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_ray: Option<bool>,
    /// Send logs and metrics to CloudWatch.
    #[schema(default = "false", source = "eksctl iam.go, iam_helper.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_watch: Option<bool>,
}

/// Security groups of the nodes.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupSGs {
    /// Further existing security groups.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(rename = "attachIDs", skip_serializing_if = "Vec::is_empty")]
    pub attach_ids: Vec<String>,
    /// Whether nodes are in the group that all nodes share.
    ///
    /// Only for self-managed nodegroups.
    #[schema(default = "true", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_shared: Option<bool>,
    /// Whether the nodegroup gets a security group of its own.
    ///
    /// Only for self-managed nodegroups.
    #[schema(default = "true", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_local: Option<bool>,
}

/// A further volume of each node.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct VolumeMapping {
    /// Size of the volume.
    #[schema(default = "80", unit = "GiB", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_size: Option<i64>,
    /// Kind of volume.
    #[schema(
        default = "gp3",
        values("gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"),
        source = "eksctl defaults.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
    /// Device name, such as `/dev/xvdb`; eksctl drops a volume without it.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_name: Option<String>,
    /// Whether the volume is encrypted.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_encrypted: Option<bool>,
    /// KMS key of the encryption.
    #[schema(default = "the account's key for EBS", source = "eksctl nodegroup.go")]
    #[serde(rename = "volumeKmsKeyID", skip_serializing_if = "Option::is_none")]
    pub volume_kms_key_id: Option<String>,
    /// Input and output operations, for gp3, io1 and io2.
    #[schema(
        default = "3000 for gp3, 100 for io1 and io2",
        unit = "operations per second",
        source = "eksctl defaults.go"
    )]
    #[serde(rename = "volumeIOPS", skip_serializing_if = "Option::is_none")]
    pub volume_iops: Option<i64>,
    /// Throughput, for gp3.
    #[schema(
        default = "125 for gp3",
        unit = "MiB per second",
        source = "eksctl defaults.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_throughput: Option<i64>,
    /// Snapshot that the volume is made from.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(rename = "snapshotID", skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
}

/// A placement group.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Placement {
    /// Name of an existing placement group.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    /// How far instances are spread, on Outposts.
    #[schema(values("host", "rack"), source = "EC2 CreatePlacementGroup")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread_level: Option<String>,
}

/// Instance types by what they have.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct InstanceSelector {
    /// Number of virtual processors.
    #[schema(unit = "vCPUs", source = "eksctl nodegroup.go")]
    #[serde(rename = "vCPUs", skip_serializing_if = "Option::is_none")]
    pub vcpus: Option<i64>,
    /// Memory with its unit, such as `4GiB`; GiB without a unit.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// Number of GPUs.
    #[schema(unit = "GPUs", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpus: Option<i64>,
    /// Number of Inferentia or Trainium accelerators.
    #[schema(unit = "accelerators", source = "eksctl nodegroup.go")]
    #[serde(rename = "neuron_devices", skip_serializing_if = "Option::is_none")]
    pub neuron_devices: Option<i64>,
    /// Architecture of the processors.
    #[schema(
        default = "x86_64",
        values("x86_64", "arm64", "amd64", "i386", "x86_64_mac", "arm64_mac"),
        source = "eksctl nodegroup_service.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<String>,
    /// Regular expression that types must match.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<String>,
    /// Regular expression that types must not match.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny: Option<String>,
}

/// Settings of Bottlerocket nodes.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupBottlerocket {
    /// Whether the admin container runs.
    #[schema(default = "true if SSH is allowed", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_admin_container: Option<bool>,
    /// Bottlerocket's settings, in the structure of its own user data.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<AnyMap>,
}

/// The capacity reservation that nodes use.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CapacityReservation {
    /// Any open reservation, or none.
    ///
    /// Not with a target.
    #[schema(values("open", "none"), source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_preference: Option<String>,
    /// One reservation or group of reservations.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_target: Option<CapacityReservationTarget>,
}

/// One capacity reservation or group of them; exactly one of the two.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CapacityReservationTarget {
    /// Id of the reservation.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(rename = "capacityReservationID", skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_id: Option<String>,
    /// ARN of the resource group of reservations.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(
        rename = "capacityReservationResourceGroupARN",
        skip_serializing_if = "Option::is_none"
    )]
    pub capacity_reservation_resource_group_arn: Option<String>,
}

/// How instances are bought.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct InstanceMarketOptions {
    /// `capacity-block` uses a reserved block of GPU capacity.
    #[schema(values("capacity-block"), source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_type: Option<String>,
}

/// Several instance types and spot instances in one self-managed nodegroup.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupInstancesDistribution {
    /// Instance types, at most 20; may come from `instanceSelector` instead.
    #[schema(required, source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instance_types: Vec<String>,
    /// Highest price for a spot instance.
    #[schema(
        default = "the on-demand price",
        unit = "USD per hour",
        source = "EC2 Auto Scaling"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<f64>,
    /// Instances that are on demand in any case.
    #[schema(default = "0", unit = "instances", source = "EC2 Auto Scaling")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_base_capacity: Option<i64>,
    /// Share of on-demand instances among the others.
    #[schema(default = "100", unit = "percent", source = "EC2 Auto Scaling")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_percentage_above_base_capacity: Option<i64>,
    /// Number of cheapest pools to spread over, from 1 to 20; only for `lowest-price`.
    #[schema(
        default = "2",
        unit = "pools",
        source = "eksctl validation.go, EC2 Auto Scaling"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_instance_pools: Option<i64>,
    /// How spot pools are chosen.
    #[schema(
        default = "lowest-price",
        values(
            "lowest-price",
            "diversified",
            "capacity-optimized",
            "capacity-optimized-prioritized",
            "price-capacity-optimized"
        ),
        source = "eksctl validation.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_allocation_strategy: Option<String>,
    /// Whether spot instances in danger are replaced before they are taken.
    #[schema(default = "false", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_rebalance: Option<bool>,
}

/// Metrics of the Auto Scaling group.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MetricsCollection {
    /// How often.
    #[schema(required, values("1Minute"), source = "EC2 Auto Scaling")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub granularity: String,
    /// Names of the metrics.
    #[schema(default = "all", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
}

/// A taint, which keeps pods away that do not tolerate it.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupTaint {
    /// Key of the taint.
    #[schema(required, source = "eksctl taints.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Value of the taint.
    #[schema(source = "eksctl taints.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What happens to pods that do not tolerate it.
    #[schema(
        required,
        values("NoSchedule", "PreferNoSchedule", "NoExecute"),
        source = "eksctl taints.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
}

/// How many nodes an update may take away at once; exactly one of the two.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupUpdateConfig {
    /// Number of nodes.
    #[schema(unit = "nodes", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<i64>,
    /// Share of the nodes.
    #[schema(unit = "percent", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unavailable_percentage: Option<i64>,
}

/// A launch template of your own.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LaunchTemplate {
    /// Id of the launch template, such as `lt-0123456789abcdef0`.
    #[schema(required, source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Its version, a number in quotes.
    #[schema(
        default = "the template's default version",
        source = "eksctl managed_nodegroup.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Repair of unhealthy nodes by EKS.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeGroupNodeRepairConfig {
    /// Whether EKS repairs nodes.
    #[schema(default = "false", source = "EKS CreateNodegroup")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Share of unhealthy nodes above which repair stops.
    #[schema(unit = "percent", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unhealthy_node_threshold_percentage: Option<i64>,
    /// Number of unhealthy nodes above which repair stops.
    #[schema(unit = "nodes", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unhealthy_node_threshold_count: Option<i64>,
    /// Share of unhealthy nodes repaired at once.
    #[schema(unit = "percent", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parallel_nodes_repaired_percentage: Option<i64>,
    /// Number of nodes repaired at once.
    #[schema(unit = "nodes", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parallel_nodes_repaired_count: Option<i64>,
    /// Other ways to repair, for single conditions.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub node_repair_config_overrides: Vec<NodeRepairConfigOverride>,
}

/// How one condition of a node is repaired.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NodeRepairConfigOverride {
    /// Condition that the node monitoring agent reports.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_monitoring_condition: Option<String>,
    /// Reason that goes with it.
    #[schema(source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_unhealthy_reason: Option<String>,
    /// Time before the repair begins.
    #[schema(unit = "minutes", source = "eksctl nodegroup.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_repair_wait_time_mins: Option<i64>,
    /// What is done.
    #[schema(
        values("Terminate", "Restart", "Reboot", "NoAction"),
        source = "EKS CreateNodegroup"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair_action: Option<String>,
}
