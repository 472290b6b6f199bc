//! What attaches the internet gateway to the VPC.

mod lifecycle;

use super::{Kind, Property, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// An internet gateway's attachment to a VPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GatewayAttachment {
    /// The gateway.
    pub internet_gateway_id: Text,
    /// The VPC.
    pub vpc_id: Text,
}

impl Kind for GatewayAttachment {
    const TYPE: &'static str = "AWS::EC2::VPCGatewayAttachment";
    const NOUN: &'static str = "gateway attachment";
    const TABLE: &'static [Property] = &[
        replaced("InternetGatewayId", "all traffic with the internet, for seconds"),
        replaced("VpcId", "all traffic with the internet"),
    ];
}
