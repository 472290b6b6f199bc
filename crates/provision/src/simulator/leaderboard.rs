//! The two Leaderboard configs as they are in `examples/`: made, left alone, changed, destroyed.

use futures_util::future::join;
use lb_model::catalog::Catalog;
use lb_model::config::ClusterConfig;

use super::five::counts;
use super::world::{Account, Faults, Kill, World};
use super::{Task, assert_same, go, inventory, must, run, start};
use crate::apply::Refusal;
use crate::desired::{Desired, desired};
use crate::facts::{AccountFacts, AddonVersions};
use crate::inventory::Inventory;
use crate::operations::autoscaling::{DescribeAutoScalingGroups, SetDesiredCapacity};
use crate::operations::ec2::{DescribeInstances, DescribeLaunchTemplates};
use crate::operations::eks::{DescribeAddonVersions, ListClusters};
use crate::operations::iam::ListRoles;
use crate::operations::ssm::GetParameter;
use crate::sandbox::{Facts, ImageFacts};

pub(super) const EXAMPLES: [&str; 2] = [
    include_str!("../../../../examples/leaderboard-1.0.yaml"),
    include_str!("../../../../examples/leaderboard-2.0.yaml"),
];

pub(super) fn config(text: &str) -> ClusterConfig {
    crate::desired::tests::config(text)
}

/// An account that has the images that the config names.
fn facts(config: &ClusterConfig, seed: u64) -> Facts {
    let own = config
        .node_groups
        .iter()
        .filter_map(|group| group.ami.clone())
        .filter(|ami| ami.starts_with("ami-"));
    Facts {
        seed,
        start: "2026-11-23T12:00:00Z".parse().unwrap(),
        images: own.map(|ami| (ami, ImageFacts::default())).collect(),
        ..Facts::default()
    }
}

pub(super) fn account(config: &ClusterConfig, seed: u64) -> Account {
    Account::new(facts(config, seed))
}

/// What is desired in that account, with its own images and add-ons.
pub(super) fn wanted(account: &Account, config: &ClusterConfig) -> Desired {
    let catalog = Catalog::builtin();
    let questions = crate::facts::Questions::of(config, catalog);
    let mut facts = AccountFacts::assumed(catalog, &config.metadata.region);
    facts.assumed = false;
    facts.account = Some("111122223333".to_owned());
    for parameter in questions.parameters {
        let found = account.ask(GetParameter {
            name: parameter.clone(),
        });
        facts.images.insert(parameter, found.value);
    }
    let offered = DescribeAddonVersions {
        kubernetes_version: config.metadata.version.clone(),
        addon_name: None,
    };
    for addon in account.ask(offered) {
        let default = addon.addon_versions.iter().find(|version| {
            version
                .compatibilities
                .iter()
                .any(|compatibility| compatibility.default_version)
        });
        let versions = AddonVersions {
            default: default.map(|version| version.addon_version.clone()),
            versions: addon
                .addon_versions
                .iter()
                .map(|version| version.addon_version.clone())
                .collect(),
            identities: Vec::new(),
        };
        facts.addons.insert(addon.addon_name, versions);
    }
    desired(config, &facts, catalog).unwrap()
}

/// Fails unless nothing is left but what AWS itself puts into an account.
fn assert_gone(account: &Account, why: &str) {
    assert_eq!(counts(account), [0, 0, 0, 0], "{why}");
    assert!(account.ask(ListClusters {}).is_empty(), "{why}");
    assert!(
        account.ask(DescribeAutoScalingGroups::default()).is_empty(),
        "{why}"
    );
    assert!(
        account.ask(DescribeLaunchTemplates::default()).is_empty(),
        "{why}"
    );
    let roles = account.ask(ListRoles {
        path_prefix: Some("/lb/".to_owned()),
    });
    assert!(roles.is_empty(), "{why}: {roles:?}");
    let alive = account
        .ask(DescribeInstances::default())
        .into_iter()
        .filter(|found| found.state.name != "terminated");
    assert_eq!(alive.count(), 0, "{why}");
}

