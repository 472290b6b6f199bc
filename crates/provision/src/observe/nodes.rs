//! The nodes of a cluster as Kubernetes shows them.

use std::collections::BTreeSet;

use jiff::Timestamp;
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
    /// Why it does not, in the kubelet's words.
    pub trouble: Option<String>,
    /// When it joined.
    pub created: Option<Timestamp>,
}

/// All nodes of the cluster.
///
/// # Errors
/// If the cluster's API cannot be asked.
pub async fn nodes(cx: &Cx<'_>) -> Result<Vec<Node>, Failure> {
    Ok(all(cx, "Node").await?.iter().filter_map(node).collect())
}

/// All objects of a kind of Kubernetes' core, in every namespace.
async fn all(cx: &Cx<'_>, kind: &str) -> Result<Vec<Value>, Failure> {
    let list = List {
        cluster: cx.owner().cluster.clone(),
        api_version: "v1".to_owned(),
        kind: kind.to_owned(),
        namespace: None,
        label_selector: None,
    };
    cx.call(list).await
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

/// The node of each pod that runs or is about to.
///
/// # Errors
/// As [`nodes`].
pub async fn pods(cx: &Cx<'_>) -> Result<Vec<String>, Failure> {
    let pods = live_pods(cx).await?;
    Ok(pods.iter().filter_map(node_name).map(str::to_owned).collect())
}

/// The pods that have not come to their end.
pub(crate) async fn live_pods(cx: &Cx<'_>) -> Result<Vec<Value>, Failure> {
    let mut pods = all(cx, "Pod").await?;
    pods.retain(|pod| {
        let phase = pod.pointer("/status/phase").and_then(Value::as_str);
        !matches!(phase, Some("Succeeded" | "Failed"))
    });
    Ok(pods)
}

/// The node that a pod is on, once it is on one.
pub(crate) fn node_name(pod: &Value) -> Option<&str> {
    pod.pointer("/spec/nodeName").and_then(Value::as_str)
}

fn node(manifest: &Value) -> Option<Node> {
    let conditions = manifest.pointer("/status/conditions").and_then(Value::as_array);
    let condition = conditions
        .into_iter()
        .flatten()
        .find(|condition| condition.get("type") == Some(&"Ready".into()));
    let field = |name: &str| condition.and_then(|condition| condition.get(name)?.as_str());
    let ready = field("status") == Some("True");
    let trouble = field("message").filter(|message| !ready && !message.is_empty());
    // `aws:///us-west-2a/i-0abc`
    let provider = manifest
        .pointer("/spec/providerID")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Some(Node {
        name: manifest.pointer("/metadata/name")?.as_str()?.to_owned(),
        instance: provider.rsplit('/').next().unwrap_or_default().to_owned(),
        ready,
        trouble: trouble.map(str::to_owned),
        created: manifest
            .pointer("/metadata/creationTimestamp")
            .and_then(Value::as_str)
            .and_then(|at| at.parse().ok()),
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
