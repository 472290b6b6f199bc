//! Nodes and access over the life of a cluster: rolled when their jobs are done, let in by aws-auth, refused principals.

use std::time::Duration;

use futures_util::future::join;
use lb_model::config::{AccessConfig, IAMIdentityMapping};
use serde_json::{Value, json};

use super::destroyed::put;
use super::leaderboard::{EXAMPLES, account, config, wanted};
use super::world::{Account, Kill, World};
use super::{Task, inventory, must, run, start};
use crate::clock::Clock;
use crate::operations::autoscaling::{DescribeAutoScalingGroups, SetDesiredCapacity};
use crate::operations::ec2::DescribeVolumes;
use crate::operations::eks::CreateAddon;
use crate::operations::kubernetes::{Delete, Get, List, ObjectRef};

const POOL: &str = "submission-worker-g5x2";

fn instances(account: &Account) -> Vec<String> {
    let groups = account.ask(DescribeAutoScalingGroups::default());
    let group = groups
        .into_iter()
        .find(|group| group.auto_scaling_group_name.contains("g5x2"))
        .unwrap();
    group
        .instances
        .into_iter()
        .map(|instance| instance.instance_id)
        .collect()
}

fn list(account: &Account, cluster: &str, kind: &str) -> Vec<Value> {
    account.ask(List {
        cluster: cluster.to_owned(),
        api_version: "v1".into(),
        kind: kind.into(),
        namespace: None,
        label_selector: None,
    })
}

/// The node that an instance is.
fn node_of(account: &Account, cluster: &str, instance: &str) -> String {
    let nodes = list(account, cluster, "Node");
    let is = |node: &&Value| node["spec"]["providerID"].as_str().unwrap().ends_with(instance);
    let node = nodes.iter().find(is).unwrap();
    node["metadata"]["name"].as_str().unwrap().to_owned()
}

async fn pause(account: &Account, seconds: u64) {
    account.clock.sleep(Duration::from_secs(seconds)).await;
}

fn wait(account: &Account, seconds: u64) {
    account.clock.run(pause(account, seconds)).unwrap();
}

