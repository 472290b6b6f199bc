//! What AWS offers besides images: instance types and zones.

use super::invalid;
use crate::{
    operations::ec2::{
        AvailabilityZone, DescribeAvailabilityZones, DescribeInstanceTypeOfferings, DescribeInstanceTypes,
        EfaInfo, GpuDeviceInfo, GpuInfo, InstanceTypeInfo, InstanceTypeOffering, MemoryInfo, NetworkCardInfo,
        NetworkInfo, ProcessorInfo, Tag, VCpuInfo,
    },
    sandbox::{
        Answer, Refusal,
        shelf::{Described, passes_all},
        world::World,
    },
};
use lb_model::catalog::{Arch, Catalog, Instance};

impl World<'_> {
    pub(super) fn describe_instance_type_offerings(
        &mut self,
        input: DescribeInstanceTypeOfferings,
    ) -> Answer<Vec<InstanceTypeOffering>> {
        let zones = match input.location_type.as_str() {
            "availability-zone" => self.zones(),
            "region" => vec![self.region.name.clone()],
            other => {
                return Err(invalid(format!(
                    "Value ({other}) for parameter locationType is invalid."
                )));
            }
        };
        let mut found = Vec::new();
        for instance in Catalog::builtin().instances() {
            for zone in &zones {
                let offering = InstanceTypeOffering {
                    instance_type: instance.name.to_owned(),
                    location: zone.clone(),
                    location_type: input.location_type.clone(),
                };
                let offered = self.offers(instance.name, zone)
                    || input.location_type == "region"
                        && self.zones().iter().any(|z| self.offers(instance.name, z));
                if offered && passes_all(&offering, &input.filters)? {
                    found.push(offering);
                }
            }
        }
        Ok(found)
    }

    pub(super) fn describe_instance_types(
        &mut self,
        input: DescribeInstanceTypes,
    ) -> Answer<Vec<InstanceTypeInfo>> {
        let catalog = Catalog::builtin();
        let all: Vec<&Instance> = if input.instance_types.is_empty() {
            catalog.instances().iter().collect()
        } else {
            let missing = |name: &String| {
                let text = format!("The following supplied instance types do not exist: [{name}]");
                Refusal::new("InvalidInstanceType", text)
            };
            let names = input.instance_types.iter();
            names
                .map(|name| catalog.instance(name).ok_or_else(|| missing(name)))
                .collect::<Answer<_>>()?
        };
        let mut found = Vec::new();
        for info in all.into_iter().map(type_info) {
            if passes_all(&info, &input.filters)? {
                found.push(info);
            }
        }
        Ok(found)
    }

    pub(super) fn describe_availability_zones(
        &mut self,
        input: DescribeAvailabilityZones,
    ) -> Answer<Vec<AvailabilityZone>> {
        let mut found = Vec::new();
        let zones = self.zones();
        if let Some(unknown) = input.zone_names.iter().find(|name| !zones.contains(name)) {
            return Err(invalid(format!("Invalid availability zone: [{unknown}]")));
        }
        for (index, name) in zones.into_iter().enumerate() {
            let zone = AvailabilityZone {
                zone_id: format!("{}-az{}", self.region.name, index + 1),
                region_name: self.region.name.clone(),
                state: "available".into(),
                zone_type: "availability-zone".into(),
                zone_name: name,
            };
            let named = input.zone_names.is_empty() || input.zone_names.contains(&zone.zone_name);
            if named && passes_all(&zone, &input.filters)? {
                found.push(zone);
            }
        }
        Ok(found)
    }
}

fn type_info(instance: &Instance) -> InstanceTypeInfo {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let gpu = instance
        .gpus
        .as_ref()
        .filter(|gpus| gpus.count > 0)
        .map(|gpus| GpuDeviceInfo {
            count: i64::from(gpus.count),
            manufacturer: "NVIDIA".into(),
            name: gpus.model.to_uppercase(),
        });
    InstanceTypeInfo {
        instance_type: instance.name.to_owned(),
        v_cpu_info: VCpuInfo {
            default_v_cpus: i64::from(instance.vcpus),
        },
        memory_info: MemoryInfo {
            size_in_mib: number(instance.memory_mib),
        },
        processor_info: ProcessorInfo {
            supported_architectures: vec![architecture(instance).to_owned()],
        },
        gpu_info: gpu.map(|gpu| GpuInfo { gpus: vec![gpu] }),
        network_info: Some(network_info(instance.name)),
    }
}

/// The network cards of a type, as far as they are for adapters.
fn network_info(instance_type: &str) -> NetworkInfo {
    let Some(efa) = Catalog::builtin().efa(instance_type) else {
        return NetworkInfo {
            maximum_network_cards: 1,
            ..NetworkInfo::default()
        };
    };
    let (first, adapters) = (i64::from(efa.first_card), i64::from(efa.adapters));
    let card = |network_card_index: i64| NetworkCardInfo {
        network_card_index,
        interface_types: if network_card_index < first {
            vec!["interface".into()]
        } else {
            ["interface", "efa", "efa-only"].map(str::to_owned).into()
        },
    };
    NetworkInfo {
        efa_supported: true,
        efa_info: Some(EfaInfo {
            maximum_efa_interfaces: adapters,
        }),
        maximum_network_cards: first + adapters,
        network_cards: (0..first + adapters).map(card).collect(),
    }
}

/// A type's architecture in AWS's word.
pub(in crate::sandbox) fn architecture(instance: &Instance) -> &'static str {
    match instance.arch {
        Arch::X86_64 => "x86_64",
        Arch::Arm64 => "arm64",
    }
}

impl Described for InstanceTypeOffering {
    fn tags(&self) -> &[Tag] {
        &[]
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "instance-type" => test(&self.instance_type),
            "location" => test(&self.location),
            _ => return None,
        })
    }
}

impl Described for InstanceTypeInfo {
    fn tags(&self) -> &[Tag] {
        &[]
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "instance-type" => test(&self.instance_type),
            "processor-info.supported-architecture" => self
                .processor_info
                .supported_architectures
                .iter()
                .any(|name| test(name)),
            _ => return None,
        })
    }
}

impl Described for AvailabilityZone {
    fn tags(&self) -> &[Tag] {
        &[]
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "zone-name" => test(&self.zone_name),
            "zone-id" => test(&self.zone_id),
            "zone-type" => test(&self.zone_type),
            "region-name" => test(&self.region_name),
            "state" => test(&self.state),
            "opt-in-status" => test("opt-in-not-required"),
            _ => return None,
        })
    }
}
