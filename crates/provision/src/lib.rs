//! The cluster: desired and observed state, plan, apply, destroy, and a simulated account to try them in.

pub mod bucket;
pub mod clock;
pub mod cloud;
pub mod desired;
pub mod execute;
pub mod key;
pub mod objects;
pub mod observed;
pub mod operations;
pub mod plan;
pub mod text;
pub mod userdata;
