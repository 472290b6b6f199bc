use super::{bench::*, whole::cluster_with_node};
use crate::operations::{ec2, eks::*, iam, logs};

fn ready_role(bench: &mut Bench) -> String {
    bench.role("cluster", "eks.amazonaws.com", &["AmazonEKSClusterPolicy"])
}

#[test]
fn behaviour_31_a_cluster_needs_two_zones_and_zones_that_have_room() {
    let mut bench = Bench::new(31);
    let net = bench.net();
    let role = ready_role(&mut bench);
    let mut input = Bench::cluster_input(&net, &role);
    input.resources_vpc_config.subnet_ids = vec![net.subnets[0].clone()];
    assert_eq!(bench.refused(input), "InvalidParameterException");

    let mut east = facts(131);
    let given = |letter: &str, third: u8| crate::sandbox::GivenSubnet {
        id: format!("subnet-{letter}"),
        zone: format!("us-east-1{letter}"),
        cidr: format!("10.0.{third}.0/24"),
        public: true,
    };
    east.vpcs.push(crate::sandbox::GivenVpc {
        id: "vpc-1".into(),
        region: "us-east-1".into(),
        cidr: "10.0.0.0/16".into(),
        subnets: vec![given("a", 0), given("e", 1)],
        security_groups: Vec::new(),
    });
    east.roles.push(crate::sandbox::GivenRole {
        arn: "arn:aws:iam::111122223333:role/eks/given".into(),
        services: vec!["eks.amazonaws.com".into()],
        policies: vec!["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy".into()],
    });
    let mut bench = Bench::of(east);
    let mut input = Bench::cluster_input(&net, "arn:aws:iam::111122223333:role/eks/given");
    input.resources_vpc_config.subnet_ids = vec!["subnet-a".into(), "subnet-e".into()];
    let call = |bench: &mut Bench, input: CreateCluster| {
        bench
            .account
            .call(
                "us-east-1",
                bench.now,
                crate::operations::Operation::request(input),
            )
            .0
    };
    let error = call(&mut bench, input.clone()).unwrap_err();
    assert_eq!(error.code, "UnsupportedAvailabilityZoneException");
    assert!(error.message.contains("us-east-1a"), "{}", error.message);
}

#[test]
fn behaviour_32_a_cluster_that_is_not_active_takes_no_add_on_and_no_entry() {
    let mut bench = Bench::new(32);
    let net = bench.net();
    let role = ready_role(&mut bench);
    bench.go(Bench::cluster_input(&net, &role));
    let addon = CreateAddon {
        cluster_name: "lb".into(),
        addon_name: "coredns".into(),
        ..CreateAddon::default()
    };
    assert_eq!(bench.refused(addon), "InvalidRequestException");
    assert_eq!(
        bench.refused(Bench::entry_input(&role, "STANDARD")),
        "InvalidRequestException"
    );
    let creating = bench.describe();
    assert!(
        creating.endpoint.is_none()
            && creating.identity.is_none()
            && creating.certificate_authority.is_none()
    );
    assert_eq!(
        bench.refused(DeleteCluster { name: "lb".into() }),
        "ResourceInUseException"
    );
}

#[test]
fn behaviour_33_an_entry_needs_a_principal_and_there_is_one_for_each() {
    let mut bench = Bench::new(33);
    let net = bench.net();
    bench.cluster(&net);
    let missing = bench
        .call(Bench::entry_input(
            "arn:aws:iam::111122223333:role/none",
            "STANDARD",
        ))
        .unwrap_err();
    assert_eq!(missing.code, "InvalidParameterException");
    assert!(
        missing.message.contains("invalid principal"),
        "{}",
        missing.message
    );
    let fresh = bench.go(Bench::create_role("fresh", "ec2.amazonaws.com")).arn;
    assert_eq!(
        bench.refused(Bench::entry_input(&fresh, "STANDARD")),
        "InvalidParameterException"
    );
    bench.wait(120);
    bench.go(Bench::entry_input(&fresh, "STANDARD"));
    assert_eq!(
        bench.refused(Bench::entry_input(&fresh, "STANDARD")),
        "ResourceInUseException"
    );
    let caller = facts(0).caller;
    assert_eq!(
        bench.refused(Bench::entry_input(&caller, "STANDARD")),
        "ResourceInUseException"
    );
    let without_path = iam::CreateRole {
        path: Some("/lb/".into()),
        ..Bench::create_role("deep", "ec2.amazonaws.com")
    };
    bench.go(without_path);
    bench.wait(120);
    let plain = Bench::entry_input("arn:aws:iam::111122223333:role/deep", "STANDARD");
    assert_eq!(bench.refused(plain), "InvalidParameterException");
    bench.go(Bench::entry_input(
        "arn:aws:iam::111122223333:role/lb/deep",
        "STANDARD",
    ));
}

