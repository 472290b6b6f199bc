//! Five kinds and what they cannot be without, killed before and after every call.

use std::collections::BTreeSet;

use serde_json::json;

use super::world::{Account, Kill};
use super::{Task, assert_same, inventory, must, run};
use crate::desired::{Desired, Wanted};
use crate::inventory::Inventory;
use crate::key::Key;
use crate::names::Names;
use crate::objects::{
    AccessConfig, Cluster, Eip, GatewayAttachment, IngressRule, InternetGateway, NatGateway, Peer, Policy,
    ResourcesVpcConfig, Role, SecurityGroup, Spec, Subnet, Tags, Traffic, Vpc,
};
use crate::operations::ec2::{
    DescribeAddresses, DescribeInternetGateways, DescribeNatGateways, DescribeSecurityGroups, DescribeVpcs,
    Filter,
};
use crate::sandbox::Facts;
use crate::text::{Attribute, Text};

fn subnet(zone: &str, cidr: &str, public: bool) -> Spec {
    Subnet {
        availability_zone: zone.to_owned(),
        cidr_block: cidr.to_owned(),
        map_public_ip_on_launch: public,
        private_dns_name_options_on_launch: None,
        vpc_id: Text::id(&Key::VPC),
        tags: Tags::new(),
    }
    .into()
}

