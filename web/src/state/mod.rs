//! The state of the page: one value, changed by one function.

pub(crate) mod action;
pub(crate) mod app;
pub(crate) mod cost;
pub(crate) mod disk;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod find;
pub(crate) mod fixes;
pub(crate) mod history;
pub(crate) mod lines;
pub(crate) mod link;
pub(crate) mod names;
pub(crate) mod outlook;
pub(crate) mod plan;
pub(crate) mod pools;
pub(crate) mod preset;
pub(crate) mod reading;
pub(crate) mod section;
pub(crate) mod session;
pub(crate) mod store;
#[cfg(test)]
mod testing;
pub(crate) mod text;
pub(crate) mod ui;

pub(crate) use action::Action;
pub(crate) use app::App;
pub(crate) use session::Session;
pub(crate) use store::Store;
