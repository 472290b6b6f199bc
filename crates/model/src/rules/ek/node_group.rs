//! What nodegroups of both kinds must keep to.

use super::network::is_fully_private;
use super::shape::*;
use crate::{
    config::*,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const REQUIRED: Code = Code("EK301");
const EXCLUDES: Code = Code("EK302");
const REQUIRES: Code = Code("EK303");
const ONE_OF: Code = Code("EK304");
const RANGE: Code = Code("EK305");
const UNIQUE: Code = Code("EK307");
const EFA: Code = Code("EK322");
const SSM: Code = Code("EK323");
const PRIVATE: Code = Code("EK324");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: REQUIRED,
        title: "a field of a nodegroup is missing",
        doc: "Every nodegroup has a name, and a placement group is named by `placement.groupName`.",
        bad: "nodeGroups: [{instanceType: m5.large}]\n",
        good: "nodeGroups: [{name: worker, instanceType: m5.large}]\n",
        check: Some(|config, _, problems| {
            for group in config.all_node_groups() {
                required(REQUIRED, REQUIRED_ROWS, &group.path(), &group, problems);
            }
        }),
    },
    Rule {
        code: EXCLUDES,
        title: "two settings exclude each other",
        doc: "\
An existing role keeps its own name, policies and boundary, so `iam.instanceRoleARN` and `iam.instanceProfileARN` do \
not go together with the fields that shape a new role. Nodes are placed by zones or by subnets. A capacity reservation \
is named by a preference or a target, and a target by its id or its group. Pods that cannot reach the metadata service \
cannot use the node's role, so `disablePodIMDS` does not go together with `iam.withAddonPolicies`.",
        bad: "\
nodeGroups:
- name: worker
  iam:
    instanceRoleARN: arn:aws:iam::111122223333:role/node
    attachPolicyARNs: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]
",
        good: "\
nodeGroups:
- name: worker
  iam:
    instanceRoleARN: arn:aws:iam::111122223333:role/node
",
        check: Some(excluded),
    },
    Rule {
        code: REQUIRES,
        title: "a setting needs another one",
        doc: "\
Settings of the root volume need its size: for a self-managed nodegroup it must be written, because eksctl validates \
before it fills in the default. A KMS key needs `volumeEncrypted: true`, and market options need a capacity \
reservation.",
        bad: "nodeGroups: [{name: worker, volumeEncrypted: true}]\n",
        good: "nodeGroups: [{name: worker, volumeSize: 80, volumeEncrypted: true}]\n",
        check: Some(needed),
    },
    Rule {
        code: ONE_OF,
        title: "a setting has an unknown value",
        doc: "The preference for capacity reservations and the market type have a fixed set of values.",
        bad: "\
nodeGroups: [{name: worker, capacityReservation: {capacityReservationPreference: always}}]
",
        good: "\
nodeGroups: [{name: worker, capacityReservation: {capacityReservationPreference: open}}]
",
        check: Some(|config, _, problems| {
            for group in config.all_node_groups() {
                one_of(ONE_OF, ONE_OF_ROWS, &group.path(), &group, problems);
            }
        }),
    },
    Rule {
        code: RANGE,
        title: "a number is out of range",
        doc: "\
A node cannot have fewer than no pods. The throughput of a volume is between 125 and 1000 MiB per second.",
        bad: "nodeGroups: [{name: worker, volumeThroughput: 100}]\n",
        good: "nodeGroups: [{name: worker, volumeThroughput: 250}]\n",
        check: Some(|config, _, problems| {
            for group in config.all_node_groups() {
                range(RANGE, RANGE_ROWS, &group.path(), &group, problems);
            }
        }),
    },
    Rule {
        code: UNIQUE,
        title: "two nodegroups of one name",
        doc: "\
The name of a nodegroup is unique in the cluster, over both kinds: its AWS objects and the label of its nodes are made \
from it.",
        bad: "nodeGroups: [{name: worker}, {name: worker}]\n",
        good: "nodeGroups: [{name: worker}, {name: gpu-worker}]\n",
        check: Some(names_are_unique),
    },
    Rule {
        code: EFA,
        title: "fabric adapters in several zones",
        doc: "\
Nodes with Elastic Fabric Adapters are put close together, so the nodegroup is in one zone or one subnet.",
        bad: "nodeGroups: [{name: worker, efaEnabled: true, availabilityZones: [us-west-2a, us-west-2b]}]\n",
        good: "nodeGroups: [{name: worker, efaEnabled: true, availabilityZones: [us-west-2a]}]\n",
        check: Some(fabric_adapters),
    },
    Rule {
        code: SSM,
        title: "Systems Manager cannot be switched off",
        doc: "The images of EKS have the agent of Systems Manager built in, so `ssh.enableSsm` cannot be false.",
        bad: "nodeGroups: [{name: worker, ssh: {enableSsm: false}}]\n",
        good: "nodeGroups: [{name: worker, ssh: {allow: false}}]\n",
        check: Some(systems_manager),
    },
    Rule {
        code: PRIVATE,
        title: "public nodes in a private cluster",
        doc: "A fully private cluster has private subnets only, so its nodegroups need `privateNetworking: true`.",
        bad: "\
privateCluster: {enabled: true}
nodeGroups: [{name: worker}]
",
        good: "\
privateCluster: {enabled: true}
nodeGroups: [{name: worker, privateNetworking: true}]
",
        check: Some(private_networking),
    },
];

