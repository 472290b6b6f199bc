//! Volumes of nodes (eksctl's `block_device_mapping.go`).

use crate::objects::{BlockDeviceMapping, Ebs};
use lb_model::config::{NodeGroupRef, OrEmpty, VolumeMapping};

/// Where Bottlerocket keeps its system, and where its data.
const BOTTLEROCKET: (&str, &str) = ("/dev/xvda", "/dev/xvdb");

/// The root volume and the further ones. Encrypted where nothing else is asked: eksctl takes the image's own flag.
pub(super) fn of(group: &NodeGroupRef<'_>, family: &str, root_device: String) -> Vec<BlockDeviceMapping> {
    let asked = group.volume_name.clone().filter(|name| !name.is_empty());
    let bottlerocket = asked.is_none() && super::templates::is_bottlerocket(family);
    let usual = if bottlerocket {
        BOTTLEROCKET.1.to_owned()
    } else {
        root_device
    };
    let root = VolumeMapping {
        volume_size: *group.volume_size,
        volume_type: group.volume_type.clone(),
        volume_name: asked.or(Some(usual)),
        volume_encrypted: *group.volume_encrypted,
        volume_kms_key_id: group.volume_kms_key_id.clone(),
        volume_iops: *group.volume_iops,
        volume_throughput: *group.volume_throughput,
        snapshot_id: None,
    };
    let mut mappings: Vec<BlockDeviceMapping> = std::iter::once(&root)
        .chain(group.additional_volumes)
        .filter_map(mapping)
        .collect();
    // The system's volume is encrypted with the data's.
    if bottlerocket
        && let Some(data) = mappings.first().map(|mapping| mapping.ebs.clone())
        && data.encrypted == Some(true)
    {
        mappings.push(BlockDeviceMapping {
            device_name: BOTTLEROCKET.0.to_owned(),
            ebs: Ebs {
                delete_on_termination: true,
                encrypted: data.encrypted,
                kms_key_id: data.kms_key_id,
                volume_type: data.volume_type,
                ..Ebs::default()
            },
        });
    }
    mappings
}

/// A volume; eksctl drops one without a device name or with a size of zero.
fn mapping(volume: &VolumeMapping) -> Option<BlockDeviceMapping> {
    let VolumeMapping {
        volume_size,
        volume_type,
        volume_name,
        volume_encrypted,
        volume_kms_key_id,
        volume_iops,
        volume_throughput,
        snapshot_id,
    } = volume;
    if *volume_size == Some(0) {
        return None;
    }
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let kind = match volume_type.or_empty() {
        "" => "gp3",
        kind => kind,
    };
    let (iops, throughput) = match kind {
        "gp3" => (volume_iops.or(Some(3000)), volume_throughput.or(Some(125))),
        "io1" | "io2" => (volume_iops.or(Some(100)), None),
        _ => (None, None),
    };
    Some(BlockDeviceMapping {
        device_name: given(volume_name)?,
        ebs: Ebs {
            delete_on_termination: true,
            encrypted: Some(volume_encrypted.unwrap_or(true)),
            iops,
            kms_key_id: given(volume_kms_key_id),
            snapshot_id: given(snapshot_id),
            throughput,
            volume_size: Some(volume_size.unwrap_or(80)),
            volume_type: Some(kind.to_owned()),
        },
    })
}
