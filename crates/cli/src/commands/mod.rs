//! One file a command: its arguments, and what it does with the libraries.

pub(crate) mod apply;
pub(crate) mod completions;
pub(crate) mod cost;
pub(crate) mod destroy;
pub(crate) mod edit;
pub(crate) mod explain;
pub(crate) mod fix;
pub(crate) mod iam_policy;
pub(crate) mod init;
pub(crate) mod inventory;
pub(crate) mod kubeconfig;
pub(crate) mod man;
pub(crate) mod plan;
pub(crate) mod rename;
pub(crate) mod schema;
pub(crate) mod status;
pub(crate) mod token;
pub(crate) mod validate;
