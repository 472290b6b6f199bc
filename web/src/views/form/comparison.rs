//! What another instance type would change for a pool.

use crate::{
    components::words,
    state::pools::{Pool, count},
};
use lb_model::{
    catalog::{Catalog, Instance},
    config::ClusterConfig,
};
use yew::prelude::*;

/// The row under the cursor against the present choice, in one sentence.
pub(super) fn comparison(
    pool: &Pool<'_>,
    other: Option<&Instance>,
    config: &ClusterConfig,
    catalog: &Catalog,
) -> Html {
    let Some(other) = other.filter(|other| other.name != pool.instance_type()) else {
        return html! { <><b>{ pool.instance_type() }</b>{ ": the present choice." }</> };
    };
    let most = count(pool.sizes().max);
    let mut parts = Vec::new();
    match (pool.dollars(), other.usd_per_hour) {
        (Some(now), Some(then)) => {
            let difference = (then - now) * most as f64;
            let word = if difference < 0.0 { "less" } else { "more" };
            parts.push(format!(
                "{}/h {word} than now for all {}",
                words::money(difference.abs()),
                words::count(most, "node")
            ));
        }
        _ => parts.push("its price is not known".to_owned()),
    }
    let routes = other.gpu_count() as usize * most;
    if routes != pool.routes() {
        parts.push(format!(
            "{} instead of {}",
            words::count(routes, "route"),
            pool.routes()
        ));
    } else if routes > 0 {
        parts.push(format!("the same {}", words::count(routes, "route")));
    }
    let region = &config.metadata.region;
    let zones = |name: &str| catalog.zones_offering(name, region).map(|zones| zones.len());
    if let (Some(now), Some(then)) = (zones(pool.instance_type()), zones(other.name))
        && now != then
    {
        parts.push(format!("{} instead of {now}", words::count(then, "zone")));
    }
    let model = |instance: &Instance| instance.gpus.map(|gpu| gpu.model);
    let new = pool.instance.and_then(model) != model(other) && other.gpu_count() > 0;
    let warning = if new {
        " Another GPU: try one route on it before you rely on it."
    } else {
        ""
    };
    html! { <><b>{ other.name }</b>{ format!(": {}.{warning}", parts.join(", ")) }</> }
}
