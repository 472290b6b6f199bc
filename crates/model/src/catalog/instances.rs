//! Instance types and the zones that offer them.

use super::table::{Row, optional};
use serde::{Deserialize, Serialize};

/// An EC2 instance type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instance {
    /// `g5.xlarge`.
    pub name: &'static str,
    /// What its images must be built for.
    pub arch: Arch,
    /// Virtual CPUs, which quotas count.
    pub vcpus: u32,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Pods that the VPC CNI can give an address, those of the node itself included.
    pub max_pods: u32,
    /// On-demand price for Linux in us-east-1, in USD an hour; `None` where it is not known.
    pub usd_per_hour: Option<f64>,
    /// Its NVIDIA GPUs; `None` without any.
    pub gpus: Option<Gpus>,
}

/// Whether an instance type, by its name, has AWS's own accelerators, Inferentia or Trainium, which Neuron drives.
pub fn has_neuron(instance_type: &str) -> bool {
    let digits = instance_type
        .strip_prefix("inf")
        .or_else(|| instance_type.strip_prefix("trn"));
    digits.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The NVIDIA GPUs of an instance type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gpus {
    /// How many whole ones: what `nvidia.com/gpu` counts. 0 where the type has only a share of one.
    pub count: u32,
    /// `a10g`.
    pub model: &'static str,
    /// Memory of each, in MiB.
    pub memory_mib: u64,
    /// The instance's own disks together, in GB; 0 without any.
    pub local_nvme_gb: u32,
}

/// The Elastic Fabric Adapters that an instance type takes, one for each network card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Efa {
    /// The number of the first card that takes one; the others follow it.
    pub first_card: u32,
    /// How many the type takes.
    pub adapters: u32,
}

/// Processor architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// Intel and AMD.
    X86_64,
    /// Graviton.
    Arm64,
}

/// The vCPU quota that a type's running instances count against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QuotaFamily {
    /// A, C, D, H, I, M, R, T, Z.
    Standard,
    /// G and VT.
    G,
    /// P.
    P,
}

impl QuotaFamily {
    /// The key of its quota for on-demand instances, for [`super::Catalog::quota`].
    pub fn quota_key(self) -> &'static str {
        match self {
            Self::Standard => "standard-vcpus",
            Self::G => "g-vcpus",
            Self::P => "p-vcpus",
        }
    }

    /// The key of its quota for spot instances.
    pub fn spot_quota_key(self) -> &'static str {
        match self {
            Self::Standard => "standard-spot-vcpus",
            Self::G => "g-spot-vcpus",
            Self::P => "p-spot-vcpus",
        }
    }

    /// The family in words, as in `G`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::G => "G",
            Self::P => "P",
        }
    }
}

impl Instance {
    /// The part of the name before the point: `g5`.
    pub fn family(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(family, _)| family)
    }

    /// How many whole NVIDIA GPUs it has.
    pub fn gpu_count(&self) -> u32 {
        self.gpus.map_or(0, |gpus| gpus.count)
    }

    /// The vCPU quota it counts against; `None` for families with a quota of their own.
    pub fn quota_family(&self) -> Option<QuotaFamily> {
        let letters = self.family().split(|c: char| !c.is_ascii_lowercase()).next()?;
        match letters {
            "a" | "c" | "d" | "h" | "i" | "im" | "is" | "m" | "r" | "t" | "z" => Some(QuotaFamily::Standard),
            "g" | "gr" | "vt" => Some(QuotaFamily::G),
            "p" => Some(QuotaFamily::P),
            _ => None,
        }
    }
}

impl Row for Instance {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let (&[name, arch, vcpus, memory_mib, max_pods], rest) = fields.split_first_chunk::<5>()?;
        let gpus = match optional(rest.get(1))? {
            None => None,
            Some(count) => Some(Gpus {
                count,
                model: rest.get(2)?,
                memory_mib: rest.get(3)?.parse().ok()?,
                local_nvme_gb: optional(rest.get(4))?.unwrap_or(0),
            }),
        };
        Some(Self {
            name,
            arch: match arch {
                "x86_64" => Arch::X86_64,
                "arm64" => Arch::Arm64,
                _ => return None,
            },
            vcpus: vcpus.parse().ok()?,
            memory_mib: memory_mib.parse().ok()?,
            max_pods: max_pods.parse().ok()?,
            usd_per_hour: optional(rest.first())?,
            gpus,
        })
    }
}

/// The types that take the same adapters.
#[derive(Clone, Debug)]
pub(super) struct Adapters {
    pub(super) efa: Efa,
    pub(super) types: Vec<&'static str>,
}

impl Row for Adapters {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[adapters, first_card, types] = fields else {
            return None;
        };
        Some(Self {
            efa: Efa {
                first_card: first_card.parse().ok()?,
                adapters: adapters.parse().ok()?,
            },
            types: types.split(' ').collect(),
        })
    }
}

/// The types that the same zones of a region offer.
#[derive(Clone, Debug)]
pub(super) struct Offering {
    pub(super) region: &'static str,
    /// One letter a zone.
    pub(super) zones: &'static str,
    /// Whole families and single types.
    types: Vec<&'static str>,
}

impl Offering {
    pub(super) fn includes(&self, instance_type: &str) -> bool {
        let family = instance_type
            .split_once('.')
            .map_or(instance_type, |(family, _)| family);
        self.types
            .iter()
            .any(|&entry| entry == family || entry == instance_type)
    }
}

impl Row for Offering {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[region, zones, types] = fields else {
            return None;
        };
        Some(Self {
            region,
            zones,
            types: types.split(' ').collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Catalog;
    use super::*;

    #[test]
    fn quotas_go_by_the_letters_of_the_family() {
        let family = |name| Catalog::builtin().instance(name).and_then(Instance::quota_family);
        assert_eq!(family("t3.large"), Some(QuotaFamily::Standard));
        assert_eq!(family("i4i.large"), Some(QuotaFamily::Standard));
        assert_eq!(family("g6e.xlarge"), Some(QuotaFamily::G));
        assert_eq!(family("gr6.4xlarge"), Some(QuotaFamily::G));
        assert_eq!(family("p5.4xlarge"), Some(QuotaFamily::P));
        assert_eq!(family("trn1.2xlarge"), None);
    }
}
