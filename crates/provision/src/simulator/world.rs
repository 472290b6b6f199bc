//! An account, a clock, and what can go wrong between a run and the account.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, Either, select};
use jiff::Timestamp;

use crate::clock::{Clock, VirtualClock};
use crate::cloud::{CallError, Cloud};
use crate::execute::Stop;
use crate::observed::Observed;
use crate::operations::{Access, Operation, Reply, Request};
use crate::sandbox::{self, Facts};

/// An account that outlives the runs against it.
#[derive(Clone)]
pub(super) struct Account {
    state: Arc<Mutex<sandbox::Account>>,
    pub(super) clock: VirtualClock,
    /// Runs that are alive, by number.
    pub(super) running: Arc<Mutex<BTreeSet<u64>>>,
    runs: Arc<AtomicU64>,
}

impl Account {
    pub(super) fn new(facts: Facts) -> Self {
        Self {
            clock: VirtualClock::new(facts.start),
            state: Arc::new(Mutex::new(sandbox::Account::new(facts))),
            running: Arc::default(),
            runs: Arc::default(),
        }
    }

    /// Asks the account itself, beside any run.
    pub(super) fn ask<O: Operation>(&self, operation: O) -> O::Reply {
        let (answer, _) = self
            .state
            .lock()
            .unwrap()
            .call("us-west-2", self.clock.now(), operation.request());
        let Ok(reply) = O::reply(answer.unwrap()) else {
            panic!("answered something else")
        };
        reply
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// When a run dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kill {
    Never,
    /// Just before call number so-and-so reaches the account.
    Before(usize),
    /// Just after it has had its effect.
    After(usize),
}

/// How often, of a hundred calls, something goes wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    pub(super) seed: u64,
    /// The request never arrives and the caller does not know.
    pub(super) lost_requests: u8,
    /// The call has its effect, but the answer never arrives.
    pub(super) lost_answers: u8,
    /// The call is refused for being one too many.
    pub(super) throttled: u8,
}

/// One run's view of an account.
pub(super) struct World {
    pub(super) account: Account,
    /// Its number, which is its process too.
    pub(super) run: u64,
    kill: Kill,
    dead: Stop,
    calls: AtomicUsize,
    trace: Mutex<Vec<String>>,
    /// What it saw before it did anything.
    pub(super) seen: Mutex<Observed>,
    faults: Faults,
    /// An operation that the caller may not use.
    denied: Option<&'static str>,
    chance: Mutex<fastrand::Rng>,
}

impl World {
    pub(super) fn new(account: &Account, kill: Kill) -> Self {
        Self::with_faults(account, kill, Faults::default())
    }

    pub(super) fn with_faults(account: &Account, kill: Kill, faults: Faults) -> Self {
        let run = account.runs.fetch_add(1, Ordering::SeqCst) + 1;
        account.running.lock().unwrap().insert(run);
        Self {
            account: account.clone(),
            run,
            kill,
            dead: Stop::new(),
            calls: AtomicUsize::new(0),
            trace: Mutex::default(),
            seen: Mutex::default(),
            faults,
            denied: None,
            chance: Mutex::new(fastrand::Rng::with_seed(faults.seed)),
        }
    }

    /// For a caller who may not use one operation.
    pub(super) fn denied(account: &Account, operation: &'static str) -> Self {
        Self {
            denied: Some(operation),
            ..Self::new(account, Kill::Never)
        }
    }

    /// Drives a run on the account's clock; `None` if it was killed.
    pub(super) fn drive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let clock = self.account.clock.clone();
        clock.run(self.alive(work)).unwrap()
    }

    /// The run as a future that ends early when it is killed.
    pub(super) async fn alive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let killed = std::pin::pin!(self.dead.wait());
        let ended = match select(std::pin::pin!(work), killed).await {
            Either::Left((result, _)) => Some(result),
            Either::Right(_) => None,
        };
        self.account.running.lock().unwrap().remove(&self.run);
        ended
    }

    /// Every call with its answer's code.
    pub(super) fn trace(&self) -> Vec<String> {
        self.trace.lock().unwrap().clone()
    }

    /// How many calls were made.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// How many calls were made, by service and operation.
    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in self.trace() {
            let operation = line.split(' ').nth(2).unwrap_or_default();
            *counts.entry(operation.to_owned()).or_default() += 1;
        }
        counts
    }

    /// The calls that change something.
    pub(super) fn writes(&self) -> Vec<String> {
        self.trace()
            .into_iter()
            .filter(|line| line.contains(" Write "))
            .collect()
    }

    async fn die(&self) -> Result<Reply, CallError> {
        self.dead.ask();
        pending().await
    }

    fn percent(&self) -> u8 {
        self.chance.lock().unwrap().u8(0..100)
    }

    async fn answer(&self, request: Request) -> Result<Reply, CallError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let info = request.info();
        if self.kill == Kill::Before(number) {
            return self.die().await;
        }
        if self.denied == Some(info.operation) {
            return Err(CallError::new(
                info,
                "AccessDenied",
                "not authorized to perform this",
            ));
        }
        let chance = self.percent();
        let Faults {
            lost_requests,
            lost_answers,
            throttled,
            ..
        } = self.faults;
        if chance < throttled {
            self.note(info.operation, "throttled", "Throttling");
            return Err(CallError::new(info, "Throttling", "Rate exceeded"));
        }
        if chance < throttled + lost_requests {
            self.note(info.operation, "lost request", "LostAnswer");
            return Err(CallError::lost(info, "connection reset"));
        }
        let now = self.account.clock.now();
        let parameters = request.parameters();
        let (answer, latency) = self.account.state.lock().unwrap().call("us-west-2", now, request);
        let code = answer.as_ref().map_or_else(
            |error| format!("{}: {}", error.code, error.message),
            |_| "ok".to_owned(),
        );
        let kind = if info.access == Access::Write {
            "Write"
        } else {
            "Read"
        };
        self.note(
            &format!("{kind} {}.{}", info.service, info.operation),
            &parameters.to_string(),
            &code,
        );
        if self.kill == Kill::After(number) {
            return self.die().await;
        }
        self.account.clock.sleep(latency).await;
        if chance < throttled + lost_requests + lost_answers {
            return Err(CallError::lost(info, "connection reset"));
        }
        answer
    }

    fn note(&self, what: &str, parameters: &str, code: &str) {
        let line = format!("{} {what} {parameters} -> {code}", self.account.now());
        self.trace.lock().unwrap().push(line);
    }
}

impl Cloud for World {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>> {
        Box::pin(self.answer(request))
    }
}
