//! EKS add-ons.

mod lifecycle;

use super::{Change, Kind, Property, Tags, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An add-on of the cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Addon {
    /// `vpc-cni`, `coredns`, ...
    pub addon_name: String,
    /// Its version, always named.
    pub addon_version: String,
    /// JSON or YAML, as the add-on's schema says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_values: Option<String>,
    /// The role of its service account, by ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account_role_arn: Option<Text>,
    /// Roles of its service accounts by pod identity.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub pod_identity_associations: BTreeSet<AddonPodIdentity>,
    /// Where it lives; none is where it lives by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace_config: Option<AddonNamespaceConfig>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A role for the pods of a service account of an add-on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddonPodIdentity {
    /// The service account.
    pub service_account: String,
    /// The role, by ARN.
    pub role_arn: Text,
}

/// Where an add-on lives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddonNamespaceConfig {
    /// The namespace.
    pub namespace: String,
}

const RESTART: &str = "the add-on's pods restart";

impl Kind for Addon {
    const TYPE: &'static str = "AWS::EKS::Addon";
    const NOUN: &'static str = "add-on";
    const TABLE: &'static [Property] = &[
        replaced("AddonName", RESTART),
        Property {
            name: "AddonVersion",
            change: Change::InPlace,
            disturbs: RESTART,
        },
        Property {
            name: "ConfigurationValues",
            change: Change::InPlace,
            disturbs: RESTART,
        },
        Property {
            name: "ServiceAccountRoleArn",
            change: Change::InPlace,
            disturbs: RESTART,
        },
        Property {
            name: "PodIdentityAssociations",
            change: Change::InPlace,
            disturbs: RESTART,
        },
        replaced("NamespaceConfig", RESTART),
        in_place("Tags"),
    ];
}
