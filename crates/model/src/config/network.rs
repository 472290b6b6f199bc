//! Networks: the VPC with its subnets and endpoints, Kubernetes' own addresses, private clusters and hybrid nodes.

use crate::schema::{Map, Schema};
use serde::{Deserialize, Serialize};

/// Address family and range of Kubernetes services.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KubernetesNetworkConfig {
    /// Address family of pods and services, in any case of letters.
    #[schema(default = "IPv4", values("IPv4", "IPv6"), source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_family: Option<String>,
    /// Range for services, in a private block, of size /12 to /24, outside the VPC.
    ///
    /// Not with IPv6.
    #[schema(
        default = "10.100.0.0/16, or 172.20.0.0/16 if the VPC is in 10.0.0.0/8",
        source = "EKS CreateCluster"
    )]
    #[serde(rename = "serviceIPv4CIDR", skip_serializing_if = "Option::is_none")]
    pub service_ipv4_cidr: Option<String>,
    /// Range for services that EKS has given an IPv6 cluster; only ever read.
    #[schema(source = "eksctl types.go")]
    #[serde(rename = "serviceIPv6CIDR", skip_serializing_if = "Option::is_none")]
    pub service_ipv6_cidr: Option<String>,
}

/// Networks of hybrid nodes, which run outside AWS.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RemoteNetworkConfig {
    /// How hybrid nodes get their credentials.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam: Option<RemoteNodesIAM>,
    /// Transit gateway (`tgw-...`) or virtual private gateway (`vgw-...`) that leads to the remote networks.
    #[schema(source = "eksctl validation.go")]
    #[serde(rename = "vpcGatewayID", skip_serializing_if = "Option::is_none")]
    pub vpc_gateway_id: Option<String>,
    /// Networks of the hybrid nodes: one entry.
    #[schema(required, source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_node_networks: Option<Vec<RemoteNetwork>>,
    /// Networks of the pods on hybrid nodes: at most one entry.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_pod_networks: Option<Vec<RemoteNetwork>>,
}

/// How hybrid nodes get their credentials.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RemoteNodesIAM {
    /// Systems Manager (`ssm`) or IAM Roles Anywhere (`ira`), in any case of letters.
    #[schema(default = "ssm", values("ssm", "ira"), source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// An existing role for the hybrid nodes; one is made without it.
    #[schema(source = "eksctl types.go")]
    #[serde(rename = "roleARN", skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// Certificate bundle of the authority that IAM Roles Anywhere trusts, as PEM.
    ///
    /// Needed with `ira`, refused with `ssm`.
    #[schema(source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_bundle_cert: Option<String>,
}

/// Address ranges of one remote network.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RemoteNetwork {
    /// Address ranges in CIDR notation.
    #[schema(source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cidrs: Vec<String>,
}

