//! `lb init`.

use insta::assert_snapshot;
use lb_tests::{Lb, transcript};

#[test]
fn init_makes_a_config_that_validates() {
    let lb = Lb::new().unwrap();
    let day = "--today 2026-11-23";
    let init = format!("init --edition 2.0 --account 111122223333 --image ami-0123456789abcdef0 {day}");
    let answers = [init.as_str(), &init].map(|line| lb.run(line).unwrap());
    let valid = lb.run(&format!("validate leaderboard-20.yaml {day}")).unwrap();
    assert!(
        valid.code == Some(0) && valid.stdout.contains(": no problems ("),
        "{valid}"
    );
    assert_snapshot!(transcript(&answers));
}

#[test]
fn init_says_which_answer_is_missing() {
    let lb = Lb::new().unwrap();
    let lines = [
        "init",
        "init --edition 2.0",
        "init --edition 2.0 --account 1",
        "init --edition 1.0 --account 111122223333 --image stock",
        "init --edition 2.0 --account 111122223333 --image stock --name X",
        "init --edition 2.0 --account 111122223333 --image stock --region moon-1",
    ];
    let answers = lines.map(|line| lb.run(line).unwrap());
    assert!(
        answers.iter().all(|answer| answer.code != Some(0)),
        "{}",
        transcript(&answers)
    );
    assert_eq!(std::fs::read_dir(lb.folder()).unwrap().count(), 0);
    assert_snapshot!(transcript(&answers));
}
