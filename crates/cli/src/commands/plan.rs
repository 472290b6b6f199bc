//! `lb plan`.

use crate::{
    account::{self, Account as Backend},
    args::{Account, Calendar, Output, Speed},
    checked::{self, Checked},
    error::{Error, Exit, Result},
    report,
    session::Session,
    target::Target,
    ui::{BOLD, DIM, Ui, paint},
    words,
};
use lb_model::{
    catalog::{Catalog, Support},
    config::{self, OrEmpty as _},
    rules::Facts,
    write,
};
use lb_provision::plan::{self, Cost, Options, Planned};
use std::path::PathBuf;

/// Show what apply would do, and how long it would take.
///
/// Where there are AWS credentials, it asks the account; without, the plan is that of a new cluster, from the
/// catalog's assumptions.
#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    /// The configs
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List every object with its fields
    #[arg(long, help_heading = "Output")]
    objects: bool,
    /// Show the config that eksctl works with instead: the file with all defaults filled in
    #[arg(long, help_heading = "Output", conflicts_with_all = ["objects", "adopt", "sandbox"])]
    effective: bool,
    /// Take over objects of the right name that are not ours
    #[arg(long)]
    adopt: bool,
    /// Replace nodes that run with an older template, one by one, each when its jobs are done
    #[arg(long)]
    roll: bool,
    /// Ask no account: the plan of a new cluster, from the catalog's assumptions
    #[arg(long, conflicts_with = "sandbox")]
    offline: bool,
    #[command(flatten)]
    calendar: Calendar,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(ui: &mut Ui, command: &Plan) -> Result {
    if command.effective {
        return effective(ui, command);
    }
    let mut exit = Exit::Done;
    for file in &command.files {
        let checked = checked::read(file)?;
        let (facts, planned) = if let Some(account) = asked(command)? {
            let config = checked.config();
            checked.refuse_errors(ui, &account.rules(&command.calendar)?)?;
            account.prepare(ui, config, &command.calendar)?;
            let facts = account.rules(&command.calendar)?;
            checked.refuse_errors(ui, &facts)?;
            let target = Target::of(&checked.document, account, &command.account);
            let session = Session::open(ui, &target, Speed::Max)?;
            let options = Options {
                adopt: command.adopt,
                roll: command.roll,
            };
            (facts, session.plan(ui, &checked.document, options)?)
        } else {
            let facts = command.calendar.facts();
            checked.refuse_errors(ui, &facts)?;
            (facts, Planned::offline(checked.config(), Catalog::builtin()))
        };
        let planned = checked.provisioned(ui, planned)?;
        if command.output.is_json() {
            ui.json(&json(&planned, &checked, &facts))?;
        } else {
            checked.warn(ui, &planned.lacks);
            show(ui, &planned, &checked, &facts, command.objects)?;
        }
        if !planned.plan.blocked.is_empty() {
            exit = Exit::Problems;
        }
    }
    Ok(exit)
}

/// The account to ask: the sandbox, or AWS where anything names credentials. None otherwise: a plan needs no account.
fn asked(command: &Plan) -> Result<Option<Backend>> {
    #[cfg(feature = "aws")]
    let named = crate::aws::is_configured();
    #[cfg(not(feature = "aws"))]
    let named = false;
    if command.account.sandbox.is_none() && (command.offline || !named) {
        return Ok(None);
    }
    account::find(&command.account).map(Some)
}

/// Prints each config with eksctl's defaults, if eksctl would take it; the calendar is not asked.
fn effective(ui: &mut Ui, command: &Plan) -> Result {
    for (index, file) in command.files.iter().enumerate() {
        let checked = checked::read(file)?;
        checked.refuse_what_eksctl_refuses(ui, &command.calendar.facts())?;
        let config = config::effective(checked.config());
        if command.output.is_json() {
            ui.json(&serde_json::json!({ "version": 1, "effective": config }))?;
            continue;
        }
        if index > 0 {
            ui.line("---")?;
        }
        ui.data(write::to_yaml(&config).map_err(|error| Error::failed(error.to_string()))?)?;
    }
    Ok(Exit::Done)
}

/// What a program reads: the plan, its expected duration and its costs.
fn json(planned: &Planned, checked: &Checked, facts: &Facts<'_>) -> serde_json::Value {
    let timeline = planned.plan.timeline();
    serde_json::json!({
        "version": 1,
        "account": planned.facts.account,
        "assumed": planned.facts.assumed,
        "problems": checked.json(&planned.lacks),
        "plan": planned.plan,
        "expected_s": timeline.expected_s,
        "slow_s": timeline.slow_s,
        "cost": planned.cost(facts),
    })
}

