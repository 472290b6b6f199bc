//! Bottlerocket's settings, as TOML.

use super::{Node, Starter, of_cluster};
use crate::text::{Attribute, Text};
use serde_json::{Map, Value};
use std::fmt::Write;

pub(super) fn text(node: &Node<'_>) -> Text {
    let mut settings = node.settings.cloned().unwrap_or_default();
    let mut kubernetes = taken(&mut settings, "kubernetes");
    if node.starter == Starter::Ours {
        // EKS brings both to the nodes that it starts.
        let labels = node.labels.iter();
        let labels: Map<String, Value> = labels
            .map(|(key, value)| ((*key).to_owned(), Value::from(*value)))
            .collect();
        let taints = node.taints.iter();
        let taints: Map<String, Value> = taints
            .map(|(key, value, effect)| ((*key).to_owned(), Value::from(format!("{value}:{effect}"))))
            .collect();
        for (name, entries) in [("node-labels", labels), ("node-taints", taints)] {
            if !entries.is_empty() {
                kubernetes.insert(name.to_owned(), Value::Object(entries));
            }
        }
        if let Some(address) = node.cluster_dns {
            kubernetes.insert("cluster-dns-ip".to_owned(), Value::from(address));
        }
    }
    if let Some(pods) = node.max_pods {
        kubernetes.insert("max-pods".to_owned(), Value::from(pods));
    }
    let cluster = [
        ("api-server", of_cluster(Attribute::Endpoint)),
        (
            "cluster-certificate",
            of_cluster(Attribute::CertificateAuthorityData),
        ),
        ("cluster-name", Text::from(node.cluster)),
    ];
    for (name, value) in cluster {
        kubernetes.insert(name.to_owned(), Value::from(value.encode()));
    }
    settings.insert("kubernetes".to_owned(), Value::Object(kubernetes));
    if let Some(enabled) = node.admin_container {
        let mut containers = taken(&mut settings, "host-containers");
        let mut admin = taken(&mut containers, "admin");
        // What the user's own settings say wins.
        admin.entry("enabled").or_insert(Value::Bool(enabled));
        containers.insert("admin".to_owned(), Value::Object(admin));
        settings.insert("host-containers".to_owned(), Value::Object(containers));
    }
    let mut out = String::new();
    write_table(&mut out, "settings", &settings);
    // Writing strings as JSON escaped the marks of the holes.
    Text::decode(&out.replace("\\u0000", "\0")).unwrap_or_default()
}

/// The table of that name, taken out; empty where there is none.
fn taken(of: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    match of.remove(name) {
        Some(Value::Object(entries)) => entries,
        _ => Map::new(),
    }
}

/// A table with its plain entries first, then those that are tables themselves.
fn write_table(out: &mut String, path: &str, entries: &Map<String, Value>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "[{path}]");
    for (name, value) in entries.iter().filter(|(_, value)| !value.is_object()) {
        if !value.is_null() {
            let _ = writeln!(out, "{} = {}", key(name), inline(value));
        }
    }
    for (name, value) in entries {
        if let Value::Object(entries) = value {
            out.push('\n');
            write_table(out, &format!("{path}.{}", key(name)), entries);
        }
    }
}

/// A key: bare where TOML lets it be, so that a dot in a label is no path.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

/// A value on one line. TOML's strings, numbers and booleans are written as JSON's.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter(|item| !item.is_null()).map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries = entries.iter().filter(|(_, value)| !value.is_null());
            let entries: Vec<String> = entries
                .map(|(name, value)| format!("{} = {}", key(name), inline(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        plain => plain.to_string(),
    }
}
