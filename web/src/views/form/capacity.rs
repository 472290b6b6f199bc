//! What the GPU pools can do together: routes, nodes, money, quota, and their GPUs as squares.

use super::{parts::Parts, pools::MANY};
use crate::{
    components::{gpus, words},
    state::pools::{self, Capacity, Pool, count},
};
use lb_model::catalog::QuotaFamily;
use lb_provision::plan::Nodes;
use std::collections::BTreeMap;
use yew::prelude::*;

/// The card above the table.
pub(super) fn capacity(parts: &Parts<'_>, gpu: &[Pool<'_>]) -> Html {
    let sum = pools::capacity(gpu);
    let cells = if gpu.len() < MANY {
        gpu.iter().map(cell).collect::<Html>()
    } else {
        by_model(gpu)
    };
    html! {
        <div class="cap">
            <div class="cap-top">
                <strong>{ format!("{} in parallel", words::count(sum.routes, "route")) }</strong>
                <span>{ sentence(parts, &sum) }</span>
            </div>
            <div class="cap-cells">{ cells }</div>
        </div>
    }
}

/// A pool's nodes with their GPUs.
fn cell(pool: &Pool<'_>) -> Html {
    let sizes = pool.sizes();
    let name = pool.group.name.rsplit('-').next().unwrap_or_default();
    html! {
        <div key={pool.group.path().to_string()}>
            { gpus::nodes(count(sizes.max), pool.gpus_per_node(), count(sizes.start)) }
            { format!("{name}: {}", pool.routes()) }
        </div>
    }
}

/// One bar for each model of GPU, where there are many pools.
fn by_model(gpu: &[Pool<'_>]) -> Html {
    // GPUs at most, GPUs at the start, pools.
    let mut models: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for pool in gpu {
        let sum = models.entry(pool.gpus().map_or("", |gpu| gpu.model)).or_default();
        sum.0 += pool.routes();
        sum.1 += pool.gpus_per_node() * count(pool.sizes().start);
        sum.2 += 1;
    }
    let bar = |(model, (most, start, pools)): (&str, (usize, usize, usize))| {
        let words = format!(
            "{}: {most} in {}",
            model.to_uppercase(),
            words::count(pools, "pool")
        );
        html! { <div key={model.to_owned()}>{ gpus::bar(most, start) }{ words }</div> }
    };
    models.into_iter().map(bar).collect()
}

/// `None at the start. Full scale is 28 GPUs on 16 nodes for $38.06/h, and needs a quota of 304 G vCPUs; ...`
fn sentence(parts: &Parts<'_>, sum: &Capacity) -> String {
    let start = match sum.routes_at_start {
        0 => "None at the start.".to_owned(),
        n => format!("{n} at the start."),
    };
    let quotas: Vec<String> = sum
        .vcpus
        .iter()
        .filter(|(family, _)| *family != QuotaFamily::Standard)
        .map(|(family, vcpus)| {
            let new = parts
                .catalog
                .quota(family.quota_key())
                .map_or(0, |quota| quota.limit);
            format!("{vcpus} {} vCPUs (new accounts have {new})", family.name())
        })
        .collect();
    let needs = if quotas.is_empty() {
        String::new()
    } else {
        format!(", and needs a quota of {}", words::list(&quotas))
    };
    let outlook = parts.session.readable.outlook(&parts.store.facts).ok();
    let nodes: Vec<(Nodes, &str)> = outlook
        .iter()
        .flat_map(|outlook| outlook.cost.gpu_nodes())
        .collect();
    let dollars: f64 = nodes
        .iter()
        .map(|(nodes, _)| nodes.usd_per_hour * f64::from(nodes.max))
        .sum();
    let money = outlook.map_or_else(String::new, |_| format!(" for {}/h", words::money(dollars)));
    let mut unpriced: Vec<&str> = nodes
        .iter()
        .filter(|(nodes, _)| nodes.machine_usd_per_hour.is_none())
        .map(|(_, name)| *name)
        .collect();
    unpriced.dedup();
    let unknown = if unpriced.is_empty() {
        String::new()
    } else {
        format!(" Without {}, whose price is not known.", words::list(&unpriced))
    };
    format!(
        "{start} Full scale is {} on {}{money}{needs}.{unknown}",
        words::count(sum.routes, "GPU"),
        words::count(sum.gpu_nodes, "node"),
    )
}
