//! What a cluster costs by the hour: list prices of the catalog, without traffic and taxes.

use crate::{
    desired::Desired,
    key::Key,
    objects::{LaunchTemplate, Spec},
    observed::Observed,
    text::Text,
    words::list,
};
use jiff::civil::Date;
use lb_model::catalog::{Catalog, HOURS_A_MONTH, Support, Volume};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
};

/// What public addresses are for.
const ADDRESSES: &str = "public, of NAT gateways and nodes";

/// Dollars an hour, by how large the groups are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Hourly {
    /// With every group at its smallest.
    pub idle_usd_per_hour: f64,
    /// With every group as large as it wants to be now, which a config says of the start.
    pub now_usd_per_hour: f64,
    /// With every group at its largest.
    pub full_usd_per_hour: f64,
}

impl Hourly {
    fn always(usd: f64) -> Self {
        Self {
            idle_usd_per_hour: usd,
            now_usd_per_hour: usd,
            full_usd_per_hour: usd,
        }
    }

    fn by_size(usd: f64, sizes: Sizes) -> Self {
        Self {
            idle_usd_per_hour: usd * f64::from(sizes.min),
            now_usd_per_hour: usd * f64::from(sizes.now),
            full_usd_per_hour: usd * f64::from(sizes.max),
        }
    }
}

impl AddAssign for Hourly {
    fn add_assign(&mut self, other: Self) {
        self.idle_usd_per_hour += other.idle_usd_per_hour;
        self.now_usd_per_hour += other.now_usd_per_hour;
        self.full_usd_per_hour += other.full_usd_per_hour;
    }
}

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// EKS's control plane.
    ControlPlane,
    /// NAT gateways, without their traffic.
    NatGateways,
    /// Machines.
    Nodes,
    /// Their volumes.
    Volumes,
    /// Public IPv4 addresses of NAT gateways and nodes.
    PublicAddresses,
}

impl Part {
    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::ControlPlane => "control plane",
            Self::NatGateways => "NAT gateways",
            Self::Nodes => "nodes",
            Self::Volumes => "volumes",
            Self::PublicAddresses => "addresses",
        }
    }
}

/// The nodes of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nodes {
    /// Fewest.
    pub min: u32,
    /// As many as the group wants to have now.
    pub now: u32,
    /// Most.
    pub max: u32,
    /// GPUs of each.
    pub gpus: u32,
    /// What the machine alone costs, in dollars an hour; `None` where that is not known.
    pub machine_usd_per_hour: Option<f64>,
    /// What one costs with its volumes and its public address, in dollars an hour, as far as it is known.
    pub usd_per_hour: f64,
}

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// What is paid for.
    pub part: Part,
    /// What it is: `Kubernetes 1.35`, a nodegroup's name.
    pub what: String,
    /// The instance type of nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// The nodes themselves; what is read by programs has their sums.
    #[serde(skip)]
    pub nodes: Option<Nodes>,
    /// What it costs.
    #[serde(flatten)]
    pub hourly: Hourly,
}

/// What a cluster costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// All of it.
    #[serde(flatten)]
    pub total: Hourly,
    /// Nodes with every group at its largest.
    pub full_nodes: u64,
    /// GPUs with every group at its largest.
    pub full_gpus: u64,
    /// What has a price: one line for what is there once, one for each nodegroup's nodes.
    pub lines: Vec<Line>,
    /// Instance types and kinds of volumes whose price the catalog does not know; they are not in the sums.
    pub without_price: BTreeSet<String>,
}

impl Cost {
    /// What a month costs in which everything runs at full scale for so many hours and is idle for the rest.
    pub fn usd_of_month(&self, full_scale_hours: f64) -> f64 {
        let full = full_scale_hours.clamp(0.0, HOURS_A_MONTH);
        let Hourly {
            idle_usd_per_hour,
            full_usd_per_hour,
            ..
        } = self.total;
        idle_usd_per_hour * (HOURS_A_MONTH - full) + full_usd_per_hour * full
    }

    /// What is not in the sums: "without `g9.large`, whose price is not known"; `None` where all is.
    pub fn without_price_in_words(&self) -> Option<String> {
        let names: Vec<String> = self
            .without_price
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        (!names.is_empty()).then(|| format!("without {}, whose price is not known", list(&names)))
    }

    /// What one GPU costs for an hour with its share of its node, in dollars, with the node's instance type: the cheapest
    /// first. Types whose price is not known are left out.
    pub fn per_gpu(&self) -> Vec<(f64, &str)> {
        let priced = self
            .gpu_nodes()
            .filter(|(nodes, _)| nodes.machine_usd_per_hour.is_some());
        let mut all: Vec<(f64, &str)> = priced
            .map(|(nodes, name)| (nodes.usd_per_hour / f64::from(nodes.gpus), name))
            .collect();
        all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        all
    }

