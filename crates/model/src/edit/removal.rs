//! Taking entries and items out, with the comments that lead up to them.

use super::{
    Splice,
    place::Layout,
    splice::{Holder, entry_of},
};
use crate::{
    path::{Path, Segment},
    tree::{Item, Kind, NodeId, Style},
};
use serde_json::json;

impl Layout<'_> {
    pub(super) fn remove(&self, path: &Path) -> Option<Splice> {
        let (holder, segment) = self.holder(path)?;
        // Where each piece begins, and its value.
        let (flow, pieces, index): (bool, Vec<(usize, NodeId)>, usize) = match (&holder.node.kind, segment) {
            (Kind::Map { flow, entries }, Segment::Key(key)) => {
                let (index, _) = entry_of(entries, key)?;
                (
                    *flow,
                    entries.iter().map(|entry| (entry.start, entry.value)).collect(),
                    index,
                )
            }
            (Kind::List { flow, items }, Segment::Index(index)) => {
                let start = |item: &Item| item.dash.unwrap_or(self.node(item.value).start);
                (
                    *flow,
                    items.iter().map(|item| (start(item), item.value)).collect(),
                    *index,
                )
            }
            _ => return None,
        };
        let (start, value) = *pieces.get(index)?;
        if pieces.len() == 1 {
            return self.empty(&holder);
        }
        let next = pieces.get(index + 1).map(|(start, _)| *start);
        if flow {
            let before = index.checked_sub(1).and_then(|index| pieces.get(index));
            let range = match (next, before) {
                (Some(next), _) => start..next,
                (None, Some((_, before))) => self.node(*before).span.end..self.node(value).span.end,
                (None, None) => return None,
            };
            return Some(Splice {
                range,
                text: String::new(),
            });
        }
        if !self.leads_line(start) {
            return self.remove_first(start, value, next?);
        }
        let (lead, end) = (self.lead(start), self.end_of(value));
        let next_line = self.next_line(end);
        if next_line > end {
            return Some(Splice {
                range: lead..next_line,
                text: String::new(),
            });
        }
        // The last line has no end; the one before it must not get two. A block of text keeps its own, which is
        // part of it.
        let before = self.text().get(..lead)?;
        let is_block = index
            .checked_sub(1)
            .and_then(|index| pieces.get(index))
            .is_some_and(|(_, value)| self.ends_with_block(*value));
        let before = if is_block {
            before.len()
        } else {
            before.trim_end_matches(['\n', '\r']).len()
        };
        Some(Splice {
            range: before..end,
            text: String::new(),
        })
    }

    /// The holder with nothing in it.
    fn empty(&self, holder: &Holder<'_>) -> Option<Splice> {
        let empty = match holder.node.kind {
            Kind::Map { .. } => json!({}),
            _ => json!([]),
        };
        let (_, id) = self.document.tree().get(&holder.path)?;
        self.replace(&holder.path, id, &empty)
    }

    /// Whether the last text in a value is a block.
    fn ends_with_block(&self, id: NodeId) -> bool {
        match &self.node(id).kind {
            Kind::Scalar(scalar) => matches!(scalar.style, Style::Literal | Style::Folded),
            Kind::List { items, .. } => items.last().is_some_and(|item| self.ends_with_block(item.value)),
            Kind::Map { entries, .. } => entries
                .last()
                .is_some_and(|entry| self.ends_with_block(entry.value)),
            Kind::Alias(_) => false,
        }
    }

    /// The first entry behind a dash: the next one takes its place, and the comments between them stay.
    fn remove_first(&self, start: usize, value: NodeId, next: usize) -> Option<Splice> {
        let end = self.end_of(value);
        let between = end..next;
        let comments = self
            .document
            .tree()
            .comments()
            .iter()
            .filter(|comment| between.contains(&comment.span.start));
        let indent = " ".repeat(self.column(start));
        let mut text = String::new();
        for comment in comments {
            text.push_str(self.text().get(comment.span.clone())?);
            text.push_str(self.line_end);
            text.push_str(&indent);
        }
        Some(Splice {
            range: start..next,
            text,
        })
    }
}
