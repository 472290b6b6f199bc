//! Access entries: which IAM principal is who in the cluster.

mod lifecycle;

use super::{Change, Kind, Property, Tags, in_place, never, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An access entry with its policies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessEntry {
    /// The cluster, by name.
    pub cluster_name: String,
    /// The principal, by ARN, with its path.
    pub principal_arn: Text,
    /// `EC2_LINUX` for nodes; none is AWS's default, `STANDARD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// What Kubernetes calls it; none is what EKS makes of the ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Its Kubernetes groups.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kubernetes_groups: BTreeSet<String>,
    /// EKS's own policies for it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub access_policies: BTreeSet<AccessPolicy>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// An EKS policy and where it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessPolicy {
    /// The policy: `arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`.
    pub policy_arn: String,
    /// Where it holds.
    pub access_scope: AccessScope,
}

/// Where an EKS policy holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessScope {
    /// `cluster` or `namespace`.
    pub r#type: String,
    /// The namespaces of a `namespace` scope.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub namespaces: BTreeSet<String>,
}

impl Kind for AccessEntry {
    const TYPE: &'static str = "AWS::EKS::AccessEntry";
    const NOUN: &'static str = "access entry";
    const TABLE: &'static [Property] = &[
        never("ClusterName"),
        replaced("PrincipalArn", "the principal has no access for seconds"),
        replaced("Type", "the principal has no access for seconds"),
        Property {
            name: "Username",
            change: Change::InPlace,
            disturbs: "what audit logs call the principal",
        },
        in_place("KubernetesGroups"),
        in_place("AccessPolicies"),
        in_place("Tags"),
    ];
}