    /// The groups whose nodes have GPUs, with the instance type of each.
    pub fn gpu_nodes(&self) -> impl Iterator<Item = (Nodes, &str)> {
        let of = |line: &'_ Line| line.nodes.filter(|nodes| nodes.gpus > 0);
        self.lines
            .iter()
            .filter_map(move |line| Some((of(line)?, line.instance_type.as_deref()?)))
    }

    fn add(&mut self, part: Part, what: &str, hourly: Hourly) {
        self.total += hourly;
        match self
            .lines
            .iter_mut()
            .find(|line| line.part == part && line.what == what)
        {
            Some(line) => line.hourly += hourly,
            None => self.lines.push(Line {
                part,
                what: what.to_owned(),
                instance_type: None,
                nodes: None,
                hourly,
            }),
        }
    }
}

/// What the cluster that a config asks for costs on a day.
pub fn desired_cost(desired: &Desired, catalog: &Catalog, today: Date) -> Cost {
    let objects = desired.objects.iter();
    cost(
        &objects.map(|(key, wanted)| (key.clone(), &wanted.spec)).collect(),
        catalog,
        today,
    )
}

/// What the cluster that is there costs on a day.
pub fn observed_cost(observed: &Observed, catalog: &Catalog, today: Date) -> Cost {
    let observed = observed.with_holes();
    let objects = observed.objects.iter();
    cost(
        &objects.map(|(key, object)| (key.clone(), &object.spec)).collect(),
        catalog,
        today,
    )
}

/// What the objects cost on a day. References between them must be holes.
pub fn cost(objects: &BTreeMap<Key, &Spec>, catalog: &Catalog, today: Date) -> Cost {
    let mut cost = Cost::default();
    for (key, spec) in objects {
        match spec {
            Spec::Cluster(cluster) => {
                let (price, note) = match catalog.support(&cluster.version, today) {
                    Support::Extended { .. } | Support::Gone { .. } => {
                        ("control-plane-extended", ", extended support")
                    }
                    _ => ("control-plane", ""),
                };
                let what = format!("Kubernetes {}{note}", cluster.version);
                cost.add(
                    Part::ControlPlane,
                    &what,
                    Hourly::always(catalog.usd_per_hour(price)),
                );
            }
            Spec::NatGateway(_) => {
                let hourly = Hourly::always(catalog.usd_per_hour("nat-gateway"));
                cost.add(Part::NatGateways, "without traffic", hourly);
            }
            Spec::Eip(_) => {
                let hourly = Hourly::always(catalog.usd_per_hour("public-ipv4"));
                cost.add(Part::PublicAddresses, ADDRESSES, hourly);
            }
            Spec::AutoScalingGroup(group) => {
                let template = template(&group.launch_template.launch_template_id, objects);
                let name = key.nodegroup_name().unwrap_or(key.as_str());
                let sizes = Sizes::of(group.min_size, group.desired_capacity, group.max_size);
                let public = is_public(group.vpc_zone_identifier.iter(), objects);
                nodes(&mut cost, name, None, &sizes, template, public, catalog);
            }
            Spec::Nodegroup(group) => {
                let template = template(&group.launch_template.id, objects);
                let scaling = &group.scaling_config;
                let sizes = Sizes::of(scaling.min_size, scaling.desired_size, scaling.max_size);
                let public = is_public(group.subnets.iter(), objects);
                let first = group.instance_types.first().map(String::as_str);
                nodes(
                    &mut cost,
                    &group.nodegroup_name,
                    first,
                    &sizes,
                    template,
                    public,
                    catalog,
                );
            }
            _ => {}
        }
    }
    cost.lines.sort_by_key(|line| line.part);
    cost
}

/// How many nodes a group has at least, wants now, and has at most.
#[derive(Clone, Copy)]
struct Sizes {
    min: u32,
    now: u32,
    max: u32,
}

impl Sizes {
    fn of(min: u32, now: Option<u32>, max: u32) -> Self {
        Self {
            min,
            now: now.unwrap_or(min),
            max,
        }
    }
}

fn template<'a>(id: &Text, objects: &BTreeMap<Key, &'a Spec>) -> Option<&'a LaunchTemplate> {
    match objects.get(&id.as_hole()?.key)? {
        Spec::LaunchTemplate(template) => Some(template),
        _ => None,
    }
}

/// Whether nodes in these subnets have public addresses.
fn is_public<'a>(mut subnets: impl Iterator<Item = &'a Text>, objects: &BTreeMap<Key, &Spec>) -> bool {
    subnets.any(
        |text| match text.as_hole().and_then(|hole| objects.get(&hole.key)) {
            Some(Spec::Subnet(subnet)) => subnet.map_public_ip_on_launch,
            _ => false,
        },
    )
}

