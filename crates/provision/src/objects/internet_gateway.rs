//! The internet gateway.

mod lifecycle;

use super::{Kind, Property, Tags, in_place};
use serde::{Deserialize, Serialize};

/// An internet gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InternetGateway {
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for InternetGateway {
    const TYPE: &'static str = "AWS::EC2::InternetGateway";
    const NOUN: &'static str = "internet gateway";
    const TABLE: &'static [Property] = &[in_place("Tags")];
}
