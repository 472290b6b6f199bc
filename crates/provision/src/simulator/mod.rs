//! Whole runs against the sandbox on a clock that jumps: killed at every call, faulted at random, side by side.
//!
//! Everything follows from seeds; a failing test names its own.

mod cases;
mod destroyed;
mod five;
mod leaderboard;
mod nodes;
mod world;

use std::collections::BTreeSet;
use std::sync::Mutex;

use jiff::Timestamp;

use crate::apply::{Locking, Refusal, Report, Session};
use crate::desired::Desired;
use crate::execute::{Event, Listener, Stop};
use crate::inventory::Inventory;
use crate::key::Key;
use crate::lock::Holder;
use crate::observed::Observed;
use crate::ownership::Owner;
use crate::plan::{self, Plan};
use world::{Account, Kill, World};

/// What a run does.
#[derive(Clone, Copy)]
enum Task<'a> {
    Apply(&'a Desired),
    /// As apply, and nodes with an older template are replaced.
    Roll(&'a Desired),
    /// Of the cluster with this name.
    Destroy(&'a str),
}

impl Task<'_> {
    fn plan(&self, observed: &Observed) -> Plan {
        match self {
            Self::Apply(desired) => plan::plan(desired, observed, plan::Options::default()),
            Self::Roll(desired) => {
                let options = plan::Options {
                    roll: true,
                    ..plan::Options::default()
                };
                plan::plan(desired, observed, options)
            }
            Self::Destroy(_) => plan::destroy(observed),
        }
    }
}

fn principals(task: Task<'_>) -> BTreeSet<String> {
    let (Task::Apply(desired) | Task::Roll(desired)) = task else {
        return BTreeSet::new();
    };
    let entries = desired.principals.keys().filter_map(|key| {
        let name = key
            .as_str()
            .strip_prefix("accessentry:")?
            .strip_suffix("/AccessEntry")?;
        Some(name.to_owned())
    });
    entries.collect()
}

/// Whoever watches a run can name its steps: each place that is told is one in the plan that was shown or told last.
#[derive(Default)]
struct Watcher(Mutex<Vec<Key>>);

impl Watcher {
    fn shown(&self, plan: &Plan) {
        *self.0.lock().unwrap() = plan.steps.iter().map(|step| step.key.clone()).collect();
    }
}

impl Listener for Watcher {
    fn event(&self, _: Timestamp, event: &Event<'_>) {
        match event {
            Event::Planned { plan } => self.shown(plan),
            Event::Started { step, key } | Event::Done { step, key, .. } => {
                assert_eq!(self.0.lock().unwrap().get(*step), Some(*key));
            }
            _ => {}
        }
    }
}

/// One run from its first call to its last: what it came to, or that it was killed.
async fn work(world: &World, task: Task<'_>, owner: &Owner) -> Result<Report, Refusal> {
    let stop = Stop::new();
    let principals = principals(task);
    let watcher = Watcher::default();
    let session = Session {
        cloud: world,
        clock: &world.account.clock,
        listener: &watcher,
        stop: &stop,
        seed: world.run,
        owner,
        principals: &principals,
    };
    let holder = Holder {
        run: format!("run{}", world.run),
        host: "here".to_owned(),
        pid: u32::try_from(world.run).unwrap(),
        command: "apply".to_owned(),
    };
    let running = world.account.running.clone();
    let alive = move |pid: u32| running.lock().unwrap().contains(&u64::from(pid));
    let locking = Locking {
        holder: &holder,
        alive: &alive,
    };
    let seen = match task {
        Task::Destroy(_) => session.survey(&locking).await?,
        _ => session.look(&locking).await?,
    };
    world.seen.lock().unwrap().clone_from(&seen);
    let shown = task.plan(&seen);
    watcher.shown(&shown);
    let planner = |observed: &Observed| task.plan(observed);
    match task {
        Task::Apply(_) | Task::Roll(_) => session.apply(&locking, &shown, &planner, &|_| true).await,
        Task::Destroy(_) => session.destroy(&locking, &shown, &planner, &|_| true).await,
    }
}

/// Runs `task` and says what came of it; `None` if it was killed.
fn run(account: &Account, task: Task<'_>, kill: Kill) -> Option<(Result<Report, Refusal>, World)> {
    let world = World::new(account, kill);
    let result = go(&world, task);
    result.map(|report| (report, world))
}

/// Runs `task` in `world` alone; `None` if it was killed.
fn go(world: &World, task: Task<'_>) -> Option<Result<Report, Refusal>> {
    world.account.clock.run(start(world, task)).unwrap()
}

/// A run of `task`, to be driven beside others.
async fn start(world: &World, task: Task<'_>) -> Option<Result<Report, Refusal>> {
    let owner = owner_of(task, world.run);
    world.alive(work(world, task, &owner)).await
}

fn owner_of(task: Task<'_>, life: u64) -> Owner {
    let cluster = match task {
        Task::Apply(desired) | Task::Roll(desired) => desired.cluster.clone(),
        Task::Destroy(cluster) => cluster.to_owned(),
    };
    Owner {
        cluster,
        region: "us-west-2".to_owned(),
        cluster_id: format!("life{life}"),
    }
}

/// Runs `task` to a good end.
fn must(account: &Account, task: Task<'_>) -> World {
    let (report, world) = run(account, task, Kill::Never).unwrap();
    let report = report.unwrap_or_else(|refusal| panic!("{refusal}\n{}", world.trace().join("\n")));
    if !report.outcome.is_success() {
        let failures = report
            .outcome
            .failed
            .iter()
            .map(|step| format!("{} {:?}: {}", step.key, step.action, step.failure));
        let failures = failures.collect::<Vec<_>>().join("\n");
        let trace = world.trace();
        panic!(
            "{}\n{failures}\nopen: {:?}",
            trace[trace.len().saturating_sub(60)..].join("\n"),
            report.outcome.open
        );
    }
    world
}

/// Fails with the objects in which two inventories differ.
fn assert_same(left: &Inventory, right: &Inventory, why: &str) {
    let only = |of: &Inventory, other: &Inventory| -> Vec<String> {
        let missing = of.objects.iter().filter(|entry| !other.objects.contains(entry));
        missing
            .map(|entry| format!("{} {}", entry.id, entry.properties))
            .collect()
    };
    let (left, right) = (only(left, right), only(right, left));
    assert!(
        left.is_empty() && right.is_empty(),
        "{why}\n- {}\n+ {}",
        left.join("\n- "),
        right.join("\n+ ")
    );
}

/// What is there now.
fn inventory(account: &Account, task: Task<'_>) -> Inventory {
    let world = World::new(account, Kill::Never);
    let (stop, owner, none) = (Stop::new(), owner_of(task, 0), BTreeSet::new());
    let session = Session {
        cloud: &world,
        clock: &world.account.clock,
        listener: &(),
        stop: &stop,
        seed: 0,
        owner: &owner,
        principals: &none,
    };
    let holder = Holder {
        run: String::new(),
        host: "here".to_owned(),
        pid: 0,
        command: "inventory".to_owned(),
    };
    let locking = Locking {
        holder: &holder,
        alive: &|_| true,
    };
    Inventory::of_observed(&world.drive(session.look(&locking)).unwrap().unwrap())
}
