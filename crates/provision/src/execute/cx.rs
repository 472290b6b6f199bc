//! All that a step knows: calls, sleep and the time.
//!
//! A call goes through one place that keeps to the account's token buckets, repeats what may be repeated, and stops
//! when the run was asked to. Nothing else retries.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_lock::{Mutex as Turn, MutexGuardArc, Semaphore};
use futures_util::future::{Either, select};
use jiff::Timestamp;

use super::{Batch, Event, Expected, Failure, Listener, Stop};
use crate::bucket::Bucket;
use crate::clock::{Clock, between};
use crate::cloud::{CallError, Cloud, Verdict};
use crate::key::Key;
use crate::lock::Guard;
use crate::operations::ec2::IpPermission;
use crate::operations::sts::{CallerIdentity, GetCallerIdentity};
use crate::operations::{Access, Info, Operation, Repeat, Reply, Request};
use crate::ownership::Owner;

/// IAM refuses many calls side by side long before its rate is reached.
const IAM_AT_ONCE: usize = 4;
/// Trouble that has not passed by then will not pass.
const RETRY_LIMIT: Duration = Duration::from_secs(600);
/// Where nobody answers, or something that is not the account, it is soon better to say so.
const UNANSWERED_LIMIT: Duration = Duration::from_secs(120);
/// Something that still goes on after this long (interfaces that detach, a cluster's update) will not end by itself.
const WAIT_LIMIT: Duration = Duration::from_secs(1200);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What all steps of a run share: the account, the time, and the limits.
pub struct Account<'a> {
    cloud: &'a dyn Cloud,
    clock: &'a dyn Clock,
    listener: &'a dyn Listener,
    stop: &'a Stop,
    buckets: Mutex<BTreeMap<&'static str, Bucket>>,
    jitter: Mutex<fastrand::Rng>,
    iam: Semaphore,
    /// By service: whose turn it is to ask again for what all wait for.
    turns: Mutex<BTreeMap<&'static str, Arc<Turn<()>>>>,
    caller: Turn<Option<CallerIdentity>>,
    in_flight: AtomicUsize,
    last_made: Mutex<Option<Timestamp>>,
}

impl<'a> Account<'a> {
    /// An account as seen from one run. `seed` decides the jitter of retries.
    #[must_use]
    pub fn new(
        cloud: &'a dyn Cloud,
        clock: &'a dyn Clock,
        listener: &'a dyn Listener,
        stop: &'a Stop,
        seed: u64,
    ) -> Self {
        Self {
            cloud,
            clock,
            listener,
            stop,
            buckets: Mutex::default(),
            jitter: Mutex::new(fastrand::Rng::with_seed(seed)),
            iam: Semaphore::new(IAM_AT_ONCE),
            turns: Mutex::default(),
            caller: Turn::new(None),
            in_flight: AtomicUsize::new(0),
            last_made: Mutex::new(None),
        }
    }

    /// Calls whose answers are awaited at this moment.
    #[must_use]
    pub fn calls_in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Remembers when something was last made: reads by tag may not show it for a while.
    fn made(&self, info: &Info) {
        if info.service == "ec2" && info.repeat != Repeat::Same {
            *self.last_made.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.clock.now());
        }
    }

    fn take_token(&self, info: &Info) -> Duration {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let size = info.family;
        buckets
            .entry(size.name)
            .or_insert_with(|| Bucket::new(size.capacity, size.refill_per_second, now))
            .take(now)
    }

    fn turn(&self, service: &'static str) -> Arc<Turn<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(service).or_default())
    }

    fn drain(&self, info: &Info) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(info.family.name) {
            bucket.drain();
        }
    }

    /// A pause between half of `pause` and all of it, so that calls refused together do not come back together.
    fn jittered(&self, pause: Duration) -> Duration {
        let mut jitter = self.jitter.lock().unwrap_or_else(PoisonError::into_inner);
        pause.mul_f64(0.5 + jitter.f64() / 2.0)
    }
}

/// What a step works with.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    account: &'a Account<'a>,
    owner: &'a Owner,
    guard: Option<&'a Guard>,
    step: Option<(usize, &'a Key)>,
    heeds_stop: bool,
    /// How long a call is repeated at most, however long its errors call for.
    patience: Duration,
    expects_nodes: bool,
    asks_kubernetes: bool,
    batch: Option<&'a Batch<IpPermission>>,
}

impl<'a> Cx<'a> {
    /// For work outside of any step: observing, the lock.
    #[must_use]
    pub fn new(account: &'a Account<'a>, owner: &'a Owner) -> Self {
        Self {
            account,
            owner,
            guard: None,
            step: None,
            heeds_stop: true,
            patience: Duration::MAX,
            expects_nodes: false,
            asks_kubernetes: true,
            batch: None,
        }
    }

