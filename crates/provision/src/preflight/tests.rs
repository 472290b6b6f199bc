//! Accounts that lack something, and what is said of it.

use super::*;
use crate::{
    clock::{Clock as _, VirtualClock},
    execute::{Account as Run, Stop},
    facts::Questions,
    given,
    observe::observe,
    operations::ec2::{CreateInternetGateway, CreateVpc},
    ownership::Owner,
    plan::{Options, plan},
    sandbox::{Account, Facts, ImageFacts, KeyFacts, Simulated},
};
use std::sync::Arc;

const CLUSTER: &str = "\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: lb, region: us-west-2, version: '1.34'}
nodeGroups:
- {name: cpu, instanceType: t3.large, desiredCapacity: 1, minSize: 1, maxSize: 2}
- {name: gpu, instanceType: g5.12xlarge, minSize: 0, desiredCapacity: 0, maxSize: 4}
";

/// What a preflight finds for a config in an account made for it and then changed: code, severity, path and message.
fn found(
    text: &str,
    change: impl FnOnce(&mut Facts),
    before: impl FnOnce(&Simulated, &VirtualClock),
) -> Vec<String> {
    let config = crate::desired::tests::config(text);
    let mut facts = given::facts(&config, "2026-11-23T12:00:00Z".parse().unwrap());
    change(&mut facts);
    let clock = VirtualClock::new(facts.start);
    let cloud = Simulated::new(Account::new(facts), "us-west-2", Arc::new(clock.clone()));
    before(&cloud, &clock);
    let owner = Owner {
        cluster: "lb".to_owned(),
        region: "us-west-2".to_owned(),
        cluster_id: "1".to_owned(),
    };
    let stop = Stop::new();
    let run = Run::new(&cloud, &clock, &(), &stop, 1);
    let cx = Cx::new(&run, &owner);
    let catalog = Catalog::builtin();
    let problems = clock.run(async {
        let observed = observe(&cx, &given_roles(&config)).await.unwrap();
        let questions = Questions::of(&config, catalog);
        let facts = AccountFacts::ask(&cx, &questions, &config).await.unwrap();
        let desired = crate::desired::desired(&config, &facts, catalog).unwrap();
        let plan = plan(&desired, &observed, Options::default());
        let case = Case {
            config: &config,
            catalog,
            facts: &facts,
            observed: &observed,
            desired: &desired,
            plan: &plan,
        };
        preflight(&cx, &case).await.unwrap()
    });
    let line = |problem: Problem| {
        let path = problem.place.path().unwrap().to_string();
        assert!(problem.help.is_some(), "{problem:?}");
        format!(
            "{} {:?} {path}: {}",
            problem.code, problem.severity, problem.message
        )
    };
    problems.unwrap().into_iter().map(line).collect()
}

fn in_changed(text: &str, change: impl FnOnce(&mut Facts)) -> Vec<String> {
    found(text, change, |_, _| ())
}

#[test]
fn an_account_made_for_a_file_lacks_nothing() {
    assert_eq!(in_changed(CLUSTER, |_| ()), [""; 0]);
    for text in [
        include_str!("../../../../examples/leaderboard-1.0.yaml"),
        include_str!("../../../../examples/leaderboard-2.0.yaml"),
    ] {
        assert_eq!(in_changed(text, |_| ()), [""; 0]);
    }
}

#[test]
fn vcpus_are_an_error_for_what_starts_now_and_a_warning_for_full_scale() {
    let quota = |code: &'static str, limit: f64| {
        in_changed(CLUSTER, move |facts| {
            facts.quotas.insert(code.to_owned(), limit);
        })
    };
    assert_eq!(
        quota("L-DB2E81BA", 100.0),
        [
            "AC006 Warning nodeGroups[1].maxSize: full scale needs 192 vCPUs of G instances; the account may run 100"
        ]
    );
    assert_eq!(
        quota("L-1216C47A", 1.0),
        [
            "AC006 Error nodeGroups[0].desiredCapacity: nodes that start now need 2 vCPUs of standard instances; the account may run 1"
        ]
    );
    // A new account has no quota of its own: AWS's default of 5 is enough here, its 0 of G is not.
    assert_eq!(
        in_changed(CLUSTER, |facts| facts.quotas.clear()),
        [
            "AC006 Warning nodeGroups[1].maxSize: full scale needs 192 vCPUs of G instances; the account may run 0"
        ]
    );
}

