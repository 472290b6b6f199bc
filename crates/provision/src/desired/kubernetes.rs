//! Kubernetes objects: service accounts and their namespaces.

use super::Build;
use crate::{key::Key, objects::Manifest, text::Text};
use lb_model::schema::Map;
use serde_json::Map as JsonMap;
use std::collections::BTreeMap;

/// Namespaces that every cluster has.
const BUILT_IN: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

impl Build<'_> {
    pub(super) fn kubernetes_service_account(
        &mut self,
        namespace: &str,
        name: &str,
        labels: &Map<String>,
        annotations: &Map<String>,
        role: Option<Text>,
    ) {
        let text = |map: &Map<String>| -> BTreeMap<String, Text> {
            map.iter()
                .map(|(key, value)| (key.clone(), Text::from(value.as_str())))
                .collect()
        };
        let mut annotations = text(annotations);
        annotations.extend(role.map(|role| ("eks.amazonaws.com/role-arn".to_owned(), role)));
        let account = Manifest {
            api_version: "v1".to_owned(),
            kind: "ServiceAccount".to_owned(),
            name: name.to_owned(),
            namespace: Some(namespace.to_owned()),
            labels: text(labels),
            annotations,
            content: JsonMap::new(),
        };
        let mut after = vec![Key::CONTROL_PLANE];
        after.extend(self.namespace(namespace));
        self.add_after(
            Key::kubernetes(Some(namespace), "ServiceAccount", name),
            account,
            after,
        );
    }

    /// The namespace, unless every cluster has it.
    fn namespace(&mut self, name: &str) -> Option<Key> {
        if BUILT_IN.contains(&name) {
            return None;
        }
        let key = Key::kubernetes(None, "Namespace", name);
        let namespace = Manifest {
            api_version: "v1".to_owned(),
            kind: "Namespace".to_owned(),
            name: name.to_owned(),
            namespace: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            content: JsonMap::new(),
        };
        self.add_after(key.clone(), namespace, [Key::CONTROL_PLANE]);
        Some(key)
    }
}
