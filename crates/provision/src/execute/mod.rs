//! Carrying out a plan: one future over all ready steps.

mod batch;
mod cx;
mod event;
mod failure;
pub mod graph;
mod run;
mod stop;
mod wait;

pub(crate) use batch::Batch;
pub use cx::{Account, Cx, Progress};
pub use event::{Event, Listener};
pub use failure::Failure;
pub(crate) use run::run;
pub use run::{FailedStep, Outcome};
pub use stop::Stop;
pub use wait::{Expected, POLL_INTERVAL};
