//! Damage of every kind to the example files: a problem with a place, never a panic, and nothing lost without a word.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jiff::civil::date;
use lb_model::{
    document::Document,
    path::{Path, Segment},
    problem::{Located, Place, Severity},
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

/// Every problem lies in the text; and what the text says is in the config, or there is a problem of text. Rules, which are
/// slower than reading, are asked if wanted. Gives the problems that were looked for.
fn check(document: &Document, rules: bool, what: &str) -> Vec<Located> {
    let (written, read) = (
        said(&document.value()),
        serde_json::to_value(document.config()).unwrap(),
    );
    let is_read = written == said(&read);
    let problems = if rules || !is_read {
        judged(document)
    } else {
        Vec::new()
    };
    for found in &problems {
        assert!(
            document.text().get(found.span.clone()).is_some(),
            "{what}: {found:?}"
        );
        assert!(
            found.start.line > 0 && found.start.column > 0 && found.start <= found.end,
            "{what}: {found:?}"
        );
    }
    assert!(
        is_read || problems.iter().any(|found| found.problem.code.family() == "YM"),
        "{what}: {written} is read as {read} without a word"
    );
    problems
}

/// The problems with this code, each as its line and column.
fn places(problems: &[Located], code: &str) -> Vec<(usize, usize)> {
    let with_code = problems.iter().filter(|found| found.problem.code.0 == code);
    with_code
        .map(|found| (found.start.line, found.start.column))
        .collect()
}

#[test]
fn every_truncation_has_its_problem_or_means_what_is_left() {
    for text in examples() {
        for at in 0..text.len() {
            // Rules see little news from byte to byte.
            let document = Document::from_bytes(&text.as_bytes()[..at]);
            check(&document, at % 16 == 0, &format!("cut at {at}"));
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
                let found = check(&Document::parse(&written), true, &format!("{path} = {value}"));
                let seen = written.lines().zip(1..).find_map(|(line, number)| {
                    let at = line.find('\u{202e}')?;
                    Some((number, line[..at].chars().count() + 1))
                });
                assert_eq!(places(&found, "YM021"), Vec::from_iter(seen), "{path} = {value}");
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
            if is_own {
                continue;
            }
            let place = document.span_of(&Place::Key(path.clone()));
            let others = [key.to_uppercase(), key.to_lowercase(), capitalised(key)];
            for other in others.iter().filter(|other| *other != key) {
                let changed = [&text[..place.start], other, &text[place.end..]].concat();
                let changed = Document::parse(changed);
                let found = judged(&changed);
                let position = document.position(place.start);
                let wrong = found
                    .iter()
                    .find(|found| found.problem.code.0 == "YM011" && found.start == position);
                let wrong = wrong.unwrap_or_else(|| panic!("{path} as {other}: {found:?}"));
                assert_eq!(wrong.problem.severity, Severity::Error);
                let fixed = changed.edit(&wrong.problem.fix.as_ref().unwrap().edits).unwrap();
                assert_eq!(fixed.document.text(), text, "{path} as {other}");
            }
        }
    }
}

fn capitalised(key: &str) -> String {
    let (first, rest) = key.split_at(1);
    first.to_uppercase() + rest
}

/// A value in braces and brackets, each map and each scalar as `write` has it.
fn in_flow(value: &Value, write: &mut impl FnMut(&Value, String) -> String) -> String {
    let text = match value {
        Value::Object(entries) => {
            let mut texts = Vec::new();
            for (key, value) in entries {
                texts.push(format!("{}: {}", json!(key), in_flow(value, write)));
            }
            format!("{{{}}}", texts.join(", "))
        }
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().map(|item| in_flow(item, write)).collect();
            format!("[{}]", texts.join(", "))
        }
        scalar => scalar.to_string(),
    };
    write(value, text)
}

#[test]
fn anchors_aliases_and_merge_keys_mean_what_they_stand_for() {
    for text in examples() {
        let root = Document::parse(&text).value();
        // Each value with an anchor of its own, and those that come again as aliases of the first.
        let mut known: Vec<Value> = Vec::new();
        let anchored = in_flow(&root, &mut |value, text| {
            let first = known.iter().position(|other| other == value);
            first.map_or_else(
                || {
                    known.push(value.clone());
                    format!("&a{} {text}", known.len() - 1)
                },
                |first| format!("*a{first} "),
            )
        });
        assert!(anchored.contains('*'));
        // What each map holds, brought in by a merge key.
        let merged = in_flow(&root, &mut |value, text| {
            if value.is_object() {
                format!("{{<<: {text}}}")
            } else {
                text
            }
        });
        for written in [anchored, merged] {
            // What begins with a brace is JSON.
            let written = format!("---\n{written}");
            let document = Document::parse(&written);
            assert_eq!(document.value(), root, "{written}");
            let found = check(&document, true, &written);
            let errors: Vec<_> = found
                .iter()
                .filter(|found| found.problem.severity == Severity::Error)
                .collect();
            assert!(errors.is_empty(), "{errors:?}\n{written}");
        }
    }
}

#[test]
fn a_tab_in_an_indent_has_its_problem_or_changes_nothing() {
    for text in examples() {
        let root = Document::parse(&text).value();
        let lines: Vec<&str> = text.lines().collect();
        let mut refused = 0;
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with(' ')) {
            let with_tab = format!("\t{}", line.trim_start());
            let changed: Vec<&str> = [&lines[..index], &[with_tab.as_str()], &lines[index + 1..]].concat();
            let document = Document::parse(changed.join("\n") + "\n");
            let found = check(&document, true, line);
            let is_said = places(&found, "YM001").iter().any(|(at, _)| *at > index);
            refused += usize::from(is_said);
            assert!(is_said || document.value() == root, "line {}: {line}", index + 1);
        }
        assert!(refused > 20, "{refused} of {} lines", lines.len());
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
        (
            "nodeGroups: [{name: a, maxSize: -9223372036854775809}]\n",
            "YM012",
            4,
        ),
        ("9223372036854775808: 1\n", "YM007", 4),
        ("!!int x: 1\n", "YM007", 4),
        ("availabilityZones: [\"us\\/west\", b]\n", "YM001", 4),
        ("iam: {withOIDC: ! true}\n", "YM012", 4),
        (
            "nodeGroups: [{name: a, maxSize: 100000000000000000000000}]\n",
            "YM012",
            4,
        ),
        (
            "nodeGroups: [{name: a, maxSize: 0x1ffffffffffffffff}]\n",
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
