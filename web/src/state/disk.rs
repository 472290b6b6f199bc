//! The file on disk behind the work, where `lb edit FILE` serves the page.

use super::{lines::merge, reading::Reading, session::Session};
use lb_model::rules::Facts;
use serde::{Deserialize, Serialize};

/// What was on disk when the page and the disk agreed last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Base {
    /// The text.
    pub text: String,
    /// Names it; what `lb edit` calls it.
    pub version: String,
    /// When it was written there, in milliseconds, if the file system knows.
    #[serde(default)]
    pub written_at: Option<f64>,
}

/// The file behind a session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Disk {
    /// What `lb edit` wants to see before it answers.
    pub token: String,
    /// What was on disk when page and disk agreed last.
    pub base: Base,
    /// When it was saved last, in milliseconds; `None` if not from this page.
    pub saved_at: Option<f64>,
    /// Whether it is being saved.
    pub saving: bool,
    /// Whether `lb edit` has ended.
    pub gone: bool,
}

impl Disk {
    /// A file that was just read.
    pub(crate) fn new(token: String, base: Base) -> Self {
        Self {
            token,
            base,
            saved_at: None,
            saving: false,
            gone: false,
        }
    }

    /// The id under which the browser keeps what was edited and not saved: one for each run of `lb edit`.
    pub(crate) fn id(token: &str) -> String {
        format!("disk-{token}")
    }
}

/// The file was changed by something else while it was edited here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conflict {
    /// What is on disk now.
    pub theirs: Base,
    /// Both changes in one text, where they are in different lines.
    pub merged: Option<String>,
    /// How many errors that text has.
    pub errors: usize,
}

impl Conflict {
    /// What to decide between.
    pub(crate) fn new(session: &Session, base: &str, theirs: Base, facts: &Facts<'_>) -> Self {
        let merged = merge(base, session.text(), &theirs.text);
        let errors = merged
            .as_ref()
            .map_or(0, |text| Reading::new(text.clone(), facts).counts().errors);
        Self {
            theirs,
            merged,
            errors,
        }
    }
}
