//! What EKS does with managed nodegroups.

use super::bench::*;
use crate::operations::{autoscaling::DescribeAutoScalingGroups, eks::*, iam::CreateServiceLinkedRole};

fn nodegroup(net: &Net, role: &str) -> CreateNodegroup {
    CreateNodegroup {
        cluster_name: "lb".into(),
        nodegroup_name: "nodes".into(),
        node_role: role.into(),
        subnets: net.subnets.to_vec(),
        instance_types: vec!["m5.large".into()],
        scaling_config: Some(sizes(0, 2, 0)),
        ..CreateNodegroup::default()
    }
}

/// A cluster in an account where Auto Scaling has been before.
fn cluster(bench: &mut Bench) -> Net {
    bench.go(CreateServiceLinkedRole {
        aws_service_name: "autoscaling.amazonaws.com".into(),
    });
    let net = bench.net();
    bench.cluster(&net);
    net
}

fn sizes(min: i64, max: i64, desired: i64) -> NodegroupScalingConfig {
    NodegroupScalingConfig {
        min_size: Some(min),
        max_size: Some(max),
        desired_size: Some(desired),
    }
}

fn describe() -> DescribeNodegroup {
    DescribeNodegroup {
        cluster_name: "lb".into(),
        nodegroup_name: "nodes".into(),
    }
}

fn delete() -> DeleteNodegroup {
    DeleteNodegroup {
        cluster_name: "lb".into(),
        nodegroup_name: "nodes".into(),
    }
}

fn is(bench: &mut Bench, status: &str) -> bool {
    let nodegroup = bench.go(describe());
    assert!(!nodegroup.status.ends_with("FAILED"), "{nodegroup:?}");
    nodegroup.status == status
}

#[test]
fn eks_makes_the_group_and_the_entry_and_a_cluster_with_nodegroups_stays() {
    let mut bench = Bench::new(61);
    let net = cluster(&mut bench);
    let role = bench.node_role("nodes");
    bench.go(nodegroup(&net, &role));
    assert_eq!(bench.refused(nodegroup(&net, &role)), "ResourceInUseException");
    assert_eq!(bench.refused(delete()), "ResourceInUseException");
    bench.until("ACTIVE", 900, |bench| is(bench, "ACTIVE"));
    let made = bench.go(describe());
    let group = made.resources.auto_scaling_groups[0].name.clone();
    let groups = bench.go(DescribeAutoScalingGroups {
        auto_scaling_group_names: vec![group],
        ..DescribeAutoScalingGroups::default()
    });
    assert_eq!((groups[0].desired_capacity, groups[0].max_size), (0, 2));
    let entry = DescribeAccessEntry {
        cluster_name: "lb".into(),
        principal_arn: role,
    };
    assert_eq!(bench.go(entry.clone()).kind, "EC2_LINUX");
    assert_eq!(
        bench.refused(DeleteCluster { name: "lb".into() }),
        "ResourceInUseException"
    );

    bench.go(delete());
    bench.until("gone", 1800, |bench| bench.call(describe()).is_err());
    assert_eq!(bench.refused(entry), "ResourceNotFoundException");
}

#[test]
fn a_nodegroup_takes_one_update_at_a_time_and_sizes_that_fit() {
    let mut bench = Bench::new(62);
    let net = cluster(&mut bench);
    let role = bench.node_role("nodes");
    let wrong = CreateNodegroup {
        scaling_config: Some(sizes(2, 1, 1)),
        ..nodegroup(&net, &role)
    };
    assert_eq!(bench.refused(wrong), "InvalidParameterException");
    bench.go(nodegroup(&net, &role));
    bench.until("ACTIVE", 900, |bench| is(bench, "ACTIVE"));
    let update = UpdateNodegroupConfig {
        cluster_name: "lb".into(),
        nodegroup_name: "nodes".into(),
        scaling_config: Some(sizes(0, 3, 0)),
        ..UpdateNodegroupConfig::default()
    };
    bench.go(update.clone());
    assert_eq!(bench.refused(update), "ResourceInUseException");
    bench.until("ACTIVE", 900, |bench| is(bench, "ACTIVE"));
    assert_eq!(bench.go(describe()).scaling_config, sizes(0, 3, 0));
}

#[test]
fn a_nodegroup_needs_a_role_of_nodes_that_eks_has_seen() {
    let mut bench = Bench::new(63);
    let net = cluster(&mut bench);
    let wrong = bench.role("wrong", "eks.amazonaws.com", &["AmazonEKSWorkerNodePolicy"]);
    assert_eq!(
        bench.refused(nodegroup(&net, &wrong)),
        "InvalidParameterException"
    );
    let bare = bench.role("bare", "ec2.amazonaws.com", &[]);
    assert_eq!(bench.refused(nodegroup(&net, &bare)), "InvalidParameterException");
}
