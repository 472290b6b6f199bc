//! What must hold of the model on any input, as checks that panic where it does not. The fuzz targets run them, and the
//! tests of `lb-model` include this file.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    dead_code
)]

use jiff::civil::date;
use lb_model::{
    document::Document,
    edit::{EditError, Edited, SPEAKING_WHEN_EMPTY, Splice},
    modernize::modernize,
    path::{Path, Segment},
    problem::{Edit, Located},
    rename::rename,
    rules::Facts,
    tree::Kind,
    write::to_yaml,
};
use serde_json::{Value, json};
use std::ops::Range;

pub fn facts() -> Facts<'static> {
    Facts::on(date(2026, 11, 23))
}

/// A small generator of our own: what it gives is told by its seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed);
        // The first numbers of neighbouring seeds are alike.
        for _ in 0..4 {
            let _ = random.below(2);
        }
        random
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

/// Any bytes are read; every place of the tree lies in the text.
pub fn parse(bytes: &[u8]) -> Document {
    let document = Document::from_bytes(bytes);
    let tree = document.tree();
    let mut next: Vec<_> = tree.root().into_iter().collect();
    while let Some(id) = next.pop() {
        let node = tree.node(id);
        assert!(node.start <= node.span.end && document.text().get(node.span.clone()).is_some());
        match &node.kind {
            Kind::List { items, .. } => next.extend(items.iter().map(|item| item.value)),
            Kind::Map { entries, .. } => {
                next.extend(entries.iter().flat_map(|entry| [entry.key, entry.value]));
            }
            _ => {}
        }
    }
    // What was read is written so that it is read again.
    if document.is_yaml() {
        let written = to_yaml(document.config()).unwrap();
        assert_eq!(Document::parse(written).config(), document.config());
    }
    document
}

/// Rules find something to say of any config, at places that exist.
pub fn judge(document: &Document) -> Vec<Located> {
    let problems = document.problems(&facts());
    for found in &problems {
        assert!(found.span.start <= found.span.end);
        assert!(document.text().get(found.span.clone()).is_some());
        assert!(found.start.line > 0 && found.start.column > 0 && found.start <= found.end);
        let _ = document.path_at(found.span.start);
    }
    problems
}

/// Fixes, renaming, today's form, and other values at what a problem is about: made right, or refused.
pub fn mend(document: &Document, problems: &[Located]) {
    let fixes = problems
        .iter()
        .take(8)
        .filter_map(|found| found.problem.fix.as_ref());
    for fix in fixes {
        let _ = edited(document, &fix.edits);
    }
    let _ = edited(document, &rename(document.config(), "staging-leaderboard-10"));
    let modern = modernize(document, &facts(), None);
    keeps_the_rest(document.text(), &modern.splices, modern.document.text());
    let places = problems
        .iter()
        .take(4)
        .filter_map(|found| found.problem.place.path());
    for path in places {
        for value in [json!("y"), json!(["a"]), json!({"b": {"c": 1}})] {
            let path = path.clone();
            let _ = edited(document, &[Edit::Set { path, value }]);
        }
        let _ = edited(document, &[Edit::Remove { path: path.clone() }]);
    }
}

/// Random edits, one after the other: each means what was intended, or is refused. Gives how many were made and refused.
pub fn sequence(document: &Document, random: &mut Random, length: usize) -> (usize, usize) {
    let (mut made, mut refused) = (0, 0);
    let mut document = document.clone();
    for _ in 0..length {
        if !document.is_yaml() || !document.value().is_object() {
            break;
        }
        let Some(edit) = random_edit(&document.value(), random) else {
            continue;
        };
        match edited(&document, std::slice::from_ref(&edit)) {
            Ok(edited) => {
                let wanted = intended(document.value(), &edit);
                assert_eq!(edited.document.value(), wanted, "{edit:?}\n{}", document.text());
                keeps_comments(&document, &edited, &edit);
                document = edited.document;
                made += 1;
            }
            Err(_) => refused += 1,
        }
    }
    (made, refused)
}

