use super::bench::*;
use crate::operations::{autoscaling::*, ec2, eks, iam, kms};
use base64::{Engine, engine::general_purpose::STANDARD};

pub(super) fn group(template: &str, net: &Net, desired: i64, max: i64) -> CreateAutoScalingGroup {
    CreateAutoScalingGroup {
        auto_scaling_group_name: "pool".into(),
        launch_template: Some(LaunchTemplateSpecification {
            launch_template_id: Some(template.into()),
            launch_template_name: None,
            version: Some("1".into()),
        }),
        min_size: 0,
        max_size: max,
        desired_capacity: Some(desired),
        vpc_zone_identifier: Some(net.subnets.join(",")),
        ..CreateAutoScalingGroup::default()
    }
}

/// A network, a profile and a template of an instance type; the account's Auto Scaling role is there.
pub(super) fn prepared(bench: &mut Bench, instance_type: &str) -> (Net, String) {
    let net = bench.net();
    bench.node_role("nodes");
    bench.go(iam::CreateServiceLinkedRole {
        aws_service_name: "autoscaling.amazonaws.com".into(),
    });
    bench.wait(60);
    let mut data = Bench::template_data(&net.group, "nodes", String::new());
    data.instance_type = Some(instance_type.into());
    let template = bench.template("pool", data);
    (net, template)
}

pub(super) fn pool(bench: &mut Bench) -> Option<AutoScalingGroup> {
    bench.go(DescribeAutoScalingGroups::default()).pop()
}

fn in_service(bench: &mut Bench) -> usize {
    let pool = pool(bench).unwrap();
    pool.instances
        .iter()
        .filter(|instance| instance.lifecycle_state == "InService")
        .count()
}

pub(super) fn last_failure(bench: &mut Bench) -> String {
    let activities = bench.go(DescribeScalingActivities::default());
    activities
        .into_iter()
        .find_map(|activity| activity.status_message)
        .unwrap_or_default()
}

pub(super) fn resize(desired: i64) -> SetDesiredCapacity {
    SetDesiredCapacity {
        auto_scaling_group_name: "pool".into(),
        desired_capacity: desired,
    }
}

fn delete(force: bool) -> DeleteAutoScalingGroup {
    DeleteAutoScalingGroup {
        auto_scaling_group_name: "pool".into(),
        force_delete: Some(force),
    }
}

#[test]
fn behaviour_08_terminated_instances_stay_visible_for_an_hour() {
    let mut bench = Bench::new(108);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 1, 1));
    bench.wait(60);
    let id = pool(&mut bench).unwrap().instances[0].instance_id.clone();
    bench.go(resize(0));
    bench.wait(300);
    let read = ec2::DescribeInstances {
        instance_ids: vec![id],
        ..ec2::DescribeInstances::default()
    };
    assert_eq!(bench.go(read.clone())[0].state.name, "terminated");
    bench.wait(3700);
    assert_eq!(bench.refused(read), "InvalidInstanceID.NotFound");
}

#[test]
fn behaviour_19_auto_scaling_does_not_see_a_new_profile_at_once() {
    let mut bench = Bench::new(19);
    let (net, _) = prepared(&mut bench, "t3.large");
    let data = Bench::template_data(&net.group, "fresh", String::new());
    let template = bench.template("fresh", data);
    bench.role("fresh", "ec2.amazonaws.com", &[]);
    bench.profile("fresh");
    let error = bench.call(group(&template, &net, 0, 1)).unwrap_err();
    assert_eq!(error.code, "ValidationError");
    assert!(
        error.message.contains("Invalid IAM Instance Profile"),
        "{}",
        error.message
    );
    bench.wait(60);
    bench.call(group(&template, &net, 0, 1)).unwrap();
}

type Spoil = fn(&mut ec2::LaunchTemplateData);

