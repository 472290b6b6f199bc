//! A changed file changes only what it says, whatever somebody else has done to the account meanwhile.

use jiff::{SignedDuration, Timestamp};
use lb_provision::{
    operations::{
        Operation,
        autoscaling::{AutoScalingGroup, DescribeAutoScalingGroups, SetDesiredCapacity},
        ec2::DescribeInstances,
    },
    sandbox::{Account, store::Store},
};
use lb_tests::{Answer, Lb};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const LARGER: &str = "submission-worker-g5x";
const LABELLED: &str = "submission-worker-g5x2";

/// A call of somebody else.
fn ask<O: Operation>(lb: &Lb, call: O) -> O::Reply {
    let store = Store::new(lb.account());
    let now = store.read(Account::now).unwrap().unwrap();
    let (answer, _) = store.call("us-west-2", now, call.request()).unwrap();
    O::reply(answer.unwrap()).unwrap_or_else(|_| panic!("another operation's answer"))
}

fn pass(lb: &Lb, minutes: i64) {
    let store = Store::new(lb.account());
    let now: Timestamp = store.read(Account::now).unwrap().unwrap();
    store.pass(now + SignedDuration::from_mins(minutes)).unwrap();
}

fn well(lb: &Lb, line: &str) -> Answer {
    let answer = lb.run(line).unwrap();
    assert_eq!(answer.code, Some(0), "{answer}");
    answer
}

/// Objects by id.
fn inventory(lb: &Lb) -> BTreeMap<String, Value> {
    let answer = well(lb, "inventory cluster.yaml --sandbox --format json")
        .json()
        .unwrap();
    let objects = answer["objects"].as_array().unwrap().clone();
    objects
        .into_iter()
        .map(|object| {
            (
                object["id"].as_str().unwrap().to_owned(),
                object["properties"].clone(),
            )
        })
        .collect()
}

/// The Auto Scaling group of a pool.
fn group(lb: &Lb, pool: &str) -> AutoScalingGroup {
    let is = |group: &AutoScalingGroup| {
        let key = format!("ng:{pool}/NodeGroup");
        group
            .tags
            .iter()
            .any(|tag| tag.key == "lb/id" && tag.value.as_deref() == Some(&key))
    };
    ask(lb, DescribeAutoScalingGroups::default())
        .into_iter()
        .find(is)
        .unwrap()
}

fn running(lb: &Lb) -> BTreeSet<String> {
    let instances = ask(lb, DescribeInstances::default()).into_iter();
    let running = instances.filter(|found| ["pending", "running"].contains(&found.state.name.as_str()));
    running.map(|found| found.instance_id).collect()
}

/// Replaces the first `from` behind the pool's name.
fn edit(text: &str, pool: &str, from: &str, to: &str) -> String {
    let (before, after) = text.split_once(&format!("- name: {pool}\n")).unwrap();
    format!("{before}- name: {pool}\n{}", after.replacen(from, to, 1))
}

#[test]
fn a_larger_pool_and_a_label_change_only_these_and_leave_nodes_and_capacity_alone() {
    let lb = Lb::new().unwrap();
    let text = std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap();
    lb.write("cluster.yaml", &text).unwrap();
    let apply = "apply cluster.yaml --sandbox --speed max --yes";
    well(&lb, &format!("{apply} --today 2026-11-23"));
    let name = group(&lb, LABELLED).auto_scaling_group_name;
    ask(
        &lb,
        SetDesiredCapacity {
            auto_scaling_group_name: name,
            desired_capacity: 2,
        },
    );
    pass(&lb, 15);
    let (before, nodes) = (inventory(&lb), running(&lb));
    let version = group(&lb, LABELLED).launch_template.unwrap().version;

    let text = edit(&text, LARGER, "maxSize: 4", "maxSize: 8");
    let text = edit(
        &text,
        LABELLED,
        "    labels:\n",
        "    labels:\n      tier: fast\n",
    );
    lb.write("cluster.yaml", &text).unwrap();
    let answer = well(&lb, apply);
    assert!(answer.stdout.contains("--roll"), "{answer}");

    let after = inventory(&lb);
    let changed: BTreeSet<&str> = after
        .iter()
        .filter(|(id, properties)| before.get(*id) != Some(properties))
        .map(|(id, _)| id.as_str())
        .collect();
    let expected = [
        format!("ng:{LABELLED}/NodeGroupLaunchTemplate"),
        format!("ng:{LARGER}/NodeGroup"),
    ];
    assert_eq!(changed, expected.iter().map(String::as_str).collect());
    assert_eq!(before.len(), after.len());
    assert_eq!(group(&lb, LARGER).max_size, 8);

    let labelled = group(&lb, LABELLED);
    assert_ne!(labelled.launch_template.unwrap().version, version);
    assert_eq!(labelled.desired_capacity, 2);
    assert_eq!(running(&lb), nodes, "running nodes were touched");
    let again = well(&lb, &format!("{apply} --format json"));
    let last: Value = serde_json::from_str(again.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["done"], 0, "{again}");

    // Asked for, the old nodes give way.
    well(&lb, &format!("{apply} --roll"));
    assert!(running(&lb).is_disjoint(&nodes.difference(&still(&lb)).cloned().collect()));
    assert_eq!(group(&lb, LABELLED).instances.len(), 2);
}

/// The nodes of all other pools.
fn still(lb: &Lb) -> BTreeSet<String> {
    let groups = ask(lb, DescribeAutoScalingGroups::default());
    let new = group(lb, LABELLED).auto_scaling_group_name;
    let others = groups
        .into_iter()
        .filter(|group| group.auto_scaling_group_name != new);
    others
        .flat_map(|group| group.instances)
        .map(|instance| instance.instance_id)
        .collect()
}
