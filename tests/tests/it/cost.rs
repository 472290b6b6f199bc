//! What a cluster costs, before it is there and when it is.

use insta::assert_snapshot;
use lb_tests::{Lb, transcript};

fn with_example(columns: u16) -> Lb {
    let lb = Lb::new().unwrap().columns(columns);
    let example = lb_tests::root().join("examples/leaderboard-2.0.yaml");
    lb.write("leaderboard-20.yaml", std::fs::read_to_string(example).unwrap())
        .unwrap();
    lb
}

#[test]
fn a_config_has_a_price() {
    let lines = [
        "cost leaderboard-20.yaml --today 2026-11-23",
        "cost leaderboard-20.yaml --today 2027-06-01 --format json",
        "cost leaderboard-20 --sandbox",
        "cost nothing.yaml",
    ];
    let lb = with_example(80);
    assert_snapshot!(transcript(&lines.map(|line| lb.run(line).unwrap())));
}

#[test]
fn a_price_is_shown_on_a_narrow_terminal() {
    let lb = with_example(60);
    assert_snapshot!(lb.run("cost leaderboard-20.yaml --today 2026-11-23").unwrap());
}

#[test]
fn a_cluster_that_is_there_costs_what_its_plan_said() {
    let lb = with_example(80);
    let apply = lb
        .run("apply leaderboard-20.yaml --sandbox --speed max --yes --today 2026-11-23 -q")
        .unwrap();
    assert_eq!(apply.code, Some(0), "{apply}");
    let there = lb
        .run("cost leaderboard-20 --sandbox --format json")
        .unwrap()
        .json()
        .unwrap();
    let planned = lb
        .run("cost leaderboard-20.yaml --today 2026-11-23 --format json")
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(there, planned);
    assert_snapshot!(lb.run("cost --sandbox").unwrap());
}
