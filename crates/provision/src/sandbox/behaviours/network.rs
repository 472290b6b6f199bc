use super::bench::*;
use crate::operations::{Operation, ec2::*};

#[test]
fn behaviour_01_repeated_creates_make_a_second_object() {
    let mut bench = Bench::new(1);
    let vpcs = [bench.vpc(), bench.vpc()];
    assert_ne!(vpcs[0], vpcs[1]);
    let gateway = |bench: &mut Bench| bench.go(CreateInternetGateway::default()).internet_gateway_id;
    assert_ne!(gateway(&mut bench), gateway(&mut bench));
    assert_ne!(bench.address(), bench.address());
    assert_eq!(bench.go(DescribeVpcs::default()).len(), 2);
    assert_eq!(bench.go(DescribeAddresses::default()).len(), 2);
}

#[test]
fn behaviour_02_reads_lag_behind_creates() {
    let (mut missed_by_filter, mut missed_by_id) = (0, 0);
    for seed in 0..40 {
        let mut bench = Bench::new(seed);
        let tags = vec![Tag::new("lb/cluster", "lb")];
        let tag_specifications = vec![TagSpecification {
            resource_type: "vpc".into(),
            tags,
        }];
        let vpc = bench
            .go(CreateVpc {
                cidr_block: "10.0.0.0/16".into(),
                tag_specifications,
            })
            .vpc_id;
        let by_filter = DescribeVpcs {
            filters: vec![Filter::new("tag:lb/cluster", "lb")],
            ..DescribeVpcs::default()
        };
        let by_id = DescribeVpcs {
            vpc_ids: vec![vpc],
            ..DescribeVpcs::default()
        };
        missed_by_filter += usize::from(bench.call(by_filter.clone()).unwrap().is_empty());
        match bench.call(by_id.clone()) {
            Ok(found) => assert_eq!(found.len(), 1),
            Err(error) => {
                assert_eq!(error.code, "InvalidVpcID.NotFound");
                missed_by_id += 1;
            }
        }
        bench.wait(5);
        assert_eq!(bench.go(by_id).len(), 1);
        bench.wait(25);
        assert_eq!(bench.call(by_filter).unwrap().len(), 1);
    }
    assert!(
        missed_by_filter > 10 && missed_by_id > 0 && missed_by_id < 20,
        "{missed_by_filter} {missed_by_id}"
    );
}

#[test]
fn behaviour_03_a_token_with_other_parameters_is_refused() {
    let mut bench = Bench::new(3);
    let (a, b) = (bench.vpc(), bench.vpc());
    let table = |vpc: &str| CreateRouteTable {
        vpc_id: vpc.into(),
        client_token: Some("token".into()),
        ..CreateRouteTable::default()
    };
    let first = bench.go(table(&a));
    assert_eq!(bench.go(table(&a)), first);
    assert_eq!(bench.refused(table(&b)), "IdempotentParameterMismatch");
}

#[test]
fn behaviour_04_an_old_token_answers_the_dead_object() {
    let mut bench = Bench::new(4);
    let net = bench.net();
    let address = bench.address();
    let nat = bench.nat(&net.subnets[0], &address, Some("token"));
    bench.wait(200);
    bench.go(DeleteNatGateway {
        nat_gateway_id: nat.clone(),
    });
    bench.wait(120);
    let again = CreateNatGateway {
        allocation_id: address,
        subnet_id: net.subnets[0].clone(),
        client_token: Some("token".into()),
        ..CreateNatGateway::default()
    };
    let dead = bench.go(again);
    assert_eq!((dead.nat_gateway_id, dead.state.as_str()), (nat, "deleted"));
}

#[test]
fn behaviour_05_overlapping_subnets_conflict() {
    let mut bench = Bench::new(5);
    let vpc = bench.vpc();
    bench.subnet(&vpc, "a", "192.168.0.0/19");
    let overlapping = |cidr: &str| CreateSubnet {
        vpc_id: vpc.clone(),
        cidr_block: cidr.into(),
        ..CreateSubnet::default()
    };
    assert_eq!(
        bench.refused(overlapping("192.168.16.0/20")),
        "InvalidSubnet.Conflict"
    );
    assert_eq!(bench.refused(overlapping("10.0.0.0/20")), "InvalidSubnet.Range");
    assert_eq!(
        bench.refused(overlapping("192.168.64.1/20")),
        "InvalidParameterValue"
    );
}

