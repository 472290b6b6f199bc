//! Route tables.

mod lifecycle;

use super::{Kind, Property, Tags, in_place, never};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A route table; its routes are objects of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTable {
    /// The VPC.
    pub vpc_id: Text,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for RouteTable {
    const TYPE: &'static str = "AWS::EC2::RouteTable";
    const NOUN: &'static str = "route table";
    const TABLE: &'static [Property] = &[never("VpcId"), in_place("Tags")];
}