#[test]
fn behaviour_34_entries_of_nodes_have_neither_groups_nor_user_name_nor_policies() {
    let mut bench = Bench::new(34);
    let net = bench.net();
    bench.cluster(&net);
    let arn = bench.node_role("nodes");
    let groups = vec!["viewers".to_owned()];
    let input = CreateAccessEntry {
        kubernetes_groups: groups,
        ..Bench::entry_input(&arn, "EC2_LINUX")
    };
    assert_eq!(bench.refused(input), "InvalidParameterException");
    let input = CreateAccessEntry {
        username: Some("node".into()),
        ..Bench::entry_input(&arn, "EC2_LINUX")
    };
    assert_eq!(bench.refused(input), "InvalidParameterException");
    let entry = bench.go(Bench::entry_input(&arn, "EC2_LINUX"));
    assert_eq!(
        (entry.kubernetes_groups, entry.username.as_str()),
        (
            vec!["system:nodes".to_owned()],
            "system:node:{{EC2PrivateDNSName}}"
        )
    );
    bench.wait(10);
    let policy = AssociateAccessPolicy {
        cluster_name: "lb".into(),
        principal_arn: arn,
        policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy".into(),
        access_scope: AccessScope {
            kind: "cluster".into(),
            namespaces: Vec::new(),
        },
    };
    assert_eq!(bench.refused(policy), "InvalidRequestException");
    let reserved = vec!["system:masters".to_owned()];
    let input = CreateAccessEntry {
        kubernetes_groups: reserved,
        ..Bench::entry_input("arn", "STANDARD")
    };
    assert_eq!(bench.refused(input), "InvalidParameterException");
}

#[test]
fn behaviour_36_coredns_waits_for_a_node() {
    let mut bench = Bench::new(36);
    let net = bench.net();
    bench.cluster(&net);
    for addon in ["vpc-cni", "kube-proxy", "coredns"] {
        bench.addon(addon);
    }
    bench.wait(120);
    assert_eq!(bench.addon_status("vpc-cni"), "ACTIVE");
    assert_eq!(bench.addon_status("kube-proxy"), "ACTIVE");
    assert_eq!(bench.addon_status("coredns"), "CREATING");
    bench.wait(600);
    assert_eq!(bench.addon_status("coredns"), "DEGRADED");

    let mut bench = Bench::new(136);
    let net = bench.net();
    cluster_with_node(&mut bench, &net);
    bench.addon("coredns");
    bench.wait(80);
    assert_eq!(bench.addon_status("coredns"), "ACTIVE");
}

