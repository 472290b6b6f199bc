//! When the steps of a plan run if nothing holds them up, and which of them decide how long it takes.

use super::{Plan, Step, StepId};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// When a step runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The step.
    pub step: StepId,
    /// Its start, in seconds from the start of the plan.
    pub start_s: u64,
    /// Its end.
    pub end_s: u64,
}

/// When the steps of a plan run: each starts as soon as all that it needs is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// Every step, in the plan's order.
    pub spans: Vec<Span>,
    /// The steps that decide the end, each waiting for the one before.
    pub critical_path: Vec<StepId>,
    /// How long it takes as a rule, in seconds.
    pub expected_s: u64,
    /// How long it takes on a slow day, in seconds.
    pub slow_s: u64,
}

impl Plan {
    /// When the steps run, from the durations that they expect.
    pub fn timeline(&self) -> Timeline {
        let (spans, last_need) = run(&self.steps, |step| step.expected);
        let (slow, _) = run(&self.steps, |step| step.slow);
        let end = |spans: &[Span]| spans.iter().map(|span| span.end_s).max().unwrap_or(0);
        let mut critical_path = Vec::new();
        // The first of several that end together, so that the same plan gives the same path.
        let mut next = spans
            .iter()
            .rev()
            .max_by_key(|span| span.end_s)
            .map(|span| span.step.clone());
        while let Some(step) = next {
            next = last_need.get(&step).cloned();
            critical_path.push(step);
        }
        critical_path.reverse();
        Timeline {
            expected_s: end(&spans),
            slow_s: end(&slow),
            spans,
            critical_path,
        }
    }
}

/// The spans, and for each step the one that it waited for.
fn run(steps: &[Step], duration: impl Fn(&Step) -> Duration) -> (Vec<Span>, BTreeMap<StepId, StepId>) {
    let mut ends: BTreeMap<StepId, u64> = BTreeMap::new();
    let mut last_need = BTreeMap::new();
    let mut spans = Vec::with_capacity(steps.len());
    for step in steps {
        let needs = step
            .needs
            .iter()
            .filter_map(|need| Some((*ends.get(need)?, need)));
        let last = needs.max_by_key(|(end, _)| *end);
        let start = last.map_or(0, |(end, _)| end);
        let end = start + duration(step).as_secs();
        if let Some((_, need)) = last {
            last_need.insert(step.id(), need.clone());
        }
        ends.insert(step.id(), end);
        spans.push(Span {
            step: step.id(),
            start_s: start,
            end_s: end,
        });
    }
    (spans, last_need)
}
