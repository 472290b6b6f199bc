//! How time passes for an account, and what drives a future at that pace.

use crate::{
    args::Speed,
    error::{Error, Result},
};
use futures_util::future::{self, BoxFuture, Either};
use jiff::Timestamp;
#[cfg(feature = "aws")]
use lb_provision::aws::ServerClock;
use lb_provision::{
    clock::{Clock, VirtualClock, after},
    execute::Stop,
};
use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// How often what is drawn moves on.
const TICK: Duration = Duration::from_millis(200);

/// A clock and the loop that drives a future on it.
pub(crate) enum Pace {
    /// So many times faster than life.
    Scaled(Scaled),
    /// No waiting at all: time jumps to the next timer.
    Max(VirtualClock),
    /// AWS's own time.
    #[cfg(feature = "aws")]
    Live(Runtime, Live),
}

/// AWS's clock, with this machine's timers.
#[cfg(feature = "aws")]
#[derive(Clone, Debug)]
pub(crate) struct Live(ServerClock);

#[cfg(feature = "aws")]
impl Clock for Live {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that runs faster than life.
#[derive(Clone, Debug)]
pub(crate) struct Scaled {
    start: Timestamp,
    since: Instant,
    times: f64,
}

impl Clock for Scaled {
    fn now(&self) -> Timestamp {
        let passed = self.since.elapsed().as_secs_f64() * self.times;
        after(
            self.start,
            Duration::try_from_secs_f64(passed).unwrap_or(Duration::MAX),
        )
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let seconds = duration.as_secs_f64() / self.times;
        Box::pin(tokio::time::sleep(
            Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
        ))
    }
}

impl Pace {
    /// A clock that stands at `start` now.
    pub(crate) fn new(speed: Speed, start: Timestamp) -> Self {
        match speed {
            Speed::Max => Self::Max(VirtualClock::new(start)),
            Speed::Times(times) => Self::Scaled(Scaled {
                start,
                since: Instant::now(),
                times,
            }),
        }
    }

    /// AWS's time, driven by the runtime that its connections live in.
    #[cfg(feature = "aws")]
    pub(crate) fn live(runtime: Runtime, clock: ServerClock) -> Self {
        Self::Live(runtime, Live(clock))
    }

    /// The clock, for steps.
    pub(crate) fn clock(&self) -> &dyn Clock {
        match self {
            Self::Scaled(clock) => clock,
            Self::Max(clock) => clock,
            #[cfg(feature = "aws")]
            Self::Live(_, clock) => clock,
        }
    }

    /// The clock, for an account.
    pub(crate) fn shared(&self) -> Arc<dyn Clock> {
        match self {
            Self::Scaled(clock) => Arc::new(clock.clone()),
            Self::Max(clock) => Arc::new(clock.clone()),
            #[cfg(feature = "aws")]
            Self::Live(_, clock) => Arc::new(clock.clone()),
        }
    }

    /// Drives `work` to its end. `tick` is called a few times a second with the present moment, where time can be
    /// seen to pass.
    pub(crate) fn run<F: Future>(&self, work: F, tick: impl Fn(Timestamp)) -> Result<F::Output> {
        match self {
            Self::Max(clock) => clock
                .run(work)
                .map_err(|stuck| Error::failed(format!("{stuck}; please report this"))),
            Self::Scaled(clock) => Ok(runtime()?.block_on(ticking(work, || tick(clock.now())))),
            #[cfg(feature = "aws")]
            Self::Live(runtime, clock) => Ok(runtime.block_on(ticking(work, || tick(clock.now())))),
        }
    }
}

/// What drives timers and connections.
pub(crate) fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::failed(format!("cannot start: {error}")))
}

/// `work`, with `tick` called a few times a second meanwhile.
async fn ticking<F: Future>(work: F, tick: impl Fn()) -> F::Output {
    let ticks = pin!(async {
        loop {
            tokio::time::sleep(TICK).await;
            tick();
        }
    });
    match future::select(pin!(work), ticks).await {
        Either::Left((output, _)) => output,
        Either::Right((never, _)) => never,
    }
}

/// Lets the first Ctrl-C ask `stop`, and the second end the process. A thread of its own, so that it works at any
/// pace.
pub(crate) fn heed_interrupts(stop: &Arc<Stop>) -> Result<()> {
    let failed = |error| Error::failed(format!("cannot listen for Ctrl-C: {error}"));
    let runtime = runtime()?;
    let stop = Arc::clone(stop);
    let listen = move || {
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.ask();
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(crate::error::Exit::Problems as i32);
            }
        });
    };
    std::thread::Builder::new()
        .name("interrupts".to_owned())
        .spawn(listen)
        .map_err(failed)?;
    Ok(())
}