const REQUIRED_ROWS: &[Required<AnyGroup>] = &[
    Required {
        path: "name",
        missing: |g| g.name.is_empty(),
        help: "give the nodegroup a name, such as `worker`",
    },
    Required {
        path: "placement.groupName",
        missing: |g| {
            g.placement
                .as_ref()
                .is_some_and(|placement| !placement.group_name.is_given())
        },
        help: "name an existing placement group, or remove `placement`",
    },
];

fn iam(group: &NodeGroupRef<'_>, is: impl Fn(&NodeGroupIAM) -> bool) -> bool {
    group.iam.as_ref().is_some_and(is)
}

fn policies(group: &NodeGroupRef<'_>, is: impl Fn(&NodeGroupIAMAddonPolicies) -> Option<bool>) -> bool {
    iam(group, |iam| {
        iam.with_addon_policies
            .as_ref()
            .is_some_and(|policies| is(policies) == Some(true))
    })
}

fn reservation(group: &NodeGroupRef<'_>, is: impl Fn(&CapacityReservation) -> bool) -> bool {
    group.capacity_reservation.as_ref().is_some_and(is)
}

fn reserved_target(group: &NodeGroupRef<'_>, is: impl Fn(&CapacityReservationTarget) -> bool) -> bool {
    reservation(group, |reservation| {
        reservation.capacity_reservation_target.as_ref().is_some_and(&is)
    })
}

