//! The smallest splice for each kind of edit. None of these has to be right in every case: whoever calls them
//! proves the result.

use super::{Splice, intent, place::Layout};
use crate::{
    config::ClusterConfig,
    document::Document,
    path::{Path, Segment},
    problem::Edit,
    scalar,
    schema::{Shape, Type},
    tree::{Entry, Item, Kind, Node, NodeId, Style},
    write,
};
use serde_json::{Value, json};

/// A splice that probably means the edit.
pub(super) fn of_edit(document: &Document, edit: &Edit) -> Option<Splice> {
    let layout = Layout::new(document, place_of(document, edit));
    match edit {
        Edit::Set { path, value } => layout.set(path, value),
        Edit::Insert { path, index, value } => layout.insert_item(path, *index, value),
        Edit::Remove { path } => layout.remove(path),
        Edit::RenameKey { path, key } => layout.rename_key(path, key),
        Edit::Copy { path } => layout.copy(path),
    }
}

/// Where an edit writes: at the item that it is put before, at the value that it replaces, or behind what is there.
fn place_of(document: &Document, edit: &Edit) -> usize {
    let tree = document.tree();
    let path = intent::path_of(edit);
    let Some((_, id, depth)) = tree.nearest(path) else {
        return 0;
    };
    let exists = depth == path.segments().len();
    match edit {
        Edit::Insert { index, .. } if exists => tree
            .items(id)
            .get(*index)
            .map_or(tree.node(id).span.end, |item| tree.node(item.value).start),
        _ if exists => tree.node(id).span.start,
        _ => tree.node(id).span.end,
    }
}

/// The map or list that holds what a path names.
pub(super) struct Holder<'d> {
    pub(super) node: &'d Node,
    pub(super) path: Path,
}

