//! What a cluster costs by the hour: list prices of the catalog, without traffic and taxes.

use crate::{
    key::Key,
    objects::{AutoScalingGroup, LaunchTemplate, Spec},
};
use jiff::civil::Date;
use lb_model::catalog::{Catalog, Support};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Hours of a month, by which AWS sells storage.
const HOURS_A_MONTH: f64 = 730.0;

/// What a cluster costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// With every group at its smallest, in USD an hour.
    pub idle_usd_per_hour: f64,
    /// With every group at its largest, in USD an hour.
    pub full_usd_per_hour: f64,
    /// Nodes with every group at its largest.
    pub full_nodes: u64,
    /// GPUs with every group at its largest.
    pub full_gpus: u64,
    /// Instance types whose price the catalog does not know; they are not in the sums.
    pub without_price: BTreeSet<String>,
}

/// What the objects cost on a day. References between them must be holes.
pub fn cost(objects: &BTreeMap<Key, &Spec>, catalog: &Catalog, today: Date) -> Cost {
    let mut cost = Cost::default();
    let price = |key: &str| catalog.cost(key).map_or(0.0, |cost| cost.usd);
    for spec in objects.values() {
        let always = match spec {
            Spec::Cluster(cluster) => match catalog.support(&cluster.version, today) {
                Support::Extended { .. } | Support::Gone { .. } => price("control-plane-extended"),
                _ => price("control-plane"),
            },
            Spec::NatGateway(_) => price("nat-gateway"),
            Spec::Eip(_) => price("public-ipv4"),
            Spec::AutoScalingGroup(group) => {
                nodes(&mut cost, group, objects, catalog);
                0.0
            }
            _ => 0.0,
        };
        cost.idle_usd_per_hour += always;
        cost.full_usd_per_hour += always;
    }
    cost
}

fn nodes(cost: &mut Cost, group: &AutoScalingGroup, objects: &BTreeMap<Key, &Spec>, catalog: &Catalog) {
    let template = group
        .launch_template
        .launch_template_id
        .as_hole()
        .and_then(|hole| objects.get(&hole.key));
    let Some(Spec::LaunchTemplate(template)) = template else {
        return;
    };
    let name = template
        .launch_template_data
        .instance_type
        .as_deref()
        .unwrap_or_default();
    let instance = catalog.instance(name);
    let price = |key: &str| catalog.cost(key).map_or(0.0, |cost| cost.usd);
    let public = |text: &crate::text::Text| match text.as_hole().map(|hole| objects.get(&hole.key)) {
        Some(Some(Spec::Subnet(subnet))) => subnet.map_public_ip_on_launch,
        _ => false,
    };
    let address = if group.vpc_zone_identifier.iter().any(public) {
        price("public-ipv4")
    } else {
        0.0
    };
    let machine = instance.and_then(|instance| instance.usd_per_hour);
    if machine.is_none() {
        cost.without_price.insert(name.to_owned());
    }
    let node =
        machine.unwrap_or(0.0) + address + storage(template, price("gp3-storage"), price("gp2-storage"));
    cost.idle_usd_per_hour += node * f64::from(group.min_size);
    cost.full_usd_per_hour += node * f64::from(group.max_size);
    cost.full_nodes += u64::from(group.max_size);
    cost.full_gpus +=
        u64::from(group.max_size) * instance.map_or(0, |instance| u64::from(instance.gpu_count()));
}

fn storage(template: &LaunchTemplate, gp3: f64, gp2: f64) -> f64 {
    let volumes = template
        .launch_template_data
        .block_device_mappings
        .iter()
        .map(|mapping| &mapping.ebs);
    let month = volumes.map(|volume| {
        let size = volume
            .volume_size
            .and_then(|size| u32::try_from(size).ok())
            .map_or(0.0, f64::from);
        match volume.volume_type.as_deref() {
            Some("gp3") => size * gp3,
            Some("gp2") => size * gp2,
            _ => 0.0,
        }
    });
    month.sum::<f64>() / HOURS_A_MONTH
}
