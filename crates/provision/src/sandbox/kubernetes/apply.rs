//! Server-side apply, with a field's owners; lists are owned whole.

use super::{
    refuse,
    store::{Held, Store, missing, reference},
};
use crate::sandbox::Answer;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

type Path<'a> = Vec<&'a str>;

/// Fields that say what an object is, and that nobody owns.
fn is_identity(path: &[&str]) -> bool {
    matches!(path, ["apiVersion" | "kind"] | ["metadata", "name" | "namespace"])
}

/// The leaves of a manifest: whatever is no map, and empty maps.
fn leaves<'a>(value: &'a Value, path: &mut Path<'a>, found: &mut Vec<(Path<'a>, &'a Value)>) {
    match value.as_object().filter(|map| !map.is_empty()) {
        Some(map) => {
            for (key, value) in map {
                path.push(key);
                leaves(value, path, found);
                path.pop();
            }
        }
        None => found.push((path.clone(), value)),
    }
}

fn leaves_of(value: &Value) -> Vec<(Path<'_>, &Value)> {
    let mut found = Vec::new();
    leaves(value, &mut Vec::new(), &mut found);
    found.retain(|(path, _)| !is_identity(path));
    found
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// Whether two owners of a field want different things: an empty map leaves what is in it to others.
fn differ(a: &Value, b: &Value) -> bool {
    a != b && !(a.is_object() && b.is_object())
}

impl Held {
    /// The object as the API shows it: with the record of who applied which field.
    pub(super) fn shown(&self) -> Value {
        let records = self.applied.iter().map(|(manager, manifest)| {
            let mut fields = Value::Object(Map::new());
            for (path, _) in leaves_of(manifest) {
                let names: Vec<String> = path.iter().map(|field| format!("f:{field}")).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                set(&mut fields, &names, Value::Object(Map::new()));
            }
            json!({"manager": manager, "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": fields})
        });
        let mut shown = self.live.clone();
        set(&mut shown, &["metadata", "managedFields"], records.collect());
        shown
    }
}

/// Sets a field, and makes the maps that lead to it.
pub(super) fn set(value: &mut Value, path: &[&str], leaf: Value) {
    let Some((key, rest)) = path.split_first() else {
        *value = leaf;
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    if let Some(map) = value.as_object_mut() {
        set(map.entry((*key).to_owned()).or_insert(Value::Null), rest, leaf);
    }
}

/// Removes a field, and the maps that it leaves empty.
fn unset(value: &mut Value, path: &[&str]) {
    let (Some((key, rest)), Some(map)) = (path.split_first(), value.as_object_mut()) else {
        return;
    };
    if rest.is_empty() {
        map.shift_remove(*key);
    } else if let Some(inner) = map.get_mut(*key) {
        unset(inner, rest);
        if inner.as_object().is_some_and(Map::is_empty) {
            map.shift_remove(*key);
        }
    }
}

impl Store {
    pub(in crate::sandbox) fn apply(
        &mut self,
        manifest: Value,
        manager: &str,
        force: bool,
        now: Timestamp,
        uid: String,
    ) -> Answer<Value> {
        let object = reference(&manifest);
        let key = self.key_of_new(&object)?;
        if manager.is_empty() {
            return Err(refuse("Invalid", "server-side apply needs a field manager"));
        }
        let Some(held) = self.held(&key) else {
            self.make(&key, manifest.clone(), now, uid);
            if let Some(held) = self.held(&key) {
                held.applied.insert(manager.to_owned(), manifest);
            }
            return self.get(&object);
        };
        let mut lost = Vec::new();
        for (path, value) in leaves_of(&manifest) {
            for (other, theirs) in held.applied.iter().filter(|(other, _)| *other != manager) {
                if at(theirs, &path).is_some_and(|their_value| differ(their_value, value)) {
                    lost.push((other.clone(), path.clone()));
                }
            }
        }
        if let Some((other, path)) = lost.first().filter(|_| !force) {
            return Err(refuse(
                "Conflict",
                format!(
                    "Apply failed with 1 conflict: conflict with \"{other}\": .{}",
                    path.join(".")
                ),
            ));
        }
        let before = held.live.clone();
        for (other, path) in &lost {
            if let Some(theirs) = held.applied.get_mut(other) {
                unset(theirs, path);
            }
        }
        let old = held
            .applied
            .insert(manager.to_owned(), manifest.clone())
            .unwrap_or(Value::Null);
        for (path, _) in leaves_of(&old) {
            if held.applied.values().all(|applied| at(applied, &path).is_none()) {
                unset(&mut held.live, &path);
            }
        }
        for (path, value) in leaves_of(&manifest) {
            if at(&held.live, &path).is_none_or(|old| differ(old, value)) {
                set(&mut held.live, &path, value.clone());
            }
        }
        if held.live != before {
            self.touch(&key);
        }
        self.get(&object)
    }

    pub(in crate::sandbox) fn replace(&mut self, manifest: Value, manager: &str) -> Answer<Value> {
        let object = reference(&manifest);
        let key = self.key(&object)?;
        let held = self.held(&key).ok_or_else(|| missing(&object))?;
        let version = |value: &Value| at(value, &["metadata", "resourceVersion"]).cloned();
        if version(&manifest) != version(&held.live) {
            return Err(refuse(
                "Conflict",
                format!(
                    "Operation cannot be fulfilled on \"{}\": the object has been modified",
                    object.name
                ),
            ));
        }
        let mut live = manifest.clone();
        for field in ["uid", "creationTimestamp"] {
            if let Some(value) = at(&held.live, &["metadata", field]).cloned() {
                set(&mut live, &["metadata", field], value);
            }
        }
        held.live = live;
        held.applied.insert(manager.to_owned(), manifest);
        self.touch(&key);
        self.get(&object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(annotations: Value) -> Value {
        json!({"apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {"name": "fluentd", "namespace": "kube-system", "annotations": annotations}})
    }

    fn apply(store: &mut Store, manifest: Value, manager: &str, force: bool) -> Answer<Value> {
        store.apply(manifest, manager, force, Timestamp::UNIX_EPOCH, "uid".into())
    }

    #[test]
    fn fields_that_a_manager_no_longer_names_go_and_others_stay() {
        let mut store = Store::new(Timestamp::UNIX_EPOCH);
        apply(&mut store, account(json!({"a": "1", "b": "2"})), "lb", false).unwrap();
        apply(&mut store, account(json!({"c": "3"})), "kubectl", false).unwrap();
        let live = apply(&mut store, account(json!({"a": "1"})), "lb", false).unwrap();
        assert_eq!(
            at(&live, &["metadata", "annotations"]),
            Some(&json!({"a": "1", "c": "3"}))
        );
    }

    #[test]
    fn another_managers_field_is_a_conflict_unless_forced() {
        let mut store = Store::new(Timestamp::UNIX_EPOCH);
        apply(&mut store, account(json!({"a": "1"})), "kubectl", false).unwrap();
        let refusal = apply(&mut store, account(json!({"a": "2"})), "lb", false).unwrap_err();
        assert_eq!(refusal.code, "Conflict");
        apply(&mut store, account(json!({"a": "1"})), "lb", false).unwrap();
        let live = apply(&mut store, account(json!({"a": "2"})), "lb", true).unwrap();
        assert_eq!(at(&live, &["metadata", "annotations", "a"]), Some(&json!("2")));
        // The forced field is no longer the other's, so dropping it there keeps it.
        let live = apply(&mut store, account(json!({})), "kubectl", false).unwrap();
        assert_eq!(at(&live, &["metadata", "annotations", "a"]), Some(&json!("2")));
    }

    #[test]
    fn an_equal_apply_changes_no_version_and_a_stale_replace_is_refused() {
        let mut store = Store::new(Timestamp::UNIX_EPOCH);
        let first = apply(&mut store, account(json!({"a": "1"})), "lb", false).unwrap();
        let again = apply(&mut store, account(json!({"a": "1"})), "lb", false).unwrap();
        assert_eq!(first, again);
        let replaced = store.replace(first.clone(), "lb").unwrap();
        assert_ne!(
            at(&replaced, &["metadata", "resourceVersion"]),
            at(&first, &["metadata", "resourceVersion"])
        );
        assert_eq!(store.replace(first, "lb").unwrap_err().code, "Conflict");
    }

    #[test]
    fn objects_need_a_kind_a_namespace_and_a_name() {
        let mut store = Store::new(Timestamp::UNIX_EPOCH);
        let mut apply = |manifest: Value| apply(&mut store, manifest, "lb", false).unwrap_err().code;
        assert_eq!(
            apply(json!({"apiVersion": "v1", "kind": "Secrets", "metadata": {"name": "a"}})),
            "NotFound"
        );
        assert_eq!(
            apply(json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}})),
            "BadRequest"
        );
        let nowhere =
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "x"}});
        assert_eq!(apply(nowhere), "NotFound");
        let named =
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "A", "namespace": "default"}});
        assert_eq!(apply(named), "Invalid");
    }
}
