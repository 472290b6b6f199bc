//! Placement groups: how close to each other nodes are put.

mod lifecycle;

use super::{Kind, Property, Tags, in_place, replaced};
use serde::{Deserialize, Serialize};

/// A placement group. It cannot go as long as an instance is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PlacementGroup {
    /// Its name, unique in the region.
    pub group_name: String,
    /// `cluster`: close together in one zone.
    pub strategy: String,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for PlacementGroup {
    const TYPE: &'static str = "AWS::EC2::PlacementGroup";
    const NOUN: &'static str = "placement group";
    const TABLE: &'static [Property] = &[
        replaced("GroupName", "only nodes that start from now on"),
        replaced("Strategy", "only nodes that start from now on"),
        in_place("Tags"),
    ];
}
