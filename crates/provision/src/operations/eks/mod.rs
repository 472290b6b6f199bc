//! EKS: clusters, updates, add-ons, access entries, pod identities, managed nodegroups, versions.

mod shapes;

pub use shapes::*;

use std::collections::BTreeMap;

operations! { Eks, "eks", "camelCase";
/// Starts a cluster: CREATING, about ten minutes later ACTIVE.
Write CreateCluster(EKS_WRITE, Token, "eks:CreateCluster", "eks:TagResource", "iam:PassRole", "iam:GetRole",
    "iam:ListAttachedRolePolicies", "iam:CreateServiceLinkedRole", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcs", "kms:DescribeKey", "kms:CreateGrant") -> Cluster {
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
    nodegroup_name: Option<String>,
}
/// The ids of a cluster's updates.
Read ListUpdates(EKS_READ, Same, "eks:ListUpdates") -> Vec<String> { name: String, addon_name: Option<String> }
/// The Kubernetes versions that EKS offers.
Read DescribeClusterVersions(EKS_READ, Same, "eks:DescribeClusterVersions") -> Vec<ClusterVersionInformation> {
    cluster_versions: Vec<String>,
    include_all: Option<bool>,
}
/// Installs an add-on.
Write CreateAddon(EKS_WRITE, Token, "eks:CreateAddon", "eks:TagResource", "iam:PassRole",
    "eks:CreatePodIdentityAssociation") -> Addon {
    cluster_name: String,
    addon_name: String,
    addon_version: Option<String>,
    service_account_role_arn: Option<String>,
    /// `OVERWRITE`, `NONE`, `PRESERVE`.
    resolve_conflicts: Option<String>,
    client_request_token: Option<String>,
    tags: BTreeMap<String, String>,
    configuration_values: Option<String>,
    pod_identity_associations: Vec<AddonPodIdentityAssociations>,
    namespace_config: Option<AddonNamespaceConfig>,
}
/// An add-on.
Read DescribeAddon(EKS_READ, Same, "eks:DescribeAddon") -> Addon { cluster_name: String, addon_name: String }
/// The names of a cluster's add-ons.
Read ListAddons(EKS_READ, Same, "eks:ListAddons") -> Vec<String> { cluster_name: String }
/// Changes an add-on.
Write UpdateAddon(EKS_WRITE, Token, "eks:UpdateAddon", "iam:PassRole", "eks:CreatePodIdentityAssociation",
    "eks:UpdatePodIdentityAssociation", "eks:DeletePodIdentityAssociation") -> Update {
    cluster_name: String,
    addon_name: String,
    addon_version: Option<String>,
    service_account_role_arn: Option<String>,
    resolve_conflicts: Option<String>,
    client_request_token: Option<String>,
    configuration_values: Option<String>,
    /// Given and empty removes all.
    pod_identity_associations: Option<Vec<AddonPodIdentityAssociations>>,
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
/// What EKS recommends for the service accounts of an add-on.
Read DescribeAddonConfiguration(EKS_READ, Same, "eks:DescribeAddonConfiguration") -> Vec<AddonPodIdentityConfiguration> {
    addon_name: String,
    addon_version: String,
}
/// Gives the pods of a service account a role; a service account has one at most.
Write CreatePodIdentityAssociation(EKS_WRITE, Token, "eks:CreatePodIdentityAssociation", "eks:TagResource",
    "iam:PassRole", "iam:GetRole") -> PodIdentityAssociation {
    cluster_name: String,
    namespace: String,
    service_account: String,
    role_arn: String,
    client_request_token: Option<String>,
    tags: BTreeMap<String, String>,
    disable_session_tags: Option<bool>,
    target_role_arn: Option<String>,
    /// A session policy, as JSON.
    policy: Option<String>,
}
/// An association.
Read DescribePodIdentityAssociation(EKS_READ, Same, "eks:DescribePodIdentityAssociation") -> PodIdentityAssociation {
    cluster_name: String,
    association_id: String,
}
/// A cluster's associations, those of add-ons too.
Read ListPodIdentityAssociations(EKS_READ, Same, "eks:ListPodIdentityAssociations") -> Vec<PodIdentityAssociationSummary> {
    cluster_name: String,
    namespace: Option<String>,
    service_account: Option<String>,
}
/// Changes the role of an association; pods that run keep the old one.
Write UpdatePodIdentityAssociation(EKS_WRITE, Token, "eks:UpdatePodIdentityAssociation", "iam:PassRole",
    "iam:GetRole") -> PodIdentityAssociation {
    cluster_name: String,
    association_id: String,
    role_arn: Option<String>,
    client_request_token: Option<String>,
    disable_session_tags: Option<bool>,
    target_role_arn: Option<String>,
    policy: Option<String>,
}
/// Deletes an association.
Write DeletePodIdentityAssociation(EKS_WRITE, Same, "eks:DeletePodIdentityAssociation") -> PodIdentityAssociation {
    cluster_name: String,
    association_id: String,
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
/// A managed nodegroup.
Read DescribeNodegroup(EKS_READ, Same, "eks:DescribeNodegroup") -> Nodegroup {
    cluster_name: String,
    nodegroup_name: String,
}
/// Starts a managed nodegroup: EKS makes its Auto Scaling group and waits for its nodes.
Write CreateNodegroup(EKS_WRITE, Token, "eks:CreateNodegroup", "eks:TagResource", "iam:PassRole", "iam:GetRole",
    "iam:ListAttachedRolePolicies", "iam:CreateServiceLinkedRole", "ec2:DescribeSubnets",
    "ec2:DescribeLaunchTemplateVersions", "ec2:RunInstances", "ec2:CreateTags") -> Nodegroup {
    cluster_name: String,
    nodegroup_name: String,
    scaling_config: Option<NodegroupScalingConfig>,
    subnets: Vec<String>,
    instance_types: Vec<String>,
    ami_type: Option<String>,
    node_role: String,
    labels: BTreeMap<String, String>,
    taints: Vec<Taint>,
    tags: BTreeMap<String, String>,
    client_request_token: Option<String>,
    launch_template: Option<LaunchTemplateSpecification>,
    update_config: Option<NodegroupUpdateConfig>,
    node_repair_config: Option<NodeRepairConfig>,
    capacity_type: Option<String>,
    release_version: Option<String>,
}
/// Starts a change of sizes, labels, taints, or of how updates and repairs go.
Write UpdateNodegroupConfig(EKS_WRITE, Token, "eks:UpdateNodegroupConfig") -> Update {
    cluster_name: String,
    nodegroup_name: String,
    labels: Option<UpdateLabelsPayload>,
    taints: Option<UpdateTaintsPayload>,
    scaling_config: Option<NodegroupScalingConfig>,
    update_config: Option<NodegroupUpdateConfig>,
    node_repair_config: Option<NodeRepairConfig>,
    client_request_token: Option<String>,
}
/// Starts giving nodes another image or version of the launch template: EKS replaces them, a few at a time.
Write UpdateNodegroupVersion(EKS_WRITE, Token, "eks:UpdateNodegroupVersion", "ec2:RunInstances", "ec2:CreateTags",
    "ec2:DescribeLaunchTemplateVersions") -> Update {
    cluster_name: String,
    nodegroup_name: String,
    version: Option<String>,
    release_version: Option<String>,
    launch_template: Option<LaunchTemplateSpecification>,
    /// Also where pods cannot be moved away.
    force: Option<bool>,
    client_request_token: Option<String>,
}
/// Starts deleting a managed nodegroup with its nodes.
Write DeleteNodegroup(EKS_WRITE, Same, "eks:DeleteNodegroup") -> Nodegroup {
    cluster_name: String,
    nodegroup_name: String,
}
/// The names of a cluster's Fargate profiles.
Read ListFargateProfiles(EKS_READ, Same, "eks:ListFargateProfiles") -> Vec<String> { cluster_name: String }
}
