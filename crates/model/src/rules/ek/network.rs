//! Networks: the VPC, its subnets and endpoints, addresses of Kubernetes, private clusters, hybrid nodes.

use super::ipv6::is_ipv6;
use super::shape::*;
use super::subnets::{has_subnets, has_vpc_id};
use crate::{
    config::*,
    format::Cidr,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const REQUIRED: Code = Code("EK201");
const EXCLUDES: Code = Code("EK202");
const REQUIRES: Code = Code("EK203");
const ONE_OF: Code = Code("EK204");
const FORMAT: Code = Code("EK206");
const UNIQUE: Code = Code("EK207");
const ENDPOINTS: Code = Code("EK210");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: REQUIRED,
        title: "a field of the network is missing",
        doc: "\
`vpc.nat` needs its `gateway`: eksctl crashes without. A fully private cluster in an existing VPC needs the private \
subnets of that VPC.",
        bad: "vpc: {nat: {}}\n",
        good: "vpc: {nat: {gateway: Single}}\n",
        check: Some(|config, _, problems| {
            required(REQUIRED, REQUIRED_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: EXCLUDES,
        title: "two settings exclude each other",
        doc: "\
Settings that shape a new VPC do not go together with an existing one; what belongs to IPv4 does not go together with \
an IPv6 cluster; a fully private cluster has neither endpoints to choose nor local zones; and where two fields say \
the same thing in two ways, only one of them can.",
        bad: "\
vpc: {securityGroup: sg-0a, controlPlaneSecurityGroupIDs: [sg-0b]}
",
        good: "vpc: {controlPlaneSecurityGroupIDs: [sg-0b]}\n",
        check: Some(|config, _, problems| {
            excludes(EXCLUDES, EXCLUDES_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: REQUIRES,
        title: "a setting needs another one",
        doc: "\
IPv6 ranges need an IPv6 cluster, a range of your own needs the pool that it belongs to, and only a shared security \
group of your own can do without its rules.",
        bad: "vpc: {manageSharedNodeSecurityGroupRules: false}\n",
        good: "vpc: {manageSharedNodeSecurityGroupRules: false, sharedNodeSecurityGroup: sg-0a}\n",
        check: Some(|config, _, problems| {
            requires(REQUIRES, REQUIRES_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: ONE_OF,
        title: "a setting has an unknown value",
        doc: "\
Address family, type of host names, further VPC endpoints and the credentials of hybrid nodes each have a fixed set \
of values.",
        bad: "kubernetesNetworkConfig: {ipFamily: ipv5}\n",
        good: "kubernetesNetworkConfig: {ipFamily: IPv4}\n",
        check: Some(|config, _, problems| {
            one_of(ONE_OF, ONE_OF_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: FORMAT,
        title: "a text has the wrong form",
        doc: "\
Address ranges are written in CIDR notation, such as `10.0.0.0/16`. The gateway to hybrid nodes is a transit gateway \
(`tgw-...`) or a virtual private gateway (`vgw-...`).",
        bad: "vpc: {publicAccessCIDRs: [203.0.113.7]}\n",
        good: "vpc: {publicAccessCIDRs: [203.0.113.7/32]}\n",
        check: Some(formats),
    },
    Rule {
        code: UNIQUE,
        title: "a service is listed twice",
        doc: "Each further service of a fully private cluster gets one VPC endpoint, so it is listed once.",
        bad: "privateCluster: {enabled: true, additionalEndpointServices: [logs, logs]}\n",
        good: "privateCluster: {enabled: true, additionalEndpointServices: [logs]}\n",
        check: Some(|config, _, problems| {
            let private = config
                .private_cluster
                .as_ref()
                .filter(|private| yes(private.enabled));
            let services = private.map(|private| &private.additional_endpoint_services);
            let at = below(&Path::root(), "privateCluster.additionalEndpointServices");
            let services = items(&at, services.map_or(&[], Vec::as_slice));
            unique(
                UNIQUE,
                "is listed already",
                "remove one of them",
                services,
                problems,
            );
        }),
    },
    Rule {
        code: ENDPOINTS,
        title: "nobody can reach the API server",
        doc: "\
The API server has a public and a private endpoint. Private access is off unless it is asked for, so public access \
cannot be switched off alone.",
        bad: "vpc: {clusterEndpoints: {publicAccess: false}}\n",
        good: "vpc: {clusterEndpoints: {publicAccess: false, privateAccess: true}}\n",
        check: Some(endpoints),
    },
];

fn vpc(config: &ClusterConfig, is: impl Fn(&ClusterVPC) -> bool) -> bool {
    config.vpc.as_ref().is_some_and(is)
}

fn private(config: &ClusterConfig, is: impl Fn(&PrivateCluster) -> bool) -> bool {
    config.private_cluster.as_ref().is_some_and(is)
}

/// Whether no way leads to and from the internet.
pub(super) fn is_fully_private(config: &ClusterConfig) -> bool {
    private(config, |private| yes(private.enabled))
}

type Row = (&'static str, Given<ClusterConfig>);

const IS_IPV6: Row = ("kubernetesNetworkConfig.ipFamily", |c| is_ipv6(c));
const VPC_ID: Row = ("vpc.id", |c| has_vpc_id(c));
const SUBNETS: Row = ("vpc.subnets", |c| has_subnets(c));
const LOCAL_ZONES: Row = ("localZones", |c| c.local_zones.is_given());
const IPV6_CIDR: Row = ("vpc.ipv6Cidr", |c| vpc(c, |vpc| vpc.ipv6_cidr.is_given()));
const IPV6_POOL: Row = ("vpc.ipv6Pool", |c| vpc(c, |vpc| vpc.ipv6_pool.is_given()));
const FULLY_PRIVATE: Row = ("privateCluster.enabled", |c| is_fully_private(c));

const REQUIRED_ROWS: &[Required<ClusterConfig>] = &[
    Required {
        path: "vpc.nat.gateway",
        missing: |c| vpc(c, |vpc| vpc.nat.as_ref().is_some_and(|nat| nat.gateway.is_none())),
        help: "choose `Single`, `HighlyAvailable` or `Disable`, or remove `vpc.nat`",
    },
    Required {
        path: "vpc.subnets.private",
        missing: |c| {
            let is_empty = |vpc: &ClusterVPC| {
                vpc.subnets
                    .as_ref()
                    .is_none_or(|subnets| subnets.private.is_empty())
            };
            is_fully_private(c) && (has_vpc_id(c) || has_subnets(c)) && vpc(c, is_empty)
        },
        help: "list private subnets of the VPC: a fully private cluster uses only those",
    },
];

const EXCLUDES_ROWS: &[Excludes<ClusterConfig>] = &[
    Excludes {
        a: SUBNETS,
        b: ("availabilityZones", |c| c.availability_zones.is_given()),
        help: "remove the zones: the subnets have theirs",
    },
    Excludes {
        a: ("vpc.securityGroup", |c| {
            vpc(c, |vpc| vpc.security_group.is_given())
        }),
        b: ("vpc.controlPlaneSecurityGroupIDs", |c| {
            vpc(c, |vpc| vpc.control_plane_security_group_ids.is_given())
        }),
        help: "put all of them into `vpc.controlPlaneSecurityGroupIDs`",
    },
    Excludes {
        a: ("vpc.controlPlaneSubnetIDs", |c| {
            vpc(c, |vpc| vpc.control_plane_subnet_ids.is_given())
        }),
        b: ("vpc.controlPlaneOnPrivateSubnets", |c| {
            vpc(c, |vpc| yes(vpc.control_plane_on_private_subnets))
        }),
        help: "either name the subnets or let the private ones be taken",
    },
    Excludes {
        a: VPC_ID,
        b: IPV6_CIDR,
        help: "remove it: the existing VPC has its ranges",
    },
    Excludes {
        a: VPC_ID,
        b: IPV6_POOL,
        help: "remove it: the existing VPC has its ranges",
    },
    Excludes {
        a: VPC_ID,
        b: LOCAL_ZONES,
        help: "list subnets of local zones under `vpc.subnets`",
    },
    Excludes {
        a: SUBNETS,
        b: ("vpc.hostnameType", |c| vpc(c, |vpc| vpc.hostname_type.is_given())),
        help: "remove it: the existing subnets have theirs",
    },
    Excludes {
        a: VPC_ID,
        b: ("remoteNetworkConfig.vpcGatewayID", |c| {
            hybrid_network(c).is_some_and(|remote| remote.vpc_gateway_id.is_given())
        }),
        help: "remove it, and attach the gateway to the existing VPC yourself",
    },
    Excludes {
        a: FULLY_PRIVATE,
        b: LOCAL_ZONES,
        help: "remove the local zones",
    },
    Excludes {
        a: FULLY_PRIVATE,
        b: ("vpc.clusterEndpoints", |c| {
            let is_set =
                |ends: &ClusterEndpoints| ends.private_access.is_some() || ends.public_access.is_some();
            vpc(c, |vpc| vpc.cluster_endpoints.as_ref().is_some_and(is_set))
        }),
        help: "remove it: a fully private cluster has the private endpoint only",
    },
    Excludes {
        a: ("privateCluster.skipEndpointCreation", |c| {
            private(c, |private| {
                yes(private.enabled) && yes(private.skip_endpoint_creation)
            })
        }),
        b: ("privateCluster.additionalEndpointServices", |c| {
            private(c, |private| private.additional_endpoint_services.is_given())
        }),
        help: "remove one of them: no endpoints are made, or also these",
    },
    Excludes {
        a: LOCAL_ZONES,
        b: ("vpc.nat.gateway", |c| {
            vpc(c, |vpc| {
                vpc.nat
                    .as_ref()
                    .is_some_and(|nat| nat.gateway.as_deref() == Some("HighlyAvailable"))
            })
        }),
        help: "choose `Single`: local zones have no NAT gateways",
    },
    Excludes {
        a: IS_IPV6,
        b: ("kubernetesNetworkConfig.serviceIPv4CIDR", |c| {
            c.kubernetes_network_config
                .as_ref()
                .is_some_and(|network| network.service_ipv4_cidr.is_given())
        }),
        help: "remove it: EKS chooses the range of an IPv6 cluster",
    },
    Excludes {
        a: IS_IPV6,
        b: ("vpc.autoAllocateIPv6", |c| {
            vpc(c, |vpc| yes(vpc.auto_allocate_ipv6))
        }),
        help: "remove it: the VPC of an IPv6 cluster has an IPv6 range anyway",
    },
    Excludes {
        a: IS_IPV6,
        b: ("vpc.nat", |c| vpc(c, |vpc| vpc.nat.is_some())),
        help: "remove it: an IPv6 cluster has its own way out",
    },
    Excludes {
        a: IS_IPV6,
        b: LOCAL_ZONES,
        help: "remove the local zones",
    },
    Excludes {
        a: IS_IPV6,
        b: ("remoteNetworkConfig", |c| c.remote_network_config.is_some()),
        help: "choose `IPv4`: hybrid nodes have no IPv6",
    },
];

const REQUIRES_ROWS: &[Requires<ClusterConfig>] = &[
    Requires {
        field: IPV6_CIDR,
        needs: IS_IPV6,
        help: "set `kubernetesNetworkConfig.ipFamily: IPv6`",
    },
    Requires {
        field: IPV6_POOL,
        needs: IS_IPV6,
        help: "set `kubernetesNetworkConfig.ipFamily: IPv6`",
    },
    Requires {
        field: ("vpc.extraIPv6CIDRs", |c| {
            vpc(c, |vpc| vpc.extra_ipv6_cidrs.is_given())
        }),
        needs: IS_IPV6,
        help: "set `kubernetesNetworkConfig.ipFamily: IPv6`",
    },
    Requires {
        field: IPV6_CIDR,
        needs: IPV6_POOL,
        help: "name the pool that the range belongs to",
    },
    Requires {
        field: IPV6_POOL,
        needs: IPV6_CIDR,
        help: "name a range of the pool",
    },
    Requires {
        field: ("vpc.manageSharedNodeSecurityGroupRules", |c| {
            vpc(c, |vpc| no(vpc.manage_shared_node_security_group_rules))
        }),
        needs: ("vpc.sharedNodeSecurityGroup", |c| {
            vpc(c, |vpc| vpc.shared_node_security_group.is_given())
        }),
        help: "name your own security group, or let its rules be managed",
    },
];

const ONE_OF_ROWS: &[OneOf<ClusterConfig>] = &[
    OneOf {
        path: "vpc.hostnameType",
        values: |c| c.vpc.as_ref().map_or(&[], |vpc| vpc.hostname_type.as_slice()),
        any_case: false,
        may_be_empty: true,
    },
    OneOf {
        path: "kubernetesNetworkConfig.ipFamily",
        values: |c| {
            c.kubernetes_network_config
                .as_ref()
                .map_or(&[], |network| network.ip_family.as_slice())
        },
        any_case: true,
        may_be_empty: true,
    },
    OneOf {
        path: "privateCluster.additionalEndpointServices",
        values: |c| {
            let private = c.private_cluster.as_ref().filter(|private| yes(private.enabled));
            private.map_or(&[], |private| &private.additional_endpoint_services)
        },
        any_case: false,
        may_be_empty: false,
    },
    OneOf {
        path: "remoteNetworkConfig.iam.provider",
        values: |c| remote_iam(c).map_or(&[], |iam| iam.provider.as_slice()),
        any_case: true,
        may_be_empty: false,
    },
];

/// The network of hybrid nodes. Where it has no ranges of nodes, eksctl looks at nothing else in it.
pub(super) fn hybrid_network(config: &ClusterConfig) -> Option<&RemoteNetworkConfig> {
    let has_nodes = |remote: &&RemoteNetworkConfig| {
        let nodes = remote.remote_node_networks.as_ref();
        nodes.is_some_and(|networks| !networks.is_empty())
    };
    config.remote_network_config.as_ref().filter(has_nodes)
}

fn remote_iam(config: &ClusterConfig) -> Option<&RemoteNodesIAM> {
    hybrid_network(config).and_then(|remote| remote.iam.as_ref())
}

fn formats(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let mut ranges: Vec<(Path, &str)> = Vec::new();
    if let Some(vpc) = &config.vpc {
        let lists = [
            ("vpc.extraCIDRs", &vpc.extra_cidrs),
            ("vpc.extraIPv6CIDRs", &vpc.extra_ipv6_cidrs),
            ("vpc.publicAccessCIDRs", &vpc.public_access_cidrs),
        ];
        for (path, list) in lists {
            let at = below(&Path::root(), path);
            ranges.extend(
                list.iter()
                    .enumerate()
                    .map(|(index, range)| (at.index(index), range.as_str())),
            );
        }
    }
    let services = config
        .kubernetes_network_config
        .as_ref()
        .map(|network| network.service_ipv4_cidr.or_empty());
    if let Some(range) = services.filter(|range| !range.is_empty()) {
        ranges.push((
            below(&Path::root(), "kubernetesNetworkConfig.serviceIPv4CIDR"),
            range,
        ));
    }
    for (at, range) in ranges {
        if range.parse::<Cidr>().is_err() {
            let help = match range.trim().parse::<std::net::IpAddr>() {
                Ok(address) if address.is_ipv4() => format!("write `{address}/32` for this address alone"),
                Ok(address) => format!("write `{address}/128` for this address alone"),
                Err(_) => "write a range such as `10.0.0.0/16`".to_owned(),
            };
            let message = format!("`{range}` is not a range of addresses");
            problems.push(Problem::error(FORMAT, Place::Value(at), message).with_help(help));
        }
    }
    let gateway = hybrid_network(config).map_or("", |remote| remote.vpc_gateway_id.or_empty());
    if !gateway.is_empty() && !gateway.starts_with("tgw") && !gateway.starts_with("vgw") {
        let place = Place::Value(below(&Path::root(), "remoteNetworkConfig.vpcGatewayID"));
        let message = format!("`{gateway}` is neither a transit gateway nor a virtual private gateway");
        problems.push(
            Problem::error(FORMAT, place, message).with_help("write an id such as `tgw-...` or `vgw-...`"),
        );
    }
}

fn endpoints(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let ends = config.vpc.as_ref().and_then(|vpc| vpc.cluster_endpoints.as_ref());
    if ends.is_some_and(|ends| no(ends.public_access) && !yes(ends.private_access))
        && !is_fully_private(config)
    {
        let place = Place::Value(below(&Path::root(), "vpc.clusterEndpoints"));
        let message = "the API server has neither public nor private access";
        problems.push(
            Problem::error(ENDPOINTS, place, message)
                .with_help("set `vpc.clusterEndpoints.privateAccess: true`"),
        );
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
        assert_values(ONE_OF_ROWS);
    }
}
