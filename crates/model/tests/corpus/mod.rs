//! Every config at hand: the examples, the rules' own, and in `../shared` those of others and the recorded cases.

use lb_model::rules;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A folder or file beside the repository; `None`, said aloud, where it is absent.
fn shared(below: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(below);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All configs that are files, and the examples of the rules.
pub(crate) fn files() -> Vec<String> {
    let rules = rules::all().flat_map(|rule| [rule.bad, rule.good]);
    let mut texts: Vec<String> = rules.map(str::to_owned).collect();
    let shared = ["data", "conformance/eksctl"].into_iter().filter_map(shared);
    for folder in [root().join("examples"), root().join("fuzz/seeds")]
        .into_iter()
        .chain(shared)
    {
        read_all(&folder, &mut texts);
    }
    texts
}

fn read_all(folder: &Path, into: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            into.extend(std::fs::read_to_string(path));
        }
    }
}

/// The recorded cases.
pub(crate) fn cases() -> Vec<String> {
    let mut texts = Vec::new();
    for file in ["eksctl-tests", "mutations", "text", "scalars"] {
        let Some(path) = shared(&format!("conformance/verdicts/{file}.jsonl")) else {
            continue;
        };
        let cases = std::fs::read_to_string(path).unwrap();
        texts.extend(cases.lines().map(|line| {
            let case: Value = serde_json::from_str(line).unwrap();
            case["yaml"].as_str().unwrap().to_owned()
        }));
    }
    texts
}
