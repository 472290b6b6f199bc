//! What the answers of several commands look like.

pub(crate) mod difference;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod retries;
pub(crate) mod status;
