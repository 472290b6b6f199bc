//! What this browser keeps: works, newest first, and a few choices.

use crate::state::disk::Base;
use gloo::storage::{LocalStorage, Storage, errors::StorageError};
use serde::{Deserialize, Serialize};

/// Works kept; the oldest go first.
const LIMIT: usize = 10;
const INDEX: &str = "lb.works";

/// A file as the browser keeps it, without its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Work {
    /// Names the work in the storage; made from the time of its beginning.
    pub id: String,
    /// The name under which it is downloaded.
    pub name: String,
    /// When it was kept last, in milliseconds since 1970.
    pub at_ms: f64,
    /// Where it came from: `opened from a file`; empty for one that was begun here.
    pub origin: String,
    /// Changes made since it was opened or downloaded.
    pub changes: usize,
    /// Its errors and warnings when it was kept.
    pub errors: usize,
    /// Its warnings when it was kept.
    pub warnings: usize,
}

/// Why the browser does not keep a work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Storage is turned off for this page.
    Forbidden,
    /// No room is left.
    Full,
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::JsError(error) if error.name.contains("Quota") => Self::Full,
            _ => Self::Forbidden,
        }
    }
}

fn text_key(id: &str) -> String {
    format!("lb.work.{id}")
}

fn base_key(id: &str) -> String {
    format!("lb.base.{id}")
}

/// Whether the browser lets this page keep anything; asking a forbidden storage would throw.
fn allowed() -> bool {
    gloo::utils::window().local_storage().ok().flatten().is_some()
}

/// The works kept, newest first.
pub(crate) fn works() -> Vec<Work> {
    if allowed() {
        LocalStorage::get(INDEX).unwrap_or_default()
    } else {
        Vec::new()
    }
}

/// The text of a work.
pub(crate) fn text(id: &str) -> Option<String> {
    if allowed() {
        LocalStorage::get(text_key(id)).ok()
    } else {
        None
    }
}

/// What was on disk when a work and its file agreed last.
pub(crate) fn base(id: &str) -> Option<Base> {
    if allowed() {
        LocalStorage::get(base_key(id)).ok()
    } else {
        None
    }
}

/// Keeps a work, with what is on disk if it has a file there, and forgets the oldest beyond the tenth.
///
/// # Errors
/// If the browser forbids storage, or has no room even without the older works' texts.
pub(crate) fn keep(work: &Work, text: &str, base: Option<&Base>) -> Result<(), Refused> {
    if !allowed() {
        return Err(Refused::Forbidden);
    }
    LocalStorage::set(text_key(&work.id), text)?;
    if let Some(base) = base {
        LocalStorage::set(base_key(&work.id), base)?;
    }
    let mut works = works();
    works.retain(|other| other.id != work.id);
    works.insert(0, work.clone());
    for old in works.split_off(works.len().min(LIMIT)) {
        LocalStorage::delete(text_key(&old.id));
        LocalStorage::delete(base_key(&old.id));
    }
    Ok(LocalStorage::set(INDEX, works)?)
}

/// Forgets a work.
pub(crate) fn forget(id: &str) {
    if allowed() {
        LocalStorage::delete(text_key(id));
        LocalStorage::delete(base_key(id));
        let mut works = works();
        works.retain(|work| work.id != id);
        let _ = LocalStorage::set(INDEX, works);
    }
}

/// A choice of this browser: `theme`, `split`.
pub(crate) fn choice(name: &str) -> Option<String> {
    gloo::utils::window()
        .local_storage()
        .ok()
        .flatten()?
        .get_item(&format!("lb.{name}"))
        .ok()
        .flatten()
}

/// Keeps a choice; without storage it lasts as long as the page.
pub(crate) fn choose(name: &str, value: &str) {
    if let Ok(Some(storage)) = gloo::utils::window().local_storage() {
        let _ = storage.set_item(&format!("lb.{name}"), value);
    }
}
