//! The screens and views, drawn from the page's one value.

pub(crate) mod alert;
pub(crate) mod ask;
mod calm;
pub(crate) mod cost;
pub(crate) mod editor;
pub(crate) mod file;
pub(crate) mod find;
pub(crate) mod form;
pub(crate) mod help;
pub(crate) mod highlight;
pub(crate) mod keys;
pub(crate) mod more;
pub(crate) mod opening;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod popover;
pub(crate) mod problems;
pub(crate) mod rail;
pub(crate) mod saving;
pub(crate) mod share;
pub(crate) mod start;
pub(crate) mod topbar;
