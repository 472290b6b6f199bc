//! Tags that a managed nodegroup's Auto Scaling group has beside EKS's own: the cluster autoscaler reads from them what
//! nodes of an empty group would be like.

mod lifecycle;

use super::{Kind, Property, Tags, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// How the keys of these objects end.
pub(super) const TAGS_PART: &str = "/AutoScalingGroupTags";

/// Tags of the Auto Scaling group that EKS made for a managed nodegroup. Its nodes do not get them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutoScalingGroupTags {
    /// The group, by name.
    pub auto_scaling_group_name: Text,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for AutoScalingGroupTags {
    const TYPE: &'static str = "AWS::AutoScaling::AutoScalingGroup";
    const NOUN: &'static str = "tags of an Auto Scaling group";
    const TABLE: &'static [Property] = &[replaced("AutoScalingGroupName", ""), in_place("Tags")];
}