#[test]
fn rolled_nodes_give_way_one_by_one_when_their_jobs_are_done() {
    let mut config = config(EXAMPLES[1]);
    let account = account(&config, 41);
    let before = wanted(&account, &config);
    must(&account, Task::Apply(&before));
    let groups = account.ask(DescribeAutoScalingGroups::default());
    let name = groups
        .into_iter()
        .map(|group| group.auto_scaling_group_name)
        .find(|name| name.contains("g5x2"))
        .unwrap();
    account.ask(SetDesiredCapacity {
        auto_scaling_group_name: name,
        desired_capacity: 2,
    });
    wait(&account, 900);
    let old = instances(&account);
    assert_eq!(old.len(), 2);
    let cluster = before.cluster.clone();
    let node = node_of(&account, &cluster, &old[0]);
    for (name, owner) in [
        ("submission", "Job"),
        ("web", "ReplicaSet"),
        ("fluentd", "DaemonSet"),
    ] {
        let pod = json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "default", "ownerReferences": [{"kind": owner, "name": name}]},
            "spec": {"nodeName": node}, "status": {"phase": "Running"}});
        put(&account, &cluster, pod);
    }

    let labelled = config
        .node_groups
        .iter_mut()
        .find(|group| group.name == POOL)
        .unwrap();
    labelled.labels.insert("tier".to_owned(), "fast".to_owned());
    let after = wanted(&account, &config);
    let world = World::new(&account, Kill::Never);
    let submission = async {
        pause(&account, 3600).await;
        let still = instances(&account).contains(&old[0]);
        account.ask(Delete {
            cluster: cluster.clone(),
            object: ObjectRef::namespaced("v1", "Pod", "default", "submission"),
        });
        still
    };
    let (report, waited) = account
        .clock
        .run(join(start(&world, Task::Roll(&after)), submission))
        .unwrap();
    let outcome = report.unwrap().unwrap().outcome;
    assert!(outcome.is_success(), "{:?}", outcome.failed);
    assert!(waited, "a node went while its job ran");
    let new = instances(&account);
    assert!(
        new.len() == 2 && new.iter().all(|id| !old.contains(id)),
        "{old:?} {new:?}"
    );
    let pods = list(&account, &cluster, "Pod");
    let names: Vec<_> = pods
        .iter()
        .map(|pod| pod["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["fluentd"], "what is no daemon was evicted");
    assert_eq!(must(&account, Task::Roll(&after)).writes(), Vec::<String>::new());
}

#[test]
fn in_mode_config_map_nodes_join_and_entries_of_others_stay() {
    let mut config = config(EXAMPLES[1]);
    config.access_config = Some(AccessConfig {
        authentication_mode: Some("CONFIG_MAP".to_owned()),
        ..AccessConfig::default()
    });
    let mapping = |arn: &str| IAMIdentityMapping {
        arn: Some(arn.to_owned()),
        username: Some("admin".to_owned()),
        groups: vec!["system:masters".to_owned()],
        ..IAMIdentityMapping::default()
    };
    config.iam_identity_mappings = vec![mapping("arn:aws:iam::111122223333:role/path/operator")];
    let account = account(&config, 42);
    let first = wanted(&account, &config);
    must(&account, Task::Apply(&first));
    assert_eq!(must(&account, Task::Apply(&first)).writes(), Vec::<String>::new());
    let map = || {
        let object = ObjectRef::namespaced("v1", "ConfigMap", "kube-system", "aws-auth");
        let cluster = first.cluster.clone();
        account.ask(Get { cluster, object })
    };
    let roles = |map: &Value| {
        let text = map
            .pointer("/data/mapRoles")
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned();
        lb_model::reader::value(&text)
            .unwrap()
            .as_array()
            .unwrap()
            .clone()
    };
    let written = map();
    assert_eq!(
        roles(&written)[0]["rolearn"],
        "arn:aws:iam::111122223333:role/operator"
    );

    // Somebody writes into it, as eksctl does.
    let hand = json!({"rolearn": "arn:aws:iam::111122223333:role/hand", "username": "hand", "groups": []});
    let mut by_hand = written.clone();
    let mut all = roles(&written);
    all.insert(0, hand.clone());
    by_hand["data"]["mapRoles"] = lb_model::write::to_yaml(&all).unwrap().into();
    account.ask(crate::operations::kubernetes::Replace {
        cluster: first.cluster.clone(),
        field_manager: "eksctl".to_owned(),
        manifest: by_hand,
    });
    assert_eq!(must(&account, Task::Apply(&first)).writes(), Vec::<String>::new());

    config.iam_identity_mappings = vec![mapping("arn:aws:iam::111122223333:role/other")];
    must(&account, Task::Apply(&wanted(&account, &config)));
    let now = roles(&map());
    let has = |name: &str| {
        let arn = format!("arn:aws:iam::111122223333:role/{name}");
        now.iter().any(|entry| entry["rolearn"] == arn.as_str())
    };
    assert!(has("hand") && has("other") && !has("operator"), "{now:?}");
    must(&account, Task::Destroy(&first.cluster));
}

#[test]
fn a_principal_that_aws_refuses_is_pending_and_the_run_ends_well() {
    let mut config = config(EXAMPLES[1]);
    let stranger = "arn:aws:iam::999988887777:role/nobody";
    config.iam_identity_mappings.push(IAMIdentityMapping {
        arn: Some(stranger.to_owned()),
        groups: vec!["readers".to_owned()],
        ..IAMIdentityMapping::default()
    });
    let account = account(&config, 43);
    let desired = wanted(&account, &config);
    let (report, _) = run(&account, Task::Apply(&desired), Kill::Never).unwrap();
    let outcome = report.unwrap().outcome;
    assert!(outcome.is_success(), "{:?} {:?}", outcome.failed, outcome.open);
    assert!(
        outcome
            .pending
            .iter()
            .any(|pending| pending.principal == stranger)
    );
}

#[test]
fn roles_are_read_one_by_one_where_the_listing_of_all_is_denied() {
    let config = config(EXAMPLES[0]);
    let account = account(&config, 44);
    let desired = wanted(&account, &config);
    must(&account, Task::Apply(&desired));
    let expected = inventory(&account, Task::Apply(&desired));
    let world = World::denied(&account, "GetAccountAuthorizationDetails");
    let report = super::go(&world, Task::Apply(&desired)).unwrap().unwrap();
    assert!(report.outcome.is_success());
    assert_eq!(world.writes(), Vec::<String>::new());
    super::assert_same(
        &inventory(&account, Task::Apply(&desired)),
        &expected,
        "read one by one",
    );
}

#[test]
fn volumes_of_claims_are_named_before_and_after() {
    let config = config(EXAMPLES[0]);
    let account = account(&config, 45);
    let desired = wanted(&account, &config);
    must(&account, Task::Apply(&desired));
    account.ask(CreateAddon {
        cluster_name: desired.cluster.clone(),
        addon_name: "aws-ebs-csi-driver".to_owned(),
        ..CreateAddon::default()
    });
    wait(&account, 300);
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": "results", "namespace": "default"},
        "spec": {"resources": {"requests": {"storage": "20Gi"}}}});
    put(&account, &desired.cluster, claim);
    wait(&account, 300);
    let volume = account.ask(DescribeVolumes::default()).remove(0).volume_id;
    let (report, _) = run(&account, Task::Destroy(&desired.cluster), Kill::Never).unwrap();
    let report = report.unwrap();
    assert!(report.outcome.is_success(), "{:?}", report.outcome);
    let left: Vec<_> = report.leftovers.iter().map(|left| left.id.clone()).collect();
    assert_eq!(left, [volume]);
    assert!(report.leftovers[0].detail.contains("default/results"));
}