#[test]
fn behaviour_06_public_addresses_and_host_names_are_off_at_first() {
    let mut bench = Bench::new(6);
    let vpc = bench.vpc();
    let subnet = bench.subnet(&vpc, "a", "192.168.0.0/19");
    let read = DescribeSubnets {
        subnet_ids: vec![subnet.clone()],
        ..DescribeSubnets::default()
    };
    assert!(!bench.go(read.clone())[0].map_public_ip_on_launch);
    let attribute = |name: &str| DescribeVpcAttribute {
        vpc_id: vpc.clone(),
        attribute: name.into(),
    };
    assert!(!bench.go(attribute("enableDnsHostnames")).value);
    assert!(bench.go(attribute("enableDnsSupport")).value);
    let on = Some(AttributeBooleanValue { value: true });
    bench.go(ModifyVpcAttribute {
        vpc_id: vpc.clone(),
        enable_dns_hostnames: on.clone(),
        enable_dns_support: None,
    });
    let modify = |public: Option<AttributeBooleanValue>, names: Option<&str>| ModifySubnetAttribute {
        subnet_id: subnet.clone(),
        map_public_ip_on_launch: public,
        private_dns_hostname_type_on_launch: names.map(str::to_owned),
    };
    bench.go(modify(on.clone(), None));
    bench.go(modify(None, Some("resource-name")));
    let shown = bench.go(read)[0].clone();
    assert!(shown.map_public_ip_on_launch && bench.go(attribute("enableDnsHostnames")).value);
    assert_eq!(
        shown.private_dns_name_options_on_launch.unwrap().hostname_type,
        "resource-name"
    );
    assert_eq!(
        bench.refused(modify(on.clone(), Some("ip-name"))),
        "InvalidParameterCombination"
    );
    assert_eq!(bench.refused(modify(None, Some("name"))), "InvalidParameterValue");
    let both = ModifyVpcAttribute {
        vpc_id: vpc,
        enable_dns_hostnames: on.clone(),
        enable_dns_support: on,
    };
    assert_eq!(bench.refused(both), "InvalidParameterCombination");
}

#[test]
fn behaviour_07_nat_without_attached_gateway_fails_later() {
    let mut bench = Bench::new(7);
    let vpc = bench.vpc();
    let subnet = bench.subnet(&vpc, "a", "192.168.0.0/19");
    let address = bench.address();
    let nat = bench.nat(&subnet, &address, None);
    assert_eq!(bench.nat_state(&nat).state, "pending");
    bench.wait(60);
    let failed = bench.nat_state(&nat);
    assert_eq!(
        (failed.state.as_str(), failed.failure_code.as_deref()),
        ("failed", Some("Gateway.NotAttached"))
    );
    bench.go(ReleaseAddress {
        allocation_id: address,
    });
}

#[test]
fn behaviour_08_deleted_nat_gateways_stay_visible_for_an_hour() {
    let mut bench = Bench::new(8);
    let net = bench.net();
    let address = bench.address();
    let nat = bench.nat(&net.subnets[0], &address, None);
    bench.wait(200);
    assert_eq!(bench.nat_state(&nat).state, "available");
    bench.go(DeleteNatGateway {
        nat_gateway_id: nat.clone(),
    });
    assert_eq!(bench.nat_state(&nat).state, "deleting");
    bench.wait(3500);
    assert_eq!(bench.nat_state(&nat).state, "deleted");
    bench.wait(300);
    let gone = DescribeNatGateways {
        nat_gateway_ids: vec![nat],
        ..DescribeNatGateways::default()
    };
    assert_eq!(bench.refused(gone), "NatGatewayNotFound");
}

