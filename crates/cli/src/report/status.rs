//! A cluster as it is, in words.

use crate::{
    commands::status::Row,
    error::Result,
    ui::{BOLD, DIM, GREEN, Ui, YELLOW, paint},
    words,
};
use jiff::{SignedDuration, Timestamp};
use lb_provision::{
    desired::Desired,
    key::Key,
    objects::Spec,
    observed::{Object, Observed, State},
    plan::{Action, Cost, Difference, Plan, Step},
    text::Attribute,
};
use std::collections::BTreeSet;

/// Up to so many fields that differ are told one by one.
const TOLD: usize = 8;

/// What is known of a cluster.
pub(crate) struct Seen<'a> {
    /// The account's time.
    pub(crate) now: Timestamp,
    /// What it costs.
    pub(crate) cost: Cost,
    /// What an apply of its file would do, where there is a file.
    pub(crate) drift: Option<&'a Plan>,
    /// What the file asks for.
    pub(crate) desired: Option<&'a Desired>,
    /// Its nodegroups.
    pub(crate) rows: &'a [Row],
    /// What is there.
    pub(crate) observed: &'a Observed,
}

impl Seen<'_> {
    fn objects(&self, is: fn(&Spec) -> bool) -> Vec<&Object> {
        let all = self.observed.objects.values();
        all.filter(|object| is(&object.spec)).collect()
    }

    /// When the control plane was made.
    fn born(&self) -> Option<Timestamp> {
        let cluster = self.observed.objects.get(&Key::CONTROL_PLANE)?;
        cluster.attributes.get(&Attribute::CreatedAt)?.parse().ok()
    }

    fn age(&self, since: Timestamp) -> SignedDuration {
        self.now.duration_since(since)
    }
}

