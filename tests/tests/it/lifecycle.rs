//! A cluster's life in the sandbox: made, left alone, changed, destroyed.

use lb_tests::{Answer, Lb, shared};
use serde_json::Value;

/// Runs a command that must end well.
fn well(lb: &Lb, line: &str) -> Answer {
    let answer = lb.run(line).unwrap();
    assert_eq!(answer.code, Some(0), "{answer}");
    answer
}

fn inventory(lb: &Lb, cluster: &str) -> Value {
    well(lb, &format!("inventory {cluster} --sandbox --format json"))
        .json()
        .unwrap()
}

/// Makes the cluster of a file, applies the file again, and destroys it.
fn life(text: &str, day: &str) {
    let lb = Lb::new().unwrap();
    lb.write("cluster.yaml", text).unwrap();
    let apply = format!("apply cluster.yaml --sandbox --speed max --yes {day}");
    well(&lb, &apply);
    let status = well(&lb, "status cluster.yaml --sandbox --format json")
        .json()
        .unwrap();
    let ready = |row: &Value| row["nodegroup"] == "basic-worker" && row["ready"] == 1;
    assert!(
        status["nodegroups"].as_array().unwrap().iter().any(ready),
        "{status}"
    );
    assert_eq!(status["drift"], Value::Array(Vec::new()), "{status}");

    let before = inventory(&lb, "cluster.yaml");
    let again = well(
        &lb,
        "apply cluster.yaml --sandbox --speed max --yes --format json",
    );
    let last: Value = serde_json::from_str(again.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["event"], &last["done"]),
        (&"finished".into(), &0.into()),
        "{again}"
    );
    assert_eq!(inventory(&lb, "cluster.yaml"), before);

    well(&lb, "destroy cluster.yaml --sandbox --speed max --yes");
    assert_eq!(
        inventory(&lb, "cluster.yaml")["objects"],
        Value::Array(Vec::new())
    );
}

#[test]
fn the_examples_live() {
    for edition in ["1.0", "2.0"] {
        let path = lb_tests::root().join(format!("examples/leaderboard-{edition}.yaml"));
        life(&std::fs::read_to_string(path).unwrap(), "--today 2026-11-23");
    }
}

#[test]
fn the_upstream_files_live_on_their_day() {
    for edition in ["1.0", "2.0"] {
        let below = format!("data/leaderboard/leaderboard_{edition}/config/leaderboard-cluster.yaml");
        let Some(path) = shared::path("the_upstream_files_live_on_their_day", &below) else {
            return;
        };
        life(&std::fs::read_to_string(path).unwrap(), "--today 2024-06-11");
    }
}

#[test]
fn the_seed_lives_on_its_day() {
    let Some(path) = shared::path(
        "the_seed_lives_on_its_day",
        "conformance/eksctl/seed-1.24/config.yaml",
    ) else {
        return;
    };
    let lb = Lb::new().unwrap();
    lb.write("cluster.yaml", std::fs::read_to_string(path).unwrap())
        .unwrap();
    well(
        &lb,
        "apply cluster.yaml --sandbox --speed max --yes --today 2023-07-01",
    );
    well(&lb, "destroy cluster.yaml --sandbox --speed max --yes");
}

#[test]
fn without_a_sandbox_or_an_answer_nothing_is_done() {
    let lb = Lb::new().unwrap();
    let text = std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap();
    lb.write("cluster.yaml", text).unwrap();
    let aws = lb.run("apply cluster.yaml --yes --today 2026-11-23").unwrap();
    let why = if lb_tests::with_aws() {
        "there are no AWS credentials"
    } else {
        "only the sandbox"
    };
    assert!(aws.code == Some(1) && aws.stderr.contains(why), "{aws}");
    let silent = lb.run("apply cluster.yaml --sandbox --today 2026-11-23").unwrap();
    assert!(
        silent.code == Some(3) && silent.stderr.contains("--yes"),
        "{silent}"
    );
    assert_eq!(
        inventory(&lb, "cluster.yaml")["objects"],
        Value::Array(Vec::new())
    );
}

#[test]
fn a_broken_account_is_named_and_left_alone() {
    let lb = Lb::new().unwrap();
    lb.write(
        "cluster.yaml",
        std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap(),
    )
    .unwrap();
    for content in ["{", "not an account"] {
        lb.write("account.json", content).unwrap();
        let answer = lb
            .run("apply cluster.yaml --sandbox --yes --today 2026-11-23")
            .unwrap();
        assert!(
            answer.code == Some(1) && answer.stderr.contains("account.json"),
            "{answer}"
        );
        assert_eq!(std::fs::read_to_string(lb.account()).unwrap(), content);
    }
}
