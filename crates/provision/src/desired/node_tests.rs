//! What nodegroups are made of, as far as the account decides it.

use super::{tests::config, *};
use crate::{facts::GivenProfile, text::Text};
use serde_json::{Value, json};

/// A config with these nodegroups and whatever else.
fn with_groups(rest: &str) -> ClusterConfig {
    config(&format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: lb, region: us-west-2, version: '1.34'}}\n{rest}"
    ))
}

fn assumed() -> AccountFacts {
    AccountFacts::assumed(Catalog::builtin(), "us-west-2")
}

/// What an account says whose profiles are these.
fn answered(profiles: &[(&str, Option<&str>)]) -> AccountFacts {
    let held = |role: &Option<&str>| GivenProfile {
        role: role.map(str::to_owned),
    };
    AccountFacts {
        profiles: profiles
            .iter()
            .map(|(arn, role)| ((*arn).to_owned(), held(role)))
            .collect(),
        images: config_images(),
        addons: BTreeMap::new(),
        assumed: false,
        ..assumed()
    }
}

/// Whatever image is asked for.
fn config_images() -> BTreeMap<String, String> {
    let groups = with_groups("nodeGroups: [{name: a, instanceType: t3.large}]\n");
    let questions = crate::facts::Questions::of(&groups, Catalog::builtin());
    let images = questions.parameters.into_iter();
    images.map(|name| (name, "ami-1".to_owned())).collect()
}

fn said(config: &ClusterConfig, facts: &AccountFacts) -> Vec<String> {
    let problems = desired(config, facts, Catalog::builtin()).unwrap_err();
    let line = |problem: &Problem| {
        let path = problem.place.path().unwrap();
        format!("{} {path}: {}", problem.code, problem.message)
    };
    problems.iter().map(line).collect()
}

/// The properties of an object, holes shown.
fn properties(desired: &Desired, key: &Key) -> Value {
    let wanted = desired.objects.get(key).unwrap_or_else(|| panic!("no {key}"));
    wanted
        .spec
        .mapped(&|text| Text::from(text.to_string()))
        .properties()
}

const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/nodes";

#[test]
fn a_given_profile_is_used_and_its_role_is_let_in() {
    let none = "addonsConfig: {disableDefaultAddons: true}\n";
    let group = |iam: &str| {
        with_groups(&format!(
            "{none}nodeGroups: [{{name: a, instanceType: t3.large, iam: {{instanceProfileARN: '{PROFILE}'{iam}}}}}]\n"
        ))
    };
    let held = "arn:aws:iam::111122223333:role/team/worker";
    let plain = ", instanceRoleARN: 'arn:aws:iam::111122223333:role/worker'";
    let cases = [
        // By convention the role has the profile's name.
        (group(""), assumed(), "arn:aws:iam::111122223333:role/nodes"),
        (group(plain), assumed(), "arn:aws:iam::111122223333:role/worker"),
        (group(""), answered(&[(PROFILE, Some(held))]), held),
        // As `aws-auth` names roles: without path. The entry needs the whole name.
        (group(plain), answered(&[(PROFILE, Some(held))]), held),
    ];
    for (config, facts, role) in cases {
        let desired = desired(&config, &facts, Catalog::builtin()).unwrap();
        let keys: Vec<&str> = desired.objects.keys().map(Key::as_str).collect();
        assert!(keys.iter().all(|key| !key.contains("NodeInstance")), "{keys:?}");
        let template = properties(&desired, &Key::nodegroup("a", "NodeGroupLaunchTemplate"));
        assert_eq!(
            template.pointer("/LaunchTemplateData/IamInstanceProfile"),
            Some(&json!({"Arn": PROFILE}))
        );
        let entry = properties(&desired, &Key::access_entry(role));
        assert_eq!(entry["Type"], "EC2_LINUX");
        assert_eq!(entry["PrincipalArn"], role);
    }
}

#[test]
fn a_profile_must_be_there_and_hold_the_role_that_is_named() {
    let group = |iam: &str| {
        with_groups(&format!(
            "addonsConfig: {{disableDefaultAddons: true}}\nnodeGroups: [{{name: a, instanceType: t3.large, iam: {{{iam}}}}}]\n"
        ))
    };
    let alone = group(&format!("instanceProfileARN: '{PROFILE}'"));
    let absent =
        format!("AC009 nodeGroups[0].iam.instanceProfileARN: there is no instance profile `{PROFILE}`");
    assert_eq!(said(&alone, &answered(&[])), [absent]);
    assert_eq!(
        said(&group("instanceProfileARN: nodes"), &assumed()),
        ["AC009 nodeGroups[0].iam.instanceProfileARN: there is no instance profile `nodes`"]
    );
    assert_eq!(
        said(&alone, &answered(&[(PROFILE, None)])),
        [format!(
            "AC009 nodeGroups[0].iam.instanceProfileARN: instance profile `{PROFILE}` holds no role, so no node would start"
        )]
    );
    let both = group(&format!(
        "instanceProfileARN: '{PROFILE}', instanceRoleARN: 'arn:aws:iam::111122223333:role/other'"
    ));
    let held = "arn:aws:iam::111122223333:role/worker";
    assert_eq!(
        said(&both, &answered(&[(PROFILE, Some(held))])),
        [format!(
            "AC009 nodeGroups[0].iam.instanceRoleARN: instance profile `{PROFILE}` holds role `{held}`, so \
             `arn:aws:iam::111122223333:role/other` is not the nodes' role"
        )]
    );
}

