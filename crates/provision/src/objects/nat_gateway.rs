//! NAT gateways.

mod lifecycle;

use super::{Kind, Property, Tags, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A public NAT gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGateway {
    /// The address that it uses.
    pub allocation_id: Text,
    /// The public subnet that it stands in.
    pub subnet_id: Text,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

const CUT: &str = "private nodes have no internet for about 3 min";

impl Kind for NatGateway {
    const TYPE: &'static str = "AWS::EC2::NatGateway";
    const NOUN: &'static str = "NAT gateway";
    // The address belongs to the old gateway until that is deleted, so the old one goes first.
    const TABLE: &'static [Property] = &[
        replaced("AllocationId", CUT),
        replaced("SubnetId", CUT),
        in_place("Tags"),
    ];
}
