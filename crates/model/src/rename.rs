//! Every text of a config with its place: what renaming and the rules about names look through.

use crate::{config::ClusterConfig, path::Path};
use serde_json::Value;

/// Every text of a config, in the order of its fields.
pub fn texts(config: &ClusterConfig) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    // Types that hold only text, numbers, lists and maps with text as keys always become JSON.
    if let Ok(value) = serde_json::to_value(config) {
        collect(Path::root(), value, &mut found);
    }
    found
}

fn collect(path: Path, value: Value, found: &mut Vec<(Path, String)>) {
    match value {
        Value::String(text) => found.push((path, text)),
        Value::Array(items) => {
            for (index, item) in items.into_iter().enumerate() {
                collect(path.index(index), item, found);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                collect(path.key(key), value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
