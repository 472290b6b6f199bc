//! The Kubernetes API of one cluster, as a service of the table. Refusals carry the API's status reasons as
//! codes (`NotFound`, `AlreadyExists`, `Conflict`, `Unauthorized`, `TooManyRequests`, ...); a server that cannot be
//! reached is `ConnectionRefused` or `NameNotResolved`, and nothing was done.

use serde_json::Value;

shapes! { "camelCase";
/// Which object.
ObjectRef {
    /// `v1`, `apps/v1`, ...
    api_version: String,
    /// `ConfigMap`, `Node`, ...
    kind: String,
    /// Empty for objects of the cluster.
    namespace: Option<String>,
    name: String,
}
}

operations! { Kubernetes, "kubernetes", "camelCase";
/// Whether the API server answers and is ready.
Read Readyz(KUBERNETES, Same) -> () { cluster: String }
/// An object.
Read Get(KUBERNETES, Same) -> Value { cluster: String, object: ObjectRef }
/// The objects of a kind, in one namespace or in all.
Read List(KUBERNETES, Same) -> Vec<Value> {
    cluster: String,
    api_version: String,
    kind: String,
    namespace: Option<String>,
    label_selector: Option<String>,
}
/// Server-side apply: the manifest's fields become ours, those that we no longer name are removed.
Write Apply(KUBERNETES, Same) -> Value {
    cluster: String,
    field_manager: String,
    /// Take fields that another manager owns; else `Conflict`.
    force: bool,
    manifest: Value,
}
/// Replaces an object whose `metadata.resourceVersion` is still the one in the manifest; else `Conflict`.
Write Replace(KUBERNETES, Refused) -> Value { cluster: String, field_manager: String, manifest: Value }
/// Deletes an object.
Write Delete(KUBERNETES, Same) -> () { cluster: String, object: ObjectRef }
/// Evicts a pod; `TooManyRequests` while a disruption budget forbids it.
Write Evict(KUBERNETES, Same) -> () { cluster: String, namespace: String, name: String }
/// Lets a node take pods or not.
Write Cordon(KUBERNETES, Same) -> () { cluster: String, node: String, unschedulable: bool }
}

impl ObjectRef {
    /// An object of the cluster.
    pub fn new(api_version: &str, kind: &str, name: &str) -> Self {
        Self {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: None,
            name: name.into(),
        }
    }

    /// An object of a namespace.
    pub fn namespaced(api_version: &str, kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            namespace: Some(namespace.into()),
            ..Self::new(api_version, kind, name)
        }
    }
}