fn role(names: &Names) -> Spec {
    Role {
        role_name: names.role(&Key::SERVICE_ROLE),
        path: names.iam_path(),
        assume_role_policy_document: Policy::new(json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": ["eks.amazonaws.com"]}}]})),
        managed_policy_arns: BTreeSet::from(["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy".to_owned()]),
        permissions_boundary: None,
        tags: Tags::new(),
    }
    .into()
}

fn cluster(subnets: [&Key; 2]) -> Spec {
    Cluster {
        name: "demo".to_owned(),
        version: "1.35".to_owned(),
        role_arn: Text::arn(&Key::SERVICE_ROLE),
        resources_vpc_config: ResourcesVpcConfig {
            subnet_ids: subnets.into_iter().map(Text::id).collect(),
            security_group_ids: BTreeSet::new(),
            endpoint_public_access: true,
            endpoint_private_access: false,
            public_access_cidrs: BTreeSet::new(),
        },
        access_config: AccessConfig {
            authentication_mode: "API".to_owned(),
            bootstrap_cluster_creator_admin_permissions: true,
        },
        kubernetes_network_config: None,
        encryption_config: vec![],
        logging: None,
        upgrade_policy: None,
        zonal_shift_config: None,
        deletion_protection: false,
        tags: Tags::new(),
    }
    .into()
}

/// A VPC with a public and a private subnet, a NAT gateway, a role and a cluster.
pub(super) fn desired() -> Desired {
    let names = Names::new("demo", "us-west-2");
    let (public, private) = (
        Key::new("SubnetPublicUSWEST2A"),
        Key::new("SubnetPrivateUSWEST2B"),
    );
    let (address, gateway) = (Key::new("NATIP"), Key::new("NATGateway"));
    let vpc = Vpc {
        cidr_block: "192.168.0.0/16".to_owned(),
        enable_dns_hostnames: true,
        enable_dns_support: true,
        tags: Tags::from([("team".to_owned(), "leaderboard".to_owned())]),
    };
    let attachment = GatewayAttachment {
        internet_gateway_id: Text::id(&Key::INTERNET_GATEWAY),
        vpc_id: Text::id(&Key::VPC),
    };
    let nat = NatGateway {
        allocation_id: Text::hole(&address, Attribute::AllocationId),
        subnet_id: Text::id(&public),
        tags: Tags::new(),
    };
    let objects: [(Key, Spec, &[Key]); 9] = [
        (Key::VPC, vpc.into(), &[]),
        (public.clone(), subnet("us-west-2a", "192.168.0.0/19", true), &[]),
        (
            private.clone(),
            subnet("us-west-2b", "192.168.32.0/19", false),
            &[],
        ),
        (Key::INTERNET_GATEWAY, InternetGateway::default().into(), &[]),
        (Key::GATEWAY_ATTACHMENT, attachment.into(), &[]),
        (address, Eip::default().into(), &[Key::GATEWAY_ATTACHMENT]),
        (gateway, nat.into(), &[Key::GATEWAY_ATTACHMENT]),
        (Key::SERVICE_ROLE, role(&names), &[]),
        (Key::CONTROL_PLANE, cluster([&public, &private]), &[]),
    ];
    let objects = objects
        .into_iter()
        .map(|(key, spec, after)| {
            (
                key,
                Wanted {
                    spec,
                    after: after.iter().cloned().collect(),
                },
            )
        })
        .collect();
    Desired {
        cluster: "demo".to_owned(),
        region: "us-west-2".to_owned(),
        objects,
        ..Desired::default()
    }
}

pub(super) fn account(seed: u64) -> Account {
    Account::new(Facts {
        seed,
        start: "2026-11-23T12:00:00Z".parse().unwrap(),
        ..Facts::default()
    })
}

/// How many VPCs, internet gateways, addresses and living NAT gateways the account has.
pub(super) fn counts(account: &Account) -> [usize; 4] {
    let vpcs = account
        .ask(DescribeVpcs::default())
        .into_iter()
        .filter(|vpc| !vpc.is_default)
        .count();
    let gateways = account.ask(DescribeInternetGateways::default()).len();
    let addresses = account.ask(DescribeAddresses::default()).len();
    let nat = account.ask(DescribeNatGateways::default());
    let nat = nat
        .into_iter()
        .filter(|nat| !["deleted", "deleting", "failed"].contains(&nat.state.as_str()))
        .count();
    [vpcs, gateways, addresses, nat]
}

#[test]
fn it_is_made_and_then_there_is_nothing_to_do() {
    let desired = desired();
    let account = account(1);
    let task = Task::Apply(&desired);
    let first = must(&account, task);
    assert!(!first.writes().is_empty());
    let second = must(&account, task);
    assert_eq!(second.writes(), Vec::<String>::new());
    assert_same(
        &inventory(&account, task),
        &Inventory::of_desired(&desired),
        "as desired",
    );
}

#[test]
fn the_same_seed_gives_the_same_run_byte_for_byte() {
    let desired = desired();
    let trace = || must(&account(7), Task::Apply(&desired)).trace();
    assert_eq!(trace(), trace());
}

#[test]
fn killed_before_or_after_any_call_it_goes_on_to_the_same_end() {
    let desired = desired();
    let task = Task::Apply(&desired);
    let whole = account(3);
    let calls = must(&whole, task).calls();
    let expected = inventory(&whole, task);
    for kill in (0..calls).flat_map(|call| [Kill::Before(call), Kill::After(call)]) {
        let account = account(3);
        let _ = run(&account, task, kill);
        must(&account, task);
        assert_same(&inventory(&account, task), &expected, &format!("{kill:?}"));
        assert_eq!(counts(&account), [1, 1, 1, 1], "{kill:?}");
    }
}

#[test]
fn destroying_leaves_nothing_wherever_the_run_before_was_killed() {
    let desired = desired();
    let calls = must(&account(3), Task::Apply(&desired)).calls();
    for kill in (0..calls).map(Kill::After) {
        let account = account(3);
        let _ = run(&account, Task::Apply(&desired), kill);
        must(&account, Task::Destroy("demo"));
        assert_eq!(counts(&account), [0, 0, 0, 0], "{kill:?}");
        assert!(
            inventory(&account, Task::Destroy("demo")).objects.is_empty(),
            "{kill:?}"
        );
    }
}

/// The same with a security group of this name, which a rule of another group lets in.
pub(super) fn with_group(name: &str) -> Desired {
    let mut desired = desired();
    let (changing, staying) = (Key::CONTROL_PLANE_SECURITY_GROUP, Key::SHARED_NODE_SECURITY_GROUP);
    let group = |name: &str| SecurityGroup {
        group_name: name.to_owned(),
        group_description: "a group".to_owned(),
        vpc_id: Text::id(&Key::VPC),
        default_egress: true,
        tags: Tags::new(),
    };
    let rule = IngressRule::new(
        Text::id(&staying),
        &Traffic::All,
        Peer::Group(Text::id(&changing)),
        "",
    );
    let rule_key = rule.key();
    let specs: [(Key, Spec); 3] = [
        (rule_key, rule.into()),
        (staying, group("staying").into()),
        (changing, group(name).into()),
    ];
    let wanted = specs.map(|(key, spec)| {
        (
            key,
            Wanted {
                spec,
                after: BTreeSet::new(),
            },
        )
    });
    desired.objects.extend(wanted);
    desired
}

#[test]
fn another_security_group_reaches_the_rules_that_name_it_and_the_old_one_goes() {
    let account = account(9);
    let (before, after) = (with_group("one"), with_group("two"));
    must(&account, Task::Apply(&before));
    must(&account, Task::Apply(&after));
    let filters = vec![Filter::new("group-name", "one")];
    let old = account.ask(DescribeSecurityGroups {
        filters,
        ..DescribeSecurityGroups::default()
    });
    assert!(old.is_empty());
    let task = Task::Apply(&after);
    assert_same(
        &inventory(&account, task),
        &Inventory::of_desired(&after),
        "after the change",
    );
    assert_eq!(must(&account, task).writes(), Vec::<String>::new());
}

/// Prints how many runs from nothing to a cluster fit into a minute. Its figure means something only when optimised:
/// `cargo test --release -p lb-provision runs_a_minute -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn runs_a_minute() {
    let desired = desired();
    let began = std::time::Instant::now();
    let runs = 500;
    for seed in 0..runs {
        must(&account(seed), Task::Apply(&desired));
    }
    let a_minute = f64::from(u32::try_from(runs).unwrap()) * 60.0 / began.elapsed().as_secs_f64();
    println!("{a_minute:.0} runs a minute");
}