#[test]
fn the_parts_of_a_network_are_counted() {
    let full = found(
        CLUSTER,
        |_| (),
        |cloud, clock| {
            for _ in 0..5 {
                let vpc = CreateVpc {
                    cidr_block: "10.0.0.0/16".to_owned(),
                    ..CreateVpc::default()
                };
                let (vpc, gateway) = (
                    crate::operations::Operation::request(vpc),
                    CreateInternetGateway::default(),
                );
                let gateway = crate::operations::Operation::request(gateway);
                cloud.with(|account| {
                    account.call("us-west-2", clock.now(), vpc).0.unwrap();
                    account.call("us-west-2", clock.now(), gateway).0.unwrap();
                });
            }
            clock
                .run(clock.sleep(std::time::Duration::from_secs(60)))
                .unwrap();
        },
    );
    assert_eq!(
        full,
        [
            "AC006 Error metadata.region: the account may have 5 VPCs in a region and has 5; this cluster needs 1 more",
            "AC006 Error metadata.region: the account may have 5 internet gateways in a region and has 5; this cluster needs 1 more"
        ]
    );
}

#[test]
fn images_fit_what_is_started_from_them() {
    let text = format!(
        "{CLUSTER}- {{name: own, instanceType: t3.large, ami: ami-0123456789abcdef0, amiFamily: Ubuntu2204, overrideBootstrapCommand: '/etc/eks/bootstrap.sh lb', volumeSize: 50}}\n"
    );
    let with = |image: ImageFacts| {
        in_changed(&text, move |facts| {
            facts.images.insert("ami-0123456789abcdef0".to_owned(), image);
        })
    };
    assert_eq!(with(ImageFacts::default()), [""; 0]);
    let unfit = with(ImageFacts {
        root_gib: 100,
        architecture: "arm64".to_owned(),
        state: "pending".to_owned(),
        deprecated: Some("2026-01-31T00:00:00Z".parse().unwrap()),
        owner: "099720109477".to_owned(),
        ..ImageFacts::default()
    });
    assert_eq!(
        unfit,
        [
            "AC007 Error nodeGroups[2].ami: image `ami-0123456789abcdef0` is `pending`, so nothing can be started from it",
            "AC007 Error nodeGroups[2].ami: image `ami-0123456789abcdef0` is for arm64, `t3.large` is x86_64",
            "AC007 Error nodeGroups[2].volumeSize: a root volume of 50 GiB does not hold image `ami-0123456789abcdef0`, which has 100 GiB",
            "AC007 Warning nodeGroups[2].ami: image `ami-0123456789abcdef0` is deprecated since 31 Jan 2026",
        ]
    );
    assert_eq!(
        in_changed(&text, |facts| facts.images.clear()),
        [
            "AC001 Error nodeGroups[2].ami: there is no image `ami-0123456789abcdef0` in us-west-2 for this account"
        ]
    );
}