/// What of a launch template eksctl's `network_interfaces.go` decides: cards, devices and kinds, in short.
fn cards(desired: &Desired, template: &str) -> Vec<String> {
    let template = properties(desired, &Key::nodegroup("a", template));
    let interfaces = template.pointer("/LaunchTemplateData/NetworkInterfaces").unwrap();
    let short = |interface: &Value| {
        let kind = interface["InterfaceType"].as_str().unwrap_or("plain");
        format!(
            "{}/{} {kind}",
            interface["NetworkCardIndex"], interface["DeviceIndex"]
        )
    };
    interfaces.as_array().unwrap().iter().map(short).collect()
}

fn with_adapters(rest: &str) -> ClusterConfig {
    with_groups(&format!("nodeGroups: [{{name: a, efaEnabled: true, {rest}}}]\n"))
}

fn wanted(config: &ClusterConfig) -> Desired {
    desired(config, &assumed(), Catalog::builtin()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn nodes_have_an_adapter_on_each_card_a_group_to_talk_in_and_stand_together() {
    let config = with_adapters(
        "instanceType: p4d.24xlarge, privateNetworking: true, tags: {team: b}, securityGroups: {attachIDs: [sg-1]}",
    );
    let desired = wanted(&config);
    assert_eq!(
        cards(&desired, "NodeGroupLaunchTemplate"),
        ["0/0 efa", "1/1 efa", "2/1 efa", "3/1 efa"]
    );
    let template = properties(&desired, &Key::nodegroup("a", "NodeGroupLaunchTemplate"));
    let groups = json!([
        "sg-1",
        "${ClusterSharedNodeSecurityGroup}",
        "${ng:a/SG}",
        "${ng:a/EFASG}"
    ]);
    for interface in 0..4 {
        let path = format!("/LaunchTemplateData/NetworkInterfaces/{interface}/Groups");
        assert_eq!(template.pointer(&path), Some(&groups));
    }
    assert_eq!(
        template.pointer("/LaunchTemplateData/Placement/GroupName"),
        Some(&json!("${ng:a/NodeGroupPlacementGroup}"))
    );
    let placement = properties(&desired, &Key::nodegroup("a", "NodeGroupPlacementGroup"));
    assert_eq!(placement["Strategy"], "cluster");
    assert_eq!(placement["Tags"], json!({"team": "b"}));
    let group = properties(&desired, &Key::nodegroup("a", "EFASG"));
    assert_eq!(group["DefaultEgress"], false);
    // A second group with this tag would confuse the load balancer controller.
    assert_eq!(group["Tags"], json!({"team": "b"}));
    let rules: Vec<&str> = desired
        .objects
        .keys()
        .map(Key::as_str)
        .filter(|key| key.starts_with("ng:a/EFASG/"))
        .collect();
    assert_eq!(
        rules,
        [
            "ng:a/EFASG/egress/-1/all/ng:a/EFASG",
            "ng:a/EFASG/ingress/-1/all/ng:a/EFASG"
        ]
    );
    let nodes = desired.needs(&Key::nodegroup("a", "NodeGroup"));
    assert!(rules.iter().all(|rule| nodes.contains(&Key::new(*rule))));
}

#[test]
fn an_own_placement_keeps_lb_from_making_one_and_an_own_network_from_a_group() {
    let desired = wanted(&with_adapters(
        "instanceType: c5n.18xlarge, placement: {groupName: mine}, securityGroups: {withLocal: false}",
    ));
    let template = properties(&desired, &Key::nodegroup("a", "NodeGroupLaunchTemplate"));
    assert_eq!(
        template.pointer("/LaunchTemplateData/Placement/GroupName"),
        Some(&json!("mine"))
    );
    let keys: Vec<&str> = desired.objects.keys().map(Key::as_str).collect();
    assert!(
        keys.iter()
            .all(|key| !key.contains("EFASG") && !key.contains("Placement")),
        "{keys:?}"
    );
}

#[test]
fn cards_are_those_of_all_instance_types() {
    let of = |types: &str| {
        let rest = format!("privateNetworking: true, instancesDistribution: {{instanceTypes: [{types}]}}");
        cards(&wanted(&with_adapters(&rest)), "NodeGroupLaunchTemplate")
    };
    assert_eq!(of("p4d.24xlarge, g6e.24xlarge"), ["0/0 efa", "1/1 efa"]);
    assert_eq!(of("c5n.18xlarge"), ["0/0 efa"]);
    // Its first card takes none.
    let newest = of("p6-b300.48xlarge");
    assert_eq!(newest.len(), 17);
    assert_eq!(newest[..2], ["0/0 plain", "1/1 efa"]);
    // Two cards, one adapter.
    assert_eq!(of("i7ie.48xlarge"), ["0/0 efa"]);
}

#[test]
fn types_and_networks_without_adapters_are_refused() {
    let refused = |rest: &str| said(&with_adapters(rest), &assumed());
    assert_eq!(
        refused("instanceType: t3.large"),
        ["AC022 nodeGroups[0].efaEnabled: `t3.large` takes no Elastic Fabric Adapter"]
    );
    assert_eq!(
        refused("instanceType: p4d.24xlarge"),
        [
            "AC022 nodeGroups[0].efaEnabled: nodes with 4 network interfaces get no public address, and without one they cannot join"
        ]
    );
    assert_eq!(
        refused(
            "privateNetworking: true, instancesDistribution: {instanceTypes: [p6-b300.48xlarge, c5n.18xlarge]}"
        ),
        [
            "AC022 nodeGroups[0].efaEnabled: no network card takes an Elastic Fabric Adapter in all of `p6-b300.48xlarge`, `c5n.18xlarge`"
        ]
    );
    // An account that was asked knows better than the catalog.
    let config = with_adapters("instanceType: c5n.18xlarge");
    let said = said(&config, &answered(&[]));
    let takes_none = "AC022 nodeGroups[0].efaEnabled: `c5n.18xlarge` takes no Elastic Fabric Adapter";
    assert!(said.iter().any(|line| line == takes_none), "{said:?}");
}

#[test]
fn managed_nodes_have_a_group_for_adapters_only_where_eks_has_none() {
    let managed = |version: &str, rest: &str| {
        let text = format!(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: lb, region: us-west-2, version: '{version}'}}\n\
             managedNodeGroups: [{{name: a, efaEnabled: true, instanceType: c5n.18xlarge{rest}}}]\n"
        );
        wanted(&config(&text))
    };
    let groups = |desired: &Desired| {
        let template = properties(desired, &Key::nodegroup("a", "LaunchTemplate"));
        let data = template.pointer("/LaunchTemplateData").unwrap().clone();
        assert_eq!(data["SecurityGroupIds"], Value::Null);
        data.pointer("/NetworkInterfaces/0/Groups").unwrap().clone()
    };
    let eks = "${ControlPlane.ClusterSecurityGroupId}";
    let old = managed("1.32", ", securityGroups: {attachIDs: [sg-1]}");
    assert_eq!(cards(&old, "LaunchTemplate"), ["0/0 efa"]);
    assert_eq!(groups(&old), json!([eks, "sg-1", "${ng:a/EFASG}"]));
    let new = managed("1.33", "");
    assert_eq!(groups(&new), json!([eks]));
    assert!(!new.objects.contains_key(&Key::nodegroup("a", "EFASG")));
    let placement = Key::nodegroup("a", "NodeGroupPlacementGroup");
    assert!(new.objects.contains_key(&placement));
    // Reserved capacity has its place.
    let reserved = managed(
        "1.33",
        ", capacityReservation: {capacityReservationPreference: open}",
    );
    assert!(!reserved.objects.contains_key(&placement));
}

