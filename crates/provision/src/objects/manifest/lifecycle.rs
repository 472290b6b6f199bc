//! Kubernetes objects in a cluster.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::{Manifest, aws_auth};
use crate::execute::{Cx, Expected, Failure, Progress};
use crate::key::Key;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, object, present};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::kubernetes::{Apply, Delete, Get, ObjectRef};
use crate::text::{Attribute, Text};

/// Who we are in the fields of Kubernetes objects.
const FIELD_MANAGER: &str = "lb";
/// A load balancer is gone a minute after its Service.
const DELETED: Expected = Expected::seconds(30, 90, 600);
/// The label by which objects of ours are found: Kubernetes' own, recommended one.
pub(crate) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Its value.
pub(crate) const US: &str = "lb";

/// The annotation that names what an object was installed with.
pub(crate) const PART_OF: &str = "lb/part-of";

impl Manifest {
    fn reference(&self) -> ObjectRef {
        ObjectRef {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// What keeps the object from going; `None` if it is gone.
    async fn state(&self, cx: &Cx<'_>) -> Result<Option<String>, Failure> {
        let get = Get {
            cluster: cx.owner().cluster.clone(),
            object: self.reference(),
        };
        let found = present(cx.call(get).await)?;
        Ok(found.map(|found| {
            let finalizers = found.pointer("/metadata/finalizers").and_then(Value::as_array);
            let names: Vec<&str> = finalizers
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            match names.as_slice() {
                [] => "going".to_owned(),
                names => format!(
                    "kept by finalizer {}, so see whether its controller runs",
                    names.join(", ")
                ),
            }
        }))
    }

    /// The manifest with our label, and with its texts as the strings that they are.
    fn labelled(&self) -> Value {
        let mut labelled = self.clone();
        labelled
            .labels
            .entry(MANAGED_BY.to_owned())
            .or_insert_with(|| Text::from(US));
        crate::text::map_texts(&labelled.manifest(), &|text| text.to_string())
    }
}

impl Lifecycle for Manifest {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        if self.is_aws_auth() {
            aws_auth::write(cx, FIELD_MANAGER, Some(self)).await?;
            return Ok(attributes([(Attribute::Id, key.as_str())]));
        }
        let apply = Apply {
            cluster: cx.owner().cluster.clone(),
            field_manager: FIELD_MANAGER.to_owned(),
            // The file decides about the fields that it names, whoever set them before.
            force: true,
            manifest: self.labelled(),
        };
        cx.call(apply).await?;
        Ok(attributes([(Attribute::Id, key.as_str())]))
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, _: &Self) -> Result<Attributes, Failure> {
        self.create(cx, key).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, _: &str) -> Result<(), Failure> {
        if self.is_aws_auth() {
            return aws_auth::write(cx, FIELD_MANAGER, None).await;
        }
        let delete = Delete {
            cluster: cx.owner().cluster.clone(),
            object: self.reference(),
        };
        if present(cx.call(delete).await)?.is_none() || self.state(cx).await?.is_none() {
            return Ok(());
        }
        let what = format!("{} `{}`", self.kind, self.name);
        cx.wait_until(&what, DELETED, None, async || {
            Ok(match self.state(cx).await? {
                Some(kept) => Progress::Pending(kept),
                None => Progress::Ready(()),
            })
        })
        .await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let found = reading.manifests.iter().filter_map(|manifest| {
            let spec = match aws_auth::is(manifest) {
                true => aws_auth::read(manifest)?,
                false => read(manifest)?,
            };
            let key = Key::kubernetes(spec.namespace.as_deref(), &spec.kind, &spec.name);
            let attributes = attributes([(Attribute::Id, key.as_str())]);
            Some((key, object(spec, attributes, Ownership::Ours, State::Ready)))
        });
        found.collect()
    }
}

/// What of an object we manage, by the server's own record of who set which field.
fn read(manifest: &Value) -> Option<Manifest> {
    let text = |pointer: &str| {
        manifest
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let fields = manifest
        .pointer("/metadata/managedFields")
        .and_then(Value::as_array)
        .and_then(|managers| {
            managers
                .iter()
                .find(|manager| manager.get("manager") == Some(&FIELD_MANAGER.into()))
        })
        .and_then(|manager| manager.get("fieldsV1"));
    let managed = |pointer: &str| match fields {
        Some(fields) => fields.pointer(pointer).is_some(),
        None => true,
    };
    let entries = |field: &str| -> BTreeMap<String, Text> {
        let found = manifest
            .pointer(&format!("/metadata/{field}"))
            .and_then(Value::as_object);
        let ours = found.into_iter().flatten().filter(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            let label = name == MANAGED_BY.replace('/', "~1") && value.as_str() == Some(US);
            managed(&format!("/f:metadata/f:{field}/f:{name}")) && !label
        });
        ours.filter_map(|(name, value)| Some((name.clone(), Text::from(value.as_str()?))))
            .collect()
    };
    let content = manifest.as_object()?.iter().filter(|(field, _)| {
        !["apiVersion", "kind", "metadata", "status"].contains(&field.as_str())
            && fields.is_some_and(|fields| fields.get(format!("f:{field}")).is_some())
    });
    // Strings of the content are texts in their serialised form.
    let encode = |value: &Value| crate::text::map_texts(value, &|text| Text::from(text.to_string()).encode());
    Some(Manifest {
        api_version: text("/apiVersion")?,
        kind: text("/kind")?,
        name: text("/metadata/name")?,
        namespace: text("/metadata/namespace"),
        labels: entries("labels"),
        annotations: entries("annotations"),
        content: content
            .filter_map(|(field, value)| {
                let fields = fields?.get(format!("f:{field}"))?;
                Some((field.clone(), encode(&managed_part(value, fields))))
            })
            .collect::<Map<_, _>>(),
    })
}

/// What of a value is ours: the API server fills in defaults and others add to it, and neither is a difference.
/// `fields` is the server's own record (`fieldsV1`): `f:` fields of maps, `k:` items of lists by their keys, `v:` items
/// of sets; where it says nothing more, the value is ours as a whole.
fn managed_part(value: &Value, fields: &Value) -> Value {
    let parts = || {
        fields
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(part, _)| *part != ".")
    };
    if parts().next().is_none() {
        return value.clone();
    }
    match value {
        Value::Object(map) => parts()
            .filter_map(|(part, fields)| {
                let name = part.strip_prefix("f:")?;
                Some((name.to_owned(), managed_part(map.get(name)?, fields)))
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items
            .iter()
            .filter_map(|item| {
                let (_, fields) = parts().find(|(part, _)| is_item(item, part))?;
                Some(managed_part(item, fields))
            })
            .collect(),
        plain => plain.clone(),
    }
}

/// Whether `part` of a record is about that item of a list.
fn is_item(item: &Value, part: &str) -> bool {
    if let Some(wanted) = part.strip_prefix("v:") {
        return serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| wanted == *item);
    }
    let keys = part
        .strip_prefix("k:")
        .and_then(|keys| serde_json::from_str::<Map<_, _>>(keys).ok());
    keys.is_some_and(|keys| keys.iter().all(|(key, value)| item.get(key) == Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_of_the_server_are_no_difference() {
        let read = read(&json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {
                "name": "a", "namespace": "b",
                "managedFields": [{"manager": "lb", "fieldsV1": {"f:spec": {
                    "f:selector": {},
                    "f:template": {"f:spec": {
                        "f:containers": {"k:{\"name\":\"c\"}": {
                            ".": {}, "f:name": {}, "f:image": {},
                            "f:env": {"k:{\"name\":\"E\"}": {".": {}, "f:name": {}, "f:value": {}}},
                        }},
                        "f:tolerations": {},
                    }},
                }}}],
            },
            "spec": {
                "revisionHistoryLimit": 10,
                "selector": {"matchLabels": {"app": "a"}},
                "template": {"spec": {
                    "dnsPolicy": "ClusterFirst",
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [
                        {"name": "injected", "image": "x"},
                        {"name": "c", "image": "i", "imagePullPolicy": "Always",
                         "env": [{"name": "E", "value": "1"}, {"name": "F", "value": "2"}]},
                    ],
                }},
            },
            "status": {"numberReady": 1},
        }));
        let spec = json!({
            "selector": {"matchLabels": {"app": "a"}},
            "template": {"spec": {
                "containers": [{"name": "c", "image": "i", "env": [{"name": "E", "value": "1"}]}],
                "tolerations": [{"operator": "Exists"}],
            }},
        });
        assert_eq!(Value::Object(read.unwrap().content), json!({ "spec": spec }));
    }

    #[test]
    fn what_others_set_is_not_ours() {
        let manifest = json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {
                "name": "fluentd", "namespace": "kube-system",
                "labels": {"app.kubernetes.io/managed-by": "lb"},
                "annotations": {"eks.amazonaws.com/role-arn": "arn", "by/hand": "x"},
                "managedFields": [{"manager": "lb", "fieldsV1": {"f:metadata": {
                    "f:annotations": {"f:eks.amazonaws.com/role-arn": {}},
                    "f:labels": {"f:app.kubernetes.io/managed-by": {}}}}}],
            },
            "secrets": [{"name": "made-by-a-controller"}],
        });
        let read = read(&manifest).unwrap();
        assert_eq!(
            read.annotations,
            BTreeMap::from([("eks.amazonaws.com/role-arn".to_owned(), Text::from("arn"))])
        );
        assert!(read.labels.is_empty());
        assert!(read.content.is_empty());
    }
}
