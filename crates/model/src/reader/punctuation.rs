//! Punctuation that readers of YAML take for different things, refused where it has to be in quotes or needs a
//! blank behind it.
//!
//! In brackets every `?` and every leading `:` is an indicator to libyaml, where YAML 1.2 reads text; `a:]` is the
//! text `a:` to it, and a lone `-` is text where others refuse it. Its tags reach to the next blank, `,` included,
//! its anchors have letters, digits, `_` and `-` only, and its keys end with their
//! `:` on the line that they begin on.

use super::{PendingKey, Reader};
use crate::{
    problem::{Place, Problem},
    tree::{Kind, NodeId, Style},
    ym,
};
use granit_parser::ErrorKind;
use std::ops::Range;

const QUOTE: &str = "put the text in quotes";

impl Reader<'_> {
    fn punctuation(&mut self, at: Range<usize>, message: String, help: &str) {
        self.problems
            .push(Problem::error(ym::PUNCTUATION, Place::Text(at), message).with_help(help));
    }

    fn in_brackets(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.flow)
    }

    /// A plain text in brackets that is not one to eksctl's reader.
    pub(super) fn check_plain(&mut self, id: NodeId) {
        let node = self.tree.node(id);
        let is_plain = matches!(&node.kind, Kind::Scalar(scalar) if scalar.style == Style::Plain);
        if !is_plain || !self.in_brackets() {
            return;
        }
        let (span, text) = (
            node.span.clone(),
            self.text.get(node.span.clone()).unwrap_or_default(),
        );
        let at = text.find('?').or_else(|| text.starts_with(':').then_some(0));
        let Some((at, sign)) = at.and_then(|at| Some((at, text.get(at..=at)?))) else {
            return;
        };
        let message = format!("in brackets, a `{sign}` is no part of a text without quotes");
        let at = span.start + at;
        self.punctuation(at..at + 1, message, QUOTE);
    }

    /// A key without `?` whose colon is on a later line, and one in brackets whose colon is the last character before
    /// the next sign.
    pub(super) fn check_key(&mut self, key: &PendingKey, colon: Option<usize>) {
        let span = self.tree.node(key.id).span.clone();
        let before_colon = colon.and_then(|colon| self.text.get(span.start..colon));
        if key.question.is_none() && before_colon.is_some_and(|text| text.contains(['\n', '\r'])) {
            let message = "a key and its `:` are on several lines".to_owned();
            self.punctuation(span, message, "write them on one line");
            return;
        }
        let is_plain =
            matches!(&self.tree.node(key.id).kind, Kind::Scalar(scalar) if scalar.style == Style::Plain);
        let Some(colon) = colon.filter(|_| is_plain && self.in_brackets()) else {
            return;
        };
        if ends_with_sign(self.text, colon) {
            let message = "in brackets, a `:` is part of the text unless a blank follows it".to_owned();
            self.punctuation(colon..colon + 1, message, "write a blank behind the `:`");
        }
    }

    /// A tag reaches to the next blank.
    pub(super) fn check_tag(&mut self, tag: &Range<usize>) {
        let next = self.text.get(tag.end..).and_then(|rest| rest.chars().next());
        if next.is_some_and(|c| !c.is_ascii_whitespace()) {
            let message = "a tag reaches to the next blank".to_owned();
            let help = "write a blank behind the tag, or put the text in quotes if the `!` belongs to it";
            self.punctuation(tag.clone(), message, help);
        }
    }

    /// The name of an anchor.
    pub(super) fn check_anchor(&mut self, name: &str, at: &Range<usize>) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !name.chars().all(is_name) {
            let message = format!("`{name}` is no name of an anchor");
            self.punctuation(at.clone(), message, "use letters, digits, `_` and `-` only");
        }
    }

    /// What the parser refuses although eksctl's reader takes some of it for text.
    pub(super) fn punctuation_error(&mut self, kind: &ErrorKind, at: usize) -> bool {
        let sign = self.text.get(at..=at).unwrap_or_default();
        // Outside brackets, such a sign never stops the parser.
        if matches!(sign, "-" | ":") && ends_with_sign(self.text, at) {
            let message = format!("in brackets, a `{sign}` without anything behind it is no text");
            self.punctuation(at..at + 1, message, QUOTE);
            return true;
        }
        let is_tag = matches!(
            kind,
            ErrorKind::UndeclaredTagHandle | ErrorKind::InvalidTagTerminator | ErrorKind::MissingTagUri
        );
        if is_tag {
            let message = "this tag is unknown".to_owned();
            self.punctuation(at..at, message, "put the text in quotes if the `!` belongs to it");
        }
        is_tag
    }
}

/// Whether the character here is the last one before the next item or the closing bracket.
fn ends_with_sign(text: &str, at: usize) -> bool {
    text.get(at + 1..)
        .is_some_and(|rest| rest.starts_with([',', ']', '}']))
}

#[cfg(test)]
mod tests {
    use crate::reader::read;

    fn codes(text: &str) -> Vec<&'static str> {
        read(text).problems.iter().map(|problem| problem.code.0).collect()
    }

    #[test]
    fn signs_that_readers_disagree_on_need_quotes() {
        for text in [
            "[-]",
            "[-, a]",
            "{a: -}",
            "[?]",
            "[?a]",
            "{a: b?}",
            "{a: http://x/?y}",
            "[:a]",
            "{a:}",
            "[a:]",
            "[a, b:]",
            "[!!str, a]",
            "[!, a]",
            "{a: !}",
            "{a: !!str}",
            "[&a\"x\"]",
            "a: &b.c x",
            "{a\n  b: c}",
            "{a: b, c\n: d}",
        ] {
            assert_eq!(codes(text), ["YM022"], "{text}");
        }
    }

    #[test]
    fn what_all_read_alike_is_read() {
        for text in [
            "a: b?",
            "a: http://x/?y=z",
            "a: :b",
            "[-1, --, -a]",
            "[a-]",
            "['-', \"?\", ':a']",
            "{a: http://x:80/y}",
            "{\"a\":b}",
            "{a: , b: }",
            "{? a : b}",
            "[!!str , a]",
            "{a: !!str b, c: ! d}",
            "[&a_b-1 x, *a_b-1 ]",
            "{a: b\n  c}",
            "{\"a\": # ? :]\n b}",
        ] {
            assert_eq!(codes(text), [] as [&str; 0], "{text}");
        }
    }
}
