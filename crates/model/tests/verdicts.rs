//! eksctl's recorded verdicts on text and scalars, against the reader and the strict check.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use lb_model::{
    document::Document,
    problem::{Located, Problem, Severity},
    rules::Facts,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A folder beside the repository; `None`, said aloud, where it is absent.
fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(folder);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn cases(file: &str) -> Vec<Value> {
    let Some(folder) = shared("conformance/verdicts") else {
        return Vec::new();
    };
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The errors of the text and its types.
fn errors(text: &str) -> Vec<Located> {
    let facts = Facts::on(jiff::civil::date(2026, 11, 23));
    let document = Document::parse(text);
    let mut problems = document.problems(&facts);
    problems.retain(|found| found.problem.code.family() == "YM" && found.problem.severity == Severity::Error);
    problems
}

fn field<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_default()
}

/// Refused on purpose although eksctl accepts it: each class with its reason.
fn on_purpose(code: &str) -> bool {
    match code {
        // The rest of the file would be ignored without a word.
        "YM004" => true,
        // The key would be dropped without a word.
        "YM011" => true,
        // eksctl accepts it in some lists and crashes on it in others.
        "YM013" => true,
        _ => false,
    }
}

#[test]
fn what_eksctl_cannot_parse_is_refused_and_what_it_reads_is_not() {
    let (mut refused, mut disagreements) = (0, Vec::new());
    for file in [
        "text.jsonl",
        "scalars.jsonl",
        "mutations.jsonl",
        "eksctl-tests.jsonl",
    ] {
        for case in cases(file) {
            let mut errors = errors(field(&case, "yaml"));
            let (id, message) = (field(&case, "id"), field(&case, "message"));
            match field(&case, "phase") {
                "parse" if errors.is_empty() => {
                    disagreements.push(format!("{file} {id}: accepted, but {message}"));
                }
                "parse" => refused += 1,
                // A file that crashes eksctl may be refused for any reason.
                "panic" => {}
                _ => {
                    errors.retain(|error| !on_purpose(error.problem.code.0));
                    for Located { problem, start, .. } in errors {
                        let Problem {
                            code, message: ours, ..
                        } = problem;
                        disagreements.push(format!("{file} {id} ({message}): {start:?} {code} {ours}"));
                    }
                }
            }
        }
    }
    println!("{refused} cases that eksctl cannot parse are refused");
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}