type Row = (&'static str, Given<AnyGroup>);

/// Fields that shape the role to be made for the nodes.
const NEW_ROLE: &[Row] = &[
    ("iam.instanceRoleName", |g| {
        iam(g, |iam| iam.instance_role_name.is_given())
    }),
    ("iam.attachPolicy", |g| {
        // An empty document counts for eksctl.
        iam(g, |iam| iam.attach_policy.is_some())
    }),
    ("iam.attachPolicyARNs", |g| {
        iam(g, |iam| iam.attach_policy_arns.is_given())
    }),
    ("iam.instanceRolePermissionsBoundary", |g| {
        iam(g, |iam| iam.instance_role_permissions_boundary.is_given())
    }),
];

/// Policies by name.
const ADDON_POLICIES: &[Row] = &[
    ("iam.withAddonPolicies.imageBuilder", |g| {
        policies(g, |p| p.image_builder)
    }),
    ("iam.withAddonPolicies.autoScaler", |g| {
        policies(g, |p| p.auto_scaler)
    }),
    ("iam.withAddonPolicies.externalDNS", |g| {
        policies(g, |p| p.external_dns)
    }),
    ("iam.withAddonPolicies.certManager", |g| {
        policies(g, |p| p.cert_manager)
    }),
    ("iam.withAddonPolicies.appMesh", |g| policies(g, |p| p.app_mesh)),
    ("iam.withAddonPolicies.appMeshPreview", |g| {
        policies(g, |p| p.app_mesh_preview)
    }),
    ("iam.withAddonPolicies.ebs", |g| policies(g, |p| p.ebs)),
    ("iam.withAddonPolicies.fsx", |g| policies(g, |p| p.fsx)),
    ("iam.withAddonPolicies.efs", |g| policies(g, |p| p.efs)),
    ("iam.withAddonPolicies.awsLoadBalancerController", |g| {
        policies(g, |p| p.aws_load_balancer_controller)
    }),
    ("iam.withAddonPolicies.albIngress", |g| {
        policies(g, |p| p.alb_ingress)
    }),
    ("iam.withAddonPolicies.xRay", |g| policies(g, |p| p.x_ray)),
    ("iam.withAddonPolicies.cloudWatch", |g| {
        policies(g, |p| p.cloud_watch)
    }),
];

const INSTANCE_ROLE: Row = ("iam.instanceRoleARN", |g| {
    iam(g, |iam| iam.instance_role_arn.is_given())
});
const INSTANCE_PROFILE: Row = ("iam.instanceProfileARN", |g| {
    // In a managed nodegroup it is refused altogether.
    g.as_self_managed().is_some() && iam(g, |iam| iam.instance_profile_arn.is_given())
});

const EXCLUDES_ROWS: &[Excludes<AnyGroup>] = &[
    Excludes {
        a: ("availabilityZones", |g| g.availability_zones.is_given()),
        b: ("subnets", |g| g.subnets.is_given()),
        help: "remove the zones: the subnets have theirs",
    },
    Excludes {
        a: ("capacityReservation.capacityReservationPreference", |g| {
            reservation(g, |reservation| {
                reservation.capacity_reservation_preference.is_some()
            })
        }),
        b: ("capacityReservation.capacityReservationTarget", |g| {
            reserved_target(g, |_| true)
        }),
        help: "remove the preference to use the target",
    },
    Excludes {
        a: (
            "capacityReservation.capacityReservationTarget.capacityReservationID",
            |g| reserved_target(g, |target| target.capacity_reservation_id.is_some()),
        ),
        b: (
            "capacityReservation.capacityReservationTarget.capacityReservationResourceGroupARN",
            |g| {
                reserved_target(g, |target| {
                    target.capacity_reservation_resource_group_arn.is_some()
                })
            },
        ),
        help: "keep the reservation or the group",
    },
];

fn excluded(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let at = group.path();
        excludes(EXCLUDES, EXCLUDES_ROWS, &at, &group, problems);
        for existing in [INSTANCE_PROFILE, INSTANCE_ROLE] {
            for new in NEW_ROLE.iter().chain(ADDON_POLICIES) {
                let help = "remove it, and give the existing role what the nodes need";
                excludes(
                    EXCLUDES,
                    &[Excludes::<AnyGroup> {
                        a: existing,
                        b: *new,
                        help,
                    }],
                    &at,
                    &group,
                    problems,
                );
            }
        }
        for policy in ADDON_POLICIES {
            let a: Row = ("disablePodIMDS", |g| yes(*g.disable_pod_imds));
            let help = "remove it: use roles of service accounts instead of the node's role";
            excludes(
                EXCLUDES,
                &[Excludes::<AnyGroup> { a, b: *policy, help }],
                &at,
                &group,
                problems,
            );
        }
    }
}

/// Whether the size of the root volume is known when eksctl validates: managed nodegroups have their default by
/// then, unless they have a launch template of their own.
fn has_volume_size(group: &NodeGroupRef<'_>) -> bool {
    let has_default = group
        .as_managed()
        .is_some_and(|managed| managed.launch_template.is_none());
    group.volume_size.is_some() || has_default
}

const VOLUME_SIZE: Row = ("volumeSize", |g| has_volume_size(g));