#[test]
fn behaviour_37_one_update_at_a_time_and_none_for_nothing() {
    let mut bench = Bench::new(37);
    let net = bench.net();
    bench.cluster(&net);
    let endpoint = |private: bool| UpdateClusterConfig {
        name: "lb".into(),
        resources_vpc_config: Some(VpcConfigRequest {
            endpoint_private_access: Some(private),
            ..VpcConfigRequest::default()
        }),
        ..UpdateClusterConfig::default()
    };
    assert_eq!(bench.refused(endpoint(false)), "InvalidParameterException");
    let update = bench.go(endpoint(true));
    assert_eq!(
        (update.status.as_str(), update.kind.as_str()),
        ("InProgress", "EndpointAccessUpdate")
    );
    let second = UpdateClusterConfig {
        deletion_protection: Some(true),
        name: "lb".into(),
        ..UpdateClusterConfig::default()
    };
    assert_eq!(bench.refused(second.clone()), "ResourceInUseException");
    bench.wait(240);
    let read = DescribeUpdate {
        name: "lb".into(),
        update_id: update.id,
        addon_name: None,
        nodegroup_name: None,
    };
    assert_eq!(bench.go(read).status, "Successful");
    assert!(bench.describe().resources_vpc_config.endpoint_private_access);
    let two = UpdateClusterConfig {
        deletion_protection: Some(true),
        ..endpoint(false)
    };
    assert_eq!(bench.refused(two), "InvalidParameterException");
    let back = UpdateClusterConfig {
        name: "lb".into(),
        access_config: Some(UpdateAccessConfigRequest {
            authentication_mode: Some("CONFIG_MAP".into()),
        }),
        ..UpdateClusterConfig::default()
    };
    assert_eq!(bench.refused(back), "InvalidRequestException");
    let skip = UpdateClusterVersion {
        name: "lb".into(),
        version: "1.36".into(),
        client_request_token: None,
    };
    assert_eq!(bench.refused(skip), "InvalidParameterException");
}

#[test]
fn behaviour_38_a_protected_cluster_is_not_deleted() {
    let mut bench = Bench::new(38);
    let net = bench.net();
    bench.cluster(&net);
    let protect = |on: bool| UpdateClusterConfig {
        name: "lb".into(),
        deletion_protection: Some(on),
        ..UpdateClusterConfig::default()
    };
    bench.go(protect(true));
    assert_eq!(
        bench.refused(DeleteCluster { name: "lb".into() }),
        "ResourceInUseException"
    );
    bench.wait(100);
    assert_eq!(
        bench.refused(DeleteCluster { name: "lb".into() }),
        "InvalidRequestException"
    );
    bench.go(protect(false));
    bench.wait(100);
    assert_eq!(bench.go(DeleteCluster { name: "lb".into() }).status, "DELETING");
}

#[test]
fn behaviour_39_what_outlives_a_cluster() {
    let mut bench = Bench::new(39);
    let net = bench.net();
    let role = ready_role(&mut bench);
    let on = LogSetup {
        types: vec!["audit".into()],
        enabled: true,
    };
    let logging = Some(Logging {
        cluster_logging: vec![on],
    });
    bench.go(CreateCluster {
        logging,
        ..Bench::cluster_input(&net, &role)
    });
    bench.until("ACTIVE", 900, |bench| bench.describe().status == "ACTIVE");
    bench.wait(60);
    let cluster = bench.describe();
    let issuer = cluster.identity.unwrap().oidc.issuer;
    bench.go(iam::CreateOpenIDConnectProvider {
        url: issuer,
        ..iam::CreateOpenIDConnectProvider::default()
    });
    let own = cluster.resources_vpc_config.cluster_security_group_id.unwrap();
    let peer = ec2::UserIdGroupPair {
        group_id: own.clone(),
        description: None,
    };
    bench.go(ec2::AuthorizeSecurityGroupIngress {
        group_id: net.group.clone(),
        ip_permissions: vec![ec2::IpPermission {
            ip_protocol: "-1".into(),
            user_id_group_pairs: vec![peer],
            ..ec2::IpPermission::default()
        }],
        ..ec2::AuthorizeSecurityGroupIngress::default()
    });
    bench.go(DeleteCluster { name: "lb".into() });
    bench.until("gone", 700, |bench| {
        bench.call(DescribeCluster { name: "lb".into() }).is_err()
    });
    bench.wait(60);
    let read = ec2::DescribeSecurityGroups {
        group_ids: vec![own],
        ..ec2::DescribeSecurityGroups::default()
    };
    let left = bench.go(read);
    assert!(left[0].tags.iter().any(|tag| tag.key == "aws:eks:cluster-name"));
    assert_eq!(bench.go(iam::ListOpenIDConnectProviders {}).len(), 1);
    assert_eq!(bench.go(logs::DescribeLogGroups::default()).len(), 1);
    // The control plane's own interfaces are gone, so the network can go.
    assert!(bench.go(ec2::DescribeNetworkInterfaces::default()).is_empty());
}