impl<'d> Layout<'d> {
    pub(super) fn node(&self, id: NodeId) -> &'d Node {
        self.document.tree().node(id)
    }

    pub(super) fn holder<'p>(&self, path: &'p Path) -> Option<(Holder<'d>, &'p Segment)> {
        let (parent, last) = path.split_last()?;
        let (_, id) = self.document.tree().get(&parent)?;
        Some((
            Holder {
                node: self.node(id),
                path: parent,
            },
            last,
        ))
    }

    fn set(&self, path: &Path, value: &Value) -> Option<Splice> {
        let (_, id, depth) = self.document.tree().nearest(path)?;
        let (existing, missing) = path.segments().split_at_checked(depth)?;
        let Some((next, below)) = missing.split_first() else {
            return self.replace(path, id, value);
        };
        let value = below
            .iter()
            .rev()
            .fold(value.clone(), |value, segment| match segment {
                Segment::Key(key) => json!({ key: value }),
                Segment::Index(_) => json!([value]),
            });
        let above: Path = existing.iter().cloned().collect();
        match (&self.node(id).kind, next) {
            (Kind::Map { flow, entries }, Segment::Key(key)) if !entries.is_empty() => {
                self.insert_entry(&above, entries, *flow, key, &value)
            }
            (Kind::Map { .. } | Kind::Scalar(_), Segment::Key(key)) => {
                self.replace(&above, id, &json!({ key: value }))
            }
            (_, Segment::Index(index)) => self.insert_item(&above, *index, &value),
            _ => None,
        }
    }

    /// Another value where one stands.
    pub(super) fn replace(&self, path: &Path, id: NodeId, value: &Value) -> Option<Splice> {
        let node = self.node(id);
        let in_flow = self.is_in_flow(path);
        let start = if node.tag.is_some() {
            node.start
        } else {
            node.span.start
        };
        if let (Kind::Scalar(old), Some(new)) = (&node.kind, scalar_text(value)) {
            let text = match (old.style, value) {
                (Style::Single, Value::String(text)) if is_one_line(text) => single_quoted(text),
                (Style::Double, Value::String(text)) if is_one_line(text) => write::quote(text),
                (_, Value::String(text)) if text.contains('\n') && !in_flow => {
                    self.block(value, self.indent_of_value(path))?
                }
                (_, Value::String(_)) if in_flow => self.flow(value),
                _ => new,
            };
            let range = start..node.span.end;
            let text = self.with_comment_of(&range, text);
            return Some(Splice {
                text: self.spaced(&text, range.start),
                range,
            });
        }
        if in_flow || matches!(value, Value::Array(items) if items.is_empty()) || is_empty_map(value) {
            let range = start..node.span.end;
            return match node.kind {
                Kind::Map { flow: false, .. } | Kind::List { flow: false, .. } => {
                    self.replace_behind_indicator(path, node, value)
                }
                _ => Some(Splice {
                    text: self.spaced(&self.flow(value), range.start),
                    range,
                }),
            };
        }
        self.replace_behind_indicator(path, node, value)
    }

    /// The new text with the comment that stands in the old one: behind the `|` of a block of text.
    fn with_comment_of(&self, old: &std::ops::Range<usize>, mut text: String) -> String {
        let mut comments = self.document.tree().comments().iter();
        let comment = comments.find(|comment| old.contains(&comment.span.start));
        if let Some(comment) = comment.and_then(|comment| self.document.text().get(comment.span.clone())) {
            let end = text.find(['\r', '\n']).unwrap_or(text.len());
            text.insert_str(end, &format!(" {}", comment.trim_end()));
        }
        text
    }

    /// Everything from the colon or dash on.
    fn replace_behind_indicator(&self, path: &Path, node: &Node, value: &Value) -> Option<Splice> {
        let Some((holder, segment)) = self.holder(path) else {
            // Nothing stands before the root.
            return Some(Splice {
                range: node.span.clone(),
                text: self.block(value, 0)?,
            });
        };
        let indicator = match (&holder.node.kind, segment) {
            (Kind::Map { entries, .. }, Segment::Key(key)) => entry_of(entries, key)?.1.colon?,
            (Kind::List { items, .. }, Segment::Index(index)) => items.get(*index)?.dash?,
            _ => return None,
        };
        let text = match segment {
            Segment::Key(_) => self.behind_colon(value, self.column_of(path)?)?,
            Segment::Index(_) => format!(" {}", self.block(value, self.column_of(path)? + 2)?),
        };
        Some(Splice {
            range: indicator + 1..node.span.end.max(indicator + 1),
            text,
        })
    }

    fn insert_entry(
        &self,
        map: &Path,
        entries: &[Entry],
        flow: bool,
        key: &str,
        value: &Value,
    ) -> Option<Splice> {
        let known = type_at(map);
        let rank = |key: &str| known.and_then(|of| of.fields.iter().position(|field| field.key == key));
        // Behind the last entry that the schema lists before it; what the schema does not know goes last.
        let after = match rank(key) {
            Some(new) => entries
                .iter()
                .rposition(|entry| entry.name.as_deref().and_then(rank).is_none_or(|old| old < new)),
            None => entries.len().checked_sub(1),
        };
        let first = entries.first()?;
        if flow {
            let entry = format!("{}: {}", self.key(key), self.flow(value));
            return Some(match after.and_then(|after| entries.get(after)) {
                Some(before) => {
                    let text = format!(",{}{entry}", self.between(before.start));
                    self.insertion(self.node(before.value).span.end, text)
                }
                None => self.insertion(first.start, format!("{entry},{}", self.between(first.start))),
            });
        }
        let column = self.column(first.start);
        let entry = format!("{}:{}", write::inline(key), self.behind_colon(value, column)?);
        let indent = " ".repeat(column);
        Some(match after.and_then(|after| entries.get(after)) {
            Some(before) => self.insertion(
                self.end_of(before.value),
                format!("{}{indent}{entry}", self.line_end),
            ),
            None => self.insertion(first.start, format!("{entry}{}{indent}", self.line_end)),
        })
    }

    fn insert_item(&self, list: &Path, index: usize, value: &Value) -> Option<Splice> {
        let tree = self.document.tree();
        let Some((_, id)) = tree.get(list) else {
            return self.set(list, &json!([value]));
        };
        let (flow, items) = match &self.node(id).kind {
            Kind::List { flow, items } if !items.is_empty() => (*flow, items),
            Kind::List { .. } | Kind::Scalar(_) => return self.replace(list, id, &json!([value])),
            _ => return None,
        };
        let like = items.get(index).or(items.last())?;
        if flow {
            let item = self
                .like_sibling(value, like.value)
                .unwrap_or_else(|| self.flow(value));
            let behind = self.between(self.node(like.value).start);
            return Some(match items.get(index) {
                Some(next) => self.insertion(self.node(next.value).start, format!("{item},{behind}")),
                None => self.insertion(self.node(like.value).span.end, format!(",{behind}{item}")),
            });
        }
        let column = self.column(items.first()?.dash?);
        let indent = " ".repeat(column);
        let offset = self.content_offset(like);
        let content = match self.like_sibling(value, like.value) {
            Some(text) => text,
            None => self.block(value, column + offset)?,
        };
        let item = format!("-{}{content}", " ".repeat(offset - 1));
        Some(match items.get(index) {
            Some(Item { dash: Some(dash), .. }) if self.leads_line(*dash) => {
                self.insertion(self.lead(*dash), format!("{indent}{item}{}", self.line_end))
            }
            Some(Item { dash, .. }) => self.insertion((*dash)?, format!("{item}{}{indent}", self.line_end)),
            None => {
                let end = self.end_of(items.last()?.value);
                self.insertion(end, format!("{}{indent}{item}", self.line_end))
            }
        })
    }

    /// A text in the quotes that the text beside it has.
    fn like_sibling(&self, value: &Value, sibling: NodeId) -> Option<String> {
        let (Value::String(text), Kind::Scalar(scalar)) = (value, &self.node(sibling).kind) else {
            return None;
        };
        match scalar.style {
            _ if !is_one_line(text) => None,
            Style::Single => Some(single_quoted(text)),
            Style::Double => Some(write::quote(text)),
            Style::Plain | Style::Literal | Style::Folded => None,
        }
    }

    /// What stands between two items or entries in brackets, one of them here: a blank, or a line end where each has a line
    /// of its own.
    fn between(&self, start: usize) -> String {
        if self.leads_line(start) {
            format!("{}{}", self.line_end, " ".repeat(self.column(start)))
        } else {
            " ".to_owned()
        }
    }

    /// A value in brackets.
    fn flow(&self, value: &Value) -> String {
        if self.is_json {
            write::json(value)
        } else {
            write::flow(value)
        }
    }

    /// A key in brackets.
    fn key(&self, key: &str) -> String {
        if self.is_json {
            write::quote(key)
        } else {
            write::inline(key)
        }
    }

    /// How far the content of an item stands behind its dash.
    fn content_offset(&self, item: &Item) -> usize {
        let start = self.node(item.value).start;
        let offset = item
            .dash
            .filter(|dash| self.line_start(*dash) == self.line_start(start))
            .map(|dash| self.column(start).saturating_sub(self.column(dash)));
        offset.filter(|offset| (2..=8).contains(offset)).unwrap_or(2)
    }

    fn rename_key(&self, path: &Path, key: &str) -> Option<Splice> {
        let (key_node, _) = self.document.tree().get(path)?;
        let node = self.node(key_node?);
        let text = match &node.kind {
            Kind::Scalar(old) if old.style == Style::Single => single_quoted(key),
            Kind::Scalar(old) if old.style == Style::Double => write::quote(key),
            Kind::Scalar(_) => write::inline(key),
            _ => return None,
        };
        Some(Splice {
            range: node.span.clone(),
            text,
        })
    }

    fn copy(&self, path: &Path) -> Option<Splice> {
        let (holder, Segment::Index(index)) = self.holder(path)? else {
            return None;
        };
        let Kind::List { items, .. } = &holder.node.kind else {
            return None;
        };
        let item = items.get(*index)?;
        match item.dash {
            Some(dash) if self.leads_line(dash) => {
                let end = self.end_of(item.value);
                let text = self.text().get(self.lead(dash)..end)?;
                Some(self.insertion(end, format!("{}{text}", self.line_end)))
            }
            _ => self.insert_item(&holder.path, index + 1, &self.document.tree().value(item.value)),
        }
    }

    fn insertion(&self, at: usize, text: String) -> Splice {
        Splice { range: at..at, text }
    }

    /// A value as it stands behind `key:`, in a map at this column.
    fn behind_colon(&self, value: &Value, column: usize) -> Option<String> {
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                let indent = column + self.indents.map;
                Some(format!(
                    "{}{}{}",
                    self.line_end,
                    " ".repeat(indent),
                    self.block(value, indent)?
                ))
            }
            Value::Array(items) if !items.is_empty() => {
                let indent = column + self.indents.list;
                Some(format!(
                    "{}{}{}",
                    self.line_end,
                    " ".repeat(indent),
                    self.block(value, indent)?
                ))
            }
            value => Some(format!(" {}", self.block(value, column)?)),
        }
    }

    /// A value in block form: its first line bare, the others at this column, no line end behind it.
    fn block(&self, value: &Value, column: usize) -> Option<String> {
        let text = match value {
            Value::String(text) if is_one_line(text) => return Some(write::inline(text)),
            value => write::to_yaml_like(value, self.indents).ok()?,
        };
        let indent = " ".repeat(column);
        let mut block = String::new();
        for (index, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if index > 0 {
                block.push_str(self.line_end);
                if !line.is_empty() {
                    block.push_str(&indent);
                }
            }
            block.push_str(line);
        }
        Some(block)
    }

    /// A blank before a text that would touch the colon or dash.
    fn spaced(&self, text: &str, at: usize) -> String {
        let touches = self
            .text()
            .get(..at)
            .is_some_and(|before| before.ends_with([':', '-', '?', ',']));
        if touches {
            format!(" {text}")
        } else {
            text.to_owned()
        }
    }

    fn is_in_flow(&self, path: &Path) -> bool {
        let is_flow = |node: &Node| {
            matches!(
                node.kind,
                Kind::List { flow: true, .. } | Kind::Map { flow: true, .. }
            )
        };
        self.holder(path).is_some_and(|(holder, _)| is_flow(holder.node))
    }

    /// The column of the entry's key or the item's dash.
    fn column_of(&self, path: &Path) -> Option<usize> {
        let (holder, segment) = self.holder(path)?;
        match (&holder.node.kind, segment) {
            (Kind::Map { entries, .. }, Segment::Key(key)) => {
                Some(self.column(entry_of(entries, key)?.1.start))
            }
            (Kind::List { items, .. }, Segment::Index(index)) => Some(self.column(items.get(*index)?.dash?)),
            _ => None,
        }
    }

    /// The column that the lines of a block of text count from.
    fn indent_of_value(&self, path: &Path) -> usize {
        self.column_of(path).unwrap_or_default()
    }
}