    /// The same, for another life of the cluster.
    #[must_use]
    pub fn of_owner<'b>(self, owner: &'b Owner) -> Cx<'b>
    where
        'a: 'b,
    {
        Cx { owner, ..self }
    }

    /// When something was last made that reads may not show for a while.
    #[must_use]
    pub fn last_made(&self) -> Option<Timestamp> {
        *self
            .account
            .last_made
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, for step number `step`, about the object `key`.
    #[must_use]
    pub fn of_step(self, step: usize, key: &'a Key) -> Self {
        Self {
            step: Some((step, key)),
            ..self
        }
    }

    /// The same, changing things only while `guard`'s lock is ours.
    #[must_use]
    pub fn guarded(self, guard: &'a Guard) -> Self {
        Self {
            guard: Some(guard),
            ..self
        }
    }

    /// The same, going on after the run was asked to stop: for giving the lock back.
    #[must_use]
    pub fn to_the_end(self) -> Self {
        Self {
            heeds_stop: false,
            ..self
        }
    }

    /// The same, giving up calls that fail for so long: for what is good to have, but not worth waiting for.
    #[must_use]
    pub fn at_most(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same, knowing whether what runs on nodes has a node to wait for.
    #[must_use]
    pub fn with_nodes(self, expects_nodes: bool) -> Self {
        Self {
            expects_nodes,
            ..self
        }
    }

    /// The same, leaving the cluster's own API alone: what is in it goes with it, and it may not be there to answer.
    #[must_use]
    pub fn beside_kubernetes(self) -> Self {
        Self {
            asks_kubernetes: false,
            ..self
        }
    }

    /// Whether the cluster's own API is asked for what is in it.
    #[must_use]
    pub fn asks_kubernetes(&self) -> bool {
        self.asks_kubernetes
    }

    /// The same, for a step that may share a call with others.
    #[must_use]
    pub(crate) fn batched(self, batch: Option<&'a Batch<IpPermission>>) -> Self {
        Self { batch, ..self }
    }

    /// The steps that this one may share a call with.
    pub(crate) fn batch(&self) -> Option<&'a Batch<IpPermission>> {
        self.batch
    }

    /// Whether what runs on nodes has a node to wait for.
    #[must_use]
    pub fn expects_nodes(&self) -> bool {
        self.expects_nodes
    }

    /// The life of the cluster that this is for.
    #[must_use]
    pub fn owner(&self) -> &'a Owner {
        self.owner
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.account.clock.now()
    }

    /// Tells whoever watches.
    pub fn tell(&self, event: &Event<'_>) {
        self.account.listener.event(self.now(), event);
    }

    /// Waits.
    ///
    /// # Errors
    /// [`Failure::Stopped`] as soon as the run is asked to stop.
    pub async fn sleep(&self, duration: Duration) -> Result<(), Failure> {
        let timer = self.account.clock.sleep(duration);
        if !self.heeds_stop {
            timer.await;
            return Ok(());
        }
        let stop = std::pin::pin!(self.account.stop.wait());
        match select(timer, stop).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(Failure::Stopped),
        }
    }

    /// Makes a call, again as often as its errors call for.
    ///
    /// # Errors
    /// The last refusal, or what ended the run. A lost answer is an error only for an operation that would make a
    /// second object if it were sent again; whoever calls it then looks for the first one.
    pub async fn call<O: Operation>(&self, operation: O) -> Result<O::Reply, Failure> {
        self.send(operation, true).await
    }

    /// Like [`Cx::call`], but an error that asks to wait for something else is answered at once, for those who can do
    /// something about it.
    ///
    /// # Errors
    /// As [`Cx::call`].
    pub async fn call_without_waiting<O: Operation>(&self, operation: O) -> Result<O::Reply, Failure> {
        self.send(operation, false).await
    }

    /// Makes a call once: for questions to which a refusal is an answer.
    ///
    /// # Errors
    /// What it is refused with, or what ended the run.
    pub async fn call_once<O: Operation>(&self, operation: O) -> Result<O::Reply, Failure> {
        let reply = Box::pin(self.once(operation.request(), &O::INFO)).await??;
        O::reply(reply).map_err(|_| wrong_reply(&O::INFO))
    }

    async fn send<O: Operation>(&self, operation: O, waits: bool) -> Result<O::Reply, Failure> {
        // Boxed, so that what waits for many calls at once stays small.
        let reply = Box::pin(self.repeat(operation.request(), &O::INFO, waits)).await?;
        O::reply(reply).map_err(|_| wrong_reply(&O::INFO))
    }

    async fn repeat(&self, request: Request, info: &Info, waits: bool) -> Result<Reply, Failure> {
        let began = self.now();
        let mut attempts = 0;
        let mut turn: Option<MutexGuardArc<()>> = None;
        loop {
            let error = match self.once(request.clone(), info).await? {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            if matches!(error.verdict(), Verdict::Warming(_)) && turn.is_none() {
                let next = self.account.turn(info.service);
                turn = next.try_lock_arc();
                if turn.is_none() {
                    // Whoever has the turn finds out for all.
                    turn = Some(next.lock_arc().await);
                    continue;
                }
            }
            attempts += 1;
            let elapsed = between(began, self.now());
            let pause = pause_before_next(&error, info, attempts, elapsed, waits);
            let Some(pause) = pause.filter(|_| elapsed < self.patience) else {
                return Err(error.into());
            };
            let pause = self.account.jittered(pause);
            self.tell(&Event::Retried {
                key: self.step.map(|(_, key)| key),
                operation: info.operation,
                code: &error.code,
                attempts,
                pause,
            });
            if error.verdict() == Verdict::Retry {
                self.account.drain(info);
            }
            self.sleep(pause).await?;
        }
    }

    /// One attempt: the outer result says whether the run may still make it, the inner one what AWS said.
    async fn once(&self, request: Request, info: &Info) -> Result<Result<Reply, CallError>, Failure> {
        let _permit = if info.service == "iam" {
            Some(self.account.iam.acquire().await)
        } else {
            None
        };
        let wait = self.account.take_token(info);
        if !wait.is_zero() {
            self.sleep(wait).await?;
        }
        self.stopped()?;
        if let Some(guard) = self.guard
            && info.access == Access::Write
            && (info.repeat == Repeat::Doubles || info.operation.starts_with("Delete"))
        {
            guard.check(self.account.cloud, self.now()).await?;
            self.stopped()?;
        }
        self.account.in_flight.fetch_add(1, Ordering::SeqCst);
        let answer = self.account.cloud.call(request).await;
        self.account.in_flight.fetch_sub(1, Ordering::SeqCst);
        self.account.made(info);
        Ok(answer)
    }

    fn stopped(&self) -> Result<(), Failure> {
        if self.heeds_stop && self.account.stop.asked() {
            return Err(Failure::Stopped);
        }
        Ok(())
    }

    /// Waits until `ask` says that it is ready: asks at once, since it may have been ready for long or take no time at
    /// all, then when it may be, and often around the expected moment. `since` is when it began, if that was not now.
    ///
    /// # Errors
    /// What `ask` fails with, [`Failure::TooSlow`] past the limit, [`Failure::Stopped`].
    pub async fn wait_until<T>(
        &self,
        what: &str,
        expected: Expected,
        since: Option<Timestamp>,
        mut ask: impl AsyncFnMut() -> Result<Progress<T>, Failure>,
    ) -> Result<T, Failure> {
        let began = self.now();
        let since = since.unwrap_or(began);
        loop {
            let state = match ask().await? {
                Progress::Ready(ready) => return Ok(ready),
                Progress::Pending(state) => state,
            };
            let elapsed = between(since, self.now());
            if let Some((step, key)) = self.step {
                self.tell(&Event::Waiting {
                    step,
                    key,
                    elapsed,
                    expected: expected.usual,
                    state: &state,
                });
            }
            // The limit is on our patience, not on the object's age.
            if between(began, self.now()) >= expected.limit {
                return Err(Failure::TooSlow {
                    what: what.to_owned(),
                    waited: elapsed,
                    state,
                });
            }
            let pause = expected.next_poll(elapsed).unwrap_or(super::POLL_INTERVAL * 2);
            self.sleep(pause).await?;
        }
    }

    /// Whose credentials these are; asked once a run.
    ///
    /// # Errors
    /// As [`Cx::call`].
    pub(crate) async fn caller(&self) -> Result<CallerIdentity, Failure> {
        let mut known = self.account.caller.lock().await;
        if let Some(caller) = &*known {
            return Ok(caller.clone());
        }
        let caller = self.call(GetCallerIdentity {}).await?;
        Ok(known.insert(caller).clone())
    }
}

