//! Which route table a subnet uses.

mod lifecycle;

use super::{Change, Kind, Property, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A subnet's use of a route table. ReplaceRouteTableAssociation moves it to another table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTableAssociation {
    /// The table.
    pub route_table_id: Text,
    /// The subnet.
    pub subnet_id: Text,
}

impl Kind for RouteTableAssociation {
    const TYPE: &'static str = "AWS::EC2::SubnetRouteTableAssociation";
    const NOUN: &'static str = "route table association";
    const TABLE: &'static [Property] = &[
        Property {
            name: "RouteTableId",
            change: Change::InPlace,
            disturbs: "open connections of the subnet",
        },
        replaced("SubnetId", "open connections of the subnet"),
    ];
}
