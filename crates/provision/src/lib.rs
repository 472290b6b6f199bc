//! The cluster.

pub mod bucket;
pub mod clock;
pub mod execute;