#[test]
fn adapters_keep_to_one_subnet_where_the_file_names_a_place() {
    let subnets = |rest: &str| {
        let text = format!(
            "availabilityZones: [us-west-2a, us-west-2b]\nnodeGroups: [{{name: a, efaEnabled: true, instanceType: c5n.18xlarge{rest}}}]\n"
        );
        let desired = wanted(&with_groups(&text));
        let group = properties(&desired, &Key::nodegroup("a", "NodeGroup"));
        group["VPCZoneIdentifier"].as_array().unwrap().len()
    };
    assert_eq!(subnets(", availabilityZones: [us-west-2b]"), 1);
    // As eksctl does: the placement group keeps the nodes in one zone.
    assert_eq!(subnets(""), 2);
}

#[test]
fn what_is_not_provisioned_is_refused_once_at_its_place() {
    let config = config(
        "metadata: {name: a, region: us-west-2, version: '1.34'}\nnodeGroups: [{name: a, amiFamily: WindowsServer2022CoreContainer}]\n",
    );
    let refused = desired(&config, &AccountFacts::default(), Catalog::builtin()).unwrap_err();
    let family = Path::root().key("nodeGroups").index(0).key("amiFamily");
    let at_family = refused
        .iter()
        .filter(|problem| problem.place.path() == Some(&family));
    let codes: Vec<_> = at_family.map(|problem| problem.code).collect();
    assert_eq!(codes, [support::NOT_PROVISIONED]);
}
