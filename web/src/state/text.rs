//! The file as a text area holds it.
//!
//! A text area counts in UTF-16 units and turns every line end into a line feed; the document counts in bytes
//! and keeps its byte order mark and its line ends. Everything the page does with positions goes through
//! [`View`], so that CRLF files survive being edited.

use std::ops::Range;

/// A replacement of a part of a text: a byte range and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splice {
    /// The bytes that go, in the text before.
    pub range: Range<usize>,
    /// What comes instead.
    pub text: String,
}

impl Splice {
    /// The one replacement that turns `before` into `after`; `None` if they are equal.
    pub(crate) fn between(before: &str, after: &str) -> Option<Self> {
        if before == after {
            return None;
        }
        let mut start = common(before.bytes(), after.bytes());
        while !before.is_char_boundary(start) || !after.is_char_boundary(start) {
            start -= 1;
        }
        let (rest, new) = (before.get(start..)?, after.get(start..)?);
        let mut tail = common(rest.bytes().rev(), new.bytes().rev());
        while !rest.is_char_boundary(rest.len() - tail) || !new.is_char_boundary(new.len() - tail) {
            tail -= 1;
        }
        let text = new.get(..new.len() - tail)?.to_owned();
        Some(Self {
            range: start..before.len() - tail,
            text,
        })
    }

    /// `text` with this replacement made, and the replacement that takes it back; `None` if the range is not in it.
    pub(crate) fn apply(&self, text: &str) -> Option<(String, Self)> {
        let (head, old, tail) = (
            text.get(..self.range.start)?,
            text.get(self.range.clone())?,
            text.get(self.range.end..)?,
        );
        let end = self.range.start + self.text.len();
        Some((
            [head, &self.text, tail].concat(),
            Self {
                range: self.range.start..end,
                text: old.to_owned(),
            },
        ))
    }

    /// Where a position of the text before is in the text after: what is behind the change moves with it.
    pub(crate) fn shift(&self, byte: usize) -> usize {
        if byte <= self.range.start {
            byte
        } else if byte >= self.range.end {
            byte - self.range.end + self.range.start + self.text.len()
        } else {
            self.range.start + self.text.len().min(byte - self.range.start)
        }
    }
}

/// How many items two sequences share from their beginning.
fn common(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// A text as the text area shows it, with its lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct View {
    text: String,
    /// Byte offsets in `text` at which a line begins.
    lines: Vec<usize>,
    /// Offsets in `text` before which the document has one byte more (the carriage return of a CRLF).
    dropped: Vec<usize>,
    /// Bytes of the byte order mark.
    mark: usize,
    /// Columns of the longest line; wide characters count twice.
    columns: usize,
    ascii: bool,
}

/// U+FEFF at the beginning of a file.
const MARK: char = '\u{feff}';

impl View {
    /// The view of a document's text.
    pub(crate) fn new(document: &str) -> Self {
        let body = document.strip_prefix(MARK).unwrap_or(document);
        let mut view = Self {
            mark: document.len() - body.len(),
            ascii: body.is_ascii(),
            ..Self::default()
        };
        view.text.reserve(body.len());
        let mut characters = body.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '\r' if characters.peek() == Some(&'\n') => view.dropped.push(view.text.len()),
                '\r' => view.text.push('\n'),
                c => view.text.push(c),
            }
        }
        view.lines = std::iter::once(0)
            .chain(view.text.match_indices('\n').map(|(i, _)| i + 1))
            .collect();
        view.columns = (0..view.lines.len())
            .map(|line| columns(view.line(line)))
            .max()
            .unwrap_or(0);
        view
    }

    /// What the text area holds.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How many lines there are; an empty text has one.
    pub(crate) fn count(&self) -> usize {
        self.lines.len()
    }

    /// Columns of the longest line.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// A line without its end; empty beyond the last.
    pub(crate) fn line(&self, line: usize) -> &str {
        let range = self.line_range(line);
        self.text.get(range).unwrap_or_default()
    }

    /// All lines, without their ends.
    pub(crate) fn lines(&self) -> Vec<&str> {
        (0..self.count()).map(|line| self.line(line)).collect()
    }

    /// The bytes of a line in the view's text, without its end.
    pub(crate) fn line_range(&self, line: usize) -> Range<usize> {
        let end = self.text.len();
        let start = self.lines.get(line).copied().unwrap_or(end);
        let next = self.lines.get(line + 1).map_or(end, |next| next - 1);
        start..next.max(start)
    }

    /// The line, from 0, in which a byte of the view's text stands.
    pub(crate) fn line_at(&self, byte: usize) -> usize {
        self.lines
            .partition_point(|start| *start <= byte)
            .saturating_sub(1)
    }

    /// The position in the view of a byte of the document.
    pub(crate) fn of_document(&self, byte: usize) -> usize {
        let byte = byte.saturating_sub(self.mark);
        // The n-th dropped byte stood at `dropped[n] + n`; those before `byte` are not in the view.
        let n = partition(self.dropped.len(), |n| {
            self.dropped.get(n).is_some_and(|at| at + n < byte)
        });
        byte.saturating_sub(n).min(self.text.len())
    }

    /// The byte of the document that stands at a position of the view.
    pub(crate) fn to_document(&self, byte: usize) -> usize {
        self.mark + byte + self.dropped.partition_point(|at| *at < byte)
    }

    /// The position in the view of a UTF-16 offset, which is how the text area tells where its caret is.
    pub(crate) fn of_units(&self, units: usize) -> usize {
        if self.ascii {
            return units.min(self.text.len());
        }
        let mut seen = 0;
        for (byte, c) in self.text.char_indices() {
            if seen >= units {
                return byte;
            }
            seen += c.len_utf16();
        }
        self.text.len()
    }

    /// The UTF-16 offset of a position in the view.
    pub(crate) fn to_units(&self, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        self.text
            .get(..byte)
            .unwrap_or(&self.text)
            .chars()
            .map(char::len_utf16)
            .sum()
    }

    /// The change of the document that makes this view show `typed`. New line ends are like those of the file.
    pub(crate) fn typed(&self, typed: &str) -> Option<Splice> {
        let splice = Splice::between(&self.text, typed)?;
        let range = self.to_document(splice.range.start)..self.to_document(splice.range.end);
        let windows = self.dropped.len() * 2 > self.lines.len().saturating_sub(1);
        let text = if windows {
            splice.text.replace('\n', "\r\n")
        } else {
            splice.text
        };
        Some(Splice { range, text })
    }
}

