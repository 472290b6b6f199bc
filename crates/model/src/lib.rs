//! The file: an eksctl `ClusterConfig` (`eksctl.io/v1alpha5`) as text, tree and types, with rules, edits,
//! presets and the catalog of facts they rest on. No I/O, no clock; native and wasm32.

pub mod catalog;
pub mod config;
pub mod format;
pub mod leaderboard;
pub mod path;
pub mod policy;
pub mod preset;
pub mod problem;
pub mod rename;
pub mod rules;
pub mod schema;
pub mod shell;
#[cfg(test)]
mod testing;
pub mod ym;
