//! Damage of every kind to the example files: a problem with a place, never a panic, and nothing lost without a word.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jiff::civil::date;
use lb_model::{
    document::Document,
    path::{Path, Segment},
    problem::{Located, Severity},
    rules::Facts,
};
use serde_json::{Value, json};

mod inputs;

use inputs::HEAD;

fn examples() -> [String; 2] {
    ["1.0", "2.0"].map(|edition| {
        let path = format!(
            "{}/../../examples/leaderboard-{edition}.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read_to_string(path).unwrap()
    })
}

fn judged(document: &Document) -> Vec<Located> {
    document.problems(&Facts::on(date(2026, 11, 23)))
}

/// What a value says: entries without one say nothing.
fn said(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), said(value)));
            entries.filter(|(_, value)| !is_nothing(value)).collect()
        }
        Value::Array(items) => items.iter().map(said).collect(),
        other => other.clone(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(entries) => entries.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Every problem lies in the text; and what the text says is in the config, or there is a problem of text.
fn check(document: &Document, rules: bool, what: &str) {
    let problems = if rules { judged(document) } else { Vec::new() };
    for found in &problems {
        assert!(found.span.end <= document.text().len(), "{what}: {found:?}");
        assert!(
            document.text().is_char_boundary(found.span.start),
            "{what}: {found:?}"
        );
        assert!(
            found.start.line > 0 && found.start.column > 0 && found.start <= found.end,
            "{what}: {found:?}"
        );
    }
    let (written, read) = (
        said(&document.value()),
        serde_json::to_value(document.config()).unwrap(),
    );
    if written != said(&read) {
        let problems = judged(document);
        let text = problems
            .iter()
            .filter(|found| found.problem.code.family() == "YM");
        assert!(
            text.count() > 0,
            "{what}: {written} is read as {read} without a word"
        );
    }
}

#[test]
fn every_truncation_has_its_problem_or_means_what_is_left() {
    for text in examples() {
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            // Rules are slower than reading, and see little news from byte to byte.
            check(
                &Document::parse(&text[..at]),
                at % 16 == 0,
                &format!("cut at {at}"),
            );
        }
    }
}

#[test]
fn every_byte_may_be_missing() {
    for text in examples() {
        for at in 0..text.len() {
            let without = [&text.as_bytes()[..at], &text.as_bytes()[at + 1..]].concat();
            let document = Document::from_bytes(&without);
            check(&document, at % 64 == 0, &format!("without byte {at}"));
            let _ = document.path_at(at);
        }
    }
}

fn paths(value: &Value, here: &Path, into: &mut Vec<Path>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                into.push(here.index(index));
                paths(item, &here.index(index), into);
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries {
                into.push(here.key(key));
                paths(item, &here.key(key), into);
            }
        }
        _ => {}
    }
}

fn at<'a>(value: &'a mut Value, path: &Path) -> &'a mut Value {
    path.segments()
        .iter()
        .fold(value, |value, segment| match segment {
            Segment::Key(key) => &mut value[key],
            Segment::Index(index) => &mut value[*index],
        })
}

#[test]
fn anything_may_stand_anywhere() {
    let odd = [
        json!(null),
        json!([null]),
        json!({"": null}),
        json!("\u{202e}niamod\u{200b}"),
        json!(18_446_744_073_709_551_615_u64),
        json!(1e300),
    ];
    // The two differ in no key, so one of them is enough here.
    for text in examples().iter().take(1) {
        let root = Document::parse(text).value();
        let mut all = Vec::new();
        paths(&root, &Path::root(), &mut all);
        for path in &all {
            for value in &odd {
                let mut changed = root.clone();
                *at(&mut changed, path) = value.clone();
                let written = serde_json::to_string_pretty(&changed).unwrap();
                check(&Document::parse(written), true, &format!("{path} = {value}"));
            }
        }
    }
}

