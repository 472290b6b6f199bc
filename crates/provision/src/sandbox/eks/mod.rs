//! EKS.

pub(super) mod addons;
mod checks;
mod clusters;
mod entries;
mod identities;
mod managed;
mod nodegroups;
mod updates;

use super::{Answer, Refusal, kubernetes::Store, world::World};
use crate::operations::eks::{
    self, AccessEntry, Addon, AssociatedAccessPolicy, Cluster, PodIdentityAssociation,
};
use jiff::Timestamp;
use lb_model::catalog::{Catalog, Support};
use nodegroups::NodegroupState;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use updates::UpdateState;

/// A cluster with all that it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ClusterState {
    pub(super) shape: Cluster,
    /// From when its API answers.
    pub(super) api: Timestamp,
    /// Interfaces of the control plane.
    interfaces: Vec<String>,
    addons: BTreeMap<String, Addon>,
    /// Add-ons that will fail: the same software is there and may not be overwritten.
    conflicts: BTreeSet<String>,
    pub(super) entries: BTreeMap<String, EntryState>,
    /// Pod identity associations by id.
    #[serde(default)]
    identities: BTreeMap<String, PodIdentityAssociation>,
    /// Managed nodegroups by name.
    #[serde(default)]
    nodegroups: BTreeMap<String, NodegroupState>,
    updates: BTreeMap<String, UpdateState>,
    /// Whether EKS installs vpc-cni, kube-proxy and coredns itself.
    self_managed: bool,
    pub(super) store: Store,
}

/// An access entry with its policies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EntryState {
    pub(super) shape: AccessEntry,
    /// The id of the role when the entry was made: a role made again under the same ARN is someone else.
    pub(super) role_id: Option<String>,
    pub(super) policies: Vec<AssociatedAccessPolicy>,
    /// From when policies can be associated.
    settled: Timestamp,
}

impl ClusterState {
    /// Whether its API is there for nodes and people.
    pub(super) fn serves(&self) -> bool {
        matches!(self.shape.status.as_str(), "ACTIVE" | "UPDATING")
    }

    /// Whether access entries count.
    pub(super) fn has_entries(&self) -> bool {
        self.shape.access_config.authentication_mode != "CONFIG_MAP"
    }

    /// Whether the CNI runs, from EKS itself or as an add-on.
    pub(super) fn has_cni(&self) -> bool {
        self.self_managed || self.addons.contains_key("vpc-cni")
    }

    /// Whether an add-on works.
    pub(super) fn has_addon(&self, name: &str) -> bool {
        self.addons
            .get(name)
            .is_some_and(|addon| addon.status == "ACTIVE")
    }

    /// The role of the CNI's service account by the OIDC provider, if it has one.
    pub(super) fn cni_role(&self) -> Option<&str> {
        self.addons.get("vpc-cni")?.service_account_role_arn.as_deref()
    }

    /// The role of the CNI's service account by pod identity, which needs its agent on the nodes.
    pub(super) fn cni_identity(&self) -> Option<&str> {
        self.addons.get("eks-pod-identity-agent")?;
        let is_cni = |identity: &&PodIdentityAssociation| {
            identity.namespace == "kube-system" && identity.service_account == "aws-node"
        };
        let identity = self.identities.values().find(is_cni)?;
        Some(&identity.role_arn)
    }
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterException", message)
}

fn no_cluster(name: &str) -> Refusal {
    Refusal::new(
        "ResourceNotFoundException",
        format!("No cluster found for name: {name}."),
    )
}

