//! An apply or a destroy from beginning to end: look, plan, lock, look and plan again, carry out, make sure.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use futures_util::future::{Either, pending, select};

use crate::clock::{Clock, between};
use crate::cloud::Cloud;
use crate::execute::{Account, Cx, Event, Failure, Listener, Outcome, Stop, run};
use crate::lock::{self, Holder, Lock, Refused};
use crate::observe::{look_around, observe};
use crate::observed::{Leftover, Observed};
use crate::ownership::Owner;
use crate::plan::{Plan, Step};

/// How long a new object may be missing in reads by tag.
const UNSEEN: Duration = Duration::from_secs(31);
/// How often a run looks again at what it did before it says that it cannot get there.
const ROUNDS: usize = 4;
/// After a failure, how long the look at what exists is tried where it fails too.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a run is about, and all that it needs from outside.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// The account.
    pub cloud: &'a dyn Cloud,
    /// The time; against AWS, AWS's own.
    pub clock: &'a dyn Clock,
    /// Who watches.
    pub listener: &'a dyn Listener,
    /// The request to stop.
    pub stop: &'a Stop,
    /// Decides the jitter of retries.
    pub seed: u64,
    /// The cluster, with a random id that is used if this is the beginning of its life.
    pub owner: &'a Owner,
    /// Principals that the file maps, by ARN: whether they exist is looked at too.
    pub principals: &'a BTreeSet<String>,
}

/// Who changes a cluster.
#[derive(Clone, Copy)]
pub struct Locking<'a> {
    /// Who, with a random name of this run.
    pub holder: &'a Holder,
    /// Whether a process of this machine runs.
    pub alive: &'a (dyn Fn(u32) -> bool + Sync),
}

/// Why a run changed nothing, or stopped without an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another run holds the lock.
    Locked(Refused),
    /// The plan is not the one that was agreed to any more, and the new one was not agreed to.
    Declined,
    /// The plan holds what must not be done.
    Blocked,
    /// The account could not be read.
    Failed(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked(refused) => refused.fmt(f),
            Self::Declined => f.write_str("the plan changed meanwhile, and the new one was not agreed to"),
            Self::Blocked => f.write_str("the plan holds what must not be done"),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

/// How a run plans: the desired state may depend on what is there, so it is asked again each time.
pub type Planner<'a> = &'a (dyn Fn(&Observed) -> Plan + Sync);

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was done, what failed, what is open.
    pub outcome: Outcome,
    /// What is there at the end, if it was looked at.
    pub observed: Option<Observed>,
    /// What is left over or in the way.
    pub leftovers: Vec<Leftover>,
}