#[test]
fn both_editions_are_made_left_alone_and_destroyed() {
    for text in EXAMPLES {
        let config = config(text);
        let account = account(&config, 1);
        let desired = wanted(&account, &config);
        let task = Task::Apply(&desired);
        let made = must(&account, task);
        assert_same(
            &without_user_data(inventory(&account, task)),
            &without_user_data(without_pending(&desired)),
            "as desired",
        );
        println!(
            "{}: {} calls, {} writes",
            desired.cluster,
            made.calls(),
            made.writes().len()
        );
        for (operation, count) in made.counts() {
            println!("{count:>5} {operation}");
        }
        let again = must(&account, task);
        println!(
            "{}: {} calls when there is nothing to do",
            desired.cluster,
            again.calls()
        );
        assert_eq!(again.writes(), Vec::<String>::new());
        assert!(again.calls() <= 50, "{}", again.trace().join("\n"));
        must(&account, Task::Destroy(&desired.cluster));
        assert_gone(&account, &desired.cluster);
    }
}

/// Without user data: addresses in it that the cluster chose are not recognised again, as they could mean anything.
fn without_user_data(mut inventory: Inventory) -> Inventory {
    for entry in &mut inventory.objects {
        if let Some(data) = entry
            .properties
            .pointer_mut("/LaunchTemplateData")
            .and_then(|data| data.as_object_mut())
        {
            data.remove("UserData");
        }
    }
    inventory
}

/// What can be there: entries of principals that nobody has made are left pending.
fn without_pending(desired: &Desired) -> Inventory {
    let mut inventory = Inventory::of_desired(desired);
    inventory
        .objects
        .retain(|entry| !desired.principals.contains_key(&entry.id));
    inventory
}

#[test]
fn a_changed_file_changes_only_what_differs() {
    let mut config = config(EXAMPLES[1]);
    let account = account(&config, 2);
    must(&account, Task::Apply(&wanted(&account, &config)));
    let groups = account.ask(DescribeAutoScalingGroups::default());
    let busy = groups
        .iter()
        .find(|group| group.auto_scaling_group_name.contains("g5x2"))
        .unwrap();
    let name = busy.auto_scaling_group_name.clone();
    account.ask(SetDesiredCapacity {
        auto_scaling_group_name: name.clone(),
        desired_capacity: 2,
    });
    let running = || -> Vec<String> {
        let instances = account.ask(DescribeInstances::default());
        let running = instances
            .into_iter()
            .filter(|found| ["pending", "running"].contains(&found.state.name.as_str()));
        running.map(|found| found.instance_id).collect()
    };
    // The autoscaler's nodes start.
    inventory(&account, Task::Apply(&wanted(&account, &config)));
    let before = running();
    let larger = config
        .node_groups
        .iter()
        .position(|group| group.name == "submission-worker-g5x")
        .unwrap();
    config.node_groups[larger].max_size = Some(8);
    let labelled = config
        .node_groups
        .iter()
        .position(|group| group.name == "submission-worker-g5x2")
        .unwrap();
    config.node_groups[labelled]
        .labels
        .insert("tier".to_owned(), "fast".to_owned());
    let changed = must(&account, Task::Apply(&wanted(&account, &config)));
    let operations: Vec<String> = changed
        .writes()
        .iter()
        .filter_map(|line| line.split(' ').nth(2).map(str::to_owned))
        .filter(|operation| {
            !operation.ends_with(".DeleteLaunchTemplate") && !operation.ends_with(".CreateLaunchTemplate")
        })
        .collect();
    let mut expected = vec![
        "autoscaling.UpdateAutoScalingGroup",
        "autoscaling.UpdateAutoScalingGroup",
        "ec2.CreateLaunchTemplateVersion",
        "ec2.ModifyLaunchTemplate",
    ];
    let mut found: Vec<&str> = operations.iter().map(String::as_str).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(
        before.iter().all(|instance| running().contains(instance)),
        "a running node was replaced"
    );
    let groups = account.ask(DescribeAutoScalingGroups::default());
    let busy = groups
        .iter()
        .find(|group| group.auto_scaling_group_name == name)
        .unwrap();
    assert_eq!(busy.desired_capacity, 2);
}

#[test]
fn killed_at_every_few_calls_it_goes_on_to_the_same_end() {
    let config = config(EXAMPLES[0]);
    let whole = account(&config, 4);
    let desired = wanted(&whole, &config);
    let task = Task::Apply(&desired);
    let calls = must(&whole, task).calls();
    let expected = inventory(&whole, task);
    for call in (0..calls).step_by(calls / 12) {
        for kill in [Kill::Before(call), Kill::After(call)] {
            let account = account(&config, 4);
            let _ = run(&account, task, kill);
            must(&account, task);
            assert_same(&inventory(&account, task), &expected, &format!("{kill:?}"));
            assert_eq!(counts(&account), [1, 1, 1, 1], "{kill:?}");
        }
    }
}

