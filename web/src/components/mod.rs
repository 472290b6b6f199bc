//! Parts that know nothing of clusters: fields, buttons, notes, menus.

pub(crate) mod button;
pub(crate) mod choice;
pub(crate) mod dialog;
pub(crate) mod field;
pub(crate) mod gpus;
pub(crate) mod icon;
pub(crate) mod menu;
pub(crate) mod note;
pub(crate) mod number;
pub(crate) mod words;

pub(crate) use button::{Button, button};
pub(crate) use icon::{Icon, icon, spoken, tinted};
pub(crate) use words::prose;