/// The edits, if they can be made. Taking the splices back one by one gives the text before, so nothing outside of them
/// has changed; and line ends are not mixed.
pub fn edited(document: &Document, edits: &[Edit]) -> Result<Edited, EditError> {
    let edited = document.edit(edits)?;
    keeps_the_rest(document.text(), &edited.splices, edited.document.text());
    Ok(edited)
}

fn keeps_the_rest(before: &str, splices: &[Splice], after: &str) {
    let mut text = before.to_owned();
    for splice in splices {
        let next = splice.apply(&text);
        assert_eq!(splice.inverse(&text).apply(&next), text, "{splice:?}");
        text = next;
    }
    assert_eq!(text, after);
    let is_mixed = |text: &str| {
        let others = text.replace("\r\n", "");
        let kinds = [
            text.contains("\r\n"),
            others.contains('\n'),
            others.contains('\r'),
        ];
        kinds.into_iter().filter(|is_there| *is_there).count() > 1
    };
    assert!(
        is_mixed(before) || !is_mixed(after),
        "line ends are mixed\n{before}\n----\n{after}"
    );
}

/// Comments go only with what they belong to: with a value that is replaced, or with what is removed.
fn keeps_comments(before: &Document, after: &Edited, edit: &Edit) {
    let gone = match edit {
        Edit::Set { path, .. } => from_indicator(before, path),
        Edit::Insert { .. } | Edit::RenameKey { .. } | Edit::Copy { .. } => 0..0,
        Edit::Remove { path } => removed(before, &after.document, path),
    };
    let outside = before.tree().comments().iter();
    let outside = outside
        .filter(|comment| !gone.contains(&comment.span.start))
        .count();
    let left = after.document.tree().comments().len();
    assert!(
        left >= outside,
        "{edit:?} loses a comment\n{}\n----\n{}",
        before.text(),
        after.document.text()
    );
}

/// What goes with a value that is removed: its entry or item, with the comments that lead up to it and the one behind it;
/// or what is around it, if that is gone too. What then stays with nothing in it is a value that is replaced.
fn removed(before: &Document, after: &Document, path: &Path) -> Range<usize> {
    let segments = path.segments();
    let above = (1..segments.len()).map(|length| segments[..length].iter().cloned().collect::<Path>());
    let gone = above
        .filter(|above| matches!(above.segments().last(), Some(Segment::Key(_))))
        .find(|above| after.tree().get(above).is_none());
    let path = gone.as_ref().unwrap_or(path);
    let (holder, segment) = path.split_last().unwrap();
    let tree = before.tree();
    let (Some((_, holds)), Some((_, value))) = (tree.get(&holder), tree.get(path)) else {
        return 0..0;
    };
    let (start, is_alone) = match (&tree.node(holds).kind, segment) {
        (Kind::Map { entries, .. }, Segment::Key(key)) => {
            let entry = entries.iter().find(|entry| entry.name.as_ref() == Some(key));
            (entry.map(|entry| entry.start), entries.len() == 1)
        }
        (Kind::List { items, .. }, Segment::Index(index)) => {
            let item = &items[*index];
            (item.dash.or(Some(tree.node(item.value).start)), items.len() == 1)
        }
        _ => (None, false),
    };
    if is_alone {
        return from_indicator(before, &holder);
    }
    let start = start.unwrap_or(tree.node(value).start);
    let mut first = line_start(&before.text()[..start]);
    while let Some(above) = line_above(&before.text()[..first]) {
        if !before.text()[above..]
            .trim_start_matches([' ', '\t'])
            .starts_with('#')
        {
            break;
        }
        first = above;
    }
    first..line_end(before.text(), tree.node(value).span.end)
}

/// Where the last line of a text begins; a carriage return alone ends a line too.
fn line_start(text: &str) -> usize {
    text.rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// Where the last whole line of a text begins, if there is one.
fn line_above(text: &str) -> Option<usize> {
    let line = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix(['\n', '\r']))?;
    Some(line_start(line))
}

