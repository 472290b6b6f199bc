//! The types of a `ClusterConfig`: the whole of eksctl's `v1alpha5`, one file a section.
//!
//! They are plain serde structs. A field that is absent in the file is `None` or empty, and is not written.
//! Where eksctl takes an empty text for an absent one, `None` and `Some("")` mean the same; [`OrEmpty`] reads
//! both. Fields with a fixed set of values are text all the same, so that a wrong one can be read, shown and
//! corrected; the set is in the [schema table](crate::schema) and the `EK` rules refuse the rest.

mod access;
mod addons;
mod auto_mode;
mod capabilities;
mod cluster;
mod control_plane;
mod effective;
mod fargate;
mod iam;
mod network;
mod node;
mod node_group;
mod outpost;
mod taints;

pub use access::*;
pub use addons::*;
pub use auto_mode::*;
pub use capabilities::*;
pub use cluster::*;
pub use control_plane::*;
pub(crate) use effective::bounds;
pub use effective::{DEFAULT_FAMILY, DEFAULT_VERSION, effective};
pub use fargate::*;
pub use iam::*;
pub use network::*;
pub use node::*;
pub use node_group::*;
pub use outpost::*;
pub use taints::*;

/// A map that is passed on as it is: a policy document, settings of a component.
pub type AnyMap = serde_json::Map<String, serde_json::Value>;

/// Reads an optional text in which absent and empty are the same.
pub trait OrEmpty {
    /// The text, empty if absent.
    fn or_empty(&self) -> &str;
}

impl OrEmpty for Option<String> {
    fn or_empty(&self) -> &str {
        self.as_deref().unwrap_or_default()
    }
}
