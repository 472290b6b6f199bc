//! Elastic IP addresses.

mod lifecycle;

use super::{Kind, Property, Tags, in_place};
use serde::{Deserialize, Serialize};

/// An Elastic IP address for a VPC.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Eip {
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for Eip {
    const TYPE: &'static str = "AWS::EC2::EIP";
    const NOUN: &'static str = "Elastic IP address";
    const TABLE: &'static [Property] = &[in_place("Tags")];
}
