//! The file: an eksctl `ClusterConfig` (`eksctl.io/v1alpha5`) as text, tree and types, with rules, edits,
//! presets and the catalog of facts they rest on. No I/O, no clock; native and wasm32.

mod allow;
pub mod catalog;
mod check;
pub mod config;
pub mod document;
pub mod edit;
pub mod format;
pub mod json_schema;
pub mod leaderboard;
mod lines;
pub mod modernize;
pub mod path;
pub mod policy;
pub mod preset;
pub mod problem;
pub mod reader;
pub mod reference;
pub mod rename;
pub mod rules;
pub mod scalar;
pub mod schema;
pub mod settings;
pub mod shell;
mod source;
pub mod suggest;
mod syntax;
#[cfg(test)]
mod testing;
pub mod tree;
pub mod write;
pub mod ym;
