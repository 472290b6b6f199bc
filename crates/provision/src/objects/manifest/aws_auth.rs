//! `aws-auth`, which maps principals to users and groups of a cluster in mode `CONFIG_MAP`.
//!
//! EKS, eksctl and people write into it too, and it holds its lists as text, so that server-side apply cannot keep
//! entries apart. So it is read, changed and put back under its `resourceVersion`, and an annotation remembers what we
//! wrote: only that is ever taken out again.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::Manifest;
use crate::execute::{Cx, Failure};
use crate::objects::lifecycle::present;
use crate::operations::kubernetes::{Apply, Get, ObjectRef, Replace};
use crate::text::{Text, map_texts};

/// The annotation with the entries that we wrote, by list.
const WRITTEN: &str = "lb/written";
/// The lists of the map.
const LISTS: [&str; 3] = ["mapRoles", "mapUsers", "mapAccounts"];
/// How often somebody else may write it while we do.
const ATTEMPTS: usize = 10;

/// Entries by list.
type Entries = BTreeMap<String, Vec<Value>>;

/// Which object it is.
pub(crate) fn reference() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "kube-system", "aws-auth")
}

/// Whether a manifest that was read is the map.
pub(super) fn is(manifest: &Value) -> bool {
    let text = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str);
    (text("/kind"), text("/metadata/name")) == (Some("ConfigMap"), Some("aws-auth"))
}

/// The entries that a spec asks for.
fn wanted(spec: &Manifest) -> Entries {
    let content = map_texts(&Value::Object(spec.content.clone()), &|text| text.to_string());
    let list = |name: &str| {
        let text = content.pointer(&format!("/data/{name}")).and_then(Value::as_str);
        text.and_then(list_of).unwrap_or_default()
    };
    LISTS
        .iter()
        .map(|name| ((*name).to_owned(), list(name)))
        .collect()
}

/// A list as the map holds it; `None` if the text is none.
fn list_of(text: &str) -> Option<Vec<Value>> {
    match lb_model::reader::value(text)? {
        Value::Null => Some(vec![]),
        Value::Array(entries) => Some(entries),
        _ => None,
    }
}

/// The entries that we wrote, by our own record.
fn written(map: &Value) -> Entries {
    let record = map
        .pointer("/metadata/annotations/lb~1written")
        .and_then(Value::as_str)
        .and_then(|record| serde_json::from_str(record).ok());
    record.unwrap_or_default()
}

/// Takes each of `old` out of `entries` once.
fn without(mut entries: Vec<Value>, old: &[Value]) -> Vec<Value> {
    for entry in old {
        if let Some(place) = entries.iter().position(|there| there == entry) {
            entries.remove(place);
        }
    }
    entries
}

/// The map with what we wrote before replaced by `wanted`; everything else in it stays.
fn merged(found: Option<&Value>, wanted: &Entries) -> Result<Value, Failure> {
    let mut map = found.cloned().unwrap_or_else(|| {
        json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "aws-auth", "namespace": "kube-system"}})
    });
    let before = written(&map);
    let mut data = map
        .get("data")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for name in LISTS {
        let text = data.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(there) = list_of(text) else {
            return Err(Failure::Broken {
                what: "config map `kube-system/aws-auth`".to_owned(),
                reason: format!("its `{name}` is no list; mend it with `kubectl edit`"),
            });
        };
        let old = before.get(name).map_or(&[][..], Vec::as_slice);
        let mut entries = without(there.clone(), old);
        entries.extend(wanted.get(name).cloned().unwrap_or_default());
        if entries != there {
            let text =
                lb_model::write::to_yaml(&entries).unwrap_or_else(|_| Value::from(entries).to_string());
            data.insert(name.to_owned(), Value::from(text));
        }
    }
    let record = serde_json::to_string(wanted).unwrap_or_default();
    if let Some(map) = map.as_object_mut() {
        map.insert("data".to_owned(), Value::Object(data));
        let metadata = map.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
        if let Some(metadata) = metadata.as_object_mut() {
            let annotations = metadata
                .entry("annotations")
                .or_insert_with(|| Value::Object(Map::new()));
            if let Some(annotations) = annotations.as_object_mut() {
                annotations.insert(WRITTEN.to_owned(), Value::from(record));
            }
        }
    }
    Ok(map)
}

