//! From the bytes of a decoded string back to the bytes of the text it was read from.

use crate::tree::{Node, Scalar, Style};
use std::ops::Range;

/// The bytes of the text behind a byte range of the string; the whole scalar where the range lies outside.
pub(crate) fn text_range(text: &str, node: &Node, scalar: &Scalar, range: &Range<usize>) -> Range<usize> {
    let whole = node.span.clone();
    let Some(source) = text.get(whole.clone()) else {
        return whole;
    };
    let pairs = align(source, scalar);
    let first = pairs.iter().find(|pair| pair.decoded.end > range.start);
    let last = pairs
        .iter()
        .rev()
        .find(|pair| pair.decoded.start < range.end.max(range.start + 1));
    match (first, last) {
        (Some(first), Some(last)) if range.start < scalar.text.len() => {
            let start = whole.start + first.source.start;
            start..(whole.start + last.source.end).max(start)
        }
        _ => whole,
    }
}

/// A character of the string and the bytes of the source that gave it.
#[derive(Debug)]
struct Pair {
    decoded: Range<usize>,
    source: Range<usize>,
}

/// Walks the source and the string side by side. The source is known to decode to the string, so it is enough
/// to know how each character and each line break can be written; nothing is decoded twice.
fn align(source: &str, scalar: &Scalar) -> Vec<Pair> {
    let mut walk = Walk {
        source,
        at: 0,
        decoded: &scalar.text,
        done: 0,
        pairs: Vec::new(),
    };
    match scalar.style {
        Style::Plain => walk.folded(|_| None),
        Style::Single => {
            walk.at = 1;
            walk.folded(|rest| rest.starts_with("''").then_some(2));
        }
        Style::Double => {
            walk.at = 1;
            walk.folded(escape);
        }
        Style::Literal | Style::Folded => walk.block(),
    }
    walk.pairs
}

/// The length of the escape that the text begins with.
fn escape(rest: &str) -> Option<usize> {
    let mut chars = rest.chars();
    (chars.next() == Some('\\')).then_some(())?;
    let name = chars.next()?;
    let digits = match name {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    Some(1 + name.len_utf8() + digits)
}

struct Walk<'a> {
    source: &'a str,
    at: usize,
    decoded: &'a str,
    done: usize,
    pairs: Vec<Pair>,
}

impl Walk<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn wanted(&self) -> Option<char> {
        self.decoded.get(self.done..)?.chars().next()
    }

    /// Takes `length` bytes of source for the next character.
    fn pair(&mut self, c: char, length: usize) {
        let (decoded, source) = (self.done..self.done + c.len_utf8(), self.at..self.at + length);
        self.done = decoded.end;
        self.at = source.end;
        self.pairs.push(Pair { decoded, source });
    }

    /// Plain and quoted scalars: a line break with the blanks around it is one space, or the line breaks of
    /// the empty lines in it.
    fn folded(&mut self, escape: fn(&str) -> Option<usize>) {
        while let Some(c) = self.wanted() {
            let rest = self.rest();
            if rest.starts_with("\\\n") || rest.starts_with("\\\r") {
                self.at += 1 + white(rest.get(1..).unwrap_or_default());
            } else if let Some(length) = escape(rest) {
                // A surrogate pair is two escapes for one character.
                let second = rest
                    .get(length..)
                    .is_some_and(|rest| c > '\u{ffff}' && rest.starts_with("\\u"));
                self.pair(c, if second { length * 2 } else { length });
            } else if is_break(rest) {
                self.fold(white(rest));
            } else if rest.starts_with(c) {
                self.pair(c, c.len_utf8());
            } else {
                return;
            }
        }
    }

    /// One line break, with its blanks, for all the white space that it became.
    fn fold(&mut self, length: usize) {
        let text = self.decoded.get(self.done..).unwrap_or_default();
        let breaks = text.bytes().take_while(|b| *b == b'\n').count();
        let folded = if breaks > 0 {
            breaks
        } else {
            usize::from(text.starts_with(' '))
        };
        let source = self.at..self.at + length;
        for _ in 0..folded {
            self.pairs.push(Pair {
                decoded: self.done..self.done + 1,
                source: source.clone(),
            });
            self.done += 1;
        }
        self.at = source.end;
    }

    /// Blocks: every line without its indentation; in folded ones some line breaks are spaces or nothing.
    fn block(&mut self) {
        let Some(header) = self.source.find('\n') else {
            return;
        };
        self.at = header + 1;
        let indent = self.block_indent();
        while self.wanted().is_some() {
            let line = self.rest();
            let blank = line.bytes().take(indent).take_while(|b| *b == b' ').count();
            self.at += blank;
            while let (Some(c), false) = (self.wanted(), self.at_line_end()) {
                if !self.rest().starts_with(c) {
                    return;
                }
                self.pair(c, c.len_utf8());
            }
            let end = if self.rest().starts_with("\r\n") { 2 } else { 1 };
            match self.wanted() {
                Some(c @ ('\n' | ' ')) => self.pair(c, end.min(self.rest().len())),
                // A single line break between two long lines may be the space that came before it.
                Some(_) if !self.rest().is_empty() => self.at += end,
                _ => return,
            }
        }
    }

    fn at_line_end(&self) -> bool {
        self.rest().is_empty() || is_break(self.rest())
    }

    /// The indentation of a block: that of the line its first character comes from. Leading line breaks of the
    /// string are empty lines.
    fn block_indent(&self) -> usize {
        let Some(first) = self.decoded.trim_start_matches('\n').split('\n').next() else {
            return 0;
        };
        let lead = first.len() - first.trim_start_matches(' ').len();
        let line = self
            .rest()
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        (line.len() - line.trim_start_matches(' ').len()).saturating_sub(lead)
    }
}

/// Whether the text goes on with a line break, blanks before it included.
fn is_break(rest: &str) -> bool {
    rest.trim_start_matches([' ', '\t']).starts_with(['\n', '\r'])
}

/// The length of the white space that the text begins with.
fn white(rest: &str) -> usize {
    rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
}
