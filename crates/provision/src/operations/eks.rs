//! EKS: clusters, updates, add-ons, access entries, versions.

use std::collections::BTreeMap;

shapes! { "camelCase";
/// Where the control plane puts its interfaces and who reaches it; of a request.
VpcConfigRequest {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
    endpoint_public_access: Option<bool>,
    endpoint_private_access: Option<bool>,
    public_access_cidrs: Vec<String>,
}

/// Where the control plane is.
VpcConfigResponse {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
    /// The group that EKS makes for itself.
    cluster_security_group_id: Option<String>,
    vpc_id: String,
    endpoint_public_access: bool,
    endpoint_private_access: bool,
    public_access_cidrs: Vec<String>,
}

/// Addresses inside the cluster.
KubernetesNetworkConfig {
    service_ipv4_cidr: Option<String>,
    service_ipv6_cidr: Option<String>,
    /// `ipv4` or `ipv6`.
    ip_family: Option<String>,
}

/// Control-plane logging.
Logging { cluster_logging: Vec<LogSetup> }

/// Kinds of logs that are on or off.
LogSetup {
    /// `api`, `audit`, `authenticator`, `controllerManager`, `scheduler`.
    types: Vec<String>,
    enabled: bool,
}

/// How callers are known; of CreateCluster.
CreateAccessConfigRequest {
    bootstrap_cluster_creator_admin_permissions: Option<bool>,
    /// `CONFIG_MAP`, `API_AND_CONFIG_MAP`, `API`.
    authentication_mode: Option<String>,
}

/// How callers are known; of an update.
UpdateAccessConfigRequest { authentication_mode: Option<String> }

/// How callers are known.
AccessConfigResponse {
    bootstrap_cluster_creator_admin_permissions: Option<bool>,
    authentication_mode: String,
}

/// What is encrypted with which key.
EncryptionConfig { resources: Vec<String>, provider: Provider }

/// A key.
Provider { key_arn: String }

/// Whether the cluster may enter extended support.
UpgradePolicy {
    /// `STANDARD` or `EXTENDED`.
    support_type: Option<String>,
}

/// Zonal shift.
ZonalShiftConfig { enabled: Option<bool> }

/// A cluster. Endpoint, CA, issuer and own group are absent before it is ACTIVE.
Cluster {
    name: String,
    arn: String,
    created_at: jiff::Timestamp,
    version: String,
    endpoint: Option<String>,
    role_arn: String,
    resources_vpc_config: VpcConfigResponse,
    kubernetes_network_config: KubernetesNetworkConfig,
    logging: Logging,
    identity: Option<Identity>,
    /// `CREATING`, `ACTIVE`, `DELETING`, `FAILED`, `UPDATING`.
    status: String,
    certificate_authority: Option<Certificate>,
    platform_version: Option<String>,
    tags: BTreeMap<String, String>,
    encryption_config: Vec<EncryptionConfig>,
    health: Option<ClusterHealth>,
    access_config: AccessConfigResponse,
    upgrade_policy: UpgradePolicy,
    zonal_shift_config: Option<ZonalShiftConfig>,
    deletion_protection: bool,
}

/// The identity provider of a cluster.
Identity { oidc: Oidc }

/// The issuer, with `https://`.
Oidc { issuer: String }

/// The CA, base64 of PEM.
Certificate { data: String }

/// What is wrong with a cluster.
ClusterHealth { issues: Vec<Issue> }

/// What is wrong.
Issue { code: String, message: String, resource_ids: Vec<String> }

/// An update of a cluster or add-on.
Update {
    id: String,
    /// `InProgress`, `Failed`, `Cancelled`, `Successful`.
    status: String,
    /// `VersionUpdate`, `EndpointAccessUpdate`, `LoggingUpdate`, `AddonUpdate`, ...
    #[serde(rename = "type")]
    kind: String,
    created_at: jiff::Timestamp,
    errors: Vec<ErrorDetail>,
}

/// Why an update failed.
ErrorDetail { error_code: String, error_message: String, resource_ids: Vec<String> }

/// A Kubernetes version.
ClusterVersionInformation {
    cluster_version: String,
    default_version: bool,
    release_date: Option<jiff::Timestamp>,
    end_of_standard_support_date: Option<jiff::Timestamp>,
    end_of_extended_support_date: Option<jiff::Timestamp>,
    /// `STANDARD_SUPPORT`, `EXTENDED_SUPPORT` or `UNSUPPORTED`.
    version_status: String,
}

/// An add-on of a cluster.
Addon {
    addon_name: String,
    cluster_name: String,
    /// `CREATING`, `ACTIVE`, `CREATE_FAILED`, `UPDATING`, `DELETING`, `DELETE_FAILED`, `DEGRADED`, `UPDATE_FAILED`.
    status: String,
    addon_version: String,
    health: AddonHealth,
    addon_arn: String,
    created_at: jiff::Timestamp,
    modified_at: jiff::Timestamp,
    service_account_role_arn: Option<String>,
    configuration_values: Option<String>,
    tags: BTreeMap<String, String>,
}

/// What is wrong with an add-on.
AddonHealth { issues: Vec<Issue> }

/// An add-on that EKS offers.
AddonInfo { addon_name: String, addon_versions: Vec<AddonVersionInfo> }

/// A version of an add-on, newest first.
AddonVersionInfo {
    addon_version: String,
    compatibilities: Vec<Compatibility>,
    requires_iam_permissions: bool,
}

/// A Kubernetes version that an add-on's version works with.
Compatibility { cluster_version: String, default_version: bool }

/// Who a principal is in the cluster.
AccessEntry {
    cluster_name: String,
    principal_arn: String,
    kubernetes_groups: Vec<String>,
    access_entry_arn: String,
    created_at: jiff::Timestamp,
    modified_at: jiff::Timestamp,
    username: String,
    /// `STANDARD`, `EC2_LINUX`, `EC2_WINDOWS`, `FARGATE_LINUX`, ...
    #[serde(rename = "type")]
    kind: String,
    tags: BTreeMap<String, String>,
}

/// Where an access policy holds.
AccessScope {
    /// `cluster` or `namespace`.
    #[serde(rename = "type")]
    kind: String,
    namespaces: Vec<String>,
}

/// An access policy of an entry.
AssociatedAccessPolicy {
    policy_arn: String,
    access_scope: AccessScope,
    associated_at: jiff::Timestamp,
    modified_at: jiff::Timestamp,
}
}

