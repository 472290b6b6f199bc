//! Agreement with eksctl: what it says of thousands of files, recorded by running it.
#![allow(clippy::print_stdout)]

use lb_model::{
    catalog::Catalog,
    config::ClusterConfig,
    problem::Severity,
    rules::{self, Facts},
};

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    accepted: bool,
    phase: String,
    message: String,
    yaml: String,
}

#[test]
fn agree() {
    let mut agree = 0;
    let mut all = 0;
    let mut falseacc: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    let mut falserej: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    for file in ["eksctl-tests", "mutations", "text"] {
        let text = std::fs::read_to_string(format!(
            "{}/../../../shared/conformance/verdicts/{file}.jsonl",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap();
        for line in text.lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            if case.phase == "parse" {
                continue;
            }
            let Ok(config) = serde_yaml::from_str::<ClusterConfig>(&case.yaml) else {
                continue;
            };
            all += 1;
            let facts = Facts {
                today: "2026-01-01".parse().unwrap(),
                catalog: Catalog::builtin(),
            };
            let errors: Vec<_> = rules::check(&config, &facts)
                .into_iter()
                .filter(|p| p.severity == Severity::Error && p.code.family() == "EK")
                .collect();
            if errors.is_empty() == case.accepted {
                agree += 1;
                continue;
            }
            if case.accepted {
                falserej
                    .entry(format!("{} {}", errors[0].code, errors[0].message))
                    .or_default()
                    .push(case.id)
            } else {
                let m: String = case
                    .message
                    .chars()
                    .map(|c| if c.is_ascii_digit() { 'N' } else { c })
                    .take(130)
                    .collect();
                falseacc.entry(m).or_default().push(case.id)
            }
        }
    }
    println!("REJECTS");
    for (k, v) in &falserej {
        println!("{} {k} {}", v.len(), v[0]);
    }
    println!("ACCEPTS");
    for (k, v) in &falseacc {
        println!("{} {k} {}", v.len(), v[0]);
    }
    println!("{agree} of {all}");
}