/// Writes the whole answer: what it is about, what happens, how much of it.
pub(crate) fn show(
    ui: &mut Ui,
    planned: &Planned,
    checked: &Checked,
    facts: &Facts<'_>,
    objects: bool,
) -> Result<()> {
    let plan = &planned.plan;
    let account = match &planned.facts.account {
        Some(account) => format!("account {account}"),
        None => "no account asked".to_owned(),
    };
    ui.line(format_args!(
        "{} in {}, {account}",
        paint(BOLD, &plan.cluster),
        plan.region
    ))?;
    if planned.observed.objects.is_empty() {
        ui.line(support(checked, facts))?;
    }
    for blocked in &plan.blocked {
        ui.line(format_args!(
            "\n  {} {}: {}",
            paint(crate::ui::RED, "blocked"),
            blocked.key,
            blocked.reason
        ))?;
    }
    if plan.is_empty() {
        let count = words::count(
            planned.desired.objects.len() - plan.pending.len().min(planned.desired.objects.len()),
            "object",
        );
        ui.line(format_args!("\n{} is as the file says ({count})", plan.cluster))?;
    } else {
        let (width, ellipsis) = (ui.width, ui.ellipsis());
        ui.data(format_args!(
            "\n{}",
            report::plan::steps(plan, objects, width, ellipsis)
        ))?;
        ui.line(format_args!(
            "\n{}, {}",
            plan.in_words(),
            plan.timeline().in_words()
        ))?;
    }
    for line in remarks(plan) {
        ui.line(line)?;
    }
    ui.line(money(&planned.cost(facts), facts))
}

/// `Kubernetes 1.35, standard support until 27 Mar 2027`.
fn support(checked: &Checked, facts: &Facts<'_>) -> String {
    let version = checked.config().metadata.version.or_empty();
    let day = |day: jiff::civil::Date| day.strftime("%-d %b %Y").to_string();
    let support = match facts.catalog.support(version, facts.today) {
        Support::Standard { until } => format!(", standard support until {}", day(until)),
        Support::Extended { until } => format!(", extended support until {}", day(until)),
        _ => String::new(),
    };
    if version.is_empty() {
        "Kubernetes: eksctl's default version".to_owned()
    } else {
        format!("Kubernetes {version}{support}")
    }
}

/// What is not done, and why.
fn remarks(plan: &plan::Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for pending in &plan.pending {
        lines.push(format!(
            "{} {} does not exist; its access entry is made by an apply after it does",
            paint(DIM, "pending:"),
            pending.principal
        ));
    }
    for kept in &plan.kept {
        lines.push(format!("{} {}: {}", paint(DIM, "stays:"), kept.key, kept.reason));
    }
    for other in &plan.not_ours {
        lines.push(format!(
            "{} {} ({})",
            paint(DIM, "not ours, left alone:"),
            other.key,
            other.id
        ));
    }
    lines
}

/// `$0.25 an hour idle, $39.12 at full scale (prices of 20 Jul 2026)`.
fn money(cost: &Cost, facts: &Facts<'_>) -> String {
    let day = facts.catalog.prices_known_as_of().strftime("%-d %b %Y");
    let gpus = if cost.full_gpus > 0 {
        format!(
            ", {}",
            words::count(usize::try_from(cost.full_gpus).unwrap_or(usize::MAX), "GPU")
        )
    } else {
        String::new()
    };
    format!(
        "{} an hour idle, {} at full scale ({}{gpus}; prices of {day})",
        words::usd(cost.total.idle_usd_per_hour, 2),
        words::usd(cost.total.full_usd_per_hour, 2),
        words::count(usize::try_from(cost.full_nodes).unwrap_or(usize::MAX), "node"),
    )
}

/// What keeps a plan from being carried out.
pub(crate) fn refuse_blocked(plan: &plan::Plan) -> Result<()> {
    let Some(first) = plan.blocked.first() else {
        return Ok(());
    };
    let mut error = Error::refused(format!("`{}` cannot be done: {}", first.key, first.reason));
    for other in plan.blocked.iter().skip(1) {
        error = error.detail(format!("{}: {}", other.key, other.reason));
    }
    Err(error)
}