impl<'a> Session<'a> {
    fn account(&self) -> Account<'a> {
        Account::new(self.cloud, self.clock, self.listener, self.stop, self.seed)
    }

    /// Looks at the account without changing anything. Where a run died a moment ago it waits until reads show what
    /// that run made.
    ///
    /// # Errors
    /// The first call that was refused.
    pub async fn look(&self, locking: &Locking<'_>) -> Result<Observed, Failure> {
        self.first_look(locking, false).await
    }

    /// Looks as [`Session::look`] does, but for what goes with the cluster by itself, and also at what else lies in its
    /// network and what its workloads made: what a plan to destroy it has to know.
    ///
    /// # Errors
    /// As [`Session::look`].
    pub async fn survey(&self, locking: &Locking<'_>) -> Result<Observed, Failure> {
        self.first_look(locking, true).await
    }

    async fn first_look(&self, locking: &Locking<'_>, destroys: bool) -> Result<Observed, Failure> {
        let account = self.account();
        let cx = Cx::new(&account, self.owner);
        if lock::is_orphaned(&cx, &locking.holder.host, locking.alive).await? {
            cx.sleep(UNSEEN).await?;
        }
        self.see(&cx, destroys).await
    }

    /// What is there now; with what lies around it, if it is to be destroyed.
    async fn see(&self, cx: &Cx<'_>, destroys: bool) -> Result<Observed, Failure> {
        if !destroys {
            return Box::pin(observe(cx, self.principals)).await;
        }
        let mut observed = Box::pin(observe(&cx.beside_kubernetes(), self.principals)).await?;
        Box::pin(look_around(cx, &mut observed)).await?;
        Ok(observed)
    }

    /// Makes the cluster be as `planner` plans it. `shown` is the plan that was agreed to; should the account have
    /// changed meanwhile, `agree` is asked about the new one. A plan without steps takes no lock and writes nothing.
    ///
    /// # Errors
    /// What kept it from beginning. What fails later is in the report.
    pub async fn apply(
        &self,
        locking: &Locking<'_>,
        shown: &Plan,
        planner: Planner<'_>,
        agree: &(dyn Fn(&Plan) -> bool + Sync),
    ) -> Result<Report, Refusal> {
        Box::pin(self.carry_out(locking, shown, planner, agree, false)).await
    }

    /// Removes everything of the cluster, and proves it by reading everything again.
    ///
    /// # Errors
    /// As [`Session::apply`].
    pub async fn destroy(
        &self,
        locking: &Locking<'_>,
        shown: &Plan,
        planner: Planner<'_>,
        agree: &(dyn Fn(&Plan) -> bool + Sync),
    ) -> Result<Report, Refusal> {
        Box::pin(self.carry_out(locking, shown, planner, agree, true)).await
    }

    async fn carry_out(
        &self,
        locking: &Locking<'_>,
        shown: &Plan,
        planner: Planner<'_>,
        agree: &(dyn Fn(&Plan) -> bool + Sync),
        destroys: bool,
    ) -> Result<Report, Refusal> {
        if shown.is_empty() && !destroys {
            let outcome = Outcome {
                pending: shown.pending.clone(),
                ..Outcome::default()
            };
            return Ok(Report {
                outcome,
                observed: None,
                leftovers: shown.leftovers.clone(),
            });
        }
        let account = self.account();
        let cx = Cx::new(&account, self.owner);
        let lock = lock::take(&cx, locking.holder, locking.alive)
            .await
            .map_err(Refusal::Locked)?;
        let owner = Owner {
            cluster_id: lock.cluster_id.clone(),
            ..self.owner.clone()
        };
        let cx = Cx::new(&account, &owner);
        let work = Box::pin(self.locked(&cx, &lock, shown, planner, agree, destroys));
        let beat = Box::pin(lock.keep_alive(&cx, locking.holder));
        let told = Box::pin(async {
            self.stop.wait().await;
            cx.tell(&Event::Stopping {
                calls: account.calls_in_flight(),
            });
            pending::<()>().await;
        });
        // Telling never ends, so the heartbeat alone decides which of the two does.
        let beat = Box::pin(async { drop(select(beat, told).await) });
        let report = match select(work, beat).await {
            Either::Left((report, _)) => report,
            // The heartbeat ends only when the lock is lost: calls in flight finish, nothing new begins.
            Either::Right(((), work)) => {
                self.stop.ask();
                work.await
            }
        };
        if let Err(failure) = lock.release(&cx).await {
            cx.tell(&Event::LockLeft { failure: &failure });
        }
        report
    }

    async fn locked(
        &self,
        cx: &Cx<'_>,
        lock: &Lock,
        shown: &Plan,
        planner: Planner<'_>,
        agree: &(dyn Fn(&Plan) -> bool + Sync),
        destroys: bool,
    ) -> Result<Report, Refusal> {
        let began = cx.now();
        if lock.taken_over {
            // The run that died may have made things a moment ago that reads do not show yet. A plan without them
            // would make them twice, or move others away from them.
            cx.sleep(UNSEEN).await?;
        }
        let mut observed = self.see(cx, destroys).await?;
        let mut plan = planner(&observed);
        if !plan.blocked.is_empty() {
            return Err(Refusal::Blocked);
        }
        if plan != *shown && !agree(&plan) {
            return Err(Refusal::Declined);
        }
        let mut outcome = Outcome {
            pending: plan.pending.clone(),
            ..Outcome::default()
        };
        let mut refused: BTreeSet<String> = BTreeSet::new();
        for round in 0..ROUNDS {
            if round > 0 || plan != *shown {
                cx.tell(&Event::Planned { plan: &plan });
            }
            let cluster_id = observed
                .cluster_id
                .clone()
                .unwrap_or_else(|| cx.owner().cluster_id.clone());
            let owner = Owner {
                cluster_id,
                ..cx.owner().clone()
            };
            let steps = cx.of_owner(&owner).guarded(&lock.guard);
            outcome.and(Box::pin(run(&steps, self.stop, &plan, &observed)).await);
            if !outcome.is_success() {
                self.let_it_show(cx).await;
                // Whoever reads of a failure wants to know what is there now; whoever stops does not want to wait.
                let now = if outcome.stopped {
                    None
                } else {
                    self.see(&cx.at_most(PATIENCE), false).await.ok()
                };
                outcome.elapsed = between(began, cx.now());
                return Ok(Report {
                    outcome,
                    leftovers: plan.leftovers,
                    observed: now,
                });
            }
            let new = outcome
                .pending
                .iter()
                .filter(|pending| !plan.pending.contains(pending));
            refused.extend(new.map(|pending| pending.principal.clone()));
            (observed, plan) = self.settled(cx, planner, &refused, destroys).await?;
            if plan.steps.is_empty() {
                break;
            }
        }
        if outcome.is_success() {
            // What the steps did was undone behind their back, again and again.
            outcome.open = plan.steps.iter().map(Step::id).collect();
            outcome.pending.clone_from(&plan.pending);
        }
        outcome.elapsed = between(began, cx.now());
        Ok(Report {
            outcome,
            leftovers: plan.leftovers,
            observed: Some(observed),
        })
    }

    /// What is there after the steps, and what is left to do; principals that AWS refused in this run are told to the
    /// planner. Reads may lag behind: they are repeated until nothing is left to do, or until what was made last must
    /// have shown.
    async fn settled(
        &self,
        cx: &Cx<'_>,
        planner: Planner<'_>,
        refused: &BTreeSet<String>,
        destroys: bool,
    ) -> Result<(Observed, Plan), Failure> {
        let last = cx.last_made();
        loop {
            let mut observed = self.see(cx, destroys).await?;
            observed.missing_principals.extend(refused.iter().cloned());
            let plan = planner(&observed);
            let over = last.is_none_or(|last| between(last, cx.now()) >= UNSEEN);
            if over || plan.steps.is_empty() {
                return Ok((observed, plan));
            }
            cx.sleep(Duration::from_secs(5)).await?;
        }
    }

    /// Keeps the lock after a failure until reads show what was made: the next run then finds it.
    async fn let_it_show(&self, cx: &Cx<'_>) {
        if let Some(made) = cx.last_made() {
            let left = UNSEEN.saturating_sub(between(made, cx.now()));
            // Unstoppable sleeps do not fail.
            let _ = cx.to_the_end().sleep(left).await;
        }
    }
}
