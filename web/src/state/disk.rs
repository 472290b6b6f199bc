//! The file on disk behind the work, where `lb edit FILE` serves the page.

use super::{reading::Reading, session::Session, text::Splice};
use lb_model::rules::Facts;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What was on disk when the page and the disk agreed last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Base {
    /// The text.
    pub text: String,
    /// Names it; what `lb edit` calls it.
    pub version: String,
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

/// Both changes of a text, if no line of the one is in or right beside the other.
fn merge(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let (mine, theirs) = (Splice::between(base, mine)?, Splice::between(base, theirs)?);
    let (a, b) = (lines_of(base, &mine), lines_of(base, &theirs));
    if a.end() + 1 >= *b.start() && b.end() + 1 >= *a.start() {
        return None;
    }
    // The later one first, so that the earlier one's range stays right.
    let (first, last) = if a.start() < b.start() {
        (mine, theirs)
    } else {
        (theirs, mine)
    };
    let (text, _) = last.apply(base)?;
    first.apply(&text).map(|(text, _)| text)
}

/// The first and the last line of `base`, from 0, that a change touches.
fn lines_of(base: &str, splice: &Splice) -> RangeInclusive<usize> {
    let line = |byte: usize| base.bytes().take(byte).filter(|b| *b == b'\n').count();
    line(splice.range.start)..=line(splice.range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n";

    #[test]
    fn changes_of_different_lines_are_both_kept() {
        let (mine, theirs) = (
            BASE.replace("a: 1", "a: one"),
            BASE.replace("e: 5\n", "e: 5\nf: 6\n"),
        );
        let both = "a: one\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\n";
        assert_eq!(merge(BASE, &mine, &theirs).as_deref(), Some(both));
        assert_eq!(merge(BASE, &theirs, &mine).as_deref(), Some(both));
    }

    #[test]
    fn changes_of_the_same_or_the_next_line_are_not_merged() {
        let mine = BASE.replace("c: 3", "c: three");
        for theirs in [
            BASE.replace("c: 3", "c: 33"),
            BASE.replace("d: 4", "d: 44"),
            BASE.replace("b: 2\n", ""),
        ] {
            assert_eq!(merge(BASE, &mine, &theirs), None, "{theirs}");
        }
    }
}
