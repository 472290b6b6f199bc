//! A process that is killed leaves nothing behind that the next one does not find.

use lb_provision::{
    operations::{
        Operation,
        ec2::{DescribeAddresses, DescribeNatGateways, DescribeVpcs},
    },
    sandbox::store::Store,
};
use lb_tests::Lb;
use serde_json::Value;
use std::{process::Stdio, time::Duration};

const KILLS: u64 = 100;
const APPLY: &str = "apply cluster.yaml --sandbox --speed max --yes";

/// What an account answers to a call that only reads.
fn ask<O: Operation>(lb: &Lb, call: O) -> O::Reply {
    let mut account = Store::new(lb.account()).read(Clone::clone).unwrap().unwrap();
    let now = account.now();
    let (answer, _) = account.call("us-west-2", now, call.request());
    O::reply(answer.unwrap()).unwrap_or_else(|_| panic!("another operation's answer"))
}

fn inventory(lb: &Lb) -> Value {
    lb.run("inventory cluster.yaml --sandbox --format json")
        .unwrap()
        .json()
        .unwrap()
}

/// A folder with the 2.0 example and an account on a known day.
fn folder() -> Lb {
    let lb = Lb::new().unwrap();
    let text = std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap();
    lb.write("cluster.yaml", text).unwrap();
    let first = lb.run("plan cluster.yaml --sandbox --today 2026-11-23").unwrap();
    assert_eq!(first.code, Some(0), "{first}");
    lb
}

#[test]
fn killed_at_any_moment_it_goes_on_to_the_same_cluster() {
    let undisturbed = folder();
    assert_eq!(undisturbed.run(APPLY).unwrap().code, Some(0));
    let wanted = inventory(&undisturbed);

    let lb = folder();
    let mut longest = 1_000;
    for kill in 0..KILLS {
        let mut apply = lb
            .command(APPLY.split(' '))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the whole run, without two alike: a multiple of a prime modulo the longest run so far.
        std::thread::sleep(Duration::from_millis(kill * 7_919 % longest));
        let ended = apply.try_wait().unwrap().is_some();
        apply.kill().unwrap();
        apply.wait().unwrap();
        if ended {
            // It was faster than that; the next life begins.
            longest = (longest * 3 / 4).max(50);
            let gone = lb
                .run("destroy cluster.yaml --sandbox --speed max --yes")
                .unwrap();
            assert_eq!(gone.code, Some(0), "{gone}");
        }
    }
    let last = lb.run(APPLY).unwrap();
    assert_eq!(last.code, Some(0), "{last}");
    assert_eq!(inventory(&lb), wanted);

    let vpcs = ask(
        &lb,
        DescribeVpcs {
            vpc_ids: Vec::new(),
            filters: Vec::new(),
        },
    );
    assert_eq!(vpcs.iter().filter(|vpc| !vpc.is_default).count(), 1, "{vpcs:?}");
    let gateways = ask(
        &lb,
        DescribeNatGateways {
            nat_gateway_ids: Vec::new(),
            filter: Vec::new(),
        },
    );
    assert_eq!(
        gateways
            .iter()
            .filter(|gateway| gateway.state != "deleted")
            .count(),
        1,
        "{gateways:?}"
    );
    let addresses = ask(
        &lb,
        DescribeAddresses {
            allocation_ids: Vec::new(),
            filters: Vec::new(),
        },
    );
    assert_eq!(addresses.len(), 1, "{addresses:?}");
}
