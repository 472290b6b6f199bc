//! What several tests need.

use crate::{
    config::ClusterConfig,
    document::Document,
    path::{Path, Segment},
    problem::Edit,
};
use serde_json::{Map, Value};

/// The typed config of a text without mistakes of text or types.
pub(crate) fn config(text: &str) -> ClusterConfig {
    Document::parse(text).config().clone()
}

/// The config after `edits`, by their meaning alone: what the editor of texts must come to as well.
pub(crate) fn edited(config: &ClusterConfig, edits: &[Edit]) -> ClusterConfig {
    let mut root = serde_json::to_value(config).unwrap();
    for edit in edits {
        match edit {
            Edit::Set { path, value } => *slot(&mut root, path.segments()) = value.clone(),
            Edit::Insert { path, index, value } => {
                slot(&mut root, path.segments())
                    .as_array_mut()
                    .unwrap()
                    .insert(*index, value.clone());
            }
            Edit::Remove { path } => match parent(&mut root, path) {
                (Value::Object(entries), Segment::Key(key)) => drop(entries.shift_remove(key).unwrap()),
                (Value::Array(items), Segment::Index(index)) => drop(items.remove(*index)),
                _ => panic!("{path}"),
            },
            Edit::RenameKey { path, key } => {
                let (Value::Object(entries), Segment::Key(old)) = parent(&mut root, path) else {
                    panic!("{path}")
                };
                let rename =
                    |(at, value): (String, Value)| (if at == *old { key.clone() } else { at }, value);
                *entries = std::mem::take(entries).into_iter().map(rename).collect();
            }
            Edit::Copy { path } => match parent(&mut root, path) {
                (Value::Array(items), Segment::Index(index)) => {
                    items.insert(index + 1, items[*index].clone())
                }
                _ => panic!("{path}"),
            },
        }
    }
    serde_json::from_value(root).unwrap()
}

fn parent<'a, 'p>(root: &'a mut Value, path: &'p Path) -> (&'a mut Value, &'p Segment) {
    let (last, parents) = path.segments().split_last().unwrap();
    (slot(root, parents), last)
}

/// The value at a path; missing entries are made.
fn slot<'a>(root: &'a mut Value, segments: &[Segment]) -> &'a mut Value {
    segments.iter().fold(root, |value, segment| match segment {
        Segment::Key(key) => {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            value
                .as_object_mut()
                .unwrap()
                .entry(key.clone())
                .or_insert(Value::Null)
        }
        Segment::Index(index) => &mut value.as_array_mut().unwrap()[*index],
    })
}
