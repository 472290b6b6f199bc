//! EKS's shapes.

// EKS encrypts everything by now whatever `resources` of an encryption config says, so the SDK deprecates it; the field
// is the API's and stays in the table.
#![allow(deprecated)]

use aws_sdk_eks::types;

use crate::aws::convert::{Give, Read};
use crate::aws::fault::Fault;
use crate::operations::eks::*;

gives! {
    VpcConfigRequest {
        subnet_ids, security_group_ids, endpoint_public_access, endpoint_private_access, public_access_cidrs,
    }
    Logging { cluster_logging }
    LogSetup { types, enabled }
    CreateAccessConfigRequest { bootstrap_cluster_creator_admin_permissions, authentication_mode }
    UpdateAccessConfigRequest { authentication_mode }
    EncryptionConfig { resources, provider }
    Provider { key_arn }
    AccessScope { kind: r#type, namespaces }
    UpgradePolicy as UpgradePolicyRequest { support_type }
    ZonalShiftConfig as ZonalShiftConfigRequest { enabled }
    NodegroupScalingConfig { min_size, max_size, desired_size }
    Taint { key, value, effect }
    LaunchTemplateSpecification { id, name, version }
    NodegroupUpdateConfig { max_unavailable, max_unavailable_percentage }
    NodeRepairConfig {
        enabled, max_unhealthy_node_threshold_count, max_unhealthy_node_threshold_percentage,
        max_parallel_nodes_repaired_count, max_parallel_nodes_repaired_percentage, node_repair_config_overrides,
    }
    NodeRepairConfigOverrides {
        node_monitoring_condition, node_unhealthy_reason, min_repair_wait_time_mins, repair_action,
    }
    UpdateLabelsPayload { add_or_update_labels, remove_labels }
    UpdateTaintsPayload { add_or_update_taints, remove_taints }
    AddonPodIdentityAssociations, checked { service_account, role_arn }
    AddonNamespaceConfig as AddonNamespaceConfigRequest { namespace }
}

reads! {
    VpcConfigResponse {
        subnet_ids, security_group_ids, cluster_security_group_id, vpc_id, endpoint_public_access,
        endpoint_private_access, public_access_cidrs,
    }
    KubernetesNetworkConfig from KubernetesNetworkConfigResponse { service_ipv4_cidr, service_ipv6_cidr, ip_family }
    Logging { cluster_logging }
    LogSetup { types, enabled }
    AccessConfigResponse { bootstrap_cluster_creator_admin_permissions, authentication_mode }
    EncryptionConfig { resources, provider }
    Provider { key_arn }
    UpgradePolicy from UpgradePolicyResponse { support_type }
    ZonalShiftConfig from ZonalShiftConfigResponse { enabled }
    Cluster {
        name, arn, created_at, version, endpoint, role_arn, resources_vpc_config, kubernetes_network_config, logging,
        identity, status, certificate_authority, platform_version, tags, encryption_config, health, access_config,
        upgrade_policy, zonal_shift_config, deletion_protection,
    }
    Identity { oidc }
    Oidc { issuer }
    Certificate { data }
    ClusterHealth { issues }
    Issue from ClusterIssue { code, message, resource_ids }
    Update { id, status, kind: r#type, created_at, errors }
    ErrorDetail { error_code, error_message, resource_ids }
    ClusterVersionInformation {
        cluster_version, default_version, release_date, end_of_standard_support_date, end_of_extended_support_date,
        version_status,
    }
    Addon {
        addon_name, cluster_name, status, addon_version, health, addon_arn, created_at, modified_at,
        service_account_role_arn, configuration_values, tags, pod_identity_associations, namespace_config,
    }
    Nodegroup {
        nodegroup_name, nodegroup_arn, cluster_name, version, release_version, created_at, modified_at, status,
        capacity_type, scaling_config, instance_types, subnets, ami_type, node_role, labels, taints, resources, health,
        update_config, node_repair_config, launch_template, tags,
    }
    NodegroupScalingConfig { min_size, max_size, desired_size }
    Taint { key, value, effect }
    LaunchTemplateSpecification { id, name, version }
    NodegroupUpdateConfig { max_unavailable, max_unavailable_percentage }
    NodeRepairConfig {
        enabled, max_unhealthy_node_threshold_count, max_unhealthy_node_threshold_percentage,
        max_parallel_nodes_repaired_count, max_parallel_nodes_repaired_percentage, node_repair_config_overrides,
    }
    NodeRepairConfigOverrides {
        node_monitoring_condition, node_unhealthy_reason, min_repair_wait_time_mins, repair_action,
    }
    NodegroupResources { auto_scaling_groups }
    AutoScalingGroup { name }
    NodegroupHealth { issues }
    Issue { code, message, resource_ids }
    AddonNamespaceConfig from AddonNamespaceConfigResponse { namespace }
    AddonPodIdentityConfiguration { service_account, recommended_managed_policies }
    PodIdentityAssociation {
        cluster_name, namespace, service_account, role_arn, association_arn, association_id, tags, created_at,
        modified_at, owner_arn, disable_session_tags, target_role_arn, policy,
    }
    PodIdentityAssociationSummary { namespace, service_account, association_arn, association_id, owner_arn }
    AddonHealth { issues }
    AddonInfo { addon_name, addon_versions }
    AddonVersionInfo { addon_version, compatibilities, requires_iam_permissions }
    Compatibility { cluster_version, default_version }
    AccessEntry {
        cluster_name, principal_arn, kubernetes_groups, access_entry_arn, created_at, modified_at, username,
        kind: r#type, tags,
    }
    AccessScope { kind: r#type, namespaces }
    AssociatedAccessPolicy { policy_arn, access_scope, associated_at, modified_at }
    Issue from AddonIssue { code, message, resource_ids }
}

reads_words! { LogType }
gives_words! { LogType }

impl Give<Option<types::KubernetesNetworkConfigRequest>> for Option<KubernetesNetworkConfig> {
    fn give(self) -> Result<Option<types::KubernetesNetworkConfigRequest>, Fault> {
        let Some(config) = self else { return Ok(None) };
        let KubernetesNetworkConfig {
            service_ipv4_cidr,
            // AWS chooses it; it is only answered.
            service_ipv6_cidr: _,
            ip_family,
        } = config;
        let sdk = types::KubernetesNetworkConfigRequest::builder()
            .set_service_ipv4_cidr(service_ipv4_cidr.give()?)
            .set_ip_family(ip_family.give()?);
        Ok(Some(sdk.build()))
    }
}
