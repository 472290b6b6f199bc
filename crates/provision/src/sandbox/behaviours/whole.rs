use super::bench::*;
use crate::{
    operations::{Operation, autoscaling::*, ec2, eks, iam, kubernetes, logs, servicequotas, ssm, sts},
    sandbox::Account,
};
use serde_json::Value;

/// A cluster with add-ons and a pool whose only node is Ready.
pub(super) fn cluster_with_node(bench: &mut Bench, net: &Net) -> eks::Cluster {
    let cluster = bench.cluster(net);
    bench.addon("vpc-cni");
    let role = bench.node_role("nodes");
    bench.go(Bench::entry_input(&role, "EC2_LINUX"));
    start_pool(bench, net, &cluster);
    bench.until("a Ready node", 300, |bench| ready(bench) == Some(true));
    cluster
}

fn start_pool(bench: &mut Bench, net: &Net, cluster: &eks::Cluster) {
    let data = Bench::template_data(&net.group, "nodes", Bench::user_data(cluster));
    let template = bench.template("pool", data);
    bench.go(CreateAutoScalingGroup {
        auto_scaling_group_name: "pool".into(),
        launch_template: Some(LaunchTemplateSpecification {
            launch_template_id: Some(template),
            launch_template_name: None,
            version: Some("$Latest".into()),
        }),
        min_size: 0,
        max_size: 2,
        desired_capacity: Some(1),
        vpc_zone_identifier: Some(net.subnets.join(",")),
        ..CreateAutoScalingGroup::default()
    });
}

fn nodes(bench: &mut Bench) -> Vec<Value> {
    bench.go(kubernetes::List {
        cluster: "lb".into(),
        api_version: "v1".into(),
        kind: "Node".into(),
        ..kubernetes::List::default()
    })
}

/// Whether the only node is Ready; None without one.
fn ready(bench: &mut Bench) -> Option<bool> {
    nodes(bench)
        .first()
        .map(|node| node["status"]["conditions"][0]["status"] == "True")
}

#[test]
fn a_node_joins_with_its_labels_and_leaves_with_its_instance() {
    let mut bench = Bench::new(90);
    let net = bench.net();
    cluster_with_node(&mut bench, &net);
    let node = nodes(&mut bench).remove(0);
    let labels = &node["metadata"]["labels"];
    assert_eq!(labels["role"], "basic-worker");
    assert_eq!(labels["node.kubernetes.io/instance-type"], "t3.large");
    let instance = bench.go(ec2::DescribeInstances::default()).remove(0);
    assert_eq!(
        labels["alpha.eksctl.io/instance-id"],
        instance.instance_id.as_str()
    );
    assert_eq!(
        node["metadata"]["name"],
        instance.private_dns_name.unwrap().as_str()
    );
    let name = node["metadata"]["name"].as_str().unwrap().to_owned();
    bench.go(kubernetes::Cordon {
        cluster: "lb".into(),
        node: name,
        unschedulable: true,
    });
    assert_eq!(nodes(&mut bench)[0]["spec"]["unschedulable"], true);
    bench.go(SetDesiredCapacity {
        auto_scaling_group_name: "pool".into(),
        desired_capacity: 0,
    });
    bench.wait(300);
    assert!(nodes(&mut bench).is_empty());
}