#[test]
fn a_cluster_without_references_takes_its_group_along() {
    let mut bench = Bench::new(80);
    let net = bench.net();
    let own = bench
        .cluster(&net)
        .resources_vpc_config
        .cluster_security_group_id
        .unwrap();
    bench.go(DeleteCluster { name: "lb".into() });
    bench.wait(600);
    let read = ec2::DescribeSecurityGroups {
        group_ids: vec![own],
        ..ec2::DescribeSecurityGroups::default()
    };
    assert_eq!(bench.refused(read), "InvalidGroup.NotFound");
}

#[test]
fn versions_come_and_go_with_the_calendar() {
    let offered = |day: &str, version: &str| {
        let mut facts = facts(81);
        facts.start = format!("{day}T00:00:00Z").parse().unwrap();
        let mut bench = Bench::of(facts);
        let net = bench.net();
        let role = ready_role(&mut bench);
        let input = CreateCluster {
            version: Some(version.into()),
            ..Bench::cluster_input(&net, &role)
        };
        bench.call(input).is_ok()
    };
    assert!(offered("2024-06-11", "1.29"));
    assert!(!offered("2026-11-23", "1.29"));
    assert!(!offered("2024-06-11", "1.34"));
    assert!(offered("2026-11-23", "1.34"));
    assert!(!offered("2026-11-23", "1.99"));
    let mut bench = Bench::new(82);
    let versions = bench.go(DescribeClusterVersions::default());
    assert!(
        versions
            .iter()
            .all(|version| version.version_status != "UNSUPPORTED")
    );
    assert_eq!(
        versions.iter().filter(|version| version.default_version).count(),
        1
    );
}

#[test]
fn a_token_answers_the_cluster_and_a_name_is_taken() {
    let mut bench = Bench::new(83);
    let net = bench.net();
    let role = ready_role(&mut bench);
    let input = CreateCluster {
        client_request_token: Some("t".into()),
        ..Bench::cluster_input(&net, &role)
    };
    let first = bench.go(input.clone());
    assert_eq!(bench.go(input.clone()).created_at, first.created_at);
    let other = CreateCluster {
        client_request_token: Some("u".into()),
        ..input
    };
    assert_eq!(bench.refused(other), "ResourceInUseException");
}

#[test]
fn add_ons_are_checked_and_tagged() {
    let mut bench = Bench::new(84);
    let net = bench.net();
    bench.cluster(&net);
    let input = |name: &str, version: &str| CreateAddon {
        cluster_name: "lb".into(),
        addon_name: name.into(),
        addon_version: Some(version.into()),
        ..CreateAddon::default()
    };
    assert_eq!(bench.refused(input("vpc-cnj", "v1")), "InvalidParameterException");
    assert_eq!(bench.refused(input("vpc-cni", "v1")), "InvalidParameterException");
    let role = CreateAddon {
        service_account_role_arn: Some("arn:aws:iam::111122223333:role/none".into()),
        addon_version: None,
        ..input("vpc-cni", "")
    };
    assert_eq!(bench.refused(role), "InvalidParameterException");
    bench.addon("vpc-cni");
    let again = CreateAddon {
        addon_version: None,
        ..input("vpc-cni", "")
    };
    assert_eq!(bench.refused(again), "ResourceInUseException");
    let read = DescribeAddon {
        cluster_name: "lb".into(),
        addon_name: "vpc-cni".into(),
    };
    let addon = bench.go(read.clone());
    let tags = [("a".to_owned(), "b".to_owned())];
    bench.go(TagResource {
        resource_arn: addon.addon_arn,
        tags: tags.into(),
    });
    assert_eq!(bench.go(read.clone()).tags.len(), 1);
    bench.wait(60);
    bench.go(DeleteAddon {
        cluster_name: "lb".into(),
        addon_name: "vpc-cni".into(),
        preserve: None,
    });
    bench.wait(60);
    assert_eq!(bench.refused(read), "ResourceNotFoundException");
}
