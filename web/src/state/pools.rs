//! The nodegroups of a config in the words of the page: routes in parallel, dollars an hour, quotas.

use super::ui::PoolId;
use lb_model::{
    catalog::{Catalog, Gpus, Instance, QuotaFamily, Volume},
    config::{ClusterConfig, NodeGroupKind, NodeGroupRef, OrEmpty},
};

/// What eksctl starts when a nodegroup names no size (eksctl-behaviour: defaults of nodegroups).
const DEFAULT_NODES: i64 = 2;
/// Disk of a node in GiB when the file names none.
const DEFAULT_DISK_GIB: i64 = 80;
/// The instance type that eksctl takes when the file names none.
const DEFAULT_TYPE: &str = "m5.large";

/// A nodegroup with what follows from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pool<'a> {
    /// Where it stands.
    pub id: PoolId,
    /// Its fields.
    pub group: NodeGroupRef<'a>,
    /// What is known of its instance type.
    pub instance: Option<&'a Instance>,
}

/// The sizes of a pool, as eksctl would take them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Least nodes.
    pub min: i64,
    /// Nodes at the start.
    pub start: i64,
    /// Most nodes.
    pub max: i64,
}

impl<'a> Pool<'a> {
    fn new(group: NodeGroupRef<'a>, catalog: &'a Catalog) -> Self {
        let managed = matches!(group.kind, NodeGroupKind::Managed(_));
        let id = PoolId {
            managed,
            index: group.index,
        };
        let mut pool = Self {
            id,
            group,
            instance: None,
        };
        pool.instance = catalog.instance(pool.instance_type());
        pool
    }

    /// Its instance type; the first of several.
    pub(crate) fn instance_type(&self) -> &'a str {
        let own = self.group.instance_type.or_empty();
        let of_several = self
            .group
            .as_managed()
            .and_then(|group| group.instance_types.first())
            .or_else(|| {
                let group = self.group.as_self_managed()?;
                group.instances_distribution.as_ref()?.instance_types.first()
            })
            .map(String::as_str);
        match (own, of_several) {
            ("" | "mixed", Some(first)) => first,
            ("", None) => DEFAULT_TYPE,
            (own, _) => own,
        }
    }

    /// Its sizes: what is not written follows from what is.
    pub(crate) fn sizes(&self) -> Sizes {
        let desired = *self.group.desired_capacity;
        let min = self.group.min_size.or(desired).unwrap_or(DEFAULT_NODES);
        let max = self.group.max_size.or(desired).unwrap_or(min);
        Sizes {
            min,
            start: desired.unwrap_or(min),
            max,
        }
    }

    /// Its GPUs, if it has whole ones.
    pub(crate) fn gpus(&self) -> Option<Gpus> {
        self.instance
            .and_then(|instance| instance.gpus)
            .filter(|gpus| gpus.count > 0)
    }

    /// GPUs of one node: each runs one route.
    pub(crate) fn gpus_per_node(&self) -> usize {
        self.gpus().map_or(0, |gpus| gpus.count as usize)
    }

    /// Routes that run in parallel when it is as large as it may be.
    pub(crate) fn routes(&self) -> usize {
        self.gpus_per_node() * count(self.sizes().max)
    }

    /// What one node costs for an hour; `None` where nobody knows.
    pub(crate) fn dollars(&self) -> Option<f64> {
        self.instance.and_then(|instance| instance.usd_per_hour)
    }

    /// Disk of one node in GiB.
    pub(crate) fn disk_gib(&self) -> i64 {
        self.group.volume_size.unwrap_or(DEFAULT_DISK_GIB)
    }

    /// What the disk of one node costs for an hour.
    pub(crate) fn disk_dollars(&self, catalog: &Catalog) -> Option<f64> {
        catalog.volume_usd_per_hour(&Volume {
            kind: self.group.volume_type.as_deref().unwrap_or("gp3"),
            gib: self.disk_gib(),
            iops: *self.group.volume_iops,
            throughput: *self.group.volume_throughput,
        })
    }

    /// The zones it may start nodes in, without the region: the file's, else those that offer its type.
    pub(crate) fn zones(&self, config: &ClusterConfig, catalog: &Catalog) -> Option<Vec<String>> {
        let region = &config.metadata.region;
        let of_file = match (
            self.group.availability_zones.as_slice(),
            config.availability_zones.as_slice(),
        ) {
            ([], of_cluster) => of_cluster,
            (own, _) => own,
        };
        let zones = if of_file.is_empty() {
            catalog.zones_offering(self.instance_type(), region)?
        } else {
            of_file.to_vec()
        };
        Some(zones.iter().map(|zone| short_zone(zone, region)).collect())
    }
}