#[test]
fn behaviour_09_an_address_is_released_only_after_its_nat_gateway_is_deleted() {
    let mut bench = Bench::new(9);
    let net = bench.net();
    let address = bench.address();
    let nat = bench.nat(&net.subnets[0], &address, None);
    bench.wait(200);
    bench.go(DeleteNatGateway { nat_gateway_id: nat });
    assert_eq!(
        bench.refused(ReleaseAddress {
            allocation_id: address.clone()
        }),
        "AuthFailure"
    );
    bench.wait(100);
    bench.go(ReleaseAddress {
        allocation_id: address.clone(),
    });
    assert_eq!(
        bench.refused(ReleaseAddress {
            allocation_id: address
        }),
        "InvalidAllocationID.NotFound"
    );
}

#[test]
fn behaviour_10_a_gateway_is_not_detached_while_addresses_are_mapped() {
    let mut bench = Bench::new(10);
    let net = bench.net();
    let address = bench.address();
    let nat = bench.nat(&net.subnets[0], &address, None);
    let detach = DetachInternetGateway {
        internet_gateway_id: net.gateway.clone(),
        vpc_id: net.vpc.clone(),
    };
    assert_eq!(bench.refused(detach.clone()), "DependencyViolation");
    bench.go(DeleteNatGateway { nat_gateway_id: nat });
    bench.wait(100);
    bench.go(detach.clone());
    assert_eq!(bench.refused(detach), "Gateway.NotAttached");
}

#[test]
fn behaviour_11_a_subnet_with_an_interface_stays() {
    let mut bench = Bench::new(11);
    let net = bench.net();
    let address = bench.address();
    let nat = bench.nat(&net.subnets[0], &address, None);
    let delete = DeleteSubnet {
        subnet_id: net.subnets[0].clone(),
    };
    assert_eq!(bench.refused(delete.clone()), "DependencyViolation");
    bench.go(DeleteNatGateway { nat_gateway_id: nat });
    bench.wait(100);
    bench.go(delete);
}

#[test]
fn behaviour_20_a_template_may_name_what_does_not_exist() {
    let mut bench = Bench::new(20);
    let mut data = Bench::template_data("sg-missing", "missing", String::new());
    data.image_id = Some("ami-missing".into());
    bench.template("template", data.clone());
    let again = CreateLaunchTemplate {
        launch_template_name: "template".into(),
        launch_template_data: data.clone(),
        ..CreateLaunchTemplate::default()
    };
    assert_eq!(
        bench.refused(again),
        "InvalidLaunchTemplateName.AlreadyExistsException"
    );
    data.user_data = Some("A".repeat(24_000));
    let long = CreateLaunchTemplate {
        launch_template_name: "long".into(),
        launch_template_data: data,
        ..CreateLaunchTemplate::default()
    };
    assert_eq!(bench.refused(long), "InvalidUserData.Malformed");
}

#[test]
fn bad_parameters_are_refused_as_ec2_refuses_them() {
    let mut bench = Bench::new(50);
    let vpc = bench.vpc();
    let mut refused = |code: &str, request: crate::operations::Request| {
        let (answer, _) = bench.account.call(REGION, bench.now, request);
        assert_eq!(answer.unwrap_err().code, code);
    };
    let cidr = |cidr: &str| CreateVpc {
        cidr_block: cidr.into(),
        ..CreateVpc::default()
    };
    refused("InvalidParameterValue", cidr("10.0.0.1/16").request());
    refused("InvalidVpc.Range", cidr("10.0.0.0/8").request());
    let zone = CreateSubnet {
        vpc_id: vpc.clone(),
        availability_zone: Some("us-west-2z".into()),
        cidr_block: "192.168.0.0/24".into(),
        ..CreateSubnet::default()
    };
    refused("InvalidParameterValue", zone.request());
    let filters = vec![Filter::new("colour", "red")];
    refused(
        "InvalidParameterValue",
        DescribeVpcs {
            filters,
            ..DescribeVpcs::default()
        }
        .request(),
    );
    let reserved = CreateTags {
        resources: vec![vpc.clone()],
        tags: vec![Tag::new("aws:mine", "1")],
    };
    refused("InvalidParameterValue", reserved.request());
    let many = (0..51).map(|n| Tag::new(format!("k{n}"), "v")).collect();
    refused(
        "TagLimitExceeded",
        CreateTags {
            resources: vec![vpc.clone()],
            tags: many,
        }
        .request(),
    );
    let other = vec![TagSpecification {
        resource_type: "subnet".into(),
        tags: Vec::new(),
    }];
    refused(
        "InvalidParameterValue",
        CreateVpc {
            cidr_block: "10.0.0.0/16".into(),
            tag_specifications: other,
        }
        .request(),
    );
    let description = CreateSecurityGroup {
        group_name: "g".into(),
        description: "it’s".into(),
        vpc_id: vpc,
        ..CreateSecurityGroup::default()
    };
    refused("InvalidParameterValue", description.request());
    let images = DescribeImages {
        image_ids: vec!["ami-none".into()],
        ..DescribeImages::default()
    };
    refused("InvalidAMIID.NotFound", images.request());
}

