//! Launch templates in an account.

use std::collections::BTreeMap;

use super::{
    BlockDeviceMapping, CapacityReservationSpecification, CapacityReservationTarget, CreditSpecification,
    Ebs, IamInstanceProfile, InstanceMarketOptions, LaunchTemplate, LaunchTemplateData, MetadataOptions,
    NetworkInterface, Placement, Switch,
};
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::Tags;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, chosen, list, literal, object, of_this_name, present, retag,
    specifications, token, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2;
use crate::ownership::Owner;
use crate::text::{Attribute, Text};
use crate::userdata::UserData;

/// What a node consists of that takes tags. Ours find volumes and interfaces that outlive their node.
const TAGGED: [&str; 3] = ["instance", "network-interface", "volume"];

fn described(id: &str, latest: i64) -> Attributes {
    attributes([
        (Attribute::Id, id),
        (Attribute::LatestVersionNumber, &latest.to_string()),
    ])
}

impl LaunchTemplate {
    fn data(&self, cx: &Cx<'_>) -> Result<ec2::LaunchTemplateData, Failure> {
        let data = &self.launch_template_data;
        let filled = |text: Option<&Text>| text.map(|text| literal(text).map(str::to_owned)).transpose();
        let user_data = data.user_data.encoded().filter(|text| !text.is_empty());
        // Only a hole in its text can keep user data from being encoded.
        literal(&data.user_data.text)?;
        Ok(ec2::LaunchTemplateData {
            image_id: data.image_id.clone(),
            instance_type: data.instance_type.clone(),
            key_name: filled(data.key_name.as_ref())?,
            user_data,
            ebs_optimized: data.ebs_optimized,
            iam_instance_profile: filled(data.iam_instance_profile.as_ref().map(|profile| &profile.arn))?
                .map(|arn| ec2::IamInstanceProfileSpecification {
                    arn: Some(arn),
                    name: None,
                }),
            security_group_ids: data
                .security_group_ids
                .iter()
                .map(|group| literal(group).map(str::to_owned))
                .collect::<Result<_, _>>()?,
            block_device_mappings: data.block_device_mappings.iter().map(block_device).collect(),
            network_interfaces: data
                .network_interfaces
                .iter()
                .map(interface)
                .collect::<Result<_, _>>()?,
            metadata_options: Some(ec2::InstanceMetadataOptions {
                http_endpoint: None,
                http_put_response_hop_limit: Some(data.metadata_options.http_put_response_hop_limit.into()),
                http_tokens: Some(data.metadata_options.http_tokens.clone()),
            }),
            monitoring: data.monitoring.as_ref().map(|switch| ec2::Monitoring {
                enabled: switch.enabled,
            }),
            tag_specifications: self.tag_specifications(cx),
            placement: filled(data.placement.as_ref().map(|placement| &placement.group_name))?.map(|name| {
                ec2::Placement {
                    group_name: Some(name),
                    tenancy: None,
                }
            }),
            credit_specification: data.credit_specification.as_ref().map(|credits| {
                ec2::CreditSpecification {
                    cpu_credits: credits.cpu_credits.clone(),
                }
            }),
            instance_market_options: data.instance_market_options.as_ref().map(|market| {
                ec2::InstanceMarketOptions {
                    market_type: Some(market.market_type.clone()),
                    spot_options: None,
                }
            }),
            capacity_reservation_specification: data
                .capacity_reservation_specification
                .as_ref()
                .map(reservation),
            enclave_options: data.enclave_options.as_ref().map(|switch| ec2::EnclaveOptions {
                enabled: switch.enabled,
            }),
        })
    }

    /// The tags of everything that a node is made of: ours, and those that someone chose.
    fn tag_specifications(&self, cx: &Cx<'_>) -> Vec<ec2::TagSpecification> {
        let asked = &self.launch_template_data.tag_specifications;
        let mut all: BTreeMap<&str, Tags> = TAGGED.map(|resource| (resource, Tags::new())).into();
        for (resource, tags) in asked {
            all.entry(resource).or_default().extend(tags.clone());
        }
        let owner = cx.owner();
        all.into_iter()
            .map(|(resource, mut tags)| {
                // The key says which object a thing is; a part of a node is none.
                tags.extend(
                    owner
                        .tags(&Key::VPC)
                        .into_iter()
                        .filter(|(tag, _)| tag != crate::names::KEY_TAG),
                );
                ec2::TagSpecification {
                    resource_type: resource.to_owned(),
                    tags: list(&tags),
                }
            })
            .collect()
    }

