//! The page answers what `lb` answers: the model says the same natively and as WebAssembly.

use lb_tests::{root, shared};
use lb_wasm_tests::answer;
use serde_json::Value;
use std::{fs, path::Path, process::Command};

/// The module that `cargo xtask test` builds, if it did.
fn module() -> Option<std::path::PathBuf> {
    let module = root().join("target/wasm-tests/lb-wasm-tests.js");
    if module.exists() {
        return Some(module);
    }
    println!("skipped: the model as WebAssembly: `cargo xtask wasm` builds it");
    None
}

/// Every config below a folder.
fn configs(folder: &Path, into: &mut Vec<String>) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            configs(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            into.extend(fs::read_to_string(path));
        }
    }
}

/// The examples, and all files and cases of others that are at hand.
fn corpus() -> Vec<String> {
    let mut texts = Vec::new();
    configs(&root().join("examples"), &mut texts);
    if let Some(data) = shared::path("the model as WebAssembly", "data") {
        configs(&data, &mut texts);
    }
    for file in ["eksctl-tests", "mutations", "text", "scalars"] {
        let Some(cases) = shared::path(
            "the model as WebAssembly",
            &format!("conformance/verdicts/{file}.jsonl"),
        ) else {
            continue;
        };
        for line in fs::read_to_string(cases).unwrap().lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            texts.push(case["yaml"].as_str().unwrap().to_owned());
        }
    }
    texts
}

#[test]
fn the_model_says_the_same_natively_and_as_webassembly() {
    let Some(module) = module() else { return };
    let texts = corpus();
    let folder = tempfile::tempdir().unwrap();
    let (cases, answers) = (
        folder.path().join("cases.json"),
        folder.path().join("answers.json"),
    );
    fs::write(&cases, serde_json::to_vec(&texts).unwrap()).unwrap();
    let mut node = Command::new("node");
    node.arg(root().join("tests/wasm/run.js"))
        .args([&module, &cases, &answers]);
    let status = node.status().unwrap_or_else(|error| panic!("no node: {error}"));
    assert!(status.success(), "{status}");
    let answers: Vec<String> = serde_json::from_slice(&fs::read(&answers).unwrap()).unwrap();
    assert_eq!(answers.len(), texts.len());
    for (text, theirs) in texts.iter().zip(&answers) {
        let ours = answer(text);
        let differing = ours
            .lines()
            .zip(theirs.lines())
            .find(|(ours, theirs)| ours != theirs);
        assert!(ours == *theirs, "{text}\ndiffers: {differing:?}");
    }
    println!("{} files have the same answers", texts.len());
}
