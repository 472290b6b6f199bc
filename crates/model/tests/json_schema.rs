//! The JSON Schema, by a validator of others: what eksctl takes is valid, and slips are not.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use jsonschema::Validator;
use lb_model::{document::Document, json_schema::json_schema};
use serde_json::Value;

fn validator() -> Validator {
    jsonschema::draft7::new(&json_schema()).unwrap()
}

fn errors(validator: &Validator, yaml: &str) -> Vec<String> {
    let value = present(Document::parse(yaml).value());
    validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The value without entries that are empty: to eksctl they are absent, and an editor says so at most.
fn present(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries.into_iter().filter(|(_, value)| !value.is_null());
            entries.map(|(key, value)| (key, present(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(present).collect(),
        other => other,
    }
}

#[test]
fn the_schema_is_one_and_the_examples_are_valid() {
    assert!(jsonschema::meta::is_valid(&json_schema()));
    let validator = validator();
    for edition in ["1.0", "2.0"] {
        let path = format!(
            "{}/../../examples/leaderboard-{edition}.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        assert_eq!(
            errors(&validator, &std::fs::read_to_string(path).unwrap()),
            [""; 0]
        );
    }
}

#[test]
fn slips_are_refused() {
    const HEAD: &str =
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: us-west-2}\n";
    let validator = validator();
    assert_eq!(errors(&validator, HEAD), [""; 0]);
    for slip in [
        "nodegroups: []",
        "nodeGroups: [{name: a, maxSzie: 2}]",
        "nodeGroups: [{name: a, maxSize: '2'}]",
        "nodeGroups: [{name: 5}]",
        "nodeGroups: [{name: a, volumeType: gp4}]",
        "nodeGroups: {name: a}",
        "vpc: {nat: {gateway: none}}",
        "vpc: {cidr: everything}",
        "accessConfig: {accessEntries: [{principalARN: me}]}",
        "cloudWatch: {clusterLogging: {logRetentionInDays: 2}}",
        "metadata: {name: a}",
    ] {
        let text = match slip.strip_prefix("metadata") {
            Some(_) => {
                HEAD.lines()
                    .take(2)
                    .map(|line| format!("{line}\n"))
                    .collect::<String>()
                    + slip
            }
            None => format!("{HEAD}{slip}\n"),
        };
        assert!(!errors(&validator, &text).is_empty(), "{slip} is valid");
    }
}

#[test]
fn what_eksctl_takes_is_valid() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let Ok(files) = std::fs::read_to_string(format!("{folder}/conformance/verdicts/files.tsv")) else {
        println!("skipped: {folder} is not there");
        return;
    };
    let validator = validator();
    let mut wrong = Vec::new();
    for line in files
        .lines()
        .skip(1)
        .filter(|line| line.split('\t').nth(1) == Some("yes"))
    {
        let file = line.split('\t').next().unwrap_or_default();
        let text = std::fs::read_to_string(format!("{folder}/data/{file}")).unwrap();
        wrong.extend(
            errors(&validator, &text)
                .into_iter()
                .map(|error| format!("{file}: {error}")),
        );
    }
    let cases = std::fs::read_to_string(format!("{folder}/conformance/verdicts/effective.jsonl")).unwrap();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let yaml = case.get("yaml").and_then(Value::as_str).unwrap_or_default();
        let found = errors(&validator, yaml);
        if !found.is_empty() {
            wrong.push(format!(
                "{}: {}",
                case.get("id").unwrap_or(&Value::Null),
                found.join("; ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        cases.lines().count(),
        wrong.join("\n")
    );
}
