//! `lb status`.

use crate::{
    args::{Account, Output, Speed},
    error::{Exit, Result},
    session::{self, Session},
    target::{self, Target},
    ui::{BOLD, DIM, GREEN, Ui, YELLOW, paint},
    words,
};
use lb_provision::{
    objects::Spec,
    observed::{Observed, State},
    plan::{Options, Plan},
    text::Attribute,
};
use std::collections::BTreeSet;

/// Show what is there and what differs.
///
/// What differs from the file is shown where CLUSTER is a file.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// A cluster's name, or its config; by default the only cluster of the sandbox
    cluster: Option<String>,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    output: Output,
}

/// A nodegroup as it is.
#[derive(serde::Serialize)]
struct Row {
    nodegroup: String,
    instance_type: String,
    ready: usize,
    nodes: i64,
    min: u32,
    max: u32,
}

pub(crate) fn run(ui: &mut Ui, status: &Status) -> Result {
    let target = target::find(status.cluster.as_deref(), &status.account)?;
    if !target.account.exists()? {
        ui.always(format_args!(
            "{} is not there: there is no sandbox account yet",
            target.cluster
        ));
        return Ok(Exit::Problems);
    }
    let session = Session::open(ui, &target, Speed::Max)?;
    let Target { cluster, config, .. } = target;
    let principals = config.as_ref().map(session::principals).unwrap_or_default();
    let observed = session.look(&principals)?;
    if observed.objects.is_empty() {
        ui.always(format_args!("nothing of {cluster} is there"));
        return Ok(Exit::Problems);
    }
    let rows = rows(&session, &observed)?;
    let drift = match &config {
        Some(config) => session
            .plan(config, Options::default())?
            .ok()
            .map(|planned| planned.plan),
        None => None,
    };
    if status.output.is_json() {
        ui.json(&json(&observed, &rows, drift.as_ref()))?;
        return Ok(Exit::Done);
    }
    show(ui, &observed, &rows, drift.as_ref())?;
    Ok(Exit::Done)
}

/// What a nodegroup of either kind is to be.
struct Group<'a> {
    name: &'a str,
    /// Its Auto Scaling group, by name; none while EKS has not made it.
    scaling: Option<&'a str>,
    instance_type: String,
    min: u32,
    max: u32,
}

fn groups(observed: &Observed) -> impl Iterator<Item = Group<'_>> {
    observed.objects.iter().filter_map(|(key, object)| {
        let name = key.nodegroup_name()?;
        match &object.spec {
            Spec::AutoScalingGroup(group) => Some(Group {
                name,
                scaling: Some(&group.auto_scaling_group_name),
                instance_type: instance_type(observed, name),
                min: group.min_size,
                max: group.max_size,
            }),
            Spec::Nodegroup(group) => {
                let made = object.attributes.get(&Attribute::AutoScalingGroupName);
                let named = group.instance_types.first().cloned();
                Some(Group {
                    name,
                    scaling: made.map(String::as_str),
                    instance_type: named.unwrap_or_else(|| instance_type(observed, name)),
                    min: group.scaling_config.min_size,
                    max: group.scaling_config.max_size,
                })
            }
            _ => None,
        }
    })
}

fn rows(session: &Session, observed: &Observed) -> Result<Vec<Row>> {
    let wanted: Vec<Group<'_>> = groups(observed).collect();
    let names: Vec<String> = wanted
        .iter()
        .filter_map(|group| group.scaling.map(str::to_owned))
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let (there, nodes) = session.groups(names)?;
    let row = |group: Group<'_>| {
        let found = there
            .iter()
            .find(|there| Some(there.auto_scaling_group_name.as_str()) == group.scaling);
        let instances: BTreeSet<&str> = found
            .into_iter()
            .flat_map(|found| {
                found
                    .instances
                    .iter()
                    .map(|instance| instance.instance_id.as_str())
            })
            .collect();
        Row {
            nodegroup: group.name.to_owned(),
            ready: nodes
                .iter()
                .filter(|node| node.ready && instances.contains(node.instance.as_str()))
                .count(),
            nodes: found.map_or(i64::from(group.min), |found| found.desired_capacity),
            instance_type: group.instance_type,
            min: group.min,
            max: group.max,
        }
    };
    Ok(wanted.into_iter().map(row).collect())
}

