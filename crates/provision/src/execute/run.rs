//! The steps of a plan, carried out.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::graph::{self, End};
use super::{Batch, Cx, Event, Failure, Stop};
use crate::clock::between;
use crate::key::Key;
use crate::objects::{Replacement, Spec};
use crate::observed::Observed;
use crate::operations::ec2::IpPermission;
use crate::plan::{Action, Pending, Plan, Step, StepId};
use crate::text::{Attribute, Hole};

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedStep {
    /// The object.
    pub key: Key,
    /// What a person calls it: `VPC`, `launch template`.
    pub noun: String,
    /// What was to be done with it.
    pub action: Action,
    /// Why that failed.
    pub failure: Failure,
}

/// What came of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Steps that are done.
    pub done: Vec<StepId>,
    /// Steps that failed.
    pub failed: Vec<FailedStep>,
    /// Steps that were not begun, or begun and stopped: because of a failure or because the run was told to end.
    pub open: Vec<StepId>,
    /// Access entries whose principal does not exist yet.
    pub pending: Vec<Pending>,
    /// Whether the run was told to end, by a person or by the loss of its lock.
    pub stopped: bool,
    /// How long it all took.
    pub elapsed: Duration,
}

impl Outcome {
    /// Whether everything is as planned. Pending entries do not count.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failed.is_empty() && self.open.is_empty()
    }

    /// Whether nothing failed and nobody stopped it, and yet something is open: what was done did not last.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.failed.is_empty() && !self.stopped && !self.open.is_empty()
    }

    /// This and what came of the next plan of the same run.
    pub(crate) fn and(&mut self, next: Self) {
        self.done.extend(next.done);
        self.failed = next.failed;
        self.open = next.open;
        self.pending = next.pending;
        self.stopped |= next.stopped;
    }
}

/// The values of holes: what was observed, and what steps have found out since.
struct Values<'a> {
    observed: &'a Observed,
    found: Mutex<BTreeMap<Hole, String>>,
}

impl Values<'_> {
    fn get(&self, hole: &Hole) -> Option<String> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(hole).cloned().or_else(|| self.observed.lookup(hole))
    }

    fn put(&self, key: &Key, attributes: BTreeMap<Attribute, String>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.extend(attributes.into_iter().map(|(attribute, value)| {
            (
                Hole {
                    key: key.clone(),
                    attribute,
                },
                value,
            )
        }));
    }
}

/// Carries out `plan`, made from `observed`. Steps that fail do not keep their siblings from going on.
pub(crate) async fn run(cx: &Cx<'_>, stop: &Stop, plan: &Plan, observed: &Observed) -> Outcome {
    let began = cx.now();
    let values = Values {
        observed,
        found: Mutex::default(),
    };
    let places: BTreeMap<StepId, usize> = plan
        .steps
        .iter()
        .enumerate()
        .map(|(i, step)| (step.id(), i))
        .collect();
    // A need that is no step of this plan is there already.
    let needs = |step: &Step| {
        step.needs
            .iter()
            .filter_map(|need| places.get(need).copied())
            .collect()
    };
    let needs: Vec<Vec<usize>> = plan.steps.iter().map(needs).collect();
    let batches = batches(plan);
    let ends = graph::run(&needs, stop, |place| {
        let (values, step) = (&values, plan.steps.get(place));
        let cx = cx.batched(step.and_then(batch).and_then(|name| batches.get(&name)));
        async move {
            match step {
                Some(step) => Box::pin(one(&cx, place, step, values)).await,
                None => Ok(()),
            }
        }
    })
    .await;
    outcome(plan, ends, stop, between(began, cx.now()))
}

/// What a step may share a call with.
fn batch(step: &Step) -> Option<String> {
    step.spec
        .as_ref()
        .filter(|_| step.action == Action::Create)?
        .batch()
}

/// The batches of a plan, each knowing how many steps may join.
fn batches(plan: &Plan) -> BTreeMap<String, Batch<IpPermission>> {
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    for name in plan.steps.iter().filter_map(batch) {
        *sizes.entry(name).or_default() += 1;
    }
    sizes
        .into_iter()
        .map(|(name, size)| (name, Batch::new(size)))
        .collect()
}

