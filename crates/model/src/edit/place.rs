//! Lines, columns and leading comments around the nodes of a text.

use crate::{
    document::Document,
    lines::line_end,
    reader::holds_json,
    tree::{Kind, NodeId},
    write::Indents,
};

/// A document with what an edit has to know of its layout.
pub(super) struct Layout<'d> {
    pub(super) document: &'d Document,
    /// How the file ends its lines.
    pub(super) line_end: &'static str,
    /// Whether the file is JSON, which keys and texts without quotes would end.
    pub(super) is_json: bool,
    /// How far new lists and maps are indented, as those nearby are.
    pub(super) indents: Indents,
}

impl<'d> Layout<'d> {
    /// The layout around a byte, where something is to be written.
    pub(super) fn new(document: &'d Document, at: usize) -> Self {
        let text = document.text();
        let first = text
            .find(['\r', '\n'])
            .and_then(|at| text.get(at..))
            .unwrap_or_default();
        let mut layout = Self {
            document,
            line_end: ["\r\n", "\r"]
                .into_iter()
                .find(|end| first.starts_with(end))
                .unwrap_or("\n"),
            is_json: holds_json(text),
            indents: Indents::default(),
        };
        layout.indents = layout.indents_near(at);
        layout
    }

    /// How the last list and the last map before a byte are indented against their keys, else the first behind it.
    fn indents_near(&self, at: usize) -> Indents {
        let tree = self.document.tree();
        let (mut lists, mut maps) = (Nearest::new(at), Nearest::new(at));
        let mut next: Vec<NodeId> = tree.root().into_iter().collect();
        while let Some(id) = next.pop() {
            match &tree.node(id).kind {
                Kind::Map { entries, .. } => {
                    for entry in entries {
                        next.push(entry.value);
                        let below =
                            |start: usize| self.column(start).saturating_sub(self.column(entry.start));
                        match &tree.node(entry.value).kind {
                            Kind::List { items, .. } => {
                                if let Some(dash) = items.first().and_then(|item| item.dash) {
                                    lists.offer(dash, below(dash));
                                }
                            }
                            Kind::Map { flow: false, entries } => {
                                if let Some(first) =
                                    entries.first().filter(|first| self.leads_line(first.start))
                                {
                                    maps.offer(first.start, below(first.start));
                                }
                            }
                            _ => {}
                        }
                    }
                }
                Kind::List { items, .. } => next.extend(items.iter().map(|item| item.value)),
                Kind::Scalar(_) | Kind::Alias(_) => {}
            }
        }
        let usual = Indents::default();
        Indents {
            list: lists.indent().map_or(usual.list, |indent| indent.min(8)),
            map: maps.indent().map_or(usual.map, |indent| indent.clamp(1, 8)),
        }
    }

    pub(super) fn text(&self) -> &'d str {
        self.document.text()
    }

    /// Where the line of a byte begins.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let before = self.text().get(..at).unwrap_or_default();
        let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let bom = self
            .text()
            .get(start..at)
            .is_some_and(|line| line.starts_with('\u{feff}'));
        if bom { start + '\u{feff}'.len_utf8() } else { start }
    }

    /// Where the line of a byte ends, before its line end.
    pub(super) fn line_stop(&self, at: usize) -> usize {
        line_end(self.text(), at)
    }

    /// Where the line after that of a byte begins.
    pub(super) fn next_line(&self, at: usize) -> usize {
        let stop = self.line_stop(at);
        let rest = self.text().get(stop..).unwrap_or_default();
        stop + if rest.starts_with("\r\n") {
            2
        } else {
            usize::from(!rest.is_empty())
        }
    }

    /// The column of a byte, in characters.
    pub(super) fn column(&self, at: usize) -> usize {
        self.text()
            .get(self.line_start(at)..at)
            .unwrap_or_default()
            .chars()
            .count()
    }

    /// Whether nothing but blanks stands before a byte in its line.
    pub(super) fn leads_line(&self, at: usize) -> bool {
        self.text()
            .get(self.line_start(at)..at)
            .is_some_and(|before| before.trim().is_empty())
    }

    /// Where the comment begins that leads up to the line of a byte, without an empty line in between.
    pub(super) fn lead(&self, at: usize) -> usize {
        let mut start = self.line_start(at);
        while start > 0 {
            let above = self.line_start(start.saturating_sub(
                if self.text().get(..start).is_some_and(|t| t.ends_with("\r\n")) {
                    2
                } else {
                    1
                },
            ));
            let line = self.text().get(above..start).unwrap_or_default();
            let is_comment =
                self.document.tree().comments().iter().any(|comment| {
                    comment.own_line && comment.span.start >= above && comment.span.start < start
                });
            if above == start || !is_comment || !line.trim_start().starts_with('#') {
                break;
            }
            start = above;
        }
        start
    }

    /// Where the last line of a value ends, its comment included.
    pub(super) fn end_of(&self, value: NodeId) -> usize {
        self.line_stop(self.document.tree().node(value).span.end)
    }
}

/// The indent of what stands nearest to a byte: the last before it, else the first behind it.
struct Nearest {
    at: usize,
    before: Option<(usize, usize)>,
    behind: Option<(usize, usize)>,
}

impl Nearest {
    fn new(at: usize) -> Self {
        Self {
            at,
            before: None,
            behind: None,
        }
    }

    fn offer(&mut self, start: usize, indent: usize) {
        if start < self.at {
            self.before = self.before.max(Some((start, indent)));
        } else if self.behind.is_none_or(|(nearest, _)| start < nearest) {
            self.behind = Some((start, indent));
        }
    }

    fn indent(&self) -> Option<usize> {
        self.before.or(self.behind).map(|(_, indent)| indent)
    }
}
