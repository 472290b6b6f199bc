//! `lb fix`, and what else says what a file means: `lb plan --effective`, `lb schema`, `lb explain` of a field.

use insta::assert_snapshot;
use lb_tests::{Lb, shared, transcript};

const DAY: &str = "--today 2026-11-23";

fn example(lb: &Lb) -> String {
    let text = std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap();
    lb.write("config.yaml", &text).unwrap();
    text
}

#[test]
fn an_upstream_file_comes_to_today_s_form() {
    let name = "an_upstream_file_comes_to_today_s_form";
    for edition in ["1.0", "2.0"] {
        let below = format!("data/leaderboard/leaderboard_{edition}/config/leaderboard-cluster.yaml");
        let Some(path) = shared::path(name, &below) else {
            return;
        };
        let lb = Lb::new().unwrap();
        lb.write("upstream.yaml", std::fs::read(path).unwrap()).unwrap();
        let line = format!("fix upstream.yaml {DAY} --modernize --image ami-0123456789abcdef0 --write");
        let answer = lb.run(&line).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
        if edition == "2.0" {
            assert_snapshot!(answer);
        }
        let answer = lb.run(&format!("validate upstream.yaml {DAY}")).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
        assert!(
            answer.stdout.contains("0 errors") || !answer.stdout.contains("error["),
            "{answer}"
        );
    }
}

#[test]
fn an_image_must_be_one_and_a_code_must_exist() {
    let lb = Lb::new().unwrap();
    example(&lb);
    let lines = [
        "fix config.yaml --modernize --image mine",
        "fix config.yaml --image ami-0123456789abcdef0",
        "fix config.yaml --unsafe LB999",
        "explain nodeGroups.maxSzie",
        "plan config.yaml --effective --objects",
    ];
    let answers = lines.map(|line| lb.run(line).unwrap());
    assert!(
        answers.iter().all(|answer| answer.code == Some(2)),
        "{}",
        transcript(&answers)
    );
    assert_snapshot!(transcript(&answers));
}

#[test]
fn a_fix_that_is_not_applied_says_why() {
    let lb = Lb::new().unwrap();
    let text = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: lb, region: us-west-2, version: &v '1.31'}\n\
                nodeGroups: [{name: a, labels: {version: *v}}]\n";
    lb.write("old.yaml", text).unwrap();
    let answer = lb
        .run(&format!("fix old.yaml {DAY} --unsafe LB020 --write"))
        .unwrap();
    let why = "not done: Choose 1.35: `metadata.version` cannot be changed without changing something else";
    assert!(answer.stderr.contains(why), "{answer}");
    assert_eq!(
        std::fs::read_to_string(lb.folder().join("old.yaml")).unwrap(),
        text
    );
    // A key in another case hides what is below it from the rules, so it is mended although they say more then.
    lb.write("case.yaml", text.replace("nodeGroups", "nodegroups"))
        .unwrap();
    let answer = lb.run(&format!("fix case.yaml {DAY} --write")).unwrap();
    assert!(answer.stderr.contains("1 fix applied"), "{answer}");
    assert_eq!(
        std::fs::read_to_string(lb.folder().join("case.yaml")).unwrap(),
        text
    );
}

#[test]
fn the_effective_config_has_all_defaults() {
    let lb = Lb::new().unwrap();
    lb.write(
        "small.yaml",
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: small, region: us-west-2}\n\
         nodeGroups: [{name: worker}]\n",
    )
    .unwrap();
    assert_snapshot!(lb.run("plan small.yaml --effective").unwrap());
    let json = lb
        .run("plan small.yaml --effective --format json")
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(json["effective"]["metadata"]["version"], "1.34");
    // What eksctl refuses has no effective config.
    let wrong = example(&lb).replace("volumeSize: 100", "volumeSize: large");
    lb.write("wrong.yaml", wrong).unwrap();
    assert_eq!(lb.run("plan wrong.yaml --effective").unwrap().code, Some(1));
}

#[test]
fn a_field_is_explained() {
    let lb = Lb::new().unwrap();
    assert_snapshot!(lb.run("explain nodeGroups[0].ssh").unwrap());
    let json = lb
        .run("explain nodeGroups.volumeSize --format json")
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(json["properties"]["unit"], "GiB");
}

#[test]
fn the_schema_is_written_for_editors() {
    let schema = Lb::new().unwrap().run("schema").unwrap().json().unwrap();
    assert_eq!(
        schema["definitions"]["NodeGroup"]["properties"]["maxSize"]["type"],
        "integer"
    );
}

#[test]
fn what_is_allowed_is_shown_on_request_and_a_move_is_seen_against_the_old_file() {
    let lb = Lb::new().unwrap();
    let text = example(&lb);
    let allowed = text.replacen(
        "    amiFamily: Ubuntu2404",
        "    ssh: {publicKeyName: ops} # lb: allow LB037 tried here\n    amiFamily: Ubuntu2404",
        1,
    );
    lb.write("allowed.yaml", &allowed).unwrap();
    let select = format!("validate allowed.yaml {DAY} --select LB037");
    assert!(lb.run(&select).unwrap().stdout.contains("no problems"));
    assert!(
        lb.run(&format!("{select} --no-allow"))
            .unwrap()
            .stdout
            .contains("1 warning")
    );
    lb.write(
        "moved.yaml",
        text.replacen("region: us-west-2", "region: us-east-1", 1),
    )
    .unwrap();
    let moved = lb
        .run(&format!(
            "validate moved.yaml --before config.yaml {DAY} --select LB025"
        ))
        .unwrap();
    assert!(moved.stdout.contains("4 warnings"), "{moved}");
}
