//! The control plane's log group.

mod lifecycle;

use super::{Kind, Property, Tags, in_place, replaced};
use serde::{Deserialize, Serialize};

/// A CloudWatch log group. EKS would make it too, without tags and for ever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogGroup {
    /// `/aws/eks/<cluster>/cluster`.
    pub log_group_name: String,
    /// How long events are kept; none is for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_in_days: Option<u32>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl Kind for LogGroup {
    const TYPE: &'static str = "AWS::Logs::LogGroup";
    const NOUN: &'static str = "log group";
    const TABLE: &'static [Property] = &[
        replaced("LogGroupName", "the logs in it are lost"),
        in_place("RetentionInDays"),
        in_place("Tags"),
    ];
}
