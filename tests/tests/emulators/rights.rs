//! `docs/iam-policy.json` is enough, and not too much: an emulator that enforces IAM says so.

use crate::home::{Home, TODAY, changed, emulator, example, facts};
use serde_json::Value;

/// The policy without one action.
fn without(policy: &str, action: &str) -> String {
    let mut policy: Value = serde_json::from_str(policy).unwrap();
    let mut found = 0;
    // The action of a statement that has only one is no list.
    let lists = policy["Statement"].as_array_mut().unwrap().iter_mut();
    for actions in lists.filter_map(|statement| statement["Action"].as_array_mut()) {
        let before = actions.len();
        actions.retain(|one| one != action);
        found += before - actions.len();
    }
    assert_eq!(found, 1, "{action}");
    policy.to_string()
}

#[test]
fn the_policy_in_docs_is_enough_and_a_missing_action_is_named() {
    let test = "the_policy_in_docs_is_enough_and_a_missing_action_is_named";
    let Some(emulator) = emulator("ministack", test) else {
        return;
    };
    let policy = std::fs::read_to_string(lb_tests::root().join("docs/iam-policy.json")).unwrap();
    // Rights to roles that are not ours are none to ours.
    let elsewhere = policy.replace(":role/lb/*", ":role/other/*");
    assert_ne!(elsewhere, policy);
    let policies = [
        elsewhere,
        without(&policy, "eks:CreateCluster"),
        without(&policy, "iam:GetAccountAuthorizationDetails"),
        policy,
    ];
    let backend = emulator.start(facts(), "us-west-2", &policies).unwrap();
    let [elsewhere, lacking, one_by_one, whole] =
        [0, 1, 2, 3].map(|user| Home::emulator(backend.environment_of(user).unwrap()));
    let text = example("2.0");

    for (home, object, action) in [
        (&elsewhere, "role `", "iam:CreateRole"),
        (&lacking, "cluster `ControlPlane`", "eks:CreateCluster"),
    ] {
        home.lb.write("cluster.yaml", &text).unwrap();
        let refused = home.run(&format!("apply cluster.yaml --yes {TODAY}"));
        assert_eq!(refused.code, Some(1), "{refused}");
        let error = refused.stderr.split_once("error:").unwrap().1;
        let lacks = format!("the credentials lack `{action}`");
        for part in [object, &lacks, "docs/iam-policy.json"] {
            assert!(error.contains(part), "{part} in {refused}");
        }
    }

    // Goes on from there, with all rights.
    whole.apply(&text);
    whole.apply(&changed(&text));

    one_by_one.lb.write("cluster.yaml", changed(&text)).unwrap();
    let plan = one_by_one.well(&format!("plan cluster.yaml --format json {TODAY}"));
    assert_eq!(plan.json().unwrap()["plan"]["steps"], Value::Array(Vec::new()));
    let said = "`iam:GetAccountAuthorizationDetails` is denied";
    assert!(plan.stderr.contains(said), "{plan}");

    assert_eq!(whole.left(), Value::Array(Vec::new()));
    whole.destroy();
}