fn spoil_one(bench: &mut Bench, net: &Net, cluster: &mut eks::Cluster, spoil: &str) {
    match spoil {
        "public address" => {
            for subnet_id in net.subnets.clone() {
                let off = Some(ec2::AttributeBooleanValue { value: false });
                bench.go(ec2::ModifySubnetAttribute {
                    subnet_id,
                    map_public_ip_on_launch: off,
                    private_dns_hostname_type_on_launch: None,
                });
            }
        }
        "route" => {
            let tables = bench.go(ec2::DescribeRouteTables::default());
            let table = tables.iter().find(|table| table.routes.len() == 2).unwrap();
            let route_table_id = table.route_table_id.clone();
            bench.go(ec2::DeleteRoute {
                route_table_id,
                destination_cidr_block: "0.0.0.0/0".into(),
            });
        }
        "egress" => {
            let all = ec2::IpRange {
                cidr_ip: "0.0.0.0/0".into(),
                description: None,
            };
            let permission = ec2::IpPermission {
                ip_protocol: "-1".into(),
                ip_ranges: vec![all],
                ..ec2::IpPermission::default()
            };
            bench.go(ec2::RevokeSecurityGroupEgress {
                group_id: net.group.clone(),
                ip_permissions: vec![permission],
                ..ec2::RevokeSecurityGroupEgress::default()
            });
        }
        "open API" => {
            let open = eks::VpcConfigRequest {
                public_access_cidrs: vec!["203.0.113.0/24".into()],
                ..eks::VpcConfigRequest::default()
            };
            bench.go(eks::UpdateClusterConfig {
                name: "lb".into(),
                resources_vpc_config: Some(open),
                ..eks::UpdateClusterConfig::default()
            });
            bench.wait(240);
        }
        "endpoint" => cluster.endpoint = Some("https://elsewhere".into()),
        "cluster name" => cluster.name = "other".into(),
        "registry" => {
            let policy_arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly".into();
            bench.go(iam::DetachRolePolicy {
                role_name: "nodes".into(),
                policy_arn,
            });
        }
        "permission of the CNI" => {
            let policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy".into();
            bench.go(iam::DetachRolePolicy {
                role_name: "nodes".into(),
                policy_arn,
            });
        }
        _ => {}
    }
}

/// Builds everything but for one thing, which keeps the node away or unready.
fn node_without(seed: u64, spoil: &str) -> Option<bool> {
    let mut bench = Bench::new(seed);
    let net = bench.net();
    let mut cluster = bench.cluster(&net);
    if spoil != "cni" {
        bench.addon("vpc-cni");
    }
    let role = bench.node_role("nodes");
    match spoil {
        "entry" => {}
        "entry of another kind" => {
            bench.go(Bench::entry_input(&role, "STANDARD"));
        }
        _ => {
            bench.go(Bench::entry_input(&role, "EC2_LINUX"));
        }
    }
    spoil_one(&mut bench, &net, &mut cluster, spoil);
    start_pool(&mut bench, &net, &cluster);
    bench.wait(300);
    ready(&mut bench)
}

#[test]
fn a_node_joins_only_if_everything_is_right() {
    assert_eq!(node_without(200, "nothing"), Some(true));
    let away = [
        "entry",
        "entry of another kind",
        "public address",
        "route",
        "egress",
        "open API",
        "endpoint",
        "cluster name",
    ];
    for spoil in away {
        assert_eq!(node_without(200, spoil), None, "{spoil}");
    }
    for spoil in ["cni", "registry", "permission of the CNI"] {
        assert_eq!(node_without(200, spoil), Some(false), "{spoil}");
    }
}

#[test]
fn behaviour_35_nodes_of_a_role_that_was_made_again_stay_out() {
    let mut bench = Bench::new(35);
    let net = bench.net();
    let cluster = bench.cluster(&net);
    bench.addon("vpc-cni");
    let role = bench.node_role("nodes");
    bench.go(Bench::entry_input(&role, "EC2_LINUX"));
    for policy in bench.go(iam::ListAttachedRolePolicies {
        role_name: "nodes".into(),
    }) {
        bench.go(iam::DetachRolePolicy {
            role_name: "nodes".into(),
            policy_arn: policy.policy_arn,
        });
    }
    let name = || "nodes".to_owned();
    bench.go(iam::RemoveRoleFromInstanceProfile {
        instance_profile_name: name(),
        role_name: name(),
    });
    bench.go(iam::DeleteRole { role_name: name() });
    bench.go(iam::DeleteInstanceProfile {
        instance_profile_name: name(),
    });
    assert_eq!(bench.node_role("nodes"), role);
    start_pool(&mut bench, &net, &cluster);
    bench.wait(1000);
    assert_eq!(ready(&mut bench), None);
    bench.go(eks::DeleteAccessEntry {
        cluster_name: "lb".into(),
        principal_arn: role.clone(),
    });
    bench.go(Bench::entry_input(&role, "EC2_LINUX"));
    bench.until("a Ready node", 400, |bench| ready(bench) == Some(true));
}

