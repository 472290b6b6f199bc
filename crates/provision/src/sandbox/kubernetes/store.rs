//! The objects of a cluster.

use super::{apply::set, refuse};
use crate::{operations::kubernetes::ObjectRef, sandbox::Answer};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An object with what its managers have applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) live: Value,
    /// By manager: the manifest that it applied last.
    pub(super) applied: BTreeMap<String, Value>,
}

/// The objects of a cluster, by `apiVersion/kind/namespace/name`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox) struct Store {
    objects: BTreeMap<String, Held>,
    version: u64,
}

/// A node that joins.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct NewNode {
    pub(in crate::sandbox) name: String,
    pub(in crate::sandbox) provider: String,
    pub(in crate::sandbox) zone: String,
    pub(in crate::sandbox) region: String,
    pub(in crate::sandbox) architecture: String,
    pub(in crate::sandbox) version: String,
    pub(in crate::sandbox) address: String,
    pub(in crate::sandbox) labels: BTreeMap<String, String>,
    pub(in crate::sandbox) taints: Vec<(String, String, String)>,
    pub(in crate::sandbox) instance_type: String,
}

/// Kinds that the API has, and whether their objects belong to a namespace.
const KINDS: &[(&str, &str, bool)] = &[
    ("v1", "Namespace", false),
    ("v1", "Node", false),
    ("v1", "PersistentVolume", false),
    ("v1", "ConfigMap", true),
    ("v1", "Secret", true),
    ("v1", "Service", true),
    ("v1", "ServiceAccount", true),
    ("v1", "Pod", true),
    ("v1", "PersistentVolumeClaim", true),
    ("apps/v1", "DaemonSet", true),
    ("apps/v1", "Deployment", true),
    ("apps/v1", "StatefulSet", true),
    ("batch/v1", "Job", true),
    ("batch/v1", "CronJob", true),
    ("networking.k8s.io/v1", "Ingress", true),
    ("policy/v1", "PodDisruptionBudget", true),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", false),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", false),
    ("rbac.authorization.k8s.io/v1", "Role", true),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", true),
    ("storage.k8s.io/v1", "StorageClass", false),
];

fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    path.iter()
        .try_fold(value, |value, key| value.get(key))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn namespaced(api_version: &str, kind: &str) -> Answer<bool> {
    let known = KINDS
        .iter()
        .find(|(known, name, _)| (*known, *name) == (api_version, kind));
    known.map(|(_, _, namespaced)| *namespaced).ok_or_else(|| {
        refuse(
            "NotFound",
            format!("the server could not find the requested resource: {api_version} {kind}"),
        )
    })
}

/// Names that Kubernetes takes: of DNS subdomains.
fn valid_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.' || c == ':';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.len() <= 253 && name.chars().all(inner) && edge(name.chars().next()) && edge(name.chars().last())
}

