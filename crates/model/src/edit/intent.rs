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

/// A large edit as small ones: maps entry by entry, lists item by item, as far as old and new are alike.
pub(super) fn refine(edit: &Edit, root: &Value) -> Vec<Edit> {
    let mut small = Vec::new();
    match edit {
        Edit::Set { path, value } => match get(root, path) {
            Some(old) => refine_set(path, old, value, &mut small),
            None => small.push(edit.clone()),
        },
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
