//! MIME archives: for nodeadm on Amazon Linux 2023, and for nodes that EKS starts with Amazon Linux 2.

use super::{Node, Starter, of_cluster};
use crate::text::{Attribute, Text};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const SCRIPT: &str = "Content-Type: text/x-shellscript\r\nContent-Type: charset=\"us-ascii\"";
const NODE_CONFIG: &str = "Content-Type: application/node.eks.aws";

pub(super) fn text(node: &Node<'_>) -> Text {
    let before = node.before.iter();
    let mut parts: Vec<(&str, Text)> = before
        .map(|command| (SCRIPT, Text::from(format!("#!/bin/bash\n{command}"))))
        .collect();
    // EKS writes this one itself for nodes that it starts with its own image.
    if node.starter != Starter::Eks {
        parts.push((NODE_CONFIG, node_config(&cluster(node), &kubelet(node))));
    }
    if let Some(pods) = node.max_pods {
        parts.push((
            NODE_CONFIG,
            node_config(&json!({}), &json!({"config": {"maxPods": pods}})),
        ));
    }
    if let Some(config) = node.instead {
        parts.push((NODE_CONFIG, Text::from(config)));
    }
    archive(parts)
}

/// The scripts of nodes that EKS starts with Amazon Linux 2: commands as they are, then what joins the node in place of
/// EKS's own, or the most pods that EKS's own is to allow.
pub(super) fn scripts(node: &Node<'_>) -> Text {
    let before = node.before.iter();
    let mut parts: Vec<(&str, Text)> = before
        .map(|command| (SCRIPT, Text::from(command.as_str())))
        .collect();
    match (node.instead, node.max_pods) {
        (Some(command), _) => parts.push((SCRIPT, Text::from(command))),
        (None, Some(pods)) if node.starter == Starter::Eks => {
            let script = include_str!("max-pods.al2.sh").replace("MAX_PODS", &pods.to_string());
            parts.push((SCRIPT, Text::from(script)));
        }
        (None, _) => {}
    }
    archive(parts)
}

/// The archive of these parts; nothing where there is none.
fn archive(parts: Vec<(&str, Text)>) -> Text {
    if parts.is_empty() {
        return Text::default();
    }
    // A boundary that the parts decide: the same parts give the same bytes, and none of them can contain it.
    let mut hash = Sha256::new();
    parts
        .iter()
        .for_each(|(_, content)| hash.update(content.encode()));
    let boundary: String = hash
        .finalize()
        .iter()
        .take(15)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut archive = Text::from(format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n"
    ));
    for (headers, content) in parts {
        archive = archive
            .then(format!("\r\n--{boundary}\r\n{headers}\r\n\r\n"))
            .then(content);
    }
    archive.then(format!("\r\n--{boundary}--\r\n"))
}

fn cluster(node: &Node<'_>) -> Value {
    json!({
        "name": node.cluster,
        "apiServerEndpoint": of_cluster(Attribute::Endpoint).encode(),
        "certificateAuthority": of_cluster(Attribute::CertificateAuthorityData).encode(),
        "cidr": of_cluster(Attribute::ServiceIpv4Cidr).encode(),
    })
}

fn kubelet(node: &Node<'_>) -> Value {
    let mut config = Map::new();
    for (key, value) in node.kubelet.into_iter().flatten() {
        config.insert(key.clone(), value.clone());
    }
    // As in eksctl, this one is not the user's to say here: `clusterDNS` of the group is.
    config.insert("clusterDNS".to_owned(), json!([node.cluster_dns().encode()]));
    let mut flags = vec![format!("--node-labels={}", node.labels())];
    if !node.taints.is_empty() {
        flags.push(format!("--register-with-taints={}", node.taints()));
    }
    json!({"config": config, "flags": flags})
}

/// A NodeConfig. JSON is YAML too, and needs no writer of its own.
fn node_config(cluster: &Value, kubelet: &Value) -> Text {
    let config = json!({
        "apiVersion": "node.eks.aws/v1alpha1",
        "kind": "NodeConfig",
        "spec": {"cluster": cluster, "kubelet": kubelet},
    });
    let written = serde_json::to_string_pretty(&config).unwrap_or_default();
    // Writing JSON escaped the marks of the holes.
    Text::decode(&written.replace("\\u0000", "\0"))
        .unwrap_or_default()
        .then("\n")
}