impl Store {
    /// What a new cluster holds.
    pub(in crate::sandbox) fn new(now: Timestamp) -> Self {
        let mut store = Self::default();
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
            let account = json!({
                "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}
            });
            for manifest in [namespace, account] {
                let reference = reference(&manifest);
                if let Ok(key) = store.key(&reference) {
                    store.insert(key, manifest, now);
                }
            }
        }
        store
    }

    fn insert(&mut self, key: String, mut live: Value, now: Timestamp) {
        self.version += 1;
        if let Some(metadata) = live.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".into(), self.version.to_string().into());
            metadata.insert("creationTimestamp".into(), now.to_string().into());
        }
        self.objects.insert(
            key,
            Held {
                live,
                applied: BTreeMap::new(),
            },
        );
    }

    pub(super) fn key(&self, object: &ObjectRef) -> Answer<String> {
        let ObjectRef {
            api_version,
            kind,
            namespace,
            name,
        } = object;
        let namespaced = namespaced(api_version, kind)?;
        let namespace = namespace.as_deref().filter(|_| namespaced).unwrap_or("");
        if namespaced && namespace.is_empty() {
            return Err(refuse(
                "BadRequest",
                format!("an object of kind {kind} needs a namespace"),
            ));
        }
        Ok(format!("{api_version}/{kind}/{namespace}/{name}"))
    }

    pub(super) fn held(&mut self, key: &str) -> Option<&mut Held> {
        self.objects.get_mut(key)
    }

    /// The key of an object that is to be made: its namespace must exist and its name be one.
    pub(super) fn key_of_new(&self, object: &ObjectRef) -> Answer<String> {
        let key = self.key(object)?;
        let namespace = object.namespace.as_deref().unwrap_or("");
        if !namespace.is_empty() && !self.objects.contains_key(&format!("v1/Namespace//{namespace}")) {
            return Err(refuse(
                "NotFound",
                format!("namespaces \"{namespace}\" not found"),
            ));
        }
        if !valid_name(&object.name) {
            return Err(refuse(
                "Invalid",
                format!("the name `{}` is no DNS subdomain", object.name),
            ));
        }
        Ok(key)
    }

    pub(super) fn make(&mut self, key: &str, mut manifest: Value, now: Timestamp, uid: String) {
        if let Some(metadata) = manifest.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("uid".into(), uid.into());
        }
        self.insert(key.to_owned(), manifest, now);
    }

    /// Sets a field of an object as a controller does.
    pub(super) fn change(&mut self, object: &ObjectRef, path: &[&str], value: Value) {
        if let Ok(key) = self.key(object)
            && let Some(held) = self.objects.get_mut(&key)
        {
            set(&mut held.live, path, value);
            self.touch(&key);
        }
    }

    /// Marks an object as changed.
    pub(super) fn touch(&mut self, key: &str) {
        self.version += 1;
        let version = self.version.to_string();
        let held = self
            .objects
            .get_mut(key)
            .and_then(|held| held.live.get_mut("metadata"));
        if let Some(metadata) = held.and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".into(), version.into());
        }
    }

    pub(in crate::sandbox) fn get(&self, object: &ObjectRef) -> Answer<Value> {
        let key = self.key(object)?;
        self.objects
            .get(&key)
            .map(Held::shown)
            .ok_or_else(|| missing(object))
    }

    pub(in crate::sandbox) fn list(
        &self,
        api_version: &str,
        kind: &str,
        namespace: Option<&str>,
        selector: Option<&str>,
    ) -> Answer<Vec<Value>> {
        namespaced(api_version, kind)?;
        let prefix = format!("{api_version}/{kind}/");
        let selected = |live: &Value| {
            selector
                .unwrap_or("")
                .split(',')
                .filter(|term| !term.is_empty())
                .all(|term| {
                    let (key, value) = term.split_once('=').unwrap_or((term, ""));
                    let label = live
                        .get("metadata")
                        .and_then(|m| m.get("labels")?.get(key.trim_end_matches('=')));
                    label.is_some_and(|label| !term.contains('=') || label == value.trim_start_matches('='))
                })
        };
        let found = self
            .objects
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(_, held)| held);
        Ok(found
            .filter(|held| {
                namespace.is_none_or(|namespace| text(&held.live, &["metadata", "namespace"]) == namespace)
            })
            .filter(|held| selected(&held.live))
            .map(Held::shown)
            .collect())
    }

    pub(in crate::sandbox) fn delete(&mut self, object: &ObjectRef) -> Answer<()> {
        let key = self.key(object)?;
        self.objects.remove(&key).ok_or_else(|| missing(object))?;
        if object.kind == "Namespace" {
            let inside = format!("/{}/", object.name);
            self.objects.retain(|key, _| !key.contains(&inside));
        }
        Ok(())
    }

    /// Ends a pod, unless a budget of its namespace keeps it.
    pub(in crate::sandbox) fn evict(&mut self, namespace: &str, name: &str) -> Answer<()> {
        let object = ObjectRef::namespaced("v1", "Pod", namespace, name);
        let pod = self.get(&object)?;
        let pods = self.list("v1", "Pod", Some(namespace), None)?;
        for budget in self.list("policy/v1", "PodDisruptionBudget", Some(namespace), None)? {
            let spec = budget.get("spec").cloned().unwrap_or_default();
            let wanted = spec
                .get("selector")
                .and_then(|s| s.get("matchLabels")?.as_object());
            let fits = |pod: &Value| {
                let labels = pod.get("metadata").and_then(|metadata| metadata.get("labels"));
                wanted.is_some_and(|wanted| {
                    wanted
                        .iter()
                        .all(|(k, v)| labels.and_then(|l| l.get(k)) == Some(v))
                })
            };
            let count = pods.iter().filter(|pod| fits(pod)).count() as i64;
            let least = spec.get("minAvailable").and_then(Value::as_i64);
            let most = spec.get("maxUnavailable").and_then(Value::as_i64);
            let allowed = least.map(|least| count - least).or(most).unwrap_or(1);
            if fits(&pod) && allowed < 1 {
                return Err(refuse(
                    "TooManyRequests",
                    "Cannot evict pod as it would violate the pod's disruption budget.",
                ));
            }
        }
        self.delete(&object)
    }

    pub(in crate::sandbox) fn cordon(&mut self, node: &str, unschedulable: bool) -> Answer<()> {
        let object = ObjectRef::new("v1", "Node", node);
        let key = self.key(&object)?;
        let held = self.objects.get_mut(&key).ok_or_else(|| missing(&object))?;
        if let Some(spec) = held.live.get_mut("spec").and_then(Value::as_object_mut) {
            if unschedulable {
                spec.insert("unschedulable".into(), true.into());
            } else {
                spec.remove("unschedulable");
            }
        }
        self.touch(&key);
        Ok(())
    }

    /// A node registers itself, not Ready yet.
    pub(in crate::sandbox) fn add_node(&mut self, node: &NewNode, now: Timestamp) {
        let mut labels: Map<String, Value> = node
            .labels
            .iter()
            .map(|(k, v)| (k.clone(), v.clone().into()))
            .collect();
        for (key, value) in [
            ("kubernetes.io/hostname", &node.name),
            ("kubernetes.io/arch", &node.architecture),
            ("kubernetes.io/os", &"linux".to_owned()),
            ("node.kubernetes.io/instance-type", &node.instance_type),
            ("topology.kubernetes.io/zone", &node.zone),
            ("topology.kubernetes.io/region", &node.region),
        ] {
            labels.insert(key.into(), value.clone().into());
        }
        let taints: Vec<Value> = node
            .taints
            .iter()
            .map(|(key, value, effect)| json!({"key": key, "value": value, "effect": effect}))
            .collect();
        let live = json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": node.name, "labels": labels},
            "spec": {"providerID": node.provider, "taints": taints},
            "status": {
                "addresses": [{"type": "InternalIP", "address": node.address}],
                "conditions": [{"type": "Ready", "status": "False", "reason": "KubeletNotReady"}],
                "nodeInfo": {"kubeletVersion": format!("v{}.0-eks-sandbox", node.version)},
            },
        });
        self.insert(format!("v1/Node//{}", node.name), live, now);
    }

    /// A node says why it is not Ready.
    pub(in crate::sandbox) fn node_waits(&mut self, node: &str, message: &str) {
        let held = self.objects.get_mut(&format!("v1/Node//{node}"));
        if let Some(condition) = held.and_then(|held| held.live.pointer_mut("/status/conditions/0"))
            && let Some(condition) = condition.as_object_mut()
        {
            condition.insert("message".into(), message.into());
        }
    }

    /// A node is Ready; true if it was not before.
    pub(in crate::sandbox) fn node_ready(&mut self, node: &str, now: Timestamp) -> bool {
        let key = format!("v1/Node//{node}");
        let Some(status) = self
            .objects
            .get_mut(&key)
            .and_then(|held| held.live.get_mut("status"))
        else {
            return false;
        };
        let newly = !is_ready(status);
        if newly {
            let ready = json!({
                "type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": now.to_string()
            });
            if let Some(status) = status.as_object_mut() {
                status.insert("conditions".into(), json!([ready]));
            }
            self.touch(&key);
        }
        newly
    }

    pub(in crate::sandbox) fn remove_node(&mut self, node: &str) {
        self.objects.remove(&format!("v1/Node//{node}"));
    }

    /// Whether that node is Ready.
    pub(in crate::sandbox) fn is_node_ready(&self, node: &str) -> bool {
        let held = self.objects.get(&format!("v1/Node//{node}"));
        held.and_then(|held| held.live.get("status"))
            .is_some_and(is_ready)
    }

    /// EKS itself maps the role of nodes that it starts, where there are no access entries.
    pub(in crate::sandbox) fn map_node_role(&mut self, arn: &str, now: Timestamp) {
        if self.maps_node_role(arn) {
            return;
        }
        let key = "v1/ConfigMap/kube-system/aws-auth";
        let held = self.objects.get(key);
        let before = held
            .map_or("", |held| text(&held.live, &["data", "mapRoles"]))
            .to_owned();
        let plain = match arn.split_once(":role/") {
            Some((prefix, path)) => format!("{prefix}:role/{}", path.rsplit('/').next().unwrap_or_default()),
            None => arn.to_owned(),
        };
        let roles = format!(
            "{before}- groups:\n  - system:bootstrappers\n  - system:nodes\n  rolearn: {plain}\n  \
             username: system:node:{{{{EC2PrivateDNSName}}}}\n"
        );
        let mut live = held.map_or_else(
            || {
                json!({
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": {},
                })
            },
            |held| held.live.clone(),
        );
        if let Some(data) = live.get_mut("data").and_then(Value::as_object_mut) {
            data.insert("mapRoles".into(), roles.into());
        }
        if self.objects.contains_key(key) {
            if let Some(held) = self.objects.get_mut(key) {
                held.live = live;
            }
            self.touch(key);
        } else {
            self.insert(key.into(), live, now);
        }
    }

    /// Whether a node is Ready and takes pods.
    pub(in crate::sandbox) fn has_ready_node(&self) -> bool {
        let takes = |live: &Value| {
            live.get("spec")
                .and_then(|spec| spec.get("unschedulable"))
                .is_none()
        };
        let nodes = self
            .objects
            .iter()
            .filter(|(key, _)| key.starts_with("v1/Node//"));
        nodes
            .map(|(_, held)| &held.live)
            .any(|live| takes(live) && live.get("status").is_some_and(is_ready))
    }

    /// Whether aws-auth maps a role, whose path it does not know, to the group of nodes.
    pub(in crate::sandbox) fn maps_node_role(&self, arn: &str) -> bool {
        let held = self.objects.get("v1/ConfigMap/kube-system/aws-auth");
        let roles = held.map_or("", |held| text(&held.live, &["data", "mapRoles"]));
        let name = arn.rsplit('/').next().unwrap_or_default();
        let Some((prefix, _)) = arn.split_once(":role/") else {
            return false;
        };
        let plain = format!("{prefix}:role/{name}");
        let Some(Value::Array(entries)) = lb_model::reader::value(roles) else {
            return false;
        };
        entries.iter().any(|entry| {
            let groups = entry.get("groups").and_then(Value::as_array);
            let has = |group: &str| groups.is_some_and(|groups| groups.iter().any(|held| held == group));
            text(entry, &["rolearn"]) == plain && has("system:nodes") && has("system:bootstrappers")
        })
    }
}

fn is_ready(status: &Value) -> bool {
    let conditions = status.get("conditions").and_then(Value::as_array);
    conditions.is_some_and(|all| {
        all.iter()
            .any(|c| text(c, &["type"]) == "Ready" && text(c, &["status"]) == "True")
    })
}

/// What a manifest is about.
pub(super) fn reference(manifest: &Value) -> ObjectRef {
    let namespace = text(manifest, &["metadata", "namespace"]);
    ObjectRef {
        api_version: text(manifest, &["apiVersion"]).to_owned(),
        kind: text(manifest, &["kind"]).to_owned(),
        namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
        name: text(manifest, &["metadata", "name"]).to_owned(),
    }
}

pub(super) fn missing(object: &ObjectRef) -> crate::sandbox::Refusal {
    refuse(
        "NotFound",
        format!("{} \"{}\" not found", object.kind.to_lowercase(), object.name),
    )
}
