use super::{applied::applied, *};
use crate::{
    desired::{Desired, desired, tests::config},
    facts::AccountFacts,
    observed::{Object, Observed, State},
};
use lb_model::{catalog::Catalog, config::ClusterConfig};
use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

const CONFIG: &str = r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: leaderboard-20, region: us-west-2, version: "1.34"}
availabilityZones: [us-west-2a, us-west-2b, us-west-2c]
iamIdentityMappings:
- {arn: "arn:aws:iam::111122223333:role/admin", groups: [system:masters], username: admin}
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: fluentd, namespace: logging}
    wellKnownPolicies: {autoScaler: true}
nodeGroups:
- {name: basic, amiFamily: AmazonLinux2023, instanceType: t3.large, desiredCapacity: 1}
- name: gpu
  amiFamily: Ubuntu2204
  ami: ami-0123456789abcdef0
  instanceType: g5.xlarge
  minSize: 0
  maxSize: 4
  desiredCapacity: 0
  labels: {role: worker}
  ssh: {publicKey: ssh-rsa AAAA}
  overrideBootstrapCommand: /etc/eks/bootstrap.sh leaderboard-20
"#;

const ADOPT: Options = Options {
    adopt: true,
    roll: false,
};

fn want(config: &ClusterConfig) -> Desired {
    let catalog = Catalog::builtin();
    let facts = AccountFacts::assumed(catalog, &config.metadata.region);
    desired(config, &facts, catalog).unwrap()
}

fn changed(change: impl FnOnce(&mut ClusterConfig)) -> Desired {
    static PARSED: LazyLock<ClusterConfig> = LazyLock::new(|| config(CONFIG));
    let mut config = PARSED.clone();
    change(&mut config);
    want(&config)
}

fn steps(plan: &Plan) -> Vec<(String, Action)> {
    plan.steps
        .iter()
        .map(|step| (step.key.to_string(), step.action))
        .collect()
}

fn step(key: &str, action: Action) -> (String, Action) {
    (key.to_owned(), action)
}

#[test]
fn a_new_cluster_is_made_in_an_order_that_works() {
    let desired = changed(|_| {});
    let plan = plan(&desired, &Observed::default(), Options::default());
    assert_eq!(plan.steps.len(), desired.objects.len());
    let mut done = std::collections::BTreeSet::new();
    for step in &plan.steps {
        assert!(
            step.needs.is_subset(&done),
            "{} needs {:?}",
            step.key,
            step.needs.difference(&done)
        );
        done.insert(step.id());
    }
    let timeline = plan.timeline();
    assert!(
        (600..1000).contains(&timeline.expected_s),
        "{}",
        timeline.expected_s
    );
    assert!(timeline.slow_s > timeline.expected_s);
    let path: Vec<&str> = timeline
        .critical_path
        .iter()
        .map(|step| step.key.as_str())
        .collect();
    assert_eq!(path.first(), Some(&"ServiceRole"));
    assert!(
        path.contains(&"ControlPlane") && path.contains(&"ng:basic/NodeGroup"),
        "{path:?}"
    );
}

#[test]
fn planning_again_after_an_apply_gives_an_empty_plan() {
    let desired = changed(|_| {});
    let again = plan(&desired, &applied(&desired), Options::default());
    assert!(again.is_empty(), "{:?}", again.steps.first());
}

#[test]
fn random_changes_of_a_config_are_applied_once() {
    let mut random = fastrand::Rng::with_seed(7);
    let before = changed(|_| {});
    for _ in 0..60 {
        let after = changed_at_random(&mut random);
        let plan_it = |observed: &Observed| plan(&after, observed, Options::default());
        assert!(plan_it(&applied(&after)).is_empty());
        let change = plan_it(&applied(&before));
        let done: Vec<&Key> = change.steps.iter().map(|step| &step.key).collect();
        for (key, wanted) in &after.objects {
            let same = before.objects.get(key).is_some_and(|old| old.spec == wanted.spec);
            let only_desired_capacity = matches!(wanted.spec, Spec::AutoScalingGroup(_));
            assert!(
                same || only_desired_capacity || done.contains(&key),
                "{key} is not planned"
            );
        }
        assert!(change.blocked.is_empty(), "{:?}", change.blocked);
    }
}