#[test]
fn keys_in_another_case_are_errors_with_a_fix() {
    for text in examples() {
        let document = Document::parse(&text);
        let mut all = Vec::new();
        paths(&document.value(), &Path::root(), &mut all);
        for path in all {
            let Some((parent, Segment::Key(key))) = path.split_last() else {
                continue;
            };
            // Keys below these are the user's own.
            let own = ["tags", "labels", "annotations", "attachPolicy"];
            let is_own = parent
                .segments()
                .iter()
                .any(|segment| matches!(segment, Segment::Key(key) if own.contains(&key.as_str())));
            let upper = key.to_uppercase();
            if is_own || upper == *key {
                continue;
            }
            let line = document
                .position(
                    document
                        .span_of(&lb_model::problem::Place::Key(path.clone()))
                        .start,
                )
                .line;
            let lines: Vec<String> = text
                .lines()
                .enumerate()
                .map(|(index, text)| {
                    if index + 1 == line {
                        text.replacen(key.as_str(), &upper, 1)
                    } else {
                        text.to_owned()
                    }
                })
                .collect();
            let found = judged(&Document::parse(lines.join("\n")));
            let wrong = found
                .iter()
                .find(|found| found.problem.code.0 == "YM011" && found.start.line == line);
            let wrong = wrong.unwrap_or_else(|| panic!("{path} as {upper}: {found:?}"));
            assert!(wrong.problem.fix.is_some() && wrong.problem.severity == Severity::Error);
        }
    }
}

#[test]
fn tabs_keys_that_are_no_text_and_large_numbers_have_a_place() {
    for (text, code, line) in [
        ("nodeGroups:\n\t- name: a\n", "YM001", 5),
        ("nodeGroups:\n- name: a\n\tmaxSize: 1\n", "YM001", 6),
        ("nodeGroups:\n- name: a\tb\n  \tmaxSize: 1\n", "YM001", 6),
        ("? [a, b]\n: 1\n", "YM007", 4),
        ("null: 1\n", "YM007", 4),
        ("5: 1\n", "YM010", 4),
        (
            "nodeGroups: [{name: a, maxSize: 9223372036854775808}]\n",
            "YM012",
            4,
        ),
        ("nodeGroups: [{name: a, maxSize: 1e400}]\n", "YM012", 4),
        ("nodeGroups: [{name: a, maxSize: .inf}]\n", "YM009", 4),
        ("nodeGroups: [{name: \"te\u{200b}am\", maxSize: 1}]\n", "YM021", 4),
        ("nodeGroups: [{name: \"\u{202e}maet\", maxSize: 1}]\n", "YM021", 4),
        ("nodeGroups: [{name: \"te\u{200b}am\", maxSize: 1}]\n", "EK406", 4),
        ("x: &a {<<: *a}\n", "YM008", 4),
        ("<<: [1]\n", "YM008", 4),
        ("nodeGroups: [{<<: *none, name: a}]\n", "YM008", 4),
        (
            "nodeGroups:\n- &b {name: a, maxSize: 1}\n- {<<: *b, maxSize: 2, name: c}\n",
            "YM006",
            6,
        ),
    ] {
        let found = judged(&Document::parse(format!("{HEAD}{text}")));
        let places: Vec<_> = found
            .iter()
            .map(|found| (found.problem.code.0, found.start.line))
            .collect();
        assert!(
            places.contains(&(code, line)),
            "{text}: no {code} at {line} in {places:?}"
        );
    }
}

#[test]
fn hostile_files_are_read_within_bounds_and_few_problems_tell_all() {
    for (name, bytes) in inputs::hostile() {
        let document = Document::from_bytes(&bytes);
        let found = judged(&document);
        assert!(
            document.tree().len() <= 100_000,
            "{name}: {} values",
            document.tree().len()
        );
        assert!(found.len() <= 1200, "{name}: {} problems", found.len());
        let words = found
            .iter()
            .map(|found| found.problem.message.len())
            .sum::<usize>();
        assert!(words <= 8 << 20, "{name}: {words} bytes of messages");
        let cut = found.iter().any(|found| found.problem.code.0 == "YM020");
        assert!(
            cut || found.len() <= 1000,
            "{name}: {} problems, and no word of more",
            found.len()
        );
    }
}
