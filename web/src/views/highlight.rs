//! Colours of the file. By line and without a parser, so that they hold while a line is half typed; what is
//! right or wrong in the file is never decided here.

use std::ops::Range;

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Whitespace and everything without a colour.
    Plain,
    /// A key of a mapping.
    Key,
    /// A string.
    Text,
    /// A number, a boolean or null.
    Number,
    /// A comment.
    Comment,
    /// Colons, dashes, brackets, anchors and tags.
    Sign,
}

impl Kind {
    /// The class of the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Key => "y-k",
            Self::Text => "y-s",
            Self::Number => "y-n",
            Self::Comment => "y-c",
            Self::Sign => "y-p",
        }
    }
}

/// What a line begins in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Within {
    /// The ordinary.
    #[default]
    Structure,
    /// A block scalar (`|`, `>`) whose key or dash is indented by this many columns.
    Block(usize),
    /// A string in these quotes that began on an earlier line.
    Quoted(u8),
}

/// The pieces of a line, in order and without gaps, and what the next line begins in.
pub(crate) fn line(text: &str, within: Within) -> (Vec<(Range<usize>, Kind)>, Within) {
    let mut line = Line {
        text,
        bytes: text.as_bytes(),
        at: 0,
        pieces: Vec::new(),
    };
    let next = line.read(within);
    (line.pieces, next)
}

struct Line<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    pieces: Vec<(Range<usize>, Kind)>,
}

impl Line<'_> {
    fn read(&mut self, within: Within) -> Within {
        let indent = self.text.len() - self.text.trim_start_matches(' ').len();
        match within {
            Within::Block(parent) if indent > parent || self.text.trim().is_empty() => {
                self.piece(self.bytes.len(), Kind::Text);
                return within;
            }
            Within::Quoted(quote) if !self.quoted(quote, Kind::Text, self.at) => return within,
            _ => {}
        }
        self.structure(indent)
    }

    /// The line from here on: dashes, keys, values, comments.
    fn structure(&mut self, indent: usize) -> Within {
        let mut column = indent;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            match byte {
                b' ' | b'\t' => self.while_at(Kind::Plain, |b| b == b' ' || b == b'\t'),
                b'#' if self.after_space() => self.piece(self.bytes.len(), Kind::Comment),
                b'-' if self.spaced(self.at + 1) => {
                    column = self.at;
                    self.piece(self.at + 1, Kind::Sign);
                }
                b'"' | b'\'' => {
                    let kind = self.key_or(Kind::Text);
                    if !self.quoted(byte, kind, self.at + 1) {
                        return Within::Quoted(byte);
                    }
                }
                b'|' | b'>' if self.after_space() => {
                    self.while_at(Kind::Sign, |b| !b.is_ascii_whitespace());
                    self.rest();
                    return Within::Block(column);
                }
                b'{' | b'}' | b'[' | b']' | b',' | b':' => self.piece(self.at + 1, Kind::Sign),
                b'&' | b'*' | b'!' | b'%' => self.while_at(Kind::Sign, |b| !b.is_ascii_whitespace()),
                _ => {
                    let end = self.plain_end();
                    let kind = match self.text.get(self.at..end) {
                        _ if self.is_colon(end) => Kind::Key,
                        Some(word) if is_number(word.trim_end()) => Kind::Number,
                        _ => Kind::Text,
                    };
                    if kind == Kind::Key {
                        column = self.at;
                    }
                    self.piece(end, kind);
                }
            }
        }
        Within::Structure
    }

    /// Everything up to the line's end: space and perhaps a comment.
    fn rest(&mut self) {
        self.while_at(Kind::Plain, |b| b == b' ');
        let kind = if self.bytes.get(self.at) == Some(&b'#') {
            Kind::Comment
        } else {
            Kind::Text
        };
        self.piece(self.bytes.len(), kind);
    }

    /// A quoted string up to its end, looked for from `end` on; `false` if it goes on in the next line.
    fn quoted(&mut self, quote: u8, kind: Kind, mut end: usize) -> bool {
        loop {
            match self.bytes.get(end) {
                None => {
                    self.piece(self.bytes.len(), kind);
                    return false;
                }
                Some(b'\\') if quote == b'"' => end += 2,
                Some(b) if *b == quote && quote == b'\'' && self.bytes.get(end + 1) == Some(&b'\'') => {
                    end += 2
                }
                Some(b) if *b == quote => {
                    self.piece(end + 1, kind);
                    return true;
                }
                Some(_) => end += 1,
            }
        }
    }

    /// `Key` if the quoted string at the cursor is followed by a colon.
    fn key_or(&self, other: Kind) -> Kind {
        let quote = self.bytes.get(self.at).copied().unwrap_or_default();
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        match rest.find(quote as char) {
            Some(end) if self.is_colon(self.at + end + 2) => Kind::Key,
            _ => other,
        }
    }

    /// Where an unquoted scalar that begins here ends: before `: `, before ` #`, before a sign of a flow list.
    fn plain_end(&self) -> usize {
        let flow = self.pieces.iter().any(|(range, kind)| {
            *kind == Kind::Sign && matches!(self.bytes.get(range.start), Some(b'[' | b'{'))
        });
        let mut end = self.at;
        while let Some(byte) = self.bytes.get(end) {
            let stop = match byte {
                b':' => self.is_colon(end),
                b' ' => self.bytes.get(end + 1) == Some(&b'#'),
                b',' | b']' | b'}' => flow,
                _ => false,
            };
            if stop {
                break;
            }
            end += 1;
        }
        end.max(self.at + 1)
    }

    fn is_colon(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b':') && self.spaced(at + 1)
    }

    fn spaced(&self, at: usize) -> bool {
        self.bytes.get(at).is_none_or(u8::is_ascii_whitespace)
    }

    fn after_space(&self) -> bool {
        self.at == 0 || self.bytes.get(self.at - 1).is_some_and(u8::is_ascii_whitespace)
    }

    fn while_at(&mut self, kind: Kind, holds: impl Fn(u8) -> bool) {
        let length = self.bytes.iter().skip(self.at).take_while(|b| holds(**b)).count();
        self.piece(self.at + length.max(1), kind);
    }

    /// Adds the piece from the cursor to `end`, moved on to the next whole character.
    fn piece(&mut self, end: usize, kind: Kind) {
        let mut end = end.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        if end > self.at {
            self.pieces.push((self.at..end, kind));
            self.at = end;
        }
    }
}

