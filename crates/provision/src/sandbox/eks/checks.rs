//! What a cluster may be made of, and of which version.

use super::invalid;
use crate::{
    operations::{
        ec2::Subnet,
        eks::{ClusterVersionInformation, DescribeClusterVersions, Logging},
    },
    sandbox::{Answer, Refusal, cidr::Cidr, policy, world::World},
};
use jiff::{Timestamp, tz::Offset};
use lb_model::catalog::{Catalog, Support, Version};

const LOGS: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
pub(super) const MODES: [&str; 3] = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"];

/// The first instant of a day.
fn midnight(date: jiff::civil::Date) -> Option<Timestamp> {
    Offset::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

/// Kinds of logs that EKS has.
pub(super) fn check_logging(logging: &Logging) -> Answer<()> {
    let kinds = logging.cluster_logging.iter().flat_map(|setup| &setup.types);
    match kinds.into_iter().find(|kind| !LOGS.contains(&kind.as_str())) {
        Some(kind) => Err(invalid(format!(
            "Invalid log type: {kind}; valid ones are {LOGS:?}"
        ))),
        None => Ok(()),
    }
}

impl World<'_> {
    /// The role, if EKS can take it. A new one is not seen for a while.
    pub(super) fn check_cluster_role(&self, arn: &str) -> Answer<()> {
        let role = self
            .iam
            .role_of_arn(arn)
            .filter(|role| role.effective <= self.now);
        let trusted = role
            .is_some_and(|role| policy::trusts(&role.shape.assume_role_policy_document, "eks.amazonaws.com"));
        if !trusted {
            return Err(invalid(format!(
                "Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct"
            )));
        }
        if role.is_some_and(|role| !role.has("AmazonEKSClusterPolicy") && !role.allows_inline("ec2:")) {
            return Err(invalid(
                "The provided role doesn't have the Amazon EKS Managed Policies associated with it.",
            ));
        }
        Ok(())
    }

    /// The subnets, if a cluster can be in them.
    pub(super) fn check_subnets(&self, ids: &[String], groups: &[String]) -> Answer<Vec<Subnet>> {
        let mut subnets: Vec<Subnet> = Vec::new();
        for id in ids {
            let subnet = self.region.subnets.named(id, self.now);
            subnets.push(
                subnet
                    .ok_or_else(|| invalid(format!("The subnet ID '{id}' does not exist")))?
                    .clone(),
            );
        }
        let vpc = subnets.first().map_or("", |subnet| &subnet.vpc_id).to_owned();
        if subnets.iter().any(|subnet| subnet.vpc_id != vpc) {
            return Err(invalid("Subnets are not all in the same VPC"));
        }
        if let Some(subnet) = subnets
            .iter()
            .find(|subnet| subnet.availability_zone == "us-east-1e")
        {
            return Err(Refusal::new(
                "UnsupportedAvailabilityZoneException",
                format!(
                    "Cannot create cluster because {}, the targeted availability zone, does not currently have \
                     sufficient capacity to support the cluster. Retry and choose from these availability zones: {}",
                    subnet.availability_zone,
                    self.zones()
                        .into_iter()
                        .filter(|zone| zone != "us-east-1e")
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            ));
        }
        let mut zones: Vec<&String> = subnets.iter().map(|subnet| &subnet.availability_zone).collect();
        zones.sort();
        zones.dedup();
        if zones.len() < 2 {
            return Err(invalid("Subnets specified must be in at least two different AZs"));
        }
        if groups.len() > 5 {
            return Err(invalid("A maximum of 5 security groups can be specified"));
        }
        for group in groups {
            let held = self.region.groups.named(group, self.now);
            let held =
                held.ok_or_else(|| invalid(format!("The security group ID '{group}' does not exist")))?;
            if held.vpc_id != vpc {
                return Err(invalid(format!("Security group {group} is not in the VPC {vpc}")));
            }
        }
        Ok(subnets)
    }

    /// The range of service addresses.
    pub(super) fn service_cidr(&self, asked: Option<&str>, vpc: &str) -> Answer<String> {
        let vpc_cidr = self
            .region
            .vpcs
            .get(vpc)
            .and_then(|vpc| Cidr::rounded(&vpc.shape.cidr_block));
        let overlaps = |cidr: Cidr| vpc_cidr.is_some_and(|vpc| vpc.overlaps(cidr));
        let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
        let Some(asked) = asked else {
            let ten = Cidr::rounded(private.first().copied().unwrap_or_default());
            return Ok(if ten.is_some_and(overlaps) {
                "172.20.0.0/16"
            } else {
                "10.100.0.0/16"
            }
            .to_owned());
        };
        let cidr: Cidr = asked
            .parse()
            .map_err(|()| invalid(format!("serviceIpv4Cidr {asked} is no CIDR block")))?;
        let inside = private
            .iter()
            .filter_map(|block| Cidr::rounded(block))
            .any(|block| block.contains(cidr));
        if !inside || !(12..=24).contains(&cidr.bits()) {
            return Err(invalid(format!(
                "serviceIpv4Cidr {asked} must be private and between /24 and /12"
            )));
        }
        if overlaps(cidr) {
            return Err(invalid(format!(
                "serviceIpv4Cidr {asked} overlaps with the VPC's range"
            )));
        }
        Ok(asked.to_owned())
    }

    pub(super) fn describe_cluster_versions(
        &mut self,
        input: DescribeClusterVersions,
    ) -> Answer<Vec<ClusterVersionInformation>> {
        let today = self.today();
        let default = Catalog::builtin()
            .recommended_version(today)
            .map(|version| version.name);
        let shown = |version: &Version| {
            let status = match self.support(version.name) {
                Support::Standard { .. } => "STANDARD_SUPPORT",
                Support::Extended { .. } => "EXTENDED_SUPPORT",
                Support::Gone { .. } if input.include_all == Some(true) => "UNSUPPORTED",
                _ => return None,
            };
            Some(ClusterVersionInformation {
                cluster_version: version.name.to_owned(),
                default_version: default == Some(version.name),
                release_date: midnight(version.released),
                end_of_standard_support_date: midnight(version.extended_from),
                end_of_extended_support_date: midnight(version.gone_from),
                version_status: status.into(),
            })
        };
        let asked = |version: &&Version| {
            input.cluster_versions.is_empty()
                || input.cluster_versions.iter().any(|name| name == version.name)
        };
        Ok(Catalog::builtin()
            .versions()
            .iter()
            .rev()
            .filter(asked)
            .filter_map(shown)
            .collect())
    }
}