#[test]
fn behaviour_21_a_group_is_not_made_from_a_bad_template() {
    let mut bench = Bench::new(21);
    let (net, template) = prepared(&mut bench, "t3.large");
    let good = Bench::template_data(&net.group, "nodes", String::new());
    bench.go(iam::CreateInstanceProfile {
        instance_profile_name: "empty".into(),
        ..Default::default()
    });
    bench.wait(60);
    let bad: [(&str, Spoil); 7] = [
        ("image", |data| data.image_id = Some("ami-none".into())),
        ("type", |data| data.instance_type = Some("t3.enormous".into())),
        ("architecture", |data| {
            data.instance_type = Some("t4g.large".into())
        }),
        ("key", |data| data.key_name = Some("none".into())),
        ("group", |data| {
            data.network_interfaces[0].groups = vec!["sg-none".into()]
        }),
        ("profile", |data| {
            data.iam_instance_profile.as_mut().unwrap().name = Some("none".into())
        }),
        ("profile-without-role", |data| {
            data.iam_instance_profile.as_mut().unwrap().name = Some("empty".into())
        }),
    ];
    for (what, spoil) in bad {
        let mut data = good.clone();
        spoil(&mut data);
        let template = bench.template(what, data);
        assert_eq!(
            bench.refused(group(&template, &net, 0, 1)),
            "ValidationError",
            "{what}"
        );
    }
    assert_eq!(bench.refused(group("lt-none", &net, 0, 1)), "ValidationError");
    assert_eq!(bench.refused(group(&template, &net, 3, 2)), "ValidationError");
    let nowhere = CreateAutoScalingGroup {
        vpc_zone_identifier: None,
        ..group(&template, &net, 0, 1)
    };
    assert_eq!(bench.refused(nowhere), "ValidationError");
    bench.go(group(&template, &net, 0, 1));
}

#[test]
fn behaviour_22_the_first_group_of_an_account_waits_for_the_services_role() {
    let mut bench = Bench::new(22);
    let net = bench.net();
    bench.node_role("nodes");
    let data = Bench::template_data(&net.group, "nodes", String::new());
    let template = bench.template("pool", data);
    assert_eq!(
        bench.refused(group(&template, &net, 0, 1)),
        "ServiceLinkedRoleFailure"
    );
    bench.wait(60);
    bench.call(group(&template, &net, 0, 1)).unwrap();
}

#[test]
fn behaviour_23_a_name_in_deletion_is_taken() {
    let mut bench = Bench::new(23);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 1, 1));
    assert_eq!(bench.refused(group(&template, &net, 1, 1)), "AlreadyExists");
    bench.wait(60);
    bench.go(delete(true));
    let error = bench.call(group(&template, &net, 1, 1)).unwrap_err();
    assert_eq!(error.code, "AlreadyExists");
    assert!(error.message.contains("pending delete"), "{}", error.message);
    bench.wait(300);
    bench.go(group(&template, &net, 1, 1));
}

#[test]
fn behaviour_24_a_group_with_instances_is_not_deleted_without_force() {
    let mut bench = Bench::new(24);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 1, 1));
    bench.wait(60);
    assert_eq!(bench.refused(delete(false)), "ResourceInUse");
    bench.go(resize(0));
    bench.wait(300);
    bench.go(delete(false));
    assert_eq!(bench.refused(delete(false)), "ValidationError");
}

#[test]
fn behaviour_25_a_forced_deletion_shows_the_group_until_it_is_empty() {
    let mut bench = Bench::new(25);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 2, 2));
    bench.wait(60);
    bench.go(delete(true));
    let deleting = pool(&mut bench).unwrap();
    assert_eq!(
        (deleting.status.as_deref(), deleting.instances.len()),
        (Some("Delete in progress"), 2)
    );
    assert_eq!(bench.refused(delete(true)), "ScalingActivityInProgress");
    bench.until("gone", 300, |bench| pool(bench).is_none());
}

#[test]
fn behaviour_26_a_group_keeps_trying_and_tells_only_in_its_activities() {
    let mut limited = facts(26);
    limited.quotas.insert("L-DB2E81BA".into(), 4.0);
    let mut bench = Bench::of(limited);
    let (net, template) = prepared(&mut bench, "g5.xlarge");
    bench.go(group(&template, &net, 2, 2));
    bench.wait(120);
    assert_eq!(in_service(&mut bench), 1);
    assert!(last_failure(&mut bench).contains("your current vCPU limit of"));

    let mut scarce = facts(126);
    for zone in ["a", "b"] {
        scarce
            .capacity
            .insert(format!("g5.xlarge {REGION}{zone}"), u32::from(zone == "b"));
    }
    let mut bench = Bench::of(scarce);
    let (net, template) = prepared(&mut bench, "g5.xlarge");
    bench.go(group(&template, &net, 2, 2));
    bench.wait(120);
    assert!(last_failure(&mut bench).contains("do not have sufficient"));
    let tries = bench.go(DescribeScalingActivities::default()).len();
    bench.wait(1200);
    assert!(bench.go(DescribeScalingActivities::default()).len() > tries);
    assert_eq!(in_service(&mut bench), 1);
}

