//! What several tests need.

use crate::{
    config::ClusterConfig,
    document::Document,
    problem::{Edit, Problem},
    rules::Facts,
};
use jiff::civil::date;

/// The typed config of a text.
pub(crate) fn config(text: &str) -> ClusterConfig {
    Document::parse(text).config().clone()
}

type Check = fn(&ClusterConfig, &Facts<'_>, &mut Vec<Problem>);

/// What a rule finds in the config of a text.
pub(crate) fn found(check: Check, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    check(&config(text), &Facts::on(date(2026, 11, 23)), &mut problems);
    problems
}

/// What it says of it.
pub(crate) fn said(check: Check, text: &str) -> Vec<String> {
    let problems = found(check, text).into_iter();
    problems.map(|problem| problem.message).collect()
}

/// The text after `edits`, which must be possible.
pub(crate) fn edited(text: &str, edits: &[Edit]) -> String {
    let edited = Document::parse(text)
        .edit(edits)
        .unwrap_or_else(|error| panic!("{error}: {edits:?}\n{text}"));
    edited.document.text().to_owned()
}
