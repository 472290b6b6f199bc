//! A change of a text.

use crate::ui::{DIM, GREEN, RED, paint};
use similar::{ChangeTag, TextDiff};

/// The change as `diff -u` shows it.
pub(crate) fn between(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut text = format!(
        "{}\n{}\n",
        paint(DIM, format_args!("--- {name}")),
        paint(DIM, format_args!("+++ {name}"))
    );
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        text.push_str(&format!("{}\n", paint(DIM, hunk.header())));
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches(['\r', '\n']);
            text.push_str(&match change.tag() {
                ChangeTag::Delete => format!("{}\n", paint(RED, format_args!("-{line}"))),
                ChangeTag::Insert => format!("{}\n", paint(GREEN, format_args!("+{line}"))),
                ChangeTag::Equal => format!(" {line}\n"),
            });
        }
    }
    text
}