fn instance_type(observed: &Observed, group: &str) -> String {
    let template = observed
        .objects
        .iter()
        .find_map(|(key, object)| match &object.spec {
            Spec::LaunchTemplate(template) if key.nodegroup_name() == Some(group) => Some(template),
            _ => None,
        });
    template
        .and_then(|template| template.launch_template_data.instance_type.clone())
        .unwrap_or_default()
}

/// Whether the cluster answers, in AWS's word, and its version.
fn control_plane(observed: &Observed) -> String {
    let found = observed.objects.values().find_map(|object| match &object.spec {
        Spec::Cluster(cluster) => Some((cluster, &object.state)),
        _ => None,
    });
    match found {
        Some((cluster, State::Ready)) => format!("{}, {}", paint(GREEN, "ACTIVE"), cluster.version),
        Some((cluster, state)) => format!("{}, {}", paint(YELLOW, word(state)), cluster.version),
        None => paint(YELLOW, "no control plane"),
    }
}

/// What an object is doing, in EKS's words.
fn word(state: &State) -> &'static str {
    match state {
        State::Ready => "ACTIVE",
        State::Creating => "CREATING",
        State::Updating => "UPDATING",
        State::Deleting => "DELETING",
        State::Failed(_) => "FAILED",
    }
}

fn show(ui: &mut Ui, observed: &Observed, rows: &[Row], drift: Option<&Plan>) -> Result<()> {
    let account = observed.account.as_deref().unwrap_or("unknown");
    let head = format!("{} in {}, account {account}", observed.cluster, observed.region);
    ui.line(format_args!(
        "{}   {}",
        paint(BOLD, head),
        control_plane(observed)
    ))?;
    table(ui, rows)?;
    let count = |is: fn(&Spec) -> bool| {
        observed
            .objects
            .values()
            .filter(|object| is(&object.spec))
            .count()
    };
    ui.line(format_args!(
        "\n  {}, {}, {} in all",
        words::count(count(|spec| matches!(spec, Spec::Addon(_))), "add-on"),
        words::count(count(|spec| matches!(spec, Spec::AccessEntry(_))), "access entry"),
        words::count(observed.objects.len(), "object"),
    ))?;
    for leftover in &observed.leftovers {
        ui.line(format_args!(
            "  {} {} `{}` {}",
            paint(YELLOW, "!"),
            leftover.type_name,
            leftover.id,
            leftover.detail
        ))?;
    }
    match drift {
        None => {}
        Some(plan) if plan.steps.is_empty() => ui.line("\nas the file says")?,
        Some(plan) => {
            let (width, ellipsis) = (ui.width, ui.ellipsis());
            ui.line("\ndiffers from the file; `lb apply` would do this:\n")?;
            ui.data(crate::report::plan::steps(plan, false, width, ellipsis))?;
        }
    }
    Ok(())
}

/// The nodegroups: a table, or lines where there is no room for one.
fn table(ui: &mut Ui, rows: &[Row]) -> Result<()> {
    if ui.width < 72 {
        for row in rows {
            let Row {
                nodegroup,
                instance_type,
                ready,
                nodes,
                min,
                max,
            } = row;
            ui.line(format_args!(
                "  {nodegroup}: {ready}/{nodes} nodes of {min}-{max}, {instance_type}"
            ))?;
        }
    } else if !rows.is_empty() {
        let head = format!(
            "{:<28}{:<16}{:>7}  {:>7}",
            "nodegroup", "type", "nodes", "min-max"
        );
        ui.line(format_args!("\n  {}", paint(DIM, head)))?;
        for row in rows {
            let name = words::cut(&row.nodegroup, 27, ui.ellipsis());
            let nodes = format!("{}/{}", row.ready, row.nodes);
            let bounds = format!("{}-{}", row.min, row.max);
            ui.line(format_args!(
                "  {name:<28}{:<16}{nodes:>7}  {bounds:>7}",
                row.instance_type
            ))?;
        }
    }
    Ok(())
}

fn json(observed: &Observed, rows: &[Row], drift: Option<&Plan>) -> serde_json::Value {
    let missing: BTreeSet<&String> = observed.missing_principals.iter().collect();
    serde_json::json!({
        "version": 1,
        "cluster": observed.cluster,
        "region": observed.region,
        "account": observed.account,
        "objects": observed.objects.len(),
        "nodegroups": rows,
        "missing_principals": missing,
        "leftovers": observed.leftovers,
        "drift": drift.map(|plan| plan.steps.iter().map(|step| &step.key).collect::<Vec<_>>()),
    })
}
