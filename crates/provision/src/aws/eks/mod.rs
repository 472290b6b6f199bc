//! EKS's operations.

mod shapes;

use aws_sdk_eks::Client;
use futures_util::future::BoxFuture;

use super::convert::{Give, Read};
use super::fault::Fault;
use crate::operations::{Reply, eks};

pub(super) fn call(client: &Client, request: eks::Request) -> BoxFuture<'_, Result<Reply, Fault>> {
    calls! { eks, client, request;
        CreateCluster => create_cluster(name, version, role_arn, resources_vpc_config, kubernetes_network_config,
            logging, client_request_token, tags, encryption_config, access_config, bootstrap_self_managed_addons,
            upgrade_policy, zonal_shift_config, deletion_protection) -> cluster;
        DescribeCluster => describe_cluster(name) -> cluster;
        ListClusters => list_clusters() -> *;
        DeleteCluster => delete_cluster(name) -> cluster;
        UpdateClusterConfig => update_cluster_config(name, resources_vpc_config, logging, client_request_token,
            access_config, upgrade_policy, zonal_shift_config, deletion_protection) -> update;
        UpdateClusterVersion => update_cluster_version(name, version, client_request_token) -> update;
        DescribeUpdate => describe_update(name, update_id, addon_name, nodegroup_name) -> update;
        ListUpdates => list_updates(name, addon_name) -> *;
        DescribeClusterVersions => describe_cluster_versions(cluster_versions, include_all) -> *;
        CreateAddon => create_addon(cluster_name, addon_name, addon_version, service_account_role_arn,
            resolve_conflicts, client_request_token, tags, configuration_values, pod_identity_associations,
            namespace_config) -> addon;
        DescribeAddon => describe_addon(cluster_name, addon_name) -> addon;
        ListAddons => list_addons(cluster_name) -> *;
        UpdateAddon => update_addon(cluster_name, addon_name, addon_version, service_account_role_arn,
            resolve_conflicts, client_request_token, configuration_values, pod_identity_associations) -> update;
        DeleteAddon => delete_addon(cluster_name, addon_name, preserve) -> addon;
        DescribeAddonVersions => describe_addon_versions(kubernetes_version, addon_name) -> *;
        DescribeAddonConfiguration => describe_addon_configuration(addon_name, addon_version)
            -> pod_identity_configuration;
        CreatePodIdentityAssociation => create_pod_identity_association(cluster_name, namespace, service_account,
            role_arn, client_request_token, tags, disable_session_tags, target_role_arn, policy) -> association;
        DescribePodIdentityAssociation => describe_pod_identity_association(cluster_name, association_id)
            -> association;
        ListPodIdentityAssociations => list_pod_identity_associations(cluster_name, namespace, service_account) -> *;
        UpdatePodIdentityAssociation => update_pod_identity_association(cluster_name, association_id, role_arn,
            client_request_token, disable_session_tags, target_role_arn, policy) -> association;
        DeletePodIdentityAssociation => delete_pod_identity_association(cluster_name, association_id) -> association;
        CreateAccessEntry => create_access_entry(cluster_name, principal_arn, kubernetes_groups, tags,
            client_request_token, username, kind: r#type) -> access_entry;
        DescribeAccessEntry => describe_access_entry(cluster_name, principal_arn) -> access_entry;
        ListAccessEntries => list_access_entries(cluster_name) -> *;
        UpdateAccessEntry => update_access_entry(cluster_name, principal_arn, kubernetes_groups,
            client_request_token, username) -> access_entry;
        DeleteAccessEntry => delete_access_entry(cluster_name, principal_arn);
        AssociateAccessPolicy => associate_access_policy(cluster_name, principal_arn, policy_arn, access_scope)
            -> associated_access_policy;
        DisassociateAccessPolicy => disassociate_access_policy(cluster_name, principal_arn, policy_arn);
        ListAssociatedAccessPolicies => list_associated_access_policies(cluster_name, principal_arn) -> *;
        TagResource => tag_resource(resource_arn, tags);
        UntagResource => untag_resource(resource_arn, tag_keys);
        CreateNodegroup => create_nodegroup(cluster_name, nodegroup_name, scaling_config, subnets, instance_types,
            ami_type, node_role, labels, taints, tags, client_request_token, launch_template, update_config,
            node_repair_config, capacity_type, release_version) -> nodegroup;
        DescribeNodegroup => describe_nodegroup(cluster_name, nodegroup_name) -> nodegroup;
        UpdateNodegroupConfig => update_nodegroup_config(cluster_name, nodegroup_name, labels, taints, scaling_config,
            update_config, node_repair_config, client_request_token) -> update;
        UpdateNodegroupVersion => update_nodegroup_version(cluster_name, nodegroup_name, version, release_version,
            launch_template, force, client_request_token) -> update;
        DeleteNodegroup => delete_nodegroup(cluster_name, nodegroup_name) -> nodegroup;
        ListNodegroups => list_nodegroups(cluster_name) -> *;
        ListFargateProfiles => list_fargate_profiles(cluster_name) -> *;
    }
}
