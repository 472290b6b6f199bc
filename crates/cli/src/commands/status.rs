//! `lb status`.

use crate::{
    args::{Account, Output, Speed},
    error::{Exit, Result},
    report::{self, status::Seen},
    session::{self, Session},
    target::{self, Target},
    ui::Ui,
};
use jiff::{Timestamp, tz::TimeZone};
use lb_model::{catalog::Catalog, document::Document};
use lb_provision::{
    objects::Spec,
    observe::Node,
    observed::Observed,
    plan::{Options, observed_cost},
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
pub(crate) struct Row {
    pub(crate) nodegroup: String,
    pub(crate) instance_type: String,
    pub(crate) ready: usize,
    pub(crate) nodes: i64,
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// Pods on its nodes; absent where Kubernetes lists none at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pods: Option<usize>,
    /// When its newest node joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Timestamp>,
    /// Instances that are there and take no pods yet.
    pub(crate) starting: usize,
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
    let Target {
        cluster, document, ..
    } = target;
    let config = document.as_ref().map(Document::config);
    let principals = config.map(session::principals).unwrap_or_default();
    let observed = session.look(ui, &principals)?;
    if observed.objects.is_empty() {
        ui.always(format_args!("nothing of {cluster} is there"));
        return Ok(Exit::Problems);
    }
    let rows = rows(ui, &session, &observed)?;
    let planned = match &document {
        Some(document) => session
            .difference(ui, document, observed.clone(), Options::default())?
            .ok(),
        None => None,
    };
    let now = session.pace.clock().now();
    let today = now.to_zoned_datetime(TimeZone::UTC).date();
    let seen = Seen {
        now,
        cost: observed_cost(&observed, Catalog::builtin(), today),
        drift: planned.as_ref().map(|planned| &planned.plan),
        desired: planned.as_ref().map(|planned| &planned.desired),
        rows: &rows,
        observed: &observed,
    };
    if status.output.is_json() {
        ui.json(&report::status::json(&seen))?;
        return Ok(Exit::Done);
    }
    report::status::show(ui, &seen)?;
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

fn rows(ui: &mut Ui, session: &Session, observed: &Observed) -> Result<Vec<Row>> {
    let wanted: Vec<Group<'_>> = groups(observed).collect();
    let names: Vec<String> = wanted
        .iter()
        .filter_map(|group| group.scaling.map(str::to_owned))
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let there = session.groups(ui, names)?;
    let row = |group: Group<'_>| {
        let found = there
            .groups
            .iter()
            .find(|there| Some(there.auto_scaling_group_name.as_str()) == group.scaling);
        let instances: BTreeSet<&str> = found
            .into_iter()
            .flat_map(|found| &found.instances)
            .map(|instance| instance.instance_id.as_str())
            .collect();
        let of_group = there
            .nodes
            .iter()
            .filter(|node| instances.contains(node.instance.as_str()));
        let ready: Vec<&Node> = of_group.filter(|node| node.ready).collect();
        let on_them = |pod: &&String| ready.iter().any(|node| node.name == **pod);
        Row {
            nodegroup: group.name.to_owned(),
            ready: ready.len(),
            nodes: found.map_or(i64::from(group.min), |found| found.desired_capacity),
            instance_type: group.instance_type,
            min: group.min,
            max: group.max,
            pods: (!there.pods.is_empty()).then(|| there.pods.iter().filter(on_them).count()),
            since: ready.iter().filter_map(|node| node.created).max(),
            starting: instances.len().saturating_sub(ready.len()),
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