#[test]
fn aws_auth_lets_nodes_in_by_the_role_without_its_path() {
    let mut bench = Bench::new(91);
    let net = bench.net();
    let cluster = bench.cluster(&net);
    bench.addon("vpc-cni");
    let role = bench.node_role("nodes");
    let map = format!(
        "- groups:\n  - system:bootstrappers\n  - system:nodes\n  rolearn: {role}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n"
    );
    bench.go(kubernetes::Apply {
        cluster: "lb".into(),
        field_manager: "lb".into(),
        force: false,
        manifest: serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": {"mapRoles": map}}),
    });
    start_pool(&mut bench, &net, &cluster);
    bench.until("a Ready node", 300, |bench| ready(bench) == Some(true));
}

#[test]
fn the_api_answers_some_time_after_the_cluster_is_active() {
    let mut late = 0;
    for seed in 0..5 {
        let mut bench = Bench::new(seed);
        let net = bench.net();
        let role = bench.role("cluster", "eks.amazonaws.com", &["AmazonEKSClusterPolicy"]);
        bench.go(Bench::cluster_input(&net, &role));
        let readyz = || kubernetes::Readyz { cluster: "lb".into() };
        assert_eq!(bench.refused(readyz()), "NameNotResolved");
        bench.until("ACTIVE", 900, |bench| bench.describe().status == "ACTIVE");
        late += usize::from(bench.call(readyz()).is_err());
        bench.wait(120);
        bench.call(readyz()).unwrap();
    }
    assert!(late > 0);
}

#[test]
fn a_caller_without_an_entry_is_not_let_in() {
    let mut bench = Bench::new(92);
    let net = bench.net();
    bench.cluster(&net);
    let caller = facts(0).caller;
    bench.go(eks::DeleteAccessEntry {
        cluster_name: "lb".into(),
        principal_arn: caller.clone(),
    });
    let readyz = || kubernetes::Readyz { cluster: "lb".into() };
    assert_eq!(bench.refused(readyz()), "Unauthorized");
    bench.go(Bench::entry_input(&caller, "STANDARD"));
    assert_eq!(bench.refused(readyz()), "Forbidden");
    bench.wait(10);
    bench.go(eks::AssociateAccessPolicy {
        cluster_name: "lb".into(),
        principal_arn: caller,
        policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy".into(),
        access_scope: eks::AccessScope {
            kind: "cluster".into(),
            namespaces: Vec::new(),
        },
    });
    bench.call(readyz()).unwrap();
}

#[test]
fn the_same_seed_and_calls_give_the_same_account() {
    let run = |seed| {
        let mut bench = Bench::new(seed);
        let net = bench.net();
        cluster_with_node(&mut bench, &net);
        serde_json::to_string(&bench.account).unwrap()
    };
    let first = run(5);
    assert_eq!(first, run(5));
    assert_ne!(first, run(6));
    let read: Account = serde_json::from_str(&first).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), first);
}

#[test]
fn calls_beyond_a_bucket_are_refused_until_it_refills() {
    let mut bench = Bench::new(93);
    let call = |bench: &mut Bench| {
        bench
            .account
            .call(REGION, bench.now, ec2::DescribeVpcs::default().request())
            .0
    };
    for _ in 0..100 {
        call(&mut bench).unwrap();
    }
    assert_eq!(call(&mut bench).unwrap_err().code, "RequestLimitExceeded");
    // Another action has its own bucket.
    bench.call(ec2::DescribeSubnets::default()).unwrap();
    bench.wait(1);
    call(&mut bench).unwrap();
}

