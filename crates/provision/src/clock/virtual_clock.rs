//! A clock that jumps: its loop polls a future and, when nothing else can move, goes to the next timer.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::{Clock, after};

/// A clock without waiting, and the loop that drives a future on it. Clones share the same time.
///
/// Timers that end at the same instant fire in the order in which they were made, so the same future gives the same
/// run every time.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    timers: Arc<Mutex<Timers>>,
}

/// The future given to [`VirtualClock::run`] waits, but for no timer of this clock, so it would wait for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck;

impl std::fmt::Display for Stuck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nothing is left that could move on: a step waits for something other than time")
    }
}

impl std::error::Error for Stuck {}

#[derive(Debug)]
struct Timers {
    now: Timestamp,
    made: u64,
    waiting: BTreeMap<(Timestamp, u64), Option<Waker>>,
}

impl VirtualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self {
            timers: Arc::new(Mutex::new(Timers {
                now: start,
                made: 0,
                waiting: BTreeMap::new(),
            })),
        }
    }

    /// Drives `future` to its end, moving the clock to the next timer whenever nothing else can move.
    ///
    /// # Errors
    ///
    /// [`Stuck`] if the future waits for something that no timer of this clock will bring.
    pub fn run<F: Future>(&self, future: F) -> Result<F::Output, Stuck> {
        let mut future = pin!(future);
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        loop {
            while woken.0.swap(false, Ordering::AcqRel) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                    return Ok(output);
                }
            }
            self.jump()?;
        }
    }

    fn jump(&self) -> Result<(), Stuck> {
        let waker = {
            let mut timers = self.lock();
            let ((at, _), waker) = timers.waiting.pop_first().ok_or(Stuck)?;
            timers.now = timers.now.max(at);
            waker
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut timers = self.lock();
        timers.made += 1;
        let key = (after(timers.now, duration), timers.made);
        timers.waiting.insert(key, None);
        Box::pin(Sleep {
            clock: self.clone(),
            key,
        })
    }
}

struct Sleep {
    clock: VirtualClock,
    key: (Timestamp, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.clock.lock().waiting.get_mut(&self.key) {
            // The loop takes a timer out when it fires.
            None => Poll::Ready(()),
            Some(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.lock().waiting.remove(&self.key);
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::{join, pending, select};

    use super::*;

    fn clock() -> VirtualClock {
        VirtualClock::new(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn it_moves_to_the_next_timer_and_not_beyond() {
        let clock = clock();
        let seen = clock.run(async {
            join(
                clock.sleep(Duration::from_secs(5)),
                clock.sleep(Duration::from_secs(3)),
            )
            .await;
            clock.now()
        });
        assert_eq!(seen, Ok(after(Timestamp::UNIX_EPOCH, Duration::from_secs(5))));
    }

    #[test]
    fn a_dropped_timer_does_not_move_it() {
        let clock = clock();
        let raced = async {
            select(
                clock.sleep(Duration::from_secs(1)),
                clock.sleep(Duration::from_secs(900)),
            )
            .await;
        };
        assert_eq!(clock.run(raced), Ok(()));
        assert_eq!(clock.run(clock.sleep(Duration::from_secs(1))), Ok(()));
        assert_eq!(clock.now(), after(Timestamp::UNIX_EPOCH, Duration::from_secs(2)));
    }

    #[test]
    fn waiting_for_nothing_is_an_error_and_not_a_hang() {
        assert_eq!(clock().run(pending::<()>()), Err(Stuck));
    }
}
