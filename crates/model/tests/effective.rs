//! The effective config against eksctl's own, recorded by running it.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic)]

use jiff::civil::date;
use lb_model::{
    config::{self, ClusterConfig},
    document::Document,
    problem::Severity,
    rules::Facts,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    yaml: String,
    effective: String,
}

/// Where the two differ on purpose: the key, the value that eksctl writes, and why we do not.
const ON_PURPOSE: &[(&str, i64, &str)] = &[(
    "minRepairWaitTimeMins",
    0,
    "the one number that eksctl writes as 0 where the file does not have it",
)];

/// A config's meaning: what eksctl takes for absent is absent.
fn meaning(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, meaning(value)));
            let on_purpose = |key: &str, value: &Value| {
                ON_PURPOSE
                    .iter()
                    .any(|(name, written, _)| *name == key && value == written)
            };
            Value::Object(
                entries
                    .filter(|(key, value)| !is_absent(value) && !on_purpose(key, value))
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

/// Whether `lb` refuses the file, so that it works with no config at all. Whether it may is the matter of `agree.rs`.
fn is_refused(document: &Document) -> bool {
    document
        .problems(&Facts::on(date(2026, 1, 1)))
        .iter()
        .any(|found| {
            found.problem.severity == Severity::Error && ["YM", "EK"].contains(&found.problem.code.family())
        })
}

/// Files of cases: those that `EFFECTIVE_CASES` names, else the recorded ones.
fn files() -> Vec<PathBuf> {
    if let Some(files) = std::env::var_os("EFFECTIVE_CASES") {
        return std::env::split_paths(&files).collect();
    }
    let recorded = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/conformance/verdicts/effective.jsonl"
    );
    if !Path::new(recorded).exists() {
        println!("skipped: {recorded} is not here");
        return Vec::new();
    }
    vec![recorded.into()]
}

#[test]
fn defaults_are_eksctls() {
    let mut wrong = Vec::new();
    let is_further = std::env::var_os("EFFECTIVE_CASES").is_some();
    let (mut count, mut refused) = (0, 0);
    for file in files() {
        let cases =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for line in cases.lines().filter(|line| !line.trim().is_empty()) {
            let case: Case = serde_json::from_str(line).unwrap();
            let (config, theirs) = (Document::parse(case.yaml), Document::parse(case.effective));
            if is_further && is_refused(&config) {
                refused += 1;
                continue;
            }
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
    }
    for (key, written, why) in ON_PURPOSE {
        println!("on purpose: `{key}: {written}` is left out: {why}");
    }
    println!(
        "{count} cases, {} differences; {refused} more are refused",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
