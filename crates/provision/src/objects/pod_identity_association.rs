//! Pod identity associations: which IAM role the pods of a service account have.

mod lifecycle;

use super::{Change, Kind, Property, Tags, in_place, is_false, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A role for the pods of a service account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PodIdentityAssociation {
    /// The namespace of the service account.
    pub namespace: String,
    /// The service account.
    pub service_account: String,
    /// The role, by ARN.
    pub role_arn: Text,
    /// A role, of another account for example, that the pods go on to assume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_role_arn: Option<String>,
    /// Whether EKS leaves its session tags out; AWS's default is false.
    #[serde(default, skip_serializing_if = "is_false")]
    pub disable_session_tags: bool,
    /// A session policy, as JSON, that narrows the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

const NEW_PODS: &str = "only pods that start from now on";

impl Kind for PodIdentityAssociation {
    const TYPE: &'static str = "AWS::EKS::PodIdentityAssociation";
    const NOUN: &'static str = "pod identity association";
    const TABLE: &'static [Property] = &[
        replaced("Namespace", NEW_PODS),
        replaced("ServiceAccount", NEW_PODS),
        Property {
            name: "RoleArn",
            change: Change::InPlace,
            disturbs: NEW_PODS,
        },
        // EKS changes both, but has no word for taking them away.
        replaced("TargetRoleArn", NEW_PODS),
        replaced("Policy", NEW_PODS),
        Property {
            name: "DisableSessionTags",
            change: Change::InPlace,
            disturbs: NEW_PODS,
        },
        in_place("Tags"),
    ];
}