fn outcome(plan: &Plan, ends: Vec<End<Failure>>, stop: &Stop, elapsed: Duration) -> Outcome {
    let mut outcome = Outcome {
        pending: plan.pending.clone(),
        stopped: stop.asked(),
        elapsed,
        ..Outcome::default()
    };
    for (step, end) in plan.steps.iter().zip(ends) {
        match end {
            End::Done => outcome.done.push(step.id()),
            End::NotStarted => outcome.open.push(step.id()),
            End::Failed(failure) if failure.is_stop() => {
                outcome.stopped = true;
                outcome.open.push(step.id());
            }
            End::Failed(failure) => match missing_principal(step, &failure) {
                Some(pending) => outcome.pending.push(pending),
                None => outcome.failed.push(FailedStep {
                    key: step.key.clone(),
                    noun: spec_of(step).map_or("object", Spec::noun).to_owned(),
                    action: step.action,
                    failure,
                }),
            },
        }
    }
    outcome
}

fn spec_of(step: &Step) -> Option<&Spec> {
    step.spec.as_ref().or(step.present.as_ref().map(|(spec, _)| spec))
}

/// The entry that a step could not make because AWS does not know its principal (yet). Entries of nodes' own roles are
/// no such case: those roles were made a moment before.
fn missing_principal(step: &Step, failure: &Failure) -> Option<Pending> {
    let principal = step
        .key
        .as_str()
        .strip_prefix("accessentry:")?
        .strip_suffix("/AccessEntry")?;
    let refused = failure
        .call()
        .is_some_and(|error| error.message.contains("invalid principal"));
    refused.then(|| Pending {
        key: step.key.clone(),
        principal: principal.to_owned(),
    })
}

async fn one(cx: &Cx<'_>, place: usize, step: &Step, values: &Values<'_>) -> Result<(), Failure> {
    let cx = cx.of_step(place, &step.key).with_nodes(step.waits);
    let began = cx.now();
    cx.tell(&Event::Started {
        step: place,
        key: &step.key,
    });
    match act(&cx, step, values).await {
        Ok(attributes) => {
            let id = attributes.get(&Attribute::Id).cloned().unwrap_or_default();
            // What deletes the old self of an object knows nothing of the new one.
            if step.action != Action::Delete {
                values.put(&step.key, attributes);
            }
            cx.tell(&Event::Done {
                step: place,
                key: &step.key,
                id: &id,
                elapsed: between(began, cx.now()),
            });
            Ok(())
        }
        Err(failure) => {
            if !failure.is_stop() {
                cx.tell(&Event::Failed {
                    step: place,
                    key: &step.key,
                    failure: &failure,
                });
            }
            Err(failure)
        }
    }
}

async fn act(cx: &Cx<'_>, step: &Step, values: &Values<'_>) -> Result<BTreeMap<Attribute, String>, Failure> {
    let key = &step.key;
    let spec = match &step.spec {
        Some(spec) => Some(spec.filled(&|hole| values.get(hole)).map_err(Failure::Unknown)?),
        None => None,
    };
    match (step.action, &spec, &step.present) {
        (Action::Delete, _, Some((present, id))) => {
            present.delete(cx, key, id).await?;
            Ok([(Attribute::Id, id.clone())].into())
        }
        (Action::Update | Action::NewVersion, Some(spec), Some((present, id))) => {
            spec.change(cx, key, id, present).await
        }
        (Action::Replace, Some(spec), Some((present, id))) => {
            if spec.replacement() == Replacement::DeleteFirst {
                present.delete(cx, key, id).await?;
            }
            spec.create(cx, key).await
        }
        (Action::Roll, Some(Spec::AutoScalingGroup(group)), _) => group.roll(cx, key).await,
        (_, Some(spec), _) => spec.create(cx, key).await,
        (_, None, _) => Ok(BTreeMap::new()),
    }
}