/// Makes our entries be those of `spec`, or none.
pub(super) async fn write(cx: &Cx<'_>, field_manager: &str, spec: Option<&Manifest>) -> Result<(), Failure> {
    let wanted = spec.map(wanted).unwrap_or_default();
    let mut attempts = 0;
    loop {
        let (cluster, object) = (cx.owner().cluster.clone(), reference());
        let found = present(
            cx.call(Get {
                cluster: cluster.clone(),
                object,
            })
            .await,
        )?;
        let manifest = merged(found.as_ref(), &wanted)?;
        let field_manager = field_manager.to_owned();
        let answer = match found {
            Some(_) => {
                let replace = Replace {
                    cluster,
                    field_manager,
                    manifest,
                };
                cx.call(replace).await
            }
            None => {
                let apply = Apply {
                    cluster,
                    field_manager,
                    force: false,
                    manifest,
                };
                cx.call(apply).await
            }
        };
        attempts += 1;
        match answer {
            // Somebody else wrote it since it was read.
            Err(Failure::Call(error)) if error.code == "Conflict" && attempts < ATTEMPTS => {}
            answer => return answer.map(|_| ()),
        }
    }
}

/// Our entries in the map, as a spec has them; `None` if we wrote none.
pub(super) fn read(map: &Value) -> Option<Manifest> {
    let written = written(map);
    if written.is_empty() {
        return None;
    }
    let mut data = Map::new();
    for name in LISTS {
        let text = map.pointer(&format!("/data/{name}")).and_then(Value::as_str);
        let mut there = list_of(text.unwrap_or_default()).unwrap_or_default();
        let mut ours = vec![];
        for entry in written.get(name).into_iter().flatten() {
            if let Some(place) = there.iter().position(|other| other == entry) {
                ours.push(there.remove(place));
            }
        }
        let text = Text::from(Value::from(ours).to_string());
        data.insert(name.to_owned(), Value::from(text.encode()));
    }
    let ObjectRef {
        api_version,
        kind,
        namespace,
        name,
    } = reference();
    Some(Manifest {
        api_version,
        kind,
        name,
        namespace,
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
        content: Map::from_iter([("data".to_owned(), Value::Object(data))]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> Value {
        json!({"rolearn": format!("arn:aws:iam::111122223333:role/{name}"), "username": name, "groups": ["readers"]})
    }

    fn entries(names: &[&str]) -> Entries {
        Entries::from([("mapRoles".to_owned(), names.iter().copied().map(role).collect())])
    }

    fn roles(map: &Value) -> Vec<Value> {
        list_of(map.pointer("/data/mapRoles").unwrap().as_str().unwrap()).unwrap()
    }

    #[test]
    fn only_what_we_wrote_is_taken_out_again() {
        let by_hand = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "aws-auth", "namespace": "kube-system", "resourceVersion": "7"},
            "data": {"mapRoles": "- groups:\n  - readers\n  rolearn: arn:aws:iam::111122223333:role/hand\n  username: hand\n",
                "other": "stays"}});
        let first = merged(Some(&by_hand), &entries(&["a", "b"])).unwrap();
        assert_eq!(roles(&first), [role("hand"), role("a"), role("b")]);
        // An entry of somebody else that is equal to one of ours is not ours.
        let mut again = first.clone();
        let twice = lb_model::write::to_yaml(&[role("hand"), role("a"), role("b"), role("b")]).unwrap();
        again["data"]["mapRoles"] = twice.into();
        let second = merged(Some(&again), &entries(&["a"])).unwrap();
        assert_eq!(roles(&second), [role("hand"), role("b"), role("a")]);
        let last = merged(Some(&second), &Entries::new()).unwrap();
        assert_eq!(roles(&last), [role("hand"), role("b")]);
        assert_eq!(last["data"]["other"], "stays");
        assert_eq!(last["metadata"]["resourceVersion"], "7");
    }

    #[test]
    fn what_is_no_list_is_not_overwritten() {
        let broken = json!({"metadata": {}, "data": {"mapRoles": "{"}});
        assert!(merged(Some(&broken), &entries(&["a"])).is_err());
    }

    #[test]
    fn an_entry_that_somebody_took_out_is_missed() {
        let map = merged(None, &entries(&["a", "b"])).unwrap();
        let read_back = |map: &Value| wanted(&read(map).unwrap())["mapRoles"].clone();
        assert_eq!(read_back(&map), [role("a"), role("b")]);
        let mut less = map;
        less["data"]["mapRoles"] = lb_model::write::to_yaml(&[role("b")]).unwrap().into();
        assert_eq!(read_back(&less), [role("b")]);
        assert!(read(&json!({"data": {"mapRoles": "[]"}})).is_none());
    }
}
