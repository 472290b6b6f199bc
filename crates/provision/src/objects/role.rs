//! IAM roles.

mod lifecycle;

use super::{Kind, Policy, Property, Tags, in_place, replaced};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A role with its trust policy and managed policies; inline policies are objects of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    /// Its name, unique in the account whatever the case.
    pub role_name: String,
    /// Its path: `/lb/<region>/<cluster>/`.
    pub path: String,
    /// Who may use it.
    pub assume_role_policy_document: Policy,
    /// ARNs of managed policies.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub managed_policy_arns: BTreeSet<String>,
    /// ARN of the policy that bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

const ANEW: &str = "whoever uses the role loses its rights until the new one is seen everywhere";

impl Kind for Role {
    const TYPE: &'static str = "AWS::IAM::Role";
    const NOUN: &'static str = "role";
    const TABLE: &'static [Property] = &[
        replaced("RoleName", ANEW),
        replaced("Path", ANEW),
        in_place("AssumeRolePolicyDocument"),
        in_place("ManagedPolicyArns"),
        in_place("PermissionsBoundary"),
        in_place("Tags"),
    ];
}
