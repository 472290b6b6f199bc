//! Writing YAML that eksctl reads back as it was meant.
//!
//! serde_yaml does the writing. It is archived, but its writer is sound and is what `Serialize` of the config
//! promises to others; it is never the reader of users' files (a byte order mark breaks it, it takes numbers
//! for text, and loses all positions). It writes for YAML 1.2, so what it writes is read again here, as eksctl
//! reads: every text that eksctl would take for something else (`y`, `08`, `1_000`) is put in quotes, and
//! quotes are double, as in `version: "1.34"`. Text of several lines becomes a `|` block.

use crate::{
    problem::Severity,
    reader::{self, Reading},
    scalar,
    tree::{Kind, NodeId, Style, Tree},
};
use serde::Serialize;
use serde_json::Value;
use std::{fmt::Write, ops::Range};

/// A value cannot be written as YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError(String);

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the value cannot be written as YAML: {}", self.0)
    }
}

impl std::error::Error for WriteError {}

/// Writes a value in block form, with a line end behind it. Reading it again gives the value.
///
/// # Errors
/// Values that JSON has no form for, such as numbers that are not finite.
pub fn to_yaml<T: Serialize>(value: &T) -> Result<String, WriteError> {
    let value = serde_json::to_value(value).map_err(|error| WriteError(error.to_string()))?;
    let text = serde_yaml::to_string(&value).map_err(|error| WriteError(error.to_string()))?;
    let text = requote(&text);
    let reading = reader::read(&text);
    let read = reading
        .tree
        .root()
        .map(|root| reading.tree.value(root))
        .unwrap_or_default();
    if !is_refused(&reading) && read == whole_numbers(value.clone()) {
        return Ok(text);
    }
    // What serde_yaml cannot write safely stands in brackets, but for the outermost map: a file that begins with a brace
    // is JSON to eksctl.
    Ok(match &value {
        Value::Object(entries) if !entries.is_empty() => entries
            .iter()
            .map(|(key, value)| format!("{}: {}\n", inline(key), flow(value)))
            .collect(),
        value => flow(value) + "\n",
    })
}

/// Whether there is more than warnings, such as of characters that are not seen.
fn is_refused(reading: &Reading) -> bool {
    reading
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// How far lists and maps are indented against the key that they stand behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Indents {
    /// The dashes of a list.
    pub(crate) list: usize,
    /// The keys of a map.
    pub(crate) map: usize,
}

impl Default for Indents {
    fn default() -> Self {
        Self { list: 2, map: 2 }
    }
}

/// As serde_yaml indents.
const OWN_INDENTS: Indents = Indents { list: 0, map: 2 };

/// As [`to_yaml`], with other indents; with its own where those would change the meaning.
pub(crate) fn to_yaml_like(value: &Value, indents: Indents) -> Result<String, WriteError> {
    let text = to_yaml(value)?;
    if indents == OWN_INDENTS || !matches!(value, Value::Array(_) | Value::Object(_)) {
        return Ok(text);
    }
    let indented = indent(&text, indents);
    let same = |text: &str| {
        let reading = reader::read(text);
        let read = reading.tree.root().map(|root| reading.tree.value(root));
        (is_refused(&reading), read.unwrap_or_default())
    };
    Ok(if same(&indented) == same(&text) {
        indented
    } else {
        text
    })
}

/// Moves the lines of every list and map that stands behind a key.
fn indent(text: &str, indents: Indents) -> String {
    let reading = reader::read(text);
    let tree = &reading.tree;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let starts: Vec<usize> = lines
        .iter()
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(start)
        })
        .collect();
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut shifts = vec![0_usize; lines.len()];
    let mut next: Vec<NodeId> = tree.root().into_iter().collect();
    while let Some(id) = next.pop() {
        match &tree.node(id).kind {
            Kind::List { items, .. } => next.extend(items.iter().map(|item| item.value)),
            Kind::Map { entries, .. } => {
                for entry in entries {
                    next.push(entry.value);
                    let node = tree.node(entry.value);
                    let shift = match node.kind {
                        Kind::List { flow: false, .. } => indents.list,
                        Kind::Map { flow: false, .. } => indents.map.saturating_sub(OWN_INDENTS.map),
                        _ => continue,
                    };
                    let range = line_of(node.span.start)..=line_of(node.span.end.saturating_sub(1));
                    for moved in shifts.get_mut(range).unwrap_or_default() {
                        *moved += shift;
                    }
                }
            }
            Kind::Scalar(_) | Kind::Alias(_) => {}
        }
    }
    let moved = lines
        .iter()
        .zip(shifts)
        .map(|(line, shift)| match line.trim_end() {
            "" => (*line).to_owned(),
            _ => format!("{}{line}", " ".repeat(shift)),
        });
    moved.collect()
}

/// A text in double quotes, with everything escaped that cannot stand in a file.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                quoted.extend(c.escape_unicode().filter(|c| !matches!(c, '{' | '}')));
            }
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text on one line: plain where eksctl reads it as itself, else in double quotes.
pub fn inline(text: &str) -> String {
    let has_odd_start =
        text.starts_with(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '_' | '+'));
    let plain = !has_odd_start
        && !text.is_empty()
        && scalar::is_text(text)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || " /._+-:=@$()".contains(c))
        && !text.contains(": ")
        && !text.ends_with([' ', ':'])
        && !text.starts_with("...");
    if plain { text.to_owned() } else { quote(text) }
}

