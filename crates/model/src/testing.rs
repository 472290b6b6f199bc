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

/// What a rule says of the config of a text.
pub(crate) fn said(check: fn(&ClusterConfig, &Facts<'_>, &mut Vec<Problem>), text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    check(&config(text), &Facts::on(date(2026, 11, 23)), &mut problems);
    problems.into_iter().map(|problem| problem.message).collect()
}

/// The text after `edits`, which must be possible.
pub(crate) fn edited(text: &str, edits: &[Edit]) -> String {
    let edited = Document::parse(text)
        .edit(edits)
        .unwrap_or_else(|error| panic!("{error}: {edits:?}\n{text}"));
    edited.document.text().to_owned()
}