    /// The template of this name, made by an earlier run.
    async fn existing(&self, cx: &Cx<'_>, key: &Key) -> Result<ec2::LaunchTemplate, Failure> {
        let by_name = ec2::DescribeLaunchTemplates {
            launch_template_names: vec![self.launch_template_name.clone()],
            ..ec2::DescribeLaunchTemplates::default()
        };
        let what = format!("launch template `{}`", self.launch_template_name);
        of_this_name(cx, key, &what, &by_name, |template| &template.tags).await
    }

    /// Adds a version, unless the newest one says the same.
    async fn add_version(&self, cx: &Cx<'_>, key: &Key, id: &str) -> Result<Attributes, Failure> {
        let launch_template_data = self.data(cx)?;
        let latest = ec2::DescribeLaunchTemplateVersions {
            launch_template_id: Some(id.to_owned()),
            versions: vec!["$Latest".to_owned()],
        };
        let latest = cx.call(latest).await?.into_iter().next();
        let number = match latest {
            Some(latest) if latest.launch_template_data == launch_template_data => latest.version_number,
            latest => {
                let mut create = ec2::CreateLaunchTemplateVersion {
                    launch_template_id: id.to_owned(),
                    version_description: None,
                    launch_template_data,
                    client_token: None,
                };
                // A version that was there before and comes back is a new version.
                let before = latest.map(|latest| latest.version_number);
                create.client_token = Some(token(cx, key, &(create.clone(), before), 0));
                cx.call(create).await?.version_number
            }
        };
        let default_version = Some(number.to_string());
        cx.call(ec2::ModifyLaunchTemplate {
            launch_template_id: id.to_owned(),
            default_version,
        })
        .await?;
        Ok(described(id, number))
    }
}

fn reservation(asked: &CapacityReservationSpecification) -> ec2::CapacityReservationSpecification {
    let target = asked.capacity_reservation_target.as_ref();
    ec2::CapacityReservationSpecification {
        capacity_reservation_preference: asked.capacity_reservation_preference.clone(),
        capacity_reservation_target: target.map(|target| ec2::CapacityReservationTarget {
            capacity_reservation_id: target.capacity_reservation_id.clone(),
            capacity_reservation_resource_group_arn: target.capacity_reservation_resource_group_arn.clone(),
        }),
    }
}

fn block_device(mapping: &BlockDeviceMapping) -> ec2::BlockDeviceMapping {
    let Ebs {
        delete_on_termination,
        encrypted,
        iops,
        kms_key_id,
        snapshot_id,
        throughput,
        volume_size,
        volume_type,
    } = mapping.ebs.clone();
    let delete_on_termination = Some(delete_on_termination);
    ec2::BlockDeviceMapping {
        device_name: mapping.device_name.clone(),
        ebs: Some(ec2::EbsBlockDevice {
            encrypted,
            delete_on_termination,
            iops,
            kms_key_id,
            snapshot_id,
            throughput,
            volume_size,
            volume_type,
        }),
    }
}

fn interface(interface: &NetworkInterface) -> Result<ec2::InstanceNetworkInterfaceSpecification, Failure> {
    let groups = interface
        .groups
        .iter()
        .map(|group| literal(group).map(str::to_owned));
    Ok(ec2::InstanceNetworkInterfaceSpecification {
        device_index: Some(interface.device_index.into()),
        network_card_index: Some(interface.network_card_index.into()),
        interface_type: interface.interface_type.clone(),
        groups: groups.collect::<Result<_, _>>()?,
        ..ec2::InstanceNetworkInterfaceSpecification::default()
    })
}