fn wrong_reply(info: &Info) -> Failure {
    let message = "the answer belongs to another operation; please report this";
    CallError::new(info, "WrongReply", message).into()
}

/// How far something is that is waited for.
pub enum Progress<T> {
    /// It is ready.
    Ready(T),
    /// Not yet; its state in AWS's word, and AWS's reason where it gives one.
    Pending(String),
}

/// How long to wait before making a call again that failed with `error`; `None` if it must not be made again.
fn pause_before_next(
    error: &CallError,
    info: &Info,
    attempts: u32,
    elapsed: Duration,
    waits: bool,
) -> Option<Duration> {
    let growing = |first: Duration| {
        first
            .saturating_mul(1 << (attempts - 1).min(10))
            .min(LONGEST_PAUSE)
    };
    let (pause, limit) = match error.verdict() {
        Verdict::Retry => (growing(Duration::from_secs(1)), RETRY_LIMIT),
        Verdict::Wait if waits => (
            growing(Duration::from_secs(2)).min(super::POLL_INTERVAL),
            WAIT_LIMIT,
        ),
        Verdict::Window(window) | Verdict::Warming(window) => {
            (growing(Duration::from_secs(1)).min(super::POLL_INTERVAL), window)
        }
        Verdict::Unknown if info.repeat != Repeat::Doubles => {
            let limit = error.trouble().map_or(RETRY_LIMIT, |_| UNANSWERED_LIMIT);
            (growing(Duration::from_secs(1)), limit)
        }
        // Credentials are refreshed by whoever holds them, below the seam.
        Verdict::Wait
        | Verdict::Unknown
        | Verdict::Refresh
        | Verdict::Exists
        | Verdict::Absent
        | Verdict::Never => {
            return None;
        }
    };
    (elapsed < limit).then_some(pause)
}
