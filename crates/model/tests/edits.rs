//! Random edits on every config that is at hand: each gives what was meant or is refused, and nothing outside
//! the spliced bytes changes.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use lb_model::{
    document::Document,
    path::{Path, Segment},
    problem::Edit,
};
use serde_json::{Value, json};
use std::path::{Path as FilePath, PathBuf};

fn shared() -> Option<PathBuf> {
    let path = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn configs(folder: &FilePath, into: &mut Vec<(PathBuf, String)>) {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        if file.is_dir() {
            configs(&file, into);
        } else if file.extension().is_some_and(|ending| ending == "yaml")
            && let Ok(text) = std::fs::read_to_string(&file)
        {
            into.push((file, text));
        }
    }
}

/// Paths of all values.
fn paths(value: &Value, here: &Path, into: &mut Vec<Path>) {
    into.push(here.clone());
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, item)| paths(item, &here.index(i), into)),
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, item)| paths(item, &here.key(key), into)),
        _ => {}
    }
}

fn value(random: &mut Random) -> Value {
    match random.below(9) {
        0 => json!("g5.12xlarge"),
        1 => json!("1.34"),
        2 => json!(random.below(100)),
        3 => json!(random.below(2) == 0),
        4 => json!({"role": "worker", "k8s.io/x": "true"}),
        5 => json!(["a", "y", "b: c"]),
        6 => json!("#!/bin/bash\nset -e\n\necho \"hi\"\n"),
        7 => json!([{"name": "x", "list": [1, 2]}]),
        _ => json!("it's # \"quoted\""),
    }
}

/// A small generator of our own, so that the test needs no seed file.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn random_edit(root: &Value, random: &mut Random) -> Option<Edit> {
    let mut all = Vec::new();
    paths(root, &Path::root(), &mut all);
    let path = all[random.below(all.len())].clone();
    let at = path.segments().iter().fold(root, |value, segment| match segment {
        Segment::Key(key) => &value[key],
        Segment::Index(index) => &value[*index],
    });
    let in_list = matches!(path.segments().last(), Some(Segment::Index(_)));
    Some(match random.below(6) {
        0 if !path.segments().is_empty() => Edit::Set {
            path,
            value: value(random),
        },
        1 if at.is_object() => Edit::Set {
            path: path.key(format!("new{}", random.below(50))),
            value: value(random),
        },
        2 if at.is_array() => {
            let index = random.below(at.as_array().unwrap().len() + 1);
            Edit::Insert {
                path,
                index,
                value: value(random),
            }
        }
        3 if !path.segments().is_empty() => Edit::Remove { path },
        4 if matches!(path.segments().last(), Some(Segment::Key(_))) => Edit::RenameKey {
            path,
            key: format!("renamed{}", random.below(50)),
        },
        5 if in_list => Edit::Copy { path },
        _ => return None,
    })
}

/// The edit by its meaning alone.
fn intended(mut root: Value, edit: &Edit) -> Value {
    fn at<'a>(root: &'a mut Value, segments: &[Segment]) -> &'a mut Value {
        segments.iter().fold(root, |value, segment| match segment {
            Segment::Key(key) => &mut value[key],
            Segment::Index(index) => &mut value[*index],
        })
    }
    match edit {
        Edit::Set { path, value } => *at(&mut root, path.segments()) = value.clone(),
        Edit::Insert { path, index, value } => {
            at(&mut root, path.segments())
                .as_array_mut()
                .unwrap()
                .insert(*index, value.clone());
        }
        Edit::Remove { path } | Edit::RenameKey { path, .. } | Edit::Copy { path } => {
            let (last, above) = path.segments().split_last().unwrap();
            match (at(&mut root, above), last, edit) {
                (Value::Object(entries), Segment::Key(key), Edit::RenameKey { key: new, .. }) => {
                    let value = entries.shift_remove(key).unwrap();
                    entries.insert(new.clone(), value);
                }
                (Value::Object(entries), Segment::Key(key), _) => drop(entries.shift_remove(key)),
                (Value::Array(items), Segment::Index(index), Edit::Copy { .. }) => {
                    items.insert(*index, items[*index].clone());
                }
                (Value::Array(items), Segment::Index(index), _) => drop(items.remove(*index)),
                _ => unreachable!(),
            }
        }
    }
    root
}

#[test]
fn random_edits_mean_what_was_intended() {
    let Some(shared) = shared() else { return };
    let mut files = Vec::new();
    for folder in ["data", "conformance/eksctl"] {
        configs(&shared.join(folder), &mut files);
    }
    let (mut made, mut refused) = (0, 0);
    let mut random = Random(7);
    for (file, text) in files {
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let mut document = Document::parse(text);
            if !document.is_yaml() || !document.value().is_object() {
                continue;
            }
            for _ in 0..8 {
                let Some(edit) = random_edit(&document.value(), &mut random) else {
                    continue;
                };
                let Ok(edited) = document.edit(std::slice::from_ref(&edit)) else {
                    refused += 1;
                    println!("refused in {}: {edit:?}", file.display());
                    continue;
                };
                made += 1;
                assert_eq!(
                    edited.document.value(),
                    intended(document.value(), &edit),
                    "{edit:?}"
                );
                let mut text = document.text().to_owned();
                for splice in &edited.splices {
                    let after = splice.apply(&text);
                    assert_eq!(splice.inverse(&text).apply(&after), text, "{edit:?}");
                    text = after;
                }
                assert_eq!(text, edited.document.text());
                let bare = text.replace("\r\n", "").contains('\n');
                assert!(
                    !(bare && document.text().contains("\r\n")),
                    "{edit:?}: line ends are mixed"
                );
                document = edited.document;
            }
        }
    }
    println!("{made} edits made, {refused} refused");
    assert!(
        refused * 20 <= made,
        "{refused} of {} edits were refused",
        made + refused
    );
}