const REQUIRES_ROWS: &[Requires<AnyGroup>] = &[
    Requires {
        field: ("volumeName", |g| g.volume_name.is_given()),
        needs: VOLUME_SIZE,
        help: "write the size of the volume, such as `volumeSize: 80`",
    },
    Requires {
        field: ("volumeEncrypted", |g| yes(*g.volume_encrypted)),
        needs: VOLUME_SIZE,
        help: "write the size of the volume, such as `volumeSize: 80`",
    },
    Requires {
        field: ("volumeKmsKeyID", |g| g.volume_kms_key_id.is_given()),
        needs: VOLUME_SIZE,
        help: "write the size of the volume, such as `volumeSize: 80`",
    },
    Requires {
        field: ("volumeKmsKeyID", |g| g.volume_kms_key_id.is_given()),
        needs: ("volumeEncrypted", |g| yes(*g.volume_encrypted)),
        help: "set `volumeEncrypted: true`",
    },
    Requires {
        field: ("instanceMarketOptions", |g| g.instance_market_options.is_some()),
        needs: ("capacityReservation", |g| g.capacity_reservation.is_some()),
        help: "name the reservation that the market options are for",
    },
];

fn needed(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        requires(REQUIRES, REQUIRES_ROWS, &group.path(), &group, problems);
    }
}

const ONE_OF_ROWS: &[OneOf<AnyGroup>] = &[
    OneOf {
        path: "capacityReservation.capacityReservationPreference",
        values: |g| {
            g.capacity_reservation.as_ref().map_or(&[], |reservation| {
                reservation.capacity_reservation_preference.as_slice()
            })
        },
        any_case: false,
        may_be_empty: false,
    },
    OneOf {
        path: "instanceMarketOptions.marketType",
        values: |g| {
            g.instance_market_options
                .as_ref()
                .map_or(&[], |options| options.market_type.as_slice())
        },
        any_case: false,
        may_be_empty: false,
    },
];

const RANGE_ROWS: &[Range<AnyGroup>] = &[
    Range {
        path: "maxPodsPerNode",
        value: |g| *g.max_pods_per_node,
        min: 0,
        max: i64::MAX,
    },
    Range {
        path: "volumeThroughput",
        value: |g| *g.volume_throughput,
        min: 125,
        max: 1000,
    },
];

fn names_are_unique(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let names = config
        .all_node_groups()
        .map(|group| (group.name.clone(), group.path().key("name")));
    unique(
        UNIQUE,
        "is the name of another nodegroup",
        "choose another name",
        names,
        problems,
    );
}

fn fabric_adapters(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups().filter(|group| yes(*group.efa_enabled)) {
        for (key, list) in [
            ("availabilityZones", group.availability_zones),
            ("subnets", group.subnets),
        ] {
            if list.len() > 1 {
                let message = "nodes with Elastic Fabric Adapters are in one zone and one subnet";
                let place = Place::Value(group.path().key(key));
                problems.push(Problem::error(EFA, place, message).with_help("keep one of them"));
            }
        }
    }
}

fn systems_manager(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        if group.ssh.as_ref().is_some_and(|ssh| no(ssh.enable_ssm)) {
            let place = Place::Value(below(&group.path(), "ssh.enableSsm"));
            let message = "nodes always have Systems Manager";
            problems.push(Problem::error(SSM, place, message).with_help("remove `enableSsm`"));
        }
    }
}

fn private_networking(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !is_fully_private(config) {
        return;
    }
    for group in config
        .all_node_groups()
        .filter(|group| !yes(*group.private_networking))
    {
        let place = Place::Value(group.path().key("privateNetworking"));
        let message = "a fully private cluster has private nodes only";
        problems.push(Problem::error(PRIVATE, place, message).with_help("set `privateNetworking: true`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ek::shape::tests::*;

    #[test]
    fn rows_name_fields_of_the_schema() {
        assert_fields(REQUIRED_ROWS);
        assert_fields(EXCLUDES_ROWS);
        assert_fields(REQUIRES_ROWS);
        assert_fields(RANGE_ROWS);
        assert_values(ONE_OF_ROWS);
        for (path, _) in NEW_ROLE.iter().chain(ADDON_POLICIES) {
            assert_path(NodeGroup::schema(), path);
        }
    }
}