#[test]
fn a_key_that_is_none_and_a_name_that_is_taken_are_refused() {
    let mut bench = Bench::new(54);
    let key = |material: &str| ImportKeyPair {
        key_name: "k".into(),
        public_key_material: material.into(),
        ..ImportKeyPair::default()
    };
    assert_eq!(bench.refused(key("bm8=")), "InvalidKey.Format");
    // `ssh-ed25519` with 32 zero bytes.
    let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let good = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, line);
    assert_eq!(bench.go(key(&good)).key_type, "ed25519");
    assert_eq!(bench.refused(key(&good)), "InvalidKeyPair.Duplicate");
    bench.wait(30);
    let read = DescribeKeyPairs {
        include_public_key: Some(true),
        ..DescribeKeyPairs::default()
    };
    assert_eq!(bench.go(read)[0].public_key.as_deref(), Some(line));
}

#[test]
fn a_vpc_goes_only_when_it_is_empty() {
    let mut bench = Bench::new(51);
    let net = bench.net();
    let delete = DeleteVpc {
        vpc_id: net.vpc.clone(),
    };
    assert_eq!(bench.refused(delete.clone()), "DependencyViolation");
    let tables = bench.go(DescribeRouteTables::default());
    for association in tables
        .iter()
        .flat_map(|table| &table.associations)
        .filter(|a| !a.main)
    {
        let association_id = association.route_table_association_id.clone();
        bench.go(DisassociateRouteTable { association_id });
    }
    let own = tables
        .iter()
        .find(|table| table.routes.len() > 1)
        .unwrap()
        .route_table_id
        .clone();
    bench.go(DeleteRouteTable { route_table_id: own });
    for subnet_id in net.subnets {
        bench.go(DeleteSubnet { subnet_id });
    }
    bench.go(DeleteSecurityGroup { group_id: net.group });
    assert_eq!(bench.refused(delete.clone()), "DependencyViolation");
    let gateway = net.gateway;
    assert_eq!(
        bench.refused(DeleteInternetGateway {
            internet_gateway_id: gateway.clone()
        }),
        "DependencyViolation"
    );
    bench.go(DetachInternetGateway {
        internet_gateway_id: gateway.clone(),
        vpc_id: net.vpc,
    });
    bench.go(DeleteInternetGateway {
        internet_gateway_id: gateway,
    });
    bench.go(delete);
    assert!(bench.go(DescribeRouteTables::default()).is_empty());
    assert!(bench.go(DescribeSecurityGroups::default()).is_empty());
}

#[test]
fn the_sixth_vpc_is_one_too_many() {
    let mut bench = Bench::new(52);
    for _ in 0..5 {
        bench.vpc();
    }
    let sixth = CreateVpc {
        cidr_block: "10.0.0.0/16".into(),
        ..CreateVpc::default()
    };
    assert_eq!(bench.refused(sixth), "VpcLimitExceeded");
}

#[test]
fn a_route_whose_target_is_gone_is_a_black_hole() {
    let mut bench = Bench::new(53);
    let net = bench.net();
    bench.go(DetachInternetGateway {
        internet_gateway_id: net.gateway,
        vpc_id: net.vpc,
    });
    let tables = bench.go(DescribeRouteTables::default());
    let route = tables
        .iter()
        .flat_map(|table| &table.routes)
        .find(|route| route.origin == "CreateRoute")
        .unwrap();
    assert_eq!(route.state, "blackhole");
}
