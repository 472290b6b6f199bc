//! Accounts that cannot give what a file asks for: said before anything is made, or as soon as AWS says it.

use insta::assert_snapshot;
use lb_model::document::Document;
use lb_provision::{
    given,
    sandbox::{Facts, GivenVpc, KeyFacts, store::Store},
};
use lb_tests::{Answer, Lb, transcript};

const DAY: &str = "2026-11-23T09:00:00Z";

/// A sandbox account made for a file and then changed.
fn with(text: &str, columns: u16, change: impl FnOnce(&mut Facts)) -> Lb {
    let lb = Lb::new().unwrap().columns(columns);
    lb.write("cluster.yaml", text).unwrap();
    let document = Document::parse(text.to_owned());
    let made = Store::new(lb.account()).create(|| {
        let mut facts = given::facts(document.config(), DAY.parse().unwrap());
        change(&mut facts);
        facts
    });
    assert!(made.unwrap());
    lb
}

fn example() -> String {
    std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap()
}

fn plan(text: &str, columns: u16, change: impl FnOnce(&mut Facts)) -> Answer {
    with(text, columns, change)
        .run("plan cluster.yaml --sandbox")
        .unwrap()
}

const BARE: &str = "\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: lb
  region: us-west-2
  version: \"1.35\"
iam:
  serviceRoleARN: arn:aws:iam::111122223333:role/cluster
nodeGroups:
- name: cpu
  instanceType: t3.large
  desiredCapacity: 1
  volumeSize: 80
  volumeEncrypted: true
  volumeKmsKeyID: arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001
  iam:
    attachPolicyARNs:
    - arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolcy
  ssh:
    publicKeyName: operators
- name: own
  instanceType: t3.large
  desiredCapacity: 1
  amiFamily: Ubuntu2204
  ami: ami-0123456789abcdef0
  volumeSize: 20
  overrideBootstrapCommand: |
    #!/bin/bash
    source /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh
    /etc/eks/bootstrap.sh lb --kubelet-extra-args \"${KUBELET_EXTRA_ARGS}\"
";

#[test]
fn a_quota_too_small_for_now_is_an_error_for_full_scale_a_warning() {
    let small = |code: &'static str, limit: f64| {
        move |facts: &mut Facts| {
            facts.quotas.insert(code.to_owned(), limit);
        }
    };
    let answers = [
        plan(&example(), 80, small("L-DB2E81BA", 100.0)),
        plan(&example(), 80, small("L-1216C47A", 1.0)),
        plan(&example(), 60, |facts| {
            facts.vpcs = (1..=5)
                .map(|number| GivenVpc {
                    id: format!("vpc-{number:017x}"),
                    region: "us-west-2".to_owned(),
                    cidr: format!("10.{number}.0.0/16"),
                    subnets: Vec::new(),
                    security_groups: Vec::new(),
                })
                .collect();
        }),
    ];
    assert_snapshot!(transcript(&answers));
}

#[test]
fn what_a_file_names_must_be_there_and_fit() {
    let lacking = plan(BARE, 80, |facts| {
        facts.roles.clear();
        facts.key_pairs.clear();
        for key in facts.keys.values_mut() {
            *key = KeyFacts::default();
        }
        for image in facts.images.values_mut() {
            image.architecture = "arm64".to_owned();
            image.root_gib = 30;
            image.deprecated = Some("2026-06-30T00:00:00Z".parse().unwrap());
        }
    });
    assert_snapshot!(lacking);
}

#[test]
fn credentials_of_another_account_are_refused() {
    let other = plan(&example(), 80, |facts| facts.account = "444455556666".to_owned());
    assert_snapshot!(other);
}

#[test]
fn warnings_of_the_account_are_in_the_answer_for_programs() {
    let lb = with(&example(), 80, |facts| {
        facts.quotas.insert("L-DB2E81BA".to_owned(), 100.0);
    });
    let answer = lb.run("plan cluster.yaml --sandbox --format json").unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&answer.json().unwrap()["problems"]).unwrap());
}

#[test]
fn every_code_of_the_account_is_explained() {
    let lb = Lb::new().unwrap();
    for number in 1..=10 {
        let answer = lb.run(&format!("explain AC{number:03}")).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
    }
    assert_snapshot!(lb.run("explain AC006").unwrap());
}

/// What an apply says that cannot come to its end: at once, and last.
fn failed(lb: &Lb) -> (String, String) {
    let answer = lb.run("apply cluster.yaml --sandbox --speed max --yes").unwrap();
    assert_eq!(answer.code, Some(1), "{answer}");
    let told = answer.stderr.lines().filter(|line| line.contains(" trouble "));
    let end = answer
        .stderr
        .lines()
        .skip_while(|line| !line.starts_with("error:"));
    (told.collect(), end.collect::<Vec<_>>().join("\n"))
}

#[test]
fn machines_that_cannot_be_had_are_named_by_zone_and_type() {
    let (told, end) = failed(&with(&example(), 80, |facts| {
        for zone in ["a", "b", "c", "d"] {
            facts.capacity.insert(format!("t3.large us-west-2{zone}"), 0);
        }
    }));
    let why = "no machine for `basic-worker`: us-west-2a, us-west-2b and us-west-2c have no t3.large to give";
    assert!(told.ends_with(why), "{told}");
    assert!(end.starts_with(&format!("error: {why}")), "{end}");
    for part in [
        "AWS said `InsufficientInstanceCapacity` 3 times",
        "what exists: 1",
        "next: wait, give the group",
    ] {
        assert!(end.contains(part), "{end}");
    }
}

#[test]
fn a_node_that_never_joins_is_named_with_what_its_console_says() {
    // A bootstrap that asks EKS for the cluster, by a role that may not.
    let text = "\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: lb, region: us-west-2, version: \"1.35\"}
nodeGroups:
- name: own
  instanceType: t3.large
  minSize: 1
  amiFamily: Ubuntu2204
  ami: ami-0123456789abcdef0
  iam: {attachPolicyARNs: [\"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly\"]}
  overrideBootstrapCommand: |
    #!/bin/bash
    /etc/eks/bootstrap.sh lb
";
    let (told, end) = failed(&with(text, 80, |_| ()));
    for said in [&told, &end] {
        assert!(said.contains("of `own` runs, but does not join"), "{said}");
        assert!(
            said.contains("not authorized to perform: eks:DescribeCluster"),
            "{said}"
        );
    }
}
