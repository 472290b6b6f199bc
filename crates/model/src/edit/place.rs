//! Lines, columns and leading comments around the nodes of a text.

use crate::{document::Document, tree::NodeId};

/// A document with what an edit has to know of its layout.
pub(super) struct Layout<'d> {
    pub(super) document: &'d Document,
    /// How the file ends its lines.
    pub(super) line_end: &'static str,
    /// How far the dashes of a list are indented against its key: 0 or 2, as the file's first list has it.
    pub(super) dash_indent: usize,
}

impl<'d> Layout<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let text = document.text();
        let is_crlf = text
            .find('\n')
            .is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r')));
        let mut layout = Self {
            document,
            line_end: if is_crlf { "\r\n" } else { "\n" },
            dash_indent: 2,
        };
        let first_dash = text.lines().zip(text.lines().skip(1)).find_map(|(above, line)| {
            let is_list = line.trim_start().starts_with("- ") && above.trim_end().ends_with(':');
            is_list.then(|| indent_of(line).saturating_sub(indent_of(above.replacen("- ", "  ", 1).as_str())))
        });
        layout.dash_indent = first_dash.unwrap_or(2).min(2);
        layout
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
        let rest = self.text().get(at..).unwrap_or_default();
        at + rest.find(['\n', '\r']).unwrap_or(rest.len())
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

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