/// The nodes of a group; on demand, whatever a spot instance may cost. `first` is its instance type where the template
/// names none.
fn nodes(
    cost: &mut Cost,
    name: &str,
    first: Option<&str>,
    sizes: &Sizes,
    template: Option<&LaunchTemplate>,
    public: bool,
    catalog: &Catalog,
) {
    let data = template.map(|template| &template.launch_template_data);
    let of_template = data.and_then(|data| data.instance_type.as_deref());
    let Some(instance_type) = first.or(of_template) else {
        return;
    };
    let instance = catalog.instance(instance_type);
    let machine = instance.and_then(|instance| instance.usd_per_hour);
    if machine.is_none() {
        cost.without_price.insert(instance_type.to_owned());
    }
    let mut each = machine.unwrap_or(0.0);
    let hourly = Hourly::by_size(each, *sizes);
    cost.total += hourly;
    let gpus = instance.map_or(0, |instance| instance.gpu_count());
    for mapping in data.into_iter().flat_map(|data| &data.block_device_mappings) {
        let ebs = &mapping.ebs;
        let kind = ebs.volume_type.as_deref().unwrap_or("gp2");
        let volume = Volume {
            kind,
            gib: ebs.volume_size.unwrap_or(0),
            iops: ebs.iops,
            throughput: ebs.throughput,
        };
        match catalog.volume_usd_per_hour(&volume) {
            Some(usd) => {
                each += usd;
                cost.add(Part::Volumes, "of nodes", Hourly::by_size(usd, *sizes));
            }
            None => {
                cost.without_price.insert(kind.to_owned());
            }
        }
    }
    if public {
        let usd = catalog.usd_per_hour("public-ipv4");
        each += usd;
        cost.add(Part::PublicAddresses, ADDRESSES, Hourly::by_size(usd, *sizes));
    }
    cost.lines.push(Line {
        part: Part::Nodes,
        what: name.to_owned(),
        instance_type: Some(instance_type.to_owned()),
        nodes: Some(Nodes {
            min: sizes.min,
            now: sizes.now,
            max: sizes.max,
            gpus,
            machine_usd_per_hour: machine,
            usd_per_hour: each,
        }),
        hourly,
    });
    cost.full_nodes += u64::from(sizes.max);
    cost.full_gpus += u64::from(sizes.max) * u64::from(gpus);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{desired, facts::AccountFacts};

    #[test]
    fn a_gpu_costs_its_share_of_a_node_and_a_month_what_its_hours_do() {
        let catalog = Catalog::builtin();
        let config = desired::tests::config(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: us-west-2, version: '1.35'}\n\
             nodeGroups:\n- {name: four, instanceType: g5.12xlarge, minSize: 0, maxSize: 2}\n\
             - {name: one, instanceType: g5.xlarge, minSize: 0, maxSize: 4}\n- {name: none, instanceType: t3.large, minSize: 1, maxSize: 1}\n",
        );
        let facts = AccountFacts::assumed(catalog, "us-west-2");
        let desired = desired::desired(&config, &facts, catalog).unwrap();
        let cost = desired_cost(&desired, catalog, jiff::civil::date(2026, 11, 23));
        let beside = 0.005 + 80.0 * 0.08 / 730.0;
        let wanted = [
            (1.006 + beside, "g5.xlarge"),
            ((5.672 + beside) / 4.0, "g5.12xlarge"),
        ];
        for ((usd, name), (wanted, of)) in cost.per_gpu().into_iter().zip(wanted) {
            assert!(name == of && (usd - wanted).abs() < 1e-9, "{name} {usd}");
        }
        let sizes: Vec<u32> = cost.gpu_nodes().map(|(nodes, _)| nodes.max).collect();
        assert_eq!(sizes, [2, 4]);
        let (idle, full) = (cost.total.idle_usd_per_hour, cost.total.full_usd_per_hour);
        assert!((cost.usd_of_month(10.0) - (720.0 * idle + 10.0 * full)).abs() < 1e-6);
        assert!((cost.usd_of_month(1000.0) - 730.0 * full).abs() < 1e-6);
    }

    #[test]
    fn both_kinds_of_nodegroup_cost_what_their_nodes_do() {
        let catalog = Catalog::builtin();
        let cost = |kind: &str| {
            let config = desired::tests::config(&format!(
                "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: a, region: us-west-2, version: '1.35'}}\n\
                 {kind}: [{{name: g, instanceType: t3.large, minSize: 1, desiredCapacity: 2, maxSize: 3}}]\n"
            ));
            let facts = AccountFacts::assumed(catalog, "us-west-2");
            let desired = desired::desired(&config, &facts, catalog).unwrap();
            desired_cost(&desired, catalog, jiff::civil::date(2026, 11, 23))
        };
        let (own, managed) = (cost("nodeGroups"), cost("managedNodeGroups"));
        assert_eq!(own, managed);
        let node = 0.0832 + 0.005 + 80.0 * 0.08 / 730.0;
        let standing = 0.10 + 0.045 + 0.005;
        let expected = [standing + node, standing + 2.0 * node, standing + 3.0 * node];
        let total = own.total;
        let found = [
            total.idle_usd_per_hour,
            total.now_usd_per_hour,
            total.full_usd_per_hour,
        ];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{own:?}");
        }
    }
}
