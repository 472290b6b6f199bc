//! Calls that are repeated, where nothing else tells how it goes.

use crate::ui::Ui;
use jiff::{SignedDuration, Timestamp};
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

/// A look makes many calls side by side: of all that are repeated, one in this time stands for the others.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// Tells of the repeated calls of a look at the account.
pub(crate) struct Retries<'a>(Mutex<Talk<'a>>);

struct Talk<'a> {
    ui: &'a mut Ui,
    last: Timestamp,
}

impl<'a> Retries<'a> {
    /// Tells it there.
    pub(crate) fn told(ui: &'a mut Ui) -> Self {
        let last = Timestamp::MIN;
        Self(Mutex::new(Talk { ui, last }))
    }
}

impl Listener for Retries<'_> {
    fn event(&self, at: Timestamp, event: &Event<'_>) {
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
            let mut talk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if at.duration_since(talk.last) >= TOLD_AGAIN {
                talk.last = at;
                talk.ui.say(format_args!("retry {said}"));
            }
        }
    }
}
