//! How a run ended, in words.

use crate::{
    error::{Error, Result},
    report::progress::write_event,
    ui::Ui,
    words,
};
use jiff::{Timestamp, tz::TimeZone};
use lb_model::catalog::Catalog;
use lb_provision::{
    apply::Report,
    cloud::Trouble,
    execute::{FailedStep, Failure},
    plan::{Action, Plan, observed_cost},
};

/// How many of the objects that do not stay as planned are named.
const UNSETTLED_SHOWN: usize = 5;

/// The last event of `--format json`.
pub(crate) fn finished(ui: &mut Ui, now: Timestamp, cluster: &str, report: &Report) {
    let outcome = &report.outcome;
    let failed: Vec<_> = outcome
        .failed
        .iter()
        .map(|step| serde_json::json!({ "step": step.key, "message": step.failure.to_string() }))
        .collect();
    let pending: Vec<&str> = outcome
        .pending
        .iter()
        .map(|pending| pending.principal.as_str())
        .collect();
    let event = serde_json::json!({
        "event": "finished",
        "ok": outcome.is_success(),
        "cluster": cluster,
        "done": outcome.done.len(),
        "open": outcome.open.len(),
        "failed": failed,
        "pending": pending,
        "stopped": outcome.stopped,
        "unsettled": outcome.is_unsettled(),
        "elapsed_s": outcome.elapsed.as_secs(),
    });
    write_event(ui, now, event);
}

/// The error of a run that did not come to its end: what failed, what exists now, what to do.
/// `named` is what names the cluster on a command line.
pub(crate) fn failed(plan: &Plan, report: &Report, now: Timestamp, command: &str, named: &str) -> Result {
    let outcome = &report.outcome;
    let (done, all) = (outcome.done.len(), plan.steps.len());
    let mut next = format!("`lb {command} {named}` goes on from here");
    if command != "destroy" {
        next.push_str(&format!(", `lb destroy {named}` removes it"));
    }
    let mut failures: Vec<_> = outcome
        .failed
        .iter()
        .filter(|step| !step.failure.is_stop())
        .collect();
    // What waits for nodes fails because they do not come.
    failures.sort_by_key(|step| !matches!(step.failure, Failure::NoNode(_)));
    let Some((first, others)) = failures.split_first() else {
        return Err(if outcome.is_unsettled() {
            unsettled(report, now, &next)
        } else {
            Error::failed(format!("stopped after {done} of {all}")).next(next)
        });
    };
    let mut error = Error::failed(sentence(first));
    if let Failure::NoNode(why) = &first.failure {
        for detail in &why.details {
            error = error.detail(detail.clone());
        }
    }
    // What keeps every call from working is one thing, however many steps it stopped.
    let trouble = trouble(first);
    let (same, others): (Vec<_>, Vec<_>) = others
        .iter()
        .partition(|other| trouble.is_some() && self::trouble(other) == trouble);
    if !same.is_empty() {
        error = error.detail(format!(
            "and {} for the same reason",
            words::count(same.len(), "step")
        ));
    }
    for other in others {
        error = error.detail(sentence(other));
    }
    error = error.detail(what_exists(report, now, (done, all)));
    Err(error.next(match (&first.failure, trouble) {
        (Failure::NoNode(why), _) => format!("{}; then {next}", why.next),
        (_, Some(trouble)) => format!("{}; then {next}", trouble.remedy()),
        _ => next,
    }))
}

/// Nothing failed and nobody stopped it: what was done was undone, or does not show.
fn unsettled(report: &Report, now: Timestamp, next: &str) -> Error {
    let outcome = &report.outcome;
    let (open, them) = match outcome.open.len() {
        1 => ("1 change".to_owned(), "it was"),
        several => (words::count(several, "change"), "they were"),
    };
    let mut error = Error::failed(format!("{open} did not last, however often {them} made"));
    for step in outcome.open.iter().take(UNSETTLED_SHOWN) {
        let what = if step.delete {
            "still there"
        } else {
            "not as planned"
        };
        error = error.detail(format!("`{}` is {what}", step.key));
    }
    let more = outcome.open.len().saturating_sub(UNSETTLED_SHOWN);
    if more > 0 {
        error = error.detail(format!("and {more} more"));
    }
    error.detail(what_exists(report, now, (0, 0))).next(format!(
        "look for what else changes them, such as another tool or a policy of the organization; then {next}"
    ))
}

fn trouble(step: &FailedStep) -> Option<Trouble> {
    step.failure.call()?.trouble()
}

/// What failed and why; what AWS tells of nodes that do not come is a sentence of its own.
fn sentence(step: &FailedStep) -> String {
    match &step.failure {
        Failure::NoNode(why) => why.message.clone(),
        failure => format!("{} `{}`: {failure}", step.noun, step.key),
    }
}

/// `what exists: 85 of 122 objects, $0.25 an hour`.
fn what_exists(report: &Report, now: Timestamp, (done, all): (usize, usize)) -> String {
    let Some(observed) = &report.observed else {
        return format!("{done} of {all} steps are done");
    };
    let outcome = &report.outcome;
    let not_begun = outcome.open.iter().filter(|step| !step.delete).count();
    let not_made = outcome.failed.iter().filter(|step| step.action == Action::Create);
    let missing = not_begun + not_made.count();
    let exist = observed.made().count();
    let of = if missing == 0 {
        String::new()
    } else {
        format!("{exist} of ")
    };
    let today = now.to_zoned_datetime(TimeZone::UTC).date();
    let cost = observed_cost(observed, Catalog::builtin(), today);
    format!(
        "what exists: {of}{}, {} an hour",
        words::count(exist + missing, "object"),
        words::usd(cost.total.now_usd_per_hour, 2)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use lb_provision::{execute::Outcome, key::Key, plan::StepId};

    #[test]
    fn changes_that_do_not_last_are_named() {
        let open = |name: &str, delete| StepId {
            key: Key::new(name),
            delete,
        };
        let outcome = Outcome {
            open: vec![open("VPC", false), open("old", true)],
            ..Outcome::default()
        };
        let report = Report {
            outcome,
            observed: None,
            leftovers: Vec::new(),
        };
        let error = unsettled(
            &report,
            Timestamp::UNIX_EPOCH,
            "`lb apply f.yaml` goes on from here",
        );
        assert_eq!(
            error.message,
            "2 changes did not last, however often they were made"
        );
        assert_eq!(
            error.details.get(..2).unwrap(),
            ["`VPC` is not as planned", "`old` is still there"]
        );
        assert!(
            error
                .next
                .unwrap()
                .ends_with("then `lb apply f.yaml` goes on from here")
        );
    }
}
