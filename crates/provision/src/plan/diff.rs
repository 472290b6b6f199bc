//! What differs between an object that is there and what it should be, property by property.

use super::{Action, Difference};
use crate::{
    objects::{Change, Spec},
    text::{Text, map_texts},
};
use serde_json::{Map, Value};

/// The beginnings of tags that AWS, EKS and Kubernetes put on objects of others: they are expected, and stay.
const TAGS_OF_OTHERS: [&str; 5] = ["aws:", "eks:", "lb/", "kubernetes.io/", "karpenter.sh/"];

/// What has to be done to an object.
pub(super) struct Changes {
    /// The strongest change among the properties; `None` where nothing differs.
    pub(super) action: Option<Action>,
    /// Every property that differs.
    pub(super) differences: Vec<Difference>,
    /// What the changes disturb.
    pub(super) disturbs: Option<String>,
    /// Why they must not be made: properties that stay as long as the cluster lives.
    pub(super) never: Vec<String>,
}

/// Compares `present` with `wanted`, of which every hole is filled whose value stays as it is.
pub(super) fn changes(present: &Spec, wanted: &Spec) -> Changes {
    let (before, after) = comparable(present, wanted);
    let mut found = Vec::new();
    compare(&before, &after, "", &mut found);
    let mut changes = Changes {
        action: None,
        differences: Vec::new(),
        disturbs: None,
        never: Vec::new(),
    };
    let mut disturbs: Vec<&str> = Vec::new();
    for (path, from, to) in found {
        // A property without a row cannot be: a test holds every kind to it. Replacing is right for whatever it is.
        let row = wanted.property(&path);
        let action = match row.map_or(Change::Replaced, |row| row.change) {
            Change::InPlace => Action::Update,
            Change::NewVersion => Action::NewVersion,
            Change::Replaced => Action::Replace,
            Change::Never => {
                changes.never.push(path);
                continue;
            }
        };
        if let Some(row) = row.filter(|row| !row.disturbs.is_empty() && !disturbs.contains(&row.disturbs)) {
            disturbs.push(row.disturbs);
        }
        changes.action = changes.action.max(Some(action));
        changes.differences.push(Difference {
            path,
            from: from.map(shown),
            to: to.map(shown),
        });
    }
    changes.disturbs = (!disturbs.is_empty()).then(|| disturbs.join("; "));
    changes
}

/// The properties of an object down to their last parts, as differences are shown: `LaunchTemplateData.InstanceType`,
/// `g5.xlarge`.
pub fn properties(spec: &Spec) -> Vec<(String, String)> {
    fn collect(value: &Value, path: &str, all: &mut Vec<(String, String)>) {
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    collect(value, &below(path, key), all);
                }
            }
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
                for (index, item) in items.iter().enumerate() {
                    collect(item, &format!("{path}[{index}]"), all);
                }
            }
            Value::Array(items) if items.iter().all(Value::is_string) => {
                let items: Vec<String> = items.iter().map(shown).collect();
                all.push((path.to_owned(), items.join(", ")));
            }
            value => all.push((path.to_owned(), shown(value))),
        }
    }
    let mut all = Vec::new();
    collect(&spec.properties(), "", &mut all);
    all
}

/// Both sides without what is not ours to compare.
fn comparable(present: &Spec, wanted: &Spec) -> (Value, Value) {
    let (mut before, after) = (present.properties(), wanted.properties());
    if matches!(wanted, Spec::Manifest(_)) {
        // Applied server-side: what we do not name belongs to others.
        before = only_named(&before, &after);
    }
    if let Value::Object(entries) = &mut before {
        leave_tags_of_others(entries.get_mut("Tags"), after.get("Tags"));
    }
    (before, after)
}

fn only_named(present: &Value, named: &Value) -> Value {
    match (present, named) {
        (Value::Object(present), Value::Object(named)) => {
            let both = named
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), only_named(present.get(key)?, value))));
            Value::Object(both.collect())
        }
        _ => present.clone(),
    }
}

fn leave_tags_of_others(present: Option<&mut Value>, wanted: Option<&Value>) {
    let Some(Value::Object(tags)) = present else {
        return;
    };
    let is_wanted = |key: &str| wanted.is_some_and(|wanted| wanted.get(key).is_some());
    tags.retain(|key, _| is_wanted(key) || !TAGS_OF_OTHERS.iter().any(|other| key.starts_with(other)));
}

/// A path, and its value before and after.
type Found<'a> = (String, Option<&'a Value>, Option<&'a Value>);

fn compare<'a>(before: &'a Value, after: &'a Value, path: &str, found: &mut Vec<Found<'a>>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => compare_maps(before, after, path, found),
        (Value::Array(before), Value::Array(after))
            if before.len() == after.len() && after.iter().all(Value::is_object) =>
        {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(before, after, &format!("{path}[{index}]"), found);
            }
        }
        _ if before == after => {}
        _ => found.push((path.to_owned(), Some(before), Some(after))),
    }
}

fn compare_maps<'a>(
    before: &'a Map<String, Value>,
    after: &'a Map<String, Value>,
    path: &str,
    found: &mut Vec<Found<'a>>,
) {
    for (key, old) in before {
        match after.get(key) {
            Some(new) => compare(old, new, &below(path, key), found),
            None if is_empty(old) => {}
            None => found.push((below(path, key), Some(old), None)),
        }
    }
    for (key, new) in after
        .iter()
        .filter(|(key, new)| !before.contains_key(*key) && !is_empty(new))
    {
        found.push((below(path, key), None, Some(new)));
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// Whether a value says nothing: absent tags and tags of which there are none are the same.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(entries) => entries.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn shown(value: &Value) -> String {
    match map_texts(value, &|text: Text| text.to_string()) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
