//! What several tests need.

use crate::{config::ClusterConfig, document::Document, problem::Edit};

/// The typed config of a text.
pub(crate) fn config(text: &str) -> ClusterConfig {
    Document::parse(text).config().clone()
}

/// The text after `edits`, which must be possible.
pub(crate) fn edited(text: &str, edits: &[Edit]) -> String {
    let edited = Document::parse(text)
        .edit(edits)
        .unwrap_or_else(|error| panic!("{error}: {edits:?}\n{text}"));
    edited.document.text().to_owned()
}
