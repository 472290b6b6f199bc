//! AWS Outposts: what a control plane or nodegroup there does without.

use super::auto_mode::auto_mode_is_on;
use super::group::*;
use super::ipv6::is_ipv6;
use super::network::is_fully_private;
use super::shape::*;
use crate::{
    config::*,
    format::Arn,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const REQUIRED: Code = Code("EK801");
const EXCLUDES: Code = Code("EK802");
const REQUIRES: Code = Code("EK803");
const FORMAT: Code = Code("EK806");
const NODE_GROUP: Code = Code("EK810");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: REQUIRED,
        title: "an Outpost without ARN",
        doc: "The block `outpost` says on which Outpost the control plane is, by its ARN.",
        bad: "outpost: {controlPlaneInstanceType: m5d.large}\n",
        good: "\
outpost: {controlPlaneOutpostARN: 'arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0'}
",
        check: Some(|config, _, problems| {
            required(REQUIRED, REQUIRED_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: EXCLUDES,
        title: "not with a control plane on Outposts",
        doc: "\
A control plane on Outposts has its private endpoint only and is in the zone of the Outpost. It has no managed \
nodegroups, Auto Mode, Fargate, add-ons, Karpenter, GitOps, identity providers, roles of service accounts, encryption \
of secrets and IPv6, and its creator is always administrator. With `etcdInstanceType` it has no placement group.",
        bad: "\
outpost: {controlPlaneOutpostARN: 'arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0'}
addons: [{name: vpc-cni}]
",
        good: "\
outpost: {controlPlaneOutpostARN: 'arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0'}
",
        check: Some(|config, _, problems| {
            excludes(EXCLUDES, EXCLUDES_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: REQUIRES,
        title: "etcd needs an instance type",
        doc: "\
`outpost.etcdPlacement`, `outpost.controlPlanePlacement.spreadLevel` and hybrid nodes on Outposts are for the kind of \
control plane that runs etcd apart, which `outpost.etcdInstanceType` chooses.",
        bad: "\
outpost:
  controlPlaneOutpostARN: arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0
  etcdPlacement: {groupName: etcd}
",
        good: "\
outpost:
  controlPlaneOutpostARN: arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0
  etcdInstanceType: m5d.large
  etcdPlacement: {groupName: etcd}
",
        check: Some(|config, _, problems| {
            requires(REQUIRES, REQUIRES_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: FORMAT,
        title: "not the ARN of an Outpost",
        doc: "An Outpost is named by its ARN, of the service `outposts`.",
        bad: "outpost: {controlPlaneOutpostARN: op-0123456789abcdef0}\n",
        good: "\
outpost: {controlPlaneOutpostARN: 'arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0'}
",
        check: Some(arns),
    },
    Rule {
        code: NODE_GROUP,
        title: "not with nodes on Outposts",
        doc: "\
Self-managed nodegroups are on the Outpost of the control plane, in its zone, with gp2 volumes and Amazon Linux; they \
name neither zones nor a selector of types. Without a control plane on Outposts there are no nodegroups there when the \
cluster is created, and managed nodegroups never are.",
        bad: "\
outpost: {controlPlaneOutpostARN: 'arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0'}
nodeGroups: [{name: worker, volumeType: gp3}]
",
        good: "\
outpost: {controlPlaneOutpostARN: 'arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0'}
nodeGroups: [{name: worker, volumeType: gp2}]
",
        check: Some(node_groups),
    },
];

const REQUIRED_ROWS: &[Required<ClusterConfig>] = &[Required {
    path: "outpost.controlPlaneOutpostARN",
    missing: |c| {
        c.outpost
            .as_ref()
            .is_some_and(|outpost| !outpost.control_plane_outpost_arn.is_given())
    },
    help: "give the ARN of the Outpost, or remove `outpost`",
}];

fn outpost(config: &ClusterConfig, is: impl Fn(&Outpost) -> bool) -> bool {
    config.outpost.as_ref().is_some_and(is)
}

fn endpoints(config: &ClusterConfig, is: impl Fn(&ClusterEndpoints) -> bool) -> bool {
    let ends = config.vpc.as_ref().and_then(|vpc| vpc.cluster_endpoints.as_ref());
    ends.is_some_and(is)
}

type Row = (&'static str, Given<ClusterConfig>);

const OUTPOST: Row = ("outpost", |c| c.outpost.is_some());
const ETCD: Row = ("outpost.etcdInstanceType", |c| {
    outpost(c, |outpost| outpost.etcd_instance_type.is_given())
});

/// The row of a field that a control plane on Outposts does without.
const fn without(path: &'static str, is_given: Given<ClusterConfig>) -> Excludes<ClusterConfig> {
    Excludes {
        a: OUTPOST,
        b: (path, is_given),
        help: "remove it: there is none on Outposts",
    }
}

const EXCLUDES_ROWS: &[Excludes<ClusterConfig>] = &[
    without("managedNodeGroups", |c| c.managed_node_groups.is_given()),
    without("vpc.clusterEndpoints.publicAccess", |c| {
        endpoints(c, |ends| yes(ends.public_access))
    }),
    Excludes {
        a: OUTPOST,
        b: ("vpc.clusterEndpoints.privateAccess", |c| {
            endpoints(c, |ends| no(ends.private_access))
        }),
        help: "remove it: the private endpoint is the only one",
    },
    without("autoModeConfig", |c| auto_mode_is_on(c)),
    without("kubernetesNetworkConfig.ipFamily", |c| is_ipv6(c)),
    without("addons", |c| c.addons.is_given()),
    without("identityProviders", |c| c.identity_providers.is_given()),
    without("fargateProfiles", |c| c.fargate_profiles.is_given()),
    without("karpenter", |c| c.karpenter.is_some()),
    without("secretsEncryption", |c| c.secrets_encryption.is_some()),
    without("availabilityZones", |c| c.availability_zones.is_given()),
    without("localZones", |c| c.local_zones.is_given()),
    without("gitops", |c| c.gitops.is_some()),
    without("iam.withOIDC", |c| {
        c.iam.as_ref().is_some_and(|iam| yes(iam.with_oidc))
    }),
    without("vpc.autoAllocateIPv6", |c| {
        c.vpc.as_ref().is_some_and(|vpc| yes(vpc.auto_allocate_ipv6))
    }),
    without("vpc.publicAccessCIDRs", |c| {
        c.vpc
            .as_ref()
            .is_some_and(|vpc| vpc.public_access_cidrs.is_given())
    }),
    Excludes {
        a: OUTPOST,
        b: ("accessConfig.bootstrapClusterCreatorAdminPermissions", |c| {
            let access = c.access_config.as_ref();
            access.is_some_and(|access| no(access.bootstrap_cluster_creator_admin_permissions))
        }),
        help: "remove it: the creator is always administrator there",
    },
    Excludes {
        a: ETCD,
        b: ("outpost.controlPlanePlacement.groupName", |c| {
            outpost(c, |outpost| {
                let placement = outpost.control_plane_placement.as_ref();
                placement.is_some_and(|placement| placement.group_name.is_given())
            })
        }),
        help: "remove it, or use `spreadLevel`",
    },
    Excludes {
        a: ETCD,
        b: ("accessConfig.authenticationMode", |c| {
            let access = c.access_config.as_ref();
            access.is_some_and(|access| access.authentication_mode.or_empty() == "CONFIG_MAP")
        }),
        help: "choose `API_AND_CONFIG_MAP`",
    },
];

const REQUIRES_ROWS: &[Requires<ClusterConfig>] = &[
    Requires {
        field: ("outpost.etcdPlacement", |c| {
            outpost(c, |outpost| outpost.etcd_placement.is_some())
        }),
        needs: ETCD,
        help: "give the instance type of etcd, or remove the placement",
    },
    Requires {
        field: ("outpost.controlPlanePlacement.spreadLevel", |c| {
            outpost(c, |outpost| {
                let placement = outpost.control_plane_placement.as_ref();
                placement.is_some_and(|placement| placement.spread_level.is_given())
            })
        }),
        needs: ETCD,
        help: "give the instance type of etcd, or name a group instead",
    },
    Requires {
        field: ("remoteNetworkConfig", |c| {
            c.outpost.is_some() && c.remote_network_config.is_some()
        }),
        needs: ETCD,
        help: "give the instance type of etcd, or remove the hybrid nodes",
    },
];

/// Whether a text is an ARN of an Outpost.
fn is_outpost(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.service == "outposts")
}

fn arns(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let cluster = config.outpost.as_ref().map(|outpost| {
        (
            below(&Path::root(), "outpost.controlPlaneOutpostARN"),
            outpost.control_plane_outpost_arn.or_empty(),
        )
    });
    let groups = config
        .all_node_groups()
        .filter(|group| group.as_self_managed().is_some());
    let groups = groups.map(|group| (group.path().key("outpostARN"), group.outpost_arn.or_empty()));
    for (at, arn) in cluster
        .into_iter()
        .chain(groups)
        .filter(|(_, arn)| !arn.is_empty() && !is_outpost(arn))
    {
        let problem = Problem::error(
            FORMAT,
            Place::Value(at),
            format!("`{arn}` is not the ARN of an Outpost"),
        );
        problems.push(problem.with_help("write it as `arn:aws:outposts:REGION:ACCOUNT:outpost/op-...`"));
    }
}

fn node_groups(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let control_plane = config
        .outpost
        .as_ref()
        .map(|outpost| outpost.control_plane_outpost_arn.or_empty());
    for group in config.all_node_groups() {
        let own = group.outpost_arn.or_empty();
        let mut complain = |key: &str, (message, help): (&str, &str)| {
            let place = Place::Value(group.path().key(key));
            problems.push(Problem::error(NODE_GROUP, place, message).with_help(help));
        };
        if let Some(words) = misplaced(config, &group, control_plane).filter(|_| !own.is_empty()) {
            complain("outpostARN", words);
        }
        if own.is_empty() && control_plane.is_none() {
            continue;
        }
        if group.volume_type.as_deref().is_some_and(|kind| kind != "gp2") {
            complain(
                "volumeType",
                ("Outposts have gp2 volumes only", "write `gp2`, or remove it"),
            );
        }
        let has_linux = |family| is_amazon_linux_2(family) || is_amazon_linux_2023(family);
        if control_plane.is_some() && family(&group, facts.catalog).is_some_and(|family| !has_linux(family)) {
            complain(
                "amiFamily",
                ("nodes on Outposts have Amazon Linux", "choose `AmazonLinux2023`"),
            );
        }
        if group.availability_zones.is_given() {
            complain("availabilityZones", ZONE_OF_OUTPOST);
        }
        if group
            .as_self_managed()
            .is_some_and(|own| own.local_zones.is_given())
        {
            complain("localZones", ZONE_OF_OUTPOST);
        }
        if selects(group.instance_selector.as_ref()) {
            complain(
                "instanceSelector",
                (
                    "types on Outposts are not selected",
                    "name the type with `instanceType`",
                ),
            );
        }
    }
}

const ZONE_OF_OUTPOST: (&str, &str) = ("nodes on an Outpost are in its zone", "remove it");

/// What is wrong with a nodegroup that names an Outpost, and what to do; `control_plane` is the control plane's.
fn misplaced(
    config: &ClusterConfig,
    group: &NodeGroupRef<'_>,
    control_plane: Option<&str>,
) -> Option<(&'static str, &'static str)> {
    match control_plane {
        _ if group.as_managed().is_some() => Some((
            "managed nodegroups are never on Outposts",
            "move it to `nodeGroups`",
        )),
        Some(arn) if arn != group.outpost_arn.or_empty() => Some((
            "the control plane is on another Outpost",
            "remove it: the nodes are beside the control plane",
        )),
        Some(_) => None,
        None if is_fully_private(config) => {
            Some(("a fully private cluster has no nodes on Outposts", "remove it"))
        }
        None => Some((
            "there are no nodes on Outposts while a cluster is created whose control plane is not",
            "remove the nodegroup, and make it when the cluster exists",
        )),
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
    }
}
