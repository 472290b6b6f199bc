//! The cluster: desired and observed state, plan, apply, destroy, and a simulated account to try them in.

pub mod bucket;
pub mod clock;
pub mod cloud;
pub mod execute;
pub mod operations;
