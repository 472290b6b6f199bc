//! The nodes of a cluster as Kubernetes shows them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::execute::{Cx, Failure};
use crate::operations::kubernetes::List;

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name in Kubernetes.
    pub name: String,
    /// The instance that it is: `i-0abc`.
    pub instance: String,
    /// Whether it takes pods.
    pub ready: bool,
}

/// All nodes of the cluster.
///
/// # Errors
/// If the cluster's API cannot be asked.
pub async fn nodes(cx: &Cx<'_>) -> Result<Vec<Node>, Failure> {
    let list = List {
        cluster: cx.owner().cluster.clone(),
        api_version: "v1".to_owned(),
        kind: "Node".to_owned(),
        namespace: None,
        label_selector: None,
    };
    Ok(cx.call(list).await?.iter().filter_map(node).collect())
}

/// The names of those among `instances` that take pods.
pub(crate) async fn ready_nodes(cx: &Cx<'_>, instances: &BTreeSet<&str>) -> Result<Vec<String>, Failure> {
    if instances.is_empty() {
        return Ok(vec![]);
    }
    let all = nodes(cx).await?.into_iter();
    let ready = all.filter(|node| node.ready && instances.contains(node.instance.as_str()));
    Ok(ready.map(|node| node.name).collect())
}

fn node(manifest: &Value) -> Option<Node> {
    let conditions = manifest.pointer("/status/conditions").and_then(Value::as_array);
    let ready = conditions.into_iter().flatten().any(|condition| {
        condition.get("type") == Some(&"Ready".into()) && condition.get("status") == Some(&"True".into())
    });
    // `aws:///us-west-2a/i-0abc`
    let provider = manifest
        .pointer("/spec/providerID")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Some(Node {
        name: manifest.pointer("/metadata/name")?.as_str()?.to_owned(),
        instance: provider.rsplit('/').next().unwrap_or_default().to_owned(),
        ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_node_is_known_by_its_instance() {
        let manifest = json!({
            "metadata": {"name": "ip-192-168-1-2.us-west-2.compute.internal"},
            "spec": {"providerID": "aws:///us-west-2a/i-0abc"},
            "status": {"conditions": [
                {"type": "DiskPressure", "status": "False"}, {"type": "Ready", "status": "True"}]},
        });
        let found = node(&manifest).unwrap();
        assert_eq!((found.instance.as_str(), found.ready), ("i-0abc", true));
    }
}