/// A value on one line, as it stands in brackets.
pub(crate) fn flow(value: &Value) -> String {
    let text = |text: &str| match inline(text) {
        plain if plain.contains(['"', ':']) => quote(text),
        plain => plain,
    };
    in_brackets(value, &inline, &text)
}

/// A value on one line, in JSON.
pub(crate) fn json(value: &Value) -> String {
    in_brackets(value, &quote, &quote)
}

fn in_brackets(value: &Value, key: &dyn Fn(&str) -> String, text: &dyn Fn(&str) -> String) -> String {
    match value {
        Value::String(string) => text(string),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| in_brackets(item, key, text)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(name, value)| format!("{}: {}", key(name), in_brackets(value, key, text)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// A value with whole floats as whole numbers, which is how they are read again.
pub(crate) fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) if !number.is_i64() => {
            scalar::resolve(&number.to_string(), scalar::Written::Plain).unwrap_or(Value::Number(number))
        }
        Value::Array(items) => items.into_iter().map(whole_numbers).collect(),
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (key, whole_numbers(value)))
            .collect(),
        value => value,
    }
}

/// Puts what eksctl would misread in quotes, and single quotes into double ones.
fn requote(text: &str) -> String {
    let reading = reader::read(text);
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    if let Some(root) = reading.tree.root() {
        collect(&reading.tree, root, &mut changes);
    }
    let mut written = text.to_owned();
    // From the end on, so that the ranges before stay right.
    changes.sort_by_key(|(range, _)| range.start);
    for (range, new) in changes.into_iter().rev() {
        written.replace_range(range, &new);
    }
    written
}

fn collect(tree: &Tree, id: NodeId, changes: &mut Vec<(Range<usize>, String)>) {
    let node = tree.node(id);
    match &node.kind {
        Kind::Scalar(scalar) => {
            // serde_yaml writes what is no text as its own plain forms; those that are no text to it either
            // are told apart by the value, in `to_yaml`.
            let misread = scalar.style == Style::Plain
                && is_text_to_serde_yaml(&scalar.text)
                && !scalar::is_text(&scalar.text);
            if misread || scalar.style == Style::Single {
                changes.push((node.span.clone(), quote(&scalar.text)));
            }
        }
        Kind::List { items, .. } => items.iter().for_each(|item| collect(tree, item.value, changes)),
        Kind::Map { entries, .. } => {
            for entry in entries {
                collect(tree, entry.key, changes);
                collect(tree, entry.value, changes);
            }
        }
        Kind::Alias(_) => {}
    }
}

/// Whether serde_yaml means text by a plain scalar: JSON's own words and numbers are the only others it writes.
fn is_text_to_serde_yaml(text: &str) -> bool {
    !matches!(text, "" | "null" | "true" | "false")
        && serde_json::from_str::<serde_json::Number>(text).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_eksctl_would_misread_is_quoted() {
        let value = json!({
            "version": "1.34", "y": "no", "octal": "017", "eight": "08", "thousand": "1_000", "date": "2024-01-02",
            "time": "12:30", "script": "#!/bin/bash\necho hi\n", "count": 3, "on": true, "empty": "", "none": null,
            "price": 0.5,
        });
        let text = to_yaml(&value).unwrap();
        assert_eq!(
            text,
            "version: \"1.34\"\n\"y\": \"no\"\noctal: \"017\"\neight: \"08\"\nthousand: \"1_000\"\ndate: 2024-01-02\n\
             time: 12:30\nscript: |\n  #!/bin/bash\n  echo hi\ncount: 3\n\"on\": true\nempty: \"\"\nnone: null\n\
             price: 0.5\n"
        );
    }

    #[test]
    fn a_character_that_is_not_seen_puts_nothing_in_brackets() {
        assert_eq!(
            to_yaml(&json!({"a": "x\u{200b}", "b": {"c": 1}})).unwrap(),
            "a: x\u{200b}\nb:\n  c: 1\n"
        );
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[ -~\n\t\u{85}\u{200b}\u{2028}é]{0,12}",
            "[-+0-9._eExobynYN~:#]{0,6}"
        ];
        let leaf = prop_oneof![
            text.clone().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            (-1e6..1e6).prop_map(|number: f64| json!(number)),
            Just(Value::Null),
        ];
        leaf.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((text.clone(), inner), 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in values()) {
            for text in [to_yaml(&value).unwrap(), flow(&value) + "\n"] {
                let reading = reader::read(&text);
                prop_assert!(!is_refused(&reading), "{text}: {:?}", reading.problems);
                let read = reading.tree.root().map(|root| reading.tree.value(root)).unwrap_or_default();
                prop_assert_eq!(read, whole_numbers(value.clone()), "{}", text);
            }
            let file = to_yaml(&json!({ "value": value })).unwrap();
            prop_assert!(!is_refused(&reader::read_file(&file)), "{file}");
        }
    }
}
