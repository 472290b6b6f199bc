//! `lb apply`.

use crate::{
    account,
    args::{Account, Calendar, Output, Work},
    checked::{self, Checked},
    commands::plan,
    error::{Error, Exit, Result},
    outcome, pace,
    report::progress::{Form, Progress},
    session::{self, Session},
    target::Target,
    ui::{BOLD, DIM, Ui, paint},
    words,
};
use jiff::SignedDuration;
use lb_model::catalog::Catalog;
use lb_provision::{
    apply::{Refusal, Report},
    observed::Observed,
    plan::{Options, Plan, Planned},
};
use std::{path::PathBuf, time::Duration};

/// Make the cluster be as the file says.
///
/// Shows the plan and asks. A change of the file, a failure or Ctrl-C is followed by the same command again: it goes
/// on from what is there.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// The configs
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Take over objects of the right name that are not ours
    #[arg(long)]
    adopt: bool,
    /// Replace nodes that run with an older template, one by one, each when its jobs are done
    #[arg(long)]
    roll: bool,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    calendar: Calendar,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(ui: &mut Ui, apply: &Apply) -> Result {
    for file in &apply.files {
        let checked = checked::read(file)?;
        let exit = one(ui, apply, &checked)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    Ok(Exit::Done)
}

fn one(ui: &mut Ui, apply: &Apply, checked: &Checked) -> Result {
    let config = checked.config();
    let account = account::find(&apply.account)?;
    checked.refuse_errors(ui, &account.rules(&apply.calendar)?)?;
    account.prepare(ui, config, &apply.calendar)?;
    let facts = account.rules(&apply.calendar)?;
    checked.refuse_errors(ui, &facts)?;

    let options = Options {
        adopt: apply.adopt,
        roll: apply.roll,
    };
    let target = Target::of(&checked.document, account, &apply.account);
    let session = Session::open(ui, &target, apply.work.speed(&target.account)?)?;
    let planned = session.plan(ui, &checked.document, options)?;
    let planned = checked.provisioned(ui, planned)?;
    let json = apply.output.is_json();
    if !json && !ui.quiet {
        checked.warn(ui, &planned.lacks);
        plan::show(ui, &planned, checked, &facts, false)?;
    }
    plan::refuse_blocked(&planned.plan)?;
    if !planned.plan.steps.is_empty() {
        confirm(ui, apply.work.yes)?;
    }
    let report = carry_out(ui, &session, &planned, checked, options, json)?;
    let exit = finish(ui, &session, &planned, checked, &report, json)?;
    #[cfg(feature = "aws")]
    if exit == Exit::Done && !planned.plan.steps.is_empty() && !session.is_simulated() {
        point_kubectl(ui, &session, planned.cost(&facts).total.idle_usd_per_hour);
    }
    Ok(exit)
}

/// Lets kubectl talk to the new cluster. The cluster is there whether this works or not.
#[cfg(feature = "aws")]
fn point_kubectl(ui: &mut Ui, session: &Session, idle_usd_per_hour: f64) {
    match crate::kubeconfig::write(session) {
        Ok(written) => ui.always(format_args!(
            "kubectl now points at it (context {}); cost from now ${idle_usd_per_hour:.2} an hour",
            written.context
        )),
        Err(error) => ui.always(format_args!(
            "kubectl does not point at it: {error}; `lb kubeconfig` tries again"
        )),
    }
}

/// Asks, unless there is nothing to ask or `--yes` says it all.
fn confirm(ui: &mut Ui, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !ui.can_ask() {
        let message = "this needs an answer, but there is no terminal; read the plan and add `--yes`";
        return Err(Error::refused(message));
    }
    let said = ui.ask(paint(BOLD, "\ngo on? [y/N]"))?;
    if matches!(said.to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Error::refused("not confirmed, so nothing was done"))
}

fn carry_out(
    ui: &mut Ui,
    session: &Session,
    planned: &Planned,
    checked: &Checked,
    options: Options,
    json: bool,
) -> Result<Report> {
    let config = checked.config();
    let principals = session::principals(config);
    let planner = |observed: &Observed| -> Plan {
        let again = Planned::new(
            config,
            planned.facts.clone(),
            observed.clone(),
            options,
            Catalog::builtin(),
        );
        // What could be planned a moment ago can be planned now; if not, the plan shown stands.
        again.map_or_else(|_| planned.plan.clone(), |again| again.plan)
    };
    pace::heed_interrupts(&session.stop)?;
    let holder = session.holder("apply");
    let locking = session::locking(&holder);
    let progress = progress(ui, session, &planned.plan, json);
    let run = session.run(&progress, &principals);
    // Someone else may have begun while the person read the plan: what they did is taken into account.
    let agree = |_: &Plan| true;
    let work = run.apply(&locking, &planned.plan, &planner, &agree);
    let result = session.pace.run(work, |now| progress.tick(now));
    drop(progress);
    session.pass()?;
    result?.map_err(|refusal| refused(&refusal))
}

/// Who watches a run of this plan.
pub(crate) fn progress<'a>(ui: &'a mut Ui, session: &Session, plan: &Plan, json: bool) -> Progress<'a> {
    let form = match (json, ui.draws()) {
        (true, _) => Form::Json,
        (false, true) => Form::Drawn,
        (false, false) => Form::Lines,
    };
    let expected = Duration::from_secs(plan.timeline().expected_s);
    Progress::new(ui, form, plan, session.pace.clock().now(), expected)
}

/// Why a run did not begin.
pub(crate) fn refused(refusal: &Refusal) -> Error {
    match refusal {
        Refusal::Locked(held) => {
            Error::refused(held.to_string()).next("wait until it has ended, then run the same command again")
        }
        Refusal::Declined | Refusal::Blocked => Error::refused(refusal.to_string()),
        Refusal::Failed(failure) => Error::failed(failure.to_string()),
    }
}

fn finish(
    ui: &mut Ui,
    session: &Session,
    planned: &Planned,
    checked: &Checked,
    report: &Report,
    json: bool,
) -> Result {
    let outcome = &report.outcome;
    let cluster = &planned.plan.cluster;
    let now = session.pace.clock().now();
    let ok = outcome.is_success();
    if json {
        outcome::finished(ui, now, cluster, report);
        return Ok(if ok { Exit::Done } else { Exit::Problems });
    }
    if !ok {
        return outcome::failed(&planned.plan, report, now, "apply", &checked.name);
    }
    if !planned.plan.steps.is_empty() {
        let elapsed = SignedDuration::try_from(outcome.elapsed).unwrap_or_default();
        let count = report
            .observed
            .as_ref()
            .map_or(0, |observed| observed.made().count());
        let count = words::count(count, "object");
        ui.always(format_args!(
            "\n{} is ready in {}: {count}",
            paint(BOLD, cluster),
            words::clock(elapsed)
        ));
        for pending in &outcome.pending {
            let missing = format!(
                "`{}` does not exist yet; apply again when it does",
                pending.principal
            );
            ui.told("", "pending:", DIM, &missing);
        }
    }
    Ok(Exit::Done)
}
