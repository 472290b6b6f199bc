//! The VPC.

mod lifecycle;

use super::{Change, Kind, Property, Tags, in_place, is_false, is_true, yes};
use serde::{Deserialize, Serialize};

/// A VPC. CreateVpc takes no DNS attributes: they are set by a second call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    /// Its addresses.
    pub cidr_block: String,
    /// Whether instances get DNS names; AWS's default is false.
    #[serde(default, skip_serializing_if = "is_false")]
    pub enable_dns_hostnames: bool,
    /// Whether the VPC resolves names; AWS's default is true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enable_dns_support: bool,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for Vpc {
    const TYPE: &'static str = "AWS::EC2::VPC";
    const NOUN: &'static str = "VPC";
    const TABLE: &'static [Property] = &[
        Property {
            name: "CidrBlock",
            change: Change::Never,
            disturbs: "the whole cluster lives in it",
        },
        in_place("EnableDnsHostnames"),
        in_place("EnableDnsSupport"),
        in_place("Tags"),
    ];
}
