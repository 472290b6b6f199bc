//! The cluster: desired and observed state, plan, apply, destroy, and a simulated account to try them in.

pub mod apply;
#[cfg(feature = "aws")]
pub mod aws;
pub mod bucket;
pub mod check;
pub mod clock;
pub mod cloud;
pub mod codes;
pub mod desired;
mod destroy;
pub mod execute;
pub mod facts;
pub mod given;
pub mod iam_policy;
pub mod inventory;
pub mod key;
pub mod lock;
pub mod names;
pub mod objects;
pub mod observe;
pub mod observed;
pub mod operations;
pub mod ownership;
pub mod plan;
pub mod preflight;
pub mod sandbox;
#[cfg(test)]
mod simulator;
pub mod support;
pub mod text;
pub mod userdata;
pub mod words;
