//! Keys and scalars: what they mean, and which bytes are theirs.

use super::{Reader, json, scan};
use crate::{
    lines::line_end,
    problem::{Place, Problem},
    scalar::{self, ScalarError, Written},
    tree::{Kind, NodeId, Scalar, Style},
    ym,
};
use granit_parser::ScalarStyle;
use serde_json::Value;
use std::ops::Range;

impl Reader<'_> {
    /// The text that eksctl makes of a key, and whether it is a merge key.
    pub(super) fn key_name(&mut self, id: NodeId) -> (Option<String>, bool) {
        let node = self.tree.target(id);
        let Kind::Scalar(scalar) = &node.kind else {
            self.bad_key(id, "a list or map");
            return (None, false);
        };
        let merge = scalar.text == "<<"
            && match &node.tag {
                None => scalar.style == Style::Plain,
                Some(tag) => tag == "tag:yaml.org,2002:merge",
            };
        let name = match &scalar.value {
            Ok(Value::Null) => {
                self.bad_key(id, "empty");
                return (None, false);
            }
            Ok(Value::String(text)) => text.clone(),
            Ok(Value::Number(_)) if scalar::is_unsigned(&scalar.text) => {
                self.bad_key(id, "a number of 64 bits");
                return (None, false);
            }
            Ok(value) => {
                let is_float_tag = node.tag.as_deref() == Some("tag:yaml.org,2002:float");
                scalar::float_key(&scalar.text, is_float_tag).unwrap_or_else(|| value.to_string())
            }
            Err(ScalarError::NotFinite) => scalar::not_finite_key(&scalar.text).to_owned(),
            Err(ScalarError::Tag) => {
                self.bad_key(id, "not what its tag says");
                return (None, false);
            }
        };
        (Some(name), merge)
    }

    fn bad_key(&mut self, id: NodeId, what: &str) {
        let place = Place::Text(self.tree.node(id).span.clone());
        let message = format!("a key must be text, and this one is {what}");
        self.problems
            .push(Problem::error(ym::KEY, place, message).with_help("write a key before the `:`"));
    }

    pub(super) fn scalar(&mut self, id: NodeId, text: &str, style: ScalarStyle) {
        let node = self.tree.node(id);
        let empty = node.span.is_empty() && style == ScalarStyle::Plain;
        // The parser writes `~` for a value that is not there.
        let text = if empty { "" } else { text };
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let written = match &node.tag {
            Some(tag) => Written::Tagged(tag),
            None if style == Style::Plain => Written::Plain,
            None => Written::Quoted,
        };
        let in_json = matches!(written, Written::Plain)
            .then_some(text)
            .filter(|_| self.is_json)
            .and_then(json::plain);
        let value = in_json.unwrap_or_else(|| scalar::resolve(text, written));
        let span = self.scalar_span(node.span.clone(), style, empty);
        if style == Style::Double {
            let slash = scan::escaped_slash(self.text.get(span.clone()).unwrap_or_default());
            self.problems.extend(slash.map(|at| {
                let place = Place::Text(span.start + at..span.start + at + 2);
                let message = r"eksctl's YAML does not know `\/`";
                Problem::error(ym::SYNTAX, place, message).with_help("write `/`")
            }));
        }
        if let Some(node) = self.tree.node_mut(id) {
            node.start = node.start.min(span.start);
            node.span = span;
            node.kind = Kind::Scalar(Scalar {
                text: text.to_owned(),
                style,
                value,
            });
        }
    }

    /// The parser places blocks at their first line and empty values before their colon.
    fn scalar_span(&self, span: Range<usize>, style: Style, empty: bool) -> Range<usize> {
        if empty {
            return self.cursor..self.cursor;
        }
        if !matches!(style, Style::Literal | Style::Folded) {
            return span;
        }
        let content = self.text.get(span.clone()).unwrap_or_default();
        let end = span.start + content.trim_end_matches([' ', '\t', '\r', '\n']).len();
        let header = scan::header_of_block(self.text, self.behind_indicator).unwrap_or(span.start);
        header..end.max(line_end(self.text, header))
    }
}
