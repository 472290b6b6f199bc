//! Placement groups, and nodes with several network cards.

use super::{
    autoscaling::{group, last_failure, pool, prepared, resize},
    bench::*,
};
use crate::operations::{
    autoscaling::DeleteAutoScalingGroup,
    ec2::{
        CreatePlacementGroup, DeletePlacementGroup, DescribeInstances, DescribeNetworkInterfaces,
        DescribePlacementGroups, InstanceNetworkInterfaceSpecification, LaunchTemplateData, Placement,
        PlacementGroup,
    },
};

const NAME: &str = "together";

fn create(bench: &mut Bench) -> PlacementGroup {
    let group = bench.go(CreatePlacementGroup {
        group_name: NAME.into(),
        strategy: "cluster".into(),
        ..CreatePlacementGroup::default()
    });
    bench.wait(30);
    group
}

fn delete() -> DeletePlacementGroup {
    DeletePlacementGroup {
        group_name: NAME.into(),
    }
}

/// Data of a template with these cards of an instance type: device, card, kind.
fn data(net: &Net, instance_type: &str, cards: &[(i64, i64, Option<&str>)]) -> LaunchTemplateData {
    let interface = |(device, card, kind): &(i64, i64, Option<&str>)| InstanceNetworkInterfaceSpecification {
        device_index: Some(*device),
        network_card_index: Some(*card),
        interface_type: kind.map(str::to_owned),
        groups: vec![net.group.clone()],
        ..InstanceNetworkInterfaceSpecification::default()
    };
    LaunchTemplateData {
        instance_type: Some(instance_type.into()),
        network_interfaces: cards.iter().map(interface).collect(),
        ..Bench::template_data(&net.group, "nodes", String::new())
    }
}

#[test]
fn a_placement_group_goes_by_its_name_and_not_while_it_is_used() {
    let mut bench = Bench::new(1);
    let (net, _) = prepared(&mut bench, "t3.large");
    let named = DescribePlacementGroups {
        group_names: vec![NAME.into()],
        ..DescribePlacementGroups::default()
    };
    assert_eq!(bench.refused(named.clone()), "InvalidPlacementGroup.Unknown");
    assert_eq!(bench.refused(delete()), "InvalidPlacementGroup.Unknown");
    let nowhere = LaunchTemplateData {
        placement: Some(Placement {
            group_name: Some(NAME.into()),
            ..Placement::default()
        }),
        ..data(&net, "t3.large", &[(0, 0, None)])
    };
    let template = bench.template("placed", nowhere);
    let refused = bench.call(group(&template, &net, 0, 1)).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
    assert!(refused.message.contains("is unknown"), "{}", refused.message);

    create(&mut bench);
    let again = CreatePlacementGroup {
        group_name: NAME.into(),
        strategy: "spread".into(),
        ..CreatePlacementGroup::default()
    };
    assert_eq!(bench.refused(again), "InvalidPlacementGroup.Duplicate");
    assert_eq!(bench.go(named)[0].strategy, "cluster");
    bench.go(group(&template, &net, 1, 1));
    bench.wait(60);
    assert_eq!(bench.refused(delete()), "InvalidPlacementGroup.InUse");
    bench.go(DeleteAutoScalingGroup {
        auto_scaling_group_name: "pool".into(),
        force_delete: Some(true),
    });
    bench.wait(2);
    assert_eq!(bench.refused(delete()), "InvalidPlacementGroup.InUse");
    bench.until("terminated", 400, |bench| bench.call(delete()).is_ok());
}

#[test]
fn instances_of_a_cluster_are_all_in_one_zone() {
    let mut bench = Bench::new(2);
    let (net, _) = prepared(&mut bench, "t3.large");
    create(&mut bench);
    let placed = LaunchTemplateData {
        placement: Some(Placement {
            group_name: Some(NAME.into()),
            ..Placement::default()
        }),
        ..data(&net, "t3.large", &[(0, 0, None)])
    };
    let template = bench.template("placed", placed);
    bench.go(group(&template, &net, 0, 3));
    bench.go(resize(3));
    bench.wait(120);
    let instances = bench.go(DescribeInstances::default());
    assert_eq!(instances.len(), 3);
    let zone = &instances[0].placement.availability_zone;
    assert!(
        instances
            .iter()
            .all(|instance| instance.placement.availability_zone == *zone)
    );
    assert_eq!(instances[0].placement.group_name.as_deref(), Some(NAME));
    // Another group of the same cluster, in the other zone only.
    let other = net.subnets.iter().rev().find(|subnet| {
        let of_instance = instances[0].subnet_id.as_deref();
        of_instance != Some(subnet.as_str())
    });
    let mut elsewhere = group(&template, &net, 1, 1);
    elsewhere.auto_scaling_group_name = "elsewhere".into();
    elsewhere.vpc_zone_identifier = other.cloned();
    bench.go(elsewhere);
    bench.wait(60);
    assert!(last_failure(&mut bench).contains("must be launched in the"));
}

#[test]
fn adapters_are_for_the_cards_that_take_them() {
    let mut bench = Bench::new(3);
    let (net, _) = prepared(&mut bench, "t3.large");
    let bad = [
        ("none", data(&net, "t3.large", &[(0, 0, Some("efa"))])),
        ("first", data(&net, "p6-b300.48xlarge", &[(0, 0, Some("efa"))])),
        (
            "beyond",
            data(&net, "c5n.18xlarge", &[(0, 0, Some("efa")), (1, 1, Some("efa"))]),
        ),
        (
            "device",
            data(&net, "p4d.24xlarge", &[(0, 0, Some("efa")), (0, 1, Some("efa"))]),
        ),
    ];
    for (what, data) in bad {
        let template = bench.template(what, data);
        assert_eq!(
            bench.refused(group(&template, &net, 0, 1)),
            "ValidationError",
            "{what}"
        );
    }
    let cards = [(0, 0, Some("efa")), (1, 1, Some("efa"))];
    let template = bench.template("good", data(&net, "g6e.24xlarge", &cards));
    bench.go(group(&template, &net, 1, 1));
    bench.wait(60);
    assert_eq!(pool(&mut bench).unwrap().instances.len(), 1);
    let instance = bench.go(DescribeInstances::default()).remove(0);
    // With several interfaces EC2 gives no public address, though the subnet would.
    assert_eq!(instance.public_ip_address, None);
    let interfaces = bench.go(DescribeNetworkInterfaces::default());
    let adapters = interfaces.iter().filter(|found| found.interface_type == "efa");
    assert_eq!(adapters.count(), 2);
}
