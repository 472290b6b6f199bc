//! Processes of an Auto Scaling group that are switched off.

mod lifecycle;

use super::{Kind, Property, in_place, replaced};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The processes of an Auto Scaling group that are switched off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SuspendedProcesses {
    /// The group, by name.
    pub auto_scaling_group_name: Text,
    /// `AZRebalance`, `Launch`, ...
    pub scaling_processes: BTreeSet<String>,
}

impl Kind for SuspendedProcesses {
    const TYPE: &'static str = "AWS::AutoScaling::SuspendedProcesses";
    const NOUN: &'static str = "suspended processes";
    const TABLE: &'static [Property] = &[replaced("AutoScalingGroupName", ""), in_place("ScalingProcesses")];
}
