//! Subnets.

mod lifecycle;

use super::{Kind, Property, Tags, in_place, is_false, never};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A subnet. CreateSubnet never gives public addresses: that is a second call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subnet {
    /// The zone, by name: `us-west-2a`.
    pub availability_zone: String,
    /// Its addresses, part of the VPC's.
    pub cidr_block: String,
    /// Whether instances get public addresses; AWS's default is false.
    #[serde(default, skip_serializing_if = "is_false")]
    pub map_public_ip_on_launch: bool,
    /// What instances are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_dns_name_options_on_launch: Option<PrivateDnsNameOptions>,
    /// The VPC.
    pub vpc_id: Text,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// What AWS calls instances by default.
pub(crate) const IP_NAME: &str = "ip-name";

/// What instances of a subnet are called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrivateDnsNameOptions {
    /// `ip-name` (AWS's default) or `resource-name`.
    pub hostname_type: String,
}

impl Kind for Subnet {
    const TYPE: &'static str = "AWS::EC2::Subnet";
    const NOUN: &'static str = "subnet";
    const TABLE: &'static [Property] = &[
        never("AvailabilityZone"),
        never("CidrBlock"),
        in_place("MapPublicIpOnLaunch"),
        in_place("PrivateDnsNameOptionsOnLaunch"),
        never("VpcId"),
        in_place("Tags"),
    ];
}