operations! { Eks, "eks", "camelCase";
/// Starts a cluster: CREATING, about ten minutes later ACTIVE.
Write CreateCluster(EKS_WRITE, Token, "eks:CreateCluster", "eks:TagResource", "iam:PassRole", "iam:GetRole",
    "iam:ListAttachedRolePolicies", "iam:CreateServiceLinkedRole", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcs") -> Cluster {
    name: String,
    version: Option<String>,
    role_arn: String,
    resources_vpc_config: VpcConfigRequest,
    kubernetes_network_config: Option<KubernetesNetworkConfig>,
    logging: Option<Logging>,
    client_request_token: Option<String>,
    tags: BTreeMap<String, String>,
    encryption_config: Vec<EncryptionConfig>,
    access_config: Option<CreateAccessConfigRequest>,
    /// AWS installs vpc-cni, kube-proxy and coredns itself unless this is false.
    bootstrap_self_managed_addons: Option<bool>,
    upgrade_policy: Option<UpgradePolicy>,
    zonal_shift_config: Option<ZonalShiftConfig>,
    deletion_protection: Option<bool>,
}
/// A cluster.
Read DescribeCluster(EKS_READ, Same, "eks:DescribeCluster") -> Cluster { name: String }
/// The names of the region's clusters.
Read ListClusters(EKS_READ, Same, "eks:ListClusters") -> Vec<String> {}
/// Starts deleting a cluster.
Write DeleteCluster(EKS_WRITE, Same, "eks:DeleteCluster") -> Cluster { name: String }
/// Starts one change of a cluster: AWS takes one kind a call, and one update at a time.
Write UpdateClusterConfig(EKS_WRITE, Token, "eks:UpdateClusterConfig") -> Update {
    name: String,
    resources_vpc_config: Option<VpcConfigRequest>,
    logging: Option<Logging>,
    client_request_token: Option<String>,
    access_config: Option<UpdateAccessConfigRequest>,
    upgrade_policy: Option<UpgradePolicy>,
    zonal_shift_config: Option<ZonalShiftConfig>,
    deletion_protection: Option<bool>,
}
/// Starts an upgrade by one minor version.
Write UpdateClusterVersion(EKS_WRITE, Token, "eks:UpdateClusterVersion") -> Update {
    name: String,
    version: String,
    client_request_token: Option<String>,
}
/// An update.
Read DescribeUpdate(EKS_READ, Same, "eks:DescribeUpdate") -> Update {
    name: String,
    update_id: String,
    addon_name: Option<String>,
}
/// The ids of a cluster's updates.
Read ListUpdates(EKS_READ, Same, "eks:ListUpdates") -> Vec<String> { name: String, addon_name: Option<String> }
/// The Kubernetes versions that EKS offers.
Read DescribeClusterVersions(EKS_READ, Same, "eks:DescribeClusterVersions") -> Vec<ClusterVersionInformation> {
    cluster_versions: Vec<String>,
    include_all: Option<bool>,
}
/// Installs an add-on.
Write CreateAddon(EKS_WRITE, Token, "eks:CreateAddon", "eks:TagResource", "iam:PassRole") -> Addon {
    cluster_name: String,
    addon_name: String,
    addon_version: Option<String>,
    service_account_role_arn: Option<String>,
    /// `OVERWRITE`, `NONE`, `PRESERVE`.
    resolve_conflicts: Option<String>,
    client_request_token: Option<String>,
    tags: BTreeMap<String, String>,
    configuration_values: Option<String>,
}
/// An add-on.
Read DescribeAddon(EKS_READ, Same, "eks:DescribeAddon") -> Addon { cluster_name: String, addon_name: String }
/// The names of a cluster's add-ons.
Read ListAddons(EKS_READ, Same, "eks:ListAddons") -> Vec<String> { cluster_name: String }
/// Changes an add-on.
Write UpdateAddon(EKS_WRITE, Token, "eks:UpdateAddon", "iam:PassRole") -> Update {
    cluster_name: String,
    addon_name: String,
    addon_version: Option<String>,
    service_account_role_arn: Option<String>,
    resolve_conflicts: Option<String>,
    client_request_token: Option<String>,
    configuration_values: Option<String>,
}
/// Starts removing an add-on.
Write DeleteAddon(EKS_WRITE, Same, "eks:DeleteAddon") -> Addon {
    cluster_name: String,
    addon_name: String,
    /// Keep its software in the cluster.
    preserve: Option<bool>,
}
/// The add-ons that EKS offers for a Kubernetes version.
Read DescribeAddonVersions(EKS_READ, Same, "eks:DescribeAddonVersions") -> Vec<AddonInfo> {
    kubernetes_version: Option<String>,
    addon_name: Option<String>,
}
/// Makes an access entry for a principal that must exist.
Write CreateAccessEntry(EKS_WRITE, Token, "eks:CreateAccessEntry", "eks:TagResource") -> AccessEntry {
    cluster_name: String,
    principal_arn: String,
    kubernetes_groups: Vec<String>,
    tags: BTreeMap<String, String>,
    client_request_token: Option<String>,
    username: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}
/// An access entry.
Read DescribeAccessEntry(EKS_READ, Same, "eks:DescribeAccessEntry") -> AccessEntry {
    cluster_name: String,
    principal_arn: String,
}
/// The principals that have an entry.
Read ListAccessEntries(EKS_READ, Same, "eks:ListAccessEntries") -> Vec<String> { cluster_name: String }
/// Changes groups or user name of an entry.
Write UpdateAccessEntry(EKS_WRITE, Token, "eks:UpdateAccessEntry") -> AccessEntry {
    cluster_name: String,
    principal_arn: String,
    /// Given and empty removes all groups.
    kubernetes_groups: Option<Vec<String>>,
    client_request_token: Option<String>,
    username: Option<String>,
}
/// Deletes an entry.
Write DeleteAccessEntry(EKS_WRITE, Same, "eks:DeleteAccessEntry") -> () { cluster_name: String, principal_arn: String }
/// Gives an entry an access policy, or a policy that it has another scope.
Write AssociateAccessPolicy(EKS_WRITE, Same, "eks:AssociateAccessPolicy") -> AssociatedAccessPolicy {
    cluster_name: String,
    principal_arn: String,
    policy_arn: String,
    access_scope: AccessScope,
}
/// Takes an access policy from an entry.
Write DisassociateAccessPolicy(EKS_WRITE, Same, "eks:DisassociateAccessPolicy") -> () {
    cluster_name: String,
    principal_arn: String,
    policy_arn: String,
}
/// The access policies of an entry.
Read ListAssociatedAccessPolicies(EKS_READ, Same, "eks:ListAssociatedAccessPolicies") -> Vec<AssociatedAccessPolicy> {
    cluster_name: String,
    principal_arn: String,
}
/// Sets tags of a cluster, add-on or entry.
Write TagResource(EKS_WRITE, Same, "eks:TagResource") -> () { resource_arn: String, tags: BTreeMap<String, String> }
/// Removes tags of a cluster, add-on or entry.
Write UntagResource(EKS_WRITE, Same, "eks:UntagResource") -> () { resource_arn: String, tag_keys: Vec<String> }
/// The names of a cluster's managed nodegroups.
Read ListNodegroups(EKS_READ, Same, "eks:ListNodegroups") -> Vec<String> { cluster_name: String }
/// The names of a cluster's Fargate profiles.
Read ListFargateProfiles(EKS_READ, Same, "eks:ListFargateProfiles") -> Vec<String> { cluster_name: String }
}
