//! SSH keys of nodes.

mod lifecycle;

use super::{Kind, Property, Replacement, Tags, in_place, replaced};
use serde::{Deserialize, Serialize};

/// An imported key pair. Its name contains a hash of the key, so another key is another name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyPair {
    /// Its name, unique in the region.
    pub key_name: String,
    /// The public key in OpenSSH's form, without its comment.
    pub public_key_material: String,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for KeyPair {
    const TYPE: &'static str = "AWS::EC2::KeyPair";
    const NOUN: &'static str = "key pair";
    const TABLE: &'static [Property] = &[
        replaced("KeyName", "running nodes keep the old key"),
        replaced("PublicKeyMaterial", "running nodes keep the old key"),
        in_place("Tags"),
    ];
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
}
