//! Asking a run to stop: calls in flight finish, nothing new starts.

use std::sync::atomic::{AtomicBool, Ordering};

use event_listener::Event;

/// A request to stop that everything in a run can see and wait for. Made once, never taken back.
#[derive(Debug, Default)]
pub struct Stop {
    asked: AtomicBool,
    event: Event,
}

impl Stop {
    /// Nobody has asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to stop. Asking twice changes nothing.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.event.notify(usize::MAX);
    }

    /// Whether somebody has asked.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// Ends when somebody asks.
    pub async fn wait(&self) {
        while !self.asked() {
            let listener = self.event.listen();
            // Asked between the look above and the listener's registration.
            if self.asked() {
                return;
            }
            listener.await;
        }
    }
}