/// Whether the cluster answers, in AWS's word, its version and its age.
fn control_plane(seen: &Seen<'_>) -> String {
    let age = seen.born().map_or_else(String::new, |born| {
        format!(", {} old", words::about(seen.age(born)))
    });
    match seen
        .observed
        .objects
        .get(&Key::CONTROL_PLANE)
        .map(|object| (&object.spec, &object.state))
    {
        Some((Spec::Cluster(cluster), State::Ready)) => {
            format!("{}, {}{age}", paint(GREEN, "ACTIVE"), cluster.version)
        }
        Some((Spec::Cluster(cluster), state)) => {
            format!("{}, {}{age}", paint(YELLOW, word(state)), cluster.version)
        }
        _ => paint(YELLOW, "no control plane"),
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

/// Writes the whole answer.
pub(crate) fn show(ui: &mut Ui, seen: &Seen<'_>) -> Result<()> {
    let observed = seen.observed;
    let account = observed.account.as_deref().unwrap_or("unknown");
    let head = format!("{} in {}, account {account}", observed.cluster, observed.region);
    let state = control_plane(seen);
    let both = head.chars().count() + anstream::adapter::strip_str(&state).to_string().chars().count() + 3;
    if both <= ui.width {
        ui.line(format_args!("{}   {state}", paint(BOLD, head)))?;
    } else {
        ui.line(format_args!("{}\n{state}", paint(BOLD, head)))?;
    }
    table(ui, seen)?;
    counts(ui, seen)?;
    for leftover in &observed.leftovers {
        ui.line(format_args!(
            "  {} {} `{}` {}",
            paint(YELLOW, "!"),
            leftover.type_name,
            leftover.id,
            leftover.detail
        ))?;
    }
    drift(ui, seen)?;
    let cost = words::usd(seen.cost.total.now_usd_per_hour, 2);
    ui.line(format_args!("cost now {cost} an hour"))
}

/// `add-ons  4 of 4 active      service accounts  3 of 3      drift  1 field`.
fn counts(ui: &mut Ui, seen: &Seen<'_>) -> Result<()> {
    let addons = seen.objects(|spec| matches!(spec, Spec::Addon(_)));
    let active = addons.iter().filter(|addon| addon.state == State::Ready).count();
    let is_account =
        |spec: &Spec| matches!(spec, Spec::Manifest(manifest) if manifest.kind == "ServiceAccount");
    let accounts = seen.objects(is_account).len();
    let wanted = seen.desired.map_or(accounts, |desired| {
        let wanted = desired.objects.values();
        wanted.filter(|wanted| is_account(&wanted.spec)).count()
    });
    let mut parts = vec![
        format!("add-ons  {active} of {} active", addons.len()),
        format!("service accounts  {accounts} of {wanted}"),
        words::count(seen.observed.made().count(), "object"),
    ];
    if let Some(plan) = seen.drift {
        parts.push(match fields(plan) {
            0 => "drift  none".to_owned(),
            count => format!("drift  {}", words::count(count, "field")),
        });
    }
    ui.line("")?;
    if ui.width < 72 {
        for part in parts {
            ui.line(format_args!("  {part}"))?;
        }
        return Ok(());
    }
    ui.line(format_args!("  {}", parts.join("    ")))
}

/// Fields that differ; an object that is missing or too much counts as one.
fn fields(plan: &Plan) -> usize {
    plan.steps.iter().map(|step| step_fields(step).max(1)).sum()
}

fn step_fields(step: &Step) -> usize {
    match step.action {
        Action::Update | Action::NewVersion | Action::Replace => step.differences.len(),
        _ => 1,
    }
}

/// `drift: `MaxSize` of `ng:gpu/NodeGroup` is 6, the file says 4`.
fn drift(ui: &mut Ui, seen: &Seen<'_>) -> Result<()> {
    let Some(plan) = seen.drift else {
        return ui.line("");
    };
    if plan.steps.is_empty() {
        return ui.line("\nas the file says");
    }
    ui.line("")?;
    let told: Vec<String> = plan.steps.iter().flat_map(differences).collect();
    for line in told.iter().take(TOLD) {
        for (place, part) in words::wrap(line, ui.width.saturating_sub(7))
            .into_iter()
            .enumerate()
        {
            let head = if place == 0 {
                paint(YELLOW, "drift:")
            } else {
                " ".repeat(6)
            };
            ui.line(format_args!("{head} {part}"))?;
        }
    }
    if told.len() > TOLD {
        ui.line(format_args!(
            "and {} more: `lb plan` shows them",
            told.len() - TOLD
        ))?;
    }
    Ok(())
}

fn differences(step: &Step) -> Vec<String> {
    let noun = step.shown().map_or("object", Spec::noun);
    let name = step.key.nodegroup_name().unwrap_or(step.key.as_str());
    let of_step = |difference: &Difference| {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not there".to_owned());
        let (is, says) = (value(&difference.from), value(&difference.to));
        format!(
            "`{}` of {noun} `{name}` is {is}, the file says {says}",
            difference.path
        )
    };
    match step.action {
        Action::Create => vec![format!("{noun} `{name}` is missing")],
        Action::Delete => vec![format!("{noun} `{name}` is not in the file")],
        Action::Await => vec![format!("{noun} `{name}` is not ready")],
        Action::Roll => vec![format!("nodes of `{name}` run with an older template")],
        Action::Update | Action::NewVersion | Action::Replace => {
            step.differences.iter().map(of_step).collect()
        }
    }
}

/// `4 min, 1 starting`.
fn since(row: &Row, seen: &Seen<'_>) -> String {
    let mut parts: Vec<String> = row
        .since
        .iter()
        .map(|since| words::about(seen.age(*since)))
        .collect();
    if row.starting > 0 {
        parts.push(format!("{} starting", row.starting));
    }
    parts.join(", ")
}

fn nodes(row: &Row) -> String {
    if row.nodes == 0 && row.ready == 0 {
        "0".to_owned()
    } else {
        format!("{}/{}", row.ready, row.nodes)
    }
}

/// The nodegroups: a table, or lines where there is no room for one.
fn table(ui: &mut Ui, seen: &Seen<'_>) -> Result<()> {
    let with_pods = seen.rows.iter().any(|row| row.pods.is_some());
    if ui.width < 72 {
        for row in seen.rows {
            ui.line(format_args!("  {}, {}", row.nodegroup, row.instance_type))?;
            let mut parts = vec![format!("{} nodes of {}-{}", nodes(row), row.min, row.max)];
            parts.extend(row.pods.map(|pods| words::count(pods, "pod")));
            parts.extend(Some(since(row, seen)).filter(|since| !since.is_empty()));
            ui.line(format_args!("      {}", parts.join(", ")))?;
        }
        return Ok(());
    }
    if seen.rows.is_empty() {
        return Ok(());
    }
    let pods = |pods: String| {
        if with_pods {
            format!("{pods:>6}")
        } else {
            String::new()
        }
    };
    let head = format!(
        "{:<26}{:<14}{:>6}  {:>7}{}  since",
        "nodegroup",
        "type",
        "nodes",
        "min-max",
        pods("pods".to_owned())
    );
    ui.line(format_args!("\n  {}", paint(DIM, head)))?;
    for row in seen.rows {
        let name = words::cut(&row.nodegroup, 25, ui.ellipsis());
        let bounds = format!("{}-{}", row.min, row.max);
        let count = pods(
            row.pods
                .filter(|pods| *pods > 0)
                .map_or_else(String::new, |pods| pods.to_string()),
        );
        let line = format!(
            "  {name:<26}{:<14}{:>6}  {bounds:>7}{count}  {}",
            row.instance_type,
            nodes(row),
            since(row, seen)
        );
        ui.line(line.trim_end())?;
    }
    Ok(())
}

/// What a program reads.
pub(crate) fn json(seen: &Seen<'_>) -> serde_json::Value {
    let observed = seen.observed;
    let missing: BTreeSet<&String> = observed.missing_principals.iter().collect();
    serde_json::json!({
        "version": 1,
        "cluster": observed.cluster,
        "region": observed.region,
        "account": observed.account,
        "created_at": seen.born(),
        "objects": observed.made().count(),
        "nodegroups": seen.rows,
        "missing_principals": missing,
        "leftovers": observed.leftovers,
        "drift": seen.drift.map(|plan| plan.steps.iter().map(|step| &step.key).collect::<Vec<_>>()),
        "cost": seen.cost,
    })
}
