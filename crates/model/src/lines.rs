//! From bytes to lines and columns.

use crate::problem::Position;
use std::ops::Range;

/// How many bytes lie between two counts of characters.
const STRIDE: usize = 1024;

/// Where the lines of a text begin. A line ends with LF, CR LF or CR, as YAML has it.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    starts: Vec<usize>,
    /// How many characters stand before each multiple of [`STRIDE`], so that a column far along a line is not
    /// counted from its beginning; nothing for a text of ASCII, where bytes are characters.
    counts: Vec<usize>,
}

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut at = line_end(text, 0);
        while at < bytes.len() {
            let is_pair = bytes.get(at..).is_some_and(|rest| rest.starts_with(b"\r\n"));
            at += if is_pair { 2 } else { 1 };
            starts.push(at);
            at = line_end(text, at);
        }
        let mut counts = Vec::new();
        if !text.is_ascii() {
            let mut before = 0;
            for stretch in bytes.chunks(STRIDE) {
                counts.push(before);
                before += characters(stretch);
            }
        }
        Self { starts, counts }
    }

    /// The number of the line, from 0.
    pub(crate) fn index(&self, byte: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1)
    }

    /// The bytes of a line, its end included.
    pub(crate) fn range(&self, index: usize, text: &str) -> Range<usize> {
        let start = self.starts.get(index).copied().unwrap_or(text.len());
        start..self.starts.get(index + 1).copied().unwrap_or(text.len())
    }

    /// How many lines there are; an end at the very end opens one more.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Line and column as people count. A byte order mark is no column.
    pub(crate) fn position(&self, text: &str, byte: usize) -> Position {
        let line = self.index(byte);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let bytes = text.as_bytes();
        let column = self.count(bytes, byte).saturating_sub(self.count(bytes, start));
        // The mark is the first character of a text, if it is in one.
        let marked = line == 0 && byte > 0 && text.starts_with('\u{feff}');
        Position {
            line: line + 1,
            column: column + 1 - usize::from(marked && column > 0),
        }
    }

    /// How many characters begin before a byte.
    fn count(&self, bytes: &[u8], byte: usize) -> usize {
        let byte = byte.min(bytes.len());
        let Some(last) = self.counts.len().checked_sub(1) else {
            return byte;
        };
        let stretch = last.min(byte / STRIDE);
        let before = self.counts.get(stretch).copied().unwrap_or_default();
        before + characters(bytes.get(stretch * STRIDE..byte).unwrap_or_default())
    }
}

/// Where the line of a byte ends, before its line end.
pub(crate) fn line_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len())
}

/// How many characters begin in a stretch of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_yaml_has_it_and_columns_are_characters() {
        let text = "\u{feff}é: 1\r\nb\rc\n";
        let lines = Lines::new(text);
        let position = |find: &str| {
            let Position { line, column } = lines.position(text, text.find(find).unwrap());
            (line, column)
        };
        assert_eq!(position("1"), (1, 4));
        assert_eq!(position("b"), (2, 1));
        assert_eq!(position("c"), (3, 1));
        assert_eq!(lines.len(), 4);
        assert_eq!(lines.range(1, text), 10..12);
    }
}
