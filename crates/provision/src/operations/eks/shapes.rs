//! The things that EKS's operations take and answer.

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
    /// ARNs of the pod identity associations that it owns.
    pod_identity_associations: Vec<String>,
    namespace_config: Option<AddonNamespaceConfig>,
}

/// The namespace of an add-on.
AddonNamespaceConfig { namespace: String }

/// A role for the pods of a service account of an add-on.
AddonPodIdentityAssociations { service_account: String, role_arn: String }

/// What EKS recommends for a service account of an add-on.
AddonPodIdentityConfiguration {
    service_account: String,
    /// ARNs.
    recommended_managed_policies: Vec<String>,
}

/// A role for the pods of a service account.
PodIdentityAssociation {
    cluster_name: String,
    namespace: String,
    service_account: String,
    role_arn: String,
    association_arn: String,
    /// `a-` and letters.
    association_id: String,
    tags: BTreeMap<String, String>,
    created_at: jiff::Timestamp,
    modified_at: jiff::Timestamp,
    /// The add-on that owns it.
    owner_arn: Option<String>,
    disable_session_tags: Option<bool>,
    target_role_arn: Option<String>,
    policy: Option<String>,
}

/// An association in a list.
PodIdentityAssociationSummary {
    namespace: String,
    service_account: String,
    association_arn: String,
    association_id: String,
    owner_arn: Option<String>,
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

/// How many nodes a managed nodegroup has.
NodegroupScalingConfig { min_size: Option<i64>, max_size: Option<i64>, desired_size: Option<i64> }

/// A taint of the nodes of a managed nodegroup.
Taint {
    key: Option<String>,
    value: Option<String>,
    /// `NO_SCHEDULE`, `NO_EXECUTE`, `PREFER_NO_SCHEDULE`.
    effect: Option<String>,
}

/// A launch template of someone's own, and one of its versions.
LaunchTemplateSpecification { id: Option<String>, name: Option<String>, version: Option<String> }

/// How many nodes an update takes out of service at once.
NodegroupUpdateConfig { max_unavailable: Option<i64>, max_unavailable_percentage: Option<i64> }

/// Whether EKS repairs nodes, and how many at once.
NodeRepairConfig {
    enabled: Option<bool>,
    max_unhealthy_node_threshold_count: Option<i64>,
    max_unhealthy_node_threshold_percentage: Option<i64>,
    max_parallel_nodes_repaired_count: Option<i64>,
    max_parallel_nodes_repaired_percentage: Option<i64>,
    node_repair_config_overrides: Vec<NodeRepairConfigOverrides>,
}

/// What is repaired otherwise.
NodeRepairConfigOverrides {
    node_monitoring_condition: Option<String>,
    node_unhealthy_reason: Option<String>,
    min_repair_wait_time_mins: Option<i64>,
    /// `Replace`, `Reboot` or `NoAction`.
    repair_action: Option<String>,
}

/// What EKS made for a managed nodegroup.
NodegroupResources { auto_scaling_groups: Vec<AutoScalingGroup> }

/// An Auto Scaling group, by name.
AutoScalingGroup { name: String }

/// What is wrong with a managed nodegroup.
NodegroupHealth { issues: Vec<Issue> }

/// A managed nodegroup.
Nodegroup {
    nodegroup_name: String,
    nodegroup_arn: String,
    cluster_name: String,
    version: Option<String>,
    release_version: Option<String>,
    created_at: jiff::Timestamp,
    modified_at: jiff::Timestamp,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, `CREATE_FAILED`, `DELETE_FAILED`, `DEGRADED`.
    status: String,
    /// `ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`.
    capacity_type: Option<String>,
    scaling_config: NodegroupScalingConfig,
    instance_types: Vec<String>,
    subnets: Vec<String>,
    /// `AL2023_x86_64_STANDARD`, ...; `CUSTOM` with an image in the launch template.
    ami_type: Option<String>,
    node_role: String,
    labels: BTreeMap<String, String>,
    taints: Vec<Taint>,
    resources: NodegroupResources,
    health: NodegroupHealth,
    update_config: Option<NodegroupUpdateConfig>,
    node_repair_config: Option<NodeRepairConfig>,
    launch_template: Option<LaunchTemplateSpecification>,
    tags: BTreeMap<String, String>,
}

/// Labels to set and the keys of those to remove.
UpdateLabelsPayload { add_or_update_labels: BTreeMap<String, String>, remove_labels: Vec<String> }

/// Taints to set and to remove.
UpdateTaintsPayload { add_or_update_taints: Vec<Taint>, remove_taints: Vec<Taint> }

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
