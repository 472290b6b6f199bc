//! How a run ended, in words.

use crate::{
    error::{Error, Result},
    report::progress::write_event,
    ui::Ui,
    words,
};
use jiff::Timestamp;
use lb_provision::{apply::Report, plan::Plan};

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
        "elapsed_s": outcome.elapsed.as_secs(),
    });
    write_event(ui, now, event);
}

/// The error of a run that did not come to its end: what failed, what exists now, what to do.
pub(crate) fn failed(plan: &Plan, report: &Report, again: &str) -> Result {
    let outcome = &report.outcome;
    let cluster = &plan.cluster;
    let (done, all) = (outcome.done.len(), plan.steps.len());
    let next = format!("`{again}` goes on from here, `lb destroy {cluster}` removes it");
    let failures: Vec<_> = outcome
        .failed
        .iter()
        .filter(|step| !step.failure.is_stop())
        .collect();
    let Some((first, others)) = failures.split_first() else {
        return Err(Error::failed(format!("stopped after {done} of {all}")).next(next));
    };
    let mut error = Error::failed(format!("{} `{}`: {}", first.noun, first.key, first.failure));
    for other in others {
        error = error.detail(format!("{} `{}`: {}", other.noun, other.key, other.failure));
    }
    let exists = report
        .observed
        .as_ref()
        .map_or(done, |observed| observed.objects.len());
    error = error.detail(format!(
        "what exists: {}; {} not begun",
        words::count(exists, "object"),
        outcome.open.len()
    ));
    Err(error.next(next))
}
