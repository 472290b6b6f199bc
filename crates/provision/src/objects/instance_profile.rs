//! Instance profiles.

mod lifecycle;

use super::{Change, Kind, Property, Tags, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What hands a role to instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile {
    /// Its name, unique in the account.
    pub instance_profile_name: String,
    /// Its path: `/lb/<region>/<cluster>/`.
    pub path: String,
    /// The role, by name; AWS allows one.
    pub roles: Vec<Text>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

const NODES: &str = "running nodes of the group lose their rights for up to a minute";

impl Kind for InstanceProfile {
    const TYPE: &'static str = "AWS::IAM::InstanceProfile";
    const NOUN: &'static str = "instance profile";
    const TABLE: &'static [Property] = &[
        replaced("InstanceProfileName", NODES),
        replaced("Path", NODES),
        Property {
            name: "Roles",
            change: Change::InPlace,
            disturbs: NODES,
        },
        in_place("Tags"),
    ];
}