/// The first number below `len` for which `holds` is false, when it holds for a prefix only.
fn partition(len: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The width of a line in columns of a fixed-width font: East Asian wide characters and emoji take two, and a
/// tab is as wide as the page's `tab-size`.
fn columns(line: &str) -> usize {
    line.chars()
        .map(|c| match c {
            '\t' => 2,
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 2,
            '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' => 2,
            '\u{1f300}'.. => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: &str = "\u{feff}a: 1\r\nb: \u{1f600}x\r\nc: 3\r\n";

    #[test]
    fn a_text_area_gets_line_feeds_only() {
        let view = View::new(WINDOWS);
        assert_eq!(view.text(), "a: 1\nb: \u{1f600}x\nc: 3\n");
        assert_eq!(view.count(), 4);
        assert_eq!(view.line(1), "b: \u{1f600}x");
        assert_eq!(view.line(9), "");
    }

    #[test]
    fn positions_go_there_and_back() {
        for text in [WINDOWS, "", "a", "a\rb\n", "\r\n\r\n", "ä: ö\n"] {
            let view = View::new(text);
            for (byte, c) in view.text().char_indices() {
                let at = view.to_document(byte);
                assert_eq!(view.of_document(at), byte, "{text:?} at {byte}");
                let expected = if c == '\n' {
                    text[at..].starts_with(['\r', '\n'])
                } else {
                    text[at..].starts_with(c)
                };
                assert!(expected, "{text:?} at {byte}");
                assert_eq!(view.of_units(view.to_units(byte)), byte);
            }
        }
    }

    #[test]
    fn typing_keeps_mark_and_line_ends() {
        let view = View::new(WINDOWS);
        let splice = view.typed("a: 1\nnew: 2\nb: \u{1f600}x\nc: 3\n").unwrap();
        let (after, back) = splice.apply(WINDOWS).unwrap();
        assert_eq!(after, "\u{feff}a: 1\r\nnew: 2\r\nb: \u{1f600}x\r\nc: 3\r\n");
        assert_eq!(back.apply(&after).unwrap().0, WINDOWS);
    }

    #[test]
    fn deleting_a_line_end_takes_both_of_its_bytes() {
        let view = View::new("a\r\nb\r\n");
        let (after, _) = view.typed("ab\n").unwrap().apply("a\r\nb\r\n").unwrap();
        assert_eq!(after, "ab\r\n");
    }

    #[test]
    fn splices_respect_characters() {
        let splice = Splice::between("x \u{e4}", "x \u{e5}").unwrap();
        assert_eq!(
            splice,
            Splice {
                range: 2..4,
                text: "\u{e5}".into()
            }
        );
        assert_eq!(
            Splice::between("aa", "aaa").unwrap().apply("aa").unwrap().0,
            "aaa"
        );
        assert_eq!(Splice::between("same", "same"), None);
    }

    #[test]
    fn a_caret_stays_on_its_text() {
        let splice = Splice {
            range: 4..6,
            text: "longer".into(),
        };
        assert_eq!((splice.shift(2), splice.shift(8), splice.shift(5)), (2, 12, 5));
    }
}
