//! `lb validate`, `lb explain`.

use insta::assert_snapshot;
use lb_tests::{Lb, shared};
use serde_json::Value;

const DAY: &str = "--today 2026-11-23";

/// The example of this edition, in the folder of the test.
fn example(lb: &Lb, edition: &str) -> String {
    let name = format!("leaderboard-{edition}.yaml");
    let text = std::fs::read_to_string(lb_tests::root().join("examples").join(&name)).unwrap();
    lb.write(&name, &text).unwrap();
    text
}

#[test]
fn the_examples_have_no_errors() {
    let lb = Lb::new().unwrap();
    for edition in ["1.0", "2.0"] {
        example(&lb, edition);
        let answer = lb
            .run(&format!("validate leaderboard-{edition}.yaml {DAY}"))
            .unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
    }
}

#[test]
fn a_problem_is_shown_at_its_line() {
    let lb = Lb::new().unwrap();
    let broken = example(&lb, "2.0")
        .replace("table/leaderboard-20", "table/leaderboard-10")
        .replace("maxSize: 1\n", "maxSize: many\n")
        .replace("minSize: 0\n", "minsize: 0\n");
    lb.write("broken.yaml", broken).unwrap();
    assert_snapshot!(lb.run(&format!("validate broken.yaml {DAY}")).unwrap());
}

#[test]
fn problems_are_shown_on_a_narrow_terminal() {
    let lb = Lb::new().unwrap().columns(60);
    let broken = example(&lb, "2.0").replace("table/leaderboard-20", "table/leaderboard-10");
    lb.write("broken.yaml", broken).unwrap();
    assert_snapshot!(lb.run(&format!("validate broken.yaml {DAY}")).unwrap());
}

#[test]
fn warnings_end_well_unless_they_are_denied() {
    let lb = Lb::new().unwrap();
    let soon = example(&lb, "2.0").replace("\"1.35\"", "\"1.32\"");
    lb.write("soon.yaml", soon).unwrap();
    let select = format!("validate soon.yaml {DAY} --select LB020");
    assert_snapshot!(lb.run(&select).unwrap());
    assert_eq!(
        lb.run(&format!("{select} --deny warnings")).unwrap().code,
        Some(1)
    );
    let without = format!("validate soon.yaml {DAY} --ignore LB,EK --deny warnings");
    assert_eq!(lb.run(&without).unwrap().code, Some(0));
}

#[test]
fn json_has_the_promised_form() {
    let lb = Lb::new().unwrap();
    let old = example(&lb, "2.0").replace("\"1.35\"", "\"1.29\"");
    lb.write("old.yaml", old).unwrap();
    let line = format!("validate old.yaml leaderboard-2.0.yaml {DAY} --select LB020 --format json");
    let answer = lb.run(&line).unwrap();
    assert_eq!(answer.code, Some(1), "{answer}");
    assert_snapshot!(answer);
}

#[test]
fn a_file_comes_by_standard_input_too() {
    use std::{io::Write as _, process::Stdio};
    let lb = Lb::new().unwrap();
    let text = example(&lb, "1.0");
    let mut command = lb.command(["validate", "-", "--today", "2026-11-23"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("standard input: "));
}

#[test]
fn a_code_is_explained() {
    let lb = Lb::new().unwrap();
    assert_snapshot!(lb.run("explain lb004").unwrap());
    let list = lb.run("explain LB --format json").unwrap().json().unwrap();
    assert!(list["rules"].as_array().unwrap().len() >= 6, "{list}");
}

/// What the Leaderboard's own files say today, and on the day they were written.
#[test]
fn the_upstream_files_have_these_problems_and_no_others() {
    for edition in ["1.0", "2.0"] {
        let below = format!("data/leaderboard/leaderboard_{edition}/config/leaderboard-cluster.yaml");
        let name = "the_upstream_files_have_these_problems_and_no_others";
        let Some(path) = shared::path(name, &below) else {
            return;
        };
        let lb = Lb::new().unwrap();
        lb.write("upstream.yaml", std::fs::read(path).unwrap()).unwrap();
        let answer = lb.run(&format!("validate upstream.yaml {DAY}")).unwrap();
        assert_eq!(answer.code, Some(1), "{answer}");
        assert_snapshot!(format!("upstream-{edition}"), answer);

        let answer = lb
            .run("validate upstream.yaml --today 2024-06-11 --format json")
            .unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
        assert_eq!(answer.json().unwrap()["errors"], Value::from(0));
    }
}
