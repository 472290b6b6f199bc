//! From bytes to lines and columns.

use crate::problem::Position;
use std::ops::Range;

/// Where the lines of a text begin. A line ends with LF, CR LF or CR, as YAML has it.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(i, b)| match b {
            b'\n' => true,
            b'\r' => bytes.get(i + 1) != Some(&b'\n'),
            _ => false,
        });
        Self {
            starts: std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect(),
        }
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
        let before = text.get(start..byte.min(text.len())).unwrap_or_default();
        let column = before.chars().filter(|c| *c != '\u{feff}').count() + 1;
        Position {
            line: line + 1,
            column,
        }
    }
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
