//! Every field that eksctl knows, out of the schema's table: what may stand at a path, and finding one by its name or
//! its meaning.

use lb_model::{
    config::ClusterConfig,
    path::{Path, Segment},
    schema::{Field, Shape},
};
use serde_json::Value;

/// Types inside types are followed so far; the schema itself ends sooner.
const MAX_DEPTH: usize = 12;

/// What may stand at a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// What its value may be.
    pub shape: Shape,
    /// The field whose value, or whose item, it is; `None` for the whole file.
    pub field: Option<&'static Field>,
}

/// What may stand at a path; `None` if eksctl knows nothing there.
pub(crate) fn place(path: &Path) -> Option<Place> {
    let root = Place {
        shape: Shape::Struct(ClusterConfig::schema),
        field: None,
    };
    path.segments().iter().try_fold(root, |at, segment| {
        let item = |shape: &'static Shape| Place { shape: *shape, ..at };
        match (segment, at.shape) {
            (Segment::Key(key), Shape::Struct(of)) => {
                let field = of().field(key)?;
                Some(Place {
                    shape: field.shape,
                    field: Some(field),
                })
            }
            (Segment::Key(_), Shape::Map(of) | Shape::ListOrMap(_, of)) => Some(item(of)),
            (Segment::Index(_), Shape::List(of) | Shape::ListOrMap(of, _)) => Some(item(of)),
            _ => None,
        }
    })
}

/// Whether a value is edited in one control; others have a page of their own.
pub(crate) fn is_simple(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::Str | Shape::Int | Shape::Float | Shape::Bool | Shape::Cidr | Shape::Arn
    )
}

/// The value at a path.
pub(crate) fn value_at<'a>(root: &'a Value, path: &Path) -> Option<&'a Value> {
    let at = |value: &'a Value, segment: &Segment| match segment {
        Segment::Key(key) => value.get(key),
        Segment::Index(index) => value.get(index),
    };
    path.segments().iter().try_fold(root, at)
}

/// What of a field is written, in a few words.
pub(crate) fn in_words(value: Option<&Value>) -> String {
    let count = crate::components::words::count;
    match value {
        None | Some(Value::Null) => "not in the file".to_owned(),
        Some(Value::Array(items)) => count(items.len(), "item"),
        Some(Value::Object(entries)) => match entries.len() {
            1 => "1 entry".to_owned(),
            n => format!("{n} entries"),
        },
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// A field that a search found.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// Where its value stands, or would stand.
    pub path: Path,
    /// The field.
    pub field: &'static Field,
    /// Whether it is in the file.
    pub written: bool,
    rank: u8,
}

/// The fields that have all words of `query` in their path or their meaning, the best first.
pub(crate) fn search(root: &Value, query: &str) -> Vec<Hit> {
    let query = query.to_lowercase();
    let mut walk = Walk {
        words: query.split_whitespace().collect(),
        hits: Vec::new(),
    };
    if !walk.words.is_empty() {
        let config = Shape::Struct(ClusterConfig::schema);
        walk.below(config, &Path::root(), Some(root), 0);
    }
    // Stable, so that fields of one rank stay in the schema's order.
    walk.hits.sort_by_key(|hit| (hit.rank, !hit.written));
    walk.hits
}

struct Walk<'q> {
    words: Vec<&'q str>,
    hits: Vec<Hit>,
}

impl Walk<'_> {
    fn below(&mut self, shape: Shape, path: &Path, value: Option<&Value>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match shape {
            Shape::Struct(of) => {
                for field in of().fields {
                    let (path, value) = (path.key(field.key), value.and_then(|v| v.get(field.key)));
                    self.judge(field, &path, value.is_some());
                    self.below(field.shape, &path, value, depth + 1);
                }
            }
            Shape::List(of) if !is_simple(*of) => {
                // Without an item, the fields that a first one would have.
                let written = value.and_then(Value::as_array).map_or(0, Vec::len);
                for index in 0..written.max(1) {
                    let item = value.and_then(|value| value.get(index));
                    self.below(*of, &path.index(index), item, depth + 1);
                }
            }
            Shape::Map(of) if !is_simple(*of) => {
                for (key, item) in value.and_then(Value::as_object).into_iter().flatten() {
                    self.below(*of, &path.key(key), Some(item), depth + 1);
                }
            }
            _ => {}
        }
    }

    fn judge(&mut self, field: &'static Field, path: &Path, written: bool) {
        let key = field.key.to_lowercase();
        let whole = path.to_string().to_lowercase();
        let meaning = field.summary().to_lowercase();
        let all_in = |text: &str| self.words.iter().all(|word| text.contains(word));
        let rank = match self.words.as_slice() {
            [word] if key == *word => 0,
            [word] if key.starts_with(word) => 1,
            _ if all_in(&key) => 2,
            _ if all_in(&whole) => 3,
            _ if all_in(&format!("{whole} {meaning}")) => 4,
            _ => return,
        };
        self.hits.push(Hit {
            path: path.clone(),
            field,
            written,
            rank,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lb_model::document::Document;

    fn path(keys: &[&str]) -> Path {
        keys.iter().fold(Path::root(), |path, key| match key.parse() {
            Ok(index) => path.index(index),
            Err(_) => path.key(*key),
        })
    }

    #[test]
    fn every_field_of_the_schema_has_a_place_and_is_found_by_its_key() {
        let mut seen = 0;
        let mut todo = vec![(Shape::Struct(ClusterConfig::schema), Path::root())];
        while let Some((shape, at)) = todo.pop() {
            let Shape::Struct(of) = shape else { continue };
            for field in of().fields {
                let here = at.key(field.key);
                assert!(
                    place(&here).is_some_and(|place| place.field.is_some_and(|f| f.key == field.key)),
                    "{here}"
                );
                let hits = search(&Value::Null, field.key);
                let reachable = !matches!(at.segments().last(), Some(Segment::Key(key)) if key == "*");
                assert!(!reachable || hits.iter().any(|hit| hit.path == here), "{here}");
                seen += 1;
                match field.shape {
                    Shape::List(item) => todo.push((*item, here.index(0))),
                    Shape::Struct(_) => todo.push((field.shape, here)),
                    _ => {}
                }
            }
        }
        assert!(seen > 400, "{seen}");
    }

    #[test]
    fn the_best_hit_is_first_and_items_of_the_file_are_their_own() {
        let text = "nodeGroups:\n- {name: a}\n- {name: b, volumeSize: 9}\n";
        let value = Document::parse(text).value();
        let hits = search(&value, "volumesize");
        let first = hits.first().unwrap();
        assert_eq!(first.path, path(&["nodeGroups", "1", "volumeSize"]));
        assert!(first.written && first.field.key == "volumeSize");
        assert!(
            hits.iter()
                .any(|hit| hit.path == path(&["nodeGroups", "0", "volumeSize"]))
        );
        let spoken = search(&value, "public endpoint");
        assert!(!spoken.is_empty());
        assert!(search(&value, "no such thing").is_empty());
        assert!(search(&value, "  ").is_empty());
    }

    #[test]
    fn what_eksctl_does_not_know_has_no_place() {
        assert!(place(&path(&["nodeGroups", "0", "maxSzie"])).is_none());
        assert!(place(&path(&["metadata", "0"])).is_none());
        assert!(place(&path(&["metadata", "tags", "anything"])).is_some());
    }
}
