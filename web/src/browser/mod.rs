//! The browser's own interfaces, as the page needs them. Whatever a browser may refuse is an `Option` or a
//! `Result` with words for the user.

pub(crate) mod address;
pub(crate) mod clock;
pub(crate) mod file;
pub(crate) mod page;
pub(crate) mod place;
pub(crate) mod served;
pub(crate) mod store;