/// A value with what stands between it and its key or dash. Behind a list or map in block form stands what belongs to the
/// last value inside it; behind any other, what belongs to its key.
fn from_indicator(document: &Document, path: &Path) -> Range<usize> {
    let tree = document.tree();
    let Some((key, value)) = tree.get(path) else {
        return 0..0;
    };
    let dash = path.split_last().and_then(|(holder, segment)| match segment {
        Segment::Index(index) => tree.items(tree.get(&holder)?.1).get(*index)?.dash,
        Segment::Key(_) => None,
    });
    let start = key.map(|key| tree.node(key).span.end).or(dash);
    let value = tree.node(value);
    let end = match value.kind {
        Kind::List { flow: false, .. } | Kind::Map { flow: false, .. } => {
            line_end(document.text(), value.span.end)
        }
        _ => value.span.end,
    };
    start.unwrap_or(value.start)..end
}

/// Where the line of a byte ends.
fn line_end(text: &str, at: usize) -> usize {
    let behind = text.get(at..).unwrap_or_default();
    at + behind.find(['\r', '\n']).unwrap_or(behind.len())
}

/// A value of any kind.
fn value(random: &mut Random) -> Value {
    match random.below(10) {
        0 => json!("g5.12xlarge"),
        1 => json!("1.34"),
        2 => json!(random.below(100)),
        3 => json!(random.below(2) == 0),
        4 => json!({"role": "worker", "k8s.io/x": "true"}),
        5 => json!(["a", "y", "b: c"]),
        6 => json!("#!/bin/bash\nset -e\n\necho \"hi\"\n"),
        7 => json!([{"name": "x", "list": [1, 2]}]),
        8 => json!(null),
        _ => json!("it's # \"quoted\""),
    }
}

/// Paths of all values.
fn paths(value: &Value, here: &Path, into: &mut Vec<Path>) {
    into.push(here.clone());
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(i, item)| paths(item, &here.index(i), into));
        }
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, item)| paths(item, &here.key(key), into)),
        _ => {}
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
    let is_root = path.segments().is_empty();
    let in_list = matches!(path.segments().last(), Some(Segment::Index(_)));
    Some(match random.below(6) {
        0 if !is_root => Edit::Set {
            path,
            value: value(random),
        },
        1 if at.is_object() => Edit::Set {
            path: path.key(format!("new{}", random.below(50))),
            value: value(random),
        },
        2 if at.is_array() => {
            let index = random.below(at.as_array().map_or(0, Vec::len) + 1);
            Edit::Insert {
                path,
                index,
                value: value(random),
            }
        }
        3 if !is_root => Edit::Remove { path },
        4 if !is_root && !in_list => Edit::RenameKey {
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
            let items = at(&mut root, path.segments()).as_array_mut().unwrap();
            items.insert(*index, value.clone());
        }
        Edit::Remove { path } => remove(&mut root, path.segments()),
        Edit::RenameKey { path, .. } | Edit::Copy { path } => {
            let (last, above) = path.segments().split_last().unwrap();
            match (at(&mut root, above), last, edit) {
                (Value::Object(entries), Segment::Key(key), Edit::RenameKey { key: new, .. }) => {
                    let value = entries.shift_remove(key).unwrap();
                    entries.insert(new.clone(), value);
                }
                (Value::Array(items), Segment::Index(index), _) => {
                    items.insert(*index, items[*index].clone())
                }
                _ => unreachable!(),
            }
        }
    }
    root
}

/// Takes a value out, and every entry around it that then says nothing.
fn remove(value: &mut Value, segments: &[Segment]) {
    let (first, rest) = segments.split_first().unwrap();
    match (value, first) {
        (Value::Object(entries), Segment::Key(key)) => {
            let says_nothing = match entries.get_mut(key) {
                Some(inner) if !rest.is_empty() => {
                    remove(inner, rest);
                    let is_empty = *inner == json!({}) || *inner == json!([]);
                    is_empty && !SPEAKING_WHEN_EMPTY.contains(&key.as_str())
                }
                _ => true,
            };
            if says_nothing {
                entries.shift_remove(key);
            }
        }
        (Value::Array(items), Segment::Index(index)) if rest.is_empty() => drop(items.remove(*index)),
        (Value::Array(items), Segment::Index(index)) => remove(&mut items[*index], rest),
        _ => unreachable!(),
    }
}