/// Whether a plain scalar reads as a number, a boolean or null.
fn is_number(word: &str) -> bool {
    matches!(
        word,
        "true" | "false" | "null" | "~" | "yes" | "no" | "on" | "off"
    ) || word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, within: Within) -> (Vec<(&str, Kind)>, Within) {
        let (pieces, next) = line(text, within);
        let joined: String = pieces.iter().map(|(range, _)| &text[range.clone()]).collect();
        assert_eq!(joined, text, "nothing is lost");
        (
            pieces
                .into_iter()
                .filter(|(_, k)| *k != Kind::Plain)
                .map(|(r, k)| (&text[r], k))
                .collect(),
            next,
        )
    }

    #[test]
    fn keys_values_and_comments() {
        let (pieces, next) = shown("  - name: a-b # why", Within::Structure);
        assert_eq!(
            pieces,
            [
                ("-", Kind::Sign),
                ("name", Kind::Key),
                (":", Kind::Sign),
                ("a-b", Kind::Text),
                ("# why", Kind::Comment)
            ]
        );
        assert_eq!(next, Within::Structure);
        assert_eq!(shown("size: 400", Within::Structure).0[2], ("400", Kind::Number));
        assert_eq!(
            shown("\"k8s.io/x\": 'a''b'", Within::Structure).0[0],
            ("\"k8s.io/x\"", Kind::Key)
        );
        assert_eq!(
            shown("arn: arn:aws:iam::1:role/x", Within::Structure).0[2],
            ("arn:aws:iam::1:role/x", Kind::Text)
        );
        assert_eq!(shown("[a, 1]", Within::Structure).0[3], ("1", Kind::Number));
    }

    #[test]
    fn block_scalars_end_with_their_indentation() {
        let (_, next) = shown("  - |", Within::Structure);
        assert_eq!(next, Within::Block(2));
        let (pieces, next) = shown("    key: not a key", next);
        assert_eq!(pieces, [("    key: not a key", Kind::Text)]);
        let (_, next) = shown("", next);
        assert_eq!(shown("  name: x", next).0[0], ("name", Kind::Key));
        assert_eq!(shown("  run: >- # folded", Within::Structure).1, Within::Block(2));
    }

    #[test]
    fn strings_go_over_lines() {
        let (_, next) = shown("a: \"one", Within::Structure);
        assert_eq!(next, Within::Quoted(b'"'));
        let (pieces, next) = shown("two\" # end", next);
        assert_eq!((pieces[0], next), (("two\"", Kind::Text), Within::Structure));
    }

    #[test]
    fn nothing_panics_on_what_is_no_yaml() {
        for text in [
            "\"\\",
            "\"\\\u{e4}",
            "'",
            "''",
            "\"\u{1f600}",
            "&",
            "|",
            "- - -",
            "\u{a0}x: 1",
            "::",
            "\t\u{b}",
        ] {
            for within in [
                Within::Structure,
                Within::Block(0),
                Within::Quoted(b'"'),
                Within::Quoted(b'\''),
            ] {
                shown(text, within);
            }
        }
    }
}
