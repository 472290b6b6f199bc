//! Routes.

mod lifecycle;

use super::{Change, Kind, Property, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A route. It has one target; ReplaceRoute gives it another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Route {
    /// The table.
    pub route_table_id: Text,
    /// Which addresses it is for.
    pub destination_cidr_block: String,
    /// The target, if it is an internet gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<Text>,
    /// The target, if it is a NAT gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat_gateway_id: Option<Text>,
}

const MOVES: &str = "open connections to the internet";

impl Kind for Route {
    const TYPE: &'static str = "AWS::EC2::Route";
    const NOUN: &'static str = "route";
    const TABLE: &'static [Property] = &[
        replaced("RouteTableId", MOVES),
        replaced("DestinationCidrBlock", MOVES),
        Property {
            name: "GatewayId",
            change: Change::InPlace,
            disturbs: MOVES,
        },
        Property {
            name: "NatGatewayId",
            change: Change::InPlace,
            disturbs: MOVES,
        },
    ];
}
