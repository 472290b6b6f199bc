//! `lb inventory`.

use crate::{
    args::{Account, Output, Speed},
    error::{Exit, Result},
    session::Session,
    target,
    ui::{BOLD, DIM, Ui, paint},
    words,
};
use lb_provision::inventory::Inventory as Objects;
use std::collections::BTreeSet;

/// List every object of a cluster with its properties.
///
/// Two accounts hold the same cluster exactly if their inventories are equal.
#[derive(Debug, clap::Args)]
pub(crate) struct Inventory {
    /// A cluster's name, or its config; by default the only cluster of the sandbox
    cluster: Option<String>,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(ui: &mut Ui, inventory: &Inventory) -> Result {
    let target = target::find(inventory.cluster.as_deref(), &inventory.account)?;
    let objects = if target.account.exists()? {
        let session = Session::open(ui, &target, Speed::Max)?;
        Objects::of_observed(&session.look(ui, &BTreeSet::new())?)
    } else {
        Objects {
            version: 1,
            cluster: target.cluster,
            region: target.region,
            objects: Vec::new(),
        }
    };
    if inventory.output.is_json() {
        ui.json(&objects)?;
        return Ok(Exit::Done);
    }
    let count = words::count(objects.objects.len(), "object");
    ui.line(format_args!(
        "{} in {}, {count}",
        paint(BOLD, &objects.cluster),
        objects.region
    ))?;
    for entry in &objects.objects {
        ui.line(format_args!(
            "\n{}  {}",
            paint(BOLD, &entry.id),
            paint(DIM, &entry.type_name)
        ))?;
        for (name, value) in entry.properties.as_object().into_iter().flatten() {
            let room = ui.width.saturating_sub(name.len() + 4);
            ui.line(format_args!(
                "  {name}  {}",
                words::cut(&value.to_string(), room.max(20), ui.ellipsis())
            ))?;
        }
    }
    Ok(Exit::Done)
}