/// The cluster's network: made for it, or an existing one.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterVPC {
    /// An existing VPC to use; needs `subnets` too.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Address range of the VPC, of size /16 to /24.
    #[schema(shape = Cidr, default = "192.168.0.0/16", source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// An IPv6 range of your own, together with `ipv6Pool`.
    ///
    /// Only for IPv6 clusters.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_cidr: Option<String>,
    /// The pool that `ipv6Cidr` belongs to.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_pool: Option<String>,
    /// An existing security group for the control plane.
    ///
    /// None is made then. Not with `controlPlaneSecurityGroupIDs`.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group: Option<String>,
    /// Existing subnets to use.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnets: Option<ClusterSubnets>,
    /// What the host names of instances are made from.
    #[schema(values("ip-name", "resource-name"), source = "eksctl validation.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname_type: Option<String>,
    /// Further IPv4 ranges that may reach the API server's private endpoint.
    #[schema(source = "eksctl vpc.go")]
    #[serde(rename = "extraCIDRs", skip_serializing_if = "Vec::is_empty")]
    pub extra_cidrs: Vec<String>,
    /// Further IPv6 ranges that may reach the API server's private endpoint.
    ///
    /// Only for IPv6 clusters.
    #[schema(source = "eksctl vpc.go")]
    #[serde(rename = "extraIPv6CIDRs", skip_serializing_if = "Vec::is_empty")]
    pub extra_ipv6_cidrs: Vec<String>,
    /// An existing security group to use as the one that all nodes share.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_node_security_group: Option<String>,
    /// Whether to add rules to the shared security group.
    ///
    /// May be false only with a `sharedNodeSecurityGroup` of your own.
    #[schema(default = "true", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manage_shared_node_security_group_rules: Option<bool>,
    /// Whether an IPv4 VPC also gets an IPv6 range from Amazon.
    #[schema(default = "false", source = "eksctl types.go")]
    #[serde(rename = "autoAllocateIPv6", skip_serializing_if = "Option::is_none")]
    pub auto_allocate_ipv6: Option<bool>,
    /// How private subnets reach the internet.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<ClusterNAT>,
    /// From where the API server is reached.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_endpoints: Option<ClusterEndpoints>,
    /// Ranges that may reach the API server's public endpoint.
    #[schema(default = "everywhere", source = "EKS CreateCluster")]
    #[serde(rename = "publicAccessCIDRs", skip_serializing_if = "Vec::is_empty")]
    pub public_access_cidrs: Vec<String>,
    /// Subnets for the control plane's network interfaces.
    ///
    /// Not with `controlPlaneOnPrivateSubnets`.
    #[schema(source = "eksctl vpc.go")]
    #[serde(rename = "controlPlaneSubnetIDs", skip_serializing_if = "Vec::is_empty")]
    pub control_plane_subnet_ids: Vec<String>,
    /// Whether the control plane's network interfaces go into private subnets only.
    #[schema(default = "false", source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_plane_on_private_subnets: Option<bool>,
    /// Existing security groups for the control plane.
    ///
    /// Not with `securityGroup`.
    #[schema(source = "eksctl vpc.go")]
    #[serde(
        rename = "controlPlaneSecurityGroupIDs",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub control_plane_security_group_ids: Vec<String>,
    /// How the control plane's own outgoing traffic leaves.
    #[schema(source = "EKS CreateCluster")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_plane_egress_mode: Option<String>,
}

/// Existing subnets to use, each under a name or its zone.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterSubnets {
    /// Subnets without a route from the internet.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub private: Map<AZSubnetSpec>,
    /// Subnets with a route to an internet gateway.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub public: Map<AZSubnetSpec>,
}

/// One existing subnet, found by id, by range or by zone.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(open)]
pub struct AZSubnetSpec {
    /// Id of the subnet.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Zone of the subnet; without `id` and `cidr` it finds the subnet, which needs `vpc.id`.
    #[schema(source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub az: Option<String>,
    /// Range of the subnet; without `id` it finds the subnet, which needs `vpc.id`.
    #[schema(shape = Cidr, source = "eksctl vpc.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
}

/// How private subnets reach the internet.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterNAT {
    /// `Single` makes one NAT gateway, `HighlyAvailable` one for each zone, `Disable` none.
    ///
    /// Each costs by the hour, used or not.
    #[schema(
        default = "Single",
        values("Disable", "Single", "HighlyAvailable"),
        source = "eksctl vpc_ipv4.go"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
}

/// From where the API server is reached; at least one of the two.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClusterEndpoints {
    /// Whether it is reached from inside the VPC.
    #[schema(default = "false", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_access: Option<bool>,
    /// Whether it is reached from the internet.
    #[schema(default = "true", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_access: Option<bool>,
}

/// A cluster without any way to and from the internet.
#[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PrivateCluster {
    /// Whether the cluster is fully private: private subnets only, and VPC endpoints to reach AWS.
    #[schema(default = "false", source = "eksctl defaults.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Whether the VPC endpoints exist already and are not to be made.
    #[schema(default = "false", source = "eksctl types.go")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_endpoint_creation: Option<bool>,
    /// Further services to make VPC endpoints for.
    #[schema(
        values("cloudformation", "autoscaling", "logs"),
        source = "eksctl endpoint_service.go"
    )]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional_endpoint_services: Vec<String>,
}