impl Lifecycle for LaunchTemplate {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let mut create = ec2::CreateLaunchTemplate {
            launch_template_name: self.launch_template_name.clone(),
            version_description: None,
            launch_template_data: self.data(cx)?,
            tag_specifications: specifications(cx, "launch-template", key, &self.tags),
            client_token: None,
        };
        // The name is unique, so a token only has to hold for one call: the instant tells it from an earlier life's.
        create.client_token = Some(token(cx, key, &(create.clone(), cx.now().as_second()), 0));
        match unless_exists(cx.call(create).await)? {
            Some(made) => Ok(described(&made.launch_template_id, made.latest_version_number)),
            None => {
                let found = self.existing(cx, key).await?;
                self.add_version(cx, key, &found.launch_template_id).await
            }
        }
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        retag(cx, id, &from.tags, &self.tags).await?;
        self.add_version(cx, key, id).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        present(
            cx.call(ec2::DeleteLaunchTemplate {
                launch_template_id: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.templates.iter().filter_map(|(template, version)| {
            let (key, ownership) = reading.key_of(&template.tags)?;
            let spec = Self {
                launch_template_name: template.launch_template_name.clone(),
                launch_template_data: data(&reading.owner, &version.launch_template_data),
                tags: reading.chosen(&template.tags),
            };
            let attributes = described(&template.launch_template_id, template.latest_version_number);
            Some((key, object(spec, attributes, ownership, State::Ready)))
        });
        ours.collect()
    }
}

fn data(owner: &Owner, data: &ec2::LaunchTemplateData) -> LaunchTemplateData {
    let text = |value: &Option<String>| value.as_deref().map(Text::from);
    let metadata = data.metadata_options.clone().unwrap_or_default();
    let user_data = data.user_data.as_deref().unwrap_or_default();
    LaunchTemplateData {
        image_id: data.image_id.clone(),
        instance_type: data.instance_type.clone(),
        key_name: text(&data.key_name),
        iam_instance_profile: data
            .iam_instance_profile
            .as_ref()
            .and_then(|profile| text(&profile.arn))
            .map(|arn| IamInstanceProfile { arn }),
        metadata_options: MetadataOptions {
            // What AWS takes when a template says nothing.
            http_tokens: metadata.http_tokens.unwrap_or_else(|| "optional".to_owned()),
            http_put_response_hop_limit: metadata
                .http_put_response_hop_limit
                .and_then(|hops| u8::try_from(hops).ok())
                .unwrap_or(1),
        },
        network_interfaces: data.network_interfaces.iter().map(read_interface).collect(),
        security_group_ids: data
            .security_group_ids
            .iter()
            .map(|group| Text::from(group.as_str()))
            .collect(),
        placement: data
            .placement
            .as_ref()
            .and_then(|placement| text(&placement.group_name))
            .map(|group_name| Placement { group_name }),
        credit_specification: data
            .credit_specification
            .as_ref()
            .map(|credits| CreditSpecification {
                cpu_credits: credits.cpu_credits.clone(),
            }),
        enclave_options: data.enclave_options.as_ref().map(|options| Switch {
            enabled: options.enabled,
        }),
        capacity_reservation_specification: data
            .capacity_reservation_specification
            .as_ref()
            .map(read_reservation),
        instance_market_options: data
            .instance_market_options
            .as_ref()
            .and_then(|market| market.market_type.clone())
            .map(|market_type| InstanceMarketOptions { market_type }),
        block_device_mappings: data
            .block_device_mappings
            .iter()
            .filter_map(read_block_device)
            .collect(),
        ebs_optimized: data.ebs_optimized,
        monitoring: data.monitoring.as_ref().map(|monitoring| Switch {
            enabled: monitoring.enabled,
        }),
        tag_specifications: read_tags(owner, &data.tag_specifications),
        // What is not text that `lb` could have written is shown as it is.
        user_data: UserData::decode(user_data).unwrap_or_else(|| UserData {
            text: Text::from(user_data),
            gzip: false,
        }),
    }
}

fn read_reservation(found: &ec2::CapacityReservationSpecification) -> CapacityReservationSpecification {
    let target = found.capacity_reservation_target.as_ref();
    CapacityReservationSpecification {
        capacity_reservation_preference: found.capacity_reservation_preference.clone(),
        capacity_reservation_target: target.map(|target| CapacityReservationTarget {
            capacity_reservation_id: target.capacity_reservation_id.clone(),
            capacity_reservation_resource_group_arn: target.capacity_reservation_resource_group_arn.clone(),
        }),
    }
}

fn read_interface(interface: &ec2::InstanceNetworkInterfaceSpecification) -> NetworkInterface {
    let index = |index: Option<i64>| index.and_then(|index| u8::try_from(index).ok()).unwrap_or(0);
    NetworkInterface {
        device_index: index(interface.device_index),
        network_card_index: index(interface.network_card_index),
        interface_type: interface
            .interface_type
            .clone()
            .filter(|kind| kind != "interface"),
        groups: interface
            .groups
            .iter()
            .map(|group| Text::from(group.as_str()))
            .collect(),
    }
}

fn read_block_device(mapping: &ec2::BlockDeviceMapping) -> Option<BlockDeviceMapping> {
    let ebs = mapping.ebs.clone()?;
    Some(BlockDeviceMapping {
        device_name: mapping.device_name.clone(),
        ebs: Ebs {
            delete_on_termination: ebs.delete_on_termination.unwrap_or(true),
            encrypted: ebs.encrypted,
            iops: ebs.iops,
            kms_key_id: ebs.kms_key_id,
            snapshot_id: ebs.snapshot_id,
            throughput: ebs.throughput,
            volume_size: ebs.volume_size,
            volume_type: ebs.volume_type,
        },
    })
}

fn read_tags(owner: &Owner, specifications: &[ec2::TagSpecification]) -> BTreeMap<String, Tags> {
    let chosen = specifications.iter().map(|specification| {
        let tags = specification
            .tags
            .iter()
            .map(|tag| (tag.key.as_str(), tag.value.as_str()));
        (specification.resource_type.clone(), chosen(owner, tags))
    });
    chosen.filter(|(_, tags)| !tags.is_empty()).collect()
}