#[test]
fn a_key_of_volumes_must_let_auto_scaling_use_it() {
    let key = "arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001";
    let text = format!(
        "{CLUSTER}- {{name: own, instanceType: t3.large, volumeEncrypted: true, volumeKmsKeyID: '{key}'}}\n"
    );
    assert_eq!(in_changed(&text, |_| ()), [""; 0]);
    let with = |own: KeyFacts| {
        in_changed(&text, move |facts| {
            facts.keys.insert(key.to_owned(), own);
        })
    };
    let closed =
        format!("KMS key `{key}` does not let Auto Scaling use it, so no node with this volume would start");
    assert_eq!(
        with(KeyFacts::default()),
        [format!("AC008 Error nodeGroups[2].volumeKmsKeyID: {closed}")]
    );
    let role = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    let granted = KeyFacts {
        grantees: [role.to_owned()].into(),
        ..KeyFacts::default()
    };
    assert_eq!(with(granted), [""; 0]);
    let off = KeyFacts {
        disabled: true,
        ..KeyFacts::default()
    };
    assert_eq!(
        with(off),
        [
            "AC008 Error nodeGroups[2].volumeKmsKeyID: KMS key `0a1b2c3d-0000-4000-8000-000000000001` is `Disabled`"
        ]
    );
    assert_eq!(
        in_changed(&text, |facts| facts.keys.clear()),
        [format!(
            "AC008 Error nodeGroups[2].volumeKmsKeyID: there is no KMS key `{key}` in us-west-2"
        )]
    );
    // Volumes without a key of their own take the region's, which may be the account's.
    let with_default = |text: &str, encrypts_volumes: bool| {
        in_changed(text, |facts| {
            facts.keys.insert(key.to_owned(), KeyFacts::default());
            facts.volume_key = Some(key.to_owned());
            facts.encrypts_volumes = encrypts_volumes;
        })
    };
    let refused = [format!("AC008 Error nodeGroups[0].name: {closed}")];
    assert_eq!(with_default(CLUSTER, false), refused);
    // Volumes that are not to be encrypted are all the same, where the region encrypts every one.
    let open = CLUSTER.replace("instanceType:", "volumeEncrypted: false, instanceType:");
    assert_eq!(with_default(&open, false), [""; 0]);
    assert_eq!(with_default(&open, true), refused);
}

#[test]
fn what_is_named_must_be_there() {
    let text = "\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: lb, region: us-west-2, version: '1.34'}
iam: {serviceRoleARN: 'arn:aws:iam::111122223333:role/cluster'}
nodeGroups:
- name: cpu
  instanceType: t3.large
  iam:
    attachPolicyARNs:
    - arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy
    - arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolcy
    - arn:aws:iam::111122223333:policy/own
  ssh: {publicKeyName: operators}
- name: given
  instanceType: t3.large
  iam: {instanceRoleARN: 'arn:aws:iam::111122223333:role/nodes'}
  placement: {groupName: together}
";
    let given = in_changed(text, |_| ());
    let typo = "AC009 Error nodeGroups[0].iam.attachPolicyARNs[1]: there is no policy \
                `arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolcy`";
    assert_eq!(given, [typo]);
    let bare = in_changed(text, |facts| {
        facts.roles.clear();
        facts.policies.clear();
        facts.key_pairs.clear();
        facts.placement_groups.clear();
    });
    assert_eq!(
        bare,
        [
            "AC009 Error iam.serviceRoleARN: there is no role `arn:aws:iam::111122223333:role/cluster`",
            "AC009 Error nodeGroups[1].iam.instanceRoleARN: there is no role `arn:aws:iam::111122223333:role/nodes`",
            "AC009 Error nodeGroups[0].iam.attachPolicyARNs[2]: there is no policy `arn:aws:iam::111122223333:policy/own`",
            typo,
            "AC009 Error nodeGroups[0].ssh.publicKeyName: there is no key pair `operators` in us-west-2",
            "AC009 Error nodeGroups[1].placement.groupName: there is no placement group `together` in us-west-2",
        ]
    );
}

#[test]
fn a_version_that_eks_does_not_offer_is_named_with_those_that_it_does() {
    let old = CLUSTER.replace("'1.34'", "'1.29'");
    assert_eq!(
        in_changed(&old, |_| ()),
        ["AC005 Error metadata.version: EKS does not offer Kubernetes 1.29 in us-west-2"]
    );
}
