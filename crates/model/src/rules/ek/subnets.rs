//! Subnets: those of the control plane, and existing ones.

use super::shape::*;
use crate::{
    config::*,
    format::Cidr,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};
use std::collections::BTreeSet;

const CONTROL_PLANE_SUBNETS: Code = Code("EK211");
pub(super) const NEW_VPC: Code = Code("EK250");
pub(super) const EXISTING_VPC: Code = Code("EK251");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: CONTROL_PLANE_SUBNETS,
        title: "too few private subnets",
        doc: "\
With `vpc.controlPlaneOnPrivateSubnets` the control plane needs private subnets in two zones: two different zones in \
`availabilityZones`, or two private subnets in different zones where subnets are given.",
        bad: "\
availabilityZones: [us-west-2a, us-west-2a]
vpc: {controlPlaneOnPrivateSubnets: true}
",
        good: "\
availabilityZones: [us-west-2a, us-west-2b]
vpc: {controlPlaneOnPrivateSubnets: true}
",
        check: Some(control_plane_subnets),
    },
    Rule {
        code: NEW_VPC,
        title: "this VPC cannot be made",
        doc: "\
A new VPC has an IPv4 range of size /16 to /24 and subnets in at most eight zones. Its NAT gateway is `Single`, \
`HighlyAvailable` or `Disable`.

eksctl finds these mistakes late: some only when it has put the SSH keys into the account.",
        bad: "vpc: {cidr: 10.0.0.0/8}\n",
        good: "vpc: {cidr: 10.0.0.0/16}\n",
        check: Some(new_vpc),
    },
    Rule {
        code: EXISTING_VPC,
        title: "existing VPC described incompletely",
        doc: "\
With an existing VPC its subnets are listed: at least two of a kind, and two private ones for nodegroups with private \
networking. A subnet that is named by its zone or range, and not by its id, is looked up in `vpc.id`.

eksctl finds these mistakes only with an account. Without subnets it sends a cluster to EKS that cannot be made.",
        bad: "vpc: {id: vpc-0a}\n",
        good: "vpc: {id: vpc-0a, subnets: {public: {a: {id: subnet-0a}, b: {id: subnet-0b}}}}\n",
        check: Some(existing_vpc),
    },
];

/// Whether an existing VPC is named.
pub(super) fn has_vpc_id(config: &ClusterConfig) -> bool {
    config.vpc.as_ref().is_some_and(|vpc| vpc.id.is_given())
}

/// Whether subnets of an existing VPC are given.
pub(super) fn has_subnets(config: &ClusterConfig) -> bool {
    let subnets = config.vpc.as_ref().and_then(|vpc| vpc.subnets.as_ref());
    subnets.is_some_and(|subnets| !subnets.private.is_empty() || !subnets.public.is_empty())
}

fn control_plane_subnets(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let Some(vpc) = config
        .vpc
        .as_ref()
        .filter(|vpc| yes(vpc.control_plane_on_private_subnets))
    else {
        return;
    };
    let distinct: BTreeSet<&String> = config.availability_zones.iter().collect();
    let mut complain = |at: &str, message: String| {
        let place = Place::Value(below(&Path::root(), at));
        let help = "add one in another zone, or remove `vpc.controlPlaneOnPrivateSubnets`";
        problems.push(Problem::error(CONTROL_PLANE_SUBNETS, place, message).with_help(help));
    };
    if !distinct.is_empty() && distinct.len() < 2 {
        complain(
            "availabilityZones",
            "the control plane needs private subnets in two different zones".to_owned(),
        );
    }
    if let Some(subnets) = &vpc.subnets {
        let zone = |(key, subnet): (_, &AZSubnetSpec)| -> String {
            let key: &String = key;
            Some(subnet.az.or_empty())
                .filter(|zone| !zone.is_empty())
                .unwrap_or(key)
                .to_owned()
        };
        // A subnet without zone is in the one that it is named after.
        let zones: BTreeSet<String> = subnets.private.iter().map(zone).collect();
        if subnets.private.len() < 2 && config.outpost.is_none() {
            complain(
                "vpc.subnets.private",
                "the control plane needs at least two private subnets".to_owned(),
            );
        } else if zones.len() < 2 && config.outpost.is_none() {
            complain(
                "vpc.subnets.private",
                "the private subnets are all in one zone".to_owned(),
            );
        }
    }
}

