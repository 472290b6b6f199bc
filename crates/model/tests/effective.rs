//! The effective config against eksctl's own, recorded by running it.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use lb_model::{
    config::{self, ClusterConfig},
    document::Document,
};
use serde_json::Value;

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    yaml: String,
    effective: String,
}

/// A config's meaning: what eksctl takes for absent is absent.
///
/// `minRepairWaitTimeMins` is the one number that eksctl writes as 0 where it is absent.
fn meaning(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, meaning(value)));
            Value::Object(
                entries
                    .filter(|(key, value)| {
                        !is_absent(value) && (key != "minRepairWaitTimeMins" || *value != 0)
                    })
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(meaning).collect()),
        other => other,
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim_end_matches(':') == "arn" || text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Number(_) | Value::Bool(true) => false,
    }
}

/// Where two values differ.
fn differences(at: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let (a, b) = (
                    a.get(key).unwrap_or(&Value::Null),
                    b.get(key).unwrap_or(&Value::Null),
                );
                differences(&format!("{at}.{key}"), a, b, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (a, b) in a.iter().zip(b) {
                differences(&format!("{at}[]"), a, b, found);
            }
        }
        (a, b) if a != b => found.push(format!("{at}: ours {a}, eksctl's {b}")),
        _ => {}
    }
}

#[test]
fn defaults_are_eksctls() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/conformance/verdicts/effective.jsonl"
    );
    let Ok(cases) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not here");
        return;
    };
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in cases.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let (config, theirs) = (Document::parse(case.yaml), Document::parse(case.effective));
        count += 1;
        let meaning = |config: &ClusterConfig| meaning(serde_json::to_value(config).unwrap());
        let mut found = Vec::new();
        differences(
            "",
            &meaning(&config::effective(config.config())),
            &meaning(theirs.config()),
            &mut found,
        );
        wrong.extend(found.into_iter().map(|found| format!("{}: {found}", case.id)));
    }
    println!("{count} cases");
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
