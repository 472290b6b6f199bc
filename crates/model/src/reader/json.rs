//! Files in JSON. eksctl takes a text that begins with `{` for JSON and nothing else, although it reads it as YAML
//! before: braces without quotes around the keys, comments or a comma too many are refused then, and `1.0` is no
//! whole number.

use crate::{
    problem::{Place, Problem},
    scalar::ScalarError,
    ym,
};
use serde::de::IgnoredAny;
use serde_json::Value;

/// Whether eksctl reads the text as JSON.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Whether the text is JSON, as eksctl then asks of it.
pub(crate) fn holds_json(text: &str) -> bool {
    is_json(text) && refuse(text).is_none()
}

/// The first place that is not JSON.
pub(super) fn refuse(text: &str) -> Option<Problem> {
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let start = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let start = (0..=start.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))?;
    let message = "eksctl reads a file that begins with `{` as JSON, and here it is none";
    let problem = Problem::error(ym::SYNTAX, Place::Text(start..start), message);
    Some(problem.with_help("write JSON, or put a line `---` before the `{`, and the file is YAML"))
}

/// What a text without quotes is in JSON.
pub(super) fn plain(text: &str) -> Option<Result<Value, ScalarError>> {
    let number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    // A float stays one, also where it is whole. One beyond 64 bits is none.
    let is_float = number && text.contains(['.', 'e', 'E']);
    is_float.then(|| text.parse::<Value>().map_err(|_| ScalarError::NotFinite))
}

#[cfg(test)]
mod tests {
    use crate::{document::Document, problem::Code, reader::read_file};

    fn codes(text: &str) -> Vec<Code> {
        read_file(text)
            .problems
            .iter()
            .map(|problem| problem.code)
            .collect()
    }

    #[test]
    fn a_file_that_begins_with_a_brace_is_json() {
        for text in [
            "{a: b}",
            "\n{\"a\": 'b'}",
            "{\"a\": 1,}",
            "{\"a\": \"\\x41\"}",
            "{\"a\": 1} # why",
            "{\"a\": 1}\n...\n",
            "{\"a\":\n # why\n 1}",
            "{\"a\": yes}",
        ] {
            assert_eq!(codes(text), [crate::ym::SYNTAX], "{text}");
        }
        for text in [
            "{\"a\": [1, true, null, \"é\"]}\n",
            "---\n{a: b}\n",
            "# why\n{a: b}\n",
            "\u{feff}{a: b}",
        ] {
            assert_eq!(codes(text), [], "{text}");
        }
    }

    #[test]
    fn the_place_is_where_json_ends() {
        let found = &read_file("{\"é\": 1,\n  \"ü\": yes}\n").problems[0];
        assert_eq!(found.place, crate::problem::Place::Text(18..18));
    }

    #[test]
    fn whole_numbers_have_no_fraction_in_json() {
        let is_int = |text: &str| Document::parse(text).config().node_groups[0].max_size == Some(1);
        assert!(is_int("nodeGroups: [{name: a, maxSize: 1.0}]"));
        assert!(is_int("{\"nodeGroups\": [{\"name\": \"a\", \"maxSize\": 1}]}"));
        assert!(!is_int("{\"nodeGroups\": [{\"name\": \"a\", \"maxSize\": 1.0}]}"));
    }
}