#[test]
fn lost_answers_and_throttling_end_in_the_same_cluster() {
    let config = config(EXAMPLES[1]);
    let whole = account(&config, 5);
    let desired = wanted(&whole, &config);
    let task = Task::Apply(&desired);
    must(&whole, task);
    let expected = inventory(&whole, task);
    for seed in 0..6 {
        let account = account(&config, 5);
        let faults = Faults {
            seed,
            lost_requests: 2,
            lost_answers: 3,
            throttled: 5,
        };
        let world = World::with_faults(&account, Kill::Never, faults);
        let report = go(&world, task).unwrap().unwrap();
        let failures: Vec<_> = report
            .outcome
            .failed
            .iter()
            .map(|step| format!("{}: {}", step.key, step.failure))
            .collect();
        assert!(report.outcome.is_success(), "seed {seed}: {failures:#?}");
        assert_same(&inventory(&account, task), &expected, &format!("seed {seed}"));
        assert_eq!(counts(&account), [1, 1, 1, 1], "seed {seed}");
    }
}

#[test]
fn of_two_at_once_one_works_and_the_other_is_told_who() {
    let config = config(EXAMPLES[0]);
    let account = account(&config, 6);
    let desired = wanted(&account, &config);
    let task = Task::Apply(&desired);
    let (one, two) = (
        World::new(&account, Kill::Never),
        World::new(&account, Kill::Never),
    );
    let (first, second) = account
        .clock
        .run(join(start(&one, task), start(&two, task)))
        .unwrap();
    let (first, second) = (first.unwrap(), second.unwrap());
    let refused = [&first, &second]
        .into_iter()
        .filter(|report| matches!(report, Err(Refusal::Locked(_))))
        .count();
    assert_eq!(refused, 1, "{first:?} {second:?}");
    assert_eq!(counts(&account), [1, 1, 1, 1]);
    assert_eq!(must(&account, task).writes(), Vec::<String>::new());
}

#[test]
fn no_machine_to_have_is_said_in_awss_words_and_the_rest_is_made() {
    let config = config(EXAMPLES[0]);
    let mut facts = facts(&config, 7);
    for zone in ["a", "b", "c"] {
        facts.capacity.insert(format!("t3.large us-west-2{zone}"), 0);
    }
    let account = Account::new(facts);
    let desired = wanted(&account, &config);
    let (report, _) = run(&account, Task::Apply(&desired), Kill::Never).unwrap();
    let failed = report.unwrap().outcome.failed;
    let group = failed
        .iter()
        .find(|step| step.key.as_str() == "ng:basic-worker/NodeGroup")
        .unwrap();
    assert!(
        group.failure.to_string().contains("t3.large"),
        "{}",
        group.failure
    );
    must(&account, Task::Destroy(&desired.cluster));
    assert_gone(&account, "after a failure");
}

#[test]
fn what_is_installed_on_request_is_made_left_alone_changed_and_removed() {
    let plain = config(EXAMPLES[1]);
    let installing = |words: &str| {
        let mut config = plain.clone();
        let annotations = &mut config.metadata.annotations;
        annotations.insert("lb/install".to_owned(), words.to_owned());
        config
    };
    let account = account(&plain, 8);
    let all = wanted(
        &account,
        &installing("device-plugin,cluster-autoscaler,log-shipping"),
    );
    must(&account, Task::Apply(&all));
    assert_eq!(must(&account, Task::Apply(&all)).writes(), Vec::<String>::new());
    let names = |task| {
        let objects = inventory(&account, task).objects.into_iter();
        let installed = objects
            .map(|object| object.id.to_string())
            .filter(|id| id.contains("k8s:"));
        installed.collect::<Vec<_>>()
    };
    assert_eq!(
        names(Task::Apply(&all)).len(),
        14,
        "{:?}",
        names(Task::Apply(&all))
    );
    let one = wanted(&account, &installing("device-plugin"));
    must(&account, Task::Apply(&one));
    let left = names(Task::Apply(&one));
    assert!(left.iter().any(|id| id.contains("nvidia")), "{left:?}");
    assert!(
        !left
            .iter()
            .any(|id| id.contains("Deployment") || id.contains("ConfigMap")),
        "{left:?}"
    );
    let none = wanted(&account, &plain);
    must(&account, Task::Apply(&none));
    assert_eq!(names(Task::Apply(&none)).len(), 3);
    assert_eq!(must(&account, Task::Apply(&none)).writes(), Vec::<String>::new());
    must(&account, Task::Destroy(&none.cluster));
    assert_gone(&account, "installed and removed");
}
