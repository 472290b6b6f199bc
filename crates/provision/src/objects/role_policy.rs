//! Inline policies of roles.

mod lifecycle;

use super::{Kind, Policy, Property, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// An inline policy of a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RolePolicy {
    /// The role, by name.
    pub role_name: Text,
    /// Its name in the role.
    pub policy_name: String,
    /// What it allows.
    pub policy_document: Policy,
}

impl Kind for RolePolicy {
    const TYPE: &'static str = "AWS::IAM::RolePolicy";
    const NOUN: &'static str = "inline policy";
    const TABLE: &'static [Property] = &[
        replaced("RoleName", ""),
        replaced("PolicyName", ""),
        in_place("PolicyDocument"),
    ];
}