impl World<'_> {
    pub(super) fn eks(&mut self, request: eks::Request) -> Answer<eks::Reply> {
        dispatch!(self, request, eks:
            CreateCluster => create_cluster,
            DescribeCluster => describe_cluster,
            ListClusters => list_clusters,
            DeleteCluster => delete_cluster,
            UpdateClusterConfig => update_cluster_config,
            UpdateClusterVersion => update_cluster_version,
            DescribeUpdate => describe_update,
            ListUpdates => list_updates,
            DescribeClusterVersions => describe_cluster_versions,
            CreateAddon => create_addon,
            DescribeAddon => describe_addon,
            ListAddons => list_addons,
            UpdateAddon => update_addon,
            DeleteAddon => delete_addon,
            DescribeAddonVersions => describe_addon_versions,
            CreateAccessEntry => create_access_entry,
            DescribeAccessEntry => describe_access_entry,
            ListAccessEntries => list_access_entries,
            UpdateAccessEntry => update_access_entry,
            DeleteAccessEntry => delete_access_entry,
            AssociateAccessPolicy => associate_access_policy,
            DisassociateAccessPolicy => disassociate_access_policy,
            ListAssociatedAccessPolicies => list_associated_access_policies,
            DescribeAddonConfiguration => describe_addon_configuration,
            CreatePodIdentityAssociation => create_pod_identity_association,
            DescribePodIdentityAssociation => describe_pod_identity_association,
            ListPodIdentityAssociations => list_pod_identity_associations,
            UpdatePodIdentityAssociation => update_pod_identity_association,
            DeletePodIdentityAssociation => delete_pod_identity_association,
            TagResource => tag_resource,
            UntagResource => untag_resource,
            CreateNodegroup => create_nodegroup,
            DescribeNodegroup => describe_nodegroup,
            ListNodegroups => list_nodegroups,
            UpdateNodegroupConfig => update_nodegroup_config,
            UpdateNodegroupVersion => update_nodegroup_version,
            DeleteNodegroup => delete_nodegroup,
            ListFargateProfiles => list_fargate_profiles,
        )
    }

    fn cluster(&self, name: &str) -> Answer<&ClusterState> {
        self.region.clusters.get(name).ok_or_else(|| no_cluster(name))
    }

    fn cluster_mut(&mut self, name: &str) -> Answer<&mut ClusterState> {
        self.region.clusters.get_mut(name).ok_or_else(|| no_cluster(name))
    }

    /// A cluster that takes add-ons and entries.
    fn active(&mut self, name: &str) -> Answer<&mut ClusterState> {
        let cluster = self.cluster_mut(name)?;
        if !cluster.serves() {
            let text = format!(
                "Cluster {name} is not in ACTIVE status; it is {}.",
                cluster.shape.status
            );
            return Err(Refusal::new("InvalidRequestException", text));
        }
        Ok(cluster)
    }

    /// How EKS stands to a version today.
    fn support(&self, version: &str) -> Support {
        Catalog::builtin().support(version, self.today())
    }

    /// Whether clusters of a version can be made today.
    fn offered(&self, version: &str) -> bool {
        matches!(
            self.support(version),
            Support::Standard { .. } | Support::Extended { .. }
        )
    }

    fn tag_resource(&mut self, input: eks::TagResource) -> Answer<()> {
        super::tags::set_map(self.tags_of_arn(&input.resource_arn)?, &input.tags)
    }

    fn untag_resource(&mut self, input: eks::UntagResource) -> Answer<()> {
        self.tags_of_arn(&input.resource_arn)?
            .retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    }

    fn tags_of_arn(&mut self, arn: &str) -> Answer<&mut BTreeMap<String, String>> {
        let missing = || Refusal::new("NotFoundException", format!("There is no resource {arn}"));
        let rest = arn.splitn(6, ':').nth(5).ok_or_else(missing)?;
        let (kind, path) = rest.split_once('/').ok_or_else(missing)?;
        let name = path.split('/').next().unwrap_or_default();
        let cluster = self.region.clusters.get_mut(name).ok_or_else(missing)?;
        match kind {
            "cluster" if cluster.shape.arn == arn => Some(&mut cluster.shape.tags),
            "addon" => cluster
                .addons
                .values_mut()
                .find(|addon| addon.addon_arn == arn)
                .map(|addon| &mut addon.tags),
            "nodegroup" => {
                let group = cluster
                    .nodegroups
                    .values_mut()
                    .find(|group| group.shape.nodegroup_arn == arn);
                group.map(|group| &mut group.shape.tags)
            }
            "podidentityassociation" => {
                let identity = cluster
                    .identities
                    .values_mut()
                    .find(|identity| identity.association_arn == arn);
                identity.map(|identity| &mut identity.tags)
            }
            "access-entry" => {
                let entry = cluster
                    .entries
                    .values_mut()
                    .find(|entry| entry.shape.access_entry_arn == arn);
                entry.map(|entry| &mut entry.shape.tags)
            }
            _ => None,
        }
        .ok_or_else(missing)
    }

    /// No operation here makes Fargate profiles, so a cluster has none.
    fn list_fargate_profiles(&mut self, input: eks::ListFargateProfiles) -> Answer<Vec<String>> {
        self.cluster(&input.cluster_name).map(|_| Vec::new())
    }
}