/// `2a` of `us-west-2a`.
pub(crate) fn short_zone(zone: &str, region: &str) -> String {
    let number: String = region.chars().rev().take_while(char::is_ascii_digit).collect();
    match zone.strip_prefix(region) {
        Some(letter) => format!("{number}{letter}"),
        None => zone.to_owned(),
    }
}

/// A number of nodes; a negative one, which a rule refuses, counts as none.
pub(crate) fn count(nodes: i64) -> usize {
    usize::try_from(nodes).unwrap_or(0)
}

/// All nodegroups of a config.
pub(crate) fn pools<'a>(config: &'a ClusterConfig, catalog: &'a Catalog) -> Vec<Pool<'a>> {
    config
        .all_node_groups()
        .map(|group| Pool::new(group, catalog))
        .collect()
}

/// What all pools together can do and need.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Capacity {
    /// GPUs, and so routes in parallel, at full scale.
    pub routes: usize,
    /// Routes that run at the start.
    pub routes_at_start: usize,
    /// Nodes with GPUs at full scale.
    pub gpu_nodes: usize,
    /// vCPUs at full scale by quota.
    pub vcpus: Vec<(QuotaFamily, u64)>,
}

/// Adds up the pools.
pub(crate) fn capacity(pools: &[Pool<'_>]) -> Capacity {
    let mut sum = Capacity::default();
    for pool in pools {
        let sizes = pool.sizes();
        let (start, max) = (count(sizes.start), count(sizes.max));
        sum.routes += pool.routes();
        sum.routes_at_start += pool.gpus_per_node() * start;
        sum.gpu_nodes += if pool.gpus().is_some() { max } else { 0 };
        if let Some((family, instance)) = pool.instance.and_then(|i| Some((i.quota_family()?, i))) {
            let vcpus = u64::from(instance.vcpus) * max as u64;
            match sum.vcpus.iter_mut().find(|(known, _)| *known == family) {
                Some((_, sum)) => *sum += vcpus,
                None => sum.vcpus.push((family, vcpus)),
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use lb_model::document::Document;

    const CONFIG: &str = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: us-west-2}\n\
        nodeGroups:\n- {name: big, instanceType: g5.12xlarge, minSize: 0, desiredCapacity: 1, maxSize: 4}\n\
        - {name: cpu, instanceType: t3.large}\nmanagedNodeGroups:\n- {name: m, maxSize: -1}\n";

    #[test]
    fn pools_add_up() {
        let document = Document::parse(CONFIG);
        let pools = pools(document.config(), Catalog::builtin());
        let big = pools[0];
        assert_eq!(
            big.sizes(),
            Sizes {
                min: 0,
                start: 1,
                max: 4
            }
        );
        assert_eq!((big.routes(), big.gpus_per_node()), (16, 4));
        assert_eq!(
            big.zones(document.config(), Catalog::builtin()).unwrap(),
            ["2a", "2b", "2c"]
        );
        assert_eq!(
            pools[1].sizes(),
            Sizes {
                min: 2,
                start: 2,
                max: 2
            }
        );
        assert_eq!(
            (pools[2].instance_type(), pools[2].id.managed),
            ("m5.large", true)
        );
        let sum = capacity(&pools);
        assert_eq!((sum.routes, sum.routes_at_start, sum.gpu_nodes), (16, 4, 4));
        assert_eq!(sum.vcpus[0], (QuotaFamily::G, 192));
    }
}
