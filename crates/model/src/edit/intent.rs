//! What an edit means, by values alone.

use crate::{
    document::Document,
    path::{Path, Segment},
    problem::Edit,
};
use serde_json::{Map, Value};

/// The path that an edit is about.
pub(super) fn path_of(edit: &Edit) -> &Path {
    match edit {
        Edit::Set { path, .. }
        | Edit::Insert { path, .. }
        | Edit::Remove { path }
        | Edit::RenameKey { path, .. }
        | Edit::Copy { path } => path,
    }
}

/// The nearest existing value around what an edit changes, if it is not the whole document.
pub(super) fn around(edit: &Edit, document: &Document) -> Option<Path> {
    let path = path_of(edit);
    let mut segments = path.segments().to_vec();
    if !matches!(edit, Edit::Insert { .. }) {
        segments.pop();
    }
    let wanted: Path = segments.iter().cloned().collect();
    let (_, _, depth) = document.tree().nearest(&wanted)?;
    segments.truncate(depth);
    (!segments.is_empty()).then(|| segments.into_iter().collect())
}

/// Fields that say something while nothing is in them: an account has a policy, even if it permits nothing, and eksctl
/// gives its defaults for a network only where there is none.
pub const SPEAKING_WHEN_EMPTY: &[&str] = &["attachPolicy", "remotePodNetworks", "vpc"];

/// The path that goes when the value at `path` is removed: of an entry or item that is alone in its holder it is the
/// holder, which would say nothing any more. Items stay, for the others would move; so does what
/// [says something](SPEAKING_WHEN_EMPTY) by being there.
fn removed(path: &Path, root: &Value) -> Path {
    let holder = path.split_last().map(|(holder, _)| holder);
    let is_alone = |holder: &Path| match get(root, holder) {
        Some(Value::Object(entries)) => entries.len() == 1,
        Some(Value::Array(items)) => items.len() == 1,
        _ => false,
    };
    let may_go = |holder: &Path| match holder.segments().last() {
        Some(Segment::Key(key)) => !SPEAKING_WHEN_EMPTY.contains(&key.as_str()),
        _ => false,
    };
    match holder.filter(|holder| may_go(holder) && is_alone(holder) && get(root, path).is_some()) {
        Some(holder) => removed(&holder, root),
        None => path.clone(),
    }
}

/// A large edit as small ones: maps entry by entry, lists item by item, as far as old and new are alike.
pub(super) fn refine(edit: &Edit, root: &Value) -> Vec<Edit> {
    let mut small = Vec::new();
    match edit {
        Edit::Set { path, value } => match get(root, path) {
            Some(old) => refine_set(path, old, value, &mut small),
            None => small.push(edit.clone()),
        },
        Edit::Remove { path } => small.push(Edit::Remove {
            path: removed(path, root),
        }),
        _ => small.push(edit.clone()),
    }
    small
}

fn refine_set(path: &Path, old: &Value, new: &Value, into: &mut Vec<Edit>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Value::Object(old), Value::Object(new)) if !old.is_empty() && !new.is_empty() => {
            // First what comes, so that the map is never empty in between.
            for (key, value) in new {
                match old.get(key) {
                    Some(before) => refine_set(&path.key(key), before, value, into),
                    None => into.push(Edit::Set {
                        path: path.key(key),
                        value: value.clone(),
                    }),
                }
            }
            for key in old.keys().filter(|key| !new.contains_key(*key)) {
                into.push(Edit::Remove { path: path.key(key) });
            }
        }
        (Value::Array(old), Value::Array(new)) if !old.is_empty() && !new.is_empty() => {
            refine_list(path, old, new, into);
        }
        _ => into.push(Edit::Set {
            path: path.clone(),
            value: new.clone(),
        }),
    }
}

/// What is alike at both ends stays; in between, item by item, and what is left is put in or taken out.
fn refine_list(path: &Path, old: &[Value], new: &[Value], into: &mut Vec<Edit>) {
    let alike = |a: &[Value], b: &[Value]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let start = alike(old, new);
    let (old_rest, new_rest) = (
        old.get(start..).unwrap_or_default(),
        new.get(start..).unwrap_or_default(),
    );
    let reversed = |items: &[Value]| items.iter().rev().cloned().collect::<Vec<_>>();
    let end = alike(&reversed(old_rest), &reversed(new_rest));
    let old_middle = old_rest.get(..old_rest.len() - end).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - end).unwrap_or_default();
    for (index, (before, value)) in old_middle.iter().zip(new_middle).enumerate() {
        refine_set(&path.index(start + index), before, value, into);
    }
    for (index, value) in new_middle.iter().enumerate().skip(old_middle.len()) {
        into.push(Edit::Insert {
            path: path.clone(),
            index: start + index,
            value: value.clone(),
        });
    }
    // From the last on, so that those before keep their places.
    for index in (new_middle.len()..old_middle.len()).rev() {
        into.push(Edit::Remove {
            path: path.index(start + index),
        });
    }
}

/// The value at a path.
pub(super) fn get<'a>(root: &'a Value, path: &Path) -> Option<&'a Value> {
    path.segments()
        .iter()
        .try_fold(root, |value, segment| match segment {
            Segment::Key(key) => value.get(key),
            Segment::Index(index) => value.get(index),
        })
}

