//! Launch templates: what a node is made from.

mod lifecycle;

use super::{Change, Kind, Property, Tags, in_place, is_true, replaced, yes};
use crate::{text::Text, userdata::UserData};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A launch template. New data is a new version; running nodes keep theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplate {
    /// Its name, unique in the region.
    pub launch_template_name: String,
    /// What a node is made from.
    pub launch_template_data: LaunchTemplateData,
    /// Tags of the template itself.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// What a node is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateData {
    /// The image; none where EKS chooses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    /// The instance type; none where EKS is told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// The SSH key, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_name: Option<Text>,
    /// Whose rights a node has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_instance_profile: Option<IamInstanceProfile>,
    /// How a node reads about itself.
    pub metadata_options: MetadataOptions,
    /// Its interfaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network_interfaces: Vec<NetworkInterface>,
    /// Its security groups, where it has the interface that EC2 gives it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_group_ids: Vec<Text>,
    /// Its volumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block_device_mappings: Vec<BlockDeviceMapping>,
    /// Whether its volumes have bandwidth of their own; AWS knows what the instance type does by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ebs_optimized: Option<bool>,
    /// Detailed monitoring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Switch>,
    /// Where it is put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// CPU credits of a burstable type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_specification: Option<CreditSpecification>,
    /// Nitro Enclaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enclave_options: Option<Switch>,
    /// Which reserved capacity it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_specification: Option<CapacityReservationSpecification>,
    /// How it is bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_market_options: Option<InstanceMarketOptions>,
    /// Tags of what a node is made of, by resource type: `instance`, `volume`, `network-interface`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tag_specifications: BTreeMap<String, Tags>,
    /// What a node does when it starts.
    pub user_data: UserData,
}

/// Whose rights a node has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IamInstanceProfile {
    /// The profile, by ARN.
    pub arn: Text,
}

/// How a node reads about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetadataOptions {
    /// `required`: only with a token (IMDSv2); `optional`: without one too.
    pub http_tokens: String,
    /// How many network hops an answer travels: 2 reaches pods.
    pub http_put_response_hop_limit: u8,
}

/// An interface of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterface {
    /// Its place on the card.
    pub device_index: u8,
    /// Its card.
    pub network_card_index: u8,
    /// `efa`; none for an ordinary one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface_type: Option<String>,
    /// Its security groups, in the order they were named; without any it is in the VPC's default one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Text>,
}

/// Where a node is put.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Placement {
    /// A placement group, by name.
    pub group_name: Text,
}

/// CPU credits of a burstable type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreditSpecification {
    /// `standard` or `unlimited`.
    pub cpu_credits: String,
}

/// Which reserved capacity a node takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CapacityReservationSpecification {
    /// `open`, `none` or `capacity-reservations-only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_preference: Option<String>,
    /// Which reservation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_target: Option<CapacityReservationTarget>,
}

/// A reservation of capacity, or a group of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CapacityReservationTarget {
    /// By id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_id: Option<String>,
    /// A resource group of reservations, by ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_reservation_resource_group_arn: Option<String>,
}

/// How a node is bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceMarketOptions {
    /// `spot` or `capacity-block`.
    pub market_type: String,
}

/// A volume of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockDeviceMapping {
    /// The device: `/dev/xvda`.
    pub device_name: String,
    /// The volume.
    pub ebs: Ebs,
}

/// An EBS volume of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ebs {
    /// Whether it goes with the node. Always said to AWS, whose default depends on the image.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub delete_on_termination: bool,
    /// Whether it is encrypted; none is as the image or the account says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Operations a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iops: Option<i64>,
    /// The key, if it is not AWS's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// What it is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// MiB a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<i64>,
    /// GiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_size: Option<i64>,
    /// `gp3`, `io2`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
}

/// Something that is on or off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Switch {
    /// Whether it is on.
    pub enabled: bool,
}

impl Kind for LaunchTemplate {
    const TYPE: &'static str = "AWS::EC2::LaunchTemplate";
    const NOUN: &'static str = "launch template";
    const TABLE: &'static [Property] = &[
        replaced("LaunchTemplateName", "only nodes that start from now on"),
        Property {
            name: "LaunchTemplateData",
            change: Change::NewVersion,
            disturbs: "only nodes that start from now on",
        },
        in_place("Tags"),
    ];
}