#[test]
fn regions_are_apart_and_unknown_ones_do_not_answer() {
    let mut bench = Bench::new(94);
    bench.vpc();
    let in_region = |bench: &mut Bench, region: &str| {
        bench
            .account
            .call(region, bench.now, ec2::DescribeVpcs::default().request())
            .0
    };
    let elsewhere = in_region(&mut bench, "eu-west-1").unwrap();
    assert_eq!(ec2::DescribeVpcs::reply(elsewhere), Ok(Vec::new()));
    assert_eq!(
        in_region(&mut bench, "us-west-9").unwrap_err().code,
        "NameNotResolved"
    );
    bench.go(Bench::create_role("nodes", "ec2.amazonaws.com"));
    let role = iam::GetRole {
        role_name: "nodes".into(),
    }
    .request();
    bench.account.call("eu-west-1", bench.now, role).0.unwrap();
}

#[test]
fn images_are_named_by_parameters_that_exist_on_the_day() {
    let mut bench = Bench::new(95);
    let parameter = |rest: &str| ssm::GetParameter {
        name: format!("/aws/service/eks/optimized-ami/{rest}"),
    };
    let id = bench
        .go(parameter(
            "1.34/amazon-linux-2023/x86_64/standard/recommended/image_id",
        ))
        .value;
    let image = bench
        .go(ec2::DescribeImages {
            image_ids: vec![id],
            ..ec2::DescribeImages::default()
        })
        .remove(0);
    assert_eq!(
        (image.architecture.as_str(), image.root_device_name.as_deref()),
        ("x86_64", Some("/dev/xvda"))
    );
    for gone in [
        "1.34/amazon-linux-2/recommended/image_id",
        "1.99/amazon-linux-2023/x86_64/standard/recommended/image_id",
    ] {
        assert_eq!(bench.refused(parameter(gone)), "ParameterNotFound", "{gone}");
    }
    let mut facts = facts(96);
    let name = "/aws/service/eks/optimized-ami/1.29/amazon-linux-2/recommended/image_id";
    facts
        .parameters
        .insert(name.into(), "ami-b9c0264835d60bd9e".into());
    let mut bench = Bench::of(facts);
    let id = bench.go(ssm::GetParameter { name: name.into() }).value;
    assert_eq!(id, "ami-b9c0264835d60bd9e");
    let image = bench
        .go(ec2::DescribeImages {
            image_ids: vec![id],
            ..ec2::DescribeImages::default()
        })
        .remove(0);
    assert_eq!(image.name, "AmazonLinux2-1.29");
}

#[test]
fn caller_quotas_and_log_groups() {
    let mut bench = Bench::new(97);
    assert_eq!(bench.go(sts::GetCallerIdentity {}).account, "111122223333");
    let quota = |code: &str| servicequotas::GetServiceQuota {
        service_code: "ec2".into(),
        quota_code: code.into(),
    };
    assert_eq!(bench.go(quota("L-DB2E81BA")).value.to_string(), "512");
    assert_eq!(bench.refused(quota("L-0263D0A3")), "NoSuchResourceException");
    let default = servicequotas::GetAWSDefaultServiceQuota {
        service_code: "ec2".into(),
        quota_code: "L-0263D0A3".into(),
    };
    assert_eq!(bench.go(default).value.to_string(), "5");
    let group = || logs::CreateLogGroup {
        log_group_name: "/aws/eks/lb/cluster".into(),
        ..logs::CreateLogGroup::default()
    };
    bench.go(group());
    assert_eq!(bench.refused(group()), "ResourceAlreadyExistsException");
    let keep = |days: i64| logs::PutRetentionPolicy {
        log_group_name: "/aws/eks/lb/cluster".into(),
        retention_in_days: days,
    };
    assert_eq!(bench.refused(keep(6)), "InvalidParameterException");
    bench.go(keep(7));
}
