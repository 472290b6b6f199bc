//! Security groups.

mod lifecycle;

use super::{Kind, Property, Replacement, Tags, in_place, is_true, never, replaced, yes};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The name of the group that every VPC has.
pub(crate) const DEFAULT_GROUP: &str = "default";

/// A security group; its rules are objects of their own, but for the one that AWS gives to every new group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroup {
    /// Its name, unique in the VPC.
    pub group_name: String,
    /// What it is for; EC2 allows only a limited set of characters.
    pub group_description: String,
    /// The VPC.
    pub vpc_id: Text,
    /// Whether the rule stays that a new group has: everything may leave. CloudFormation removes it from groups
    /// with egress rules of their own, so in an inventory only the opposite of that is shown.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub default_egress: bool,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

const MOVES: &str = "every interface that uses it is moved to the new group";

impl Kind for SecurityGroup {
    const TYPE: &'static str = "AWS::EC2::SecurityGroup";
    const NOUN: &'static str = "security group";
    const TABLE: &'static [Property] = &[
        replaced("GroupName", MOVES),
        replaced("GroupDescription", MOVES),
        never("VpcId"),
        in_place("DefaultEgress"),
        in_place("Tags"),
    ];
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
}