#[test]
fn behaviour_27_changed_tags_and_templates_leave_running_instances_alone() {
    let mut bench = Bench::new(27);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 1, 2));
    bench.wait(60);
    let before = bench.go(ec2::DescribeInstances::default());
    let data = Bench::template_data(&net.group, "nodes", String::new());
    let version = bench.go(ec2::CreateLaunchTemplateVersion {
        launch_template_id: template.clone(),
        launch_template_data: data,
        ..ec2::CreateLaunchTemplateVersion::default()
    });
    let number = version.version_number.to_string();
    let mut changed = group(&template, &net, 1, 2).launch_template.unwrap();
    changed.version = Some(number.clone());
    bench.go(UpdateAutoScalingGroup {
        auto_scaling_group_name: "pool".into(),
        launch_template: Some(changed),
        ..UpdateAutoScalingGroup::default()
    });
    let tag = Tag {
        resource_id: Some("pool".into()),
        key: "team".into(),
        value: Some("a".into()),
        propagate_at_launch: Some(true),
        ..Tag::default()
    };
    bench.go(CreateOrUpdateTags { tags: vec![tag] });
    bench.wait(600);
    assert_eq!(bench.go(ec2::DescribeInstances::default()), before);
    bench.go(resize(2));
    bench.wait(60);
    let instances = pool(&mut bench).unwrap().instances;
    let versions: Vec<_> = instances
        .iter()
        .map(|i| i.launch_template.clone().unwrap().version.unwrap())
        .collect();
    assert!(
        versions.contains(&"1".to_owned()) && versions.contains(&number),
        "{versions:?}"
    );
    let tagged = vec![ec2::Filter::new("tag:team", "a")];
    let found = bench.go(ec2::DescribeInstances {
        filters: tagged,
        ..ec2::DescribeInstances::default()
    });
    assert_eq!(found.len(), 1);
}

#[test]
fn behaviour_28_a_desired_capacity_below_the_running_terminates() {
    let mut bench = Bench::new(28);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 3, 3));
    bench.wait(60);
    assert_eq!(in_service(&mut bench), 3);
    bench.go(resize(1));
    bench.wait(300);
    assert_eq!(pool(&mut bench).unwrap().instances.len(), 1);
}

#[test]
fn behaviour_30_a_profile_in_use_may_go_and_starves_the_nodes() {
    let mut bench = Bench::new(30);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 0, 1));
    let name = || "nodes".to_owned();
    bench.go(iam::RemoveRoleFromInstanceProfile {
        instance_profile_name: name(),
        role_name: name(),
    });
    bench.go(iam::DeleteInstanceProfile {
        instance_profile_name: name(),
    });
    bench.go(resize(1));
    bench.wait(60);
    assert!(pool(&mut bench).unwrap().instances.is_empty());
    assert!(last_failure(&mut bench).contains("Invalid IAM Instance Profile"));
}

#[test]
fn behaviour_40_the_interface_of_the_cni_sometimes_stays_behind() {
    let (mut stayed, mut went) = (0, 0);
    for seed in 0..20 {
        let mut bench = Bench::new(seed);
        let net = bench.net();
        let cluster = super::whole::cluster_with_node(&mut bench, &net);
        assert_eq!(cluster.status, "ACTIVE");
        bench.go(DeleteAutoScalingGroup {
            auto_scaling_group_name: "pool".into(),
            force_delete: Some(true),
        });
        bench.wait(400);
        let left: Vec<_> = bench
            .go(ec2::DescribeNetworkInterfaces::default())
            .into_iter()
            .filter(|interface| interface.description.starts_with("aws-K8S-"))
            .collect();
        match left.as_slice() {
            [] => went += 1,
            [interface] => {
                stayed += 1;
                assert_eq!(interface.status, "available");
                let id = interface.network_interface_id.clone();
                let delete = ec2::DeleteSecurityGroup {
                    group_id: net.group.clone(),
                };
                assert_eq!(bench.refused(delete.clone()), "DependencyViolation");
                bench.go(ec2::DeleteNetworkInterface {
                    network_interface_id: id,
                });
                bench.go(delete);
            }
            more => panic!("{more:?}"),
        }
    }
    assert!(stayed > 0 && went > 0, "{stayed} {went}");
}

