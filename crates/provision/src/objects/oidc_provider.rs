//! The IAM provider that trusts a cluster's service accounts.

mod lifecycle;

use super::{Kind, Property, Tags, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// An OpenID Connect provider. IAM finds the thumbprint by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OidcProvider {
    /// The issuer of the cluster's tokens, with scheme.
    pub url: Text,
    /// For whom the tokens must be: `sts.amazonaws.com`.
    pub client_id_list: Vec<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for OidcProvider {
    const TYPE: &'static str = "AWS::IAM::OIDCProvider";
    const NOUN: &'static str = "OIDC provider";
    const TABLE: &'static [Property] = &[
        replaced(
            "Url",
            "pods lose the rights of their service accounts until the roles trust the new provider",
        ),
        in_place("ClientIdList"),
        in_place("Tags"),
    ];
}