/// Makes an edit of a value; `None` where its place does not exist.
pub(super) fn apply(root: &mut Value, edit: &Edit) -> Option<()> {
    match edit {
        Edit::Set { path, value } => *slot(root, path.segments())? = value.clone(),
        Edit::Insert { path, index, value } => {
            let list = slot(root, path.segments())?;
            if list.is_null() {
                *list = Value::Array(Vec::new());
            }
            let items = list.as_array_mut()?;
            (*index <= items.len()).then(|| items.insert(*index, value.clone()))?;
        }
        Edit::Remove { path } => match parent(root, path)? {
            (Value::Object(entries), Segment::Key(key)) => drop(entries.shift_remove(key)?),
            (Value::Array(items), Segment::Index(index)) if *index < items.len() => {
                drop(items.remove(*index))
            }
            _ => return None,
        },
        Edit::RenameKey { path, key } => {
            let (Value::Object(entries), Segment::Key(old)) = parent(root, path)? else {
                return None;
            };
            // A key that is there already would be set twice.
            if (entries.contains_key(key) && key != old) || !entries.contains_key(old) {
                return None;
            }
            let rename = |(at, value)| (if at == *old { key.clone() } else { at }, value);
            *entries = std::mem::take(entries).into_iter().map(rename).collect();
        }
        Edit::Copy { path } => match parent(root, path)? {
            (Value::Array(items), Segment::Index(index)) => {
                let copy = items.get(*index)?.clone();
                items.insert(index + 1, copy);
            }
            _ => return None,
        },
    }
    Some(())
}

/// Makes edits of a value, from the last one on; `None` if there are none, or if one has no place.
pub(super) fn apply_pending(mut root: Value, pending: &[Edit]) -> Option<Value> {
    for edit in pending.iter().rev() {
        for small in refine(edit, &root) {
            apply(&mut root, &small)?;
        }
    }
    (!pending.is_empty()).then_some(root)
}

fn parent<'a, 'p>(root: &'a mut Value, path: &'p Path) -> Option<(&'a mut Value, &'p Segment)> {
    let (last, above) = path.segments().split_last()?;
    let value = above.iter().try_fold(root, |value, segment| match segment {
        Segment::Key(key) => value.get_mut(key),
        Segment::Index(index) => value.get_mut(index),
    })?;
    Some((value, last))
}

/// The value at a path; missing entries are made, and one item behind the end of a list.
fn slot<'a>(root: &'a mut Value, segments: &[Segment]) -> Option<&'a mut Value> {
    segments.iter().try_fold(root, |value, segment| match segment {
        Segment::Key(key) => {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            Some(value.as_object_mut()?.entry(key.clone()).or_insert(Value::Null))
        }
        Segment::Index(index) => {
            if value.is_null() {
                *value = Value::Array(Vec::new());
            }
            let items = value.as_array_mut()?;
            if *index == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(*index)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{ClusterConfig, effective},
        problem::Severity,
        rules::Facts,
        schema::Shape,
    };
    use serde_json::json;
    use std::collections::BTreeSet;

    /// Every place of the schema that can hold nothing, with the nothing.
    fn holders(shape: Shape, here: &Path, into: &mut Vec<(Path, Value)>) {
        match shape {
            Shape::Struct(of) => {
                into.push((here.clone(), json!({})));
                for field in of().fields {
                    holders(field.shape, &here.key(field.key), into);
                }
            }
            Shape::List(item) | Shape::ListOrMap(item, _) => {
                into.push((here.clone(), json!([])));
                holders(*item, &here.index(0), into);
            }
            Shape::Map(value) => {
                into.push((here.clone(), json!({})));
                holders(*value, &here.key("a"), into);
            }
            Shape::AnyMap | Shape::Any => into.push((here.clone(), json!({}))),
            _ => {}
        }
    }

    /// A config with one value, and what is around it.
    fn with(path: &Path, value: Value) -> Document {
        let mut root = json!({"apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig",
            "metadata": {"name": "lb", "region": "us-west-2"}});
        apply(
            &mut root,
            &Edit::Set {
                path: path.clone(),
                value,
            },
        )
        .unwrap();
        Document::parse(root.to_string())
    }

    fn errors(document: &Document) -> BTreeSet<String> {
        let found = document.problems(&Facts::on(jiff::civil::date(2026, 11, 23)));
        let errors = found
            .into_iter()
            .filter(|found| found.problem.severity == Severity::Error);
        errors
            .map(|found| format!("{} {}", found.problem.code, found.problem.message))
            .collect()
    }

    /// A value without what holds nothing.
    fn said(value: &Value) -> Value {
        match value {
            Value::Object(entries) => {
                let said = entries.iter().map(|(key, value)| (key.clone(), said(value)));
                said.filter(|(_, value)| *value != json!({}) && *value != json!([]))
                    .collect()
            }
            Value::Array(items) => items.iter().map(said).collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn what_holds_nothing_says_nothing_or_is_listed() {
        let mut all = Vec::new();
        holders(Shape::Struct(ClusterConfig::schema), &Path::root(), &mut all);
        let mut speaking = BTreeSet::new();
        for (path, nothing) in all {
            let Some((parent, Segment::Key(key))) = path.split_last() else {
                continue;
            };
            if parent.segments().is_empty() && key == "metadata" {
                continue;
            }
            let empty = with(&path, nothing);
            let around = get(&empty.value(), &parent).cloned().unwrap();
            let absent = {
                let mut around = around;
                around.as_object_mut().unwrap().shift_remove(key);
                with(&parent, around)
            };
            let meaning = |document: &Document| {
                let effective = serde_json::to_value(effective(document.config())).unwrap();
                (errors(document), said(&effective))
            };
            let ((wrong, is), (wrong_without, is_without)) = (meaning(&empty), meaning(&absent));
            if !wrong_without.is_subset(&wrong) || (wrong.is_empty() && is != is_without) {
                speaking.insert(key.clone());
            }
        }
        let listed: BTreeSet<String> = SPEAKING_WHEN_EMPTY.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(speaking, listed);
    }
}
