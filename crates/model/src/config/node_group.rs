//! The two kinds of nodegroup. Most of their fields are the same; those are written once here, and seen on
//! either kind through [`NodeGroupRef`].

use super::node::*;
use super::{AnyMap, ClusterConfig, Taints};
use crate::path::Path;
use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// Writes both structs and the view of what they share, from one list of the shared fields.
/// `#[serde(flatten)]` would do the same at the price of untyped buffering and unknown keys accepted.
macro_rules! node_groups {
    (
        shared { $($(#[$shared_attr:meta])* pub $shared:ident: $shared_type:ty,)* }
        $(#[$ng_attr:meta])*
        self_managed { $($(#[$own_attr:meta])* pub $own:ident: $own_type:ty,)* }
        $(#[$managed_attr:meta])*
        managed { $($(#[$managed_own_attr:meta])* pub $managed_own:ident: $managed_own_type:ty,)* }
    ) => {
        $(#[$ng_attr])*
        #[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
        #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
        pub struct NodeGroup {
            $($(#[$shared_attr])* pub $shared: $shared_type,)*
            $($(#[$own_attr])* pub $own: $own_type,)*
        }

        $(#[$managed_attr])*
        #[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
        #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
        pub struct ManagedNodeGroup {
            $($(#[$shared_attr])* pub $shared: $shared_type,)*
            $($(#[$managed_own_attr])* pub $managed_own: $managed_own_type,)*
        }

        /// A nodegroup of either kind: where it stands, and the fields that both kinds have.
        #[derive(Clone, Copy, Debug)]
        pub struct NodeGroupRef<'a> {
            /// The nodegroup itself, for the fields of its kind.
            pub kind: NodeGroupKind<'a>,
            /// Which item of its list it is, from 0.
            pub index: usize,
            $(
                #[doc = concat!("[`NodeGroup::", stringify!($shared), "`]")]
                pub $shared: &'a $shared_type,
            )*
        }

        impl<'a> NodeGroupRef<'a> {
            fn self_managed(index: usize, group: &'a NodeGroup) -> Self {
                Self { kind: NodeGroupKind::SelfManaged(group), index, $($shared: &group.$shared,)* }
            }

            fn managed(index: usize, group: &'a ManagedNodeGroup) -> Self {
                Self { kind: NodeGroupKind::Managed(group), index, $($shared: &group.$shared,)* }
            }
        }

        /// The fields that both kinds of nodegroup have, to be changed.
        #[derive(Debug)]
        pub struct NodeGroupMut<'a> {
            $(
                #[doc = concat!("[`NodeGroup::", stringify!($shared), "`]")]
                pub $shared: &'a mut $shared_type,
            )*
        }

        impl NodeGroup {
            /// The fields that a managed nodegroup has too, to be changed.
            pub fn shared_mut(&mut self) -> NodeGroupMut<'_> {
                NodeGroupMut { $($shared: &mut self.$shared,)* }
            }
        }

        impl ManagedNodeGroup {
            /// The fields that a self-managed nodegroup has too, to be changed.
            pub fn shared_mut(&mut self) -> NodeGroupMut<'_> {
                NodeGroupMut { $($shared: &mut self.$shared,)* }
            }
        }
    };
}

/// A nodegroup of one of the two kinds.
#[derive(Clone, Copy, Debug)]
pub enum NodeGroupKind<'a> {
    /// An item of `nodeGroups`.
    SelfManaged(&'a NodeGroup),
    /// An item of `managedNodeGroups`.
    Managed(&'a ManagedNodeGroup),
}

impl<'a> NodeGroupRef<'a> {
    /// Where it stands: `nodeGroups[2]`.
    pub fn path(&self) -> Path {
        let list = match self.kind {
            NodeGroupKind::SelfManaged(_) => "nodeGroups",
            NodeGroupKind::Managed(_) => "managedNodeGroups",
        };
        Path::root().key(list).index(self.index)
    }

    /// The self-managed nodegroup, if it is one.
    pub fn as_self_managed(&self) -> Option<&'a NodeGroup> {
        match self.kind {
            NodeGroupKind::SelfManaged(group) => Some(group),
            NodeGroupKind::Managed(_) => None,
        }
    }

    /// The managed nodegroup, if it is one.
    pub fn as_managed(&self) -> Option<&'a ManagedNodeGroup> {
        match self.kind {
            NodeGroupKind::SelfManaged(_) => None,
            NodeGroupKind::Managed(group) => Some(group),
        }
    }

    /// Its taints.
    pub fn taints(&self) -> &'a [NodeGroupTaint] {
        match self.kind {
            NodeGroupKind::SelfManaged(group) => &group.taints,
            NodeGroupKind::Managed(group) => &group.taints,
        }
    }
}

impl ClusterConfig {
    /// Every nodegroup: the self-managed ones first, each kind in the order of the file.
    pub fn all_node_groups(&self) -> impl Iterator<Item = NodeGroupRef<'_>> {
        let own = self.node_groups.iter().enumerate();
        let managed = self.managed_node_groups.iter().enumerate();
        own.map(|(index, group)| NodeGroupRef::self_managed(index, group))
            .chain(managed.map(|(index, group)| NodeGroupRef::managed(index, group)))
    }
}

node_groups! {
    shared {
        /// Name of the nodegroup, unique in the cluster.
        ///
        /// Letters, digits and dashes, beginning with a letter. Names of AWS objects are made from it.
        #[schema(required, source = "eksctl validation.go")]
        #[serde(skip_serializing_if = "String::is_empty")]
        pub name: String,
        /// Operating system of the nodes.
        #[schema(default = "AmazonLinux2023", values("AmazonLinux2023", "AmazonLinux2", "UbuntuPro2604", "Ubuntu2604", "UbuntuPro2404", "Ubuntu2404", "UbuntuPro2204", "Ubuntu2204", "UbuntuPro2004", "Ubuntu2004", "Bottlerocket", "BottlerocketFips", "WindowsServer2019CoreContainer", "WindowsServer2019FullContainer", "WindowsServer2022CoreContainer", "WindowsServer2022FullContainer", "WindowsServer2025CoreContainer", "WindowsServer2025FullContainer"), source = "eksctl types.go, validation.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub ami_family: Option<String>,
        /// EC2 instance type of the nodes.
        #[schema(default = "m5.large", source = "eksctl nodegroup_service.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub instance_type: Option<String>,
        /// Zones of the nodes, among those of the cluster.
        ///
        /// Not together with `subnets`.
        #[schema(default = "all zones of the cluster", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub availability_zones: Vec<String>,
        /// Subnets of the nodes, by id or by their name under `vpc.subnets`.
        ///
        /// Not together with `availabilityZones`.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub subnets: Vec<String>,
        /// What is put before the nodes' names.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub instance_prefix: Option<String>,
        /// Name of the nodes, in place of one made from cluster and nodegroup.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub instance_name: Option<String>,
        /// Number of nodes at creation; afterwards it belongs to whoever scales the nodegroup.
        #[schema(default = "`minSize`", unit = "nodes", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub desired_capacity: Option<i64>,
        /// Fewest nodes.
        #[schema(default = "`desiredCapacity`, else 2", unit = "nodes", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub min_size: Option<i64>,
        /// Most nodes.
        #[schema(default = "`desiredCapacity`, else `minSize`", unit = "nodes", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub max_size: Option<i64>,
        /// Size of the root volume.
        #[schema(default = "80", unit = "GiB", source = "eksctl defaults.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub volume_size: Option<i64>,
        /// Access to the nodes over SSH.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub ssh: Option<NodeGroupSSH>,
        /// Kubernetes labels of the nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Map::is_empty")]
        pub labels: Map<String>,
        /// Whether nodes are in private subnets, without public addresses.
        #[schema(default = "false", source = "eksctl types.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub private_networking: Option<bool>,
        /// Tags of the Auto Scaling group and of the nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Map::is_empty")]
        pub tags: Map<String>,
        /// IAM permissions of the nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub iam: Option<NodeGroupIAM>,
        /// Image of the nodes: an id beginning with `ami-`; self-managed nodegroups also take `auto` and `auto-ssm`.
        ///
        /// Needs `amiFamily`, and with Amazon Linux 2 and Ubuntu also `overrideBootstrapCommand`.
        #[schema(default = "the newest image of the family", source = "eksctl validation.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub ami: Option<String>,
        /// Security groups of the nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub security_groups: Option<NodeGroupSGs>,
        /// Most pods on a node.
        #[schema(default = "what the instance type's network interfaces allow", unit = "pods", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub max_pods_per_node: Option<i64>,
        /// Processes of the Auto Scaling group that are switched off.
        #[schema(values("Launch", "Terminate", "AddToLoadBalancer", "AlarmNotification", "AZRebalance", "HealthCheck", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions"), source = "eksctl validation.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub asg_suspend_processes: Vec<String>,
        /// Whether nodes have bandwidth of their own for EBS.
        #[schema(default = "what the instance type does", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub ebs_optimized: Option<bool>,
        /// Kind of the root volume.
        #[schema(default = "gp3", values("gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"), source = "eksctl defaults.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub volume_type: Option<String>,
        /// Device name of the root volume.
        #[schema(default = "the image's root device", source = "eksctl api.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub volume_name: Option<String>,
        /// Whether the root volume is encrypted.
        #[schema(default = "as in the image", source = "eksctl api.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub volume_encrypted: Option<bool>,
        /// KMS key of the encryption; needs `volumeEncrypted: true`.
        #[schema(default = "the account's key for EBS", source = "eksctl nodegroup.go")]
        #[serde(rename = "volumeKmsKeyID", skip_serializing_if = "Option::is_none")]
        pub volume_kms_key_id: Option<String>,
        /// Input and output operations of the root volume, for gp3 (3000 to 16000), io1 (100 to 64000) and io2 (100 to 256000).
        #[schema(default = "3000 for gp3, 100 for io1 and io2", unit = "operations per second", source = "eksctl defaults.go, validation.go")]
        #[serde(rename = "volumeIOPS", skip_serializing_if = "Option::is_none")]
        pub volume_iops: Option<i64>,
        /// Throughput of the root volume, for gp3, from 125 to 1000.
        #[schema(default = "125 for gp3", unit = "MiB per second", source = "eksctl defaults.go, validation.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub volume_throughput: Option<i64>,
        /// Further volumes of each node.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub additional_volumes: Vec<VolumeMapping>,
        /// Shell commands run on a node before it joins. Bottlerocket takes not even an empty list.
        #[schema(source = "eksctl nodegroup.go, validation.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pre_bootstrap_commands: Option<Vec<String>>,
        /// What makes a node join, in place of eksctl's own bootstrap: a shell script, with AmazonLinux2023 a NodeConfig.
        ///
        /// Labels and taints reach the node only if it passes them on.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub override_bootstrap_command: Option<String>,
        /// Whether labels and taints become tags of the Auto Scaling group, which the cluster autoscaler needs to scale from zero.
        #[schema(default = "false", source = "eksctl nodegroup.go")]
        #[serde(rename = "propagateASGTags", skip_serializing_if = "Option::is_none")]
        pub propagate_asg_tags: Option<bool>,
        /// Whether the metadata service asks for a token (IMDSv2).
        #[schema(default = "true", source = "eksctl defaults.go")]
        #[serde(rename = "disableIMDSv1", skip_serializing_if = "Option::is_none")]
        pub disable_imdsv1: Option<bool>,
        /// Whether pods are kept from the metadata service.
        ///
        /// Not with any of `iam.withAddonPolicies`.
        #[schema(default = "false", source = "eksctl defaults.go")]
        #[serde(rename = "disablePodIMDS", skip_serializing_if = "Option::is_none")]
        pub disable_pod_imds: Option<bool>,
        /// Placement group of the nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub placement: Option<Placement>,
        /// Whether nodes have Elastic Fabric Adapters; only in one zone or subnet.
        #[schema(default = "false", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub efa_enabled: Option<bool>,
        /// Instance types by what they have.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub instance_selector: Option<InstanceSelector>,
        /// Settings of Bottlerocket nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub bottlerocket: Option<NodeGroupBottlerocket>,
        /// Whether CloudWatch measures every minute.
        #[schema(default = "false", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enable_detailed_monitoring: Option<bool>,
        /// The capacity reservation that nodes use.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub capacity_reservation: Option<CapacityReservation>,
        /// How instances are bought.
        ///
        /// Needs `capacityReservation`.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub instance_market_options: Option<InstanceMarketOptions>,
        /// Outpost of the nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(rename = "outpostARN", skip_serializing_if = "Option::is_none")]
        pub outpost_arn: Option<String>,
    }
    /// A self-managed nodegroup: an Auto Scaling group with a launch template of our own.
    self_managed {
        /// Several instance types and spot instances.
        ///
        /// `instanceType` must be absent or `mixed`.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub instances_distribution: Option<NodeGroupInstancesDistribution>,
        /// Metrics of the Auto Scaling group.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub asg_metrics_collection: Vec<MetricsCollection>,
        /// Credits of burstable types, in any case of letters.
        #[schema(values("standard", "unlimited"), source = "eksctl validation.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub cpu_credits: Option<String>,
        /// Classic load balancers that the nodes join.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub classic_load_balancer_names: Vec<String>,
        /// Target groups that the nodes join.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(rename = "targetGroupARNs", skip_serializing_if = "Vec::is_empty")]
        pub target_group_arns: Vec<String>,
        /// Taints of the nodes: a list, or a map from key to `value:effect`.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Taints::is_empty")]
        pub taints: Taints,
        /// Accepted, but without effect in a self-managed nodegroup.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub update_config: Option<NodeGroupUpdateConfig>,
        /// Address of the cluster's DNS server, for the kubelet.
        #[schema(default = "the tenth address of the service range", source = "eksctl userdata.go")]
        #[serde(rename = "clusterDNS", skip_serializing_if = "Option::is_none")]
        pub cluster_dns: Option<String>,
        /// Further settings of the kubelet, as in a KubeletConfiguration.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub kubelet_extra_config: Option<AnyMap>,
        /// Container runtime.
        #[schema(default = "containerd", values("containerd", "dockerd", "docker"), source = "eksctl defaults.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub container_runtime: Option<String>,
        /// Age at which a node is replaced, at least 86400.
        #[schema(unit = "seconds", source = "eksctl validation.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub max_instance_lifetime: Option<i64>,
        /// Local zones of the nodes.
        ///
        /// Not together with `availabilityZones`.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub local_zones: Vec<String>,
        /// Whether nodes can run Nitro Enclaves.
        #[schema(default = "false", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enclave_enabled: Option<bool>,
    }
    /// A managed nodegroup: EKS makes and updates its Auto Scaling group.
    managed {
        /// Several instance types, in place of `instanceType`.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub instance_types: Vec<String>,
        /// Whether nodes are spot instances.
        #[schema(default = "false", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub spot: Option<bool>,
        /// Taints of the nodes.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub taints: Vec<NodeGroupTaint>,
        /// How many nodes an update may take away at once.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub update_config: Option<NodeGroupUpdateConfig>,
        /// A launch template of your own.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub launch_template: Option<LaunchTemplate>,
        /// Version of the EKS image, such as `1.34.1-20251112`.
        #[schema(default = "the newest", source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub release_version: Option<String>,
        /// Repair of unhealthy nodes by EKS.
        #[schema(source = "eksctl nodegroup.go")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub node_repair_config: Option<NodeGroupNodeRepairConfig>,
    }
}