/// `CONFIG` with some things changed that people change.
fn changed_at_random(random: &mut fastrand::Rng) -> Desired {
    changed(|config| {
        let group = &mut config.node_groups[usize::from(random.bool())];
        if random.bool() {
            group.max_size = Some(random.i64(1..9));
        }
        if random.bool() {
            group
                .labels
                .insert("tier".to_owned(), random.alphanumeric().to_string());
        }
        if random.bool() {
            group
                .tags
                .insert("team".to_owned(), random.alphanumeric().to_string());
        }
        if random.bool() {
            group.volume_size = Some(random.i64(80..90));
        }
        if random.bool() {
            config
                .metadata
                .tags
                .insert("project".to_owned(), "carla".to_owned());
        }
        if random.bool() {
            config.node_groups.truncate(1);
        }
        if random.bool() {
            config.iam_identity_mappings.clear();
        }
    })
}

#[test]
fn a_larger_pool_and_a_label_change_only_these() {
    let before = applied(&changed(|_| {}));
    let after = changed(|config| {
        config.node_groups[0].max_size = Some(3);
        config.node_groups[1]
            .labels
            .insert("tier".to_owned(), "fast".to_owned());
    });
    let plan = plan(&after, &before, Options::default());
    let expected = [
        step("ng:basic/NodeGroup", Action::Update),
        step("ng:gpu/NodeGroupLaunchTemplate", Action::NewVersion),
        step("ng:gpu/NodeGroup", Action::Update),
    ];
    assert_eq!(steps(&plan), expected);
    let [pool, template, group] = plan.steps.as_slice() else {
        panic!("{plan:?}")
    };
    let paths = |step: &Step| {
        step.differences
            .iter()
            .map(|difference| difference.path.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(pool), ["MaxSize"]);
    assert_eq!(paths(template), ["LaunchTemplateData.UserData.text"]);
    assert_eq!(
        template.disturbs.as_deref(),
        Some("only nodes that start from now on")
    );
    assert_eq!(paths(group), ["LaunchTemplate.Version"]);
    assert!(group.needs.contains(&template.id()));
}

#[test]
fn the_number_of_nodes_belongs_to_whoever_scales() {
    let mut observed = applied(&changed(|_| {}));
    let scaled = |observed: &mut Observed, nodes| {
        let object = observed
            .objects
            .get_mut(&Key::nodegroup("gpu", "NodeGroup"))
            .unwrap();
        let Spec::AutoScalingGroup(group) = &mut object.spec else {
            panic!()
        };
        group.desired_capacity = Some(nodes);
    };
    scaled(&mut observed, 3);
    let desired = changed(|_| {});
    assert!(plan(&desired, &observed, Options::default()).is_empty());

    let raised = changed(|config| config.node_groups[1].max_size = Some(8));
    let raised = plan(&raised, &observed, Options::default());
    let Some(Spec::AutoScalingGroup(group)) = &raised.steps[0].spec else {
        panic!()
    };
    assert_eq!((group.max_size, group.desired_capacity), (8, None));

    let smaller = changed(|config| config.node_groups[1].max_size = Some(2));
    let smaller = plan(&smaller, &observed, Options::default());
    let Some(Spec::AutoScalingGroup(group)) = &smaller.steps[0].spec else {
        panic!()
    };
    assert_eq!((group.max_size, group.desired_capacity), (2, Some(2)));
    assert_eq!(smaller.steps[0].disturbs.as_deref(), Some("nodes start or stop"));
}

#[test]
fn a_replaced_security_group_pulls_in_all_that_read_it() {
    let desired = changed(|_| {});
    let mut observed = applied(&desired);
    let key = Key::nodegroup("gpu", "SG");
    let Spec::SecurityGroup(group) = &mut observed.objects.get_mut(&key).unwrap().spec else {
        panic!()
    };
    group.group_description = "made by hand".to_owned();
    let plan = plan(&desired, &observed, Options::default());
    let done: BTreeMap<String, Action> = steps(&plan)
        .into_iter()
        .filter(|(_, action)| *action != Action::Delete)
        .collect();
    assert_eq!(done["ng:gpu/SG"], Action::Replace);
    assert_eq!(done["ng:gpu/NodeGroupLaunchTemplate"], Action::NewVersion);
    assert_eq!(done["ng:gpu/NodeGroup"], Action::Update);
    assert_eq!(done["ng:gpu/SG/ingress/tcp/22-22/0.0.0.0/0"], Action::Replace);
    assert_eq!(
        done["ControlPlaneSecurityGroup/egress/tcp/443-443/ng:gpu/SG"],
        Action::Replace
    );
    assert!(!done.contains_key("ng:basic/NodeGroup"));
    let old = plan
        .steps
        .iter()
        .find(|step| step.action == Action::Delete)
        .unwrap();
    assert_eq!(old.key, key);
    assert!(old.needs.contains(&StepId {
        key: Key::nodegroup("gpu", "NodeGroupLaunchTemplate"),
        delete: false
    }));
}

#[test]
fn what_is_not_ours_is_left_alone_unless_it_is_taken_over() {
    let desired = changed(|_| {});
    let mut observed = applied(&desired);
    observed.objects.get_mut(&Key::VPC).unwrap().ownership = Ownership::Foreign;
    let refused = plan(&desired, &observed, Options::default());
    assert!(refused.steps.is_empty());
    assert_eq!(refused.blocked.len(), 1);
    assert_eq!(plan(&desired, &observed, ADOPT).blocked.len(), 1);
    observed.cluster_id = Some("0123".to_owned());
    let adopted = plan(&desired, &observed, ADOPT);
    assert_eq!(steps(&adopted), [step("VPC", Action::Update)]);
    let tags = adopted.steps[0].spec.as_ref().and_then(Spec::tags).unwrap();
    assert_eq!(tags.get("lb/cluster-id").map(String::as_str), Some("0123"));
    assert!(adopted.blocked.is_empty());
}

#[test]
fn an_entry_waits_for_its_principal() {
    let desired = changed(|_| {});
    let principal = "arn:aws:iam::111122223333:role/admin";
    let mut observed = applied(&desired);
    observed.objects.remove(&Key::access_entry(principal)).unwrap();
    observed.missing_principals.insert(principal.to_owned());
    let waiting = plan(&desired, &observed, Options::default());
    assert!(waiting.is_empty());
    assert_eq!(waiting.pending[0].principal, principal);
    observed.missing_principals.clear();
    let made = plan(&desired, &observed, Options::default());
    assert_eq!(
        steps(&made),
        [step(
            &format!("accessentry:{principal}/AccessEntry"),
            Action::Create
        )]
    );
}

#[test]
fn the_last_administrator_stays() {
    let mut observed = applied(&changed(|_| {}));
    let without = changed(|config| config.iam_identity_mappings.clear());
    let last = plan(&without, &observed, Options::default());
    assert!(last.is_empty());
    assert_eq!(last.kept.len(), 1);
    // EKS's own entry for the creator.
    let entry = observed.objects[&Key::access_entry("arn:aws:iam::111122223333:role/admin")].clone();
    let creator = Object {
        ownership: Ownership::Aws,
        ..entry
    };
    observed.objects.insert(
        Key::access_entry("arn:aws:iam::111122223333:user/creator"),
        creator,
    );
    let other = plan(&without, &observed, Options::default());
    assert_eq!(other.steps.len(), 1);
    observed.caller = Some("arn:aws:iam::111122223333:role/admin".to_owned());
    assert!(plan(&without, &observed, Options::default()).is_empty());
}

#[test]
fn what_cannot_change_is_said_and_not_tried() {
    let observed = applied(&changed(|_| {}));
    let blocked = |change: fn(&mut ClusterConfig)| {
        let plan = plan(&changed(change), &observed, Options::default());
        plan.blocked
            .iter()
            .map(|blocked| blocked.key.to_string())
            .collect::<Vec<_>>()
    };
    assert!(
        blocked(|config| config.metadata.version = Some("1.33".to_owned()))
            .contains(&"ControlPlane".to_owned())
    );
    assert!(
        blocked(|config| config.metadata.version = Some("1.36".to_owned()))
            .contains(&"ControlPlane".to_owned())
    );
    assert!(blocked(|config| config.metadata.version = Some("1.35".to_owned())).is_empty());
    let zones = blocked(|config| config.availability_zones[2] = "us-west-2d".to_owned());
    assert_eq!(zones, ["SubnetPrivateUSWEST2D", "SubnetPublicUSWEST2D"]);
    let cidr = blocked(|config| {
        config.vpc = Some(lb_model::config::ClusterVPC {
            cidr: Some("10.0.0.0/16".to_owned()),
            ..Default::default()
        })
    });
    assert!(cidr.contains(&"VPC".to_owned()));
}

#[test]
fn a_removed_group_takes_everything_of_it_along() {
    let observed = applied(&changed(|_| {}));
    let without = changed(|config| config.node_groups.truncate(1));
    let plan = plan(&without, &observed, Options::default());
    assert!(plan.steps.iter().all(|step| step.action == Action::Delete));
    let position = |key: &str| {
        plan.steps
            .iter()
            .position(|step| step.key.as_str() == key)
            .unwrap()
    };
    assert!(position("ng:gpu/NodeGroup") < position("ng:gpu/NodeGroupLaunchTemplate"));
    assert!(position("ng:gpu/NodeGroupLaunchTemplate") < position("ng:gpu/NodeInstanceProfile"));
    assert!(position("ng:gpu/NodeInstanceProfile") < position("ng:gpu/NodeInstanceRole"));
    assert!(position("ControlPlaneSecurityGroup/ingress/tcp/443-443/ng:gpu/SG") < position("ng:gpu/SG"));
    assert!(
        plan.steps
            .iter()
            .any(|step| step.key.as_str() == "ng:gpu/AccessEntry")
    );
}

#[test]
fn destroying_leaves_nothing_and_takes_users_first() {
    let observed = applied(&changed(|_| {}));
    let plan = destroy(&observed);
    let position = |key: &Key| plan.steps.iter().position(|step| step.key == *key);
    let order = [
        Key::nodegroup("basic", "NodeGroup"),
        Key::CONTROL_PLANE,
        Key::SERVICE_ROLE,
    ];
    let places: Vec<_> = order.iter().map(|key| position(key).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(position(&Key::new("NATGateway")) < position(&Key::new("NATIP")));
    assert!(position(&Key::new("NATIP")) < position(&Key::GATEWAY_ATTACHMENT));
    assert_eq!(plan.steps.last().map(|step| step.key.clone()), Some(Key::VPC));
    // These go with the cluster.
    assert_eq!(position(&Key::addon("coredns", "Addon")), None);
    let timeline = plan.timeline();
    assert!(
        (200..700).contains(&timeline.expected_s),
        "{}",
        timeline.expected_s
    );
    assert_eq!(destroy(&Observed::default()).steps, []);
}

#[test]
fn half_made_states_are_gone_on_from() {
    let desired = changed(|_| {});
    let mut observed = applied(&desired);
    let state =
        |observed: &mut Observed, key: &Key, state| observed.objects.get_mut(key).unwrap().state = state;
    state(&mut observed, &Key::CONTROL_PLANE, State::Creating);
    assert_eq!(
        steps(&plan(&desired, &observed, Options::default())),
        [step("ControlPlane", Action::Await)]
    );
    state(&mut observed, &Key::CONTROL_PLANE, State::Ready);
    let nat = Key::new("NATGateway");
    state(
        &mut observed,
        &nat,
        State::Failed("Gateway.NotAttached".to_owned()),
    );
    let failed = plan(&desired, &observed, Options::default());
    assert_eq!(failed.steps[0].action, Action::Replace);
    assert!(failed.steps[0].reason.contains("Gateway.NotAttached"));
    assert_eq!(failed.steps.len(), 4, "{:?}", steps(&failed));
}

#[test]
fn a_plan_is_shown_in_a_few_lines() {
    let desired = changed(|_| {});
    let plan = plan(&desired, &Observed::default(), Options::default());
    let lines: Vec<(String, usize)> = plan
        .summary()
        .into_iter()
        .map(|summary| {
            (
                format!("{}: {}", summary.group.title(), summary.line),
                summary.count,
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (
                "network: VPC 192.168.0.0/16, 3 zones, 6 subnets, 1 NAT gateway".to_owned(),
                25
            ),
            ("security groups: 4 groups, 15 rules".to_owned(), 19),
            (
                "roles: cluster, 2 node roles, 1 service account, vpc-cni".to_owned(),
                8
            ),
            (
                "eks: cluster, Kubernetes 1.34, OIDC provider, 4 add-ons, 3 access entries".to_owned(),
                9
            ),
            ("nodes: 2 groups; 1 node now, at most 5 nodes".to_owned(), 5),
            ("kubernetes: 1 namespace, 1 service account".to_owned(), 2),
        ]
    );
    let cost = desired_cost(&desired, Catalog::builtin(), jiff::civil::date(2026, 11, 23));
    // Control plane, NAT gateway and its address, one t3.large with address and 80 GiB; four g5.xlarge more.
    let (node, disk) = (0.0832 + 0.005, 80.0 * 0.08 / 730.0);
    let idle = 0.10 + 0.045 + 0.005 + node + disk;
    assert!((cost.total.idle_usd_per_hour - idle).abs() < 1e-9, "{cost:?}");
    let full = idle + 4.0 * (1.006 + 0.005 + disk);
    assert!((cost.total.full_usd_per_hour - full).abs() < 1e-9, "{cost:?}");
    assert_eq!((cost.full_nodes, cost.full_gpus), (5, 4));
    let lines: f64 = cost.lines.iter().map(|line| line.hourly.full_usd_per_hour).sum();
    assert!((lines - full).abs() < 1e-9, "{cost:?}");
    assert!(cost.without_price.is_empty());
    assert!(plan.timeline().expected_s > Duration::from_mins(10).as_secs());
}