#[test]
fn a_zone_that_does_not_offer_a_type_is_passed_over() {
    let mut bench = Bench::new(70);
    let vpc = bench.vpc();
    let far = bench.subnet(&vpc, "d", "192.168.96.0/19");
    let near = bench.subnet(&vpc, "a", "192.168.0.0/19");
    let security = bench.group(&vpc, "nodes");
    bench.node_role("nodes");
    bench.go(iam::CreateServiceLinkedRole {
        aws_service_name: "autoscaling.amazonaws.com".into(),
    });
    bench.wait(60);
    let mut data = Bench::template_data(&security, "nodes", String::new());
    data.instance_type = Some("g5.xlarge".into());
    let template = bench.template("pool", data);
    let net = Net {
        vpc,
        subnets: [far, near],
        gateway: String::new(),
        group: security,
    };
    bench.go(group(&template, &net, 2, 2));
    bench.wait(60);
    let zones: Vec<_> = pool(&mut bench)
        .unwrap()
        .instances
        .into_iter()
        .map(|i| i.availability_zone)
        .collect();
    assert_eq!(zones, ["us-west-2a", "us-west-2a"]);
}

#[test]
fn one_instance_is_terminated_and_replaced_or_not() {
    let mut bench = Bench::new(71);
    let (net, template) = prepared(&mut bench, "t3.large");
    bench.go(group(&template, &net, 2, 2));
    bench.wait(60);
    let id = pool(&mut bench).unwrap().instances[0].instance_id.clone();
    let end = |id: &str, should_decrement_desired_capacity: bool| TerminateInstanceInAutoScalingGroup {
        instance_id: id.into(),
        should_decrement_desired_capacity,
    };
    bench.go(end(&id, true));
    bench.wait(300);
    let left = pool(&mut bench).unwrap();
    assert_eq!((left.desired_capacity, left.instances.len()), (1, 1));
    let other = left.instances[0].instance_id.clone();
    bench.go(end(&other, false));
    bench.wait(300);
    let replaced = pool(&mut bench).unwrap();
    assert_eq!((replaced.desired_capacity, replaced.instances.len()), (1, 1));
    assert_ne!(replaced.instances[0].instance_id, other);
    assert_eq!(bench.refused(end("i-none", true)), "ValidationError");
    assert_eq!(
        bench.refused(eks::DescribeCluster { name: "lb".into() }),
        "ResourceNotFoundException"
    );
}

#[test]
fn a_volume_key_that_auto_scaling_may_not_use_ends_every_instance() {
    let key = "arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001";
    let role = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    for (users, starts) in [(vec![], false), (vec![role], true)] {
        let mut facts = facts(41);
        let users = users.into_iter().map(str::to_owned).collect();
        let own = crate::sandbox::KeyFacts {
            users,
            ..Default::default()
        };
        facts.keys.insert(key.into(), own);
        let mut bench = Bench::of(facts);
        let (net, _) = prepared(&mut bench, "t3.large");
        let mut data = Bench::template_data(&net.group, "nodes", String::new());
        data.instance_type = Some("t3.large".into());
        data.block_device_mappings = vec![ec2::BlockDeviceMapping {
            device_name: "/dev/xvda".into(),
            ebs: Some(ec2::EbsBlockDevice {
                encrypted: Some(true),
                kms_key_id: Some(key.into()),
                volume_size: Some(80),
                ..ec2::EbsBlockDevice::default()
            }),
        }];
        let template = bench.template("encrypted", data);
        bench.go(group(&template, &net, 1, 1));
        bench.wait(60);
        assert_eq!(in_service(&mut bench) == 1, starts);
        assert_eq!(last_failure(&mut bench).contains("Client.InternalError"), !starts);
        let policy = bench.go(kms::GetKeyPolicy {
            key_id: key.into(),
            policy_name: "default".into(),
        });
        assert_eq!(policy.contains(role), starts);
    }
}

#[test]
fn a_console_shows_what_user_data_wrote() {
    let mut bench = Bench::new(42);
    let (net, _) = prepared(&mut bench, "t3.large");
    let user_data = STANDARD.encode("#cloud-config\n/etc/eks/bootstrap.sh no-such-cluster\n");
    let data = Bench::template_data(&net.group, "nodes", user_data);
    let template = bench.template("lost", data);
    bench.go(group(&template, &net, 1, 1));
    bench.wait(400);
    let id = pool(&mut bench).unwrap().instances[0].instance_id.clone();
    let console = bench.go(ec2::GetConsoleOutput {
        instance_id: id,
        latest: None,
    });
    let text = String::from_utf8(STANDARD.decode(console.output.unwrap()).unwrap()).unwrap();
    assert!(
        text.contains("No cluster found for name: no-such-cluster"),
        "{text}"
    );
}
