//! What is read is what eksctl reads, and what is written means what was read.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use jiff::civil::date;
use lb_model::{
    config::{ClusterConfig, DEFAULT_VERSION},
    document::Document,
    problem::Severity,
    rules::Facts,
    write::to_yaml,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A folder beside the repository; `None`, said aloud, where it is absent.
fn shared(below: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(below);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// What eksctl would refuse.
fn refused(text: &str) -> Vec<String> {
    let found = Document::parse(text).problems(&Facts::on(date(2026, 1, 1)));
    let errors = found.into_iter().map(|found| found.problem).filter(|problem| {
        problem.severity == Severity::Error && ["YM", "EK"].contains(&problem.code.family())
    });
    errors
        .map(|problem| format!("{} {}", problem.code, problem.message))
        .collect()
}

fn read(text: &str) -> ClusterConfig {
    Document::parse(text).config().clone()
}

#[test]
fn scalars_are_read_as_eksctl_reads_them() {
    let Some(path) = shared("conformance/verdicts/scalars.jsonl") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        if case["accepted"] != true {
            continue;
        }
        count += 1;
        let config = serde_json::to_value(read(case["yaml"].as_str().unwrap())).unwrap();
        let kind = case["kind"].as_str().unwrap();
        let place = match kind.split(' ').next().unwrap() {
            "string" if kind.contains("map") => "/metadata/tags/x",
            "string" => "/metadata/version",
            "int" => "/nodeGroups/0/maxSize",
            "bool" => "/nodeGroups/0/privateNetworking",
            "number" => "/nodeGroups/0/instancesDistribution/maxPrice",
            _ => "/iam/serviceAccounts/0/attachPolicy/x",
        };
        let ours = config.pointer(place).cloned().unwrap_or_default();
        // Where the field is text, a number or a switch, absent, empty, 0 and off are one to eksctl.
        let is_zero =
            |value: &Value| value.is_null() || *value == "" || *value == false || value.as_f64() == Some(0.0);
        // An absent version was recorded as the default that it becomes.
        let defaulted = place == "/metadata/version" && is_zero(&ours) && case["value"] == DEFAULT_VERSION;
        let same = ours == case["value"]
            || defaulted
            || ours
                .as_f64()
                .is_some_and(|number| Some(number) == case["value"].as_f64())
            || (!kind.starts_with("free") && is_zero(&ours) && is_zero(&case["value"]));
        if !same {
            wrong.push(format!(
                "{} {}: {ours} for {}",
                case["id"], case["scalar"], case["value"]
            ));
        }
    }
    println!("{count} scalars");
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_written_means_what_was_read_and_eksctl_would_take_it() {
    let Some(folder) = shared("") else { return };
    let files = std::fs::read_to_string(folder.join("conformance/verdicts/files.tsv")).unwrap();
    for line in files.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let text = std::fs::read_to_string(folder.join("data").join(fields[0])).unwrap();
        let document = Document::parse(text.clone());
        assert_eq!(
            fields[2] == "parse",
            !refused(&text).is_empty() && !document.is_yaml(),
            "{}",
            fields[0]
        );
        assert_eq!(
            document
                .edit(&[])
                .map(|edited| edited.document.text().to_owned())
                .unwrap_or(text.clone()),
            text
        );
        round_trip(&text, fields[1] == "yes", fields[0]);
    }
    let cases = std::fs::read_to_string(folder.join("conformance/verdicts/effective.jsonl")).unwrap();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        round_trip(case["yaml"].as_str().unwrap(), true, case["id"].as_str().unwrap());
    }
}

fn round_trip(text: &str, accepted: bool, name: &str) {
    let document = Document::parse(text);
    if !document.is_yaml() {
        return;
    }
    let written = to_yaml(document.config()).unwrap();
    assert_eq!(read(&written), *document.config(), "{name}\n{written}");
    // serde_yaml is what the types promise to others.
    let by_serde: ClusterConfig = serde_yaml::from_str(&written).unwrap();
    assert_eq!(by_serde, *document.config(), "{name}\n{written}");
    if accepted && refused(text).is_empty() {
        assert_eq!(refused(&written), [""; 0], "{name}\n{written}");
    }
}
