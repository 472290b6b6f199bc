//! Calls that are repeated, where nothing else tells how it goes.

use crate::ui::Ui;
use jiff::Timestamp;
use lb_provision::execute::{Event, Listener};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Before this many attempts a repeated call is no news: throttling is a part of everything.
const ATTEMPTS_WORTH_SAYING: u32 = 4;

/// What is said of a call that is repeated; nothing if it is no news.
pub(super) fn said(operation: &str, code: &str, attempts: u32, pause: Duration) -> Option<String> {
    // An answer that does not come has been waited for already.
    if attempts < ATTEMPTS_WORTH_SAYING && code != "LostAnswer" {
        return None;
    }
    let pause = pause.as_secs();
    Some(format!(
        "{operation}: {code}, attempt {attempts}, again in {pause} s"
    ))
}

/// Tells of the repeated calls of a look at the account.
pub(crate) struct Retries<'a>(Mutex<&'a mut Ui>);

impl<'a> Retries<'a> {
    /// Tells it there.
    pub(crate) fn told(ui: &'a mut Ui) -> Self {
        Self(Mutex::new(ui))
    }
}

impl Listener for Retries<'_> {
    fn event(&self, _: Timestamp, event: &Event<'_>) {
        let Event::Retried {
            operation,
            code,
            attempts,
            pause,
            ..
        } = event
        else {
            return;
        };
        if let Some(said) = said(operation, code, *attempts, *pause) {
            let mut ui = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            ui.say(format_args!("retry {said}"));
        }
    }
}