fn new_vpc(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    const GATEWAY: &[OneOf<ClusterConfig>] = &[OneOf {
        path: "vpc.nat.gateway",
        values: |c| {
            let nat = c.vpc.as_ref().and_then(|vpc| vpc.nat.as_ref());
            nat.map_or(&[], |nat| nat.gateway.as_slice())
        },
        any_case: false,
        may_be_empty: false,
    }];
    one_of(NEW_VPC, GATEWAY, &Path::root(), &config, problems);

    let mut complain = |at: &str, message: String, help: &str| {
        let place = Place::Value(below(&Path::root(), at));
        problems.push(Problem::error(NEW_VPC, place, message).with_help(help));
    };
    let fits = |range: &Cidr| range.address.is_ipv4() && (16..=24).contains(&range.prefix);
    let range = config
        .vpc
        .as_ref()
        .and_then(|vpc| vpc.cidr.as_deref())
        .filter(|_| !has_vpc_id(config));
    if let Some(range) = range.filter(|range| !range.parse::<Cidr>().as_ref().is_ok_and(fits)) {
        let message = format!("a VPC cannot have the range `{range}`");
        complain(
            "vpc.cidr",
            message,
            "choose an IPv4 range of size /16 to /24, such as `192.168.0.0/16`",
        );
    }
    let zones = config.availability_zones.len() + config.local_zones.len();
    if zones > 8 {
        let message = format!("a VPC has subnets in at most 8 zones, and these are {zones}");
        complain("availabilityZones", message, "remove some of them");
    }
}

fn existing_vpc(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let mut complain = |place: Place, message: String, help: &str| {
        problems.push(Problem::error(EXISTING_VPC, place, message).with_help(help));
    };
    if has_vpc_id(config) && !has_subnets(config) {
        let place = Place::Value(below(&Path::root(), "vpc.id"));
        let message =
            "an existing VPC is used with the subnets that are listed, and there are none".to_owned();
        complain(
            place,
            message,
            "list at least two subnets under `vpc.subnets`, or remove `vpc.id` for a new VPC",
        );
    }
    let Some(subnets) = config.vpc.as_ref().and_then(|vpc| vpc.subnets.as_ref()) else {
        return;
    };
    for (kind, list) in [("private", &subnets.private), ("public", &subnets.public)] {
        let at = below(&Path::root(), "vpc.subnets").key(kind);
        if list.len() == 1 && config.outpost.is_none() {
            let message = format!("there is only one {kind} subnet");
            complain(
                Place::Value(at.clone()),
                message,
                "list another one, in another zone",
            );
        }
        let is_looked_up = |subnet: &AZSubnetSpec| !subnet.id.is_given();
        if let Some((key, _)) = list
            .iter()
            .find(|(_, subnet)| is_looked_up(subnet))
            .filter(|_| !has_vpc_id(config))
        {
            let message = format!("subnet `{key}` is looked up in `vpc.id`, which is missing");
            complain(
                Place::Value(at.key(key)),
                message,
                "give its `id`, or add `vpc.id`",
            );
        }
    }
    let has_private = subnets.private.len() >= 2 || config.outpost.is_some() || !has_subnets(config);
    for group in config
        .all_node_groups()
        .filter(|group| yes(*group.private_networking) && !has_private)
    {
        let place = Place::Value(group.path().key("privateNetworking"));
        let message = "private nodes need at least two private subnets".to_owned();
        complain(place, message, "list them under `vpc.subnets.private`");
    }
}
