//! Kubernetes objects.

mod aws_auth;
mod lifecycle;

pub(crate) use aws_auth::reference as aws_auth_reference;
pub(crate) use lifecycle::{MANAGED_BY, PART_OF, US};

use super::{Kind, Property, in_place, replaced};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A Kubernetes object, applied server-side: what `lb` does not name in it stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// `v1`, `apps/v1`, ...
    pub api_version: String,
    /// `ServiceAccount`, `Namespace`, ...
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace, if the kind has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, crate::text::Text>,
    /// Its annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, crate::text::Text>,
    /// Everything but `apiVersion`, `kind` and `metadata`: `data`, `spec`, `rules`. Strings in it are texts in their
    /// serialised form.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub content: Map<String, Value>,
}

impl Manifest {
    /// `v1/ServiceAccount`.
    pub fn type_name(&self) -> String {
        format!("{}/{}", self.api_version, self.kind)
    }

    /// Whether it is the map of principals to users and groups, which others write too.
    pub(crate) fn is_aws_auth(&self) -> bool {
        (self.kind.as_str(), self.name.as_str()) == ("ConfigMap", "aws-auth")
    }

    /// The manifest as Kubernetes takes it.
    pub fn manifest(&self) -> Value {
        let mut metadata = Map::new();
        metadata.insert("name".to_owned(), Value::from(self.name.as_str()));
        if let Some(namespace) = &self.namespace {
            metadata.insert("namespace".to_owned(), Value::from(namespace.as_str()));
        }
        for (field, entries) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            if !entries.is_empty() {
                metadata.insert(
                    field.to_owned(),
                    serde_json::to_value(entries).unwrap_or_default(),
                );
            }
        }
        let mut manifest = Map::new();
        manifest.insert("apiVersion".to_owned(), Value::from(self.api_version.as_str()));
        manifest.insert("kind".to_owned(), Value::from(self.kind.as_str()));
        manifest.insert("metadata".to_owned(), Value::Object(metadata));
        manifest.extend(self.content.clone());
        Value::Object(manifest)
    }
}

impl Kind for Manifest {
    // Only stands for the kind as a whole: every object says its own, `Manifest::type_name`.
    const TYPE: &'static str = "Kubernetes";
    const NOUN: &'static str = "Kubernetes object";
    const TABLE: &'static [Property] = &[
        replaced("apiVersion", ""),
        replaced("kind", ""),
        replaced("name", ""),
        replaced("namespace", ""),
        in_place("labels"),
        in_place("annotations"),
        in_place("content"),
    ];
}
