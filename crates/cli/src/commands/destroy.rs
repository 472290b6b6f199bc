//! `lb destroy`.

use crate::{
    args::{Account, Output, Work},
    commands::{apply, plan},
    error::{Error, Exit, Result},
    input, outcome, pace, report,
    session::{self, Session},
    target,
    ui::{BOLD, DIM, Ui, YELLOW, paint},
    words,
};
use jiff::SignedDuration;
use lb_provision::{
    apply::Report,
    objects::Spec,
    observed::{Leftover, Observed, Ownership},
    operations::kubernetes::ObjectRef,
    plan::{Plan, Step, destroy},
};
use std::{collections::BTreeSet, path::Path};

/// Remove everything of a cluster that is ours, and prove it.
///
/// Asks for the cluster's name. It needs no valid config, and works from every half-made state.
#[derive(Debug, clap::Args)]
pub(crate) struct Destroy {
    /// A cluster's name, or its config; by default the only cluster of the sandbox
    cluster: Option<String>,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(ui: &mut Ui, command: &Destroy) -> Result {
    let target = target::find(command.cluster.as_deref(), &command.account)?;
    let cluster = target.cluster.clone();
    if !target.account.exists()? {
        ui.always(format_args!(
            "{cluster} is not there: there is no sandbox account yet"
        ));
        return Ok(Exit::Done);
    }
    let session = Session::open(ui, &target, command.work.speed(&target.account)?)?;
    let observed = session.survey(ui)?;
    let shown = destroy(&observed);
    let json = command.output.is_json();
    if !json && !ui.quiet {
        show(ui, &shown, &observed)?;
    }
    plan::refuse_blocked(&shown)?;
    if shown.steps.is_empty() {
        let nothing = if shown.kept.is_empty() {
            "nothing of it is there"
        } else {
            "nothing more of it can go"
        };
        ui.always(format_args!("{cluster}: {nothing}"));
        return Ok(if shown.leftovers.is_empty() {
            Exit::Done
        } else {
            Exit::Problems
        });
    }
    confirm(ui, &cluster, command.work.yes)?;
    let report = carry_out(ui, &session, &shown, json)?;
    let named = match command
        .cluster
        .as_deref()
        .filter(|named| input::is_file(Path::new(named)))
    {
        Some(file) => file.to_owned(),
        None => format!("{cluster} --region {}", shown.region),
    };
    finish(ui, &session, &shown, &report, &named, json)
}

fn show(ui: &mut Ui, shown: &Plan, observed: &Observed) -> Result<()> {
    let account = observed.account.as_deref().unwrap_or("unknown");
    ui.line(format_args!(
        "{} in {}, account {account}\n",
        paint(BOLD, &shown.cluster),
        shown.region
    ))?;
    let (width, ellipsis) = (ui.width, ui.ellipsis());
    ui.data(report::plan::steps(shown, false, width, ellipsis))?;
    for workload in &observed.workloads {
        let (object, dash) = (&workload.object, paint(DIM, "-"));
        let namespace = object.namespace.as_deref().unwrap_or_default();
        ui.line(format_args!(
            "  {dash} {} `{namespace}/{}` with {}",
            object.kind, object.name, workload.holds
        ))?;
    }
    if !observed.jobs.is_empty() {
        let mark = paint(YELLOW, "!");
        ui.line(format_args!("  {mark} {}", words_of_jobs(&observed.jobs)))?;
    }
    let is_protected =
        |step: &&Step| matches!(step.shown(), Some(Spec::Cluster(cluster)) if cluster.deletion_protection);
    if shown.steps.iter().any(|step| is_protected(&step)) {
        let mark = paint(YELLOW, "!");
        ui.line(format_args!(
            "  {mark} the cluster is protected from deletion; going on switches that off first"
        ))?;
    }
    for leftover in &shown.leftovers {
        let mark = if leftover.removable {
            paint(DIM, "-")
        } else {
            paint(YELLOW, "!")
        };
        ui.line(format_args!("  {mark} {}", words_of(leftover)))?;
    }
    for other in &shown.not_ours {
        ui.line(format_args!(
            "  {} not ours, stays: {} ({})",
            paint(YELLOW, "!"),
            other.key,
            other.id
        ))?;
    }
    if !shown.steps.is_empty() {
        let seconds = i64::try_from(shown.timeline().expected_s).unwrap_or(i64::MAX);
        let about = words::about(SignedDuration::from_secs(seconds));
        ui.line(format_args!("\n{}, about {about}", shown.in_words()))?;
    }
    Ok(())
}

/// Jobs that are named; of the others the number is said.
const JOBS_NAMED: usize = 3;

/// `4 jobs have not ended and will be lost: default/a, default/b, default/c and 1 more`.
fn words_of_jobs(jobs: &[ObjectRef]) -> String {
    let name = |job: &ObjectRef| {
        let namespace = job.namespace.as_deref().unwrap_or_default();
        format!("`{namespace}/{}`", job.name)
    };
    let named: Vec<String> = jobs.iter().take(JOBS_NAMED).map(name).collect();
    let lost = match jobs.len() {
        1 => "1 job has not ended and will be lost".to_owned(),
        count => format!("{count} jobs have not ended and will be lost"),
    };
    let more = match jobs.len().saturating_sub(JOBS_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{lost}: {}{more}", named.join(", "))
}

fn words_of(leftover: &Leftover) -> String {
    let Leftover {
        type_name,
        id,
        detail,
        removable: _,
        blocks,
    } = leftover;
    let words = format!("{type_name} `{id}` {detail}");
    let blocked: Vec<String> = blocks.iter().map(|key| format!("`{key}`")).collect();
    if blocked.is_empty() {
        return words.trim_end().to_owned();
    }
    format!("{words}; {} cannot go while it is there", blocked.join(", "))
}

/// Asks for the name itself: nobody destroys the wrong cluster by a keystroke.
fn confirm(ui: &mut Ui, cluster: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !ui.can_ask() {
        let message = "this needs an answer, but there is no terminal; read the plan and add `--yes`";
        return Err(Error::refused(message));
    }
    let said = ui.ask(paint(BOLD, "\nwrite the cluster's name to go on:"))?;
    if said == cluster {
        return Ok(());
    }
    Err(Error::refused("that is not its name, so nothing was done"))
}

fn carry_out(ui: &mut Ui, session: &Session, shown: &Plan, json: bool) -> Result<Report> {
    pace::heed_interrupts(&session.stop)?;
    let holder = session.holder("destroy");
    let locking = session::locking(&holder);
    let progress = apply::progress(ui, session, shown, json);
    let nobody = BTreeSet::new();
    let run = session.run(&progress, &nobody);
    let agree = |_: &Plan| true;
    let work = run.destroy(&locking, shown, &destroy, &agree);
    let result = session.pace.run(work, |now| progress.tick(now));
    drop(progress);
    session.pass()?;
    result?.map_err(|refusal| apply::refused(&refusal))
}

fn finish(ui: &mut Ui, session: &Session, shown: &Plan, report: &Report, named: &str, json: bool) -> Result {
    let done = report.outcome.is_success();
    let left: Vec<&Leftover> = report.leftovers.iter().collect();
    // What something of others keeps.
    let kept: Vec<_> = report
        .observed
        .iter()
        .flat_map(|observed| &observed.objects)
        .filter(|(_, object)| object.ownership == Ownership::Ours)
        .collect();
    if json {
        outcome::finished(ui, session.pace.clock().now(), &shown.cluster, report);
        return Ok(if done && left.is_empty() && kept.is_empty() {
            Exit::Done
        } else {
            Exit::Problems
        });
    }
    if !done {
        return outcome::failed(shown, report, session.pace.clock().now(), "destroy", named);
    }
    let elapsed = SignedDuration::try_from(report.outcome.elapsed).unwrap_or_default();
    let gone = format!(
        "\n{} is gone in {}",
        paint(BOLD, &shown.cluster),
        words::clock(elapsed)
    );
    if left.is_empty() && kept.is_empty() {
        ui.always(format_args!("{gone}; nothing of it is left"));
        return Ok(Exit::Done);
    }
    ui.always(format_args!("{gone}, but this is left:"));
    for leftover in left {
        ui.always(format_args!("  {}", words_of(leftover)));
    }
    for (key, object) in kept {
        ui.always(format_args!("  {} `{key}` ({})", object.spec.noun(), object.id));
    }
    Ok(Exit::Problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_named_up_to_three() {
        let job = |name: &str| ObjectRef::namespaced("batch/v1", "Job", "default", name);
        assert_eq!(
            words_of_jobs(&[job("a")]),
            "1 job has not ended and will be lost: `default/a`"
        );
        assert_eq!(
            words_of_jobs(&["a", "b", "c", "d"].map(job)),
            "4 jobs have not ended and will be lost: `default/a`, `default/b`, `default/c` and 1 more"
        );
    }
}
