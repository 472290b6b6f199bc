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

    /// What one node costs for an hour with all its disks and its public address, as far as it is known.
    fn node_dollars(&self, catalog: &Catalog) -> f64 {
        let more = self.group.additional_volumes.iter().filter_map(|volume| {
            catalog.volume_usd_per_hour(&Volume {
                kind: volume.volume_type.as_deref().unwrap_or("gp3"),
                gib: volume.volume_size.unwrap_or(DEFAULT_DISK_GIB),
                iops: volume.volume_iops,
                throughput: volume.volume_throughput,
            })
        });
        let address = if self.group.private_networking.unwrap_or(false) {
            0.0
        } else {
            catalog.usd_per_hour("public-ipv4")
        };
        let disks = self.disk_dollars(catalog).unwrap_or(0.0) + more.sum::<f64>();
        self.dollars().unwrap_or(0.0) + disks + address
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
    /// What all nodes cost for an hour at full scale, where it is known.
    pub full_dollars: f64,
    /// What as few nodes as there may be cost for an hour.
    pub idle_dollars: f64,
    /// Instance types whose price nobody knows.
    pub unpriced: Vec<String>,
    /// vCPUs at full scale by quota.
    pub vcpus: Vec<(QuotaFamily, u64)>,
}

/// Adds up the pools.
pub(crate) fn capacity(pools: &[Pool<'_>], catalog: &Catalog) -> Capacity {
    let mut sum = Capacity::default();
    for pool in pools {
        let sizes = pool.sizes();
        let (start, max) = (count(sizes.start), count(sizes.max));
        sum.routes += pool.routes();
        sum.routes_at_start += pool.gpus_per_node() * start;
        sum.gpu_nodes += if pool.gpus().is_some() { max } else { 0 };
        let each = pool.node_dollars(catalog);
        sum.full_dollars += each * max as f64;
        sum.idle_dollars += each * count(sizes.min) as f64;
        let name = pool.instance_type();
        if pool.dollars().is_none() && !sum.unpriced.iter().any(|known| known == name) {
            sum.unpriced.push(name.to_owned());
        }
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

/// What the cluster costs for an hour besides its nodes: the control plane, and the NAT gateway with its address.
pub(crate) fn standing_dollars(catalog: &Catalog, extended: bool) -> f64 {
    let plane = if extended {
        "control-plane-extended"
    } else {
        "control-plane"
    };
    [plane, "nat-gateway", "public-ipv4"]
        .map(|key| catalog.usd_per_hour(key))
        .iter()
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::preset::example;
    use lb_model::{document::Document, leaderboard::Edition};
    use lb_provision::{desired::desired, facts::AccountFacts, plan::desired_cost};

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
        let sum = capacity(&pools, Catalog::builtin());
        assert_eq!((sum.routes, sum.routes_at_start, sum.gpu_nodes), (16, 4, 4));
        assert_eq!(sum.vcpus[0], (QuotaFamily::G, 192));
        // Nodes have an address and 80 GiB each.
        let beside = 0.005 + 80.0 * 0.08 / 730.0;
        let full = 4.0 * (5.672 + beside) + 2.0 * (0.0832 + beside);
        assert!((sum.full_dollars - full).abs() < 1e-9, "{}", sum.full_dollars);
    }

    /// The page adds up pools, `lb` the objects that they become: both must come to the same.
    #[test]
    fn the_page_and_lb_name_the_same_cost() {
        let catalog = Catalog::builtin();
        for edition in [Edition::V1, Edition::V2] {
            let document = Document::parse(example(edition));
            let config = document.config();
            let assumed = AccountFacts::assumed(catalog, &config.metadata.region);
            let desired = desired(config, &assumed, catalog).unwrap();
            let theirs = desired_cost(&desired, catalog, jiff::civil::date(2026, 11, 23)).total;
            let sum = capacity(&pools(config, catalog), catalog);
            let standing = standing_dollars(catalog, false);
            for (ours, theirs) in [
                (sum.idle_dollars + standing, theirs.idle_usd_per_hour),
                (sum.full_dollars + standing, theirs.full_usd_per_hour),
            ] {
                assert!((ours - theirs).abs() < 1e-9, "{ours} and {theirs}");
            }
        }
    }
}