pub(super) fn entry_of<'e>(entries: &'e [Entry], key: &str) -> Option<(usize, &'e Entry)> {
    entries
        .iter()
        .enumerate()
        .find(|(_, entry)| !entry.merge && entry.name.as_deref() == Some(key))
}

/// What stands for a value that is no list and no map.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(write::inline(text)),
        Value::Number(_) => Some(
            scalar::resolve(&value.to_string(), scalar::Written::Plain)
                .unwrap_or_default()
                .to_string(),
        ),
        scalar => Some(scalar.to_string()),
    }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn is_one_line(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}'))
}

fn is_empty_map(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// The type of the map at a path.
fn type_at(path: &Path) -> Option<&'static Type> {
    let root = Shape::Struct(ClusterConfig::schema);
    let shape = path
        .segments()
        .iter()
        .try_fold(root, |shape, segment| match (shape, segment) {
            (Shape::Struct(of), Segment::Key(key)) => of().field(key).map(|field| field.shape),
            (Shape::List(item) | Shape::ListOrMap(item, _), Segment::Index(_)) => Some(*item),
            (Shape::Map(value) | Shape::ListOrMap(_, value), Segment::Key(_)) => Some(*value),
            _ => None,
        })?;
    match shape {
        Shape::Struct(of) => Some(of()),
        _ => None,
    }
}
