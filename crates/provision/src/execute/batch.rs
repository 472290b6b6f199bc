//! One call for several steps: where AWS takes many of a kind at once, steps that become ready together share it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_lock::OnceCell;
use futures_util::future::{Either, select};

use super::{Cx, Failure};

/// How long a step waits for others of its batch. What takes part in one is not urgent.
const GATHERING: Duration = Duration::from_secs(3);

/// Steps of a run that one call can serve, with what each asks for.
pub(crate) struct Batch<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    /// Steps that have not come yet.
    to_come: usize,
    round: Arc<Round<T>>,
}

/// The steps that share one call.
struct Round<T> {
    items: Mutex<Vec<T>>,
    full: OnceCell<()>,
    answer: OnceCell<Result<(), Failure>>,
}

impl<T> Default for Round<T> {
    fn default() -> Self {
        Self {
            items: Mutex::default(),
            full: OnceCell::new(),
            answer: OnceCell::new(),
        }
    }
}

impl<T> Batch<T> {
    /// A batch that `steps` steps may join.
    pub(crate) fn new(steps: usize) -> Self {
        let round = Arc::default();
        Self {
            state: Mutex::new(State {
                to_come: steps,
                round,
            }),
        }
    }

    /// Joins with `item` and ends when `send` was called with it and with what others brought: as soon as nobody else
    /// is to come, else after a short while. One of the steps sends, all get the answer.
    pub(crate) async fn join(
        &self,
        cx: &Cx<'_>,
        item: T,
        send: impl AsyncFnOnce(Vec<T>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (round, is_last) = self.enter(item);
        if is_last {
            // It may be full already, if the number of steps was too small.
            let _ = round.full.set(()).await;
        }
        let full = std::pin::pin!(round.full.wait());
        if let Either::Left((slept, _)) = select(std::pin::pin!(cx.sleep(GATHERING)), full).await {
            slept?;
        }
        let answer = round.answer.get_or_init(async || send(self.leave(&round)).await);
        answer.await.clone()
    }

    /// The present round, and whether nobody else is to come.
    fn enter(&self, item: T) -> (Arc<Round<T>>, bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.to_come = state.to_come.saturating_sub(1);
        let round = Arc::clone(&state.round);
        round
            .items
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(item);
        (round, state.to_come == 0)
    }

    /// The items of a round that is over; who comes later begins another one.
    fn leave(&self, round: &Arc<Round<T>>) -> Vec<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&state.round, round) {
            state.round = Arc::default();
        }
        std::mem::take(&mut *round.items.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
