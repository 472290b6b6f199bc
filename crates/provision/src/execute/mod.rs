//! Carrying out a plan: one future over all ready steps.

pub mod graph;
mod stop;

pub use stop::Stop;
